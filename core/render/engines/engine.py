"""What an engine is: something that makes the file of one segment."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from core.errors import RushesError
from core.render.types import RenderPlan


class RemoteFailed(RushesError):
    """A remote engine was not reached, refused, or sent what cannot be used. ``lasting``: asking again is no use."""

    lasting: bool = False


class NoRemoteEngine(RushesError):
    """The policy wants a remote engine, and there is none, or the person does not allow it."""


@dataclass(frozen=True, slots=True)
class SegmentSpec:
    """A unit of work, picklable: draw and encode one segment into ``target`` (temp + rename).

    ``work_dir``: where the unit hears of cancellation (``unit_canceled``) and says how many frames are done
    (``report_unit`` with ``index``); "" = nobody listens.
    """

    plan: RenderPlan
    index: int
    target: str
    work_dir: str = ""


@dataclass(frozen=True, slots=True)
class SegmentResult:
    """What a unit gives back. ``took_s`` is wall-clock."""

    index: int
    engine: str
    file: str
    frame_count: int
    took_s: float


class RenderEngine(Protocol):
    """An engine outside of this machine's own; several threads may call ``render`` at the same time."""

    @property
    def name(self) -> str:
        """For rows, metadata and metrics: short, without spaces."""

    def configured(self) -> bool:
        """Whether it knows where to ask and may."""

    def render(self, spec: SegmentSpec, *, check: Callable[[], None], progress: Callable[[int], None]) -> SegmentResult:
        """Make ``spec.target``, whole or not at all.

        ``check`` is called several times a second and raises Canceled when nobody wants it any more; ``progress`` is
        told how many frames are done. Raises RemoteFailed, StorageFull, StorageUnwritable, what ``check`` raises.
        """
