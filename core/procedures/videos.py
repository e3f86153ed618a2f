"""Videos of procedures where rows and files meet: adding, publishing what was measured, deleting, putting in order."""

import os
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson

from core.audit.log import append
from core.errors import InvalidRequest
from core.library.chores import Chores, note_chore
from core.library.clock import now_text
from core.library.durable import remove_tree, sweep, sync_folders, sync_tree
from core.library.media_json import media_from_json, media_to_json
from core.library.store import Store
from core.media.probe import probe
from core.procedures import adapters, embeddings
from core.procedures.incoming import owned_name, sha256_of, take_in
from core.procedures.json_forms import masks_to_plain
from core.procedures.layout import embedding_folder, stills_folder, video_folder, videos_folder
from core.procedures.records import AddedVideo, DeletedVideo, Embedding, EmbeddingFacts, NewVideo, PendingEmbedding
from core.procedures.step_lists import set_steps
from core.procedures.tasks import LONGEST_TITLE, check_task_id, checked_title, ensure_task, parse_masks
from core.procedures.types import Masks, ProcedureVideo, Role, Step
from core.procedures.video_rows import REMOVE_STILLS_CHORE, active_job, parse_role, read_video, require_video
from core.procedures.words import busy_video
from core.storage import storage_error

INDEX_CHORE = "procedure_index"
_REMOVE_FILES_CHORE = "remove_procedure_video"
_LONGEST_ID = 200

Insert = Callable[[sqlite3.Connection], AddedVideo]


