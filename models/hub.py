"""Models of the model hub, through its own library, which runs in a process of its own (hub_download.py).

Where the catalogue fixes no checksums, those that the hub tells for each file are checked, and recorded beside the
model.
"""

import contextlib
import json
import shutil
import threading
import time
from collections.abc import Iterable
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
    names = [file.name for file in entry.files] or [*NEEDED, *OPTIONAL]
    needed = [file.name for file in entry.files] or list(NEEDED)
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
    for file in entry.files:
        check_file(file, work / file.name)
    _keep([work / name for name in told["files"]], folder, record=not entry.files)
    shutil.rmtree(work)


def use_folder(
    entry: ModelEntry, source: Path, folder: Path, *, canceled: Canceled, only_by_name: bool = False
) -> None:
    """Take a CTranslate2 model from a person's folder. Raises FetchFailed, OSError, FetchCanceled.

    ``only_by_name``: just from a sub-folder that bears the model's name, for any model's files have the same names.
    """
    place = _find(entry, source, only_by_name=only_by_name)
    if place is None:
        raise FetchFailed(
            f"{source} does not hold {' and '.join(NEEDED)} of {entry.title}.", action="Choose the folder of the model."
        )
    staging = folder / ".copying"
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    try:
        for name in (*NEEDED, *OPTIONAL):
            if canceled():
                raise FetchCanceled("The copy was stopped.")
            if (place / name).is_file():
                copy_file(place / name, staging / name, canceled=canceled)
        _keep(sorted(staging.iterdir()), folder, record=True)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _find(entry: ModelEntry, source: Path, *, only_by_name: bool) -> Path | None:
    """The folder itself, a sub-folder named after the model, or the hub library's own cache."""
    repos = [one.repo for one in entry.sources if one.repo]
    named: list[Path] = [source / entry.id]
    for repo in repos:
        named.append(source / repo.rpartition("/")[2])
        named += sorted((source / f"models--{repo.replace('/', '--')}" / "snapshots").glob("*"))
    places: Iterable[Path] = named if only_by_name else [source, *named]
    return next((place for place in places if all((place / name).is_file() for name in NEEDED)), None)


def _keep(paths: list[Path], folder: Path, *, record: bool) -> None:
    """Move files into the model's folder; the record, written last, makes them count."""
    (folder / RECORD).unlink(missing_ok=True)
    sums = {path.name: sha256_of(path) for path in paths} if record else {}
    for path in paths:
        path.replace(folder / path.name)
    if record:
        write_json(folder / RECORD, {"sha256": sums["model.bin"], "files": sums})
