"""A person's edits of a transcript: each runs in core's own order, away from the Qt thread, and is one undo step."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.desktop.services import Services
from core.jobs.events import EditApplied
from widgets.transcript import FindQuery

if TYPE_CHECKING:
    from core.transcript.editing import Transcripts
    from core.transcript.types import Replacement

Then = Callable[[EditApplied], object]


class TranscriptEdits(QObject):
    """Asks core for edits of the episode that ``set_episode`` named; without one nothing happens."""

    applied = Signal(object)
    """EditApplied, after core wrote it."""
    refused = Signal(object)
    """The exception; it is already a notice."""

    def __init__(self, services: Services, parent: QObject) -> None:
        super().__init__(parent)
        self._services = services
        self._ep_id: str | None = None

    def set_episode(self, ep_id: str | None) -> None:
        """The episode to edit from now on."""
        self._ep_id = ep_id

    # ---- lines

    def set_text(self, line_id: str, text: str) -> None:
        """Other words; unchanged ones keep their times."""
        self.run(lambda edit, ep_id: edit.set_text(ep_id, line_id, text))

    def set_times(self, line_id: str, start_s: float, end_s: float) -> None:
        """Another start and end."""
        self.run(lambda edit, ep_id: edit.set_times(ep_id, line_id, start_s, end_s))

    def split(self, line_id: str, word_index: int, then: Then | None = None) -> None:
        """Two lines; the second begins with that word."""
        self.run(lambda edit, ep_id: edit.split(ep_id, line_id, word_index), then)

    def merge(self, line_ids: Sequence[str]) -> None:
        """One line out of several."""
        if len(line_ids) > 1:
            self.run(lambda edit, ep_id: edit.merge(ep_id, list(line_ids)))

    def delete(self, line_ids: Sequence[str]) -> None:
        """Take lines out."""
        if line_ids:
            self.run(lambda edit, ep_id: edit.delete(ep_id, list(line_ids)))

    def insert(self, start_s: float, end_s: float, text: str, speaker_id: str | None, then: Then | None = None) -> None:
        """A new line."""
        self.run(lambda edit, ep_id: edit.insert(ep_id, start_s, end_s, text, speaker_id=speaker_id), then)

    def replace(self, query: FindQuery, new_text: str, line_ids: Sequence[str] | None) -> None:
        """Replace in some lines, None = in all: one step."""
        self.run(
            lambda edit, ep_id: edit.replace(
                ep_id,
                query.text,
                new_text,
                line_ids=None if line_ids is None else list(line_ids),
                match_case=query.match_case,
                whole_word=query.whole_word,
                regex=query.regex,
            )
        )

    def preview_replace(self, query: FindQuery, new_text: str, show: "Callable[[list[Replacement]], object]") -> None:
        """What ``replace`` would do."""
        if self._ep_id is None:
            return
        library, ep_id = self._services.library, self._ep_id
        self._services.background.run_query(
            lambda: library.transcripts.preview_replace(
                ep_id,
                query.text,
                new_text,
                match_case=query.match_case,
                whole_word=query.whole_word,
                regex=query.regex,
            ),
            show,
            latest_key="transcript-preview",
            failed=self._refuse,
            owner=self,
        )

    # ---- speakers

    def set_speaker(self, line_ids: Sequence[str], speaker_id: str | None) -> None:
        """These lines are said by somebody else."""
        if line_ids:
            self.run(lambda edit, ep_id: edit.set_speaker(ep_id, list(line_ids), speaker_id))

    def add_speaker(self, name: str, then: Then | None = None) -> None:
        """Somebody new."""
        self.run(lambda edit, ep_id: edit.add_speaker(ep_id, name), then)

    def rename_speaker(self, speaker_id: str, name: str) -> None:
        """Another name, everywhere."""
        self.run(lambda edit, ep_id: edit.rename_speaker(ep_id, speaker_id, name))

    def merge_speakers(self, source_id: str, target_id: str) -> None:
        """Two speakers are one."""
        self.run(lambda edit, ep_id: edit.merge_speakers(ep_id, source_id, target_id))

    def link_speaker(self, speaker_id: str, identity_id: str | None) -> None:
        """The speaker is this person, None = is nobody of them."""
        self.run(lambda edit, ep_id: edit.link_speaker(ep_id, speaker_id, identity_id))

    def refuse_link(self, speaker_id: str, identity_id: str) -> None:
        """The speaker is not this person; it is not suggested again."""
        self.run(lambda edit, ep_id: edit.refuse_link(ep_id, speaker_id, identity_id))

    # ---- any

    def run(self, edit: "Callable[[Transcripts, str], EditApplied | None]", then: Then | None = None) -> None:
        """Run an edit of the episode; ``then`` gets what core did."""
        if self._ep_id is None:
            return
        library, ep_id = self._services.library, self._ep_id

        def take(result: EditApplied | None) -> None:
            if result is not None:
                self.applied.emit(result)
                if then is not None:
                    then(result)

        self._services.background.run_edit(
            lambda: edit(library.transcripts, ep_id), take, failed=self._refuse, owner=self
        )

    def _refuse(self, error: Exception) -> None:
        self._services.notices.error(error)
        self.refused.emit(error)
