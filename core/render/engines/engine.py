"""What an engine is: something that makes the file of one segment."""

from collections.abc import Callable
from typing import Protocol

from core.errors import RushesError
from core.render.types import SegmentResult, SegmentSpec


class RemoteFailed(RushesError):
    """A remote engine was not reached, refused, or sent what cannot be used. ``lasting``: asking again is no use."""

    lasting: bool = False


class NoRemoteEngine(RushesError):
    """The policy wants a remote engine, and there is none, or the person does not allow it."""


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
