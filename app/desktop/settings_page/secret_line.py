"""A text to be copied: an address, or a secret that is shown once."""

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from widgets.flow import IconButton


class CopyLine(QWidget):
    """A read-only field with a copy button."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.field = QLineEdit()
        self.field.setReadOnly(True)
        self.field.setAccessibleName(name)
        self.copy = IconButton("copy", self.tr("Copy: {name}").format(name=name))
        self.copy.clicked.connect(self._copy)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.field, 1)
        row.addWidget(self.copy)

    @property
    def text(self) -> str:
        """What is shown."""
        return self.field.text()

    def show_text(self, text: str) -> None:
        """Show a text from its beginning; none hides the line."""
        self.field.setText(text)
        self.field.setCursorPosition(0)
        self.copy.set_icon("copy")
        self.setVisible(bool(text))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.field.text())
        self.copy.set_icon("check")
