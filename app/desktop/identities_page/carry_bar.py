"""What a new analysis did to the corrections of a person: a bar that tells it, and a panel with every item."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from app.desktop.identities_page import words
from widgets.flow import IconButton, label, push_button, separator
from widgets.icons import icon_pixmap
from widgets.time_text import format_time

if TYPE_CHECKING:
    from core.analysis.carry_review import CarryItem, CarryReview

ICON_PX = 16


class CarryBar(QFrame):
    """One line above the board while a new analysis waits for a yes or a no."""

    look_requested = Signal()
    accepted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        card = QFrame()
        card.setProperty("role", "card")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(16, 8, 16, 8)
        outer.addWidget(card)
        self._icon = QLabel()
        self._text = label("", "body")
        self.look = push_button(self.tr("Look"), "review", small=True)
        self.accept = push_button(self.tr("Keep it"), "check", "primary", small=True)
        row = QHBoxLayout(card)
        row.setContentsMargins(12, 8, 8, 8)
        row.setSpacing(8)
        row.addWidget(self._icon)
        row.addWidget(self._text, 1)
        row.addWidget(self.look)
        row.addWidget(self.accept)
        self.look.clicked.connect(self.look_requested)
        self.accept.clicked.connect(self.accepted)
        self.hide()

    @property
    def text(self) -> str:
        """What is said."""
        return self._text.text()

    def show_review(self, review: "CarryReview | None") -> None:
        """Tell what was kept and lost; None = nothing waits."""
        self.setVisible(review is not None)
        if review is not None:
            tone = "warning" if review.lost else "success"
            self._icon.setPixmap(
                icon_pixmap("warning" if review.lost else "check-circle", ICON_PX, tone, self.devicePixelRatioF())
            )
            self._text.setText(words.carried(len(review.carried), len(review.lost)))


class CarryPanel(QWidget):
    """Every correction: kept or lost, with the place where it was."""

    accepted = Signal()
    rejected = Signal()
    close_requested = Signal()
    seek_requested = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QScrollArea.Shape.NoFrame)
        self.accept = push_button(self.tr("Keep the new result"), "check", "primary")
        self.reject = push_button(self.tr("Back to the old one"), "undo")
        self._close = IconButton("close", self.tr("Close"), size_px=16)
        head = QHBoxLayout()
        head.setContentsMargins(16, 12, 8, 4)
        head.addWidget(label(self.tr("After the new analysis"), "heading"), 1)
        head.addWidget(self._close)
        foot = QHBoxLayout()
        foot.setContentsMargins(16, 8, 16, 12)
        foot.addWidget(self.reject)
        foot.addStretch(1)
        foot.addWidget(self.accept)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._area, 1)
        column.addWidget(separator())
        column.addLayout(foot)
        self.accept.clicked.connect(self.accepted)
        self.reject.clicked.connect(self.rejected)
        self._close.clicked.connect(self.close_requested)

    def show_review(self, review: "CarryReview | None") -> None:
        """List what was lost, then what was kept."""
        inside = QWidget()
        inside.setProperty("role", "scrolled")
        column = QVBoxLayout(inside)
        column.setContentsMargins(16, 4, 16, 12)
        column.setSpacing(8)
        if review is not None:
            self._add(column, self.tr("Lost"), "warning", review.lost)
            self._add(column, self.tr("Kept"), "check", review.carried)
        column.addStretch(1)
        self._area.setWidget(inside)

    def _add(self, column: QVBoxLayout, title: str, icon_name: str, items: "tuple[CarryItem, ...]") -> None:
        if not items:
            return
        column.addWidget(label(f"{title} ({len(items)})", "strong"))
        for item in items:
            column.addWidget(self._row(item, icon_name))

    def _row(self, item: "CarryItem", icon_name: str) -> QWidget:
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        picture = QLabel()
        tone = "warning" if icon_name == "warning" else "success"
        picture.setPixmap(icon_pixmap(icon_name, ICON_PX, tone, self.devicePixelRatioF()))
        line.addWidget(picture)
        line.addWidget(label(item.text, "body", wrap=True), 1)
        if item.start_s is not None:
            go = push_button(format_time(item.start_s), "", "link", small=True)
            go.setAccessibleName(self.tr("Go to {time}").format(time=format_time(item.start_s)))
            go.clicked.connect(lambda _checked=False, t_s=item.start_s: self.seek_requested.emit(t_s))
            line.addWidget(go)
        return row
