"""Messages to the person: a bar for the newest, a panel for all."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from widgets.flow.buttons import IconButton, push_button
from widgets.flow.cards import EmptyState
from widgets.flow.labels import label
from widgets.icons import paint_icon

MOST_SHOWN = 200
_TONES = {"info": "info", "success": "success", "warning": "warning", "error": "error"}
_ICONS = {"info": "info", "success": "check-circle", "warning": "warning", "error": "error"}


class NoticeButtonLike(Protocol):
    """Something to press in a notice."""

    @property
    def title(self) -> str:
        """What stands on it."""

    @property
    def press(self) -> Callable[[], object]:
        """What it does."""


class NoticeLike(Protocol):
    """A message with its cause and what to do."""

    @property
    def level(self) -> str:
        """info, success, warning or error."""

    @property
    def message(self) -> str:
        """What happened, naming the input."""

    @property
    def action(self) -> str:
        """What to do about it; may be empty."""

    @property
    def buttons(self) -> Sequence[NoticeButtonLike]:
        """What can be pressed."""

    @property
    def posted_at(self) -> datetime:
        """When, with a time zone."""

    def as_text(self) -> str:
        """All of it, for the clipboard."""


class _LevelMark(QWidget):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.level = "info"
        self.setFixedSize(QSize(18, 18))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_icon(painter, _ICONS.get(self.level, "info"), QRectF(self.rect()), _TONES.get(self.level, "info"))
        painter.end()


class _NoticeFrame(QFrame):
    """One message with its buttons, as a bar or as an entry of the panel."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "notice")
        self._mark = _LevelMark()
        self._message = label("", "strong", wrap=True)
        self._message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._action = label("", "body", wrap=True)
        self._action.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._when = label("", "caption")
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(4)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._message)
        words.addWidget(self._action)
        words.addWidget(self._when)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 8, 8)
        row.setSpacing(12)
        row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        row.addLayout(self.buttons)
        self._pressed: list[QWidget] = []

    def fill(self, notice: NoticeLike, *, with_time: bool) -> None:
        """Show a message."""
        self._mark.level = notice.level
        self._mark.update()
        self._message.setText(notice.message)
        self._action.setText(notice.action)
        self._action.setVisible(bool(notice.action))
        self._when.setText(f"{notice.posted_at.astimezone():%H:%M:%S}" if with_time else "")
        self._when.setVisible(with_time)
        self.setProperty("tone", notice.level)
        self.setAccessibleName(f"{notice.message} {notice.action}".strip())
        self.style().unpolish(self)
        self.style().polish(self)
        self._fill_buttons(notice)

    def _fill_buttons(self, notice: NoticeLike) -> None:
        for old in self._pressed:
            self.buttons.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._pressed = []
        for at, wanted in enumerate(notice.buttons):
            button = push_button(wanted.title, small=True)
            button.clicked.connect(lambda _checked=False, press=wanted.press: press())
            self.buttons.insertWidget(at, button)
            self._pressed.append(button)


class NoticeBar(QWidget):
    """Shows the newest message until it is dismissed; hidden while there is none."""

    dismissed = Signal()
    open_panel_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._notice: NoticeLike | None = None
        self._frame = _NoticeFrame()
        self._copy = IconButton("copy", self.tr("Copy this message"), size_px=16)
        self._all = IconButton("bell", self.tr("Show all messages"), size_px=16)
        self._close = IconButton("close", self.tr("Dismiss"), size_px=16)
        self._copy.clicked.connect(self._copy_text)
        self._all.clicked.connect(self.open_panel_requested)
        self._close.clicked.connect(self.dismiss)
        for button in (self._copy, self._all, self._close):
            self._frame.buttons.addWidget(button)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        row.addWidget(self._frame)
        self.hide()

    @property
    def notice(self) -> NoticeLike | None:
        """The message shown."""
        return self._notice

    def show_notice(self, notice: NoticeLike) -> None:
        """Show a message in place of the one before."""
        self._notice = notice
        self._frame.fill(notice, with_time=False)
        self.show()

    def dismiss(self) -> None:
        """Hide the message; it stays in the panel."""
        if self._notice is not None:
            self._notice = None
            self.hide()
            self.dismissed.emit()

    def _copy_text(self) -> None:
        if self._notice is not None:
            QGuiApplication.clipboard().setText(self._notice.as_text())


class NoticePanel(QWidget):
    """All messages of the session, newest first, each to be copied."""

    clear_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._notices: list[NoticeLike] = []
        self._empty = EmptyState(
            "bell", self.tr("No messages"), self.tr("What goes wrong, and what to do, is kept here.")
        )
        self._copy_all = push_button(self.tr("Copy all"), "copy", "quiet", small=True)
        self._clear = push_button(self.tr("Clear"), "trash", "quiet", small=True)
        self._copy_all.clicked.connect(self._copy_everything)
        self._clear.clicked.connect(self.clear_requested)
        head = QHBoxLayout()
        head.setContentsMargins(16, 8, 8, 8)
        head.addWidget(label(self.tr("Messages"), "heading"), 1)
        head.addWidget(self._copy_all)
        head.addWidget(self._clear)
        self._scrolled = QWidget()
        self._scrolled.setProperty("role", "scrolled")
        self._column = QVBoxLayout(self._scrolled)
        self._column.setContentsMargins(12, 0, 12, 12)
        self._column.setSpacing(8)
        self._column.addStretch(1)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setWidget(self._scrolled)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._empty, 1)
        column.addWidget(self._area, 1)
        self._show_which()

    @property
    def count(self) -> int:
        """How many messages are shown."""
        return len(self._notices)

    def set_notices(self, notices: Sequence[NoticeLike]) -> None:
        """Show these, given oldest first."""
        while self._column.count() > 1:
            self._drop(0)
        self._notices = []
        for notice in notices[-MOST_SHOWN:]:
            self.add_notice(notice)
        self._show_which()

    def add_notice(self, notice: NoticeLike) -> None:
        """Put a message on top."""
        self._notices.append(notice)
        frame = _NoticeFrame()
        frame.fill(notice, with_time=True)
        copy = IconButton("copy", self.tr("Copy this message"), size_px=16)
        copy.clicked.connect(lambda _checked=False: QGuiApplication.clipboard().setText(notice.as_text()))
        frame.buttons.addWidget(copy)
        self._column.insertWidget(0, frame)
        if len(self._notices) > MOST_SHOWN:
            self._notices.pop(0)
            self._drop(self._column.count() - 2)
        self._show_which()

    def changeEvent(self, event: QEvent) -> None:
        """Repaint when the theme is switched."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.update()

    def _drop(self, at: int) -> None:
        item = self._column.takeAt(at)
        widget = item.widget() if item is not None else None
        if widget is not None:
            widget.hide()
            widget.deleteLater()

    def _show_which(self) -> None:
        some = bool(self._notices)
        self._empty.setVisible(not some)
        self._area.setVisible(some)
        self._copy_all.setEnabled(some)
        self._clear.setEnabled(some)

    def _copy_everything(self) -> None:
        QGuiApplication.clipboard().setText("\n\n".join(notice.as_text() for notice in self._notices))
