"""Taking renders away: rows at once, with an entry in the audit trail, and files as soon as nobody writes."""

import sqlite3
from pathlib import Path

from core.audit.log import append
from core.jobs.queue import JobQueue
from core.library.chores import Chores, note_chore
from core.library.durable import remove_tree, sweep
from core.library.store import Store
from core.render import asset_rows, render_rows
from core.render.layout import METADATA, OUTPUT, SEGMENTS, THUMBNAIL, render_folder, renders_folder, uploads_folder
from core.storage import storage_error

_RENDER_CHORE = "remove_render"
_UPLOAD_CHORE = "remove_upload"


class Deleting:
    """What Renders asks of rows and files together; publishes no RenderChanged."""

    def __init__(self, store: Store, root: Path, chores: Chores, jobs: JobQueue) -> None:
        self._store = store
        self._root = root
        self._chores = chores
        self._jobs = jobs
        self._stopping: set[str] = set()
        jobs.when_discarded(self._stopped)
        chores.handle(_RENDER_CHORE, self._remove_render)
        chores.handle(_UPLOAD_CHORE, self._remove_upload)

    def render(self, job_id: str, actor: str) -> None:
        """Forget a render, whatever it is doing. Raises NotFound."""

        def delete(connection: sqlite3.Connection) -> None:
            render = render_rows.read_render(connection, self._root, job_id)
            connection.execute("DELETE FROM renders WHERE job_id = ?", (job_id,))
            note_chore(connection, _RENDER_CHORE, job_id)
            details = {"what": "render", "preset_id": render.preset_id, "phase": render.phase.value}
            append(connection, kind="deletion", subject=job_id, actor=actor, job_id=job_id, details=details)

        self._stopping.add(job_id)
        try:
            self._jobs.discard([job_id], delete)
        except BaseException:
            self._stopping.discard(job_id)
            raise
        if not self._jobs.at_work(job_id):
            self._stopped(job_id)

    def asset(self, key: str, actor: str) -> None:
        """Forget an uploaded file; renders that wait for it will miss it. Raises NotFound."""

        def delete(connection: sqlite3.Connection) -> None:
            asset = asset_rows.read_asset(connection, self._root, key)
            asset_rows.delete_asset(connection, key)
            note_chore(connection, _UPLOAD_CHORE, key.split("/")[1])
            details = {"what": "render_asset", "category": asset.category.value, "size_bytes": asset.size_bytes}
            append(connection, kind="deletion", subject=key, actor=actor, details=details)

        self._store.write(delete)
        self._chores.do(_UPLOAD_CHORE, key.split("/")[1])

    def forget_canceled(self, job_id: str) -> None:
        """Take the files of a canceled render away, unless somebody is at work on it still."""
        if render_folder(self._root, job_id).exists() and not self._jobs.at_work(job_id):
            self._remove_render(job_id)

    def remove_leftovers(self) -> None:
        """At opening: what no row knows, what was canceled, what was half written. Nothing may be at work."""
        self._tidy_renders(renders_folder(self._root))
        self._tidy_uploads(uploads_folder(self._root))

    def _stopped(self, job_id: str) -> None:
        """No runner is at this discarded job any more."""
        if job_id in self._stopping:
            self._stopping.discard(job_id)
            self._chores.do(_RENDER_CHORE, job_id)

    def _tidy_renders(self, folder: Path) -> None:
        if not folder.is_dir():
            return
        sweep(folder)
        connection = self._store.read()
        for entry in folder.iterdir():
            if not entry.is_dir():
                continue
            if not render_rows.is_kept(connection, entry.name):
                remove_tree(entry)
                continue
            tidy_render(entry, done=render_rows.is_done(connection, entry.name))

    def _tidy_uploads(self, folder: Path) -> None:
        if not folder.is_dir():
            return
        sweep(folder)
        known = asset_rows.upload_ids(self._store.read())
        for entry in folder.iterdir():
            if entry.is_dir() and entry.name not in known:
                remove_tree(entry)

    def _remove_render(self, job_id: str) -> None:
        if not render_rows.is_kept(self._store.read(), job_id):
            remove_tree(render_folder(self._root, job_id))

    def _remove_upload(self, upload_id: str) -> None:
        if upload_id not in asset_rows.upload_ids(self._store.read()):
            remove_tree(uploads_folder(self._root) / upload_id)


def tidy_render(folder: Path, *, done: bool) -> None:
    """Keep whole segments, and the result only where it is ``done``. Raises StorageUnwritable."""
    if not folder.is_dir():
        return
    sweep(folder)
    if (segments := folder / SEGMENTS).is_dir():
        sweep(segments)
    for name in () if done else (OUTPUT, THUMBNAIL, METADATA):
        try:
            (folder / name).unlink(missing_ok=True)
        except OSError as error:
            raise storage_error(error, folder / name) from error
