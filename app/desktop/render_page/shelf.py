"""What the page shows of the library, read together: presets, renders, segments of those that are at work."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from app.desktop.services import Services
from core.errors import NotFound
from core.render.records import Render
from core.render.types import BrokenPreset, Preset, RenderedSegment

if TYPE_CHECKING:
    from core.library.library import Library

MOST_RENDERS = 200
READ_AFTER_MS = 120
KEY = "render-shelf"


@dataclass(frozen=True, slots=True)
class Shelf:
    """``segments`` by job, of those that have not ended and of those that were asked for."""

    presets: tuple[Preset, ...] = ()
    broken: tuple[BrokenPreset, ...] = ()
    renders: tuple[Render, ...] = ()
    segments: Mapping[str, tuple[RenderedSegment, ...]] = field(default_factory=lambda: MappingProxyType({}))
    was_read: bool = False

    def preset(self, preset_id: str) -> Preset | None:
        """A preset by its id."""
        return next((one for one in self.presets if one.id == preset_id), None)

    def render(self, job_id: str) -> Render | None:
        """A render by its job."""
        return next((one for one in self.renders if one.job_id == job_id), None)

    def at_work(self) -> tuple[Render, ...]:
        """Renders that have not ended."""
        return tuple(one for one in self.renders if not one.phase.ended)


class ShelfReader(QObject):
    """Reads away from the Qt thread; a burst of changes is read once."""

    read = Signal(object)
    """Shelf"""
    failed = Signal(object)
    """The exception."""

    def __init__(self, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self.wanted: frozenset[str] = frozenset()
        """Jobs whose segments are read although they have ended."""
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(READ_AFTER_MS)
        self._soon.timeout.connect(self.read_now)

    def read_now(self) -> None:
        """Read everything again."""
        library, wanted = self._services.library, self.wanted
        self._services.background.run_query(
            lambda: read_shelf(library, wanted),
            self.read.emit,
            latest_key=KEY,
            failed=self.failed.emit,
            owner=self,
        )

    def forget(self) -> None:
        """What is on its way is old: it is read once more."""
        self._services.background.drop(KEY)
        self.read_soon()

    def read_soon(self) -> None:
        """Read once after a burst; progress that comes all the time does not push the reading away."""
        if not self._soon.isActive():
            self._soon.start()

    def stop(self) -> None:
        """Read nothing any more."""
        self._soon.stop()


def read_shelf(library: "Library", wanted: frozenset[str] = frozenset()) -> Shelf:
    """All of it. Slow."""
    presets = library.renders.presets()
    renders = tuple(library.renders.list(limit=MOST_RENDERS))
    return Shelf(
        presets.presets, presets.broken, renders, MappingProxyType(_segments(library, renders, wanted)), was_read=True
    )


def _segments(
    library: "Library", renders: Sequence[Render], wanted: frozenset[str]
) -> dict[str, tuple[RenderedSegment, ...]]:
    found = {}
    for render in renders:
        if not render.phase.ended or render.job_id in wanted:
            try:
                found[render.job_id] = tuple(library.renders.segments(render.job_id))
            except NotFound:  # deleted since the list was read
                continue
    return found
