"""What is at work for the task, in one card: stage, progress, stop."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.desktop.procedures_page.book import Work
from app.desktop.procedures_page.words import busy_words, job_line
from core.jobs.types import Job
from widgets.flow import Card, ElidedLabel, IconButton, ProgressLine, label


class JobStrip(QWidget):
    """Hidden while nothing is at work."""

    cancel_requested = Signal(object)
    """Job."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.job: Job | None = None
        self.words = ElidedLabel("", "small")
        self.more = label("", "caption")
        self.line = ProgressLine()
        self.stop = IconButton("cancel", self.tr("Stop this job"), size_px=14)
        card = Card(padding_px=10, spacing_px=6)
        row = QHBoxLayout()
        row.addWidget(self.words, 1)
        row.addWidget(self.stop)
        card.body.addLayout(row)
        card.body.addWidget(self.line)
        card.body.addWidget(self.more)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 8, 8)
        column.addWidget(card)
        self.stop.clicked.connect(lambda: self.cancel_requested.emit(self.job) if self.job is not None else None)
        self.hide()

    def show_work(self, work: Work) -> None:
        """The job at work, or the one that waits longest."""
        self.job = work.first()
        if self.job is not None:
            words, fraction = job_line(self.job)
            self.words.set_text(words)
            self.line.set_fraction(fraction)
            self.stop.setEnabled(True)
            self.more.setText(busy_words(work))
            self.more.setVisible(bool(self.more.text()))
        self.setVisible(self.job is not None)

    def show_adding(self, done: int, total: int, name: str) -> None:
        """Files are being added: nothing to stop there."""
        self.job = None
        self.words.set_text(self.tr("Adding {name}").format(name=name))
        self.line.set_fraction(done / total if total > 1 else None)
        self.stop.setEnabled(False)
        self.more.hide()
        self.show()
