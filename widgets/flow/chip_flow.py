"""Small parts beside one another, and on new lines where the width ends.

A widget that places its children, and no ``QLayout`` of Python's: Qt deletes the items of a layout by itself when a
widget goes, their Python objects still say that they are valid, and the next use of one ends the program.
"""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QRect, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

GAP_PX = 6
_LEAST_PX = 120
"""A flow can be as narrow as this; a part that is wider is cut."""


class ChipFlow(QWidget):
    """As high as its lines need at the width that it gets; hidden parts take no room."""

    def __init__(self, parts: Sequence[QWidget] = (), parent: QWidget | None = None, *, gap_px: int = GAP_PX) -> None:
        super().__init__(parent)
        self._parts: tuple[QWidget, ...] = ()
        self._gap_px = gap_px
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.set_parts(parts)

    def parts(self) -> tuple[QWidget, ...]:
        """The parts in their order."""
        return self._parts

    def set_parts(self, parts: Sequence[QWidget]) -> None:
        """Show these; the ones before go, once what they are just telling is told. Tab goes through them in order."""
        for old in self._parts:
            old.hide()
            old.deleteLater()
        self._parts = tuple(parts)
        before: QWidget = self
        for part in self._parts:
            part.setParent(self)
            part.show()
            QWidget.setTabOrder(before, part)
            before = part
        self._place()
        self.updateGeometry()

    def hasHeightForWidth(self) -> bool:
        """More lines where there is less width."""
        return True

    def heightForWidth(self, width_px: int) -> int:
        """The height of all lines, in pixels."""
        places = self._places(width_px)
        return max((place.bottom() + 1 for _part, place in places), default=0)

    def minimumSizeHint(self) -> QSize:
        """Room for the widest part, if that is not very wide."""
        return self.sizeHint().boundedTo(QSize(_LEAST_PX, self.maximumHeight()))

    def sizeHint(self) -> QSize:
        """Room for the widest part."""
        room = QSize(0, 0)
        for part in self._shown():
            room = room.expandedTo(_size_of(part))
        return room

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Other lines for another width."""
        super().resizeEvent(event)
        self._place()

    def event(self, event: QEvent) -> bool:
        """A part was shown, hidden, or wants another size."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._place()
            self.updateGeometry()
        return super().event(event)

    def _shown(self) -> list[QWidget]:
        return [part for part in self._parts if not part.isHidden()]

    def _place(self) -> None:
        for part, place in self._places(self.width()):
            part.setGeometry(place)

    def _places(self, width_px: int) -> list[tuple[QWidget, QRect]]:
        places: list[tuple[QWidget, QRect]] = []
        x_px, y_px, line_px = 0, 0, 0
        for part in self._shown():
            size = _size_of(part).boundedTo(QSize(max(width_px, 1), part.maximumHeight()))
            if x_px and x_px + size.width() > width_px:
                x_px, y_px, line_px = 0, y_px + line_px + self._gap_px, 0
            places.append((part, QRect(QPoint(x_px, y_px), size)))
            x_px += size.width() + self._gap_px
            line_px = max(line_px, size.height())
        return places


def _size_of(part: QWidget) -> QSize:
    part.ensurePolished()
    return part.sizeHint().expandedTo(part.minimumSize())
