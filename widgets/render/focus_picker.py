"""A still as it is, with a cross where its subject is: the camera keeps that in the frame."""

from collections.abc import Hashable

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.icons import paint_icon
from widgets.image_loader import ImageLoader
from widgets.painted_canvas import PaintedCanvas
from widgets.procedures.own_keys import ARROWS, keeps
from widgets.theme import Theme, current_theme

HEIGHT_PX = 172
_STEP, _LARGE_STEP = 0.02, 0.1
_MIDDLE = (0.5, 0.5)
_CROSS_PX = 11.0
_KEYS = {
    int(Qt.Key.Key_Left): (-1, 0),
    int(Qt.Key.Key_Right): (1, 0),
    int(Qt.Key.Key_Up): (0, -1),
    int(Qt.Key.Key_Down): (0, 1),
}


class FocusPicker(PaintedCanvas):
    """A click or a drag sets the point, arrows move it (Shift: far), Delete takes it away."""

    focus_changed = Signal(float, float)
    """x and y in [0, 1]; told when the mouse lets go, and at each key."""
    focus_cleared = Signal()

    def __init__(self, loader: ImageLoader, parent: QWidget | None = None) -> None:
        """``loader`` belongs to the strip and its pictures."""
        super().__init__(parent)
        self._loader = loader
        self._picture: Hashable | None = None
        self._focus: tuple[float, float] | None = None
        self._dragged: tuple[float, float] | None = None
        loader.loaded.connect(self._on_loaded)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(HEIGHT_PX)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName(self.tr("Focus point of the still"))
        self.setToolTip(self.tr("Click where the subject is: the camera keeps it in the frame"))

    def show_still(self, picture: Hashable | None, focus: tuple[float, float] | None) -> None:
        """Show a still and its point; None = no still, and no point: the middle."""
        if self._picture != picture:
            self._dragged = None
        self._picture, self._focus = picture, focus
        words = self.tr("{x} % from the left, {y} % from the top")
        told = words.format(x=round(focus[0] * 100), y=round(focus[1] * 100)) if focus else self.tr("in the middle")
        self.setAccessibleDescription(told)
        self.update()

    def picture_rect(self) -> QRectF:
        """Where the picture is on the widget; empty until it is there."""
        image = self._image()
        if image is None:
            return QRectF()
        ratio = self.devicePixelRatioF()
        width, height = image.width() / ratio, image.height() / ratio
        return QRectF((self.width() - width) / 2, (self.height() - height) / 2, width, height)

    # ---- what Qt says ----

    def sizeHint(self) -> QSize:
        """As wide as the strip."""
        return QSize(240, HEIGHT_PX)

    def event(self, event: QEvent) -> bool:
        """Keep the own keys from the window."""
        return keeps(event, ARROWS | {Qt.Key.Key_Delete, Qt.Key.Key_Backspace}) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the point, or take it away."""
        step = _KEYS.get(event.key())
        if step is not None and self._picture is not None:
            far = _LARGE_STEP if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else _STEP
            x, y = self._focus or _MIDDLE
            self._tell((x + step[0] * far, y + step[1] * far))
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            if self._focus is not None:
                self.focus_cleared.emit()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to set the point."""
        if event.button() == Qt.MouseButton.LeftButton and not self.picture_rect().isEmpty():
            self._drag(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move it along."""
        if self._dragged is not None:
            self._drag(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """It is there."""
        if self._dragged is not None and event.button() == Qt.MouseButton.LeftButton:
            focus, self._dragged = self._dragged, None
            self._tell(focus)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The picture and the cross."""
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("video_backdrop"))
        painter.drawRoundedRect(QRectF(self.rect()), theme.radius("m"), theme.radius("m"))
        image, place = self._image(), self.picture_rect()
        if image is not None:
            image.setDevicePixelRatio(self.devicePixelRatioF())
            painter.drawImage(place.topLeft(), image)
            _paint_cross(painter, place, self._dragged or self._focus, theme)
        elif self._picture is not None:
            middle = QRectF(self.rect()).center()
            paint_icon(painter, "image", QRectF(middle.x() - 14, middle.y() - 14, 28, 28), "icon_disabled")
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour("focus"), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), theme.radius("m"), theme.radius("m"))
        painter.end()

    # ---- inside ----

    def _image(self) -> QImage | None:
        if self._picture is None:
            return None
        ratio = self.devicePixelRatioF()
        return self._loader.image(self._picture, (self.size() - QSize(8, 8)) * ratio, "contain")

    def _drag(self, place: QPointF) -> None:
        picture = self.picture_rect()
        self._dragged = (
            min(max((place.x() - picture.left()) / picture.width(), 0.0), 1.0),
            min(max((place.y() - picture.top()) / picture.height(), 0.0), 1.0),
        )
        self.update()

    def _tell(self, focus: tuple[float, float]) -> None:
        x, y = (round(min(max(value, 0.0), 1.0), 4) for value in focus)
        self.show_still(self._picture, (x, y))
        self.focus_changed.emit(x, y)

    def _on_loaded(self, key: object) -> None:
        if key == self._picture:
            self.update()


def _paint_cross(painter: QPainter, picture: QRectF, focus: tuple[float, float] | None, theme: Theme) -> None:
    """A ring with four marks; a broken ring in the middle while no point was set."""
    x, y = focus or _MIDDLE
    middle = QPointF(picture.left() + x * picture.width(), picture.top() + y * picture.height())
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, width in (("scrim", 4.5), ("on_scrim", 1.8)):
        pen = QPen(theme.colour(colour), width)
        if focus is None:
            pen.setStyle(Qt.PenStyle.DotLine)
        painter.setPen(pen)
        painter.drawEllipse(middle, _CROSS_PX, _CROSS_PX)
        if focus is not None:
            for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
                inner, outer = _CROSS_PX - 4, _CROSS_PX + 5
                painter.drawLine(middle + QPointF(dx * inner, dy * inner), middle + QPointF(dx * outer, dy * outer))
