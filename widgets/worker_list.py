"""The workers of the automation: what each does, how far it is, and taking one away."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from core.subtitling.types import WorkerStatus
from widgets.flow.buttons import IconButton
from widgets.flow.cards import separator
from widgets.flow.labels import Badge, ElidedLabel, Tone, label
from widgets.flow.progress_line import ProgressLine
from widgets.icons import icon_pixmap
from widgets.time_text import format_eta


class WorkerRow(QWidget):
    """One worker."""

    remove_requested = Signal(str)

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = title
        self._worker_id = ""
        self._icon_name = "cpu"
        self._mark = label("")
        self._mark.setFixedSize(20, 20)
        self._name = label(title, "strong")
        self._badge = Badge()
        self._doing = ElidedLabel("", "small")
        self._eta = label("", "small")
        self._line = ProgressLine(height_px=4)
        self._problem = label("", "error", wrap=True)
        self.remove = IconButton("close", "", size_px=16)
        self.remove.clicked.connect(lambda: self.remove_requested.emit(self._worker_id))
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(self._mark)
        head.addWidget(self._name)
        head.addWidget(self._badge)
        head.addWidget(self._doing, 1)
        head.addWidget(self._eta)
        head.addWidget(self.remove)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 6, 0, 6)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self._line)
        column.addWidget(self._problem)

    def show_status(self, status: WorkerStatus, doing: str) -> None:
        """Show a worker; ``doing`` is its job in words."""
        self._worker_id = status.worker_id
        self._icon_name = status.worker_type
        self._mark.setPixmap(icon_pixmap(self._icon_name, 20, "icon", self.devicePixelRatioF()))
        words, tone = self._state_words(status)
        self._badge.set_badge(words, tone)
        self._doing.set_text(doing or self._record(status))
        busy = status.state == "busy"
        self._eta.setText(format_eta(status.eta_s) if busy else "")
        self._line.setVisible(busy)
        self._line.set_fraction(status.progress / 100 if status.progress > 0 else None)
        self._problem.setText(status.problem)
        self._problem.setVisible(bool(status.problem))
        self.remove.set_tip(self.tr("Remove {worker}; its job goes back to the queue").format(worker=self.title))
        self.remove.setEnabled(status.state != "stopping")
        self.setAccessibleName(f"{self.title}, {words}")
        self.setAccessibleDescription(" ".join(part for part in (doing, status.problem) if part))

    @property
    def doing_text(self) -> str:
        """What is said of its work."""
        return self._doing.whole_text

    def _record(self, status: WorkerStatus) -> str:
        done = status.jobs_completed
        parts = [self.tr("{count} done").format(count=f"{done:,}")] if done else []
        if status.jobs_failed:
            parts.append(self.tr("{count} failed").format(count=f"{status.jobs_failed:,}"))
        return ", ".join(parts)

    def _state_words(self, status: WorkerStatus) -> tuple[str, Tone]:
        words: dict[str, tuple[str, Tone]] = {
            "idle": (self.tr("Ready"), "success"),
            "busy": (self.tr("Works"), "accent"),
            "stopping": (self.tr("Stopping"), "info"),
            "stopped": (self.tr("Stopped"), "plain"),
            "error": (self.tr("Failed"), "error"),
        }
        return words[status.state]


class WorkerList(QWidget):
    """Workers under one another."""

    remove_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: dict[str, WorkerRow] = {}
        self._none = label("", "muted", wrap=True)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self._none)
        self._lines: dict[str, QWidget] = {}
        self.setAccessibleName(self.tr("Workers"))
        self._none.setText(self.tr("No worker runs: jobs wait until there is one."))

    def set_workers(self, workers: Sequence[WorkerStatus], doing: Mapping[str, str]) -> None:
        """Show these; ``doing`` are words for jobs by their id."""
        for gone in set(self.rows) - {one.worker_id for one in workers}:
            for part in (self.rows.pop(gone), self._lines.pop(gone)):
                self._column.removeWidget(part)
                part.hide()
                part.deleteLater()
        counts = {"cpu": 0, "gpu": 0}
        for status in workers:
            counts[status.worker_type] += 1
            if status.worker_id not in self.rows:
                self._add(status, counts[status.worker_type])
            self.rows[status.worker_id].show_status(status, doing.get(status.job_id or "", ""))
        for at, line in enumerate(self._lines.values()):
            line.setVisible(at > 0)
        self._none.setVisible(not workers)

    def _add(self, status: WorkerStatus, number: int) -> None:
        kind = self.tr("CPU worker") if status.worker_type == "cpu" else self.tr("GPU worker")
        row = WorkerRow(f"{kind} {number}")
        row.remove_requested.connect(self.remove_requested)
        line = separator()
        self.rows[status.worker_id], self._lines[status.worker_id] = row, line
        self._column.addWidget(line)
        self._column.addWidget(row)
