"""Joins a panel to the library: shows the transcript of an episode, and turns what the person does into edits."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from app.desktop.services import Services
from app.desktop.transcript import states
from app.desktop.transcript.book import Book
from app.desktop.transcript.desk_menus import DeskMenus
from app.desktop.transcript.edits import TranscriptEdits
from app.desktop.transcript.exporting import TranscriptExport
from app.desktop.transcript.finding import Finding
from app.desktop.transcript.making import Making
from app.desktop.transcript.panel import TranscriptPanel
from app.desktop.transcript.source import TranscriptSource, read_dropped
from app.desktop.transcript.speaker_menu import SpeakerMenus
from core.jobs.events import EditApplied
from core.speech.types import Dropped
from core.transcript.types import LineRow
from widgets.transcript.dialogs import DroppedDialog
from widgets.transcript.words import span_at_time, word_spans

NEW_LINE_S = 2.0
LEAST_NEW_S = 0.3


class TranscriptDesk(QObject):
    """The shared controller of the Transcript page and of the tab in Review."""

    seek_requested = Signal(float, bool)
    """Seconds; False while dragging."""
    shown_changed = Signal()
    """Other lines or speakers are shown."""

    def __init__(self, services: Services, panel: TranscriptPanel, parent: QObject, name: str) -> None:
        super().__init__(parent)
        self._services = services
        self.panel = panel
        self.source = TranscriptSource(services, self, name, with_sound=panel.roomy)
        self.edits = TranscriptEdits(services, self)
        self.making = Making(services, panel, self)
        self.exporting = TranscriptExport(services, panel, self)
        self.finding = Finding(panel.find_bar, panel.list, self.edits, panel, self)
        self.menus = SpeakerMenus(services, self.edits, panel, self)
        self.dialog: DroppedDialog | None = None
        self._t_s = 0.0
        self._error: Exception | None = None
        self._show_next = self._write_next = ""
        self._known_ids: frozenset[str] = frozenset()
        self._desk_menus = DeskMenus(self)
        self._connect()
        self._show()

    # ---- what the page says

    @property
    def book(self) -> Book | None:
        """What is shown."""
        return self.source.book

    def open(self, ep_id: str | None, show_line: str = "") -> None:
        """Show the transcript of an episode, None = of none; ``show_line`` is brought into view."""
        self._show_next = show_line
        if ep_id == self.source.ep_id and ep_id is not None:
            self._show_wanted()
            return
        self.close_questions()
        self._error = None
        self.panel.find_bar.hide()
        self.panel.list.set_following(True)
        self.edits.set_episode(ep_id)
        self.making.set_episode(ep_id)
        self.source.open(ep_id)
        self._show()

    def set_position(self, t_s: float) -> None:
        """Where the film is."""
        self._t_s = t_s
        if self.panel.isVisible():
            self.panel.list.set_position(t_s)
            self.panel.line_bar.set_position(t_s)
            if self.panel.roomy:
                self.panel.wave.set_position(t_s)

    def entered(self) -> None:
        """The panel can be seen now."""
        self.set_position(self._t_s)

    def close_questions(self) -> None:
        """Nothing is asked any more."""
        self.panel.list.writing.leave()
        self.making.close()
        self.exporting.close()
        self.finding.close()
        self.menus.close()
        if self.dialog is not None:
            self.dialog.close()

    # ---- for the action table

    def has_lines(self) -> bool:
        """Whether there is a line."""
        return self.book is not None and bool(self.book.view.lines)

    def has_selection(self) -> bool:
        """Whether lines are selected."""
        return bool(self.panel.list.selection.ids) and self.has_lines()

    def has_one(self) -> bool:
        """Whether just one line is selected."""
        return len(self.panel.list.selection.ids) == 1 and self.has_lines()

    def has_several(self) -> bool:
        """Whether several lines are selected."""
        return len(self.panel.list.selection.ids) > 1

    def can_transcribe(self) -> bool:
        """Whether there is sound to work on, and nothing works on it."""
        book = self.book
        return book is not None and book.facts.has_sound and not book.facts.media_missing and self.making.job is None

    def has_transcript(self) -> bool:
        """Whether anything was transcribed."""
        return self.book is not None and self.book.exists

    def has_left_out(self) -> bool:
        """Whether text was kept out of the transcript."""
        return self.book is not None and self.book.view.dropped > 0

    def can_find_speakers(self) -> bool:
        """Whether voices can be looked for."""
        return self.has_lines() and self.can_transcribe()

    def transcribe(self) -> None:
        """Ask how, then transcribe."""
        if self.book is not None:
            note = self.tr("This replaces the transcript, as one step to undo; lines that you wrote or timed are kept.")
            title = self.tr("Transcribe “{title}”").format(title=self.book.facts.title)
            self.making.ask(title, note if self.book.exists else "")

    def edit_text(self) -> None:
        """Write in the current line."""
        self.panel.list.begin_edit(self.panel.list.selection.current)

    def split(self) -> None:
        """Divide the selected line at the word of the keyboard, else at the one that is said, else in the middle."""
        line = self._one()
        if line is None:
            return
        spans = word_spans(line)
        at = self.panel.list.word_focus
        if at <= 0 and line.start_s < self._t_s < line.end_s:
            at = span_at_time(spans, self._t_s)
        if not 0 < at < len(spans):
            at = len(spans) // 2
        if at > 0:
            self.edits.split(line.line_id, at)

    def merge(self) -> None:
        """One line out of the selected ones."""
        self.edits.merge(self.panel.list.selection.ids)

    def delete(self) -> None:
        """Take the selected lines out."""
        self.edits.delete(self.panel.list.selection.ids)

    def insert(self) -> None:
        """A new line where the film is, to be written at once."""
        book = self.book
        if book is None or not book.exists:
            return
        now = book.line_at(self._t_s)
        start_s = now.end_s if now is not None else self._t_s
        ahead = [line.start_s for line in book.view.lines if line.start_s > start_s]
        most_s = min([*ahead, book.facts.info.duration_s, start_s + NEW_LINE_S])
        speaker_id = now.speaker_id if now is not None else None
        end_s = max(most_s, start_s + LEAST_NEW_S)
        self._note_known()
        self.edits.insert(start_s, end_s, self.tr("New line"), speaker_id, self._write_in_new)

    def copy(self) -> None:
        """The texts of the selected lines to the clipboard."""
        chosen = set(self.panel.list.selection.ids)
        texts = [line.text for line in self.panel.list.lines if line.line_id in chosen]
        clipboard = QGuiApplication.clipboard()
        if texts and clipboard is not None:
            clipboard.setText("\n".join(texts))

    def export(self, kind: str) -> None:
        """Ask where a file goes."""
        if self.book is not None:
            self.exporting.ask_transcript(self.book.view.ep_id, self.book.facts.title, kind)

    def show_left_out(self) -> None:
        """What was kept out of the transcript, with reasons."""
        ep_id, library = self.source.ep_id, self._services.library
        if ep_id is not None:
            self._services.background.run_query(
                lambda: read_dropped(library, ep_id), self._open_left_out, latest_key="transcript-left-out", owner=self
            )

    def find(self, *, replace: bool = False) -> None:
        """Show the bar for finding."""
        if self.has_lines():
            self.finding.open(replace=replace)

    def follow(self) -> None:
        """Back to what is said, and along with it."""
        self.panel.list.set_following(True)

    # ---- showing

    def _show(self) -> None:
        """The state of now: lines, or why there are none."""
        panel, book = self.panel, self.source.book
        panel.job_strip.show_job(self.making.job, self.making.failure if self.has_lines() else None)
        if book is not None and book.view.lines:
            panel.show_message_mode(False)
            panel.show_book(book)
            self._show_lines(book)
        else:
            panel.show_message_mode(True)
            panel.list.set_lines((), {})
            saying = self._saying(book)
            button = (saying.button, self._icon_of(saying.press), self._press_of(saying.press))
            panel.message.say(saying.icon, saying.title, saying.text, *([button] if saying.button else []))
            if book is not None and book.exists:
                panel.left_out.setVisible(book.view.dropped > 0)
        panel.show_following(panel.list.following)
        self._services.actions.refresh()
        self.shown_changed.emit()

    def _show_lines(self, book: Book) -> None:
        self.panel.list.set_lines(book.view.lines, book.looks)
        if self.panel.roomy:
            self.panel.wave.set_lines(book.view.lines, book.looks)
        self.finding.lines_changed()
        self._show_selection()
        self._show_wanted()
        self._write_if_wanted()

    def _saying(self, book: Book | None) -> states.Saying:
        if self.source.ep_id is None:
            return states.nothing_open()
        if self._error is not None:
            return states.unreadable(self._error)
        if book is None:
            return states.reading()
        return states.without_lines(book, self.making.job, self.making.failure)

    def _press_of(self, press: str) -> Callable[[], object]:
        ep_id = self.source.ep_id or ""
        navigator = self._services.navigator
        return {
            "transcribe": self.transcribe,
            "retry": self.making.retry,
            "reload": self.source.reload,
            "relink": lambda: navigator.relink(ep_id),
            "library": lambda: navigator.go("library"),
        }.get(press, lambda: None)

    @staticmethod
    def _icon_of(press: str) -> str:
        return {"transcribe": "transcript", "relink": "relink", "library": "library"}.get(press, "retry")

    def _on_loaded(self) -> None:
        self._error = None
        if self.book is not None and self.panel.roomy and not self.panel.list.lines:
            self.panel.wave.set_duration(self.book.facts.info.duration_s)
        self._show()
        self.set_position(self._t_s)

    def _show_jobs(self) -> None:
        """Progress comes often: the lines stay as they are."""
        if self.has_lines():
            self.panel.job_strip.show_job(self.making.job, self.making.failure)
            self._services.actions.refresh()
        else:
            self._show()

    def _on_failed(self, error: Exception) -> None:
        self._error = error
        self._show()

    def _show_selection(self) -> None:
        chosen = self.panel.list.selection.ids
        self.panel.line_bar.show_line(self._one(), len(chosen))
        self.panel.wave.set_selected(chosen)
        self._services.actions.refresh()

    def _show_wanted(self) -> None:
        if self._show_next and self.panel.list.selection.index_of(self._show_next) >= 0:
            self.panel.list.show_line(self._show_next)
            self._show_next = ""

    def _one(self) -> LineRow | None:
        chosen = self.panel.list.selection.ids
        return self.book.line(chosen[0]) if len(chosen) == 1 and self.book is not None else None

    def _open_left_out(self, dropped: Sequence[Dropped]) -> None:
        dialog = DroppedDialog(dropped, self.panel)
        dialog.seek_requested.connect(lambda t_s: self.seek_requested.emit(t_s, True))
        dialog.finished.connect(lambda _code: self._forget(dialog))
        self.dialog = dialog
        dialog.open()

    def _forget(self, dialog: DroppedDialog) -> None:
        if self.dialog is dialog:
            self.dialog = None
        dialog.deleteLater()

    # ---- editing

    def _split_as_written(self, line_id: str, text: str, word: int) -> None:
        line = self.book.line(line_id) if self.book is not None else None
        if line is not None and line.text != text:
            self.edits.set_text(line_id, text)
        self._note_known()
        self.edits.split(line_id, word, self._write_in_new)

    def _write_in_new(self, done: EditApplied) -> None:
        """The line that the edit made is written in as soon as it is there."""
        touched = dict(done.change.get("transcript", {})).get("lines", ())
        self._write_next = next((line_id for line_id in touched if line_id not in self._known_ids), "")
        self._write_if_wanted()

    def _note_known(self) -> None:
        self._known_ids = frozenset(line.line_id for line in self.panel.list.lines)

    def _write_if_wanted(self) -> None:
        if self._write_next and self.panel.list.selection.index_of(self._write_next) >= 0:
            line_id, self._write_next = self._write_next, ""
            self.panel.list.begin_edit(line_id)

    def _seek_and_follow(self, t_s: float) -> None:
        self.panel.list.set_following(True)
        self.seek_requested.emit(t_s, True)

    # ---- assembly

    def _connect(self) -> None:
        panel, view, edits, making = self.panel, self.panel.list, self.edits, self.making
        self.source.loaded.connect(self._on_loaded)
        self.source.lines_changed.connect(self._show)
        self.source.failed.connect(self._on_failed)
        self.source.episode_gone.connect(lambda: self.open(None))
        self.source.waveform_loaded.connect(panel.wave.set_waveform)
        making.changed.connect(self._show_jobs)
        view.seek_requested.connect(self._seek_and_follow)
        view.text_committed.connect(edits.set_text)
        view.split_requested.connect(self._split_as_written)
        view.merge_requested.connect(edits.merge)
        view.delete_requested.connect(edits.delete)
        view.selection_changed.connect(self._show_selection)
        view.following_changed.connect(panel.show_following)
        panel.follow.clicked.connect(self.follow)
        panel.find_button.clicked.connect(lambda: self.find(replace=True))
        panel.left_out.clicked.connect(self.show_left_out)
        panel.job_strip.cancel_requested.connect(making.cancel)
        panel.job_strip.retry_requested.connect(making.retry)
        panel.job_strip.dismissed.connect(making.dismiss)
        panel.link_card.accepted.connect(edits.link_speaker)
        panel.link_card.refused.connect(edits.refuse_link)
        panel.link_card.show_requested.connect(lambda start_s, _end_s: self._seek_and_follow(start_s))
        panel.wave.seek_requested.connect(self.seek_requested)
        panel.wave.times_committed.connect(edits.set_times)
        panel.wave.line_clicked.connect(view.show_line)
        bar = panel.line_bar
        bar.times_committed.connect(edits.set_times)
        bar.split_requested.connect(self.split)
        bar.merge_requested.connect(self.merge)
        bar.insert_requested.connect(self.insert)
        bar.delete_requested.connect(self.delete)
