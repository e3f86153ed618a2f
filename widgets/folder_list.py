"""Folders that are looked through: path, what is there, or why nothing can be read; folders are dropped on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from widgets.flow.buttons import IconButton
from widgets.flow.cards import Card, separator
from widgets.flow.labels import Badge, ElidedLabel, label
from widgets.icons import icon_pixmap


@dataclass(frozen=True, slots=True)
class FolderRow:
    """A folder. ``problem`` is why it cannot be looked through, "" = it can."""

    path: str
    problem: str = ""


def folders_of(mime: QMimeData) -> list[Path]:
    """Folders among what is dragged."""
    paths = [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
    return [path for path in paths if path.is_dir()]


class FolderList(Card):
    """Rows of folders in a card that takes dropped folders."""

    remove_requested = Signal(str)
    open_requested = Signal(str)
    folders_dropped = Signal(list)
    """list[Path]"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, spacing_px=0)
        self.setAcceptDrops(True)
        self.setAccessibleName(self.tr("Folders"))
        self.removes: dict[str, IconButton] = {}
        self.shown: tuple[FolderRow, ...] = ()
        self._built = True
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        self.hint = label(self.tr("Drop folders here"), "small")
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.hint.setContentsMargins(0, 10, 0, 2)
        self.body.addLayout(self._rows)
        self.body.addWidget(self.hint)

    def set_folders(self, rows: Sequence[FolderRow]) -> None:
        """Show these."""
        if tuple(rows) == self.shown:
            return
        self.shown = tuple(rows)
        while self._rows.count():
            item = self._rows.takeAt(0)
            old = item.widget() if item is not None else None
            if old is not None:
                old.hide()
                old.deleteLater()
        self.removes = {}
        for at, row in enumerate(rows):
            if at:
                self._rows.addWidget(separator())
            self._rows.addWidget(self._row(row))

    def changeEvent(self, event: QEvent) -> None:
        """Tint the icons anew when the theme is switched."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_built"):
            shown, self.shown = self.shown, ()
            self.set_folders(shown)

    def _row(self, row: FolderRow) -> QWidget:
        made = QWidget()
        line = QHBoxLayout()
        line.setSpacing(10)
        mark = label("")
        mark.setFixedSize(20, 20)
        mark.setPixmap(
            icon_pixmap("warning" if row.problem else "folder", 20, "warning" if row.problem else "icon", 1.0)
        )
        line.addWidget(mark)
        line.addWidget(ElidedLabel(row.path, "body", mode=Qt.TextElideMode.ElideMiddle), 1)
        badge = self.tr("Not reachable") if row.problem else ""
        line.addWidget(Badge(badge, "warning"))
        look = IconButton("folder", self.tr("Open {folder} in the file manager").format(folder=row.path), size_px=16)
        look.clicked.connect(partial(self.open_requested.emit, row.path))
        look.setEnabled(not row.problem)
        remove = IconButton("close", self.tr("Remove {folder}; its files stay").format(folder=row.path), size_px=16)
        remove.clicked.connect(partial(self.remove_requested.emit, row.path))
        self.removes[row.path] = remove
        line.addWidget(look)
        line.addWidget(remove)
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 8, 0, 8)
        column.setSpacing(4)
        column.addLayout(line)
        if row.problem:
            why = label(row.problem, "warning", wrap=True)
            why.setContentsMargins(30, 0, 0, 0)
            column.addWidget(why)
        made.setAccessibleName(", ".join(part for part in (row.path, badge, row.problem) if part))
        return made

    # ---- drops ----

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Folders only."""
        self._hover(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Folders only."""
        self._hover(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Nothing hangs over it any more."""
        event.accept()
        self.hint.setText(self.tr("Drop folders here"))

    def dropEvent(self, event: QDropEvent) -> None:
        """Take the folders."""
        self.hint.setText(self.tr("Drop folders here"))
        folders = folders_of(event.mimeData())
        if folders:
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self.folders_dropped.emit(folders)
        else:
            event.ignore()

    def _hover(self, event: QDragMoveEvent) -> None:
        folders = folders_of(event.mimeData())
        if not folders:
            self.hint.setText(self.tr("Only folders can be added here"))
        elif len(folders) == 1:
            self.hint.setText(self.tr("Add “{name}”").format(name=folders[0].name))
        else:
            self.hint.setText(self.tr("Add {count} folders").format(count=len(folders)))
        event.setDropAction(Qt.DropAction.CopyAction)
        event.setAccepted(bool(folders))
