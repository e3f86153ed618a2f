"""Painted cards, kept: scrolling and hovering then only copy pictures."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from time import perf_counter

from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtGui import QPainter, QPixmap

from widgets.theme import current_theme

MARGIN_PX = 6
"""The ring of the keyboard's place lies outside the card."""
LEAST_BYTES = 48 * 1024 * 1024
BUDGET_S = 0.009
"""New cards are painted for so long in one frame; those left over come with the next."""


class CardCache:
    """Pictures of cards by everything that they depend on, the least used dropped first."""

    def __init__(self) -> None:
        self._most_bytes = LEAST_BYTES
        self._kept: OrderedDict[Hashable, QPixmap] = OrderedDict()
        self._bytes = 0
        self._ends_at_s = 0.0
        self.late = False
        """Whether cards were left over for the next frame."""

    def __len__(self) -> int:
        return len(self._kept)

    def begin_frame(self, screen_bytes: int) -> None:
        """A frame of a viewport with so many bytes of pixels begins: three times as much is kept."""
        self._most_bytes = max(LEAST_BYTES, 3 * screen_bytes)
        self._ends_at_s = perf_counter() + BUDGET_S
        self.late = False

    def paint(
        self, painter: QPainter, cell: QRect, looks: Hashable, ratio: float, paint: Callable[[QPainter, QRect], None]
    ) -> bool:
        """Paint a cell from what is kept; ``paint`` makes what is not. ``looks``: all that its look depends on.
        False = the time of this frame is up, nothing was painted.
        """
        key = (looks, cell.width(), cell.height(), ratio, current_theme().name)
        found = self._kept.get(key)
        if found is None and perf_counter() > self._ends_at_s:
            self.late = True
            return False
        if found is None:
            found = self._made(cell.size(), ratio, paint)
            self._keep(key, found)
        else:
            self._kept.move_to_end(key)
        painter.drawPixmap(cell.topLeft() - QPoint(MARGIN_PX, MARGIN_PX), found)
        return True

    def _made(self, size: QSize, ratio: float, paint: Callable[[QPainter, QRect], None]) -> QPixmap:
        whole = QSize(size.width() + 2 * MARGIN_PX, size.height() + 2 * MARGIN_PX)
        pixmap = QPixmap(whole * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(current_theme().colour("surface"))
        painter = QPainter(pixmap)
        paint(painter, QRect(QPoint(MARGIN_PX, MARGIN_PX), size))
        painter.end()
        return pixmap

    def _keep(self, key: Hashable, pixmap: QPixmap) -> None:
        self._kept[key] = pixmap
        self._bytes += _bytes_of(pixmap)
        while self._bytes > self._most_bytes and len(self._kept) > 1:
            _key, old = self._kept.popitem(last=False)
            self._bytes -= _bytes_of(old)


def _bytes_of(pixmap: QPixmap) -> int:
    return pixmap.width() * pixmap.height() * 4