class Videos:
    """What Procedures asks of rows and files together; publishes no events."""

    def __init__(self, store: Store, root: Path, chores: Chores, build_index: Callable[[str], object]) -> None:
        self._store = store
        self._root = root
        self._chores = chores
        chores.handle(INDEX_CHORE, build_index, slow=True)
        chores.handle(_REMOVE_FILES_CHORE, self._remove_files)
        chores.handle(REMOVE_STILLS_CHORE, lambda video_id: remove_tree(stills_folder(root, int(video_id))))
        chores.handle(embeddings.REMOVE_EMBEDDING_CHORE, lambda subject: embeddings.remove_files(root, subject))

    # ------------------------------------------------------------------ adding

    def add(self, new: NewVideo, actor: str, commit: Callable[[Insert], None]) -> AddedVideo:
        """Look at the file, then let ``commit`` call what it is given inside one transaction."""
        path = Path(os.path.abspath(new.media_path))  # noqa: PTH100  resolve() would follow links that people placed
        row: dict[str, object] = {
            "task_id": check_task_id(new.task_id),
            "role": parse_role(new.role).value,
            "title": checked_title(new.title) or path.stem[:LONGEST_TITLE],
            "site_id": _checked_id("site_id", new.site_id),
            "camera_id": _checked_id("camera_id", new.camera_id),
            "operator_id_hash": _checked_id("operator_id_hash", new.operator_id_hash),
            "masks": None if new.masks is None else parse_masks(new.masks),
            "info": media_to_json(probe(path)),
            "sha256": sha256_of(path),
            "media_path": str(path),
            "owned": int(new.owned),
        }
        added: list[AddedVideo] = []

        def insert(connection: sqlite3.Connection) -> AddedVideo:
            added[:] = [_insert(connection, row, actor)]
            return added[0]

        if new.owned:
            self._take_over(path, insert, commit)
        else:
            commit(insert)
        return added[0]

    def _take_over(self, path: Path, insert: Insert, commit: Callable[[Insert], None]) -> None:
        """The file keeps its old name until the row is there; a crash leaves a folder that is swept."""
        temp = take_in(self._root, path)
        placed: list[Path] = [temp]

        def insert_with_file(connection: sqlite3.Connection) -> AddedVideo:
            added = insert(connection)
            folder = video_folder(self._root, added.video_id)
            try:
                temp.rename(folder)
            except OSError as error:
                raise storage_error(error, folder) from error
            placed.append(folder)
            media_path = (folder / owned_name(path)).relative_to(self._root).as_posix()
            connection.execute(
                "UPDATE procedure_videos SET media_path = ? WHERE video_id = ?", (media_path, added.video_id)
            )
            return added

        try:
            commit(insert_with_file)
        except BaseException:
            remove_tree(placed[-1])
            raise
        sync_folders(videos_folder(self._root))
        path.unlink(missing_ok=True)

    def relink(self, video_id: int, media_path: Path, actor: str) -> ProcedureVideo:
        """Note where a referenced file lies now. Raises NotFound, MediaMissing, InvalidRequest for another file."""
        path = Path(os.path.abspath(media_path))  # noqa: PTH100  as in add
        video = read_video(self._store.read(), self._root, video_id)
        if video.owned:
            raise InvalidRequest(f"The file of the video {video_id} lies in the library.", action="Add the video anew.")
        if sha256_of(path) != video.sha256:
            raise InvalidRequest(
                f"{path} is another recording than the video {video_id}.", action="Choose the file that was added."
            )

        def update(connection: sqlite3.Connection) -> None:
            row = require_video(connection, video_id)
            connection.execute("UPDATE procedure_videos SET media_path = ? WHERE video_id = ?", (str(path), video_id))
            details = {"what": "video", "media_path": str(path), "media_path_before": row["media_path"]}
            _note(connection, row, "edit", actor, details)

        self._store.write(update)
        return read_video(self._store.read(), self._root, video_id)

    def forget_stills(self, video_id: int) -> None:
        """After other masks were noted: pictures that were made with the old ones go."""
        self._chores.do(REMOVE_STILLS_CHORE, str(video_id))

    # ------------------------------------------------------------------ what was measured

    def new_embedding(self, video_id: int) -> PendingEmbedding:
        """Raises NotFound, StorageFull, StorageUnwritable."""
        embedding_id = self._store.write(lambda connection: embeddings.reserve(connection, video_id))
        return embeddings.make_folder(self._root, video_id, embedding_id)

    def publish(
        self, pending: PendingEmbedding, facts: EmbeddingFacts, summary: Mapping[str, Any], proposed: Sequence[Step]
    ) -> tuple[Embedding, str]:
        """The embedding, and the video's task. Raises NotFound, StorageFull, StorageUnwritable."""
        final = embedding_folder(self._root, pending.video_id, pending.embedding_id)
        try:
            sync_tree(pending.folder)
            pending.folder.rename(final)
            sync_folders(final.parent)
        except OSError as error:
            embeddings.discard(pending)
            raise storage_error(error, final) from error

        def insert(connection: sqlite3.Connection) -> tuple[str, list[str]]:
            row = require_video(connection, pending.video_id)
            superseded = embeddings.insert(connection, pending, facts, summary)
            if row["role"] == Role.GOLD and row["steps_version"] is None:
                _propose(connection, row, proposed)
            note_chore(connection, INDEX_CHORE, row["task_id"])
            return row["task_id"], superseded

        try:
            task_id, superseded = self._store.write(insert)
        except BaseException:
            remove_tree(final)
            raise
        for subject in superseded:
            self._chores.do(embeddings.REMOVE_EMBEDDING_CHORE, subject)
        self._chores.do(INDEX_CHORE, task_id)
        return embeddings.read_current(self._store.read(), self._root, pending.video_id), task_id

    def use_adapter(self, task_id: str, version: int | None, actor: str) -> bool:
        """Whether another adapter counts now. Raises NotFound."""

        def update(connection: sqlite3.Connection) -> bool:
            changed = adapters.use_adapter(connection, self._root, task_id, version, actor)
            if changed:
                note_chore(connection, INDEX_CHORE, task_id)
            return changed

        changed = self._store.write(update)
        if changed:
            self._chores.do(INDEX_CHORE, task_id)
        return changed

    # ------------------------------------------------------------------ deleting, opening

    def delete(self, video_id: int, actor: str) -> DeletedVideo:
        """Raises NotFound, Conflict while a job of the video waits or runs."""

        def delete(connection: sqlite3.Connection) -> str:
            row = require_video(connection, video_id)
            if (job := active_job(connection, video_id)) is not None:
                raise busy_video(video_id, job["type"], job["job_id"], job["state"])
            connection.execute("DELETE FROM procedure_embeddings WHERE video_id = ?", (video_id,))
            connection.execute("DELETE FROM procedure_step_lists WHERE video_id = ?", (video_id,))
            connection.execute(
                "UPDATE procedure_videos SET deleted_at = ?, steps_version = NULL, accepted = 0 WHERE video_id = ?",
                (now_text(), video_id),
            )
            details = {name: row[name] for name in ("title", "role", "sha256")} | {"owned": bool(row["owned"])}
            _note(connection, row, "deletion", actor, {"what": "video", **details})
            note_chore(connection, _REMOVE_FILES_CHORE, str(video_id))
            note_chore(connection, INDEX_CHORE, row["task_id"])
            return str(row["task_id"])

        task_id = self._store.write(delete)
        files = _files_below(video_folder(self._root, video_id))
        self._chores.do(_REMOVE_FILES_CHORE, str(video_id))
        self._chores.do(INDEX_CHORE, task_id)
        removed = tuple(path for path in files if not path.exists())
        return DeletedVideo(video_id, task_id, removed, self._indexed_clips(task_id))

    def remove_leftovers(self) -> None:
        """At opening: remove folders that no row knows, and what was half written or half removed."""
        folder = videos_folder(self._root)
        if not folder.is_dir():
            return
        sweep(folder)
        connection = self._store.read()
        videos = connection.execute("SELECT video_id FROM procedure_videos WHERE deleted_at IS NULL").fetchall()
        live = {str(row["video_id"]) for row in videos}
        rows = connection.execute("SELECT video_id, embedding_id FROM procedure_embeddings").fetchall()
        published = {embedding_folder(self._root, row["video_id"], row["embedding_id"]) for row in rows}
        for entry in folder.iterdir():
            if not entry.name.isdecimal() or not entry.is_dir():
                continue
            if entry.name not in live:
                remove_tree(entry)
                continue
            sweep(entry)
            for embedding in entry.glob("embedding-*"):
                if embedding not in published:
                    remove_tree(embedding)

    def _remove_files(self, video_id: str) -> None:
        row = (
            self._store.read()
            .execute("SELECT deleted_at FROM procedure_videos WHERE video_id = ?", (int(video_id),))
            .fetchone()
        )
        if row is None or row["deleted_at"] is not None:
            remove_tree(video_folder(self._root, int(video_id)))

    def _indexed_clips(self, task_id: str) -> int:
        row = (
            self._store.read()
            .execute("SELECT clips FROM procedure_indexes WHERE task_id = ? AND current = 1", (task_id,))
            .fetchone()
        )
        return int(row["clips"]) if row is not None else 0


