"""Jobs as cards: what runs, how far it is, what went wrong and what to do."""

from collections.abc import Iterable, Mapping, Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from core.jobs.types import Job, JobState
from widgets.flow.buttons import IconButton, push_button
from widgets.flow.cards import Card, EmptyState
from widgets.flow.labels import Badge, ElidedLabel, label
from widgets.flow.progress_line import ProgressLine
from widgets.icons import paint_icon
from widgets.job_words import (
    job_fraction,
    job_icon,
    job_pace_words,
    job_stage_words,
    job_state_words,
    job_subject,
    job_title,
)
from widgets.theme import current_theme

__all__ = ["JobCard", "JobList", "JobTray", "job_title"]

ENDED_SHOWN = 60
_ORDER = {JobState.RUNNING: 0, JobState.QUEUED: 1}


class _Mark(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.icon_name = "jobs"
        self.setFixedSize(QSize(36, 36))

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("hover"))
        painter.drawRoundedRect(QRectF(self.rect()), 8, 8)
        paint_icon(painter, self.icon_name, QRectF(9, 9, 18, 18), "icon")
        painter.end()


class JobCard(Card):
    """One job."""

    cancel_requested = Signal(str)
    retry_requested = Signal(str)
    log_requested = Signal(str)
    remove_requested = Signal(str)
    open_requested = Signal(str)

    def __init__(self, job: Job, episode_title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent, padding_px=12, spacing_px=0)
        self.job = job
        self._mark = _Mark()
        self._title = ElidedLabel("", "strong")
        self._badge = Badge()
        self._stage = ElidedLabel("", "small")
        self._pace = label("", "small")
        self._line = ProgressLine()
        self._error = label("", "error", wrap=True)
        self._action = label("", "muted", wrap=True)
        self._open = push_button(self.tr("Open"), role="quiet", small=True)
        self._retry = push_button(self.tr("Retry"), "retry", small=True)
        self._cancel = push_button(self.tr("Cancel"), "cancel", small=True)
        self._log = IconButton("log", self.tr("Show the log"), size_px=16)
        self._remove = IconButton("close", self.tr("Remove from the list"), size_px=16)
        self._build()
        self._connect()
        self.show_job(job, episode_title)

    def show_job(self, job: Job, episode_title: str) -> None:
        """Show the job of now."""
        self.job = job
        state, tone = job_state_words(job)
        title = job_title(job)
        subject = episode_title or job_subject(job)
        self._mark.icon_name = job_icon(job)
        self._mark.update()
        self._title.set_text(f"{title} · {subject}" if subject else title)
        self._badge.set_badge(state, tone)
        self._stage.set_text(job_stage_words(job))
        self._stage.setVisible(bool(self._stage.whole_text))
        self._pace.setText(job_pace_words(job))
        self._pace.setVisible(bool(self._pace.text()))
        running = job.state is JobState.RUNNING
        self._line.setVisible(running)
        self._line.set_fraction(job_fraction(job) if running else 0.0)
        failed = job.state is JobState.FAILED
        self._error.setText(job.error)
        self._error.setVisible(failed and bool(job.error))
        self._action.setText(job.error_action)
        self._action.setVisible(failed and bool(job.error_action))
        self._open.setVisible(job.ep_id is not None)
        self._retry.setVisible(job.state in (JobState.FAILED, JobState.CANCELED))
        self._cancel.setVisible(not job.state.ended)
        self._remove.setVisible(job.state.ended)
        self.setAccessibleName(f"{self._title.whole_text}, {state}")
        self.setAccessibleDescription(f"{self._stage.whole_text} {self._pace.text()} {job.error}".strip())
        if self.property("tone") != ("error" if failed else ""):
            self.setProperty("tone", "error" if failed else "")
            self.style().unpolish(self)
            self.style().polish(self)

    def set_canceling(self) -> None:
        """The person asked to stop; it takes a moment."""
        self._cancel.setEnabled(False)
        self._cancel.setText(self.tr("Cancelling…"))

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._title, 1)
        head.addWidget(self._badge)
        for button in (self._open, self._retry, self._cancel, self._log, self._remove):
            head.addWidget(button)
        state = QHBoxLayout()
        state.setSpacing(12)
        state.addWidget(self._stage, 1)
        state.addWidget(self._pace)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addLayout(head)
        words.addLayout(state)
        words.addWidget(self._line)
        words.addStretch(1)
        words.addWidget(self._error)
        words.addWidget(self._action)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.addWidget(self._mark, 0, 0, Qt.AlignmentFlag.AlignTop)
        grid.addLayout(words, 0, 1)
        grid.setColumnStretch(1, 1)
        self.body.addLayout(grid)

    def _connect(self) -> None:
        self._cancel.clicked.connect(self._on_cancel)
        self._retry.clicked.connect(lambda: self.retry_requested.emit(self.job.job_id))
        self._log.clicked.connect(lambda: self.log_requested.emit(self.job.job_id))
        self._remove.clicked.connect(lambda: self.remove_requested.emit(self.job.job_id))
        self._open.clicked.connect(lambda: self.open_requested.emit(self.job.ep_id or ""))

    def _on_cancel(self) -> None:
        self.set_canceling()
        self.cancel_requested.emit(self.job.job_id)


