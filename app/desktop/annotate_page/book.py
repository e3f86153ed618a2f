"""What the page shows, as plain data: the videos that can be annotated, and the lanes of the one in hand."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from app.desktop.annotate_page.boxes_now import TierBoxes
from core.annotate.types import (
    ANNOTATE,
    Document,
    MediaFacts,
    OwnMark,
    OwnTier,
    PipelineResult,
    ResultState,
    Tier,
    TierKind,
)
from core.jobs.types import Job
from core.media.types import MediaInfo
from widgets.annotate.lane_data import LaneRow

RUN, LANES, COMPARE, MEASURE = "run", "lanes", "compare", "measure"
OWN, FOUND = "own", "found"
MOST_LABELS = 40


@dataclass(frozen=True, slots=True)
class Entry:
    """A video that can be annotated. ``media_id`` None = an episode that nobody annotated yet; ``picture``: a key."""

    key: str
    title: str
    path: Path
    duration_s: float
    ep_id: str | None = None
    media_id: int | None = None
    missing: bool = False
    picture: object = None
    info: MediaInfo | None = None
    results: int = 0
    own_tiers: int = 0


@dataclass(frozen=True, slots=True)
class Shelf:
    """All videos, and what pipelines gave, newest first."""

    entries: tuple[Entry, ...] = ()
    results: tuple[PipelineResult, ...] = ()
    newest_of: Mapping[int, tuple[PipelineResult, ...]] = field(default_factory=dict)
    """The last success of each pipeline, by the id of the video."""

    def entry(self, key: str) -> Entry | None:
        """The video of a key."""
        return next((one for one in self.entries if one.key == key), None)

    def of_media(self, media_id: int) -> Entry | None:
        """The video of an id of the annotations."""
        return next((one for one in self.entries if one.media_id == media_id), None)

    def newest(self, media_id: int | None) -> tuple[PipelineResult, ...]:
        """The last success of each pipeline on a video, in the order of their names."""
        return self.newest_of.get(media_id, ()) if media_id is not None else ()

    def result(self, result_id: int) -> PipelineResult | None:
        """A result by its id."""
        return next((one for one in self.results if one.result_id == result_id), None)


@dataclass(frozen=True, slots=True)
class Lane:
    """A tier with where it comes from. ``tier_id`` is set for a person's own, ``result`` for a pipeline's."""

    lane_id: str
    title: str
    origin: str
    tier: Tier
    tier_id: int | None = None
    own: OwnTier | None = None
    result: PipelineResult | None = None

    @property
    def editable(self) -> bool:
        """Whether a person can mark in it."""
        return self.tier_id is not None

    @property
    def kind(self) -> TierKind:
        """What it holds."""
        return self.tier.kind


@dataclass(frozen=True, slots=True)
class LaneBook:
    """The lanes of a video: a person's own first, then what pipelines found; read together.

    ``marks`` by the id of their own tier, ``documents`` by the id of their result. ``rows`` are the lanes as the canvas
    shows them, ``boxes`` those that are drawn over the picture.
    """

    key: str
    media_id: int | None
    lanes: tuple[Lane, ...] = ()
    marks: Mapping[int, tuple[OwnMark, ...]] = field(default_factory=dict)
    undo_name: str | None = None
    redo_name: str | None = None
    facts: MediaFacts | None = None
    documents: Mapping[int, Document] = field(default_factory=dict)
    rows: tuple[LaneRow, ...] = ()
    boxes: tuple[TierBoxes, ...] = ()

    def lane(self, lane_id: str) -> Lane | None:
        """A lane by its id."""
        return next((one for one in self.lanes if one.lane_id == lane_id), None)

    def own(self) -> tuple[Lane, ...]:
        """What people marked."""
        return tuple(one for one in self.lanes if one.editable)

    def mark(self, mark_id: int) -> OwnMark | None:
        """A mark of an own lane."""
        return next((one for marks in self.marks.values() for one in marks if one.mark_id == mark_id), None)

    def marks_of(self, mark_ids: Iterable[int]) -> list[OwnMark]:
        """Marks that are there, by time."""
        wanted = set(mark_ids)
        found = [one for marks in self.marks.values() for one in marks if one.mark_id in wanted]
        return sorted(found, key=lambda one: (one.start_s, one.mark_id))


def facts_of(entry: Entry) -> MediaFacts | None:
    """What the probe of an episode says, for one that nobody annotated yet."""
    info = entry.info
    if info is None:
        return None
    size = (info.width_px, info.height_px)
    return MediaFacts(
        entry.path.name, str(entry.path), info.duration_s, *size, info.average_fps, has_sound=bool(info.audio)
    )


def newest_successes(results: Iterable[PipelineResult]) -> dict[int, tuple[PipelineResult, ...]]:
    """Of results with the newest first, the last success of each pipeline, by video and in the order of their names."""
    found: dict[int, dict[str, PipelineResult]] = {}
    for one in results:
        if one.state is ResultState.SUCCEEDED:
            found.setdefault(one.media_id, {}).setdefault(one.pipeline, one)
    return {media_id: tuple(of[name] for name in sorted(of)) for media_id, of in found.items()}


def failed_lately(results: Iterable[PipelineResult]) -> frozenset[int]:
    """Of results with the newest first, the videos in whose last run a pipeline failed."""
    last: dict[int, str] = {}
    failed: set[int] = set()
    for one in results:
        if last.setdefault(one.media_id, one.job_id) == one.job_id and one.state is ResultState.FAILED:
            failed.add(one.media_id)
    return frozenset(failed)


def labels_of(tier: Tier) -> tuple[str, ...]:
    """The vocabulary, then other labels that are used, in the order of their first use: what the digits give."""
    used = (mark.label for mark in tier.marks if mark.label)
    return tuple(dict.fromkeys([*tier.vocabulary, *used]))[:MOST_LABELS]


def own_lane_id(tier_id: int) -> str:
    """How the lane of an own tier is called."""
    return f"{OWN}:{tier_id}"


def found_lane_id(result_id: int, tier_name: str) -> str:
    """How the lane of a pipeline's tier is called."""
    return f"{FOUND}:{result_id}:{tier_name}"


def annotating(jobs: Iterable[Job]) -> dict[int, Job]:
    """Jobs that are not ended, by the video that they work on; the one at work before those that wait."""
    found: dict[int, Job] = {}
    for job in jobs:
        media_id = job.params.get("media_id")
        if job.type != ANNOTATE or job.state.ended or not isinstance(media_id, int):
            continue
        if media_id not in found or job.state == "running":
            found[media_id] = job
    return found
