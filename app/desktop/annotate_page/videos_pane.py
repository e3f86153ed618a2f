"""The videos that can be annotated, found by a part of their name."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QPoint, QSignalBlocker, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.desktop.annotate_page.book import Entry
from app.desktop.annotate_page.video_rows import VideoRow, VideoRows
from app.desktop.annotate_page.words import lanes_words, results_words
from app.desktop.library_page.posters import provide_picture
from core.jobs.types import Job
from widgets.flow import IconButton, ProgressLine, SearchField, label
from widgets.flow.labels import Tone
from widgets.job_words import job_fraction, job_stage_words

NOT_KNOWN = -1.0


class VideosPane(QWidget):
    """Several can be chosen: pipelines run over all of them."""

    chosen = Signal(object)
    """list[str]: keys."""
    opened = Signal(str)
    add_requested = Signal()
    menu_requested = Signal(QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entries: tuple[Entry, ...] = ()
        self._listed: list[Entry] = []
        self._rows: list[VideoRow] = []
        self._jobs: Mapping[int, Job] = {}
        self._failed: frozenset[int] = frozenset()
        self.title = label(self.tr("Videos"), "strong")
        self.add = IconButton("add", self.tr("Add videos…"))
        self.search = SearchField(self.tr("Find a video"))
        self.rows = VideoRows(provide_picture)
        self.adding = label("", "small", wrap=True)
        self.line = ProgressLine(height_px=4)
        self._build()
        self.add.clicked.connect(self.add_requested)
        self.search.textChanged.connect(lambda _text: self._show())
        self.rows.chosen.connect(self._on_chosen)
        self.rows.opened.connect(self.opened)
        self.rows.context_menu_requested.connect(lambda _row, place: self.menu_requested.emit(place))

    def show_entries(self, entries: Sequence[Entry], jobs: Mapping[int, Job], failed: frozenset[int]) -> None:
        """All videos; ``jobs`` and ``failed`` by their id of the annotations."""
        self._entries, self._jobs, self._failed = tuple(entries), jobs, failed
        self.title.setText(self.tr("Videos  {count}").format(count=len(entries)) if entries else self.tr("Videos"))
        self._show()

    def show_jobs(self, jobs: Mapping[int, Job]) -> None:
        """Jobs went on: only the rows of their videos are made anew."""
        touched = {*self._jobs, *jobs}
        self._jobs = jobs
        if touched:
            self._rows = [
                self._row(one) if one.media_id in touched else row
                for one, row in zip(self._listed, self._rows, strict=True)
            ]
            self.rows.set_rows(self._rows)

    def chosen_keys(self) -> list[str]:
        """The chosen ones, in the order of the list."""
        return self.rows.chosen_keys()

    def select(self, keys: Sequence[str]) -> None:
        """Choose videos without telling."""
        with QSignalBlocker(self.rows):
            self.rows.select(keys)

    def show_adding(self, done: int, total: int, name: str) -> None:
        """Files are being added."""
        self.adding.setText(self.tr("Adding {name}").format(name=name))
        self.line.set_fraction(done / total if total > 1 else None)
        self.adding.show()
        self.line.show()

    def end_adding(self) -> None:
        """No file is being added any more."""
        self.adding.hide()
        self.line.hide()

    def stop(self) -> None:
        """End the threads that load pictures."""
        self.rows.stop()

    def _show(self) -> None:
        wanted = self.search.text().casefold().strip()
        self._listed = [one for one in self._entries if wanted in one.title.casefold()]
        self._rows = [self._row(one) for one in self._listed]
        self.rows.set_empty_text(
            self.tr("No video is called so.") if self._entries else self.tr("No video yet. Drop videos here.")
        )
        self.rows.set_rows(self._rows)

    def _row(self, entry: Entry) -> VideoRow:
        job = self._jobs.get(entry.media_id) if entry.media_id is not None else None
        progress = None
        if job is not None:
            fraction = job_fraction(job)
            progress = NOT_KNOWN if fraction is None else fraction
        return VideoRow(
            entry.key,
            entry.title,
            entry.duration_s,
            detail=job_stage_words(job) if job is not None else self._detail(entry),
            badges=self._badges(entry),
            picture=entry.picture,
            progress=progress,
        )

    def _detail(self, entry: Entry) -> str:
        return "" if entry.results or entry.own_tiers or entry.missing else self.tr("not annotated")

    def _badges(self, entry: Entry) -> tuple[tuple[str, Tone], ...]:
        badges: list[tuple[str, Tone]] = []
        if entry.missing:
            badges.append((self.tr("file missing"), "error"))
        if entry.media_id is not None and entry.media_id in self._failed:
            badges.append((self.tr("failed"), "error"))
        if entry.results:
            badges.append((results_words(entry.results), "info"))
        if entry.own_tiers:
            badges.append((lanes_words(entry.own_tiers), "accent"))
        return tuple(badges)

    def _on_chosen(self, keys: list[str]) -> None:
        if keys:
            self.chosen.emit(keys)

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(14, 8, 8, 4)
        head.addWidget(self.title, 1)
        head.addWidget(self.add)
        find = QHBoxLayout()
        find.setContentsMargins(10, 0, 10, 6)
        find.addWidget(self.search)
        below = QVBoxLayout()
        below.setContentsMargins(12, 0, 12, 8)
        below.setSpacing(4)
        below.addWidget(self.adding)
        below.addWidget(self.line)
        self.adding.hide()
        self.line.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addLayout(find)
        column.addWidget(self.rows, 1)
        column.addLayout(below)