class JobList(QWidget):
    """Running jobs first, then waiting ones, then those that ended, newest first."""

    cancel_requested = Signal(str)
    retry_requested = Signal(str)
    log_requested = Signal(str)
    remove_requested = Signal(str)
    open_requested = Signal(str)
    """An episode's id."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._jobs: dict[str, Job] = {}
        self._cards: dict[str, JobCard] = {}
        self._titles: dict[str, str] = {}
        self._most_ended = ENDED_SHOWN
        self.empty = EmptyState(
            "jobs",
            self.tr("Nothing to do"),
            self.tr("Analyses and downloads appear here, with what they do and when they end."),
        )
        self._page = QWidget()
        self._page.setProperty("role", "scrolled")
        self._column = QVBoxLayout(self._page)
        self._column.setContentsMargins(24, 16, 24, 24)
        self._column.setSpacing(8)
        self._more: QPushButton = push_button(self.tr("Show older"), "chevron-down", "quiet")
        self._more.clicked.connect(self._show_more)
        self._column.addWidget(self._more, 0, Qt.AlignmentFlag.AlignHCenter)
        self._column.addStretch(1)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidget(self._page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.empty, 1)
        column.addWidget(self._area, 1)
        self.setAccessibleName(self.tr("Jobs"))
        self._arrange()

    def set_jobs(self, jobs: Sequence[Job]) -> None:
        """Show these."""
        self._jobs = {job.job_id: job for job in jobs}
        self._arrange()

    def update_job(self, job: Job) -> None:
        """A job changed or is new."""
        old = self._jobs.get(job.job_id)
        self._jobs[job.job_id] = job
        card = self._cards.get(job.job_id)
        if old is not None and card is not None and old.state is job.state:
            card.show_job(job, self._titles.get(job.ep_id or "", ""))
        else:
            self._arrange()

    def remove_job(self, job_id: str) -> None:
        """A job is gone."""
        self._jobs.pop(job_id, None)
        self._arrange()

    def set_episode_titles(self, titles: Mapping[str, str]) -> None:
        """How episodes are called, by id."""
        self._titles = dict(titles)
        for card in self._cards.values():
            card.show_job(card.job, self._titles.get(card.job.ep_id or "", ""))

    def shown_ids(self) -> list[str]:
        """Jobs shown, from top to bottom."""
        items = (self._column.itemAt(at) for at in range(self._column.count()))
        cards = (item.widget() for item in items if item is not None)
        return [card.job.job_id for card in cards if isinstance(card, JobCard)]

    def card(self, job_id: str) -> JobCard | None:
        """The card of a job that is shown."""
        return self._cards.get(job_id)

    def changeEvent(self, event: QEvent) -> None:
        """Paint anew when the theme is switched."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.update()

    def _wanted(self) -> list[Job]:
        going = sorted(
            (job for job in self._jobs.values() if not job.state.ended),
            key=lambda job: (_ORDER[job.state], -job.priority, job.created_at),
        )
        ended = sorted(
            (job for job in self._jobs.values() if job.state.ended),
            key=lambda job: job.ended_at or job.created_at,
            reverse=True,
        )
        self._more.setVisible(len(ended) > self._most_ended)
        return going + ended[: self._most_ended]

    def _arrange(self) -> None:
        wanted = self._wanted()
        self._drop(set(self._cards) - {job.job_id for job in wanted})
        for place, job in enumerate(wanted):
            card = self._cards.get(job.job_id)
            if card is not None and card.job.state is not job.state:
                self._drop([job.job_id])
                card = None
            if card is None:
                card = self._make(job)
            else:
                card.show_job(job, self._titles.get(job.ep_id or "", ""))
            item = self._column.itemAt(place)
            if item is None or item.widget() is not card:
                self._column.removeWidget(card)
                self._column.insertWidget(place, card)
        self.empty.setVisible(not wanted)
        self._area.setVisible(bool(wanted))

    def _make(self, job: Job) -> JobCard:
        card = JobCard(job, self._titles.get(job.ep_id or "", ""))
        card.cancel_requested.connect(self.cancel_requested)
        card.retry_requested.connect(self.retry_requested)
        card.log_requested.connect(self.log_requested)
        card.remove_requested.connect(self.remove_requested)
        card.open_requested.connect(self.open_requested)
        self._cards[job.job_id] = card
        return card

    def _drop(self, job_ids: Iterable[str]) -> None:
        for job_id in list(job_ids):
            card = self._cards.pop(job_id)
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()

    def _show_more(self) -> None:
        self._most_ended += ENDED_SHOWN
        self._arrange()


class JobTray(QPushButton):
    """A small sum of all jobs for every page: how many run, how far they are."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fraction: float | None = 0.0
        self._running = 0
        self.setProperty("role", "quiet")
        self.setProperty("small", True)
        self.setAutoDefault(False)
        self.set_jobs(())

    def set_jobs(self, jobs: Iterable[Job]) -> None:
        """Sum up these."""
        going = [job for job in jobs if not job.state.ended]
        running = [job for job in going if job.state is JobState.RUNNING]
        known = [fraction for job in running if (fraction := job_fraction(job)) is not None]
        self._running = len(running)
        self._fraction = sum(known) / len(known) if known else None
        waiting = len(going) - len(running)
        words = [self.tr("{count} running").format(count=len(running))] if running else []
        words += [f"{self._fraction:.0%}"] if self._fraction is not None else []
        words += [self.tr("{count} waiting").format(count=waiting)] if waiting else []
        self.setText("      " + (" · ".join(words) or self.tr("No jobs")))
        self.setToolTip(self.tr("Jobs"))
        self.setAccessibleName(self.tr("Jobs: {words}").format(words=", ".join(words) or self.tr("none")))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A ring before the words."""
        super().paintEvent(event)
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ring = QRectF(9.5, self.height() / 2 - 6.5, 13, 13)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        pen = painter.pen()
        pen.setWidthF(2.2)
        pen.setColor(theme.colour("border_strong"))
        painter.setPen(pen)
        painter.drawEllipse(ring)
        if self._running:
            pen.setColor(theme.colour("accent"))
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            share = self._fraction if self._fraction is not None else 0.25
            painter.drawArc(ring, 90 * 16, -round(share * 360 * 16))
        painter.end()
