"""What every section of the settings is."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.desktop.services import Services


class Section(QWidget):
    """A column of cards; ``entered`` is called whenever it is shown."""

    def __init__(self, services: Services) -> None:
        super().__init__()
        self.services = services
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(12)

    def entered(self) -> None:
        """Read again what may have changed."""
