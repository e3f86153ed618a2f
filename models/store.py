"""The models on this machine: which are ready, where they lie, how they get here and go away."""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import filelock
import platformdirs

from models import conversions, hub, packs
from models.catalogue import Catalogue, ModelEntry, Source, load_catalogue
from models.digests import Digests, read_json, write_json
from models.download_process import FREE_SPACE, Canceled, CannotSave, Progress
from models.errors import FetchCanceled, FetchFailed, LicenceNotAccepted, ModelCorrupt, ModelMissing, RushesError
from models.faces import TrackCalibration
from models.fetch import fetch_all, fetch_file

FetchProgress = Callable[[str, str, int, int], None]
OWN_CALIBRATION = TrackCalibration("unit_rms", 1.1)
_TRY_LOCK_S = 0.2
_ANY = "a folder of any models"
_OTHER_FOLDER = "Choose another folder with the environment variable RUSHES_MODELS, or check its permissions."


def default_root() -> Path:
    """RUSHES_MODELS, else the user's cache. Nothing is created."""
    chosen = os.environ.get("RUSHES_MODELS")
    return Path(chosen) if chosen else platformdirs.user_cache_path("rushes", appauthor=False) / "models"


def local_folders() -> list[Path]:
    """RUSHES_MODEL_FOLDERS: folders that are looked into before anything is downloaded, as for machines offline."""
    return [Path(one) for one in os.environ.get("RUSHES_MODEL_FOLDERS", "").split(os.pathsep) if one]


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """``state``: ready, missing, corrupt or needs_acceptance. ``path``: its folder; ``size_bytes`` on the disk."""

    state: str
    size_bytes: int
    path: Path


