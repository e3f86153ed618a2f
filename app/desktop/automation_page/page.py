"""The Automation page: a list of its parts on the left, the chosen one on the right."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QListWidget, QListWidgetItem, QStackedWidget, QVBoxLayout

from app.desktop.automation_page.bazarr import BazarrSection
from app.desktop.automation_page.bazarr_door import BazarrDoor
from app.desktop.automation_page.feed import AutomationFeed, Snapshot
from app.desktop.automation_page.folders import FoldersSection
from app.desktop.automation_page.frame import Section
from app.desktop.automation_page.keys import Key
from app.desktop.automation_page.languages import known_languages
from app.desktop.automation_page.made import MadeSection
from app.desktop.automation_page.overview import OverviewSection
from app.desktop.automation_page.page_actions import automation_records
from app.desktop.automation_page.problems import problems_now
from app.desktop.automation_page.rule_book import RuleBook
from app.desktop.automation_page.rules import RulesSection
from app.desktop.automation_page.scanning import ScanNow
from app.desktop.automation_page.schedule import ScheduleSection
from app.desktop.automation_page.speech import SpeechSection
from app.desktop.automation_page.values import as_list
from app.desktop.automation_page.words import error_words
from app.desktop.message import PageMessage
from app.desktop.page import Page
from app.desktop.services import Services
from core.scanning.types import ScanResult
from widgets.flow import label
from widgets.icons import icon
from widgets.theme import theme_switch

SECTION_ROW_PX = 34
LIST_PX = 200


def count_gpus() -> int:
    """How many graphics cards the driver tells of. Never in the Qt thread."""
    from core.scanning.machine import gpus

    return len(gpus())


class AutomationPage(Page):
    """Overview, folders, rules, schedule, Bazarr, subtitles made, speech recognition."""

    def __init__(self, services: Services) -> None:
        super().__init__()
        self.setObjectName("automationPage")
        self.setAccessibleName(self.tr("Automation"))
        self._services = services
        languages = known_languages()
        self.feed = AutomationFeed(services, self)
        self.scan = ScanNow(services, self)
        self.book = RuleBook(services, self)
        self.door = BazarrDoor(services, self)
        self.overview = OverviewSection(services, self.feed, self.scan)
        self.folders = FoldersSection(services, self.feed, self.scan)
        self.rules = RulesSection(services, self.book, languages)
        self.schedule = ScheduleSection(services, self.feed)
        self.bazarr = BazarrSection(services, self.feed, self.door)
        self.made = MadeSection(services, languages)
        self.speech = SpeechSection(services, self.feed, languages)
        self.message = PageMessage()
        self._list = QListWidget()
        self._stack = QStackedWidget()
        self._whole = QStackedWidget()
        self._sections: dict[str, tuple[str, str, Section]] = {
            "overview": (self.tr("Overview"), "automation", self.overview),
            "folders": (self.tr("Folders"), "folder", self.folders),
            "rules": (self.tr("Rules"), "filter", self.rules),
            "schedule": (self.tr("Schedule"), "clock", self.schedule),
            "bazarr": (self.tr("Bazarr"), "server", self.bazarr),
            "made": (self.tr("Subtitles made"), "transcript", self.made),
            "speech": (self.tr("Speech"), "model", self.speech),
        }
        self._build()
        self._connect()
        services.actions.add(*automation_records(self))
        self._renew_icons()
        self._list.setCurrentRow(0)

    # ------------------------------------------------------------------ what the window says

    def entered(self) -> None:
        """Read everything again, and go on reading while the page is looked at."""
        self.feed.start()
        self.book.refresh()
        self._section().entered()
        if self.section != "folders":
            self.folders.entered()
        self._services.background.run_query(
            count_gpus, self.overview.show_gpus, latest_key="automation-gpus", owner=self, lane="automation-feed"
        )
        self._list.setFocus()

    def left(self) -> None:
        """Nobody looks."""
        self.feed.stop()

    def show_section(self, section: str) -> None:
        """Show a part: overview, folders, rules, schedule, bazarr, made or speech."""
        if section in self._sections:
            self._list.setCurrentRow(list(self._sections).index(section))

    def close_page(self) -> None:
        """The library is being closed."""
        self.feed.stop()
        self.scan.cancel()
        for _, _, section in self._sections.values():
            section.close_section()

    @property
    def section(self) -> str:
        """The id of the part that is shown."""
        return list(self._sections)[max(0, self._list.currentRow())]

    # ------------------------------------------------------------------ what the actions do

    def scan_now(self) -> None:
        """Look through the folders."""
        self.scan.start()

    def add_folder(self) -> None:
        """Ask for a folder."""
        self.show_section("folders")
        self.folders.choose()

    def new_rule(self) -> None:
        """Begin an empty rule."""
        self.show_section("rules")
        self.rules.begin()

    def can_scan(self) -> bool:
        """Whether there is a folder, and no scan runs."""
        snapshot = self.feed.snapshot
        return not self.scan.running and snapshot is not None and bool(as_list(snapshot.values, Key.FOLDERS))

    # ------------------------------------------------------------------ showing

    def _on_snapshot(self, snapshot: Snapshot) -> None:
        self._whole.setCurrentIndex(0)
        self.folders.show_snapshot(snapshot)
        self.schedule.show_snapshot(snapshot)
        self.bazarr.show_snapshot(snapshot)
        self.speech.show_snapshot(snapshot)
        self._show_overview()
        if self.book.was_read and snapshot.rules != self.book.rules:
            self.book.refresh()
        self._services.actions.refresh()

    def _show_overview(self) -> None:
        snapshot = self.feed.snapshot
        if snapshot is None:
            return
        self.overview.show_snapshot(snapshot, problems_now(snapshot, self.folders.rows, self.door))
        self.overview.steps.show_done(
            folders=bool(as_list(snapshot.values, Key.FOLDERS)),
            rules=snapshot.rules_on > 0,
            scanned=snapshot.scanner.total_scans > 0,
        )

    def show_failure(self, error: Exception) -> None:
        """Say why nothing can be shown."""
        title = self.tr("The automation cannot be read")
        self.message.say("error", title, error_words(error), (self.tr("Try again"), "retry", self.feed.start))
        self._whole.setCurrentWidget(self.message)

    def _on_scanned(self, result: ScanResult) -> None:
        self.feed.refresh()
        self.book.refresh()
        if result.jobs_created:
            words = self.tr("{count} new subtitles wait for a worker.").format(count=f"{result.jobs_created:,}")
            self._services.notices.info(words)

    def _on_step(self, place: str) -> None:
        """Steps and problems lead to a part of this page, to another page, or begin a scan."""
        if place == "scan":
            self.scan.start()
        elif place in self._sections:
            self.show_section(place)
            if place == "folders" and not self.folders.rows:
                self.folders.choose()
        else:
            self._services.navigator.go(place)

    def _section(self) -> Section:
        return self._sections[self.section][2]

    def _on_row(self, row: int) -> None:
        before = self._stack.currentWidget()
        self._stack.setCurrentIndex(row)
        if isinstance(before, Section):
            before.left()
        if self.isVisible():
            self._section().entered()

    # ------------------------------------------------------------------ assembly

    def _connect(self) -> None:
        self._list.currentRowChanged.connect(self._on_row)
        self.feed.changed.connect(self._on_snapshot)
        self.feed.failed.connect(self.show_failure)
        self.overview.section_wanted.connect(self._on_step)
        self.folders.looked_at.connect(lambda _rows: self._show_overview())
        self.folders.folders_changed.connect(self.book.refresh)
        self.book.changed.connect(self.feed.refresh)
        self.scan.ended.connect(self._on_scanned)
        self.scan.changed.connect(self._services.actions.refresh)
        self.door.changed.connect(self._show_overview)
        theme_switch().changed.connect(self._renew_icons)

    def _build(self) -> None:
        self._list.setObjectName("automationList")
        self._list.setAccessibleName(self.tr("Parts of the automation"))
        self._list.setFixedWidth(LIST_PX)
        self._list.setIconSize(QSize(18, 18))
        for section_id, (title, _, section) in self._sections.items():
            item = QListWidgetItem(title)
            item.setData(Qt.ItemDataRole.UserRole, section_id)
            item.setSizeHint(QSize(0, SECTION_ROW_PX))
            self._list.addItem(item)
            self._stack.addWidget(section)
        side = QFrame()
        side.setProperty("role", "panel")
        column = QVBoxLayout(side)
        column.setContentsMargins(12, 16, 12, 12)
        column.setSpacing(12)
        title_label = label(self.tr("Automation"), "title")
        title_label.setIndent(8)
        column.addWidget(title_label)
        column.addWidget(self._list, 1)
        whole = QFrame()
        row = QHBoxLayout(whole)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(side)
        line = QFrame()
        line.setProperty("role", "vline")
        row.addWidget(line)
        row.addWidget(self._stack, 1)
        self._whole.addWidget(whole)
        self._whole.addWidget(self.message)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._whole)

    def _renew_icons(self) -> None:
        for row, (_, icon_name, _) in enumerate(self._sections.values()):
            item = self._list.item(row)
            if item is not None:
                item.setIcon(icon(icon_name))
