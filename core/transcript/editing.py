"""What people change in a transcript: the one service through which the desktop, the APIs and jobs edit it."""

from collections.abc import Iterable
from typing import Any

from core.identities.edit_log import EditLog, Written
from core.jobs.events import EditApplied
from core.library.store import Store
from core.transcript import commands, speaker_commands
from core.transcript.commands import COMMANDS
from core.transcript.draft import TranscriptDraft
from core.transcript.replacing import preview_replace, replacements
from core.transcript.types import Replacement

MODULES = (commands, speaker_commands)
"""The modules whose commands the log may hold: imported here, so that all of them are known."""


class Transcripts:
    """Every edit is one transaction, one undo step (``library.moderation.undo``) and one EditApplied, which it returns.

    What changes nothing is not logged: its event has ``edit_id`` 0 and is not published. All raise NotFound,
    InvalidRequest, Conflict; then nothing was changed. ``actor`` says who, as in core.identities.moderation.
    """

    def __init__(self, store: Store, log: EditLog) -> None:
        self._store = store
        self._log = log

    # ---- lines ----

    def set_text(self, ep_id: str, line_id: str, text: str, *, actor: str = "desktop") -> EditApplied:
        """Other words; unchanged ones keep their times."""
        return self._do(ep_id, "transcript_text", {"line_id": line_id, "text": text}, actor)

    def set_times(
        self, ep_id: str, line_id: str, start_s: float, end_s: float, *, actor: str = "desktop"
    ) -> EditApplied:
        """Another start and end, in seconds."""
        payload = {"line_id": line_id, "start_s": start_s, "end_s": end_s}
        return self._do(ep_id, "transcript_times", payload, actor)

    def split(self, ep_id: str, line_id: str, word_index: int, *, actor: str = "desktop") -> EditApplied:
        """Two lines; the second, ``new_id`` of the change, begins with word ``word_index`` (counted from 0)."""
        return self._do(ep_id, "transcript_split", {"line_id": line_id, "word_index": word_index}, actor)

    def merge(self, ep_id: str, line_ids: Iterable[str], *, actor: str = "desktop") -> EditApplied:
        """Neighbours become one line, the first of them (``target_id``)."""
        return self._do(ep_id, "transcript_merge", {"line_ids": list(line_ids)}, actor)

    def delete(self, ep_id: str, line_ids: Iterable[str], *, actor: str = "desktop") -> EditApplied:
        """Take lines out."""
        return self._do(ep_id, "transcript_delete", {"line_ids": list(line_ids)}, actor)

    def insert(
        self,
        ep_id: str,
        start_s: float,
        end_s: float,
        text: str,
        speaker_id: str | None = None,
        *,
        actor: str = "desktop",
    ) -> EditApplied:
        """A new line, ``new_id`` of the change."""
        payload = {"start_s": start_s, "end_s": end_s, "text": text, "speaker_id": speaker_id}
        return self._do(ep_id, "transcript_insert", payload, actor)

    # ---- find and replace ----

    def preview_replace(
        self,
        ep_id: str,
        find: str,
        replace: str,
        *,
        match_case: bool = False,
        whole_word: bool = False,
        regex: bool = False,
    ) -> list[Replacement]:
        """The lines that :meth:`replace` would change, by time."""
        options = {"match_case": match_case, "whole_word": whole_word, "regex": regex}
        return preview_replace(self._store.read(), ep_id, find, replace, **options)

    def replace(
        self,
        ep_id: str,
        find: str,
        replace: str,
        *,
        line_ids: Iterable[str] | None = None,
        match_case: bool = False,
        whole_word: bool = False,
        regex: bool = False,
        actor: str = "desktop",
    ) -> EditApplied:
        """Replace in these lines, None = in all, as one step; a line of which nothing is left is deleted."""
        options = {"match_case": match_case, "whole_word": whole_word, "regex": regex}
        texts = replacements(self._store.read(), ep_id, find, replace, line_ids, **options)
        return self._do(ep_id, "transcript_replace", {"find": find, "replace": replace, "texts": texts}, actor)

    # ---- speakers ----

    def set_speaker(
        self, ep_id: str, line_ids: Iterable[str], speaker_id: str | None, *, actor: str = "desktop"
    ) -> EditApplied:
        """Who says these lines."""
        return self._do(ep_id, "transcript_speaker", {"line_ids": list(line_ids), "speaker_id": speaker_id}, actor)

    def add_speaker(self, ep_id: str, name: str, *, actor: str = "desktop") -> EditApplied:
        """A speaker without lines, ``new_id`` of the change."""
        return self._do(ep_id, "transcript_add_speaker", {"name": name}, actor)

    def rename_speaker(self, ep_id: str, speaker_id: str, name: str, *, actor: str = "desktop") -> EditApplied:
        """Give a name everywhere; an empty one takes it away. A linked speaker is called like the person."""
        return self._do(ep_id, "transcript_rename_speaker", {"speaker_id": speaker_id, "name": name}, actor)

    def merge_speakers(self, ep_id: str, source_id: str, target_id: str, *, actor: str = "desktop") -> EditApplied:
        """Two speakers are one."""
        return self._do(ep_id, "transcript_merge_speakers", {"source_id": source_id, "target_id": target_id}, actor)

    def link_speaker(
        self, ep_id: str, speaker_id: str, identity_id: str | None, *, actor: str = "desktop"
    ) -> EditApplied:
        """The speaker is this person of the film, None = is nobody of them."""
        payload = {"speaker_id": speaker_id, "identity_id": identity_id}
        return self._do(ep_id, "transcript_link_speaker", payload, actor)

    def refuse_link(self, ep_id: str, speaker_id: str, identity_id: str, *, actor: str = "desktop") -> EditApplied:
        """The speaker is not this person; it is not suggested again."""
        payload = {"speaker_id": speaker_id, "identity_id": identity_id}
        return self._do(ep_id, "transcript_refuse_link", payload, actor)

    def _do(self, ep_id: str, command: str, payload: dict[str, Any], actor: str) -> EditApplied:
        def edit(connection: Any) -> Written:
            draft = TranscriptDraft.begin(connection, ep_id)
            done = COMMANDS[command](draft, payload)
            request = {"command": command, "payload": payload, "runs": draft.runs.needed}
            return Written(done.name, command, draft.runs.transcript, draft.rows, request, done.result)

        return self._log.write(ep_id, edit, actor=actor)
