"""The line above the player: which episode, what is out of date, what is being worked on."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.desktop.review import counted
from app.desktop.review.open_episode import OpenEpisode
from app.desktop.review.stage_words import job_fraction, progress_words, stage_title
from core.jobs.types import Job
from widgets.flow import Badge, ElidedLabel, ProgressLine, label, push_button
from widgets.time_text import format_duration


class EpisodeHead(QWidget):
    """Shows; knows no job and no library."""

    analyse_requested = Signal()
    cancel_requested = Signal(str)
    """A job's id."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._job_id = ""
        self._has_stale = False
        self._is_analysed = True
        self._film_there = True
        self._title = ElidedLabel("", "heading")
        self._facts = label("", "small")
        self._stale = Badge()
        self._words = ElidedLabel("", "small")
        self._words.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._progress = ProgressLine()
        self._progress.setFixedWidth(160)
        self._cancel = push_button(self.tr("Cancel"), "cancel", "quiet", small=True)
        self._again = push_button(self.tr("Run again"), "retry", "plain", small=True)
        self._analyse = push_button(self.tr("Analyse"), "person", "primary", small=True)
        self._build()
        self._cancel.clicked.connect(lambda: self.cancel_requested.emit(self._job_id))
        self._again.clicked.connect(self.analyse_requested)
        self._analyse.clicked.connect(self.analyse_requested)
        self.show_job(None)

    def show_episode(self, episode: OpenEpisode) -> None:
        """Title, counts, and what is out of date."""
        review = episode.review
        self._title.set_text(review.title)
        facts = [format_duration(review.duration_s)]
        if episode.analysed:
            facts.append(counted.shots(len(review.shots)))
            facts.append(counted.tracks(len(review.tracks)))
        if episode.clustered:
            facts.append(counted.identities(len(review.identities)))
        self._facts.setText("  ·  ".join(facts))
        stale = episode.stale_stages
        names = ", ".join(stage_title(stage) for stage in stale)
        self._stale.set_badge(self.tr("{stages}: out of date").format(stages=names) if stale else "", "warning")
        self._stale.setToolTip(
            self.tr("Something these were made from is newer. Run the analysis again; names that you gave are kept.")
        )
        self._has_stale = bool(stale)
        self._is_analysed = episode.analysed and episode.clustered
        self._show_buttons()

    def set_film_there(self, there: bool) -> None:
        """Without its film an episode cannot be analysed: relinking it comes first."""
        self._film_there = there
        self._show_buttons()

    def show_title(self, title: str) -> None:
        """Only a title: the episode is being loaded."""
        self._title.set_text(title)
        self._facts.setText("")
        self._stale.set_badge("")
        self._has_stale, self._is_analysed = False, True
        self._show_buttons()

    def show_job(self, job: Job | None) -> None:
        """The analysis that is running or waiting, None = there is none."""
        self._job_id = job.job_id if job else ""
        if job is not None:
            self._words.set_text(progress_words(job))
            self._progress.set_fraction(job_fraction(job))
        for part in (self._words, self._progress, self._cancel):
            part.setVisible(job is not None)
        self._show_buttons()

    def _show_buttons(self) -> None:
        idle = not self._job_id and self._film_there
        self._again.setVisible(idle and self._has_stale)
        self._analyse.setVisible(idle and not self._is_analysed)

    def _build(self) -> None:
        names = QVBoxLayout()
        names.setSpacing(2)
        names.addWidget(self._title)
        names.addWidget(self._facts)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 16, 8)
        row.setSpacing(12)
        row.addLayout(names, 1)
        row.addWidget(self._stale)
        row.addWidget(self._words, 1)
        row.addWidget(self._progress)
        for button in (self._cancel, self._again, self._analyse):
            row.addWidget(button)
