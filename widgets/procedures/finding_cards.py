"""The cards of findings: both stills side by side, what happened, how sure that is, and what was said of it."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from core.procedures.types import Finding, FindingType, FindingVerdict, Verdict
from widgets.cell_paint import paint_picture
from widgets.cell_words import draw_words, text_width
from widgets.flow.labels import Tone, badge_width_px, paint_badge
from widgets.icons import paint_icon
from widgets.image_loader import Provide
from widgets.item_grid import CellState
from widgets.procedures.finding_words import (
    MINUS,
    confidence_words,
    finding_title,
    points_words,
    sentence,
    stretch_words,
)
from widgets.procedures.outcome_look import kind_words, look_of, paint_mark
from widgets.procedures.own_keys import ENTER, keeps
from widgets.row_list import RowList
from widgets.theme import Theme, current_theme
from widgets.time_text import format_time

translate = QCoreApplication.translate
WIDE_FROM_PX = 740
_STILL_W_PX, _STILL_H_PX, _CAPTION_PX = 180, 101, 20
_PAD_PX, _BUTTON_PX = 12, 26
_OWN_KEYS = ENTER | {Qt.Key.Key_C, Qt.Key.Key_D, Qt.Key.Key_E, Qt.Key.Key_F2, Qt.Key.Key_Up, Qt.Key.Key_Down}
CONFIRM, DISMISS, COMMENT = "confirm", "dismiss", "comment"


@dataclass(frozen=True, slots=True)
class FindingCard:
    """A finding with what was said of it."""

    finding: Finding
    title: str
    verdict: Verdict
    comment: str
    who: str

    def still(self, side: str) -> tuple[float | None, float | None, str, float] | None:
        """The key of a side's still, None where there is nothing to show: gold seconds, trainee seconds, side, and the
        seconds of that side.
        """
        gold_s, trainee_s = _middle_s(self.finding, "gold"), _middle_s(self.finding, "trainee")
        t_s = gold_s if side == "gold" else trainee_s
        return None if t_s is None else (gold_s, trainee_s, side, t_s)


def cards_of(
    findings: Sequence[Finding], verdicts: Mapping[str, FindingVerdict], names: Sequence[str]
) -> tuple[FindingCard, ...]:
    """Findings in their order with their verdicts."""
    made = []
    for finding in findings:
        said = verdicts.get(finding.finding_id)
        title = finding_title(finding, names)
        if said is None:
            made.append(FindingCard(finding, title, Verdict.NONE, "", ""))
        else:
            made.append(FindingCard(finding, title, said.verdict, said.comment, said.actor))
    return tuple(made)


class CardLayout:
    """Where the parts of a card are: stills at the left of wide ones, below the words of narrow ones."""

    def __init__(self, cell: QRect) -> None:
        inner = cell.adjusted(_PAD_PX, _PAD_PX, -_PAD_PX, -_PAD_PX)
        self.wide = cell.width() >= WIDE_FROM_PX
        if self.wide:
            self.gold = QRect(inner.left(), inner.top(), _STILL_W_PX, _STILL_H_PX)
            self.trainee = self.gold.translated(_STILL_W_PX + 8, 0)
            left = self.trainee.right() + 16
            self.text = QRect(left, inner.top(), inner.right() - left, 76)
        else:
            width = (inner.width() - 8) // 2
            height = round(width * 9 / 16)
            top = inner.top() + 86
            self.gold = QRect(inner.left(), top, width, height)
            self.trainee = self.gold.translated(width + 8, 0)
            self.text = QRect(inner.left(), inner.top(), inner.width(), 80)
        left = self.text.left()
        self.buttons = QRect(left, inner.bottom() - _BUTTON_PX + 1, inner.right() - left, _BUTTON_PX)
        self.comment = self.buttons.translated(0, -26).adjusted(0, 0, 0, -4)

    def button(self, name: str) -> QRect:
        """Where a button is: confirm, dismiss, comment from left to right."""
        left = self.buttons.left()
        width = 0
        for other in (CONFIRM, DISMISS, COMMENT):
            width = text_width(self.button_words(other), "caption") + 32
            if other == name:
                break
            left += width + 6
        return QRect(left, self.buttons.top(), width, _BUTTON_PX)

    def button_words(self, name: str) -> str:
        """What stands on a button: where there is room, its key too."""
        whole = sum(text_width(_button_words(one), "caption") + 38 for one in (CONFIRM, DISMISS, COMMENT))
        words = _button_words(name)
        return words if whole <= self.buttons.width() + 6 else words.rpartition(" (")[0]

    @staticmethod
    def height_px(width_px: int) -> int:
        """How high a card of a width is."""
        if width_px >= WIDE_FROM_PX:
            return 2 * _PAD_PX + _STILL_H_PX + _CAPTION_PX + 18
        stills = round((width_px - 2 * _PAD_PX - 8) / 2 * 9 / 16)
        return 2 * _PAD_PX + 86 + stills + _CAPTION_PX + 26 + _BUTTON_PX + 6


class FindingCards(RowList[FindingCard]):
    """Up and Down go through the findings, Enter goes there in both recordings, C confirms, D dismisses, E or F2 writes
    a comment; C or D once more takes the verdict back.
    """

    said = Signal(str, str)
    """A finding's id and confirmed, dismissed or nothing."""
    comment_wanted = Signal(int)

    def __init__(self, provide: Provide | None = None, parent: QWidget | None = None) -> None:
        super().__init__(provide, parent, gap_px=8, margin_px=8)
        self.setAccessibleName(self.tr("Findings"))

    # ---- how a card looks ----

    def height_of_cell(self, width_px: int) -> int:
        """All cards are of one height."""
        return CardLayout.height_px(width_px)

    def image_of(self, item: FindingCard, cell: QRect) -> tuple[object, QSize] | None:
        """The trainee's still; ``_ask`` asks for both."""
        return item.still("trainee"), CardLayout(cell).trainee.size()

    def _ask(self, index: int, item: FindingCard, ratio: float) -> None:
        layout = CardLayout(self._layout.cell(index))
        for side, place in (("gold", layout.gold), ("trainee", layout.trainee)):
            key: Hashable = item.still(side)
            if key is not None:
                self._shown.setdefault(key, []).append(index)
                self.loader.image(key, place.size() * ratio)

    def words_of(self, item: FindingCard) -> str:
        """Title, reason, likelihood, points, verdict, comment."""
        finding = item.finding
        parts = (
            item.title,
            finding.reason,
            confidence_words(finding.confidence),
            self.tr("{points} lost").format(points=points_words(finding.lost)),
            verdict_words(item.verdict),
            item.comment,
        )
        return ", ".join(part for part in parts if part)

    def tip_of(self, item: FindingCard) -> str:
        """All of it, with times."""
        finding = item.finding
        lines = (
            item.title,
            sentence(finding.reason),
            self.tr("Gold: {times}").format(times=stretch_words(finding.gold)),
            self.tr("Trainee: {times}").format(times=stretch_words(finding.trainee)),
            self.tr("{words} ({percent})").format(
                words=confidence_words(finding.confidence), percent=f"{finding.confidence:.0%}"
            ),
            item.comment,
        )
        return "\n".join(line for line in lines if line)

    def paint_item(self, painter: QPainter, item: FindingCard, cell: QRect, state: CellState) -> None:
        """Paint a card."""
        theme, layout = current_theme(), CardLayout(cell)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        dismissed = item.verdict is Verdict.DISMISSED
        ground = "accent_surface" if state.selected else "raised"
        painter.setPen(QPen(theme.colour("accent" if state.selected else "border"), 1.5 if state.selected else 1))
        painter.setBrush(theme.colour(ground))
        painter.drawRoundedRect(QRectF(cell).adjusted(0.5, 0.5, -0.5, -0.5), theme.radius("l"), theme.radius("l"))
        edge = QRectF(cell.left() + 1, cell.top() + 10, 4, cell.height() - 20)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("text_disabled" if dismissed else look_of(item.finding.type).colour))
        painter.drawRoundedRect(edge, 2, 2)
        for side, place in (("gold", layout.gold), ("trainee", layout.trainee)):
            self._paint_still(painter, item, side, place, ground=ground, dimmed=dismissed)
        self._paint_text(painter, item, layout.text, theme, dimmed=dismissed)
        self._paint_comment(painter, item, layout)
        for name in (CONFIRM, DISMISS, COMMENT):
            self._paint_button(painter, layout, name, item, theme)
        if state.focused:
            painter.setPen(QPen(theme.colour("focus"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(cell).adjusted(1, 1, -1, -1), theme.radius("l"), theme.radius("l"))

    def _paint_still(
        self, painter: QPainter, item: FindingCard, side: str, place: QRect, *, ground: str, dimmed: bool
    ) -> None:
        theme, key = current_theme(), item.still(side)
        title = self.tr("Gold") if side == "gold" else self.tr("Trainee")
        below = QRect(place.left(), place.bottom() + 2, place.width(), _CAPTION_PX)
        if key is None:
            painter.setPen(QPen(theme.colour("border_strong"), 1, Qt.PenStyle.DashLine))
            painter.setBrush(theme.colour("lane_alternate"))
            painter.drawRoundedRect(QRectF(place).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QBrush(theme.colour("border_strong", 0.6), Qt.BrushStyle.BDiagPattern))
            painter.drawRoundedRect(QRectF(place), 6, 6)
            words = self.tr("Not there") if side == "trainee" else self.tr("Not in the gold")
            width = min(text_width(words, "small") + 16, place.width() - 8)
            chip = QRect(place.center().x() - width // 2, place.center().y() - 11, width, 22)
            painter.setBrush(theme.colour(ground))
            painter.drawRoundedRect(chip, 4, 4)
            draw_words(painter, chip, words, "small", "text_muted", Qt.AlignmentFlag.AlignHCenter)
            draw_words(painter, below, title, "caption", "text_muted")
            return
        paint_picture(painter, self.loader, key, place, "video", ground=ground, dimmed=dimmed)
        draw_words(painter, below, title, "caption", "text_muted")
        time = format_time(key[3])
        draw_words(painter, below, time, "monosmall", "text_muted", Qt.AlignmentFlag.AlignRight)

    def _paint_text(self, painter: QPainter, item: FindingCard, area: QRect, theme: Theme, *, dimmed: bool) -> None:
        finding = item.finding
        middle = QPointF(area.left() + 11, area.top() + 11)
        paint_mark(painter, middle, finding.type, size_px=22)
        title = QRect(area.left() + 30, area.top(), area.width() - 30, 22)
        draw_words(painter, title, item.title, "strong", "text_faint" if dimmed else "text")
        top = area.top() + 27
        left = float(area.left())
        for words, tone in self._badges(item):
            if left + badge_width_px(words, theme) > area.right():
                break
            left += paint_badge(painter, QPointF(left, top), words, tone, theme) + 6
        reason = QRect(area.left(), top + 23, area.width(), 34 if area.height() > 78 else 32)
        painter.setFont(theme.font("small"))
        painter.setPen(theme.colour("text_faint" if dimmed else "text_muted"))
        painter.drawText(
            reason, int(Qt.TextFlag.TextWordWrap), _two_lines(sentence(finding.reason), reason.width(), theme)
        )

    def _badges(self, item: FindingCard) -> list[tuple[str, Tone]]:
        finding = item.finding
        badges: list[tuple[str, Tone]] = [(kind_words(finding.type), "plain")]
        badges.append((confidence_words(finding.confidence), "info" if finding.confidence >= 0.6 else "plain"))
        if item.verdict is Verdict.DISMISSED:
            badges.append((self.tr("Dismissed: costs nothing"), "plain"))
        else:
            badges.append((MINUS + points_words(finding.lost), "warning" if finding.lost > 0 else "plain"))
        if item.verdict is Verdict.CONFIRMED:
            badges.append((self.tr("Confirmed"), "success"))
        return badges

    def _paint_comment(self, painter: QPainter, item: FindingCard, layout: CardLayout) -> None:
        if not item.comment:
            return
        place = layout.comment
        paint_icon(painter, "transcript", QRectF(place.left(), place.center().y() - 7, 14, 14), "text_faint")
        words = f"{item.comment}  —  {item.who}" if item.who else item.comment
        draw_words(painter, place.adjusted(20, 0, 0, 0), words, "small", "text")

    def _paint_button(self, painter: QPainter, layout: CardLayout, name: str, item: FindingCard, theme: Theme) -> None:
        place = layout.button(name)
        on = (name == CONFIRM and item.verdict is Verdict.CONFIRMED) or (
            name == DISMISS and item.verdict is Verdict.DISMISSED
        )
        painter.setPen(QPen(theme.colour("accent" if on else "border_strong"), 1))
        painter.setBrush(theme.colour("accent_surface" if on else "surface"))
        painter.drawRoundedRect(QRectF(place).adjusted(0.5, 0.5, -0.5, -0.5), theme.radius("m"), theme.radius("m"))
        icon = {CONFIRM: "check", DISMISS: "close", COMMENT: "transcript"}[name]
        mark = QRectF(place.left() + 8, place.center().y() - 6.5, 14, 14)
        paint_icon(painter, icon, mark, "accent" if on else "icon")
        draw_words(
            painter, place.adjusted(26, 0, -2, 0), layout.button_words(name), "caption", "accent" if on else "text"
        )

    # ---- mouse and keys ----

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The buttons of a card, or the card."""
        place = event.position().toPoint()
        row = self.index_at(place)
        super().mousePressEvent(event)
        name = self.button_at(place) if row >= 0 and event.button() == Qt.MouseButton.LeftButton else None
        if name == COMMENT:
            self.comment_wanted.emit(row)
        elif name is not None:
            self.say(row, Verdict.CONFIRMED if name == CONFIRM else Verdict.DISMISSED)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Quick clicks on a button are clicks; on the card they go there."""
        if self.button_at(event.position().toPoint()) is not None:
            self.mousePressEvent(event)
        else:
            super().mouseDoubleClickEvent(event)

    def button_at(self, place: QPoint) -> str | None:
        """The button under a place of the viewport."""
        row = self.index_at(place)
        if row < 0:
            return None
        layout = CardLayout(self.rect_of(row))
        return next((one for one in (CONFIRM, DISMISS, COMMENT) if layout.button(one).contains(place)), None)

    def event(self, event: QEvent) -> bool:
        """Own keys."""
        if self.current() >= 0 and keeps(event, _OWN_KEYS):
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """See the class."""
        row, plain = self.current(), not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if row >= 0 and plain and event.key() == Qt.Key.Key_C:
            self.say(row, Verdict.CONFIRMED)
        elif row >= 0 and plain and event.key() == Qt.Key.Key_D:
            self.say(row, Verdict.DISMISSED)
        elif row >= 0 and plain and event.key() in (Qt.Key.Key_E, Qt.Key.Key_F2):
            self.comment_wanted.emit(row)
        else:
            super().keyPressEvent(event)

    def say(self, row: int, verdict: Verdict) -> None:
        """Give a verdict; the same once more takes it back."""
        card = self.item(row)
        self.said.emit(card.finding.finding_id, "" if card.verdict is verdict else str(verdict))

    def _after_selection(self) -> None:
        if len(self._selection.chosen) > 1:
            self._selection.choose((self._selection.current,))
        super()._after_selection()


def verdict_words(verdict: Verdict) -> str:
    """For screen readers and badges."""
    words = {
        Verdict.CONFIRMED: translate("Procedures", "Confirmed"),
        Verdict.DISMISSED: translate("Procedures", "Dismissed"),
    }
    return words.get(verdict, "")


def _middle_s(finding: Finding, side: str) -> float | None:
    stretch = finding.gold if side == "gold" else finding.trainee
    if stretch is None:
        return None
    late = finding.type is FindingType.OVER_TIME and side == "trainee"
    return stretch.start_s + (stretch.end_s - stretch.start_s) * (0.85 if late else 0.5)


def _button_words(name: str) -> str:
    words = {
        CONFIRM: translate("Procedures", "Confirm (C)"),
        DISMISS: translate("Procedures", "Dismiss (D)"),
        COMMENT: translate("Procedures", "Comment (E)"),
    }
    return words[name]


def _two_lines(text: str, width_px: int, theme: Theme) -> str:
    """Cut so that it fits into two lines."""
    metrics = QFontMetrics(theme.font("small"))
    return metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(round(width_px * 1.8), 10))
