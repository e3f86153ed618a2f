"""What can be done with a speaker, and with who says a line: menus and the questions that they ask."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QInputDialog, QMenu, QWidget

from app.desktop.services import Services
from app.desktop.targets import TargetAsker
from app.desktop.transcript.book import Book
from app.desktop.transcript.edits import TranscriptEdits
from core.jobs.events import EditApplied
from core.review.types import IdentityRow
from core.transcript.types import SpeakerRow


class SpeakerMenus(QObject):
    """Opens menus over a panel; at most one menu and one question at a time."""

    def __init__(self, services: Services, edits: TranscriptEdits, over: QWidget, parent: QObject) -> None:
        super().__init__(parent)
        self._services, self._edits, self._over = services, edits, over
        self._asker = TargetAsker(services, over)
        self.menu: QMenu | None = None
        self.dialog: QInputDialog | None = None

    @property
    def asker(self) -> TargetAsker:
        """The question whom."""
        return self._asker

    def open_for_speaker(self, book: Book, speaker_id: str, place: QPoint) -> None:
        """The menu of a speaker."""
        speaker = book.speaker(speaker_id)
        if speaker is not None:
            menu = QMenu(self._over)
            self._add_speaker_actions(menu, book, speaker)
            self._popup(menu, place)

    def open_for_lines(self, book: Book, line_ids: Sequence[str], speaker_id: str | None, place: QPoint) -> None:
        """The menu of a chip: who says these lines, then what concerns the speaker everywhere."""
        menu = QMenu(self._over)
        self.add_line_actions(menu, book, line_ids, speaker_id)
        speaker = book.speaker(speaker_id)
        if speaker is not None:
            menu.addSeparator()
            self._add_speaker_actions(menu, book, speaker)
        self._popup(menu, place)

    def add_line_actions(self, menu: QMenu, book: Book, line_ids: Sequence[str], speaker_id: str | None) -> None:
        """Who says these lines."""
        one = len(line_ids) == 1
        title = self.tr("This line is said by") if one else self.tr("These {count} lines are said by")
        _add_heading(menu, title.format(count=len(line_ids)))
        for speaker in book.view.speakers:
            action = menu.addAction(speaker.label)
            action.setCheckable(True)
            action.setChecked(speaker.speaker_id == speaker_id)
            wanted = speaker.speaker_id
            action.triggered.connect(lambda _on=False, wanted=wanted: self._edits.set_speaker(line_ids, wanted))
        menu.addAction(self.tr("A new speaker…")).triggered.connect(lambda: self._ask_new(line_ids))
        if speaker_id is not None:
            menu.addAction(self.tr("Nobody known")).triggered.connect(lambda: self._edits.set_speaker(line_ids, None))

    def rename(self, speaker: SpeakerRow) -> None:
        """Ask for another name of a speaker, everywhere."""
        self._ask(
            self.tr("Rename {speaker} everywhere").format(speaker=speaker.label),
            speaker.name or speaker.label,
            lambda name: self._edits.rename_speaker(speaker.speaker_id, name),
        )

    def link(self, book: Book, speaker_id: str) -> None:
        """Ask which person of the episode a speaker is."""
        library, ep_id = self._services.library, book.view.ep_id
        speaker = book.speaker(speaker_id)
        title = self.tr("Who is {speaker}?").format(speaker=speaker.label if speaker is not None else speaker_id)

        def read() -> Sequence[IdentityRow]:
            from core.review.read import load_review

            return load_review(library, ep_id).identities

        def ask(identities: Sequence[IdentityRow]) -> None:
            if identities:
                self._asker.ask_person(title, identities, lambda chosen: self._edits.link_speaker(speaker_id, chosen))
            else:
                self._services.notices.info(
                    self.tr("There is nobody to link to."),
                    self.tr("Analyse the episode first: then the people on screen can be chosen."),
                )

        self._services.background.run_query(read, ask, latest_key="transcript-people", owner=self)

    def close(self) -> None:
        """Nothing is asked any more."""
        self._asker.close()
        if self.menu is not None:
            self.menu.close()
        if self.dialog is not None:
            self.dialog.close()

    # ---- inside

    def _add_speaker_actions(self, menu: QMenu, book: Book, speaker: SpeakerRow) -> None:
        speaker_id = speaker.speaker_id
        _add_heading(menu, speaker.label)
        if speaker.identity_id is None:
            menu.addAction(self.tr("Rename everywhere…")).triggered.connect(lambda: self.rename(speaker))
            menu.addAction(self.tr("Is a person on screen…")).triggered.connect(lambda: self.link(book, speaker_id))
        else:
            menu.addAction(self.tr("Is another person…")).triggered.connect(lambda: self.link(book, speaker_id))
            unlink = menu.addAction(self.tr("Is not {person}").format(person=speaker.label))
            unlink.triggered.connect(lambda: self._edits.link_speaker(speaker_id, None))
        others = [one for one in book.view.speakers if one.speaker_id != speaker_id]
        if others:
            same = menu.addMenu(self.tr("Is the same as"))
            for other in others:
                target = other.speaker_id
                same.addAction(other.label).triggered.connect(
                    lambda _on=False, target=target: self._edits.merge_speakers(speaker_id, target)
                )

    def _ask_new(self, line_ids: Sequence[str]) -> None:
        def take(name: str) -> None:
            self._edits.add_speaker(name, lambda done: self._say_new(line_ids, done))

        self._ask(self.tr("Name of the new speaker"), "", take)

    def _say_new(self, line_ids: Sequence[str], done: EditApplied) -> None:
        """The new speaker says these lines: a step of its own, because core gives the id."""
        new_id = done.change.get("new_id") or dict(done.change.get("transcript", {})).get("new_id")
        if isinstance(new_id, str) and new_id:
            self._edits.set_speaker(line_ids, new_id)

    def _ask(self, title: str, text: str, take: Callable[[str], object]) -> None:
        dialog = QInputDialog(self._over)
        dialog.setInputMode(QInputDialog.InputMode.TextInput)
        dialog.setWindowTitle(title)
        dialog.setLabelText(title)
        dialog.setTextValue(text)
        dialog.textValueSelected.connect(lambda value: take(value.strip()))
        dialog.finished.connect(lambda _code: self._forget(dialog))
        self.dialog = dialog
        dialog.open()

    def _popup(self, menu: QMenu, place: QPoint) -> None:
        self.menu = menu
        menu.aboutToHide.connect(menu.deleteLater)
        menu.destroyed.connect(lambda: setattr(self, "menu", None))
        menu.popup(place)

    def _forget(self, dialog: QInputDialog) -> None:
        if self.dialog is dialog:
            self.dialog = None
        dialog.deleteLater()


def _add_heading(menu: QMenu, words: str) -> None:
    """What the actions below are about; it cannot be chosen."""
    menu.addAction(words).setEnabled(False)
