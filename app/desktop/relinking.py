"""Telling the library where a moved video is now."""

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from app.desktop.services import Services
from core.library.types import Episode

MOST_NAMED = 5


class Relinking(QObject):
    """Asks for the file, relinks it, and reports the neighbours that were found along with it."""

    def __init__(self, services: Services, dialog_parent: QWidget, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._dialog_parent = dialog_parent

    def ask(self, ep_id: str) -> None:
        """Ask where the video of an episode is now."""
        library = self._services.library
        self._services.background.run_query(lambda: library.episodes.get(ep_id), self._choose, owner=self)

    def relink(self, ep_id: str, path: Path) -> None:
        """Use a file from now on."""
        library = self._services.library

        def work() -> list[str]:
            found = library.episodes.relink(ep_id, path)
            return [one.title for one in found if one.ep_id != ep_id]

        self._services.background.run_edit(work, self._tell, owner=self, lane="relinking")

    def _choose(self, episode: Episode) -> None:
        was = episode.media_path
        chosen, _ = QFileDialog.getOpenFileName(
            self._dialog_parent,
            self.tr("Where is {name} now?").format(name=was.name),
            str(was.parent if was.parent.exists() else Path.home()),
            self.tr("{name} (*{suffix});;All files (*)").format(name=was.name, suffix=was.suffix),
        )
        if chosen:
            self.relink(episode.ep_id, Path(chosen))

    def _tell(self, neighbours: list[str]) -> None:
        if not neighbours:
            self._services.notices.info(self.tr("Found. No other missing video moved along with it."))
            return
        names = ", ".join(neighbours[:MOST_NAMED]) + ("…" if len(neighbours) > MOST_NAMED else "")
        self._services.notices.info(
            self.tr("Found, and {count} more that moved along with it.").format(count=len(neighbours)), names
        )
