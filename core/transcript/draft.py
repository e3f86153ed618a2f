"""An edit of a transcript while it is made: it reads lines and speakers and changes rows in the open transaction."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from core.errors import InvalidRequest, NotFound
from core.identities.changes import Value, listed
from core.identities.counters import next_numbers
from core.identities.draft import unique_ids
from core.identities.row_draft import RowDraft
from core.transcript.runs import CurrentRuns, current_transcript

LOOK = "Look at the transcript as it is now."


@dataclass(slots=True)
class TranscriptDraft(RowDraft):
    """``runs``: the transcript that is edited, and whose speakers stand in it."""

    runs: CurrentRuns

    @classmethod
    def begin(cls, connection: sqlite3.Connection, ep_id: str) -> Self:
        """Raises NotFound for an unknown episode, InvalidRequest when it has no transcript."""
        runs = current_transcript(connection, ep_id)
        if runs is None:
            raise InvalidRequest(f"“{ep_id}” has no transcript yet.", action="Transcribe it first.")
        return cls(connection, ep_id, runs)

    # ---- reading ----

    def line(self, line_id: str) -> sqlite3.Row:
        """A live line. Raises NotFound."""
        return self.lines([line_id])[0]

    def lines(self, line_ids: Iterable[str]) -> list[sqlite3.Row]:
        """Live lines by time. Raises NotFound, InvalidRequest when none is named."""
        wanted = unique_ids(line_ids, "line")
        rows = self.connection.execute(
            "SELECT * FROM transcript_lines WHERE run_id = ? AND state = 'live' "
            "AND line_id IN (SELECT value FROM json_each(?)) ORDER BY start_s, end_s, line_id",
            (self.runs.transcript, listed(wanted)),
        ).fetchall()
        missing = set(wanted) - {row["line_id"] for row in rows}
        if missing:
            raise NotFound(f"“{self.ep_id}” has no line “{min(missing)}” any more.", action=LOOK)
        return rows

    def all_lines(self) -> list[sqlite3.Row]:
        """All live lines by time."""
        return self.connection.execute(
            "SELECT * FROM transcript_lines WHERE ep_id = ? AND run_id = ? AND state = 'live' "
            "ORDER BY start_s, end_s, line_id",
            (self.ep_id, self.runs.transcript),
        ).fetchall()

    def number_of(self, row: sqlite3.Row) -> int:
        """Which line it is, as people count."""
        before = self.connection.execute(
            "SELECT count(*) FROM transcript_lines WHERE ep_id = ? AND run_id = ? AND state = 'live' "
            "AND (start_s, end_s, line_id) < (?, ?, ?)",
            (self.ep_id, self.runs.transcript, row["start_s"], row["end_s"], row["line_id"]),
        ).fetchone()[0]
        return int(before) + 1

    def speaker(self, speaker_id: str) -> sqlite3.Row:
        """A live speaker. Raises NotFound."""
        row: sqlite3.Row | None = self.connection.execute(
            "SELECT * FROM speakers WHERE run_id = ? AND speaker_id = ? AND state = 'live'",
            (self.runs.speakers, speaker_id),
        ).fetchone()
        if row is None:
            raise NotFound(f"“{self.ep_id}” has no speaker “{speaker_id}”.", action="Look at the list of speakers.")
        return row

    def duration_s(self) -> float:
        """How long the film is; 0 when nobody knows."""
        query = "SELECT json_extract(info, '$.duration_s') FROM episodes WHERE ep_id = ?"
        return float(self.connection.execute(query, (self.ep_id,)).fetchone()[0] or 0.0)

    # ---- changing ----

    def set_lines(self, afters: Mapping[str, Mapping[str, Value]]) -> None:
        """Change columns of lines, the same ones in each."""
        self.set_rows("transcript_lines", (self.runs.transcript,), afters)

    def set_speaker(self, speaker_id: str, **after: Value) -> None:
        """Change columns of a speaker."""
        self.set_rows("speakers", (self.runs.speakers,), {speaker_id: after})

    def new_lines(self, lines: Sequence[Mapping[str, Any]]) -> list[str]:
        """Lines (columns of the table without ids and state) brought to life under ids that were never given."""
        ids = insert_lines(self.connection, self.ep_id, self.runs.transcript, lines, "void")
        self.set_lines({line_id: {"state": "live"} for line_id in ids})
        return ids

    def new_speaker(self, name: str) -> str:
        """A speaker without lines."""
        query = "SELECT max(CAST(substr(speaker_id, 9) AS INTEGER)) FROM speakers WHERE run_id = ?"
        last = self.connection.execute(query, (self.runs.speakers,)).fetchone()[0]
        speaker_id = speaker_id_of((last or 0) + 1)
        self.connection.execute(
            "INSERT INTO speakers (ep_id, run_id, speaker_id, name, state) VALUES (?, ?, ?, ?, 'void')",
            (self.ep_id, self.runs.speakers, speaker_id, name),
        )
        self.set_speaker(speaker_id, state="live")
        return speaker_id


def insert_lines(
    connection: sqlite3.Connection, ep_id: str, run_id: int, lines: Sequence[Mapping[str, Any]], state: str
) -> list[str]:
    """Write rows of lines; returns their new ids."""
    if not lines:
        return []
    ids = [f"line-{number:05d}" for number in next_numbers(connection, ep_id, "line", len(lines))]
    connection.executemany(
        "INSERT INTO transcript_lines (ep_id, run_id, line_id, start_s, end_s, text, words, speaker_id, language, "
        "confidence, by_person, state) VALUES (:ep_id, :run_id, :line_id, :start_s, :end_s, :text, :words, "
        ":speaker_id, :language, :confidence, :by_person, :state)",
        [
            {**line, "ep_id": ep_id, "run_id": run_id, "line_id": line_id, "state": state}
            for line_id, line in zip(ids, lines, strict=True)
        ],
    )
    return ids


def speaker_id_of(number: int) -> str:
    """``speaker-01``: the first one that is heard is 1."""
    return f"speaker-{number:02d}"


def speaker_number(speaker_id: str) -> int:
    """The number in a speaker's id."""
    return int(speaker_id.rsplit("-", 1)[1])
