"""Models of the model hub, through its own library, which runs in a process of its own (hub_download.py).

Where the catalogue fixes no checksums, those that the hub tells for each file are checked, and recorded beside the
model. Its files are those of the source (``members``), or else those of a speech model of CTranslate2.
"""

import contextlib
import json
import shutil
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from models.catalogue import ModelEntry, Source
from models.digests import read_json, write_json
from models.download_process import Canceled, Progress, run_download
from models.errors import FetchCanceled, FetchFailed
from models.fetch import check_file, copy_file, sha256_of
from models.packs import RECORD

NEEDED = ("model.bin", "config.json")
OPTIONAL = ("preprocessor_config.json", "tokenizer.json", "vocabulary.json", "vocabulary.txt")
_SCRIPT = Path(__file__).with_name("hub_download.py")
_FORGET_AFTER_S = 600.0
_NOT_REACHED = "the model hub could not be reached"


class _Reach:
    """Remembers for a while that the hub could not be reached, so that one fetch of many does not wait for each."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failed_at_s: float | None = None

    def failed(self) -> None:
        with self._lock:
            self._failed_at_s = time.monotonic()

    def worked(self) -> None:
        with self._lock:
            self._failed_at_s = None

    @property
    def worth_trying(self) -> bool:
        with self._lock:
            return self._failed_at_s is None or time.monotonic() - self._failed_at_s > _FORGET_AFTER_S


reach = _Reach()


def fetch_hub(entry: ModelEntry, source: Source, folder: Path, *, progress: Progress, canceled: Canceled) -> None:
    """Download a model's files into ``folder``, checked. Raises FetchFailed, FetchCanceled, OSError.

    What arrived of a download that was cut short stays in a hidden folder, and the next call goes on from there. When
    the hub was out of reach a moment ago and the model has another source, it is not asked again.
    """
    if not reach.worth_trying and entry.sources[-1] != source:
        raise FetchFailed(f"{_NOT_REACHED} a moment ago.")
    work = folder / ".hub"
    work.mkdir(parents=True, exist_ok=True)
    needed = list(_needed(entry, source))
    names = needed if entry.files or source.members else [*needed, *OPTIONAL]
    wish = json.dumps({"repo": source.repo, "names": names, "needed": needed})
    try:
        told = read_json(run_download(_SCRIPT, [wish, str(work)], progress=progress, canceled=canceled))
    except FetchFailed as error:
        if _NOT_REACHED in error.message:
            reach.failed()
        with contextlib.suppress(OSError):  # keeps what arrived of a download that was cut short
            work.rmdir()
        raise
    reach.worked()
    progress("extract", 0, 0)
    for file, name in zip(entry.files, needed, strict=False):
        check_file(file, work / name)
    kept = {file.name: work / name for file, name in zip(entry.files, needed, strict=False)}
    _keep(kept or {Path(name).name: work / name for name in told["files"]}, folder, _weights(source, entry))
    shutil.rmtree(work)


def _needed(entry: ModelEntry, source: Source) -> tuple[str, ...]:
    """Paths in the repository without which the model is not whole, in the order of the entry's files."""
    return source.members or tuple(file.name for file in entry.files) or NEEDED


def _weights(source: Source, entry: ModelEntry) -> str:
    """The file whose checksum stands for the model; "" where the catalogue knows it."""
    return "" if entry.files else Path(_needed(entry, source)[0]).name


def use_folder(
    entry: ModelEntry, source: Path, folder: Path, *, canceled: Canceled, only_by_name: bool = False
) -> None:
    """Take a model of the hub from a person's folder. Raises FetchFailed, OSError, FetchCanceled.

    ``only_by_name``: just from a sub-folder that bears the model's name, for any model's files have the same names.
    """
    origin = next(one for one in entry.sources if one.kind == "hub")
    needed = _needed(entry, origin)
    place = _find(entry, source, needed, only_by_name=only_by_name)
    if place is None:
        names = " and ".join(Path(name).name for name in needed)
        raise FetchFailed(f"{source} does not hold {names} of {entry.title}.", action="Choose the folder of the model.")
    staging = folder / ".copying"
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    try:
        for name in needed if origin.members else (*needed, *OPTIONAL):
            if canceled():
                raise FetchCanceled("The copy was stopped.")
            path = _inside(place, name)
            if path is not None:
                copy_file(path, staging / path.name, canceled=canceled)
        _keep({path.name: path for path in sorted(staging.iterdir())}, folder, Path(needed[0]).name)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _find(entry: ModelEntry, source: Path, needed: Sequence[str], *, only_by_name: bool) -> Path | None:
    """The folder itself, a sub-folder named after the model, or the hub library's own cache."""
    repos = [one.repo for one in entry.sources if one.repo]
    named: list[Path] = [source / entry.id]
    for repo in repos:
        named.append(source / repo.rpartition("/")[2])
        named += sorted((source / f"models--{repo.replace('/', '--')}" / "snapshots").glob("*"))
    places: Iterable[Path] = named if only_by_name else [source, *named]
    return next((place for place in places if all(_inside(place, name) for name in needed)), None)


def _inside(place: Path, name: str) -> Path | None:
    """A file of the repository in a folder: where the repository has it, or right in the folder."""
    return next((path for path in (place / name, place / Path(name).name) if path.is_file()), None)


def _keep(paths: Mapping[str, Path], folder: Path, weights: str) -> None:
    """Move files into the model's folder under their names there; the record, written last, makes them count.

    ``weights``: the file whose checksum stands for the model, "" = no record is needed.
    """
    (folder / RECORD).unlink(missing_ok=True)
    sums = {name: sha256_of(path) for name, path in paths.items()} if weights else {}
    for name, path in paths.items():
        path.replace(folder / name)
    if weights:
        write_json(folder / RECORD, {"sha256": sums[weights], "files": sums})
