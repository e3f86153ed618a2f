"""Moments of the task that look like the one on screen."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.desktop.message import PageMessage
from app.desktop.procedures_page.words import error_words
from app.desktop.services import Services
from core.procedures.types import ClipTimes, ProcedureVideo, Role, SearchHit
from widgets.crop_grid import CropGrid, GridItem
from widgets.flow import label, push_button
from widgets.image_loader import Provide
from widgets.time_text import format_duration

if TYPE_CHECKING:
    from core.library.library import Library

MOST_FOUND = 24
CELL_PX = 148


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for a clip of a video."""

    video: ProcedureVideo
    clip_idx: int
    clip: ClipTimes
    hits: tuple[SearchHit, ...]


class SearchTab(QWidget):
    """A button, and stills of what was found; one that is opened is shown in its player."""

    find_requested = Signal()
    opened = Signal(object)
    """SearchHit."""

    def __init__(self, services: Services, provide: Provide, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self.found: Found | None = None
        self._titles: dict[int, str] = {}
        self.find_button = push_button(self.tr("Find what looks like this moment"), "search", "primary", small=True)
        self.title = label("", "small", wrap=True)
        self.message = PageMessage()
        self.grid = CropGrid(provide, note_line=True, aspect=16 / 9)
        self.grid.setAccessibleName(self.tr("Moments that look alike"))
        self.grid.set_cell_width(CELL_PX)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.message)
        self._stack.addWidget(self.grid)
        row = QHBoxLayout()
        row.setContentsMargins(12, 10, 12, 6)
        row.setSpacing(12)
        row.addWidget(self.find_button)
        row.addWidget(self.title, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self._stack, 1)
        self.find_button.clicked.connect(self.find_requested)
        self.grid.clicked.connect(self._open)
        self.grid.activated.connect(self._open)
        self.forget()

    def set_titles(self, titles: dict[int, str]) -> None:
        """Names of the recordings."""
        self._titles = titles

    def forget(self) -> None:
        """Another task: nothing was searched."""
        self.found = None
        self.title.hide()
        self._say(
            "search",
            self.tr("Find a moment again"),
            self.tr("Stop where something happens, then look for it in all recordings of this procedure."),
        )

    def look_for(self, video: ProcedureVideo, t_s: float) -> None:
        """Find clips that look like the one at a second of a recording."""
        library = self._services.library
        self._say("clock", self.tr("Searching"), "")
        self._services.background.run_query(
            lambda: _found(library, video, t_s),
            self._show,
            latest_key="procedures-search",
            failed=self._fail,
            owner=self,
        )

    def stop(self) -> None:
        """End the threads that load pictures."""
        self.grid.stop()

    def _show(self, found: Found) -> None:
        self.found = found
        self.title.setText(
            self.tr("Like {start} to {end} of “{title}”").format(
                start=format_duration(found.clip.start_s),
                end=format_duration(found.clip.end_s),
                title=found.video.title,
            )
        )
        self.title.show()
        if not found.hits:
            self._say("search", self.tr("Nothing else was measured"), self.tr("Add more recordings, then search."))
            return
        self.grid.set_items(tuple(self._item(hit) for hit in found.hits))
        self._stack.setCurrentIndex(1)

    def _fail(self, error: Exception) -> None:
        self.title.hide()
        self._say("error", self.tr("The search failed"), " ".join(error_words(error)).strip())

    def _say(self, icon: str, title: str, text: str) -> None:
        self.message.say(icon, title, text)
        self._stack.setCurrentIndex(0)

    def _item(self, hit: SearchHit) -> GridItem:
        title = self._titles.get(hit.video_id, self.tr("video {id}").format(id=hit.video_id))
        gold = hit.role is Role.GOLD
        return GridItem(
            (hit.video_id, round((hit.start_s + hit.end_s) / 2, 2)),
            caption=f"{format_duration(hit.start_s)}  ·  {hit.similarity:.0%}",
            note=title,
            badge=self.tr("gold") if gold else "",
            badge_tone="warning" if gold else "plain",
        )

    def _open(self, index: int) -> None:
        if self.found is not None and 0 <= index < len(self.found.hits):
            self.opened.emit(self.found.hits[index])


def _found(library: "Library", video: ProcedureVideo, t_s: float) -> Found:
    from core.procedures.embedding_files import read_clips
    from core.procedures.searching import search

    clips = read_clips(library.procedures.embedding_of(video.video_id).folder)
    at = max((number for number, clip in enumerate(clips) if clip.start_s <= t_s), default=0)
    hits = search(library, video.task_id, video.video_id, at, k=MOST_FOUND)
    return Found(video, at, clips[at], tuple(hits))
