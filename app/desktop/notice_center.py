"""Shows the session's notices: the newest in a bar, all of them in a panel with a copy button."""

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QMainWindow, QWidget

from app.desktop.notices import Notices, PostedNotice
from widgets.flow import IconButton, NoticeBar, NoticePanel

INFO_SHOWN_MS = 8_000
"""Good news leaves by itself; warnings and errors stay until they are dismissed."""


PANEL_PX = 400


class NoticeDock(QDockWidget):
    """The panel of all messages at the right edge of the window."""

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self.setWindowTitle(self.tr("Notices"))
        self.setObjectName("noticeDock")
        self.panel = NoticePanel()
        self.setWidget(self.panel)
        self.setMinimumWidth(PANEL_PX)
        self.setFeatures(QDockWidget.DockWidgetFeature.DockWidgetClosable)
        self.setTitleBarWidget(self._title_bar())

    def _title_bar(self) -> QWidget:
        """A cross at the right: the panel below has a title of its own."""
        bar = QWidget()
        row = QHBoxLayout(bar)
        row.setContentsMargins(0, 6, 8, 0)
        row.addStretch(1)
        close = IconButton("close", self.tr("Hide the notices"), size_px=16)
        close.clicked.connect(self.hide)
        row.addWidget(close)
        return bar


def notice_dock(window: QMainWindow) -> NoticeDock:
    """A hidden dock at the right of a window."""
    dock = NoticeDock(window)
    dock.hide()
    window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
    return dock


class NoticeCenter(QObject):
    """Connects the list of notices with its two views."""

    unread_changed = Signal(int)
    """How many messages came since the panel was open."""

    def __init__(self, notices: Notices, bar: NoticeBar, dock: "NoticeDock") -> None:
        super().__init__(dock)
        panel = dock.panel
        self._unread = 0
        self._notices = notices
        self._bar = bar
        self._panel = panel
        self._dock = dock
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(bar.dismiss)
        notices.posted.connect(self._show)
        notices.cleared.connect(self._fill)
        bar.open_panel_requested.connect(self.open_panel)
        bar.dismissed.connect(self._timer.stop)
        panel.clear_requested.connect(notices.clear)
        self._fill()

    def open_panel(self) -> None:
        """Show all notices."""
        self._set_unread(0)
        self._dock.show()
        self._dock.raise_()
        self._bar.dismiss()

    def toggle_panel(self) -> None:
        """Show or hide all notices."""
        if self._dock.isVisible():
            self._dock.hide()
        else:
            self.open_panel()

    def _show(self, notice: PostedNotice) -> None:
        if self._panel.count == len(self._notices.kept):
            self._fill()  # a repeated message took the place of the one before, or the oldest was dropped
        else:
            self._panel.add_notice(notice)
        if not self._dock.isVisible():
            self._set_unread(self._unread + 1)
            self._bar.show_notice(notice)
        self._timer.stop()
        if notice.level == "info" and not notice.buttons:
            self._timer.start(INFO_SHOWN_MS)

    def _set_unread(self, count: int) -> None:
        self._unread = count
        self.unread_changed.emit(count)

    def _fill(self) -> None:
        self._panel.set_notices(list(self._notices.kept))
