"""Run by a Python process of its own (see download_process.py): save one address into one file, and nothing else.

Goes on from the part that an earlier try left, where the server allows it. Needs nothing but the standard library.
"""

import http.client
import json
import os
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

CHUNK_BYTES = 1 << 18
SILENT_AT_MOST_S = 30
_THIS_MACHINE = {"127.0.0.1", "localhost"}


class NoNetwork(Exception):
    """The address could not be read; the text says why."""


def main(url: str, target: str, size_bytes: str) -> int:
    """Save ``url`` as ``target``; ``size_bytes`` is what the file should have, 0 when nobody knows. 0 if it worked."""
    if not _is_safe(url):
        return _fail(f"{url} is not a safe address to download from: use https")
    path = Path(target)
    part = path.with_name(f"{path.name}.part")
    try:
        _fill(url, part, int(size_bytes))
    except NoNetwork as error:
        return _fail(f"{url}: {error}")
    part.replace(path)
    _say({"file": str(path)})
    return 0


def _is_safe(url: str) -> bool:
    """Only what nobody on the way can change: encrypted, or from this very machine."""
    parts = urllib.parse.urlsplit(url)
    return (parts.scheme == "https" and bool(parts.hostname)) or (
        parts.scheme == "http" and parts.hostname in _THIS_MACHINE
    )


def _fill(url: str, part: Path, wanted: int) -> None:
    have = part.stat().st_size if part.exists() else 0
    if wanted and have > wanted:
        part.unlink()
        have = 0
    if wanted and have == wanted:
        return  # an earlier try got everything and was ended before it could say so
    answer = _ask(url, have)
    if answer is None:
        part.unlink()
        answer = _ask(url, 0)
    if answer is None:
        raise NoNetwork("the server refuses to send it")
    with answer:
        done = have if answer.status == http.client.PARTIAL_CONTENT else 0
        size = done + int(answer.headers.get("Content-Length") or 0)
        _say({"size": size or wanted, "done": done})
        with part.open("ab" if done else "wb") as file:
            while chunk := _read(answer):
                file.write(chunk)
                done += len(chunk)
                _say({"done": done})
    if done < size:
        raise NoNetwork(f"the connection broke off after {done} of {size} bytes")


def _ask(url: str, have: int) -> Any:
    """The server's answer, from byte ``have`` on if it can; None when it has nothing from there on."""
    headers = {"User-Agent": "rushes", "Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    request = urllib.request.Request(url, headers=headers)  # noqa: S310  main() checks the scheme
    try:
        return urllib.request.urlopen(request, timeout=SILENT_AT_MOST_S)  # noqa: S310  main() checks the scheme
    except urllib.error.HTTPError as error:
        with error:
            if error.code == http.client.REQUESTED_RANGE_NOT_SATISFIABLE:
                return None
            raise NoNetwork(f"the server answered {error.code} {error.reason}") from error
    except (OSError, http.client.HTTPException) as error:
        raise NoNetwork(f"could not be reached ({getattr(error, 'reason', error) or type(error).__name__})") from error


def _read(answer: Any) -> bytes:
    try:
        return bytes(answer.read1(CHUNK_BYTES))
    except (OSError, http.client.HTTPException) as error:
        raise NoNetwork(f"the connection broke off ({error or type(error).__name__})") from error


def _end_with_listener() -> None:
    """End as soon as the program that listens is gone, whose end of the pipe closes with it, even if it was killed."""
    while os.read(sys.stdin.fileno(), 1):  # not its buffer, whose lock would hold up the end of this process
        pass
    os._exit(1)


def _say(message: dict[str, Any]) -> None:
    print(json.dumps(message), flush=True)  # noqa: T201  this is how the process speaks


def _fail(text: str, *, disk: bool = False) -> int:
    _say({"error": text, "disk": disk})
    return 1


if __name__ == "__main__":
    threading.Thread(target=_end_with_listener, daemon=True).start()
    try:
        sys.exit(main(*sys.argv[1:4]))
    except OSError as error:
        sys.exit(_fail(f"{sys.argv[2]} could not be written ({error.strerror or error})", disk=True))
