"""Who speaks in a transcript, made known: speakers as rows, and lines divided where somebody else goes on."""

import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from core.errors import Conflict, InvalidRequest
from core.identities.changes import RowChange
from core.identities.edit_log import Written, log_written
from core.identities.settle import change_set
from core.library.types import Run
from core.speech.rttm import write_rttm
from core.speech.types import Diarization
from core.transcript.carry import Stretch, copy_refusals, merged, stretches_by_speaker, successors
from core.transcript.draft import TranscriptDraft, speaker_id_of
from core.transcript.labelling import Turns, speaker_parts
from core.transcript.runs import CurrentRuns
from core.transcript.words import text_of, words_from_json, words_to_json

if TYPE_CHECKING:
    from core.library.library import Library

COMMAND, NAME = "transcript_publish_speakers", "Find the speakers"
Vote = tuple[int, str, float, float]
"""Speaker, track id, score in [0, 1], seconds."""


def publish_speakers(
    library: "Library",
    ep_id: str,
    diarization: Diarization,
    votes: Sequence[Vote],
    *,
    params: dict[str, Any],
    actor: str = "analysis",
) -> Run:
    """Make these the speakers of the present transcript; names, links and refusals go over to who speaks then.

    An edit of its own, unless nothing was edited in the transcript before. The run's folder holds ``speakers.json`` and
    ``<ep_id>.rttm``. Raises NotFound, InvalidRequest without a transcript, Conflict when it was replaced meanwhile.
    """
    transcript = library.runs.current(ep_id, "transcribe")
    if transcript is None:
        library.episodes.get(ep_id)
        raise InvalidRequest(f"“{ep_id}” has no transcript yet.", action="Transcribe it first.")
    inputs = {"transcribe": transcript.run_id}
    tracks = library.runs.current(ep_id, "detect_track")
    if votes and tracks is not None:
        inputs["detect_track"] = tracks.run_id
    folder = library.runs.begin(ep_id, "speakers", params, inputs)
    try:
        _write_files(folder.path, ep_id, diarization)
    except BaseException:
        library.runs.discard(folder)
        raise

    def rows(connection: sqlite3.Connection, run_id: int, old_run: int | None) -> None:
        _require_current(connection, ep_id, transcript.run_id)
        before = CurrentRuns(transcript.run_id, old_run or transcript.run_id)
        _insert(connection, ep_id, run_id, diarization, votes)
        _carry(connection, ep_id, before, run_id, diarization)
        draft = TranscriptDraft(connection, ep_id, CurrentRuns(transcript.run_id, run_id))
        _label_lines(draft, Turns(diarization.turns))
        if old_run is not None or _was_edited(connection, ep_id, transcript.run_id):
            _log(draft, old_run, run_id, actor)

    summary = {"speakers": diarization.speakers, "turns": len(diarization.turns), "overlap_s": diarization.overlap_s}
    return library.runs.publish(folder, summary, None, replaced=rows)


def _write_files(folder: Path, ep_id: str, diarization: Diarization) -> None:
    document = {
        "schema_version": 1,
        "speakers": [
            {"speaker_id": speaker_id_of(number + 1), "speech_s": round(spoken_s, 3)}
            for number, spoken_s in enumerate(_speech_s(diarization))
        ],
        "turns": [
            [round(turn.start_s, 3), round(turn.end_s, 3), speaker_id_of(turn.speaker + 1)]
            for turn in diarization.turns
        ],
        "overlap_s": round(diarization.overlap_s, 3),
        "vectors": diarization.vectors.tolist(),
    }
    (folder / "speakers.json").write_bytes(orjson.dumps(document))
    (folder / f"{ep_id}.rttm").write_text(write_rttm(diarization.turns, ep_id, None), encoding="utf-8", newline="\n")


def _require_current(connection: sqlite3.Connection, ep_id: str, transcript_run: int) -> None:
    row = connection.execute("SELECT current FROM runs WHERE run_id = ?", (transcript_run,)).fetchone()
    if row is None or not row["current"]:
        raise Conflict(f"The transcript of “{ep_id}” was replaced in the meantime.", action="Find the speakers again.")


def _insert(
    connection: sqlite3.Connection, ep_id: str, run_id: int, diarization: Diarization, votes: Sequence[Vote]
) -> None:
    connection.executemany(
        "INSERT INTO speakers (ep_id, run_id, speaker_id, speech_s) VALUES (?, ?, ?, ?)",
        [
            (ep_id, run_id, speaker_id_of(number + 1), round(spoken_s, 3))
            for number, spoken_s in enumerate(_speech_s(diarization))
        ],
    )
    connection.executemany(
        "INSERT OR REPLACE INTO speaker_votes (run_id, speaker_id, track_id, score, seconds) VALUES (?, ?, ?, ?, ?)",
        [
            (run_id, speaker_id_of(speaker + 1), track_id, score, spoken_s)
            for speaker, track_id, score, spoken_s in votes
        ],
    )


