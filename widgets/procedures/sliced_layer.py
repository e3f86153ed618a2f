"""A picture that is painted a few milliseconds at a time: however much it shows, the window goes on answering."""

import time
from collections.abc import Callable, Iterator
from weakref import WeakMethod

from PySide6.QtCore import QEvent, QObject, QSize, QTimer
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QWidget

from widgets.theme import current_theme

SLICE_S = 0.008
"""Half a frame: what moves over the picture is painted in the other half."""

Slices = Callable[[QPainter, float], Iterator[None]]
"""Gets a painter and the device pixel ratio; each ``yield`` may be followed by other work of the window."""


class SlicedLayer(QObject):
    """The kept picture of a widget. Until a new one is ready the former one is shown."""

    def __init__(self, widget: QWidget, slices: Slices) -> None:
        super().__init__(widget)
        self._widget = widget
        # no cycle with the widget, and no pixmap: whatever thread collects garbage, nothing of the screen is in it
        self._slices = WeakMethod(slices)
        self._shown: QImage | None = None
        self._coming: QImage | None = None
        self._painter: QPainter | None = None
        self._work: Iterator[None] | None = None
        self._is_new = self._again = False
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._go_on)

    @property
    def ready(self) -> bool:
        """Whether the picture shows what it should."""
        return self._is_new

    def renew(self, *, patiently: bool = False) -> None:
        """What the picture shows has changed. ``patiently``: a picture that is being painted is finished and shown
        first, so that something moves where changes come faster than pictures.
        """
        self._again = patiently and self._work is not None
        if not self._again:
            self._leave()
            self._is_new = False
        self._widget.update()

    def paint(self, painter: QPainter) -> None:
        """Paint the picture as far as it is there; to be called by the widget's ``paintEvent``."""
        ratio = self._widget.devicePixelRatioF()
        size = QSize(max(round(self._widget.width() * ratio), 1), max(round(self._widget.height() * ratio), 1))
        if self._is_new and (self._shown is None or self._shown.size() != size):
            self._is_new = False
        if not self._is_new and (self._coming is None or self._coming.size() != size):
            self._begin(size, ratio)
            self._paint_slice()
        if self._shown is None or self._shown.size() != size:
            painter.fillRect(self._widget.rect(), current_theme().colour("surface"))
        if self._shown is not None:
            painter.drawImage(0, 0, self._shown)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """What is hidden may be on its way out, and a painter must end before its image does: shown again, it begins
        anew."""
        if event.type() == QEvent.Type.Hide:
            self._leave()
        return False

    def _begin(self, size: QSize, ratio: float) -> None:
        self._leave()
        self._widget.installEventFilter(self)
        self._coming = QImage(size, QImage.Format.Format_RGB32)
        self._coming.setDevicePixelRatio(ratio)
        self._coming.fill(current_theme().colour("surface"))
        self._painter = QPainter(self._coming)
        slices = self._slices()
        self._work = slices(self._painter, ratio) if slices is not None else iter(())

    def _paint_slice(self) -> bool:
        """Whether the picture is done."""
        if self._work is None:
            return False
        until_s = time.perf_counter() + SLICE_S
        for _none in self._work:
            if time.perf_counter() >= until_s:
                self._soon.start()
                return False
        done = self._coming
        self._leave()
        self._shown, self._is_new, self._again = done, not self._again, False
        return True

    def _go_on(self) -> None:
        if self._paint_slice():
            self._widget.update()

    def _leave(self) -> None:
        self._soon.stop()
        self._widget.removeEventFilter(self)
        if self._painter is not None:
            self._painter.end()
        self._painter = self._coming = self._work = None
