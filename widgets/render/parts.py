"""What the parts of the render page are given to show: plain data."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from enum import Enum

from core.render.records import Render
from core.render.types import FPS, CaptionRole, Phase, RenderedSegment, RenderPlan
from widgets.poster_grid import BadgeSpec

FieldKey = tuple[CaptionRole, int]
"""A field of the captions: its role, and which of the beats (0 for hook and call to action)."""


@dataclass(frozen=True, slots=True)
class PresetCard:
    """A preset. ``kind`` is the archetype in words; ``badges`` name brand safety, motion, font: those with a tone stand
    on the picture, plain ones are words below it; ``hint`` is the tip.
    """

    id: str
    name: str
    kind: str
    badges: tuple[BadgeSpec, ...] = ()
    hint: str = ""
    own: bool = False


@dataclass(frozen=True, slots=True)
class StillItem:
    """A still in the order of the cut.

    ``picture``: a key of the provider, a ``Path`` where there is none; the same picture may be there twice, ``key`` is
    of this entry alone. ``focus``: x and y in [0, 1] of where its subject is, None = the middle. ``problem``: why it
    cannot be used, "" = it can.
    """

    key: Hashable
    picture: Hashable
    name: str
    masked: bool = False
    focus: tuple[float, float] | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class SoundInfo:
    """A chosen sound. ``peaks``: loudness in [0, 1] at even steps of the whole length, None = not read yet."""

    name: str
    duration_s: float | None = None
    peaks: Sequence[float] | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class CaptionFit:
    """How a caption came out: its lines, when it is seen, whether it was cut short or left out, and why."""

    lines: int = 0
    start_s: float | None = None
    end_s: float | None = None
    shortened: bool = False
    left_out: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class SlotMark:
    """A caption on frames [start_frame, end_frame)."""

    role: CaptionRole
    text: str
    start_frame: int
    end_frame: int


@dataclass(frozen=True, slots=True)
class CutMarks:
    """What a time slider shows of a cut: its length, the first frames of its segments after the first, its captions."""

    frame_count: int = 0
    borders: tuple[int, ...] = ()
    slots: tuple[SlotMark, ...] = ()

    @property
    def duration_s(self) -> float:
        """How long it lasts."""
        return self.frame_count / FPS


def marks_of(plan: RenderPlan) -> CutMarks:
    """The marks of a plan."""
    return CutMarks(
        plan.frame_count,
        tuple(one.start_frame for one in plan.segments if one.start_frame > 0),
        tuple(SlotMark(one.role, one.text, one.start_frame, one.end_frame) for one in plan.captions if one.text),
    )


class Message(Enum):
    """What a preview says instead of, or over, its picture."""

    NONE = "none"
    EMPTY = "empty"
    BUSY = "busy"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class RenderProgress:
    """How far a render is. ``progress_pct`` in [0, 100], None = not known; ``eta_s`` None = not known."""

    phase: Phase
    progress_pct: float | None = None
    segments: tuple[RenderedSegment, ...] = ()
    eta_s: float | None = None
    fallback_reason: str = ""
    error: str = ""
    error_action: str = ""
    canceled: bool = False
    took_s: float | None = None


@dataclass(frozen=True, slots=True)
class RenderRow:
    """A render as a card. ``picture``: a key of the provider, a ``Path`` where there is none, None = none yet."""

    job_id: str
    title: str
    preset: str
    duration_s: float
    when: str
    phase: Phase
    progress_pct: float | None = None
    picture: Hashable | None = None
    eta_s: float | None = None
    took_s: float | None = None
    canceled: bool = False
    fallback_reason: str = ""
    error: str = ""
    error_action: str = ""


def row_of(render: Render, preset_name: str, picture: Hashable | None = None, eta_s: float | None = None) -> RenderRow:
    """The card of a render; ``picture`` is the key of its thumbnail, which the page decides."""
    return RenderRow(
        job_id=render.job_id,
        title=render.title,
        preset=preset_name,
        duration_s=float(render.request.target_duration_s),
        when=render.updated_at if render.phase.ended else render.created_at,
        phase=render.phase,
        progress_pct=render.progress_pct,
        picture=picture,
        eta_s=eta_s,
        took_s=render.took_s,
        canceled=render.failure == "canceled",
        fallback_reason=render.fallback_reason if render.fallback_used else "",
        error=render.error,
        error_action=render.error_action,
    )
