"""What people decide about who is who: the one service through which the desktop, the APIs and jobs edit identities."""

from collections.abc import Iterable, Mapping, Sequence

import orjson

from core.errors import NotFound
from core.identities import deleting, faces, linking, merging, moving, naming, reverting, splitting, steps
from core.identities.commands import Step
from core.identities.edit_log import RECENT, Edit, EditLog
from core.identities.steps import Crop, Link, Rejection
from core.jobs.events import EditApplied
from core.library.paths import LibraryPaths
from core.library.store import Store

COMMANDS = (deleting, faces, linking, merging, moving, naming, reverting, splitting)
"""The modules whose commands the log may hold: imported here, so that all of them are known."""

Seen = Mapping[str, int] | None
"""Revisions by identity id as the caller knows them; an edit that stands on older ones is a Conflict."""


class Moderation:
    """Every edit is one transaction, one undo step and one EditApplied event, which it returns.

    ``actor`` says who: desktop, api, api:<key>, cleanup. All raise NotFound, InvalidRequest, Conflict; then nothing
    was changed.
    """

    def __init__(self, store: Store, paths: LibraryPaths, log: EditLog) -> None:
        self._store = store
        self._paths = paths
        self._log = log

    # ---- edits ----

    def merge(
        self, ep_id: str, source_ids: Iterable[str], target_id: str, *, actor: str = "desktop", seen: Seen = None
    ) -> EditApplied:
        """All tracks go to the target; the change has ``target_id``, ``track_ids``, ``sources_deleted``."""
        return self._do(ep_id, steps.merge(source_ids, target_id), actor, seen)

    def split(
        self, ep_id: str, identity_id: str, track_ids: Iterable[str], *, actor: str = "desktop", seen: Seen = None
    ) -> EditApplied:
        """Some tracks become a new identity; the change has ``original_id``, ``new_id``, ``tracks_moved``."""
        return self._do(ep_id, steps.split(identity_id, track_ids), actor, seen)

    def move_tracks(
        self,
        ep_id: str,
        track_ids: Iterable[str],
        to_identity_id: str | None,
        *,
        from_identity_id: str | None = None,
        actor: str = "desktop",
        seen: Seen = None,
    ) -> EditApplied:
        """Move tracks, None = to one new identity. Conflict when one is not in ``from_identity_id`` any more."""
        step = steps.move_tracks(track_ids, to_identity_id, from_identity_id=from_identity_id)
        return self._do(ep_id, step, actor, seen)

    def split_track(
        self,
        ep_id: str,
        track_id: str,
        at_frame: int,
        *,
        apart: bool = True,
        actor: str = "desktop",
        seen: Seen = None,
    ) -> EditApplied:
        """Divide a track: boxes from ``at_frame`` on become a second part, in a new identity when ``apart``."""
        return self._do(ep_id, steps.split_track(track_id, at_frame, apart=apart), actor, seen)

    def move_crops(
        self,
        ep_id: str,
        crops: Sequence[Crop],
        to_identity_id: str | None,
        *,
        actor: str = "desktop",
        seen: Seen = None,
    ) -> EditApplied:
        """Single crops belong to somebody else: the boxes nearest to them become a track there."""
        return self._do(ep_id, steps.move_crops(crops, to_identity_id), actor, seen)

    def delete_tracks(
        self, ep_id: str, track_ids: Iterable[str], *, reason: str = "", actor: str = "desktop", seen: Seen = None
    ) -> EditApplied:
        """Soft-delete; ``reason`` is empty or not_a_face."""
        return self._do(ep_id, steps.delete_tracks(track_ids, reason=reason), actor, seen)

    def restore_tracks(
        self, ep_id: str, track_ids: Iterable[str], *, actor: str = "desktop", seen: Seen = None
    ) -> EditApplied:
        """Deleted tracks return to where they were."""
        return self._do(ep_id, steps.restore_tracks(track_ids), actor, seen)

    def exclude_faces(
        self, ep_id: str, crops: Sequence[Crop], *, reason: str = "excluded", actor: str = "desktop", seen: Seen = None
    ) -> EditApplied:
        """Faces that say nothing of the person (excluded), or are none (not_a_face)."""
        return self._do(ep_id, steps.exclude_faces(crops, reason=reason), actor, seen)

    def include_faces(
        self, ep_id: str, crops: Sequence[Crop], *, actor: str = "desktop", seen: Seen = None
    ) -> EditApplied:
        """Use faces again."""
        return self._do(ep_id, steps.include_faces(crops), actor, seen)

    def rename(
        self, ep_id: str, identity_id: str, name: str, *, actor: str = "desktop", seen: Seen = None
    ) -> EditApplied:
        """Give a name; an empty one takes it away."""
        return self._do(ep_id, steps.rename(identity_id, name), actor, seen)

    def label(
        self,
        ep_id: str,
        identity_id: str,
        labels: Mapping[str, str | None],
        *,
        actor: str = "desktop",
        seen: Seen = None,
    ) -> EditApplied:
        """Set labels; None or "" removes one, ``name`` renames."""
        return self._do(ep_id, steps.update(identity_id, labels=labels), actor, seen)

    def set_locked(
        self, ep_id: str, identity_ids: Iterable[str], locked: bool, *, actor: str = "desktop", seen: Seen = None
    ) -> EditApplied:
        """No edit and no run changes the tracks of a locked identity."""
        return self._do(ep_id, steps.set_locked(identity_ids, locked), actor, seen)

    def update(
        self,
        ep_id: str,
        identity_id: str,
        *,
        labels: Mapping[str, str | None] | None = None,
        locked: bool | None = None,
        actor: str = "desktop",
        seen: Seen = None,
    ) -> EditApplied:
        """Labels and lock in one step."""
        return self._do(ep_id, steps.update(identity_id, labels=labels, locked=locked), actor, seen)

    def must_link(
        self, ep_id: str, first_track: str, second_track: str, *, actor: str = "desktop", seen: Seen = None
    ) -> EditApplied:
        """One person: the second track comes to the first one's identity."""
        return self._do(ep_id, steps.must_link(first_track, second_track), actor, seen)

    def cannot_link(
        self, ep_id: str, first_track: str, second_track: str, *, actor: str = "desktop", seen: Seen = None
    ) -> EditApplied:
        """Different people: the second track leaves the first one's identity."""
        return self._do(ep_id, steps.cannot_link(first_track, second_track), actor, seen)

    def unlink(self, ep_id: str, link_id: int, *, actor: str = "desktop", seen: Seen = None) -> EditApplied:
        """Forget a link; the tracks stay where they are."""
        return self._do(ep_id, steps.unlink(link_id), actor, seen)

    def assign_person(
        self, ep_id: str, identity_id: str, cast_id: str, *, actor: str = "desktop", seen: Seen = None
    ) -> EditApplied:
        """The identity is this cast member; where that person is already, the two merge."""
        return self._do(ep_id, steps.assign_person(identity_id, cast_id), actor, seen)

    def reject(
        self, ep_id: str, rejections: Iterable[Rejection], *, actor: str = "desktop", seen: Seen = None
    ) -> EditApplied:
        """Remember that suggestions were turned down."""
        return self._do(ep_id, steps.reject(rejections), actor, seen)

    def revert_identity(
        self, ep_id: str, identity_id: str, *, actor: str = "desktop", seen: Seen = None
    ) -> EditApplied:
        """Back to the tracks that the machine gave it in the current clustering."""
        cluster_run, machine = self._machine_result(ep_id)
        payload = {"identity_id": identity_id, "machine": machine, "cluster_run": cluster_run}
        return self._do(ep_id, Step("revert_identity", payload), actor, seen)

    def apply_many(
        self, ep_id: str, many: Sequence[Step], *, name: str, actor: str = "desktop", seen: Seen = None
    ) -> EditApplied:
        """Several steps, each seeing what those before it did, as one undo step called ``name``."""
        return self._log.apply(ep_id, many, actor=actor, name=name, seen=seen)

    # ---- undo, redo, history ----

    def undo(self, ep_id: str, *, actor: str = "desktop") -> EditApplied:
        """Take back the last edit."""
        return self._log.undo(ep_id, actor=actor)

    def redo(self, ep_id: str, *, actor: str = "desktop") -> EditApplied:
        """Do the edit again that was taken back last."""
        return self._log.redo(ep_id, actor=actor)

    def undo_name(self, ep_id: str) -> str | None:
        """What undo would take back."""
        return self._log.undo_name(ep_id)

    def redo_name(self, ep_id: str) -> str | None:
        """What redo would do."""
        return self._log.redo_name(ep_id)

    def history(self, ep_id: str, *, limit: int = RECENT, before: int | None = None) -> list[Edit]:
        """The newest edits, oldest first."""
        return self._log.history(ep_id, limit=limit, before=before)

    # ---- what was decided ----

    def links(self, ep_id: str) -> list[Link]:
        """Links between tracks of the current detection."""
        rows = self._store.read().execute(
            "SELECT l.* FROM links l JOIN runs r ON r.run_id = l.run_id WHERE l.ep_id = ? AND l.live = 1 "
            "AND r.current = 1 ORDER BY l.link_id",
            (ep_id,),
        )
        return [Link(row["link_id"], row["kind"], row["first_track"], row["second_track"]) for row in rows]

    def rejections(self, ep_id: str) -> list[Rejection]:
        """Suggestions that were turned down, for the current tracks."""
        rows = self._store.read().execute(
            "SELECT x.* FROM rejections x JOIN runs r ON r.run_id = x.run_id WHERE x.ep_id = ? AND x.live = 1 "
            "AND r.current = 1 ORDER BY x.rejection_id",
            (ep_id,),
        )
        return [Rejection(row["kind"], row["first_track"], row["second"]) for row in rows]

    def confirmed_ids(self, ep_id: str) -> set[str]:
        """Identities that a person named, labelled, locked or put together."""
        rows = self._store.read().execute(
            "SELECT i.identity_id FROM identities i JOIN runs r ON r.run_id = i.run_id AND r.current = 1 "
            "WHERE i.ep_id = ? AND i.deleted = 0 AND (i.name != '' OR i.locked = 1 OR i.labels != '{}' OR EXISTS ("
            "SELECT 1 FROM assignments a WHERE a.run_id = i.run_id AND a.identity_id = i.identity_id "
            "AND a.by_person = 1))",
            (ep_id,),
        )
        return {row["identity_id"] for row in rows}

    def machine_result(self, ep_id: str) -> dict[str, str | None]:
        """Who each track belonged to when the current clustering was published. Raises NotFound."""
        return {track_id: identity_id for track_id, (identity_id, _) in self._machine_result(ep_id)[1].items()}

    def _machine_result(self, ep_id: str) -> tuple[int, dict[str, tuple[str | None, str]]]:
        """The current clustering, and by track: its identity, or None and why."""
        row = (
            self._store.read()
            .execute("SELECT run_id FROM runs WHERE ep_id = ? AND stage = 'cluster' AND current = 1", (ep_id,))
            .fetchone()
        )
        if row is None:
            raise NotFound(f"“{ep_id}” has no identities yet.", action="Analyse it first: run cluster.")
        path = self._paths.run(ep_id, "cluster", row["run_id"]) / "clusters.json"
        try:
            tracks = orjson.loads(path.read_bytes())["tracks"]
        except OSError as error:
            raise NotFound(
                f"What the machine found in “{ep_id}” cannot be read: {path}.", action="Run cluster again."
            ) from error
        return row["run_id"], {track["track_id"]: (track["identity_id"], track.get("reason") or "") for track in tracks}

    def _do(self, ep_id: str, step: Step, actor: str, seen: Seen) -> EditApplied:
        return self._log.apply(ep_id, [step], actor=actor, seen=seen)
