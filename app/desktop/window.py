"""The main window: the rail, the pages of the open library, the status bar, notices and menus."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer, QUrl, Signal
from PySide6.QtGui import QCloseEvent, QDesktopServices
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QHBoxLayout,
    QMainWindow,
    QMessageBox,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.desktop.actions import ActionTable
from app.desktop.background import Background
from app.desktop.devices import device_in_use
from app.desktop.dropping import Dropping
from app.desktop.library_door import LibraryDoor
from app.desktop.menus import Menus, shown_records
from app.desktop.navigator import Navigator
from app.desktop.notice_center import NoticeCenter, notice_dock
from app.desktop.notices import Notices
from app.desktop.opening import OpenedLibrary, describe_failure, open_library
from app.desktop.opening_page import OpeningPage
from app.desktop.page import Page, page_specs
from app.desktop.rail import Rail
from app.desktop.recent_libraries import renew_recent
from app.desktop.session import Session
from app.desktop.settings import AppSettings
from app.desktop.status_line import StatusLine
from app.desktop.window_actions import window_records
from app.version import rushes_version
from core.jobs.types import Job
from widgets.command_palette import CommandPalette
from widgets.flow import NoticeBar
from widgets.icons import icon
from widgets.shortcut_sheet import ShortcutSheet
from widgets.theme import apply_theme, theme_switch

log = logging.getLogger(__name__)

BOTTOM_PAGES = ("settings",)


class MainWindow(QMainWindow):
    """The window of the application. ``open`` shows a library; closing the window ends everything in order."""

    library_opened = Signal(Path)
    library_failed = Signal(str)
    """The kind of the failure: locked, newer, unwritable, full, damaged, refused, defect."""

    def __init__(
        self,
        settings: AppSettings,
        notices: Notices | None = None,
        *,
        opener: Callable[[Path], OpenedLibrary] = open_library,
    ) -> None:
        super().__init__()
        self.setObjectName("mainWindow")
        self.setWindowTitle("Rushes")
        self.setMinimumSize(960, 600)
        self.resize(1280, 800)
        self.settings = settings
        self.notices = notices or Notices(self)
        self.session: Session | None = None
        self._folder: Path | None = None
        self._page_id = ""
        self._specs = page_specs()
        self._door = LibraryDoor(opener, Background(self.notices.error, self), self)
        self.navigator = Navigator(self)
        self.actions_table = ActionTable(self, icon)
        self._build()
        self.actions_table.add(*window_records(self, self._specs))
        self._menus = Menus(self.menuBar(), self.actions_table)
        self._palette = CommandPalette(self)
        self._palette.triggered.connect(self._run_later)
        self._sheet = ShortcutSheet(self)
        self._connect()
        if settings.geometry is not None:
            self.restoreGeometry(settings.geometry)

    # ------------------------------------------------------------------ the library

    def has_library(self) -> bool:
        """Whether a library is open."""
        return self.session is not None

    def open(self, folder: Path) -> None:
        """Open a library in the background; an open one is closed first."""
        self._folder = folder
        session = self._leave_session()
        self._opening.show_busy(self.tr("Opening the library"), folder)
        self._stack.setCurrentWidget(self._opening)
        self.status.show_library(folder)

        self._door.open(folder, session.finish if session is not None else None)

    def choose_library(self) -> None:
        """Ask for a folder and open it."""
        start = str(self._folder or Path.home())
        chosen = QFileDialog.getExistingDirectory(self, self.tr("Open a library folder"), start)
        if chosen:
            self.open(Path(chosen))

    def _take_library(self, opened: OpenedLibrary) -> None:
        session = Session(
            opened,
            actions=self.actions_table,
            notices=self.notices,
            navigator=self.navigator,
            settings=self.settings,
            dialog_parent=self,
        )
        try:
            session.start(self._specs)
        except Exception as error:  # noqa: BLE001 - whatever a page raises, the library must be let go again
            self._detach(session)
            session.finish()
            self._show_failure(opened.library.path, error)
            return
        self.session = session
        for page in session.pages.values():
            self._stack.addWidget(page)
        review = session.pages.get("review")
        if review is not None and hasattr(review, "status_changed"):
            review.status_changed.connect(self.status.show_place)
        session.jobs.changed.connect(self._show_jobs)
        self.settings.remember_library(opened.library.path)
        renew_recent(self.actions_table, self.settings.recent_libraries, opened.library.path, self.open)
        self._rail.set_pages_enabled(True)
        self._show_device(session)
        self._resume(session)
        self.library_opened.emit(opened.library.path)

    def _show_failure(self, folder: Path, error: Exception) -> None:
        log.warning("the library %s did not open", folder, exc_info=error)
        failure = describe_failure(error, folder)
        self._opening.show_failure(failure)
        self.actions_table.refresh()
        self.library_failed.emit(failure.kind)

    def _leave_session(self) -> Session | None:
        """Take the pages of the open library away; the caller finishes the session."""
        session, self.session = self.session, None
        self._rail.set_pages_enabled(False)
        if session is None:
            return None
        self._save_place(session)
        self._detach(session)
        return session

    def _detach(self, session: Session) -> None:
        """Take what a session put into the window out again."""
        session.detach()
        for page in session.pages.values():
            self._stack.removeWidget(page)
            page.hide()
            page.deleteLater()
        self._page_id = self.navigator.current_page = ""
        self.actions_table.set_page("")
        self.status.tray.set_jobs([])
        self.status.clear_place()
        self.status.show_device("", "")

    # ------------------------------------------------------------------ places

    def go(self, place: str) -> None:
        """Show a page; what follows a slash is its section."""
        page_id, _, section = place.partition("/")
        if self.session is None or page_id not in self.session.pages:
            return
        page = self.session.pages[page_id]
        before = self.session.pages.get(self._page_id)
        if before is not None and before is not page and isinstance(before, Page):
            before.left()
        self._page_id = self.navigator.current_page = page_id
        self._stack.setCurrentWidget(page)
        self._rail.set_current(page_id)
        self.actions_table.set_page(page_id)
        if isinstance(page, Page):
            page.entered()
            if section:
                page.show_section(section)
        if page_id != "review":
            self.status.clear_place()

    def open_episode(self, ep_id: str, t_s: float | None = None) -> None:
        """Show an episode in Review."""
        if self.session is None:
            return
        self.go("review")
        review: Any = self.session.pages["review"]
        review.open_episode(ep_id, t_s)
        self.session.undo.set_episode(ep_id)

    @property
    def page_id(self) -> str:
        """The page that is shown; "" while no library is open."""
        return self._page_id

    @property
    def opening_page(self) -> OpeningPage:
        """The page of a library that is not open."""
        return self._opening

    def _resume(self, session: Session) -> None:
        place = self.settings.place(session.services.library.path)
        ep_id = place.get("ep_id")
        if place.get("page") == "review" and isinstance(ep_id, str):
            self._resume_episode(session, ep_id)
        elif place.get("page") in {spec.id for spec in self._specs} - {"review"}:
            self.go(str(place["page"]))
        else:
            self.go("library")

    def _resume_episode(self, session: Session, ep_id: str) -> None:
        """Back to the last episode, if it is still there."""
        self.go("library")
        library = session.services.library
        session.background.run_query(
            lambda: library.episodes.get(ep_id),
            lambda episode: self.open_episode(episode.ep_id, None),
            failed=lambda _error: log.info("the last episode %s is gone", ep_id),
            owner=session,
        )

    def _save_place(self, session: Session) -> None:
        state: dict[str, Any] = {}
        for page in session.pages.values():
            if isinstance(page, Page):
                state.update(page.state_to_save())
        self.settings.set_place(session.services.library.path, {**state, "page": self._page_id})

    # ------------------------------------------------------------------ what the actions do

    def switch_theme(self) -> None:
        """Dark becomes light and back."""
        self.set_theme("light" if self.settings.theme == "dark" else "dark")

    def set_theme(self, name: str) -> None:
        """Use a theme from now on."""
        self.settings.theme = name
        app = QApplication.instance()
        if isinstance(app, QApplication):
            apply_theme(app, name)

    def toggle_full_screen(self) -> None:
        """Fill the screen, or be a window again."""
        if self.isFullScreen():
            self.showNormal()
        else:
            self.showFullScreen()
        self.actions_table.refresh()

    def toggle_notices(self) -> None:
        """Show or hide all messages."""
        self._notice_center.toggle_panel()

    def open_palette(self) -> None:
        """Find a command by its name."""
        self._palette.set_records(shown_records(self.actions_table))
        self._palette.open_over(self)

    def open_shortcuts(self) -> None:
        """All shortcuts on one sheet."""
        self._sheet.set_records([record for record in shown_records(self.actions_table) if record.shortcut])
        self._sheet.open_over(self)

    def show_log(self) -> None:
        """Open the log file with the system's viewer."""
        file = self.notices.log_file
        if file is None or not file.exists():
            self.notices.info(self.tr("There is no log file yet."), self.tr("Nothing was logged in this session."))
            return
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(file)))

    def show_about(self) -> None:
        """Version and licence."""
        QMessageBox.about(
            self,
            self.tr("About Rushes"),
            self.tr(
                "<h3>Rushes {version}</h3>"
                "<p>Review video on your own machine: who is on screen, when, for how long.</p>"
                "<p>Apache License 2.0. Models and fonts have licences of their own; see Settings, Models.</p>"
            ).format(version=rushes_version()),
        )

    # ------------------------------------------------------------------ the end

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop the job runner (its job goes back to the queue), the threads, then close the library."""
        self.settings.geometry = self.saveGeometry()
        self.hide()
        session = self._leave_session()
        try:
            if session is not None:
                session.finish()
        finally:
            self._door.close()
            self.settings.sync()
        event.accept()
        super().closeEvent(event)

    # ------------------------------------------------------------------ assembly

    def _build(self) -> None:
        self._rail = Rail()
        for spec in self._specs:
            self._rail.add_page(
                spec.id, spec.icon, spec.title, f"{spec.title} ({spec.shortcut})", at_bottom=spec.id in BOTTOM_PAGES
            )
        self._rail.set_pages_enabled(False)
        self._opening = OpeningPage()
        self._stack = QStackedWidget()
        self._stack.addWidget(self._opening)
        self._bar = NoticeBar()
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._bar)
        column.addWidget(self._stack, 1)
        centre = QWidget()
        row = QHBoxLayout(centre)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._rail)
        row.addWidget(middle, 1)
        self.setCentralWidget(centre)
        self.status = StatusLine()
        self.setStatusBar(self.status)
        self._notice_dock = notice_dock(self)
        self._notice_center = NoticeCenter(self.notices, self._bar, self._notice_dock)
        self._dropping = Dropping(self)

    def _connect(self) -> None:
        self.status.bell.clicked.connect(self.toggle_notices)
        self._notice_center.unread_changed.connect(self.status.show_unread)
        self._rail.page_chosen.connect(self.go)
        self._door.opened.connect(self._take_library)
        self._door.failed.connect(self._show_failure)
        self._opening.retry_requested.connect(self._retry)
        self._opening.choose_requested.connect(self.choose_library)
        self.status.tray.clicked.connect(lambda: self.go("jobs"))
        self.navigator.page_wanted.connect(self.go)
        self.navigator.episode_wanted.connect(self.open_episode)
        self.navigator.analysis_wanted.connect(self._analyse)
        self.navigator.start_wanted.connect(self._start_analysis)
        self.navigator.relink_wanted.connect(self._relink)
        theme_switch().changed.connect(self.actions_table.renew_icons)

    def _retry(self) -> None:
        if self._folder is not None:
            self.open(self._folder)

    def _analyse(self, ep_ids: tuple[str, ...]) -> None:
        if self.session is not None:
            self.session.analysing.ask(ep_ids)

    def _start_analysis(self, ep_ids: tuple[str, ...], params: dict[str, Any]) -> None:
        if self.session is not None:
            self.session.analysing.start(ep_ids, params)

    def _relink(self, ep_id: str) -> None:
        if self.session is not None:
            self.session.relinking.ask(ep_id)

    def _run_later(self, action_id: str) -> None:
        """After the palette is gone, so that what opens next gets the focus."""
        QTimer.singleShot(0, self, lambda: self.actions_table.run(action_id))

    def _show_jobs(self, jobs: tuple[Job, ...]) -> None:
        active = [job for job in jobs if not job.state.ended]
        self.status.tray.set_jobs(active)
        self._rail.set_count("jobs", len(active))

    def _show_device(self, session: Session) -> None:
        session.background.run_query(device_in_use, lambda shown: self.status.show_device(*shown), owner=session)
