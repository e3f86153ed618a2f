"""All scores of a procedure or of a recording, the newest first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QWidget

from core.procedures.types import ScoreSummary
from widgets.cell_words import draw_words, text_width
from widgets.flow.labels import badge_width_px, paint_badge
from widgets.history_list import when_words
from widgets.icons import paint_icon
from widgets.item_grid import CellState
from widgets.procedures.finding_words import figure
from widgets.row_list import RowList
from widgets.theme import current_theme

ROW_PX = 54
_SCORE_PX = 50


@dataclass(frozen=True, slots=True)
class _Row:
    summary: ScoreSummary
    trainee: str
    gold: str


class ScoreHistory(RowList[_Row]):
    """One row for each score: figure, whose, which version, how many findings, when."""

    chosen = Signal(object)
    """The ids of the selected scores (a list of int)."""
    score_activated = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(None, parent, gap_px=0, margin_px=8)
        self._golds = 0
        self.setAccessibleName(self.tr("Scores"))
        self.set_empty_text(self.tr("Nothing was scored yet."))
        self.activated.connect(lambda row: self.score_activated.emit(self.item(row).summary.score_id))
        self.selection_changed.connect(lambda: self.chosen.emit(self.chosen_ids()))

    def set_scores(self, scores: Sequence[ScoreSummary], titles: Mapping[int, str]) -> None:
        """Show these in their order; ``titles`` of recordings by id. What was selected stays selected."""
        rows = tuple(
            _Row(one, self._title(one.trainee_video_id, titles), self._title(one.gold_video_id, titles))
            for one in scores
        )
        self._golds = len({one.gold_video_id for one in scores})
        before, place = self.chosen_ids(), self.verticalScrollBar().value()
        if [row.summary.score_id for row in rows] == self._ids():
            self.refresh_items(rows)
            return
        self.blockSignals(True)
        self.set_items(rows)
        self.set_selected([at for at, row in enumerate(rows) if row.summary.score_id in before])
        self.verticalScrollBar().setValue(place)
        self.blockSignals(False)
        if self.chosen_ids() != before:
            self.selection_changed.emit()

    def chosen_ids(self) -> list[int]:
        """Ids of the selected scores."""
        return [self.item(at).summary.score_id for at in self.selected()]

    def select(self, score_id: int | None) -> None:
        """Select a score and bring it into view."""
        if score_id in self._ids():
            self.set_current(self._ids().index(score_id))
        else:
            self.set_selected(())

    # ---- how a row looks ----

    def height_of_cell(self, _width_px: int) -> int:
        """All rows are of one height."""
        return ROW_PX

    def image_of(self, _item: _Row, _cell: QRect) -> tuple[object, QSize] | None:
        """No pictures."""
        return None

    def words_of(self, item: _Row) -> str:
        """Score, whose, passed or not, findings, version, when."""
        one = item.summary
        parts = (
            self.tr("{score} of 100").format(score=figure(one.score)),
            self.tr("passed") if one.passed else self.tr("not passed"),
            item.trainee,
            self.tr("against {gold}").format(gold=item.gold),
            self._findings(one),
            self.tr("version {number}").format(number=one.version),
            when_words(one.created_at),
        )
        return ", ".join(parts)

    def tip_of(self, item: _Row) -> str:
        """The words, and what the machine gave before any verdict."""
        words = self.words_of(item).replace(", ", "\n")
        if abs(item.summary.score - item.summary.machine_score) < 0.005:
            return words
        machine = self.tr("{score} before the verdicts").format(score=figure(item.summary.machine_score))
        return f"{words}\n{machine}"

    def paint_item(self, painter: QPainter, item: _Row, cell: QRect, state: CellState) -> None:
        """Paint a row."""
        theme, one = current_theme(), item.summary
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if state.selected or state.hovered:
            painter.setBrush(theme.colour("accent_surface" if state.selected else "hover"))
            painter.drawRoundedRect(QRectF(cell).adjusted(0, 1, 0, -1), theme.radius("m"), theme.radius("m"))
        tone = "success" if one.passed else "error"
        icon = "check-circle" if one.passed else "cancel"
        paint_icon(painter, icon, QRectF(cell.left() + 10, cell.center().y() - 8, 17, 17), tone)
        figure_place = QRect(cell.left() + 32, cell.top(), _SCORE_PX, ROW_PX)
        draw_words(painter, figure_place, f"{one.score:.1f}".removesuffix(".0"), "heading", "text")
        left, right = figure_place.right() + 8, cell.right() - 10
        when = when_words(one.created_at)
        top = QRect(left, cell.top() + 7, right - left, 20)
        under = QRect(left, cell.top() + 28, right - left, 18)
        version = self.tr("version {number}").format(number=one.version)
        name_px = top.width()
        if one.version > 1:
            name_px -= round(badge_width_px(version, theme)) + 8
            paint_badge(painter, QPointF(top.left() + name_px + 8, top.top() + 1), version, "plain", theme)
        draw_words(painter, QRect(left, top.top(), name_px, 20), item.trainee, "strong", "text")
        draw_words(painter, under, when, "small", "text_faint", Qt.AlignmentFlag.AlignRight)
        words = self._findings(one)
        if self._golds > 1:
            words = f"{words}  ·  {self.tr('against {gold}').format(gold=item.gold)}"
        room = under.adjusted(0, 0, -text_width(when, "small") - 10, 0)
        draw_words(painter, room, words, "small", "text_muted")
        if state.focused:
            painter.setPen(QPen(theme.colour("focus"), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(cell).adjusted(1, 1.5, -1, -1.5), theme.radius("m"), theme.radius("m"))

    # ---- inside ----

    def _ids(self) -> list[int]:
        return [self.item(at).summary.score_id for at in range(self.count)]

    def _title(self, video_id: int, titles: Mapping[int, str]) -> str:
        return titles.get(video_id) or self.tr("Video {number}").format(number=video_id)

    def _findings(self, one: ScoreSummary) -> str:
        if not one.findings:
            return self.tr("no findings")
        return self.tr("1 finding") if one.findings == 1 else self.tr("{count} findings").format(count=one.findings)
