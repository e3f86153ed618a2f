"""Transcripts as plain data for views: all lines at once, some lines, how long people speak."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from core.errors import InvalidRequest
from core.identities.changes import listed
from core.speech.languages import name as language_name
from core.transcript.carry import merged, stretches_by_speaker
from core.transcript.draft import speaker_number
from core.transcript.runs import CurrentRuns, current_transcript, identity_labels, speaker_labels
from core.transcript.types import LineRow, SpeakerLink, SpeakerRow, TranscriptView
from core.transcript.words import words_of_lines

if TYPE_CHECKING:
    from core.library.library import Library

_COLUMNS = "line_id, start_s, end_s, text, words, speaker_id, language, confidence, by_person"


@dataclass(frozen=True, slots=True)
class SpeechTime:
    """Seconds of speech: ``speakers`` by speaker id, ``identities`` by the identity that speakers are linked to."""

    speakers: dict[str, float]
    identities: dict[str, float]


def load_transcript(library: "Library", ep_id: str) -> TranscriptView:
    """Everything of the present transcript, all of one moment; ``run_id`` 0 without one. Raises NotFound."""
    with library.store.snapshot() as connection:
        runs = current_transcript(connection, ep_id)
        if runs is None:
            return TranscriptView(ep_id, 0, "", "", "", "", "", (), ())
        run = connection.execute("SELECT created_at, summary FROM runs WHERE run_id = ?", (runs.transcript,)).fetchone()
        lines = _lines(
            connection.execute(
                f"SELECT {_COLUMNS} FROM transcript_lines "  # noqa: S608  constants
                "WHERE ep_id = ? AND run_id = ? AND state = 'live' ORDER BY start_s, end_s, line_id",
                (ep_id, runs.transcript),
            )
        )
        speakers = _speakers(connection, ep_id, runs, lines)
    summary: dict[str, Any] = orjson.loads(run["summary"])
    language = str(summary.get("language", ""))
    return TranscriptView(
        ep_id=ep_id,
        run_id=runs.transcript,
        language=language,
        language_name=str(summary.get("language_name", "")) or _named(language),
        task=str(summary.get("task", "")),
        model=str(summary.get("model", "")),
        created_at=run["created_at"],
        lines=lines,
        speakers=speakers,
        links=_links(library, ep_id, speakers),
        dropped=int(summary.get("dropped", 0)),
    )


def read_lines(library: "Library", ep_id: str, line_ids: Iterable[str]) -> list[LineRow]:
    """Live lines of the present transcript, by time; those that are gone are left out. Raises NotFound."""
    connection = library.store.read()
    runs = current_transcript(connection, ep_id)
    if runs is None:
        return []
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM transcript_lines WHERE run_id = ? AND state = 'live' "  # noqa: S608  constants
        "AND line_id IN (SELECT value FROM json_each(?)) ORDER BY start_s, end_s, line_id",
        (runs.transcript, listed(line_ids)),
    )
    return list(_lines(rows))


def speech_time(library: "Library", ep_id: str) -> SpeechTime:
    """How long people speak in the lines as they are now; time in which a speaker has two lines counts once."""
    with library.store.snapshot() as connection:
        runs = current_transcript(connection, ep_id)
        if runs is None:
            return SpeechTime({}, {})
        spoken = stretches_by_speaker(connection, runs.transcript)
        rows = connection.execute(
            "SELECT speaker_id, identity_id FROM speakers WHERE run_id = ? AND state = 'live'", (runs.speakers,)
        ).fetchall()
        linked = identity_labels(connection, ep_id, [row["identity_id"] for row in rows if row["identity_id"]])
    by_identity: dict[str, list[tuple[float, float]]] = {identity_id: [] for identity_id in linked}
    for row in rows:
        if row["identity_id"] in linked:
            by_identity[row["identity_id"]] += spoken.get(row["speaker_id"], [])
    return SpeechTime(
        {row["speaker_id"]: _total_s(spoken.get(row["speaker_id"], [])) for row in rows},
        {identity_id: _total_s(merged(stretches)) for identity_id, stretches in by_identity.items()},
    )


def _lines(rows: Iterable[sqlite3.Row]) -> tuple[LineRow, ...]:
    """Rows of _COLUMNS."""
    found = [tuple(row) for row in rows]
    lines = []
    for row, words in zip(found, words_of_lines([row[4] for row in found]), strict=True):
        line_id, start_s, end_s, text, _, speaker_id, language, confidence, by_person = row
        lines.append(LineRow(line_id, start_s, end_s, text, words, speaker_id, language, confidence, bool(by_person)))
    return tuple(lines)


def _speakers(
    connection: sqlite3.Connection, ep_id: str, runs: CurrentRuns, lines: Sequence[LineRow]
) -> tuple[SpeakerRow, ...]:
    """In the order in which they were first heard. A link to somebody who is not there any more is none."""
    rows = connection.execute("SELECT * FROM speakers WHERE run_id = ? AND state = 'live'", (runs.speakers,)).fetchall()
    labels = speaker_labels(connection, ep_id, runs.speakers)
    alive = identity_labels(connection, ep_id, [row["identity_id"] for row in rows if row["identity_id"]])
    said: dict[str, list[tuple[float, float]]] = {row["speaker_id"]: [] for row in rows}
    for line in lines:
        if line.speaker_id in said:
            said[line.speaker_id].append((line.start_s, line.end_s))
    return tuple(
        SpeakerRow(
            speaker_id=row["speaker_id"],
            label=labels[row["speaker_id"]],
            name=row["name"],
            identity_id=row["identity_id"] if row["identity_id"] in alive else None,
            speech_s=_total_s(merged(said[row["speaker_id"]])),
            lines=len(said[row["speaker_id"]]),
        )
        for row in sorted(rows, key=lambda row: speaker_number(row["speaker_id"]))
    )


def _links(library: "Library", ep_id: str, speakers: Sequence[SpeakerRow]) -> tuple[SpeakerLink, ...]:
    if not any(speaker.identity_id is None for speaker in speakers):
        return ()
    from core.transcript.speaker_links import suggest_links  # noqa: PLC0415  only transcripts with speakers need it

    return tuple(suggest_links(library, ep_id))


def _named(language: str) -> str:
    try:
        return language_name(language) if language else ""
    except InvalidRequest:
        return language


def _total_s(stretches: Sequence[tuple[float, float]]) -> float:
    return round(sum(end_s - start_s for start_s, end_s in stretches), 3)
