"""A person's edits of one episode: each runs in core's own order, away from the Qt thread, and is one undo step."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.desktop.services import Services
from core.jobs.events import EditApplied

if TYPE_CHECKING:
    from core.identities.moderation import Moderation

Seen = Mapping[str, int]
Crop = tuple[str, int]
"""A track's id and a decoded frame."""


class Edits(QObject):
    """Asks core for edits of the episode that ``set_episode`` named; without one nothing happens.

    ``seen`` are the revisions of identities as they were on the screen: someone else's newer edit is then a Conflict,
    told as a notice, and nothing changes.
    """

    applied = Signal(object)
    """EditApplied, after core wrote it."""
    refused = Signal(object)
    """The exception; it is already a notice."""

    def __init__(self, services: Services, parent: QObject) -> None:
        super().__init__(parent)
        self._services = services
        self._ep_id: str | None = None

    def set_episode(self, ep_id: str | None) -> None:
        """The episode to edit from now on."""
        self._ep_id = ep_id

    # ---- identities

    def merge(self, source_ids: Sequence[str], target_id: str, seen: Seen | None = None) -> None:
        """Put some identities into another."""
        sources = [one for one in source_ids if one != target_id]
        if sources:
            self.run(lambda edit, ep_id: edit.merge(ep_id, sources, target_id, seen=seen))

    def rename(self, identity_id: str, name: str) -> None:
        """Give a name, or take it away with an empty one."""
        self.run(lambda edit, ep_id: edit.rename(ep_id, identity_id, name))

    def set_locked(self, identity_ids: Sequence[str], locked: bool) -> None:
        """Lock or unlock."""
        if identity_ids:
            self.run(lambda edit, ep_id: edit.set_locked(ep_id, list(identity_ids), locked))

    def assign(self, identity_id: str, cast_id: str) -> None:
        """Say which cast member an identity is."""
        self.run(lambda edit, ep_id: edit.assign_person(ep_id, identity_id, cast_id))

    def assign_all(self, identity_ids: Sequence[str], cast_id: str) -> None:
        """Say of several identities that they are one cast member: one step."""
        from core.identities import steps

        if len(identity_ids) == 1:
            self.assign(identity_ids[0], cast_id)
        elif identity_ids:
            made = [steps.assign_person(identity_id, cast_id) for identity_id in identity_ids]
            name = self.tr("Assign {count} people to one cast member").format(count=len(made))
            self.run(lambda edit, ep_id: edit.apply_many(ep_id, made, name=name))

    def revert(self, identity_id: str) -> None:
        """Back to what the machine found."""
        self.run(lambda edit, ep_id: edit.revert_identity(ep_id, identity_id))

    # ---- tracks

    def move_tracks(
        self, track_ids: Sequence[str], to_identity_id: str | None, from_id: str | None = None, *, name: str = ""
    ) -> None:
        """Move tracks to another identity, None = to a new one, which gets ``name``."""
        if track_ids:
            self.run(
                lambda edit, ep_id: edit.move_tracks(ep_id, list(track_ids), to_identity_id, from_identity_id=from_id),
                lambda done: self._name_new(done, name),
            )

    def split_track(self, track_id: str, at_frame: int) -> None:
        """Cut a track in two; the later part becomes somebody else."""
        self.run(lambda edit, ep_id: edit.split_track(ep_id, track_id, at_frame))

    def delete_tracks(self, track_ids: Sequence[str], reason: str = "") -> None:
        """Take tracks out; they can be restored. ``reason``: "" or not_a_face."""
        if track_ids:
            self.run(lambda edit, ep_id: edit.delete_tracks(ep_id, list(track_ids), reason=reason))

    def restore_tracks(self, track_ids: Sequence[str]) -> None:
        """Bring deleted tracks back."""
        if track_ids:
            self.run(lambda edit, ep_id: edit.restore_tracks(ep_id, list(track_ids)))

    def link(self, kind: str, first_track: str, second_track: str) -> None:
        """Say that two tracks are (``must``) or are not (``cannot``) the same person."""
        if kind == "must":
            self.run(lambda edit, ep_id: edit.must_link(ep_id, first_track, second_track))
        else:
            self.run(lambda edit, ep_id: edit.cannot_link(ep_id, first_track, second_track))

    # ---- single faces

    def move_crops(self, crops: Sequence[Crop], to_identity_id: str | None, *, name: str = "") -> None:
        """Move single faces to another identity, None = to a new one, which gets ``name``."""
        if crops:
            self.run(
                lambda edit, ep_id: edit.move_crops(ep_id, list(crops), to_identity_id),
                lambda done: self._name_new(done, name),
            )

    def exclude_faces(self, crops: Sequence[Crop], reason: str = "excluded") -> None:
        """Take single faces out of what represents a person. ``reason``: excluded or not_a_face."""
        if crops:
            self.run(lambda edit, ep_id: edit.exclude_faces(ep_id, list(crops), reason=reason))

    def include_faces(self, crops: Sequence[Crop]) -> None:
        """Put single faces back."""
        if crops:
            self.run(lambda edit, ep_id: edit.include_faces(ep_id, list(crops)))

    # ---- history

    def undo_to(self, edit_id: int) -> None:
        """Take back every step down to this one, and this one too."""

        def undo_all(edit: "Moderation", ep_id: str) -> EditApplied | None:
            last: EditApplied | None = None
            while _is_in(edit, ep_id, edit_id, "done"):
                last = edit.undo(ep_id)
            return last

        self.run(undo_all)

    def redo_to(self, edit_id: int) -> None:
        """Do every undone step again, up to this one."""

        def redo_all(edit: "Moderation", ep_id: str) -> EditApplied | None:
            last: EditApplied | None = None
            while _is_in(edit, ep_id, edit_id, "undone"):
                last = edit.redo(ep_id)
            return last

        self.run(redo_all)

    # ---- any other

    def run(
        self,
        edit: "Callable[[Moderation, str], EditApplied | None]",
        done: Callable[[EditApplied], object] | None = None,
    ) -> None:
        """Run an edit of the episode; ``done`` gets what core did."""
        if self._ep_id is None:
            return
        library, ep_id = self._services.library, self._ep_id

        def take(result: EditApplied | None) -> None:
            if result is not None:
                self.applied.emit(result)
                if done is not None:
                    done(result)

        self._services.background.run_edit(
            lambda: edit(library.moderation, ep_id), take, failed=self._refuse, owner=self
        )

    def _name_new(self, done: EditApplied, name: str) -> None:
        """A name for the identity that an edit made: a step of its own, because core gives the id."""
        new_id = done.change.get("new_id")
        if name and isinstance(new_id, str) and new_id:
            self.rename(new_id, name)

    def _refuse(self, error: Exception) -> None:
        self._services.notices.error(error)
        self.refused.emit(error)


def _is_in(edit: "Moderation", ep_id: str, edit_id: int, state: str) -> bool:
    """Whether a step is done or undone now."""
    found = edit.history(ep_id, limit=1, before=edit_id + 1)
    return any(one.edit_id == edit_id and one.state == state for one in found)
