"""What runs now, when it is scanned next, and what is wrong; at the first use, the three steps to subtitles."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.desktop.automation_page.feed import AutomationFeed, Snapshot
from app.desktop.automation_page.frame import Notice, ScrolledSection, card_head
from app.desktop.automation_page.keys import Key
from app.desktop.automation_page.scanning import ScanNow
from app.desktop.automation_page.steps import FirstSteps
from app.desktop.automation_page.values import as_list
from app.desktop.automation_page.words import moment_words, progress_words, result_words
from app.desktop.services import Services
from core.scanning.types import ScannerStatus
from core.subtitling.types import WorkerType
from widgets.flow import Card, ProgressLine, label, push_button
from widgets.worker_list import WorkerList

if TYPE_CHECKING:
    from core.subtitling.automation import Automation

translate = QCoreApplication.translate
STOP_WITHIN_S = 5.0


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, in words, and what a press of the button does."""

    text: str
    action: str = ""
    place: str = ""
    """A section of this page, or a place of the window (``settings/models``)."""


class OverviewSection(ScrolledSection):
    """Workers and their queue, scans, problems."""

    section_wanted = Signal(str)

    def __init__(self, services: Services, feed: AutomationFeed, scan: ScanNow) -> None:
        super().__init__(
            services,
            translate("OverviewSection", "Overview"),
            translate(
                "OverviewSection",
                "Subtitles for your media folders: files that match a rule are transcribed in the background.",
            ),
        )
        self._feed = feed
        self._scan = scan
        self.steps = FirstSteps()
        self.notices: list[Notice] = []
        self._notice_column = QVBoxLayout()
        self.workers = WorkerList()
        self.add_cpu = push_button(self.tr("CPU worker"), "add", small=True)
        self.add_gpu = push_button(self.tr("GPU worker"), "add", small=True)
        self.pause = push_button(self.tr("Pause"), "pause", small=True)
        self.go_on = push_button(self.tr("Go on"), "play", "primary", small=True)
        self.queue = label("", "small")
        self.open_jobs = push_button(self.tr("Show jobs"), role="link", small=True)
        self.scan_now = push_button(self.tr("Scan now"), "retry", small=True)
        self.scan_cancel = push_button(self.tr("Cancel"), "cancel", small=True)
        self._scan_line = ProgressLine()
        self._scan_words = label("", "small")
        self._facts: dict[str, QLabel] = {}
        self._busy = False
        self._gpus = 0
        self._build()
        self._connect()

    # ------------------------------------------------------------------ what a person asks

    def _add(self, worker_type: WorkerType) -> None:
        automation = self.services.automation

        def work() -> None:
            automation.workers.add(worker_type)
            keep_counts(automation)

        self._do(work)

    def _remove(self, worker_id: str) -> None:
        automation = self.services.automation

        def work() -> None:
            automation.workers.remove(worker_id, timeout_s=STOP_WITHIN_S)
            keep_counts(automation)

        self._do(work)

    def _pause(self) -> None:
        workers = self.services.automation.workers
        self._do(lambda: workers.stop_pool(timeout_s=STOP_WITHIN_S))

    def _go_on(self) -> None:
        snapshot, workers = self._feed.snapshot, self.services.automation.workers
        if snapshot is not None:
            cpu, gpu = _count(snapshot, Key.CPU_WORKERS, 1), _count(snapshot, Key.GPU_WORKERS, 0)
            self._do(lambda: workers.start_pool(cpu or (0 if gpu else 1), gpu))

    def _start_scan(self) -> None:
        self._scan.start()

    def _do(self, call: Callable[[], object]) -> None:
        self._busy = True
        self._enable()

        def end(_result: object) -> None:
            self._busy = False
            self._enable()
            self._feed.refresh()

        def fail(error: Exception) -> None:
            end(None)
            self.services.notices.error(error)

        self.services.background.run_edit(call, end, failed=fail, owner=self, lane="automation-workers")

    # ------------------------------------------------------------------ showing

    def show_gpus(self, count: int) -> None:
        """How many GPUs can work; without one no GPU worker is offered."""
        self._gpus = count
        self.add_gpu.setVisible(count > 0)

    def show_snapshot(self, snapshot: Snapshot, problems: list[Problem]) -> None:
        """Show what is now."""
        self._show_problems(problems)
        self.workers.set_workers(snapshot.workers, snapshot.doing)
        self.queue.setText(self._queue_words(snapshot))
        on = bool(snapshot.workers)
        self.pause.setVisible(on)
        self.go_on.setVisible(not on)
        self._show_scanner(snapshot.scanner)
        self.show_scan()
        self._enable()

    def _queue_words(self, snapshot: Snapshot) -> str:
        words = [self.tr("{count} running").format(count=snapshot.running)] if snapshot.running else []
        words.append(
            self.tr("{count} waiting").format(count=f"{snapshot.waiting:,}")
            if snapshot.waiting
            else self.tr("none waits")
        )
        if snapshot.failed:
            words.append(self.tr("{count} failed").format(count=f"{snapshot.failed:,}"))
        return self.tr("Queue: {words}").format(words=", ".join(words))

    def _show_scanner(self, status: ScannerStatus) -> None:
        last = moment_words(status.last_scan_time)
        result = result_words(status.last_result) if status.last_result is not None else ""
        self._facts["last"].setText("  ·  ".join(part for part in (last, result) if part) or self.tr("Never scanned"))
        self._facts["next"].setText(
            moment_words(status.next_scan_time)
            if status.scheduler_running and status.next_scan_time
            else self.tr("Off: only when you scan yourself")
        )
        if status.watcher_running:
            count = len(status.watched_paths)
            words = self.tr("On, in 1 folder") if count == 1 else self.tr("On, in {count} folders").format(count=count)
        elif status.watcher_enabled:
            words = self.tr("On, but it does not run")
        else:
            words = self.tr("Off: new files wait for the next scan")
        self._facts["watcher"].setText(words)

    def show_scan(self) -> None:
        """The scan that was started by hand."""
        snapshot = self._feed.snapshot
        running = self._scan.running or (snapshot is not None and snapshot.scanner.scanning)
        self.scan_now.setVisible(not running)
        self.scan_cancel.setVisible(running)
        self._scan_line.setVisible(running)
        self._scan_line.set_fraction(self._scan.fraction if running else 0.0)
        self._scan_words.setVisible(running)
        self._scan_words.setText(progress_words(self._scan.progress) if running else "")
        self.scan_now.setEnabled(snapshot is not None and bool(as_list(snapshot.values, Key.FOLDERS)))

    def _show_problems(self, problems: list[Problem]) -> None:
        while len(self.notices) < len(problems):
            notice = Notice()
            self.notices.append(notice)
            self._notice_column.addWidget(notice)
        for at, notice in enumerate(self.notices):
            if at < len(problems):
                one = problems[at]
                press = (lambda place=one.place: self.section_wanted.emit(place)) if one.place else None
                notice.say(one.text, "warning", one.action, press)
            else:
                notice.say("")

    def _enable(self) -> None:
        for button in (self.add_cpu, self.add_gpu, self.pause, self.go_on):
            button.setEnabled(not self._busy and self._feed.snapshot is not None)

    # ------------------------------------------------------------------ assembly

    def _connect(self) -> None:
        self.add_cpu.clicked.connect(lambda: self._add("cpu"))
        self.add_gpu.clicked.connect(lambda: self._add("gpu"))
        self.pause.clicked.connect(self._pause)
        self.go_on.clicked.connect(self._go_on)
        self.workers.remove_requested.connect(self._remove)
        self.open_jobs.clicked.connect(lambda: self.services.navigator.go("jobs"))
        self.scan_now.clicked.connect(self._start_scan)
        self.scan_cancel.clicked.connect(self._scan.cancel)
        self._scan.changed.connect(self.show_scan)
        self.steps.wanted.connect(self.section_wanted)
        self.show_scan()
        self.show_gpus(0)

    def _build(self) -> None:
        self._notice_column.setSpacing(8)
        self.column.addLayout(self._notice_column)
        self.column.addWidget(self.steps)
        self.column.addWidget(self._workers_card())
        self.column.addWidget(self._scan_card())

    def _workers_card(self) -> Card:
        card = Card()
        card_head(card, self.tr("Workers"), self.add_cpu, self.add_gpu, self.pause, self.go_on)
        self.go_on.hide()
        card.body.addWidget(self.workers)
        foot = QHBoxLayout()
        foot.addWidget(self.queue)
        foot.addStretch(1)
        foot.addWidget(self.open_jobs)
        card.body.addLayout(foot)
        return card

    def _scan_card(self) -> QWidget:
        card = Card()
        card_head(card, self.tr("Scans"), self.scan_now, self.scan_cancel)
        card.body.addWidget(self._scan_line)
        card.body.addWidget(self._scan_words)
        for key, title in (
            ("last", self.tr("Last scan")),
            ("next", self.tr("Next scan")),
            ("watcher", self.tr("Watching folders")),
        ):
            row = QHBoxLayout()
            row.setSpacing(12)
            name = label(title, "muted")
            name.setFixedWidth(140)
            self._facts[key] = label("", "body", wrap=True)
            row.addWidget(name)
            row.addWidget(self._facts[key], 1)
            card.body.addLayout(row)
        return card


def _count(snapshot: Snapshot, key: str, default: int) -> int:
    """A number among the settings."""
    try:
        return max(0, int(snapshot.values.get(key, default)))
    except ValueError:
        return default


def keep_counts(automation: "Automation") -> None:
    """As many workers as there are now are started with the library the next time."""
    kinds = [one.worker_type for one in automation.workers.statuses()]
    automation.preferences.set_many({Key.CPU_WORKERS: kinds.count("cpu"), Key.GPU_WORKERS: kinds.count("gpu")})
