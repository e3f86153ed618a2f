"""The score at a glance: the figure, passed or not, and a bar of 100 points with what was lost for what."""

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QHelpEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from core.procedures.types import FindingType, Score
from widgets.cell_words import draw_words, text_width
from widgets.flow.labels import BADGE_HEIGHT_PX, badge_width_px, paint_badge
from widgets.icons import paint_icon
from widgets.procedures.finding_words import MINUS, PLUS, figure, points_words, step_title
from widgets.procedures.outcome_look import fill_band, kind_words, look_of
from widgets.procedures.score_parts import ScoreParts, critical_left_out, parts_of
from widgets.theme import Theme, current_theme

_FIGURE_PX, _BAR_PX, _LEGEND_PX = 46, 24, 22
_NARROW_BELOW_PX = 460
_FIGURE_WIDTH_PX = 172
_MARGIN_PX = 14
_MOST_NAMED = 3


class ScoreHead(QWidget):
    """Painted; as high as its words need."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._score: Score | None = None
        self._parts: ScoreParts | None = None
        self._pass_mark = 70.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Score"))

    def set_score(self, score: Score | None, pass_mark: float) -> None:
        """Show a score against the mark that has to be reached."""
        self._score, self._pass_mark = score, pass_mark
        self._parts = None if score is None else parts_of(score)
        self.setAccessibleDescription(self.words())
        self._fit()
        self.update()

    def words(self) -> str:
        """The whole picture in words."""
        if self._score is None or self._parts is None:
            return ""
        lost = [
            self.tr("{points} lost: {cause}").format(points=points_words(points), cause=kind_words(kind))
            for kind, points in self._parts.lost.items()
        ]
        head = self.tr("{score} of 100, {state}; {mark} are needed")
        told = head.format(score=figure(self._score.score), state=self._state(), mark=figure(self._pass_mark))
        return ". ".join([told, *lost, *self._notes()])

    def sizeHint(self) -> QSize:
        """Any width."""
        return QSize(640, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Measure anew."""
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Paint anew when the theme is switched."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.update()

    def event(self, event: QEvent) -> bool:
        """What a piece of the bar is."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self._tip_at(event.pos()), self)
            return True
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Figure, bar, legend, notes."""
        if self._score is None or self._parts is None:
            return
        theme = current_theme()
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour("surface"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_figure(painter, self._score, theme)
        self._paint_bar(painter, theme)
        self._paint_legend(painter, self._parts)
        painter.end()

    # ---- where things are ----

    @property
    def _narrow(self) -> bool:
        return self.width() < _NARROW_BELOW_PX

    def bar_rect(self) -> QRectF:
        """Where the bar is."""
        if self._narrow:
            return QRectF(_MARGIN_PX, 112, self.width() - 2 * _MARGIN_PX, _BAR_PX)
        left = _MARGIN_PX + _FIGURE_WIDTH_PX
        return QRectF(left, 34, self.width() - left - _MARGIN_PX, _BAR_PX)

    def segments(self) -> list[tuple[FindingType | None, QRectF]]:
        """The pieces of the bar: what was reached, then what was lost by kind."""
        if self._parts is None:
            return []
        bar, made = self.bar_rect(), []
        pieces: list[tuple[FindingType | None, float]] = [(None, self._parts.score), *self._parts.lost.items()]
        at = 0.0
        for kind, points in pieces:
            share = min(max(points, 0.0), 100.0) / 100.0
            made.append((kind, QRectF(bar.left() + at * bar.width(), bar.top(), share * bar.width(), bar.height())))
            at += share
        return made

    def _legend_rows(self) -> list[list[tuple[FindingType, float, str, int]]]:
        """Causes with their words, broken into rows that fit."""
        rows: list[list[tuple[FindingType, float, str, int]]] = [[]]
        room = self.bar_rect().width()
        used = 0
        for kind, points in (self._parts.lost if self._parts is not None else {}).items():
            words = f"{kind_words(kind)}  {MINUS}{figure(points)}"
            width = text_width(words, "small") + 42
            if rows[-1] and used + width > room:
                rows.append([])
                used = 0
            rows[-1].append((kind, points, words, width))
            used += width
        return rows

    def _notes(self) -> list[str]:
        if self._score is None or self._parts is None:
            return []
        comparison = self._score.comparison
        names = [outcome.name for outcome in comparison.steps]
        critical = self.tr("Without {step} nobody passes: it is critical.")
        missing = () if self._score.passed else critical_left_out(self._parts)
        must = [critical.format(step=step_title(step, names)) for step in missing[:_MOST_NAMED]]
        back = self._parts.given_back
        words = self.tr("{points} given back for dismissed findings; the machine gave {score}")
        told = words.format(points=PLUS + points_words(back), score=figure(self._score.machine_score))
        given_back = told if back > 0.005 else ""
        return [text for text in (comparison.why_zero, *must, given_back, *comparison.notes) if text]

    def _is_grave(self, score: Score) -> bool:
        """Whether the first note says why it did not pass."""
        left_out = self._parts is not None and bool(critical_left_out(self._parts))
        return bool(score.comparison.why_zero) or (not score.passed and left_out)

    def _fit(self) -> None:
        if self._score is None:
            self.setFixedHeight(0)
            return
        below = self.bar_rect().bottom() + 24 + len(self._legend_rows()) * _LEGEND_PX + len(self._notes()) * 20 + 8
        self.setFixedHeight(round(max(below, 100)))

    # ---- painting ----

    def _state(self) -> str:
        passed = self._score is not None and self._score.passed
        return self.tr("passed") if passed else self.tr("not passed")

    def _paint_figure(self, painter: QPainter, score: Score, theme: Theme) -> None:
        font = QFont(theme.font("title"))
        font.setPixelSize(_FIGURE_PX)
        words = f"{score.score:.1f}".removesuffix(".0")
        painter.setFont(font)
        painter.setPen(theme.colour("text"))
        width = QFontMetricsF(font).horizontalAdvance(words)
        painter.drawText(QRectF(_MARGIN_PX, 6, width + 4, 56), Qt.AlignmentFlag.AlignVCenter, words)
        under = QRect(round(_MARGIN_PX + width) + 8, 28, 60, 24)
        draw_words(painter, under, self.tr("of 100"), "small", "text_muted")
        state = self.tr("Passed") if score.passed else self.tr("Not passed")
        tone = "success" if score.passed else "error"
        paint_icon(painter, "check-circle" if score.passed else "cancel", QRectF(_MARGIN_PX, 64, 18, 18), tone)
        badge = QPointF(_MARGIN_PX + 24, 64)
        paint_badge(painter, badge, state, "success" if score.passed else "error", theme)
        mark = self.tr("{mark} needed").format(mark=figure(self._pass_mark))
        left = round(badge.x() + badge_width_px(state, theme)) + 8
        draw_words(painter, QRect(left, 64, 110, BADGE_HEIGHT_PX), mark, "small", "text_faint")

    def _paint_bar(self, painter: QPainter, theme: Theme) -> None:
        bar = self.bar_rect()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("pressed"))
        painter.drawRoundedRect(bar, 5, 5)
        for kind, piece in self.segments():
            if piece.width() < 0.5:
                continue
            inner = piece.adjusted(0.5, 0, -0.5, 0) if piece.width() > 3 else piece
            look = look_of(kind)
            radius = 4.0 if inner.width() > 10 else 0.0
            fill_band(painter, inner, look, strength=0.9 if kind is None else 0.55, radius_px=radius)
            if kind is not None and inner.width() > 20:
                plate = QRectF(inner.center().x() - 9, inner.center().y() - 9, 18, 18)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.colour("surface"))
                painter.drawEllipse(plate)
                paint_icon(painter, look.icon, plate.adjusted(3, 3, -3, -3), look.colour)
        x = bar.left() + bar.width() * min(max(self._pass_mark, 0.0), 100.0) / 100.0
        painter.setPen(QPen(theme.colour("text"), 2))
        painter.drawLine(QPointF(x, bar.top() - 5), QPointF(x, bar.bottom() + 5))
        self._paint_scale(painter, bar, x)

    def _paint_scale(self, painter: QPainter, bar: QRectF, mark_px: float) -> None:
        words = self.tr("pass mark {mark}").format(mark=figure(self._pass_mark))
        width = text_width(words, "caption") + 8
        left = min(max(mark_px - width / 2, bar.left()), bar.right() - width)
        place = QRect(round(left), round(bar.top()) - 22, width, 16)
        draw_words(painter, place, words, "caption", "text_muted", Qt.AlignmentFlag.AlignHCenter)

    def _paint_legend(self, painter: QPainter, parts: ScoreParts) -> None:
        bar = self.bar_rect()
        top = round(bar.bottom()) + 12
        if not parts.lost:
            words = self.tr("Nothing was lost.")
            draw_words(painter, QRect(round(bar.left()), top, round(bar.width()), 18), words, "small", "text_muted")
        for row in self._legend_rows():
            left = round(bar.left())
            for kind, _points, words, width in row:
                swatch = QRectF(left, top + 1, 16, 16)
                fill_band(painter, swatch, look_of(kind), strength=0.45, radius_px=3)
                paint_icon(painter, look_of(kind).icon, swatch.adjusted(2, 2, -2, -2), "text")
                draw_words(painter, QRect(left + 22, top, width - 24, 18), words, "small", "text")
                left += width
            top += _LEGEND_PX
        for at, note in enumerate(self._notes()):
            grave = at == 0 and self._score is not None and self._is_grave(self._score)
            place = QRect(round(bar.left()), top + 2, round(bar.width()), 18)
            draw_words(painter, place, note, "small", "error" if grave else "text_muted")
            top += 20

    def _tip_at(self, place: QPoint) -> str:
        for kind, piece in self.segments():
            if piece.contains(QPointF(place)) and self._parts is not None:
                points = self._parts.score if kind is None else self._parts.lost[kind]
                words = self.tr("Reached") if kind is None else kind_words(kind)
                return f"{words}: {points_words(points)}"
        return "\n".join(self._notes())