def _carry(
    connection: sqlite3.Connection, ep_id: str, before: CurrentRuns, run_id: int, diarization: Diarization
) -> None:
    """Names and links go over to new speakers; who was named and is not heard any more stays without lines."""
    old = connection.execute(
        "SELECT speaker_id, name, identity_id FROM speakers WHERE run_id = ? AND state = 'live' ORDER BY speaker_id",
        (before.speakers,),
    ).fetchall()
    heirs = successors(stretches_by_speaker(connection, before.transcript), _stretches(diarization))
    number = diarization.speakers
    for row in old:
        if not row["name"] and not row["identity_id"]:
            continue
        if row["speaker_id"] not in heirs:
            number += 1
            heirs[row["speaker_id"]] = speaker_id_of(number)
            connection.execute(
                "INSERT INTO speakers (ep_id, run_id, speaker_id) VALUES (?, ?, ?)",
                (ep_id, run_id, speaker_id_of(number)),
            )
        connection.execute(
            "UPDATE speakers SET name = ?, identity_id = ? WHERE run_id = ? AND speaker_id = ?",
            (row["name"], row["identity_id"], run_id, heirs[row["speaker_id"]]),
        )
    copy_refusals(connection, ep_id, before.speakers, run_id, heirs)


def _label_lines(draft: TranscriptDraft, turns: Turns) -> None:
    """Say of each line who says it; one by the machine is divided where the speaker changes."""
    whole: dict[str, dict[str, Any]] = {}
    divided: dict[str, dict[str, Any]] = {}
    new: list[Mapping[str, Any]] = []
    for row in draft.all_lines():
        words = () if row["by_person"] else words_from_json(row["words"])
        parts = speaker_parts(words, turns)
        if len(parts) <= 1:
            speaker = parts[0][2] if parts else turns.speaker(row["start_s"], row["end_s"])
            whole[row["line_id"]] = {"speaker_id": _id(speaker)}
            continue
        pieces = [_part(row, words[begin:end], speaker) for begin, end, speaker in parts]
        pieces[0]["start_s"] = row["start_s"]
        divided[row["line_id"]] = {name: pieces[0][name] for name in ("end_s", "text", "words", "speaker_id")}
        new += [{**dict(row), **piece} for piece in pieces[1:]]
    draft.set_lines(whole)
    draft.set_lines(divided)
    if new:
        draft.new_lines(new)


def _part(row: sqlite3.Row, words: Sequence[Any], speaker: int | None) -> dict[str, Any]:
    start_s = min(max(words[0].start_s, row["start_s"]), row["end_s"])
    return {
        "start_s": start_s,
        "end_s": max(start_s, min(max(word.end_s for word in words), row["end_s"])),
        "text": text_of(words),
        "words": words_to_json(words),
        "speaker_id": _id(speaker),
    }


def _was_edited(connection: sqlite3.Connection, ep_id: str, transcript_run: int) -> bool:
    """Whether steps stand in the log that could no longer be taken back if lines changed under them."""
    query = "SELECT 1 FROM edits WHERE ep_id = ? AND run_id = ? AND state IN ('done', 'undone')"
    return connection.execute(query, (ep_id, transcript_run)).fetchone() is not None


def _log(draft: TranscriptDraft, old_run: int | None, run_id: int, actor: str) -> None:
    rows = [*draft.rows, RowChange("runs", (run_id,), {"current": 0}, {"current": 1})]
    if old_run is not None:
        rows.append(RowChange("runs", (old_run,), {"current": 1}, {"current": 0}))
    needed = [one for one in (draft.runs.transcript, run_id, old_run) if one is not None]
    written = Written(NAME, COMMAND, draft.runs.transcript, rows, {"runs": needed})
    change = {"command": COMMAND} | change_set(draft.connection, draft.ep_id, 0, rows)
    log_written(draft.connection, draft.ep_id, written, change, actor)


def _stretches(diarization: Diarization) -> dict[str, list[Stretch]]:
    found: dict[str, list[Stretch]] = {}
    for turn in diarization.turns:
        found.setdefault(speaker_id_of(turn.speaker + 1), []).append((turn.start_s, turn.end_s))
    return {speaker_id: merged(stretches) for speaker_id, stretches in found.items()}


def _speech_s(diarization: Diarization) -> list[float]:
    found = [0.0] * diarization.speakers
    for turn in diarization.turns:
        found[turn.speaker] += turn.end_s - turn.start_s
    return found


def _id(speaker: int | None) -> str | None:
    return None if speaker is None else speaker_id_of(speaker + 1)