def _insert(connection: sqlite3.Connection, row: dict[str, object], actor: str) -> AddedVideo:
    task, made_task = ensure_task(connection, str(row["task_id"]), actor)
    masks = row["masks"] if isinstance(row["masks"], Masks) else task.settings.masks
    values = row | {"masks": orjson.dumps(masks_to_plain(masks)).decode(), "created_at": now_text()}
    cursor = connection.execute(
        "INSERT INTO procedure_videos (task_id, role, title, site_id, camera_id, operator_id_hash, media_path, owned, "
        "sha256, info, masks, created_at) VALUES (:task_id, :role, :title, :site_id, :camera_id, :operator_id_hash, "
        ":media_path, :owned, :sha256, :info, :masks, :created_at)",
        values,
    )
    video_id = int(cursor.lastrowid or 0)
    added = require_video(connection, video_id)
    details = {name: added[name] for name in ("title", "role", "sha256", "site_id", "camera_id")}
    details["duration_s"] = media_from_json(added["info"]).duration_s
    _note(connection, added, "edit", actor, {"what": "video", "added": True, **details})
    return AddedVideo(video_id, task.task_id, made_task)


def _propose(connection: sqlite3.Connection, row: sqlite3.Row, proposed: Sequence[Step]) -> None:
    """The first steps of a gold video; what lies behind the end that its container claims is left out."""
    end_s = media_from_json(row["info"]).duration_s
    inside = [replace(step, end_s=min(step.end_s, end_s)) for step in proposed if step.start_s < end_s]
    if inside:
        set_steps(connection, row["video_id"], inside, name="Propose steps", seen_version=None, actor="machine")


def _note(connection: sqlite3.Connection, row: sqlite3.Row, kind: str, actor: str, details: dict[str, Any]) -> None:
    append(connection, kind=kind, subject=str(row["video_id"]), actor=actor, task_id=row["task_id"], details=details)


def _files_below(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []


def _checked_id(name: str, value: str | None) -> str | None:
    text = (value or "").strip()
    if len(text) > _LONGEST_ID or not text.isprintable():
        raise InvalidRequest(f"The {name} “{text[:80]}” cannot be one.", action=f"Use up to {_LONGEST_ID} letters.")
    return text or None
