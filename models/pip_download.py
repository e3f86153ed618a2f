"""Run by a Python process of its own (see download_process.py): save one archive of the machine's package index.

pip's own finder and session are used, so that the machine's configuration counts (index, extra index, find-links,
proxy, certificates, offline). ``pip download`` would prepare a source archive, which runs the package's code; here the
archive is saved as it is and nothing in it is run. Only should a future pip lack these parts is ``pip download`` itself
used, and then for wheels alone, which it never runs.
"""

import contextlib
import hashlib
import json
import logging
import os
import re
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

CHUNK_BYTES = 1 << 18
_OPTIONS = ["--no-input", "--disable-pip-version-check", "--quiet"]
_RETRIES_OF_PIP, _RETRIES = 5, 2  # somebody waits for the answer, and can try again
_NO_NETWORK = {"ConnectionError", "ConnectTimeout", "ReadTimeout", "ProxyError", "SSLError", "NetworkConnectionError",
               "ChunkedEncodingError", "ProtocolError", "ReadTimeoutError", "HTTPError", "MaxRetryError"}  # fmt: skip


class Unreachable(logging.Handler):
    """Remembers which pages of the index pip could not read; pip itself only goes on to the next."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.pages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        if text.startswith("Could not fetch URL") and " 404 " not in text:
            self.pages.append(text)


def main(name: str, version: str, folder: str) -> int:
    """Save the archive of ``name`` ``version`` into ``folder``, a wheel rather than sources. 0 if it worked."""
    try:
        from pip._internal.commands.download import DownloadCommand  # noqa: PLC0415  pip lives in this process only

        command = DownloadCommand("download", "")
        options, _ = command.parse_args([*_OPTIONS, name])
        if options.retries == _RETRIES_OF_PIP:  # the machine's configuration says nothing else
            options.retries = _RETRIES
        with command.main_context(), _unreachable() as unreachable:
            session = command.get_default_session(options)
            finder = command._build_package_finder(options=options, session=session)  # noqa: SLF001  no public way
            links = [one.link for one in finder.find_all_candidates(name) if str(one.version) == version]
            if not links:
                return _fail(_nothing_found(name, version, unreachable.pages))
            link = min(links, key=lambda one: (not one.is_wheel, one.filename))
            return _save(session, link, Path(folder) / Path(link.filename).name)
    except (ImportError, AttributeError, TypeError) as error:
        return _save_wheel_by_pip(name, version, Path(folder), error)


@contextlib.contextmanager
def _unreachable() -> Iterator[Unreachable]:
    handler, logger = Unreachable(), logging.getLogger("pip._internal.index")
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    try:
        yield handler
    finally:
        logger.removeHandler(handler)


def _nothing_found(name: str, version: str, unreachable: list[str]) -> str:
    if unreachable:
        return f"{name} {version}: the package index could not be reached"
    return f"{name} {version} is not in the package index"


def _save(session: Any, link: Any, target: Path) -> int:
    part = target.with_name(f"{target.name}.part")
    have = part.stat().st_size if part.exists() else 0
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    answer = session.get(link.url_without_fragment, headers=headers, stream=True)
    if answer.status_code == 416:  # nothing from there on: the part is whole, or of another file
        part.unlink()
        return _save(session, link, target)
    answer.raise_for_status()
    done = have if answer.status_code == 206 else 0
    size = done + int(answer.headers.get("Content-Length") or 0)
    _say({"size": size, "done": done})
    with part.open("ab" if done else "wb") as file:
        for chunk in _chunks(answer.raw):
            file.write(chunk)
            done += len(chunk)
            _say({"done": done})
    if done < size:
        return _fail(f"{target.name}: the connection broke off after {done} of {size} bytes")
    if link.hash_name and _digest(part, link.hash_name) != link.hash:
        part.unlink()
        return _fail(f"{target.name} does not have the {link.hash_name} that the package index names")
    part.replace(target)
    _say({"file": str(target)})
    return 0


def _chunks(raw: Any) -> Iterator[bytes]:
    """Bytes as sent: from the network through urllib3, or from a file when the index is a folder."""
    if hasattr(raw, "stream"):
        yield from raw.stream(CHUNK_BYTES, decode_content=False)
        return
    while chunk := raw.read(CHUNK_BYTES):
        yield chunk


def _digest(path: Path, algorithm: str) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()


def _save_wheel_by_pip(name: str, version: str, folder: Path, why: Exception) -> int:
    """``pip download`` in this very process, so that ending the process ends it."""
    try:
        from pip._internal.cli.main import main as pip  # noqa: PLC0415
    except ImportError:
        return _fail(f"{name} {version}: pip is not usable in this Python ({why})")
    before = set(folder.glob("*.whl"))
    arguments = ["download", *_OPTIONS, "--no-deps", "--only-binary=:all:", "--dest", str(folder), f"{name}=={version}"]
    with contextlib.redirect_stdout(sys.stderr):
        code = pip(arguments)
    saved = sorted(set(folder.glob("*.whl")) - before)
    if code or not saved:
        return _fail(f"{name} {version}: pip could not download a wheel of it")
    _say({"file": str(saved[0])})
    return 0


def _end_with_listener() -> None:
    """End as soon as the program that listens is gone, whose end of the pipe closes with it, even if it was killed."""
    while os.read(sys.stdin.fileno(), 1):  # not its buffer, whose lock would hold up the end of this process
        pass
    os._exit(1)


def _say(message: dict[str, Any]) -> None:
    print(json.dumps(message), flush=True)  # noqa: T201  this is how the process speaks


def _fail(text: str, *, disk: bool = False) -> int:
    _say({"error": re.sub(r"://[^/@\s]+@", "://", text), "disk": disk})  # an index's address may hold a password
    return 1


def _describe(error: Exception, name: str, version: str) -> int:
    """What pip or the disk raised, in a line for a person."""
    kinds = {kind.__name__ for kind in type(error).__mro__}
    if kinds & _NO_NETWORK:
        return _fail(f"{name} {version}: the package index could not be reached ({type(error).__name__})")
    if isinstance(error, OSError):
        return _fail(f"{error.filename or name} could not be written ({error.strerror or error})", disk=True)
    return _fail(f"{name} {version}: {error or type(error).__name__}")


if __name__ == "__main__":
    threading.Thread(target=_end_with_listener, daemon=True).start()
    try:
        sys.exit(main(*sys.argv[1:4]))
    except Exception as error:  # noqa: BLE001  whatever pip raises is told in one line, not as a traceback
        sys.exit(_describe(error, sys.argv[1], sys.argv[2]))
