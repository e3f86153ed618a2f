"""The cuts of an episode, for subtitles that change with the picture."""

import sqlite3


def cuts_of(connection: sqlite3.Connection, ep_id: str) -> list[float]:
    """Starts in seconds of all shots but the first, empty while they are not known."""
    rows = connection.execute(
        "SELECT s.start_s FROM shots s JOIN runs r ON r.run_id = s.run_id "
        "WHERE r.ep_id = ? AND r.stage = 'detect_track' AND r.current = 1 AND s.idx > 0 ORDER BY s.start_s",
        (ep_id,),
    )
    return [float(row["start_s"]) for row in rows]
