"""The episodes of a library: videos that stay where they are, known by their content."""

import os
import sqlite3
from datetime import date
from pathlib import Path

from sqlite_utils import Database

from core.audit.log import append
from core.errors import Conflict, InvalidRequest, NotFound
from core.jobs.events import EpisodeChanged, EventBus
from core.library import relinking
from core.library.announced import adopt, is_announced
from core.library.chores import Chores, note_chore
from core.library.clock import now_text
from core.library.durable import remove_tree
from core.library.episode_rows import current_runs, episodes_of
from core.library.media_json import media_to_json
from core.library.paths import LibraryPaths
from core.library.slug import check_id, unique_slug
from core.library.store import Store
from core.library.types import SPEECH_STAGES, Episode, Relinked
from core.media.fingerprint import fingerprint
from core.media.probe import probe
from core.media.types import MediaInfo

STATUSES = ("new", "analysed", "stale", "missing")
_FILES_CHORE = "remove_episode_files"

EpisodeList = list[Episode]  # inside the class, ``list`` is its method
RelinkedList = list[Relinked]


class Episodes:
    """Adds, finds, relinks and deletes episodes. Every change is one transaction, then one event."""

    def __init__(self, store: Store, paths: LibraryPaths, events: EventBus, chores: Chores) -> None:
        self._store = store
        self._paths = paths
        self._events = events
        self._chores = chores
        chores.handle(_FILES_CHORE, self._remove_files)

    def add(
        self,
        media_path: Path,
        *,
        ep_id: str | None = None,
        title: str | None = None,
        show_slug: str | None = None,
        season: int | None = None,
        episode: int | None = None,
        air_date: str | None = None,
    ) -> Episode:
        """Add a video in place. A video of the same content is not added twice: its episode comes back,
        ``already_there``, and if its file had gone away it is relinked to this one.

        Raises MediaMissing, UnsupportedMedia, InvalidRequest (a bad id or date), Conflict (the id names another video).
        """
        if ep_id is not None:
            check_id(ep_id)
        _check_date(air_date)
        path = Path(os.path.abspath(media_path))  # noqa: PTH100  resolve() would follow links that people placed
        content = fingerprint(path)
        if (known := self._known(content)) is not None:
            return self._again(known, path)
        info = probe(path)
        wanted_title = (title or "").strip() or path.stem
        row: dict[str, object] = {
            "title": wanted_title,
            "show_slug": show_slug,
            "season": season,
            "episode": episode,
            "air_date": air_date,
            "created_at": now_text(),
            "media_path": str(path),
            "info": media_to_json(info),
            "fingerprint": content,
        }
        added = self._store.write(lambda connection: self._insert(connection, row, ep_id))
        if added is None:
            return self._again(str(self._known(content)), path)
        self._events.publish(EpisodeChanged(added))
        return self.get(added)

    def get(self, ep_id: str) -> Episode:
        """One episode. Raises NotFound."""
        connection = self._store.read()
        rows = connection.execute("SELECT * FROM episodes WHERE ep_id = ?", (ep_id,)).fetchall()
        if not rows:
            raise _not_found(ep_id)
        return episodes_of(rows, current_runs(connection, ep_id), self._paths)[0]

    def list(self, *, text: str = "", show: str | None = None, status: str | None = None) -> EpisodeList:
        """Episodes by show, season, episode and title. ``text`` is looked for in title, show, id and file name.

        ``status``: new (never analysed), analysed (every stage current), stale, missing (the video is gone).
        """
        if status is not None and status not in STATUSES:
            raise InvalidRequest(f"There is no status “{status}”.", action=f"Use one of: {', '.join(STATUSES)}.")
        connection = self._store.read()
        rows = connection.execute("SELECT * FROM episodes").fetchall()
        if show is not None:
            rows = [row for row in rows if row["show_slug"] == show]
        words = text.casefold().split()
        rows = [row for row in rows if all(word in _searched(row) for word in words)]
        found = episodes_of(rows, current_runs(connection), self._paths)
        if status is not None:
            found = [one for one in found if _has_status(one, status)]
        return sorted(found, key=_order)

    def delete(self, ep_id: str, *, files: bool = True, actor: str = "") -> None:
        """Forget an episode with its runs, names and jobs; ``files`` also removes what was computed. The video stays.

        Raises NotFound, and Conflict while a job of the episode waits or runs.
        """

        def delete(connection: sqlite3.Connection) -> None:
            title = _title(connection, ep_id)
            active = connection.execute(
                "SELECT job_id, type FROM jobs WHERE ep_id = ? AND state IN ('queued', 'running')", (ep_id,)
            ).fetchone()
            if active is not None:
                raise Conflict(
                    f"“{title}” has a job at work: {active['type']} ({active['job_id']}).",
                    action="Cancel the job, then delete the episode.",
                )
            jobs = connection.execute("SELECT job_id FROM jobs WHERE ep_id = ?", (ep_id,)).fetchall()
            for job in jobs:
                note_chore(connection, "remove_job_files", job["job_id"])
            connection.execute("DELETE FROM counters WHERE ep_id = ?", (ep_id,))
            connection.execute("DELETE FROM episodes WHERE ep_id = ?", (ep_id,))
            details = {"what": "episode", "title": title, "files": files}
            append(connection, kind="deletion", subject=ep_id, actor=actor, details=details)
            if files:
                note_chore(connection, _FILES_CHORE, ep_id)

        self._store.write(delete)
        self._events.publish(EpisodeChanged(ep_id, deleted=True))
        self._chores.do_all()

    def relink(self, ep_id: str, new_path: Path) -> RelinkedList:
        """Say where a moved video is now (a file, or a folder that holds it under its old name).

        Other missing videos that lie in the same place beside it are found too. The first of the result is the episode
        itself. Raises NotFound, MediaMissing, InvalidRequest when it is another video.
        """
        found = relinking.find_moved(self.get(ep_id), Path(os.path.abspath(new_path)), self.missing_media())  # noqa: PTH100
        self._move(found)
        return found

    def set_last_position(self, ep_id: str, t_s: float) -> None:
        """Remember where a person stopped watching. Publishes nothing."""

        def update(connection: sqlite3.Connection) -> None:
            _title(connection, ep_id)
            connection.execute("UPDATE episodes SET last_position_s = ? WHERE ep_id = ?", (max(0.0, t_s), ep_id))

        self._store.write(update)

    def missing_media(self) -> EpisodeList:
        """Episodes whose video is not where it was."""
        return self.list(status="missing")

    def _insert(self, connection: sqlite3.Connection, row: dict[str, object], ep_id: str | None) -> str | None:
        """The id of the new row, None when the same content was added in the meantime."""
        same = connection.execute("SELECT 1 FROM episodes WHERE fingerprint = ?", (row["fingerprint"],)).fetchone()
        if same is not None:
            return None

        def taken(candidate: str) -> bool:
            known = connection.execute("SELECT 1 FROM episodes WHERE ep_id = ?", (candidate,)).fetchone()
            if known is not None or ep_id is not None:
                return known is not None
            return is_announced(connection, candidate) or self._paths.episode(candidate).exists()

        if ep_id is not None and taken(ep_id):
            raise Conflict(
                f"The id {ep_id} already names another video: “{_title(connection, ep_id)}”.",
                action="Choose another id, or delete that episode first.",
            )
        chosen = ep_id or unique_slug(str(row["title"]), taken)
        Database(connection).table("episodes").insert({"ep_id": chosen, **row})
        adopt(connection, chosen)
        return chosen

    def _known(self, content: str) -> str | None:
        row = self._store.read().execute("SELECT ep_id FROM episodes WHERE fingerprint = ?", (content,)).fetchone()
        return row["ep_id"] if row is not None else None

    def _again(self, ep_id: str, path: Path) -> Episode:
        episode = self.get(ep_id)
        if episode.media_missing:
            self._move([Relinked(ep_id, episode.title, episode.media_path, path)])
            episode = self.get(ep_id)
        return relinking.as_already_there(episode)

    def _move(self, moved: RelinkedList) -> None:
        infos: dict[str, MediaInfo] = {
            one.ep_id: relinking.moved_info(self.get(one.ep_id).info, one.new_path) for one in moved
        }

        def update(connection: sqlite3.Connection) -> None:
            connection.executemany(
                "UPDATE episodes SET media_path = ?, info = ? WHERE ep_id = ?",
                [(str(one.new_path), media_to_json(infos[one.ep_id]), one.ep_id) for one in moved],
            )

        self._store.write(update)
        for one in moved:
            self._events.publish(EpisodeChanged(one.ep_id))

    def _remove_files(self, ep_id: str) -> None:
        if self._store.read().execute("SELECT 1 FROM episodes WHERE ep_id = ?", (ep_id,)).fetchone() is None:
            remove_tree(self._paths.episode(ep_id))


