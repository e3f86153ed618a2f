"""Episodes that were announced before their video is there: an id and what is known, in a table of their own."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from core.audit.log import append
from core.errors import InvalidRequest, NotFound
from core.library.clock import now_text
from core.library.slug import check_id
from core.library.store import Store


@dataclass(frozen=True, slots=True)
class AnnouncedEpisode:
    """What was said about an episode. ``created_at`` is ISO 8601 UTC and stays when a video is attached."""

    ep_id: str
    show_slug: str | None
    season: int | None
    episode: int | None
    title: str | None
    air_date: str | None
    created_at: str


_FIELDS = ("show_slug", "season", "episode", "title", "air_date")


class Announced:
    """Announces episodes; :meth:`core.library.episodes.Episodes.add` with such an id makes a real one of it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def announce(self, ep_id: str, known: Mapping[str, object]) -> bool:
        """Note an episode without a video; ``known`` may hold show_slug, season, episode, title and air_date.

        Returns False, and changes nothing, when the id already names an episode or an announced one.
        Raises InvalidRequest for a bad id or date.
        """
        check_id(ep_id)
        if known.get("air_date") is not None:
            _check_date(str(known["air_date"]))

        def insert(connection: sqlite3.Connection) -> bool:
            if connection.execute("SELECT 1 FROM episodes WHERE ep_id = ?", (ep_id,)).fetchone() is not None:
                return False
            cursor = connection.execute(
                "INSERT OR IGNORE INTO announced_episodes "
                "(ep_id, show_slug, season, episode, title, air_date, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (ep_id, *(known.get(name) for name in _FIELDS), now_text()),
            )
            return cursor.rowcount == 1

        return self._store.write(insert)

    def find(self, ep_id: str) -> AnnouncedEpisode | None:
        """An announced episode, None when there is none of that id."""
        row = self._store.read().execute("SELECT * FROM announced_episodes WHERE ep_id = ?", (ep_id,)).fetchone()
        return AnnouncedEpisode(**dict(row)) if row is not None else None

    def all(self) -> list[AnnouncedEpisode]:
        """All of them, by id."""
        rows = self._store.read().execute("SELECT * FROM announced_episodes ORDER BY ep_id")
        return [AnnouncedEpisode(**dict(row)) for row in rows]

    def withdraw(self, ep_id: str) -> None:
        """Forget an announced episode. Raises NotFound."""

        def delete(connection: sqlite3.Connection) -> int:
            gone = connection.execute("DELETE FROM announced_episodes WHERE ep_id = ?", (ep_id,)).rowcount
            if gone:
                append(connection, kind="deletion", subject=ep_id, details={"what": "announced episode"})
            return gone

        if not self._store.write(delete):
            raise NotFound(f"No episode “{ep_id}” was announced.", action="Look at the list of episodes.")


def is_announced(connection: sqlite3.Connection, ep_id: str) -> bool:
    """Whether an id is kept for an episode whose video is still to come."""
    row = connection.execute("SELECT 1 FROM announced_episodes WHERE ep_id = ?", (ep_id,)).fetchone()
    return row is not None


def adopt(connection: sqlite3.Connection, ep_id: str) -> None:
    """A video was just added under ``ep_id``: what was announced goes over to its row, inside that transaction."""
    row = connection.execute("SELECT * FROM announced_episodes WHERE ep_id = ?", (ep_id,)).fetchone()
    if row is None:
        return
    connection.execute(
        "UPDATE episodes SET created_at = ?, title = coalesce(?, title), show_slug = coalesce(show_slug, ?), "
        "season = coalesce(season, ?), episode = coalesce(episode, ?), air_date = coalesce(air_date, ?) "
        "WHERE ep_id = ?",
        (row["created_at"], row["title"], row["show_slug"], row["season"], row["episode"], row["air_date"], ep_id),
    )
    connection.execute("DELETE FROM announced_episodes WHERE ep_id = ?", (ep_id,))


def _check_date(air_date: str) -> None:
    try:
        date.fromisoformat(air_date)
    except ValueError as error:
        raise InvalidRequest(f"“{air_date}” is not a date.", action="Write it as 2026-11-21.") from error
