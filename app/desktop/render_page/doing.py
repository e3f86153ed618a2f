"""Changes of the page, away from the Qt thread. What changed is told by core's RenderChanged."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from app.desktop.render_page.own_presets import add_own_preset, delete_own_preset, own_preset_file
from app.desktop.services import Services
from core.render.records import Render
from core.render.types import Preset, RenderRequest

T = TypeVar("T")
ACTOR = "desktop"
LANE = "render-files"


class RenderDoing(QObject):
    """Every method returns at once; what is refused is a notice."""

    asked = Signal(object, object)
    """Render, which is in the queue now, and the RenderRequest that it came from."""
    changed = Signal()
    """Something was changed, or could not be: what is shown may be old."""

    def __init__(self, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self.asking = False
        """Whether a render is being asked for: a second press does nothing."""

    def render(self, request: RenderRequest) -> None:
        """Put a render into the queue; everything is checked before."""
        if self.asking:
            return
        self.asking = True
        library = self._services.library
        self._services.background.run_edit(
            lambda: library.renders.request(request, requested_by=ACTOR),
            lambda render: self._on_asked(render, request),
            failed=self._on_refused,
            owner=self,
        )

    def cancel(self, job_id: str) -> None:
        """Stop a render; its files are removed."""
        renders = self._services.library.renders
        self._run(lambda: renders.cancel(job_id))

    def retry(self, job_id: str) -> None:
        """The same once more; finished segments are kept."""
        renders = self._services.library.renders
        self._run(lambda: renders.retry(job_id, requested_by=ACTOR), lambda one: self.asked.emit(one, one.request))

    def delete(self, job_id: str) -> None:
        """Forget a render with its files."""
        renders = self._services.library.renders
        self._run(lambda: renders.delete(job_id, actor=ACTOR))

    def save_copy(self, source: Path, target: Path, then: Callable[[Path], object]) -> None:
        """Copy a finished file; nothing half is left at the target."""
        self._run(lambda: _copy(source, target), then, lane=LANE)

    def add_own_preset(self, preset: Preset, name: str, then: Callable[[Path], object]) -> None:
        """A file of the person's own that begins as ``preset``."""
        folder = self._services.library.path
        self._run(lambda: add_own_preset(folder, preset, name), then)

    def open_own_preset(self, preset_id: str, then: Callable[[Path], object]) -> None:
        """Find the file of an own preset."""
        folder = self._services.library.path
        self._run(lambda: own_preset_file(folder, preset_id), then)

    def delete_own_preset(self, preset_id: str) -> None:
        """Forget the file of an own preset."""
        folder = self._services.library.path
        self._run(lambda: delete_own_preset(folder, preset_id))

    def _run(self, work: Callable[[], T], then: Callable[[T], object] | None = None, *, lane: str = "edit") -> None:
        def done(result: T) -> None:
            if then is not None:
                then(result)
            self.changed.emit()

        self._services.background.run_edit(work, done, failed=self._on_refused, owner=self, lane=lane)

    def _on_asked(self, render: Render, request: RenderRequest) -> None:
        self.asking = False
        self.asked.emit(render, request)
        self.changed.emit()

    def _on_refused(self, error: Exception) -> None:
        self.asking = False
        self._services.notices.error(error)
        self.changed.emit()


def _copy(source: Path, target: Path) -> Path:
    from core.errors import MediaMissing
    from core.library.durable import copy_atomically

    if not source.is_file():
        raise MediaMissing(f"The file {source} is gone.", action="Render the cut again.")
    copy_atomically(source, target)
    return target
