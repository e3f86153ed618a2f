"""The parts of the transcript on the screen, and which of them show when. Knows no library."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from app.desktop.message import PageMessage
from app.desktop.transcript import words
from app.desktop.transcript.book import Book
from core.jobs.types import Job
from widgets.flow import ElidedLabel, IconButton, ProgressLine, push_button, separator
from widgets.transcript import TranscriptList
from widgets.transcript.find_bar import FindBar
from widgets.transcript.line_bar import LineBar
from widgets.transcript.speakers import LinkCard, SpeakerPanel
from widgets.transcript.wave_lane import WaveLane


class JobStrip(QFrame):
    """What is being worked on, or what failed."""

    cancel_requested = Signal()
    retry_requested = Signal()
    dismissed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "bar")
        self.words = ElidedLabel("", "small")
        self.line = ProgressLine()
        self._cancel = push_button(self.tr("Cancel"), "cancel", "quiet", small=True)
        self._retry = push_button(self.tr("Try again"), "retry", small=True)
        self._close = IconButton("close", self.tr("Close"))
        column = QVBoxLayout()
        column.setSpacing(5)
        column.addWidget(self.words)
        column.addWidget(self.line)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 8, 8)
        row.setSpacing(8)
        row.addLayout(column, 1)
        for part in (self._cancel, self._retry, self._close):
            row.addWidget(part)
        self._cancel.clicked.connect(self.cancel_requested)
        self._retry.clicked.connect(self.retry_requested)
        self._close.clicked.connect(self.dismissed)
        self.show_job(None, None)

    def show_job(self, job: Job | None, failure: Job | None) -> None:
        """The job at work, or the one that failed; neither = gone."""
        self.setVisible(job is not None or failure is not None)
        self.line.setVisible(job is not None)
        self._cancel.setVisible(job is not None)
        self._retry.setVisible(failure is not None and job is None)
        self._close.setVisible(failure is not None and job is None)
        if job is not None:
            self.words.set_text(words.progress(job))
            self.line.set_fraction(words.fraction(job))
        elif failure is not None:
            self.words.set_text(" ".join(part for part in (failure.error, failure.error_action) if part))


class TranscriptPanel(QWidget):
    """``roomy``: with the sound, the times of the line, and speakers and suggestion that the page puts elsewhere."""

    def __init__(self, *, roomy: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("transcriptPanel")
        self.roomy = roomy
        self._facts = ElidedLabel("", "small")
        self.find_button = IconButton("search", self.tr("Find and replace (Ctrl+F)"))
        self.follow = QToolButton()
        self.speakers_button = IconButton("identities", self.tr("Who speaks, for how long"), checkable=True)
        self.more = IconButton("more", self.tr("Transcribe, export, what was left out"))
        self.more_menu = QMenu(self)
        self.job_strip = JobStrip()
        self.left_out = push_button("", "info", "link", small=True)
        self.link_card = LinkCard(narrow=True)
        self.speakers = SpeakerPanel()
        self.find_bar = FindBar()
        self.wave = WaveLane()
        self.list = TranscriptList()
        self.line_bar = LineBar()
        self.message = PageMessage()
        self.stack = QStackedWidget()
        self._build()
        self.show_message_mode(True)

    def show_book(self, book: Book) -> None:
        """What is said above the lines."""
        self._facts.set_text(words.facts(book.view))
        self.left_out.setText(words.left_out(book.view.dropped))
        self.left_out.setVisible(book.view.dropped > 0 and self.roomy)
        self.speakers.set_speakers(book.view.speakers, book.looks)
        self.link_card.show_links(book.view.links, book.looks)
        self.speakers_button.setEnabled(bool(book.view.speakers))
        if not self.roomy:
            self.speakers.setVisible(self.speakers_button.isChecked() and bool(book.view.speakers))

    @property
    def facts_text(self) -> str:
        """What is said above the lines."""
        return self._facts.whole_text

    def show_message_mode(self, message: bool) -> None:
        """A message in place of the lines, or the lines."""
        self.stack.setCurrentIndex(0 if message else 1)
        for part in (self.find_button, self.speakers_button):
            part.setEnabled(not message)
        if message:
            self._facts.set_text("")
            self.find_bar.hide()
            self.left_out.hide()
            self.link_card.hide()
            self.speakers.hide()
            self.follow.hide()

    def show_following(self, following: bool) -> None:
        """The button that brings back to what is said is there while the list does not follow."""
        self.follow.setVisible(not following and self.stack.currentIndex() == 1)

    def _build(self) -> None:
        self.follow.setText(self.tr("Follow"))
        self.follow.setToolTip(self.tr("Back to what is said, and along with it (Ctrl+E)"))
        self.follow.setProperty("role", "chip")
        self.follow.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.more.setMenu(self.more_menu)
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        head = QHBoxLayout()
        head.setContentsMargins(14, 6, 8, 6)
        head.setSpacing(4)
        head.addWidget(self._facts, 1)
        head.addWidget(self.left_out)
        head.addWidget(self.follow)
        head.addWidget(self.find_button)
        if not self.roomy:
            head.addWidget(self.speakers_button)
            self.speakers_button.toggled.connect(self.speakers.setVisible)
        head.addWidget(self.more)
        lines = QWidget()
        column = QVBoxLayout(lines)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        if self.roomy:
            column.addWidget(self.wave)
        column.addWidget(self.list, 1)
        if self.roomy:
            column.addWidget(separator())
            column.addWidget(self.line_bar)
        self.stack.addWidget(self.message)
        self.stack.addWidget(lines)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(head)
        whole.addWidget(separator())
        whole.addWidget(self.job_strip)
        if not self.roomy:
            card = QVBoxLayout()
            card.setContentsMargins(8, 8, 8, 4)
            card.addWidget(self.link_card)
            whole.addLayout(card)
            whole.addWidget(self.speakers)
        whole.addWidget(self.find_bar)
        whole.addWidget(self.stack, 1)
        self.find_bar.hide()
        for unseen in () if self.roomy else (self.wave, self.line_bar):
            unseen.setParent(self)
            unseen.hide()
