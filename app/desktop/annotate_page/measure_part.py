"""Measures: talk, time on screen, labels; over many videos, as a table that leaves as a file."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout, QWidget

from app.desktop.annotate_page.book import Entry, Shelf
from app.desktop.annotate_page.exporting import TABLE_FORMATS
from app.desktop.annotate_page.measuring import LABELS, SCREEN, TALK, Measured, measure_videos
from app.desktop.annotate_page.reading import ResultShelf
from app.desktop.annotate_page.words import error_words
from app.desktop.message import PageMessage
from app.desktop.services import Services
from widgets.annotate import MeasureColumn, MeasuresTable
from widgets.flow import Chip, ElidedLabel, ProgressLine, separator

if TYPE_CHECKING:
    from core.annotate.measures.types import Table


class MeasurePart(QWidget):
    """Measures anew when it is shown, when what is measured changed, and when asked for."""

    opened = Signal(str)
    """A video's key."""
    export_requested = Signal(str)
    """A format of TABLE_FORMATS."""
    changed = Signal()

    def __init__(self, services: Services, kept: ResultShelf, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._kept = kept
        self._shelf = Shelf()
        self._chosen: tuple[Entry, ...] = ()
        self._is_old = True
        self._measured_of: tuple[object, ...] = ()
        self.measured: Measured | None = None
        self.table = MeasuresTable()
        self.words = ElidedLabel("", "heading")
        self.own = Chip(self.tr("Own lanes"))
        self.found = Chip(self.tr("Pipelines' lanes"))
        self.every = Chip(self.tr("All annotated videos"))
        self.views = {
            TALK: Chip(self.tr("Talk"), "speaker"),
            SCREEN: Chip(self.tr("Time on screen"), "person"),
            LABELS: Chip(self.tr("Labels"), "annotate"),
        }
        self._view = TALK
        self._part: Table | None = None
        self.formats = QMenu(self)
        self.line = ProgressLine(height_px=3)
        self.message = PageMessage()
        self.stack = QStackedWidget()
        self._build()
        self._connect()

    def show_shelf(self, shelf: Shelf, chosen: Sequence[Entry]) -> None:
        """Other videos, or other annotations of them; measured at once while this can be seen."""
        self._shelf, self._chosen = shelf, tuple(chosen)
        measured = tuple(
            (one.key, one.own_tiers, tuple(result.result_id for result in shelf.newest(one.media_id)))
            for one in self.entries()
        )
        if measured != self._measured_of or self._is_old:
            self._measured_of = measured
            self._renew()

    def forget(self) -> None:
        """Somebody marked something: what was measured is old."""
        self._is_old = True

    def entries(self) -> list[Entry]:
        """Videos to measure: the chosen ones, or all that are annotated."""
        wanted = self._shelf.entries if self.every.isChecked() else self._chosen
        return [one for one in wanted if one.media_id is not None and (one.results or one.own_tiers)]

    def entered(self) -> None:
        """This part is shown now."""
        if self._is_old:
            self.measure()

    def measure(self) -> None:
        """Measure again."""
        self._is_old = False
        entries, own, found = self.entries(), self.own.isChecked(), self.found.isChecked()
        if not entries:
            self._take(None)
            return
        library, kept, shelf = self._services.library, self._kept, self._shelf
        self.line.set_fraction(None)
        self.line.show()
        self._services.background.run_query(
            lambda: measure_videos(library, kept, shelf, entries, own=own, found=found),
            self._take,
            latest_key="annotate-measure",
            failed=self._fail,
            owner=self,
            lane="measuring",
        )

    # ---- inside

    def _renew(self) -> None:
        self._is_old = True
        if self.isVisible():
            self.measure()

    def _take(self, measured: Measured | None) -> None:
        self.line.hide()
        self.measured = measured if measured is not None and len(measured.table) else None
        if self.measured is None:
            self._say_empty()
        else:
            views = self.measured.views()
            for name, chip in self.views.items():
                chip.setVisible(name in views)
            if self._view not in views:
                self._view = views[0]
            self._show_view()
            count = len(self.measured.keys)
            videos = self.tr("1 video") if count == 1 else self.tr("{count} videos").format(count=count)
            self.words.set_text(self.tr("Measures of {videos}").format(videos=videos))
            self.stack.setCurrentWidget(self.table)
        self.changed.emit()

    def _show_view(self) -> None:
        if self.measured is None:
            return
        self.views[self._view].setChecked(True)
        self._part = self.measured.part(self._view)
        self.table.set_table(
            [MeasureColumn(one.name, one.title, one.unit, one.number) for one in self._part.columns], self._part.rows
        )

    def _on_view(self, view: str) -> None:
        self._view = view
        self._show_view()

    def _fail(self, error: Exception) -> None:
        self._is_old = True
        self.line.hide()
        self.measured = None
        message, action = error_words(error)
        self.message.say(
            "error",
            self.tr("The videos could not be measured"),
            f"{message} {action}".strip(),
            (self.tr("Try again"), "retry", self.measure),
        )
        self.stack.setCurrentWidget(self.message)
        self.changed.emit()

    def _say_empty(self) -> None:
        self.words.set_text(self.tr("Measures"))
        if not self._chosen and not self.every.isChecked():
            text = self.tr("Choose videos on the left, or measure all that are annotated.")
        elif not (self.own.isChecked() or self.found.isChecked()):
            text = self.tr("Choose whose lanes are measured: own ones, those of pipelines, or both.")
        else:
            text = self.tr(
                "Run pipelines over the videos or mark something in them: talk time, turns, time on screen, durations "
                "and rates of labels are measured here."
            )
        self.message.say("annotate", self.tr("Nothing to measure yet"), text)
        self.stack.setCurrentWidget(self.message)

    def _on_row(self, row: int) -> None:
        measured, part = self.measured, self._part
        if measured is None or part is None:
            return
        key = measured.keys.get(str(part.rows[row][0]))
        if key is not None:
            self.opened.emit(key)

    def _build(self) -> None:
        head = QFrame()
        head.setProperty("role", "bar")
        row = QHBoxLayout(head)
        row.setContentsMargins(16, 8, 16, 8)
        row.setSpacing(8)
        row.addWidget(self.words, 1)
        group = QButtonGroup(self)
        for chip in self.views.values():
            group.addButton(chip)
            chip.hide()
            row.addWidget(chip)
        row.addWidget(separator(vertical=True))
        for chip in (self.every, self.own, self.found):
            chip.setChecked(True)
            row.addWidget(chip)
        titles = {"csv": self.tr("Table (CSV)"), "tsv": self.tr("Table (TSV)"), "json": "JSON", "parquet": "Parquet"}
        for kind in TABLE_FORMATS:
            self.formats.addAction(titles[kind]).triggered.connect(
                lambda _on=False, kind=kind: self.export_requested.emit(kind)
            )
        self.line.hide()
        self.stack.addWidget(self.message)
        self.stack.addWidget(self.table)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(separator())
        column.addWidget(self.line)
        column.addWidget(self.stack, 1)
        self._say_empty()

    def _connect(self) -> None:
        for chip in (self.every, self.own, self.found):
            chip.toggled.connect(lambda _on: self._renew())
        self.table.row_activated.connect(self._on_row)
        self.table.export_requested.connect(lambda: self.formats.popup(QCursor.pos()))
        for name, chip in self.views.items():
            chip.clicked.connect(lambda _on=False, name=name: self._on_view(name))
