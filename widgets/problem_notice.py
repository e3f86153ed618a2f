"""What went wrong with something that is chosen, in full, and what to do; not there while nothing did."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from widgets.flow.labels import label


class ProblemNotice(QFrame):
    """Its texts can be selected, so that they can be sent on."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.message, self.action = label("", "strong", wrap=True), label("", "body", wrap=True)
        self.setProperty("role", "notice")
        self.setProperty("tone", "error")
        words = QVBoxLayout(self)
        words.setContentsMargins(14, 10, 14, 10)
        words.setSpacing(2)
        for part in (self.message, self.action):
            part.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            words.addWidget(part)
        self.hide()

    def say(self, message: str, action: str) -> None:
        """Show both; an empty ``message`` = nothing is wrong."""
        self.message.setText(message)
        self.action.setText(action)
        self.action.setVisible(bool(action))
        self.setVisible(bool(message))