def _not_found(ep_id: str) -> NotFound:
    return NotFound(f"There is no episode “{ep_id}” in this library.", action="Look at the list of episodes.")


def _title(connection: sqlite3.Connection, ep_id: str) -> str:
    row = connection.execute("SELECT title FROM episodes WHERE ep_id = ?", (ep_id,)).fetchone()
    if row is None:
        raise _not_found(ep_id)
    return str(row["title"])


def _check_date(air_date: str | None) -> None:
    if air_date is None:
        return
    try:
        date.fromisoformat(air_date)
    except ValueError as error:
        raise InvalidRequest(f"“{air_date}” is not a date.", action="Write it as 2026-11-21.") from error


def _searched(row: sqlite3.Row) -> str:
    parts = (row["title"], row["show_slug"] or "", row["ep_id"], Path(row["media_path"]).name)
    return "\n".join(parts).casefold()


def _has_status(episode: Episode, status: str) -> bool:
    states = [stage.state for stage in episode.stages.values() if stage.stage not in SPEECH_STAGES]
    match status:
        case "missing":
            return episode.media_missing
        case "new":
            return all(state == "missing" for state in states)
        case "stale":
            return "stale" in states
        case _:
            return all(state == "current" for state in states)


def _order(episode: Episode) -> tuple[str, int, int, str, str]:
    return (
        (episode.show_slug or episode.title).casefold(),
        episode.season or 0,
        episode.episode or 0,
        episode.title.casefold(),
        episode.ep_id,
    )
