"""How a section of the page is laid out: a heading, a sentence, cards; no wider than text reads well."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from app.desktop.services import Services
from widgets.flow import Card, label, push_button

TEXT_WIDTH_PX = 980


class Section(QWidget):
    """One entry of the list on the left; ``entered`` is called whenever it is shown."""

    def __init__(self, services: Services) -> None:
        super().__init__()
        self.services = services

    def entered(self) -> None:
        """Read again what may have changed."""

    def left(self) -> None:
        """Another section or page is shown now."""

    def close_section(self) -> None:
        """The library is being closed: stop timers."""


class ScrolledSection(Section):
    """A column of cards under a heading."""

    def __init__(self, services: Services, title: str, text: str) -> None:
        super().__init__(services)
        page = QWidget()
        page.setMaximumWidth(TEXT_WIDTH_PX)
        self.column = QVBoxLayout(page)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(12)
        self.head = QHBoxLayout()
        self.head.setSpacing(8)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(label(title, "heading"))
        words.addWidget(label(text, "muted", wrap=True))
        self.head.addLayout(words, 1)
        self.column.addLayout(self.head)
        inner = QWidget()
        inner.setProperty("role", "scrolled")
        centre = QHBoxLayout(inner)
        centre.setContentsMargins(32, 24, 32, 24)
        column = QVBoxLayout()
        column.addWidget(page)
        column.addStretch(1)
        centre.addLayout(column, 100)
        centre.addStretch(1)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setWidget(inner)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._area)


def card_head(card: Card, title: str, *rest: QWidget) -> QHBoxLayout:
    """The first line of a card: its title on the left, the rest on the right."""
    row = QHBoxLayout()
    row.setSpacing(8)
    row.addWidget(label(title, "strong"))
    row.addStretch(1)
    for part in rest:
        row.addWidget(part)
    card.body.addLayout(row)
    return row


def empty(column: QVBoxLayout) -> None:
    """Take all widgets out of a column."""
    while column.count():
        item = column.takeAt(0)
        old = item.widget() if item is not None else None
        if old is not None:
            old.hide()
            old.deleteLater()


class Notice(QFrame):
    """A problem with its cause and one thing to do about it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "notice")
        self._text: QLabel = label("", "body", wrap=True)
        self._press: Callable[[], object] = lambda: None
        self.button: QPushButton = push_button("", small=True)
        self.button.clicked.connect(self._on_pressed)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 8, 8)
        row.setSpacing(12)
        row.addWidget(self._text, 1)
        row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignVCenter)
        self.hide()

    def _on_pressed(self) -> None:
        self._press()

    @property
    def text(self) -> str:
        """What is said."""
        return self._text.text()

    def say(
        self, text: str, tone: str = "warning", action: str = "", press: Callable[[], object] | None = None
    ) -> None:
        """Show a message; "" hides it. Without ``press`` there is no button."""
        self._text.setText(text)
        self.setAccessibleName(text)
        self.button.setText(action)
        self.button.setVisible(press is not None)
        self._press = press or (lambda: None)
        if self.property("tone") != tone:
            self.setProperty("tone", tone)
            self.style().unpolish(self)
            self.style().polish(self)
        self.setVisible(bool(text))
