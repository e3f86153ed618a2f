"""Compare: two coders, or a coder and a pipeline, in one video."""

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from app.desktop.annotate_page.book import Lane, LaneBook
from app.desktop.annotate_page.comparing import DISAGREE, Comparison, compare
from app.desktop.annotate_page.words import error_words
from app.desktop.message import PageMessage
from app.desktop.services import Services
from core.annotate.types import TierKind
from widgets.annotate import AgreementChoice, AgreementPanel, LaneCanvas, LaneRow

LANES_PX = 220
"""Four lanes with their times."""
COMPARABLE = frozenset({TierKind.INTERVALS, TierKind.POINTS})


class ComparePart(QWidget):
    """Computes again whenever a lane, the pair or the tolerance changes."""

    place_wanted = Signal(float)
    """Show this second in the lanes."""
    lanes_wanted = Signal()
    """Show where both agree and differ beside all other lanes."""
    compared = Signal()
    """The comparison is another one, or there is none."""
    new_lane_requested = Signal()
    import_requested = Signal()

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._book: LaneBook | None = None
        self.comparison: Comparison | None = None
        self._chosen_by_hand = False
        self.panel = AgreementPanel()
        self.canvas = LaneCanvas()
        self.message = PageMessage()
        self.stack = QStackedWidget()
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(self.panel)
        split.addWidget(self.canvas)
        split.setStretchFactor(0, 1)
        split.setSizes([480, LANES_PX])
        self.stack.addWidget(self.message)
        self.stack.addWidget(split)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.stack)
        self.panel.pair_chosen.connect(lambda _a, _b: self._on_pair())
        self.panel.tolerance_changed.connect(lambda _s: self._compare())
        self.panel.cell_chosen.connect(self._on_cell)
        self.panel.lanes_requested.connect(self.lanes_wanted)
        self.canvas.seek_requested.connect(self._on_seek)
        self.canvas.mark_activated.connect(self._on_activated)
        self._say_empty()

    def show_book(self, book: LaneBook | None) -> None:
        """The lanes of the video in hand."""
        before = self._book
        self._book = book
        lanes = self.choices()
        if book is None or len(lanes) < 2:
            self.comparison = None
            self._say_empty()
            return
        self.stack.setCurrentIndex(1)
        self.canvas.set_duration(book.facts.duration_s if book.facts is not None else 0.0)
        if before is None or before.key != book.key:
            self.canvas.fit()
            self._chosen_by_hand = False
        pair = self.panel.pair() if self._chosen_by_hand else ("", "")
        with QSignalBlocker(self.panel):
            self.panel.set_choices([AgreementChoice(one.lane_id, one.title, one.origin) for one in lanes])
            ids = {one.lane_id for one in lanes}
            wanted = pair if set(pair) <= ids and pair[0] != pair[1] else self._first_pair(lanes)
            self.panel.set_pair(*wanted)
        self._compare()

    def agreement_rows(self) -> tuple[LaneRow, ...]:
        """Where both agree, and where they differ."""
        return self.comparison.rows[2:] if self.comparison is not None else ()

    def choices(self) -> list[Lane]:
        """Lanes that can be compared."""
        return [one for one in self._book.lanes if one.kind in COMPARABLE] if self._book is not None else []

    @staticmethod
    def _first_pair(lanes: Sequence[Lane]) -> tuple[str, str]:
        """Two lanes that mean the same by their names, a person's first; else the first two of one kind."""
        for one in lanes:
            for other in lanes:
                alike = one.tier.name.casefold() == other.tier.name.casefold()
                copied = one.own is not None and one.own.origin.endswith(f": {other.tier.name}")
                if one is not other and one.kind is other.kind and (alike or copied):
                    return one.lane_id, other.lane_id
        for at, one in enumerate(lanes):
            for other in lanes[at + 1 :]:
                if one.kind is other.kind:
                    return one.lane_id, other.lane_id
        return lanes[0].lane_id, lanes[1].lane_id

    def _on_pair(self) -> None:
        """The person's pair stays while both lanes are there; else the likeliest one is compared."""
        self._chosen_by_hand = True
        self._compare()

    def _compare(self) -> None:
        book = self._book
        if book is None or book.facts is None:
            return
        a, b = (book.lane(one) for one in self.panel.pair())
        if a is None or b is None:
            return
        if a is b:
            self._show_problem(self.tr("Both are the same lane."), self.tr("Choose two different lanes."))
            return
        duration_s, tolerance_s = book.facts.duration_s, self.panel.tolerance()
        self.panel.set_busy(True)
        self._services.background.run_query(
            lambda: compare(a, b, duration_s=duration_s, tolerance_s=tolerance_s),
            self._show,
            latest_key="annotate-compare",
            failed=self._fail,
            owner=self,
        )

    def _show(self, comparison: Comparison) -> None:
        self.comparison = comparison
        self.panel.set_busy(False)
        self.panel.set_figures(comparison.figures)
        self.canvas.set_rows(comparison.rows)
        self.compared.emit()

    def _fail(self, error: Exception) -> None:
        self._show_problem(*error_words(error))

    def _show_problem(self, message: str, action: str) -> None:
        self.comparison = None
        self.panel.set_busy(False)
        self.panel.set_problem(message, action)
        self.canvas.set_rows(())
        self.compared.emit()

    def _on_cell(self, one: str, other: str) -> None:
        """The next place after the one that is shown where one says this and the other that."""
        comparison = self.comparison
        if comparison is None:
            return
        wanted = one if one == other else f"{one or '–'} ≠ {other or '–'}"
        rows = [row for row in comparison.rows[2:] if wanted in row.labels]
        if not rows:
            return
        row = rows[0]
        lane_id, chosen = self.canvas.selected()
        before = row.places[chosen[0]] if lane_id == row.lane_id and chosen and chosen[0] in row.places else -1
        places = [at for at, mark in enumerate(row.marks) if mark.label == wanted]
        place = next((at for at in places if at > before), places[0])
        self.canvas.set_selected(row.lane_id, (row.marks[place].mark_id,))
        self.canvas.set_position(row.marks[place].start_s)

    def _on_seek(self, t_s: float, _exact: bool) -> None:
        self.canvas.set_position(t_s)

    def _on_activated(self, lane_id: str, mark_id: int) -> None:
        row = next((one for one in self.canvas.rows() if one.lane_id == lane_id), None)
        if row is not None and mark_id in row.places:
            self.place_wanted.emit(row.marks[row.places[mark_id]].start_s)

    def go_to_difference(self, direction: int) -> None:
        """The next or the previous place where the lanes differ."""
        row = next((one for one in self.canvas.rows() if one.lane_id == DISAGREE), None)
        if row is None or not row.marks:
            return
        lane_id, chosen = self.canvas.selected()
        at = row.places.get(chosen[0], -1) if lane_id == DISAGREE and chosen else -1
        at = 0 if at < 0 else (at + direction) % len(row.marks)
        self.canvas.set_selected(DISAGREE, (row.marks[at].mark_id,))
        self.canvas.set_position(row.marks[at].start_s)

    def _say_empty(self) -> None:
        self.message.say(
            "annotate",
            self.tr("Two lanes are needed"),
            self.tr(
                "Compare two coders of this video, or a coder and a pipeline: kappa by time and by events, "
                "Krippendorff's alpha, and lanes that show where they differ."
            ),
            (self.tr("New lane…"), "add", self.new_lane_requested.emit),
            (self.tr("Import annotations…"), "download", self.import_requested.emit),
        )
        self.stack.setCurrentIndex(0)
