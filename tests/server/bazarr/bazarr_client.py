"""Requests as Bazarr's provider whisperai and clients of whisper-asr-webservice put them on the wire."""

import http.client
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from tests.server.asking import Answer

CONNECT_TIMEOUT_S = 5.0
"""Bazarr's; the library requests uses it for every send too, so a server that stops reading this long is banned."""


def multipart(content: bytes, *, field: str = "audio_file", file_name: str = "audio_file") -> tuple[bytes, str]:
    """One part without a content type, as requests' ``files={"audio_file": out}`` makes it; the body and its type."""
    boundary = secrets.token_hex(16)
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"; filename="{file_name}"\r\n\r\n'
    body = head.encode() + content + f"\r\n--{boundary}--\r\n".encode()
    return body, f"multipart/form-data; boundary={boundary}"


@dataclass
class BazarrClient:
    """Talks to one address; ``prefix`` stands in front of all paths but the one of the test button."""

    port: int
    prefix: str = ""
    read_timeout_s: float = 120.0

    def status(self) -> Answer:
        """The test button: path and credentials of the address are dropped."""
        return self._ask("GET", "/status", None, {})

    def detect_language(self, content: bytes, **query: str) -> Answer:
        """Raw samples, as always."""
        return self._post("/detect-language", content, {"encode": "false", **query})

    def asr(self, content: bytes, **query: str) -> Answer:
        """Raw samples, as always, for a subtitle."""
        wanted = {"task": "transcribe", "language": "en", "output": "srt", "encode": "false", **query}
        return self._post("/asr", content, wanted)

    def _post(self, path: str, content: bytes, query: dict[str, str]) -> Answer:
        body, kind = multipart(content)
        return self._ask("POST", f"{self.prefix}{path}?{urlencode(query)}", body, {"Content-Type": kind})

    def _ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=CONNECT_TIMEOUT_S)
        try:
            connection.connect()
            connection.putrequest(method, path)
            for name, value in {**headers, "Content-Length": str(len(body or b""))}.items():
                connection.putheader(name, value)
            connection.endheaders()
            for piece in _pieces(body or b""):
                connection.send(piece)
            connection.sock.settimeout(self.read_timeout_s)
            got = connection.getresponse()
            return Answer(got.status, {name.lower(): value for name, value in got.getheaders()}, got.read())
        finally:
            connection.close()


def _pieces(body: bytes) -> Iterator[bytes]:
    """As http.client sends a file."""
    for start in range(0, len(body), 8192):
        yield body[start : start + 8192]
