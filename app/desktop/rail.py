"""The left rail: one button for each page."""

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QSizePolicy, QVBoxLayout, QWidget

from widgets.icons import icon_pixmap
from widgets.theme import current_theme, theme_switch

WIDTH_PX = 76
BUTTON_HEIGHT_PX = 60
ICON_PX = 22


class RailButton(QAbstractButton):
    """An icon over a word; a count in the corner when something waits there."""

    def __init__(self, icon: str, title: str, tip: str) -> None:
        super().__init__()
        self._icon_name = icon
        self._count = 0
        self.setText(title)
        self.setToolTip(tip)
        self.setAccessibleName(title)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_count(self, count: int) -> None:
        """Show a number in the corner; 0 hides it."""
        if count != self._count:
            self._count = count
            self.setAccessibleDescription(str(count) if count else "")
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(WIDTH_PX, BUTTON_HEIGHT_PX)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = self.rect().adjusted(8, 3, -8, -3)
        painter.setPen(Qt.PenStyle.NoPen)
        if self.isChecked():
            painter.setBrush(theme.colour("accent_surface"))
            painter.drawRoundedRect(box, theme.radius("m"), theme.radius("m"))
        elif self.underMouse() and self.isEnabled():
            painter.setBrush(theme.colour("hover"))
            painter.drawRoundedRect(box, theme.radius("m"), theme.radius("m"))
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(theme.colour("focus"))
            painter.drawRoundedRect(box, theme.radius("m"), theme.radius("m"))
        self._paint_face(painter)
        if self._count:
            self._paint_count(painter)

    def _paint_face(self, painter: QPainter) -> None:
        theme = current_theme()
        colour = "accent" if self.isChecked() else "icon" if self.isEnabled() else "icon_disabled"
        pixmap = icon_pixmap(self._icon_name, ICON_PX, colour, self.devicePixelRatioF())
        painter.drawPixmap(QRect((self.width() - ICON_PX) // 2, 11, ICON_PX, ICON_PX), pixmap)
        painter.setFont(theme.font("caption"))
        ink = "text" if self.isChecked() else "text_muted" if self.isEnabled() else "text_disabled"
        painter.setPen(theme.colour(ink))
        painter.drawText(QRect(0, 36, self.width(), 18), Qt.AlignmentFlag.AlignCenter, self.text())

    def _paint_count(self, painter: QPainter) -> None:
        theme = current_theme()
        text = str(self._count) if self._count < 100 else "99+"
        font = theme.font("caption")
        width = max(16, QFontMetrics(font).horizontalAdvance(text) + 8)
        badge = QRect(self.width() // 2 + 6, 6, width, 16)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("accent_fill"))
        painter.drawRoundedRect(badge, 8, 8)
        painter.setFont(font)
        painter.setPen(theme.colour("on_accent"))
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, text)


class Rail(QWidget):
    """The column of page buttons."""

    page_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rail")
        self.setAccessibleName(self.tr("Pages"))
        self.setFixedWidth(WIDTH_PX)
        self._buttons: dict[str, RailButton] = {}
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 10, 0, 10)
        self._column.setSpacing(2)
        self._column.addStretch(1)
        theme_switch().changed.connect(self._repaint)

    def add_page(self, page_id: str, icon: str, title: str, tip: str, *, at_bottom: bool = False) -> None:
        """Add a button above the gap, or below it."""
        button = RailButton(icon, title, tip)
        button.clicked.connect(lambda: self.page_chosen.emit(page_id))
        self._group.addButton(button)
        if at_bottom:
            self._column.addWidget(button)
        else:
            above = sum(1 for other in self._buttons.values() if not other.property("bottom"))
            self._column.insertWidget(above, button)
        button.setProperty("bottom", at_bottom)
        self._buttons[page_id] = button

    def set_current(self, page_id: str) -> None:
        """Mark the page that is shown."""
        if page_id in self._buttons:
            self._buttons[page_id].setChecked(True)

    def set_count(self, page_id: str, count: int) -> None:
        """A number at a page's button."""
        self._buttons[page_id].set_count(count)

    def button(self, page_id: str) -> RailButton:
        """A page's button."""
        return self._buttons[page_id]

    def set_pages_enabled(self, enabled: bool) -> None:
        """No page can be chosen while no library is open."""
        for button in self._buttons.values():
            button.setEnabled(enabled)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        painter = QPainter(self)
        painter.fillRect(self.rect(), current_theme().colour("rail"))
        painter.setPen(current_theme().colour("border"))
        painter.drawLine(self.width() - 1, 0, self.width() - 1, self.height())

    def _repaint(self) -> None:
        self.update()
        for button in self._buttons.values():
            button.update()
