"""When folders are scanned by themselves, and whether new files are seen at once."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QSignalBlocker, QTimer
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QSpinBox

from app.desktop.automation_page.feed import AutomationFeed, Snapshot
from app.desktop.automation_page.frame import ScrolledSection, card_head
from app.desktop.automation_page.keys import Key
from app.desktop.automation_page.saving import Saver
from app.desktop.automation_page.schedule_values import choice_of, coming_times, values_of
from app.desktop.automation_page.values import as_bool, as_list, as_number, bool_text
from app.desktop.automation_page.words import error_words, moment_words
from app.desktop.services import Services
from widgets.flow import Badge, Card, label
from widgets.schedule_field import ScheduleChoice, ScheduleField
from widgets.switch import Switch

if TYPE_CHECKING:
    from core.scanning.types import ScannerStatus

translate = QCoreApplication.translate
SAVE_AFTER_MS = 700
MOST_SETTLE_S = 600
NEXT_SHOWN = 3


class ScheduleSection(ScrolledSection):
    """Saved by itself a moment after the last change."""

    def __init__(self, services: Services, feed: AutomationFeed) -> None:
        super().__init__(
            services,
            translate("ScheduleSection", "Schedule and watching"),
            translate(
                "ScheduleSection",
                "New files are found while this library is open here, or served with “rushes serve”.",
            ),
        )
        self._feed = feed
        self._shown: ScheduleChoice | None = None
        self.schedule = ScheduleField()
        self.schedule_state = Badge("")
        self.watcher = Switch(self.tr("Watch the folders for new files"))
        self.watcher_state = Badge("")
        self.settle = QSpinBox()
        self.polling = QCheckBox(self.tr("Look again and again instead of being told (for network drives)"))
        self._problem = label("", "error", wrap=True)
        words = self.tr("There is no folder yet, so nothing is scanned or watched. Add one under Folders.")
        self.no_folder = label(words, "warning", wrap=True)
        self.no_folder.hide()
        self._saver = Saver(services, feed, self._problem)
        self._save_soon = QTimer(self)
        self._save_soon.setSingleShot(True)
        self._save_soon.setInterval(SAVE_AFTER_MS)
        self._save_soon.timeout.connect(self._save_schedule)
        self._settle_soon = QTimer(self)
        self._settle_soon.setSingleShot(True)
        self._settle_soon.setInterval(SAVE_AFTER_MS)
        self._settle_soon.timeout.connect(self._save_watcher)
        self._build()
        self._connect()

    def close_section(self) -> None:
        """What was chosen in the last moment is saved now."""
        for timer, save in ((self._save_soon, self._save_schedule), (self._settle_soon, self._save_watcher)):
            if timer.isActive():
                timer.stop()
                save()

    # ------------------------------------------------------------------ what a person asks

    def _on_schedule(self) -> None:
        self._ask_next()
        self._save_soon.start()

    def _save_schedule(self) -> None:
        choice = self.schedule.choice
        if choice.kind == "cron" and self.schedule.problem_text:
            return
        self._shown = choice
        self._saver.save(values_of(choice))  # the automation hears of it and follows

    def _save_watcher(self) -> None:
        on = self.watcher.isChecked()
        values: dict[str, str] = {
            Key.WATCHER_ON: bool_text(on),
            Key.WATCHER_SETTLE_S: str(self.settle.value()),
            Key.WATCHER_POLLING: bool_text(self.polling.isChecked()),
        }
        self._saver.save(values)

    def _ask_next(self) -> None:
        """The next times of what is chosen; of a wrong cron expression what is wrong."""
        choice = self.schedule.choice

        def work() -> tuple[str, ...]:
            return tuple(moment_words(when.isoformat()) for when in coming_times(choice, NEXT_SHOWN))

        if choice.kind == "off":
            self.services.background.drop("automation-next")
            self.schedule.show_next((), "")
            return
        self.services.background.run_query(
            work,
            lambda times: self.schedule.show_next(times, ""),
            failed=lambda error: self.schedule.show_next((), error_words(error)),
            latest_key="automation-next",
            owner=self,
        )

    # ------------------------------------------------------------------ showing

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Settings may have been changed by another program."""
        choice = choice_of(snapshot.values)
        if choice != self._shown and not self._save_soon.isActive():
            self._shown = choice
            self.schedule.set_choice(choice)
            self._ask_next()
        if not self._settle_soon.isActive():
            with QSignalBlocker(self.watcher), QSignalBlocker(self.settle), QSignalBlocker(self.polling):
                self.watcher.setChecked(as_bool(snapshot.values, Key.WATCHER_ON))
                self.settle.setValue(round(as_number(snapshot.values, Key.WATCHER_SETTLE_S, 5)))
                self.polling.setChecked(as_bool(snapshot.values, Key.WATCHER_POLLING))
        self._show_states(snapshot.scanner)
        wanted = snapshot.scanner.scheduler_enabled or snapshot.scanner.watcher_enabled
        self.no_folder.setVisible(wanted and not as_list(snapshot.values, Key.FOLDERS))

    def _show_states(self, status: "ScannerStatus") -> None:
        if status.scheduler_running:
            self.schedule_state.set_badge(self.tr("On"), "success")
        elif status.scheduler_enabled:
            self.schedule_state.set_badge(self.tr("Does not run"), "warning")
        else:
            self.schedule_state.set_badge(self.tr("Off"), "plain")
        if status.watcher_running:
            count = len(status.watched_paths)
            words = self.tr("Watches 1 folder") if count == 1 else self.tr("Watches {n} folders").format(n=count)
            self.watcher_state.set_badge(words, "success")
        elif status.watcher_enabled:
            self.watcher_state.set_badge(self.tr("Does not run"), "warning")
        else:
            self.watcher_state.set_badge(self.tr("Off"), "plain")

    # ------------------------------------------------------------------ assembly

    def _connect(self) -> None:
        self.schedule.changed.connect(self._on_schedule)
        self.watcher.toggled.connect(lambda _on: self._save_watcher())
        self.settle.valueChanged.connect(lambda _value: self._settle_soon.start())
        self.polling.toggled.connect(lambda _on: self._settle_soon.start())

    def _build(self) -> None:
        card = Card(spacing_px=12)
        card_head(card, self.tr("Scan by itself"), self.schedule_state)
        card.body.addWidget(self.schedule)
        self.column.addWidget(card)
        watch = Card(spacing_px=12)
        head = QHBoxLayout()
        head.addWidget(self.watcher)
        head.addStretch(1)
        head.addWidget(self.watcher_state)
        watch.body.addLayout(head)
        text = self.tr(
            "A file is taken once it is complete: when its size has not changed for a while and it can be opened. "
            "Files that are moved or renamed are seen too."
        )
        watch.body.addWidget(label(text, "small", wrap=True))
        self.settle.setRange(1, MOST_SETTLE_S)
        self.settle.setSuffix(self.tr(" s"))
        self.settle.setFixedWidth(110)
        self.settle.setAccessibleName(self.tr("Seconds without a change"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setColumnStretch(1, 1)
        grid.addWidget(label(self.tr("Complete after"), "body"), 0, 0)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.settle)
        row.addWidget(label(self.tr("without a change"), "muted"))
        row.addStretch(1)
        grid.addLayout(row, 0, 1)
        watch.body.addLayout(grid)
        watch.body.addWidget(self.polling)
        self.column.addWidget(watch)
        self.column.addWidget(self.no_folder)
        self.column.addWidget(self._problem)
