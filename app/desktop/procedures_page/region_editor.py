"""Regions that must not be seen, drawn with the mouse on a still."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.masked_regions import Region, hide_regions
from widgets.theme import current_theme

LEAST = 0.01
MOST_REGIONS = 100
_STEP = 0.02


class RegionEditor(QWidget):
    """Drag draws a region; a click selects one, Delete takes it away, arrows move it, Insert makes one."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image: QImage | None = None
        self._mode = "pixelate"
        self._regions: list[Region] = []
        self._selected = -1
        self._from: QPointF | None = None
        self._to: QPointF | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setMinimumSize(QSize(320, 180))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Masked regions"))
        self.setToolTip(self.tr("Drag to hide a region. Click one and press Delete to show it again."))
        self._describe()

    @property
    def regions(self) -> tuple[Region, ...]:
        """What is hidden."""
        return tuple(self._regions)

    def set_regions(self, regions: tuple[Region, ...]) -> None:
        """Start with these."""
        self._regions, self._selected = list(regions), -1
        self._describe()
        self.update()

    def set_image(self, image: QImage | None) -> None:
        """The still to draw on; None = there is none yet."""
        self._image = image
        self.update()

    def set_mode(self, mode: str) -> None:
        """How regions are hidden: the still shows it."""
        self._mode = mode
        self.update()

    def picture_rect(self) -> QRectF:
        """Where the still lies."""
        size = QSize(16, 9) if self._image is None or self._image.isNull() else self._image.size()
        shown = size.scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        left, top = (self.width() - shown.width()) / 2, (self.height() - shown.height()) / 2
        return QRectF(left, top, shown.width(), shown.height())

    def rect_of(self, region: Region) -> QRectF:
        """Where a region lies in this widget."""
        frame = self.picture_rect()
        x, y, width, height = region
        return QRectF(
            frame.left() + x * frame.width(),
            frame.top() + y * frame.height(),
            width * frame.width(),
            height * frame.height(),
        )

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a region, or select one."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._from = self._to = event.position()
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Draw it larger."""
        if self._from is not None:
            self._to = event.position()
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End it."""
        if self._from is None:
            return
        region = self._region(self._from, event.position())
        start, self._from, self._to = self._from, None, None
        if region is None:
            found = [at for at, one in enumerate(self._regions) if self.rect_of(one).contains(start)]
            self._selected = found[-1] if found else -1
            self.update()
        elif len(self._regions) < MOST_REGIONS:
            self._add(region)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Everything without a mouse."""
        moves = {
            Qt.Key.Key_Left: (-_STEP, 0.0),
            Qt.Key.Key_Right: (_STEP, 0.0),
            Qt.Key.Key_Up: (0.0, -_STEP),
            Qt.Key.Key_Down: (0.0, _STEP),
        }
        key = Qt.Key(event.key())
        if key in moves and 0 <= self._selected < len(self._regions):
            self._move(*moves[key], grow=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        elif key in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace} and 0 <= self._selected < len(self._regions):
            del self._regions[self._selected]
            self._selected = len(self._regions) - 1
            self._tell()
        elif key == Qt.Key.Key_Insert and len(self._regions) < MOST_REGIONS:
            self._add((0.4, 0.4, 0.2, 0.2))
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The still, what is hidden, and what is being drawn."""
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        frame = self.picture_rect()
        painter.fillRect(frame, theme.colour("video_backdrop"))
        if self._image is not None and not self._image.isNull():
            painter.drawImage(frame, hide_regions(self._image, self._regions, self._mode))
        for at, region in enumerate(self._regions):
            painter.setPen(QPen(theme.colour("accent" if at == self._selected else "text"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect_of(region))
        if self._from is not None and self._to is not None:
            painter.setPen(QPen(theme.colour("accent"), 1.5, Qt.PenStyle.DashLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(self._from, self._to).normalized())
        if self.hasFocus():
            painter.setPen(theme.colour("focus"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(frame.adjusted(0, 0, -1, -1))
        painter.end()

    def _region(self, start: QPointF, end: QPointF) -> Region | None:
        frame = self.picture_rect()
        drawn = QRectF(start, end).normalized().intersected(frame)
        if frame.isEmpty() or drawn.width() < LEAST * frame.width() or drawn.height() < LEAST * frame.height():
            return None
        return _inside(
            (drawn.left() - frame.left()) / frame.width(),
            (drawn.top() - frame.top()) / frame.height(),
            drawn.width() / frame.width(),
            drawn.height() / frame.height(),
        )

    def _add(self, region: Region) -> None:
        self._regions.append(region)
        self._selected = len(self._regions) - 1
        self._tell()

    def _move(self, across: float, down: float, *, grow: bool) -> None:
        x, y, width, height = self._regions[self._selected]
        if grow:
            width, height = max(LEAST, width + across), max(LEAST, height + down)
        else:
            x, y = min(max(0.0, x + across), 1.0 - width), min(max(0.0, y + down), 1.0 - height)
        self._regions[self._selected] = _inside(x, y, width, height)
        self._tell()

    def _tell(self) -> None:
        self._describe()
        self.update()
        self.changed.emit()

    def _describe(self) -> None:
        self.setAccessibleDescription(self.tr("{count} regions are hidden").format(count=len(self._regions)))


def _inside(x: float, y: float, width: float, height: float) -> Region:
    """Rounded, and never a hair over the edge of the picture."""
    left, top = round(min(max(x, 0.0), 1.0 - LEAST), 4), round(min(max(y, 0.0), 1.0 - LEAST), 4)
    return left, top, round(min(width, 1.0 - left), 4), round(min(height, 1.0 - top), 4)
