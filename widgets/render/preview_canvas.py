"""A moment of a cut, upright; over it what helps to judge it, and what there is to say instead."""

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFontMetricsF,
    QHideEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
    QShowEvent,
)
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from core.render.types import FPS, HEIGHT_PX, WIDTH_PX
from widgets.icons import paint_icon
from widgets.painted_canvas import PaintedCanvas
from widgets.procedures.own_keys import ENDS, keeps
from widgets.render.parts import Message
from widgets.render.preview_overlay import paint_app_areas, paint_safe_zone
from widgets.theme import Theme, current_theme

_MARGIN_PX, _RING_PX = 8, 3
_TICK_MS, _TURN_TICKS = 33, 45
_BUSY_AFTER_MS = 180
"""What is drawn sooner needs no word: a flickering one would only disturb."""
_OWN_KEYS = ENDS | {Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Space}


class PreviewCanvas(PaintedCanvas):
    """A click plays and pauses, a drag scrubs. Left and Right step by frames (Shift: by seconds), Home and End go
    to the ends, Space plays and pauses.
    """

    scrubbed = Signal(float)
    """A fraction of the cut."""
    stepped = Signal(int)
    """Frames, negative = back."""
    play_toggled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture: QImage | None = None
        self._scaled: QPixmap | None = None
        self._over: QPixmap | None = None
        self._zone: QRectF | None = None
        self._zone_shown = False
        self._apps_shown = False
        self._message, self._title, self._text = Message.NONE, "", ""
        self._fraction = 0.0
        self._pressed: tuple[QPointF, float] | None = None
        self._scrubs = False
        self._tick = 0
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._move)
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(_BUSY_AFTER_MS)
        self._wait.timeout.connect(self._set_moving)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(QSize(135 + 2 * _MARGIN_PX, 240 + 2 * _MARGIN_PX))
        self.setAccessibleName(self.tr("Preview"))

    # ---- what a page says ----

    def set_picture(self, picture: QImage | None) -> None:
        """Show a moment; any size of the aspect of a cut. None = nothing."""
        self._picture = picture if picture is not None and not picture.isNull() else None
        self._scaled = None
        self.update()

    def set_safe_zone(self, zone: QRectF | None) -> None:
        """Where captions stay, as fractions of the frame; None = not known."""
        if zone != self._zone:
            self._zone = zone
            self.renew()

    def set_safe_zone_shown(self, shown: bool) -> None:
        """Whether the zone is drawn."""
        if shown != self._zone_shown:
            self._zone_shown = shown
            self.renew()

    def set_platform_shown(self, shown: bool) -> None:
        """Whether that is drawn which apps cover."""
        if shown != self._apps_shown:
            self._apps_shown = shown
            self.renew()

    def set_message(self, message: Message, title: str = "", text: str = "") -> None:
        """Say why there is nothing to be seen, or that it is being drawn. BUSY appears after a moment."""
        if message is Message.BUSY and not title:
            title = self.tr("Drawing…")
        if (message, title, text) == (self._message, self._title, self._text):
            return
        was_busy = self._message is Message.BUSY
        self._message, self._title, self._text = message, title, text
        self.setAccessibleDescription(f"{title} {text}".strip())
        if message is not Message.BUSY:
            self._wait.stop()
            self._timer.stop()
        elif not was_busy:
            self._wait.start()
        self.update()

    def message(self) -> Message:
        """What is said."""
        return self._message

    def set_position(self, fraction: float) -> None:
        """Which moment is shown: a drag goes on from it."""
        self._fraction = min(max(fraction, 0.0), 1.0)

    def frame_rect(self) -> QRectF:
        """Where the frame of the cut is on the widget."""
        room = QRectF(self.rect()).adjusted(_MARGIN_PX, _MARGIN_PX, -_MARGIN_PX, -_MARGIN_PX)
        height = max(min(room.height(), room.width() * HEIGHT_PX / WIDTH_PX), 1.0)
        width = round(height * WIDTH_PX / HEIGHT_PX)
        left = round(room.center().x() - width / 2)
        return QRectF(left, round(room.center().y() - height / 2), width, round(height))

    def renew(self) -> None:
        """Paint what lies over the picture anew."""
        self._over = None
        self.update()

    # ---- what Qt says ----

    def sizeHint(self) -> QSize:
        """A third of the full size."""
        return QSize(WIDTH_PX // 3 + 2 * _MARGIN_PX, HEIGHT_PX // 3 + 2 * _MARGIN_PX)

    def event(self, event: QEvent) -> bool:
        """Keep the own keys from the window."""
        return keeps(event, _OWN_KEYS) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Step, go to an end, play."""
        step = FPS if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.stepped.emit(-step if event.key() == Qt.Key.Key_Left else step)
        elif event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.scrubbed.emit(0.0 if event.key() == Qt.Key.Key_Home else 1.0)
        elif event.key() == Qt.Key.Key_Space:
            self.play_toggled.emit()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click or a drag begins."""
        if event.button() == Qt.MouseButton.LeftButton and self._message is not Message.EMPTY:
            self._pressed, self._scrubs = (event.position(), self._fraction), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """A drag over the frame's width goes over the whole cut."""
        if self._pressed is None:
            return
        moved_px = event.position().x() - self._pressed[0].x()
        if not self._scrubs and abs(moved_px) < QApplication.startDragDistance():
            return
        self._scrubs = True
        self.setCursor(Qt.CursorShape.SizeHorCursor)
        self.scrubbed.emit(min(max(self._pressed[1] + moved_px / self.frame_rect().width(), 0.0), 1.0))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click that did not become a drag plays and pauses."""
        clicked = self._pressed is not None and not self._scrubs
        self._pressed, self._scrubs = None, False
        self.unsetCursor()
        if clicked and event.button() == Qt.MouseButton.LeftButton:
            self.play_toggled.emit()

    def showEvent(self, event: QShowEvent) -> None:
        """Move only while it can be seen."""
        super().showEvent(event)
        if self._message is Message.BUSY:
            self._wait.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop moving."""
        super().hideEvent(event)
        self._timer.stop()
        self._wait.stop()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The frame, what lies over it, and what is said."""
        theme, frame = current_theme(), self.frame_rect()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._picture is not None:
            painter.drawPixmap(frame.topLeft(), self._scaled_picture(frame))
        else:
            painter.setPen(QPen(theme.colour("border_strong"), 1, Qt.PenStyle.DashLine))
            painter.setBrush(theme.colour("lane"))
            painter.drawRoundedRect(frame.adjusted(0.5, 0.5, -0.5, -0.5), theme.radius("l"), theme.radius("l"))
        self._paint_overlays(painter, frame, theme)
        self._paint_message(painter, frame, theme)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour("focus"), 2))
            ring = frame.adjusted(-_RING_PX, -_RING_PX, _RING_PX, _RING_PX)
            painter.drawRoundedRect(ring, theme.radius("l") + _RING_PX, theme.radius("l") + _RING_PX)
        painter.end()

    # ---- inside ----

    def _scaled_picture(self, frame: QRectF) -> QPixmap:
        """The picture in device pixels with round corners, made once for a picture and a size."""
        ratio = self.devicePixelRatioF()
        size = (frame.size() * ratio).toSize()
        if self._scaled is None or self._scaled.size() != size:
            assert self._picture is not None
            image = self._picture.scaled(
                size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
            self._scaled = _rounded(image, current_theme().radius("l") * ratio)
            self._scaled.setDevicePixelRatio(ratio)
        return self._scaled

    def _paint_overlays(self, painter: QPainter, frame: QRectF, theme: Theme) -> None:
        """Made once: the picture changes under it while the cut plays."""
        shown = self._apps_shown or (self._zone_shown and self._zone is not None)
        if self._message is Message.EMPTY or not shown:
            return
        ratio = self.devicePixelRatioF()
        size = (frame.size() * ratio).toSize()
        if self._over is None or self._over.size() != size:
            self._over = self._painted_overlays(QRectF(0, 0, frame.width(), frame.height()), size, ratio, theme)
        painter.drawPixmap(frame.topLeft(), self._over)

    def _painted_overlays(self, frame: QRectF, size: QSize, ratio: float, theme: Theme) -> QPixmap:
        made = QPixmap(size)
        made.setDevicePixelRatio(ratio)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        outline = QPainterPath()
        outline.addRoundedRect(frame, theme.radius("l"), theme.radius("l"))
        painter.setClipPath(outline)
        if self._apps_shown:
            paint_app_areas(painter, frame)
        if self._zone_shown and self._zone is not None:
            paint_safe_zone(painter, frame, self._zone)
        painter.end()
        return made

    def _paint_message(self, painter: QPainter, frame: QRectF, theme: Theme) -> None:
        if self._message is Message.BUSY:
            if self._timer.isActive():
                self._paint_busy(painter, frame, theme)
        elif self._message is not Message.NONE:
            self._paint_words(painter, frame, theme)

    def _paint_busy(self, painter: QPainter, frame: QRectF, theme: Theme) -> None:
        """A chip with three moving dots."""
        font = theme.font("small")
        width = QFontMetricsF(font).horizontalAdvance(self._title) + 46
        chip = QRectF(frame.center().x() - width / 2, frame.top() + 12, width, 26)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("scrim"))
        painter.drawRoundedRect(chip, 13, 13)
        for at in range(3):
            lit = 1.0 - ((self._tick / _TURN_TICKS - at / 6) % 1.0)
            painter.setBrush(theme.colour("on_scrim", 0.25 + 0.75 * lit))
            painter.drawEllipse(QPointF(chip.left() + 14 + at * 7, chip.center().y()), 2.2, 2.2)
        painter.setPen(theme.colour("on_scrim"))
        painter.setFont(font)
        painter.drawText(chip.adjusted(36, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self._title)

    def _paint_words(self, painter: QPainter, frame: QRectF, theme: Theme) -> None:
        """An icon, a title and a sentence in the middle; over a picture on a plate."""
        wrong = self._message is Message.ERROR
        flags = int(Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap)
        room = frame.adjusted(20, 20, -20, -20)
        title = QFontMetricsF(theme.font("strong")).boundingRect(room, flags, self._title)
        text = QFontMetricsF(theme.font("small")).boundingRect(room, flags, self._text) if self._text else QRectF()
        high = 40 + title.height() + (6 + text.height() if self._text else 0)
        top = max(frame.center().y() - high / 2, frame.top() + 16)
        if self._picture is not None or wrong:
            plate = QRectF(frame.left() + 8, top - 14, frame.width() - 16, high + 28)
            painter.setPen(QPen(theme.colour("error" if wrong else "border_strong"), 1))
            painter.setBrush(theme.colour("error_surface" if wrong else "raised"))
            painter.drawRoundedRect(plate, theme.radius("l"), theme.radius("l"))
        mark = QRectF(frame.center().x() - 15, top, 30, 30)
        paint_icon(painter, "error" if wrong else "render", mark, "error" if wrong else "accent")
        painter.setFont(theme.font("strong"))
        painter.setPen(theme.colour("text"))
        painter.drawText(QRectF(room.left(), top + 40, room.width(), title.height() + 2), flags, self._title)
        painter.setFont(theme.font("small"))
        painter.setPen(theme.colour("text_muted"))
        below = QRectF(room.left(), top + 46 + title.height(), room.width(), frame.bottom() - top - 46 - title.height())
        painter.drawText(below, flags, self._text)

    def _set_moving(self) -> None:
        if self._message is Message.BUSY and self.isVisible():
            self._timer.start()
            self.update()

    def _move(self) -> None:
        self._tick = (self._tick + 1) % _TURN_TICKS
        frame = self.frame_rect()
        self.update(QRectF(frame.left(), frame.top(), frame.width(), 44).toAlignedRect())


def _rounded(image: QImage, radius_px: float) -> QPixmap:
    made = QPixmap(image.size())
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    outline = QPainterPath()
    outline.addRoundedRect(QRectF(image.rect()), radius_px, radius_px)
    painter.setClipPath(outline)
    painter.drawImage(0, 0, image)
    painter.end()
    return made