class ModelStore:
    """Reading is cheap and fetches nothing; only :meth:`fetch` and the like do. May be used by several processes."""

    def __init__(self, root: Path | None = None, catalogue: Catalogue | None = None) -> None:
        self.root = root or default_root()
        self.catalogue = catalogue or load_catalogue()
        self._digests = Digests(self.root / "verified.json")

    def entry(self, model_id: str) -> ModelEntry:
        """Raises UnknownModel."""
        return self.catalogue.get(model_id)

    def status(self, model_id: str) -> ModelStatus:
        """Where a model of the catalogue stands, without fetching anything."""
        entry, folder = self.entry(model_id), self._folder(model_id)
        size_bytes = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else 0
        if entry.needs_acceptance and not self._accepted(model_id):
            return ModelStatus("needs_acceptance", size_bytes, folder)
        try:
            self._verify(entry)
        except ModelMissing:
            return ModelStatus("missing", size_bytes, folder)
        except ModelCorrupt:
            return ModelStatus("corrupt", size_bytes, folder)
        return ModelStatus("ready", size_bytes, folder)

    def ready(self, model_id: str) -> bool:
        """Whether it can be opened now; a path of an own model counts when the file is there."""
        if own_model(model_id):
            return Path(model_id).expanduser().is_file()
        return self.status(model_id).state == "ready"

    def missing(self, model_ids: Iterable[str]) -> list[ModelEntry]:
        """Those that have to be fetched before they can be used."""
        return [self.entry(one) for one in model_ids if not own_model(one) and not self.ready(one)]

    def download_size(self, model_ids: Iterable[str]) -> int:
        """Bytes that have to travel for those that are missing."""
        return sum(entry.download_bytes for entry in self.missing(model_ids))

    def path(self, model_id: str) -> Path:
        """The file to open (converted if need be), verified; the folder of a pack or of a model of several files.

        Raises ModelMissing, ModelCorrupt, LicenceNotAccepted, UnknownModel.
        """
        if own_model(model_id):
            return _own_path(model_id)
        entry = self.entry(model_id)
        self._check_licence(entry)
        self._verify(entry)
        folder = self._folder(model_id)
        if len(entry.files) != 1:
            return folder
        original = folder / entry.files[0].name
        return self._converted(entry, original) if entry.converter else original

    def version(self, model_id: str) -> str:
        """First 12 hex digits of the sha256 of the model as published, or of the own file."""
        if own_model(model_id):
            return self._digests.of(_own_path(model_id))[:12]
        entry = self.entry(model_id)
        if entry.files:
            return entry.files[0].sha256[:12]
        return str(read_json(self._folder(model_id) / packs.RECORD).get("sha256", ""))[:12]

    def calibration(self, model_id: str) -> TrackCalibration:
        """How vectors of an embedder are compared."""
        if own_model(model_id):
            return OWN_CALIBRATION
        return self.entry(model_id).calibration or OWN_CALIBRATION

    def accept_licence(self, model_id: str) -> None:
        """Remember that the person accepted a licence's consequence. Raises FetchFailed: the folder is unwritable."""
        self.entry(model_id)
        with self._writing("The licence's acceptance"):
            self.root.mkdir(parents=True, exist_ok=True)
            accepted = {*read_json(self._acceptances).get("models", ()), model_id}
            write_json(self._acceptances, {"models": sorted(accepted)})

    def remove(self, model_id: str) -> None:
        """Delete a model's files, with what is left of a download. Raises RushesError."""
        entry, folder = self.entry(model_id), self._folder(model_id)
        if not folder.exists():
            return
        with self._exclusive(model_id, lambda: False):
            try:
                shutil.rmtree(folder)
            except OSError as error:
                raise RushesError(
                    f"{entry.title} could not be removed: {error.filename}: {error.strerror}.",
                    action="Close other programs that use it, or check the folder's permissions.",
                ) from error

    def use_local_folder(self, model_id: str, folder: Path) -> None:
        """Copy a model's files out of a folder of the person's. Raises FetchFailed (absent, another content, disk)."""
        entry = self.entry(model_id)
        with self._exclusive(model_id, lambda: False):
            self._from_source(entry, Source("folder", folder=str(folder)), _tell_nobody, lambda: False)

    def fetch(
        self,
        model_ids: Iterable[str],
        *,
        progress: FetchProgress = lambda _model, _stage, _done, _total: None,
        canceled: Canceled = lambda: False,
    ) -> None:
        """Get what is missing and make it ready. ``progress`` gets model id, stage (download, extract, convert, ready),
        bytes done and in all, 0 when unknown.

        Raises FetchFailed (saying what was tried), FetchCanceled, LicenceNotAccepted, UnknownModel.
        """
        wanted = [self.entry(one) for one in model_ids if not own_model(one)]
        for entry in wanted:
            self._check_licence(entry)  # before the first byte travels
        for entry in wanted:
            if not self.ready(entry.id):
                self._fetch_one(entry, progress, canceled)
            if entry.converter:
                progress(entry.id, "convert", 0, 0)
            self.path(entry.id)
            progress(entry.id, "ready", 1, 1)

    def _fetch_one(self, entry: ModelEntry, progress: FetchProgress, canceled: Canceled) -> None:
        def told(stage: str, done: int, total: int) -> None:
            progress(entry.id, stage, done, total)

        tried: list[str] = []
        with self._exclusive(entry.id, canceled):
            if self.ready(entry.id):
                return  # another process fetched it while this one waited
            for source in [*(Source("folder", folder=str(one), hint=_ANY) for one in local_folders()), *entry.sources]:
                try:
                    self._from_source(entry, source, told, canceled)
                except CannotSave:
                    raise  # nor would it fit from any other source
                except FetchFailed as error:
                    tried.append(f"{source} ({error})")
                else:
                    return
        raise FetchFailed(
            f"{entry.title} could not be fetched. Tried: {'; '.join(tried)}",
            action=f"Check the network, or put its files into a folder: rushes models use-folder {entry.id} FOLDER",
        )

    def _from_source(self, entry: ModelEntry, source: Source, told: Progress, canceled: Canceled) -> None:
        folder = self._folder(entry.id)
        with self._writing(entry.title):
            folder.mkdir(parents=True, exist_ok=True)
            if source.kind == "insightface":
                packs.fetch_pack(entry, source, folder, progress=told, canceled=canceled)
            elif source.kind == "hub":
                hub.fetch_hub(entry, source, folder, progress=told, canceled=canceled)
            elif source.kind == "archives":
                fetch_all(entry.files, source, folder, progress=told, canceled=canceled)
            elif source.kind == "folder" and not entry.files:
                _use_folder(entry, source, folder, canceled)
            else:
                for place, file in enumerate(entry.files):
                    named = _with_hub_names(entry, source, place) if source.kind == "folder" else source
                    fetch_file(file, named, folder / file.name, progress=told, canceled=canceled)

    def _verify(self, entry: ModelEntry) -> None:
        folder = self._folder(entry.id)
        wanted = {file.name: file.sha256 for file in entry.files}
        wanted = wanted or read_json(folder / packs.RECORD).get("files", {})
        for name, digest in wanted.items():
            path = folder / name
            if not path.is_file():
                raise _missing(entry)
            try:
                intact = self._digests.of(path) == digest
            except OSError as error:
                raise ModelCorrupt(
                    f"{path} cannot be read: {error.strerror}.", action="Check its permissions."
                ) from error
            if not intact:
                raise ModelCorrupt(
                    f"{path} is damaged: its checksum is not the catalogue's.",
                    action=f"Fetch it again: rushes models fetch {entry.id}",
                )
        if not wanted:
            raise _missing(entry)

    def _converted(self, entry: ModelEntry, original: Path) -> Path:
        target = conversions.converted_path(original, entry.files[0].sha256, entry.converter)
        if conversions.is_intact(target, self._digests):
            return target
        with self._writing(f"The converted form of {entry.title}"), self._exclusive(entry.id, lambda: False):
            if not conversions.is_intact(target, self._digests):
                conversions.convert(original, target, entry.converter)
        return target

    @contextmanager
    def _exclusive(self, model_id: str, canceled: Canceled) -> Iterator[None]:
        """Held while a model's files change: two processes never write one file."""
        locks = self.root / ".locks"
        lock = filelock.FileLock(locks / f"{model_id}.lock", thread_local=False)
        with self._writing("A model"):
            locks.mkdir(parents=True, exist_ok=True)
            try:
                lock.acquire(poll_interval=_TRY_LOCK_S, cancel_check=canceled)
            except filelock.Timeout:
                raise FetchCanceled("Waiting for another download was stopped.") from None
        try:
            yield
        finally:
            lock.release()

    @contextmanager
    def _writing(self, what: str) -> Iterator[None]:
        """Tells trouble with the disk in words for a person."""
        try:
            yield
        except PermissionError as error:
            raise CannotSave(
                f"{what} could not be saved in {self.root}: {error.strerror or error}.", action=_OTHER_FOLDER
            ) from error
        except OSError as error:
            raise CannotSave(
                f"{what} could not be saved in {self.root}: {error.strerror or error}.", action=FREE_SPACE
            ) from error

    def _check_licence(self, entry: ModelEntry) -> None:
        if entry.needs_acceptance and not self._accepted(entry.id):
            raise LicenceNotAccepted(
                f"{entry.title}: {entry.consequence}", action=f"Accept it once: rushes models accept {entry.id}"
            )

    def _accepted(self, model_id: str) -> bool:
        return model_id in read_json(self._acceptances).get("models", ())

    @property
    def _acceptances(self) -> Path:
        return self.root / "accepted.json"

    def _folder(self, model_id: str) -> Path:
        return self.root / model_id


