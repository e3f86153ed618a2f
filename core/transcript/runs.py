"""Which runs make the present transcript of an episode, and what its speakers are called."""

import json
import sqlite3
from dataclasses import dataclass

from core.errors import NotFound
from core.identities.changes import listed


@dataclass(frozen=True, slots=True)
class CurrentRuns:
    """Run ids. ``speakers`` is the run that the rows of speakers belong to: of stage speakers, or the transcript itself
    while nobody was told apart in it by their voices.
    """

    transcript: int
    speakers: int

    @property
    def needed(self) -> list[int]:
        """What an edit needs to be taken back."""
        return sorted({self.transcript, self.speakers})


def current_transcript(connection: sqlite3.Connection, ep_id: str) -> CurrentRuns | None:
    """None while there is no transcript. Raises NotFound for an unknown episode."""
    rows = {
        row["stage"]: row
        for row in connection.execute(
            "SELECT run_id, stage, inputs FROM runs WHERE ep_id = ? AND current = 1 "
            "AND stage IN ('transcribe', 'speakers')",
            (ep_id,),
        )
    }
    if "transcribe" not in rows:
        require_episode(connection, ep_id)
        return None
    transcript = int(rows["transcribe"]["run_id"])
    found = rows.get("speakers")
    if found is None or json.loads(found["inputs"]).get("transcribe") != transcript:
        return CurrentRuns(transcript, transcript)
    return CurrentRuns(transcript, int(found["run_id"]))


def require_episode(connection: sqlite3.Connection, ep_id: str) -> None:
    """Raises NotFound."""
    if connection.execute("SELECT 1 FROM episodes WHERE ep_id = ?", (ep_id,)).fetchone() is None:
        raise NotFound(f"There is no episode “{ep_id}” in this library.", action="Look at the list of episodes.")


def identity_labels(connection: sqlite3.Connection, ep_id: str, identity_ids: list[str]) -> dict[str, str]:
    """Labels of those that are alive in the current clustering."""
    if not identity_ids:
        return {}
    rows = connection.execute(
        "SELECT i.identity_id, i.name FROM identities i JOIN runs r ON r.run_id = i.run_id "
        "WHERE i.ep_id = ? AND r.current = 1 AND r.stage = 'cluster' AND i.deleted = 0 "
        "AND i.identity_id IN (SELECT value FROM json_each(?))",
        (ep_id, listed(identity_ids)),
    )
    return {row["identity_id"]: row["name"] or f"Person {int(row['identity_id'].rsplit('-', 1)[1])}" for row in rows}


def plain_label(row: sqlite3.Row) -> str:
    """The name of a speaker's row, or ``Speaker 1`` made from its id."""
    return str(row["name"]) or f"Speaker {int(str(row['speaker_id']).rsplit('-', 1)[1])}"


def speaker_labels(connection: sqlite3.Connection, ep_id: str, speakers_run: int) -> dict[str, str]:
    """What people read for each live speaker: the linked identity's label, else the name, else ``Speaker 1``."""
    rows = connection.execute(
        "SELECT * FROM speakers WHERE run_id = ? AND state = 'live' ORDER BY speaker_id", (speakers_run,)
    ).fetchall()
    identities = identity_labels(connection, ep_id, [row["identity_id"] for row in rows if row["identity_id"]])
    return {row["speaker_id"]: identities.get(row["identity_id"] or "") or plain_label(row) for row in rows}
