"""Answers as Bazarr and clients of whisper-asr-webservice read them.

Bazarr looks at no status: it takes what comes for a subtitle or a language. Zero bytes and plain words are rejected
safely, a body of line ends alone is saved as an empty subtitle, and JSON without ``language_code`` bans the provider
for hours in its older versions. So errors are plain words, and where nothing was said nothing is sent.
"""

import orjson
from starlette.requests import HTTPConnection
from starlette.responses import Response

ENGINE = "faster_whisper"
_TO_BAZARR = {"yue": "zh"}
"""Codes of Whisper that Bazarr does not know."""


def refusal(_request: HTTPConnection, status: int, message: str, *, headers: dict[str, str] | None = None) -> Response:
    """One line of plain words; the header ``X-Request-ID`` says where the log has more."""
    return Response(" ".join(message.split()), status, headers, media_type="text/plain")


def spoken(text: str, file_name: str, output: str) -> Response:
    """What was said, always as text/plain; zero bytes when there is nothing in it."""
    headers = {
        "Asr-Engine": ENGINE,
        "Content-Disposition": f'attachment; filename="{_ascii(file_name) or "audio"}.{output}"',
    }
    return Response(text if text.strip() else b"", 200, headers, media_type="text/plain")


def language(code: str, name: str, confidence: float) -> Response:
    """What language is spoken: its lower-case English name, its code, and how sure that is, in [0, 1]."""
    told = {"detected_language": name.lower(), "language_code": shown_code(code), "confidence": round(confidence, 4)}
    return Response(orjson.dumps(told), media_type="application/json")


def shown_code(code: str) -> str:
    """A code of Whisper as these clients know it."""
    return _TO_BAZARR.get(code, code)


def _ascii(name: str) -> str:
    return "".join(letter for letter in name if letter.isascii() and letter.isprintable() and letter not in '"\\/')
