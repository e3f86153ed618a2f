"""Run by a Python process of its own (see download_process.py): save files of a repository of the model hub.

The hub's own library is used, so that the machine's configuration of it counts (mirror, proxy, token, offline). Each
file is checked against what the hub says of it: size, and sha256 (large files) or the git object id (small ones).
"""

import hashlib
import importlib
import json
import os
import sys
import threading
from pathlib import Path
from typing import Any

ANSWER_WITHIN_S = 5
SILENT_AT_MOST_S = 20
COPY_BYTES = 1 << 20
NOT_REACHED = "the model hub could not be reached"


class Refused(Exception):
    """What the hub has is not what is wanted; the text says why."""


def main(wish: str, folder: str) -> int:
    """Save what ``wish`` names, with the list of the files in ``files.json``. 0 if it worked."""
    os.environ.setdefault("HF_HUB_DISABLE_XET", "1")  # its own protocol goes on badly after a cut and tells no progress
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("HF_HUB_ETAG_TIMEOUT", str(ANSWER_WITHIN_S))
    os.environ.setdefault("HF_HUB_DOWNLOAD_TIMEOUT", str(SILENT_AT_MOST_S))
    try:
        import huggingface_hub  # noqa: PLC0415  reads the environment when it is imported
    except ImportError as error:
        return _fail(f"the hub's library cannot be used ({error})")
    wanted = json.loads(wish)
    repo, target = str(wanted["repo"]), Path(folder)
    try:
        info = huggingface_hub.HfApi().model_info(repo, files_metadata=True, timeout=ANSWER_WITHIN_S)
        there = {one.rfilename: one for one in info.siblings or ()}
        absent = [name for name in wanted["needed"] if name not in there]
        if absent:
            return _fail(f"{repo} holds no {' and '.join(absent)}")
        names = [name for name in wanted["names"] if name in there]
        total = _Total(sum(there[name].size or 0 for name in names))
        for name in names:
            _save(huggingface_hub, repo, str(info.sha), there[name], target, total)
    except Refused as error:
        return _fail(str(error))
    record = target / "files.json"
    record.write_text(json.dumps({"files": names, "revision": info.sha}), encoding="utf-8")
    _say({"file": str(record)})
    return 0


class _Total:
    """Bytes of all files together, told as they arrive."""

    def __init__(self, size: int) -> None:
        self.done = 0
        _say({"size": size, "done": 0})

    def add(self, count: int) -> None:
        self.done += count
        _say({"done": self.done})


def _save(hub: Any, repo: str, revision: str, file: Any, folder: Path, total: _Total) -> None:
    path, before = folder / file.rfilename, total.done
    if not (path.is_file() and _intact(path, file)):
        hub.hf_hub_download(
            repo, file.rfilename, revision=revision, local_dir=folder, tqdm_class=_bar(total), force_download=False
        )
        if not _intact(path, file):
            path.unlink()
            raise Refused(f"{file.rfilename} of {repo} does not have the checksum that the hub names")
    total.add(before + int(file.size or 0) - total.done)


def _bar(total: _Total) -> Any:
    """A progress bar that tells the listener instead of drawing."""
    base: Any = importlib.import_module("tqdm.auto").tqdm  # comes with the hub's library

    class Told(base):  # type: ignore[misc]
        def __init__(self, *arguments: Any, **named: Any) -> None:
            super().__init__(*arguments, **{**named, "disable": True})
            total.add(int(named.get("initial") or 0))

        def update(self, n: float | None = 1) -> bool | None:
            total.add(int(n or 0))
            return None

    return Told


def _intact(path: Path, file: Any) -> bool:
    if file.size is not None and path.stat().st_size != file.size:
        return False
    if file.lfs is not None:
        return _digest(path, hashlib.sha256()) == str(file.lfs.sha256)
    # git names a file by the sha1 of this header and the content
    header = f"blob {path.stat().st_size}\0".encode()
    return file.blob_id is None or _digest(path, hashlib.sha1(header, usedforsecurity=False)) == str(file.blob_id)


def _digest(path: Path, digest: Any) -> str:
    with path.open("rb") as file:
        while chunk := file.read(COPY_BYTES):
            digest.update(chunk)
    return str(digest.hexdigest())


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


def _describe(error: Exception) -> int:
    """What the hub's library, the network or the disk raised, in a line for a person."""
    kinds = {kind.__name__ for kind in type(error).__mro__}
    if "RepositoryNotFoundError" in kinds or "GatedRepoError" in kinds:
        return _fail("the model hub has no such model, or does not give it to everybody")
    if kinds & {"HfHubHTTPError", "TransportError", "RequestException", "OfflineModeIsEnabled", "ConnectionError",
                "TimeoutError", "LocalEntryNotFoundError", "HTTPError"}:  # fmt: skip
        return _fail(f"{NOT_REACHED} ({type(error).__name__})")
    if isinstance(error, OSError):
        return _fail(f"{error.filename or 'a file'} could not be written ({error.strerror or error})", disk=True)
    return _fail(f"the hub's library failed: {error or type(error).__name__}")


if __name__ == "__main__":
    threading.Thread(target=_end_with_listener, daemon=True).start()
    try:
        sys.exit(main(*sys.argv[1:3]))
    except Exception as error:  # noqa: BLE001  whatever the library raises is told in one line, not as a traceback
        sys.exit(_describe(error))
