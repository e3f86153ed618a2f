"""A new transcript, and who speaks in it, made the present ones: runs with their rows, in one transaction each."""

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from core.identities.changes import RowChange
from core.identities.edit_log import Written, log_written
from core.identities.row_draft import RowDraft
from core.identities.settle import change_set
from core.library.types import Run
from core.speech import subtitles
from core.speech.types import Transcript
from core.subtitling.transcript_json import transcript_bytes
from core.transcript.carry import carry_speakers_by_lines, with_lines_by_person
from core.transcript.cuts import cuts_of
from core.transcript.draft import insert_lines
from core.transcript.lines import lines_of_segments
from core.transcript.publish_speakers import publish_speakers
from core.transcript.runs import CurrentRuns

if TYPE_CHECKING:
    from core.library.library import Library

__all__ = ["publish_speakers", "publish_transcript"]

COMMAND, NAME = "transcript_publish", "Transcribe again"


def publish_transcript(
    library: "Library", ep_id: str, transcript: Transcript, *, params: dict[str, Any], actor: str = "analysis"
) -> Run:
    """Make this the episode's transcript. In place of an older one it is an edit: undo brings the older one back.

    Lines by a person are carried over; speakers go on until they are looked for anew. The run's folder holds
    ``transcript.json``, ``dropped.json``, ``transcript.srt`` and ``transcript.vtt``.
    Raises NotFound, StorageFull, StorageUnwritable.
    """
    machine = lines_of_segments(transcript.segments)
    folder = library.runs.begin(ep_id, "transcribe", params, {})
    try:
        _write_files(folder.path, transcript, cuts_of(library.store.read(), ep_id))
    except BaseException:
        library.runs.discard(folder)
        raise

    def rows(connection: sqlite3.Connection, run_id: int, old_run: int | None) -> None:
        lines = machine
        if old_run is not None:
            lines = with_lines_by_person(connection, old_run, lines)
            old = CurrentRuns(old_run, _speakers_run(connection, ep_id) or old_run)
            carry_speakers_by_lines(connection, ep_id, old, run_id, lines)
        insert_lines(connection, ep_id, run_id, lines, "live")
        if old_run is not None:
            _log(connection, ep_id, old_run, run_id, actor)

    return library.runs.publish(folder, _summary(transcript), None, replaced=rows)


def _write_files(folder: Path, transcript: Transcript, cuts_s: list[float]) -> None:
    (folder / "transcript.json").write_bytes(transcript_bytes(transcript))
    (folder / "dropped.json").write_bytes(orjson.dumps(transcript.dropped, option=orjson.OPT_INDENT_2))
    shown = subtitles.cues(transcript.segments, cuts_s=cuts_s)
    for kind in ("srt", "vtt"):
        (folder / f"transcript.{kind}").write_text(subtitles.write(shown, kind), encoding="utf-8", newline="\n")


def _summary(transcript: Transcript) -> dict[str, Any]:
    return {
        "language": transcript.language.code,
        "language_name": transcript.language.name,
        "confidence": transcript.language.confidence,
        "mixed": transcript.language.mixed,
        "task": transcript.task,
        "model": transcript.model,
        "device": transcript.device,
        "lines": len(transcript.segments),
        "words": sum(len(segment.words) for segment in transcript.segments),
        "dropped": len(transcript.dropped),
        "duration_s": transcript.duration_s,
        "took_s": transcript.took_s,
        "notes": list(transcript.notes),
    }


def _speakers_run(connection: sqlite3.Connection, ep_id: str) -> int | None:
    row = connection.execute(
        "SELECT run_id FROM runs WHERE ep_id = ? AND stage = 'speakers' AND current = 1", (ep_id,)
    ).fetchone()
    return int(row["run_id"]) if row is not None else None


def _log(connection: sqlite3.Connection, ep_id: str, old_run: int, new_run: int, actor: str) -> None:
    """The older transcript stops being current together with its speakers."""
    draft = RowDraft(connection, ep_id)
    speakers = _speakers_run(connection, ep_id)
    if speakers is not None:
        draft.set_rows("runs", (), {speakers: {"current": 0}})
    rows = [*draft.rows, *replaced_run(old_run, new_run)]
    needed = [run_id for run_id in (old_run, new_run, speakers) if run_id is not None]
    written = Written(NAME, COMMAND, new_run, rows, {"old_run": old_run, "new_run": new_run, "runs": needed})
    log_written(connection, ep_id, written, {"command": COMMAND} | change_set(connection, ep_id, 0, rows), actor)


def replaced_run(old_run: int | None, new_run: int) -> list[RowChange]:
    """What was already written when a run took the place of another."""
    rows = [RowChange("runs", (new_run,), {"current": 0}, {"current": 1})]
    if old_run is not None:
        rows.append(RowChange("runs", (old_run,), {"current": 1}, {"current": 0}))
    return rows
