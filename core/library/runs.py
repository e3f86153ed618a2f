"""The runs of stages: a new folder each, made visible by one rename and one transaction, never changed again."""

import json
import sqlite3
from collections.abc import Callable
from typing import Any

from sqlite_utils import Database

from core.errors import InvalidRequest, NotFound
from core.identities.counters import count_ids_of_run
from core.identities.publishing import log_publication
from core.jobs.events import EpisodeChanged, EventBus
from core.library.chores import Chores, note_chore
from core.library.clock import now_text
from core.library.durable import remove_tree, sweep, sync_folders, sync_tree
from core.library.episode_rows import current_runs
from core.library.exports import export_run, exported_names, withdraw
from core.library.paths import LibraryPaths
from core.library.pruning import let_edits_pass, superseded
from core.library.slug import ID_PATTERN
from core.library.staleness import stage_states
from core.library.store import Store
from core.library.types import Run, RunFolder
from core.review.types import StageState
from core.storage import storage_error

Rows = Callable[[sqlite3.Connection, int], None]
Replaced = Callable[[sqlite3.Connection, int, int | None], None]
"""Called with a new run and the one that it replaced, inside the transaction, after the rows."""
EXPORT_CHORE, _REMOVE = "export_run", "remove_run_files"


class Runs:
    """Begins, publishes and finds runs."""

    def __init__(self, store: Store, paths: LibraryPaths, events: EventBus, chores: Chores) -> None:
        self._store = store
        self._paths = paths
        self._events = events
        self._chores = chores
        self._follow_ups: dict[str, list[str]] = {}
        chores.handle(EXPORT_CHORE, self._export)
        chores.handle(_REMOVE, self._remove_files)

    def begin(self, ep_id: str, stage: str, params: dict[str, Any], inputs: dict[str, int]) -> RunFolder:
        """An empty folder for a run; ``inputs`` are the run ids by stage that it is made from.

        Raises NotFound for an unknown episode, StorageFull, StorageUnwritable.
        """
        if not ID_PATTERN.fullmatch(stage):
            raise InvalidRequest(f"“{stage}” cannot be the name of a stage.")
        run_id = self._store.write(lambda connection: _reserve(connection, ep_id))
        path = self._paths.run_temp(ep_id, stage, run_id)
        try:
            path.mkdir(parents=True)
        except OSError as error:
            raise storage_error(error, path) from error
        return RunFolder(run_id, ep_id, stage, path, dict(params), dict(inputs))

    def publish(
        self, run_folder: RunFolder, summary: dict[str, Any], rows: Rows | None, *, replaced: Replaced | None = None
    ) -> Run:
        """Make a finished run the current one: files to the disk, one rename, one transaction, then the exports.

        ``rows(connection, run_id)`` writes what belongs to the run inside that transaction, ``replaced(connection,
        run_id, old run's id or None)`` then what follows from it. When anything fails before
        its commit, the run is gone and the older one stays current. Raises StorageFull, StorageUnwritable.
        """
        final = self._paths.run(run_folder.ep_id, run_folder.stage, run_folder.run_id)
        try:
            sync_tree(run_folder.path)
            run_folder.path.rename(final)
            sync_folders(final.parent)
        except OSError as error:
            self.discard(run_folder)
            raise storage_error(error, final) from error
        try:
            self._store.write(lambda connection: self._insert(connection, run_folder, summary, rows, replaced))
        except BaseException:
            remove_tree(final)
            raise
        self._after_publish(run_folder)
        return self.get(run_folder.run_id)

    def discard(self, run_folder: RunFolder) -> None:
        """Throw a run away that is not published."""
        remove_tree(run_folder.path)

    def follow_up(self, stage: str, chore: str) -> None:
        """Do a chore of the episode after every publication of a stage."""
        self._follow_ups.setdefault(stage, []).append(chore)

    def get(self, run_id: int) -> Run:
        """A run by its id. Raises NotFound."""
        row = self._store.read().execute("SELECT * FROM runs WHERE run_id = ?", (run_id,)).fetchone()
        if row is None:
            raise NotFound(f"There is no run {run_id}; it may have been superseded and removed.")
        return self._run(row)

    def current(self, ep_id: str, stage: str) -> Run | None:
        """The run that counts, also when it is stale; None before the first."""
        row = (
            self._store.read()
            .execute("SELECT * FROM runs WHERE ep_id = ? AND stage = ? AND current = 1", (ep_id, stage))
            .fetchone()
        )
        return self._run(row) if row is not None else None

    def states(self, ep_id: str) -> dict[str, StageState]:
        """Missing, current or stale, by stage."""
        return stage_states(current_runs(self._store.read(), ep_id).get(ep_id, {}))

    def remove_leftovers(self) -> None:
        """At opening: remove what a dying process left unpublished or half removed. No run may be under way."""
        known = {
            self._paths.run(row["ep_id"], row["stage"], row["run_id"])
            for row in self._store.read().execute("SELECT ep_id, stage, run_id FROM runs")
        }
        if not self._paths.episodes.is_dir():
            return
        sweep(self._paths.episodes)
        for episode in self._paths.episodes.iterdir():
            if not episode.is_dir():
                continue
            sweep(episode)
            for folder in (episode / "runs").glob("*"):
                if folder not in known and folder.is_dir():
                    remove_tree(folder)

    def _insert(
        self,
        connection: sqlite3.Connection,
        folder: RunFolder,
        summary: dict[str, Any],
        rows: Rows | None,
        tell: Replaced | None,
    ) -> None:
        replaced = connection.execute(
            "UPDATE runs SET current = 0 WHERE ep_id = ? AND stage = ? AND current = 1 RETURNING run_id",
            (folder.ep_id, folder.stage),
        ).fetchall()
        Database(connection).table("runs").insert(
            {
                "run_id": folder.run_id,
                "ep_id": folder.ep_id,
                "stage": folder.stage,
                "created_at": now_text(),
                "params": json.dumps(folder.params, default=str),
                "inputs": json.dumps(folder.inputs),
                "summary": json.dumps(summary, default=str),
                "current": 1,
            }
        )
        if rows is not None:
            rows(connection, folder.run_id)
        count_ids_of_run(connection, folder.ep_id, folder.stage, folder.run_id)
        if folder.stage == "cluster" and replaced:
            log_publication(connection, folder.ep_id, replaced[0]["run_id"], folder.run_id)
        if tell is not None:
            tell(connection, folder.run_id, replaced[0]["run_id"] if replaced else None)
        note_chore(connection, EXPORT_CHORE, str(folder.run_id))
        for chore in self._follow_ups.get(folder.stage, ()):
            note_chore(connection, chore, folder.ep_id)

    def _after_publish(self, folder: RunFolder) -> None:
        self._chores.do(EXPORT_CHORE, str(folder.run_id))
        for chore in self._follow_ups.get(folder.stage, ()):
            self._chores.do(chore, folder.ep_id)
        self._prune(folder.ep_id)
        self._events.publish(EpisodeChanged(folder.ep_id, stage=folder.stage))

    def _export(self, run_id: str) -> None:
        try:
            run = self.get(int(run_id))
        except NotFound:
            return
        if not run.current:
            return
        folder = self._paths.episode(run.ep_id)
        export_run(run.path, folder)
        withdraw(self._names_gone(run), folder)

    def _names_gone(self, run: Run) -> set[str]:
        """Names that older runs of the stage exported and that no current run has."""
        rows = self._store.read().execute("SELECT * FROM runs WHERE ep_id = ?", (run.ep_id,)).fetchall()
        runs = [self._run(row) for row in rows]
        older = set[str]().union(*(exported_names(one.path) for one in runs if one.stage == run.stage))
        return older.difference(*(exported_names(one.path) for one in runs if one.current))

    def _prune(self, ep_id: str) -> None:
        def delete(connection: sqlite3.Connection) -> list[str]:
            gone = superseded(connection, ep_id)
            subjects = [f"{ep_id}/{stage}/{run_id}" for run_id, stage in gone]
            for subject in subjects:
                note_chore(connection, _REMOVE, subject)
            let_edits_pass(connection, ep_id, {run_id for run_id, _ in gone})
            connection.executemany("DELETE FROM runs WHERE run_id = ?", [(run_id,) for run_id, _ in gone])
            return subjects

        for subject in self._store.write(delete):
            self._chores.do(_REMOVE, subject)

    def _remove_files(self, subject: str) -> None:
        ep_id, stage, run_id = subject.split("/")
        remove_tree(self._paths.run(ep_id, stage, int(run_id)))

    def _run(self, row: sqlite3.Row) -> Run:
        return Run(
            run_id=row["run_id"],
            ep_id=row["ep_id"],
            stage=row["stage"],
            created_at=row["created_at"],
            params=json.loads(row["params"]),
            inputs=json.loads(row["inputs"]),
            summary=json.loads(row["summary"]),
            path=self._paths.run(row["ep_id"], row["stage"], row["run_id"]),
            current=bool(row["current"]),
        )


def _reserve(connection: sqlite3.Connection, ep_id: str) -> int:
    if connection.execute("SELECT 1 FROM episodes WHERE ep_id = ?", (ep_id,)).fetchone() is None:
        raise NotFound(f"There is no episode “{ep_id}” in this library.", action="Look at the list of episodes.")
    row = connection.execute(
        "INSERT INTO counters (ep_id, kind, next) VALUES ('', 'run', 2) "
        "ON CONFLICT (ep_id, kind) DO UPDATE SET next = next + 1 RETURNING next - 1"
    ).fetchone()
    return int(row[0])
