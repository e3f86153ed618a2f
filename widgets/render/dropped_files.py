"""Files that are dragged over a part, and what it shows meanwhile."""

from collections.abc import Collection
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from widgets.icons import paint_icon
from widgets.theme import current_theme


def files_of(mime: QMimeData, suffixes: Collection[str] = ()) -> list[Path]:
    """Local files among what is dragged; ``suffixes`` (``.png``, small letters) leaves out all others."""
    paths = [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
    return [path for path in paths if not suffixes or path.suffix.lower() in suffixes]


class DropFrame(QWidget):
    """Lies over a part, takes no mouse; hidden while nothing is dragged."""

    def __init__(self, part: QWidget) -> None:
        super().__init__(part)
        self._text = ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()
        part.installEventFilter(self)

    def show_text(self, text: str) -> None:
        """Say what a drop would do; "" = nothing is dragged."""
        self._text = text
        parent = self.parentWidget()
        if parent is not None:
            self.setGeometry(parent.rect())
        self.setVisible(bool(text))
        self.raise_()
        self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay as large as the part."""
        if event.type() == QEvent.Type.Resize and isinstance(watched, QWidget):
            self.setGeometry(watched.rect())
        return False

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A frame, and the words in its middle."""
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colour("accent"), 2))
        painter.setBrush(theme.colour("accent_surface", 0.88))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), theme.radius("l"), theme.radius("l"))
        middle = QRectF(self.rect()).center()
        paint_icon(painter, "add", QRectF(middle.x() - 12, middle.y() - 26, 24, 24), "accent")
        painter.setPen(theme.colour("text"))
        painter.setFont(theme.font("strong"))
        words = QRectF(8, middle.y() + 2, self.width() - 16, 24)
        painter.drawText(words, Qt.AlignmentFlag.AlignCenter, self._text)
        painter.end()
