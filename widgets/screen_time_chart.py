"""Who is on screen, when and for how long, with the proof."""

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from core.screen_time.types import ScreenTime
from widgets.flow import IconButton, label
from widgets.image_loader import Provide
from widgets.screen_time_canvas import TimeCanvas
from widgets.screen_time_rows import SortBy, TimeRow, rows_of
from widgets.time_text import format_span


class ScreenTimeChart(QWidget):
    """A row for each person with total and share, bars over time. A click goes there; the tool tip of a bar names the
    tracks that prove it. Ctrl+wheel, plus and minus zoom, 0 shows everything, arrows go from bar to bar.
    """

    seek_requested = Signal(float)
    """Seconds."""
    person_activated = Signal(str)
    """A double click on a name: the key of a PersonTime."""

    def __init__(self, provide: Provide | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._found: ScreenTime | None = None
        self._totals = label("", "small", wrap=True)
        self._sort = QComboBox()
        self.canvas = TimeCanvas(provide)
        self._zoom_in = IconButton("zoom-in", self.tr("Zoom in"))
        self._zoom_out = IconButton("zoom-out", self.tr("Zoom out"))
        self._zoom_fit = IconButton("zoom-fit", self.tr("Show everything"))
        self._build()
        self.setFocusProxy(self.canvas)
        self.setAccessibleName(self.tr("Screen time"))
        self._sort.currentIndexChanged.connect(lambda _index: self._show(keep_view=True))
        self._zoom_in.clicked.connect(lambda: self.canvas.zoom_by(1.5))
        self._zoom_out.clicked.connect(lambda: self.canvas.zoom_by(1 / 1.5))
        self._zoom_fit.clicked.connect(self.canvas.fit)
        self.canvas.seek_requested.connect(self.seek_requested)
        self.canvas.row_activated.connect(self.person_activated)

    def set_screen_time(self, found: ScreenTime | None) -> None:
        """Show the account of an episode; None = no episode. The zoom stays within an episode."""
        same = found is not None and self._found is not None and found.ep_id == self._found.ep_id
        self._found = found
        self._show(keep_view=same)

    def sort_by(self) -> SortBy:
        """The order of the people."""
        return SortBy(self._sort.currentData())

    def set_sort(self, sort_by: SortBy) -> None:
        """Order the people otherwise."""
        self._sort.setCurrentIndex(self._sort.findData(sort_by.value))

    def shown_labels(self) -> list[str]:
        """The rows from top to bottom."""
        return [row.lane.label for row in self._rows()]

    def totals_text(self) -> str:
        """The line of totals."""
        return self._totals.text()

    def stop(self) -> None:
        """End the threads that load pictures."""
        self.canvas.loader.stop()

    def changeEvent(self, event: QEvent) -> None:
        """Measure anew when the theme is switched."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.canvas.viewport().update()

    def _rows(self) -> list[TimeRow]:
        return rows_of(self._found, self.tr("Unassigned"), self.sort_by()) if self._found is not None else []

    def _show(self, *, keep_view: bool) -> None:
        found = self._found
        self.canvas.set_rows(self._rows(), found.duration_s if found is not None else 0.0, keep_view=keep_view)
        self._totals.setText(self._total_words(found) if found is not None else "")

    def _total_words(self, found: ScreenTime) -> str:
        count = len(found.people)
        people = self.tr("1 person") if count == 1 else self.tr("{count} people").format(count=count)
        shown_s = max(found.duration_s - found.nobody_s, 0.0)
        parts = [people, self.tr("somebody on screen {span}").format(span=format_span(shown_s))]
        parts.append(self.tr("nobody {span}").format(span=format_span(found.nobody_s)))
        if found.unassigned_s > 0:
            parts.append(self.tr("unassigned {span}").format(span=format_span(found.unassigned_s)))
        return "  ·  ".join(parts)

    def _build(self) -> None:
        for kind, words in (
            (SortBy.TIME, self.tr("Longest first")),
            (SortBy.FIRST, self.tr("First seen first")),
            (SortBy.NAME, self.tr("By name")),
        ):
            self._sort.addItem(words, kind.value)
        self._sort.setAccessibleName(self.tr("Order of the people"))
        self._sort.setToolTip(self.tr("Order of the people"))
        head = QHBoxLayout()
        head.setContentsMargins(12, 4, 8, 8)
        head.setSpacing(4)
        head.addWidget(self._sort)
        head.addStretch(1)
        for button in (self._zoom_out, self._zoom_in, self._zoom_fit):
            head.addWidget(button)
        footer = QFrame()
        footer.setProperty("role", "footer")
        foot = QVBoxLayout(footer)
        foot.setContentsMargins(12, 6, 12, 6)
        foot.addWidget(self._totals)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.canvas, 1)
        column.addWidget(footer)
