"""Chips beside one another, on new lines where the width ends. Places its children itself."""

from collections.abc import Sequence

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.flow import Chip

GAP_PX = 6


class ChipField(QWidget):
    """As high as its lines need."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chips: list[Chip] = []
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def set_chips(self, chips: Sequence[Chip]) -> None:
        """Show these; the ones before go."""
        for chip in self.chips:
            chip.hide()
            chip.deleteLater()
        self.chips = list(chips)
        for chip in self.chips:
            chip.setParent(self)
            chip.show()
        self.setVisible(bool(self.chips))
        self._place()

    def sizeHint(self) -> QSize:
        """The height of the lines at the present width."""
        return QSize(120, max(self.minimumHeight(), 1))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Other lines for another width."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        x_px, y_px, line_px = 0, 0, 0
        for chip in self.chips:
            chip.ensurePolished()
            size = chip.sizeHint()
            if x_px and x_px + size.width() > self.width():
                x_px, y_px, line_px = 0, y_px + line_px + GAP_PX, 0
            chip.setGeometry(x_px, y_px, min(size.width(), max(self.width(), 40)), size.height())
            x_px += size.width() + GAP_PX
            line_px = max(line_px, size.height())
        if self.minimumHeight() != y_px + line_px:
            self.setFixedHeight(y_px + line_px)
