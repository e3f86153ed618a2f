"""Text: labels with a role, labels that shorten themselves, badges."""

from typing import Literal

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from widgets.theme import Theme, current_theme

LabelRole = Literal[
    "title", "heading", "strong", "body", "muted", "small", "caption", "error", "warning", "success", "key"
]
Tone = Literal["plain", "accent", "success", "warning", "error", "info"]
BADGE_HEIGHT_PX = 18
_BADGE_PADDING_PX = 7.0


def label(text: str, role: LabelRole = "body", parent: QWidget | None = None, *, wrap: bool = False) -> QLabel:
    """A label with a role of the typographic scale. Text is plain: names of files never become mark-up."""
    made = QLabel(parent)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setText(text)
    made.setProperty("role", role)
    made.setWordWrap(wrap)
    return made


class ElidedLabel(QLabel):
    """One line that shortens itself with an ellipsis; the whole text is the tool tip while it is shortened."""

    def __init__(
        self,
        text: str = "",
        role: LabelRole = "body",
        parent: QWidget | None = None,
        *,
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
    ) -> None:
        super().__init__(parent)
        self._whole = ""
        self._mode = mode
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.set_text(text)

    @property
    def whole_text(self) -> str:
        """The text before it was shortened."""
        return self._whole

    def set_text(self, text: str) -> None:
        """Show another text."""
        self._whole = text
        self.setAccessibleName(text)
        self._shorten()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorten to the new width."""
        super().resizeEvent(event)
        self._shorten()

    def minimumSizeHint(self) -> QSize:
        """Any width will do."""
        return QSize(16, super().minimumSizeHint().height())

    def sizeHint(self) -> QSize:
        """The width of the whole text."""
        return QSize(QFontMetrics(self.font()).horizontalAdvance(self._whole) + 2, super().sizeHint().height())

    def _shorten(self) -> None:
        shown = QFontMetrics(self.font()).elidedText(self._whole, self._mode, max(self.width(), 16))
        if shown != self.text():
            self.setText(shown)
        self.setToolTip(self._whole if shown != self._whole else "")


def tone_colours(tone: Tone, theme: Theme) -> tuple[QColor, QColor]:
    """Ink and ground of a tone."""
    if tone == "plain":
        return theme.colour("text_muted"), theme.colour("pressed")
    return theme.colour(tone), theme.colour(f"{tone}_surface")


def badge_width_px(text: str, theme: Theme) -> float:
    """How wide ``paint_badge`` will be."""
    return QFontMetricsF(theme.font("caption")).horizontalAdvance(text) + 2 * _BADGE_PADDING_PX


def paint_badge(painter: QPainter, top_left: QPointF, text: str, tone: Tone, theme: Theme) -> float:
    """Paint a badge for a widget that paints itself; returns its width in pixels."""
    ink, ground = tone_colours(tone, theme)
    rect = QRectF(top_left.x(), top_left.y(), badge_width_px(text, theme), BADGE_HEIGHT_PX)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(rect, theme.radius("s"), theme.radius("s"))
    painter.setPen(ink)
    painter.setFont(theme.font("caption"))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
    return rect.width()


class Badge(QWidget):
    """A short word on a ground of its tone: a state, a count."""

    def __init__(self, text: str = "", tone: Tone = "plain", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self._tone: Tone = "plain"
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_badge(text, tone)

    @property
    def text(self) -> str:
        """The word."""
        return self._text

    def set_badge(self, text: str, tone: Tone = "plain") -> None:
        """Show another word; an empty one hides the badge."""
        self._text, self._tone = text, tone
        self.setAccessibleName(text)
        self.setVisible(bool(text))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as the word."""
        return QSize(round(badge_width_px(self._text, current_theme()) + 0.5), BADGE_HEIGHT_PX)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the badge."""
        painter = QPainter(self)
        paint_badge(painter, QPointF(0, 0), self._text, self._tone, current_theme())
        painter.end()
