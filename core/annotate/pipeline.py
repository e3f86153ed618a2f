"""What a pipeline is: its spec and a function that runs it. Third parties add one by an entry point."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol, TypeAlias

import av
import numpy.typing as npt

from core.annotate.spec import Availability, PipelineSpec
from core.annotate.types import Floats, Ints, MediaFacts, Tier
from core.jobs.executors import UnitPool
from core.media.pictures import PictureMaker
from core.media.types import FrameTable, MediaInfo
from core.speech.types import SpeechSource
from models.store import ModelStore

ENTRY_POINT_GROUP = "rushes.pipelines"
"""An entry point of this group loads to a :class:`Pipeline`, or to a function without arguments that makes one."""

Arrays: TypeAlias = Mapping[str, npt.NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Video:
    """The video to work on."""

    path: Path
    info: MediaInfo
    facts: MediaFacts


@dataclass(frozen=True, slots=True)
class SeenFrame:
    """A decoded frame, as a :class:`Looker` gets it. ``index`` counts decoded frames of the whole video.

    ``beyond``: it belongs to the next range already and is only shown so that it can be compared with the frame before;
    nothing else may be noted of it. The maker belongs to this thread; the frame is valid during the call.
    """

    index: int
    pts: int
    t_s: float
    frame: av.VideoFrame
    maker: PictureMaker
    beyond: bool = False


class Looker(Protocol):
    """Looks at the frames of one range, in order."""

    def see(self, seen: SeenFrame) -> None:
        """Note what is wanted of this frame."""

    def rows(self) -> dict[str, npt.NDArray[Any]]:
        """What was noted: the same names from every range, rows along the first axis; ranges are joined in order."""


class FrameLook(Protocol):
    """What a pipeline wants of the decoded frames: a frozen dataclass, hashable and picklable.

    The video of a job is decoded once for the looks of all its pipelines; equal looks are done once. A look must be a
    pure function of its fields and the frames: the result may not depend on how the video is cut into ranges. One that
    passes over frames beyond its range saves their decoding by a class variable ``sees_beyond = False``.
    """

    def wanted(self, table: FrameTable) -> Ints | None:
        """PTS of the frames to be shown, rising, from ``table``; None = all of them."""

    def open(self, media: MediaInfo, model_root: Path, device: str) -> Looker:
        """A looker for one range, in the worker's process; ``device``: what its models run on (auto, cpu, cuda …)."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look found in the whole video; ``wanted_pts``: the frames that it was shown."""

    arrays: Arrays
    table: FrameTable
    wanted_pts: Ints
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Voice:
    """Where somebody speaks: ``probabilities`` float32 (n,), one for each ``step_s`` seconds of sound from 0."""

    probabilities: Floats
    step_s: float
    duration_s: float


class SharedSound(Protocol):
    """The sound of a video, decoded once for all pipelines of a job."""

    @property
    def source(self) -> SpeechSource:
        """16 kHz mono samples in a file of their own: second 0 of it is second 0 of the video.

        Raises UnsupportedMedia when the video has no sound.
        """

    def voice(self) -> Voice:
        """Probabilities of speech; computed once. Raises UnsupportedMedia when the video has no sound."""


class PipelineContext(Protocol):
    """All that a pipeline knows of the job it runs in."""

    @property
    def models(self) -> ModelStore:
        """The model files."""

    @property
    def pool(self) -> UnitPool:
        """Workers, for units of its own."""

    @property
    def work_dir(self) -> Path:
        """For files that the pipeline needs while it works; kept over an interruption, removed after the job."""

    @property
    def device(self) -> str:
        """``auto``, ``cpu`` or ``cuda:0``, as the person chose it."""

    def looked(self, look: FrameLook) -> Looked:
        """What the shared pass found for this look; runs a pass of its own if the look was not announced."""

    def sound(self) -> SharedSound:
        """The video's sound."""

    def used(self, model_id: str) -> None:
        """Note a model (an id of the catalogue, or the path of a file) for the provenance."""

    def warn(self, text: str) -> None:
        """Note something that the reader of the result should know; goes into the provenance and the job's log."""

    def progress(self, stage: str, done: float, total: float = 0.0, *, unit: str = "") -> None:
        """How far this pipeline is; cheap to call often."""

    def check(self) -> None:
        """Raise Canceled if the job is to stop. Call it at least twice a second."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a pipeline gives back. ``extra_files``: more files by name, written as they are; ``extra_paths``: large ones
    by name, which lie in ``work_dir`` and are moved from there.
    """

    tiers: tuple[Tier, ...]
    extra_files: Mapping[str, bytes] = field(default_factory=lambda: MappingProxyType({}))
    extra_paths: Mapping[str, Path] = field(default_factory=lambda: MappingProxyType({}))


class Pipeline(Protocol):
    """A pipeline. ``config`` is complete and checked: every parameter of the spec with a value in its bounds."""

    @property
    def spec(self) -> PipelineSpec:
        """What it is; cheap, loads nothing."""

    def availability(self, models: ModelStore) -> Availability:
        """Whether it can run with its defaults; cheap, loads no model. Models that set-up fetches count as there."""

    def models_needed(self, config: Mapping[str, Any]) -> Sequence[str]:
        """Ids of the models that a run with this config loads, so that they are fetched before it starts."""

    def looks(self, video: Video, config: Mapping[str, Any]) -> Sequence[FrameLook]:
        """What it will ask ``context.looked`` for; () when it reads no pictures."""

    def run(self, video: Video, config: Mapping[str, Any], context: PipelineContext) -> Found:
        """Annotate the video. Raises RushesError with words for people, Canceled."""