def own_model(model_id: str) -> bool:
    """Whether the name is a path of the person's own ONNX file rather than an id."""
    return model_id.lower().endswith(".onnx")


def _own_path(model_id: str) -> Path:
    path = Path(model_id).expanduser()
    if not path.is_file():
        raise ModelMissing(f"There is no model file {path}.", action="Check the path.")
    return path


def _missing(entry: ModelEntry) -> ModelMissing:
    return ModelMissing(
        f"The model {entry.title} is not on this machine.", action=f"Fetch it: rushes models fetch {entry.id}"
    )


def _use_folder(entry: ModelEntry, source: Source, folder: Path, canceled: Canceled) -> None:
    """A model without fixed checksums out of a folder; one that may hold any model must name this one."""
    if any(one.kind == "hub" for one in entry.sources):
        any_model = source.hint == _ANY
        hub.use_folder(entry, Path(source.folder), folder, canceled=canceled, only_by_name=any_model)
    else:
        packs.use_folder(entry, Path(source.folder), folder, canceled=canceled)


def _with_hub_names(entry: ModelEntry, source: Source, place: int) -> Source:
    """A folder in which a file may also bear the name that it has on the hub; its checksum tells it from others."""
    member = next((one.members[place] for one in entry.sources if one.members), "")
    names = dict.fromkeys((member, Path(member).name)) if member else {}
    return replace(source, members=tuple(name for name in names if name != entry.files[place].name))


def _tell_nobody(_stage: str, _done: int, _total: int) -> None:
    """Copies from a folder are quick."""
