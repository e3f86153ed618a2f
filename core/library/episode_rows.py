"""Rows of the table episodes as Episode records."""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path

from core.library.media_json import media_from_json
from core.library.paths import LibraryPaths
from core.library.staleness import CurrentRun, stage_states
from core.library.types import Episode

POSTER_STAGE, POSTER_NAME = "detect_track", "poster.jpg"


def current_runs(connection: sqlite3.Connection, ep_id: str | None = None) -> dict[str, dict[str, CurrentRun]]:
    """Current runs by episode and stage, of one episode or of all."""
    where, values = ("AND ep_id = ?", (ep_id,)) if ep_id is not None else ("", ())
    rows = connection.execute(
        f"SELECT ep_id, stage, run_id, created_at, inputs FROM runs WHERE current = 1 {where}",  # noqa: S608  constant text
        values,
    )
    found: dict[str, dict[str, CurrentRun]] = {}
    for row in rows:
        run = CurrentRun(row["run_id"], row["created_at"], json.loads(row["inputs"]))
        found.setdefault(row["ep_id"], {})[row["stage"]] = run
    return found


def episodes_of(
    rows: Iterable[sqlite3.Row], runs: Mapping[str, Mapping[str, CurrentRun]], paths: LibraryPaths
) -> list[Episode]:
    """Records with what the disk says now: is the video there, is there a poster."""
    return [_episode(row, runs.get(row["ep_id"], {}), paths) for row in rows]


def _episode(row: sqlite3.Row, runs: Mapping[str, CurrentRun], paths: LibraryPaths) -> Episode:
    media_path = Path(row["media_path"])
    return Episode(
        ep_id=row["ep_id"],
        title=row["title"],
        show_slug=row["show_slug"],
        season=row["season"],
        episode=row["episode"],
        air_date=row["air_date"],
        created_at=row["created_at"],
        media_path=media_path,
        media_missing=not is_file(media_path),
        info=media_from_json(row["info"]),
        fingerprint=row["fingerprint"],
        last_position_s=row["last_position_s"],
        stages=stage_states(runs),
        poster=_poster(row["ep_id"], runs, paths),
        folder=paths.episode(row["ep_id"]),
    )


def _poster(ep_id: str, runs: Mapping[str, CurrentRun], paths: LibraryPaths) -> Path | None:
    run = runs.get(POSTER_STAGE)
    if run is None:
        return None
    poster = paths.run(ep_id, POSTER_STAGE, run.run_id) / POSTER_NAME
    return poster if poster.is_file() else None


def is_file(path: Path) -> bool:
    """Whether a file is there; a drive that does not answer counts as no."""
    try:
        return path.is_file()
    except OSError:
        return False
