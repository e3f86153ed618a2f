"""The question before something is deleted for good."""

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QMessageBox, QWidget


def delete_box(parent: QWidget, text: str, more: str, then: Callable[[], object]) -> QMessageBox:
    """A box that is not open yet. ``then`` is called when the person deletes; Enter and Escape keep what there is."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle(_tr("Delete"))
    box.setText(text)
    box.setInformativeText(more)
    delete = box.addButton(_tr("Delete"), QMessageBox.ButtonRole.DestructiveRole)
    box.addButton(QMessageBox.StandardButton.Cancel).setFocus()
    box.setDefaultButton(QMessageBox.StandardButton.Cancel)
    box.finished.connect(lambda _code: then() if box.clickedButton() is delete else None)
    return box


def _tr(text: str) -> str:
    return QCoreApplication.translate("delete_box", text)
