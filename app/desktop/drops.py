"""Files and folders dropped anywhere on the window."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from widgets.icons import icon_pixmap
from widgets.theme import current_theme

ICON_PX = 48


def dropped_paths(data: QMimeData) -> tuple[Path, ...]:
    """Local files and folders of a drag; empty for anything else."""
    return tuple(Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile() and url.toLocalFile())


class DropVeil(QWidget):
    """Covers the window while files hang over it, and says what letting go does."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._text = ""
        self.hide()

    def show_over(self, text: str) -> None:
        """Cover the whole window."""
        self._text = text
        parent = self.parentWidget()
        if parent is not None:
            self.setGeometry(parent.rect())
        self.raise_()
        self.show()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A veil with a dashed frame."""
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), theme.colour("window", 0.86))
        frame = QRectF(self.rect()).adjusted(24, 24, -24, -24)
        painter.setPen(QPen(theme.colour("accent"), 2, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(frame, 16, 16)
        pixmap = icon_pixmap("add", ICON_PX, "accent", self.devicePixelRatioF())
        middle = self.rect().center()
        painter.drawPixmap(middle.x() - ICON_PX // 2, middle.y() - ICON_PX, pixmap)
        painter.setPen(theme.colour("text"))
        painter.setFont(theme.font("heading"))
        painter.drawText(
            frame.adjusted(0, ICON_PX, 0, 0), Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter, self._text
        )


class FileDrops(QObject):
    """Watches a window for drags of files; nothing else in the window has to accept them."""

    dropped = Signal(object)
    """tuple[Path, ...]"""

    def __init__(
        self,
        window: QWidget,
        accepts: Callable[[], bool],
        words: Callable[[Sequence[Path]], str] | None = None,
    ) -> None:
        """``words`` says what letting go does, "" = the files go to the library."""
        super().__init__(window)
        self._accepts = accepts
        self._words_of = words
        self._veil = DropVeil(window)
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Take drags of local files, leave all other events alone."""
        if isinstance(event, QDropEvent) and event.type() == QEvent.Type.Drop:
            return self._on_drop(event)
        if isinstance(event, QDragEnterEvent | QDragMoveEvent):
            return self._on_drag(event)
        if event.type() == QEvent.Type.DragLeave:
            self._veil.hide()
        return False

    def _on_drag(self, event: QDragEnterEvent | QDragMoveEvent) -> bool:
        paths = dropped_paths(event.mimeData())
        if not paths or not self._accepts():
            return False
        if self._veil.isHidden():
            self._veil.show_over(self._words(paths))
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        return True

    def _on_drop(self, event: QDropEvent) -> bool:
        self._veil.hide()
        paths = dropped_paths(event.mimeData())
        if not paths or not self._accepts():
            return False
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self.dropped.emit(paths)
        return True

    def _words(self, paths: Sequence[Path]) -> str:
        words = self._words_of(paths) if self._words_of is not None else ""
        if words:
            return words
        if len(paths) == 1:
            return self.tr("Add “{name}” to the library").format(name=paths[0].name)
        return self.tr("Add {count} files and folders to the library").format(count=len(paths))
