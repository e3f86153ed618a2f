"""One conversation at a time: whoever asks a person something holds the dialog that is open."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog


class OneDialog(QObject):
    """Base of those that ask; a new dialog takes the place of the one before."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.dialog: QDialog | None = None

    def close(self) -> None:
        """The library is being closed: take the open dialog away."""
        if self.dialog is not None:
            self.dialog.close()

    def _open(self, dialog: QDialog) -> None:
        if self.dialog is not None:
            self.dialog.close()
        self.dialog = dialog
        dialog.finished.connect(lambda _code: self._forget(dialog))
        dialog.open()

    def _forget(self, dialog: QDialog) -> None:
        if self.dialog is dialog:
            self.dialog = None
        dialog.deleteLater()
