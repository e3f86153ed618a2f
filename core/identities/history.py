"""Undo and redo of what people decided about an episode's identities."""

from typing import TYPE_CHECKING

from core.identities.edit_log import Edit
from core.jobs.events import EditApplied

if TYPE_CHECKING:
    from core.library.library import Library


def undo(library: "Library", ep_id: str) -> EditApplied:
    """Take back the last edit. Raises InvalidRequest when there is none."""
    return library.moderation.undo(ep_id)


def redo(library: "Library", ep_id: str) -> EditApplied:
    """Do the edit again that was taken back last. Raises InvalidRequest when there is none."""
    return library.moderation.redo(ep_id)


def undo_name(library: "Library", ep_id: str) -> str | None:
    """What undo would take back, None when there is nothing."""
    return library.moderation.undo_name(ep_id)


def redo_name(library: "Library", ep_id: str) -> str | None:
    """What redo would do, None when there is nothing."""
    return library.moderation.redo_name(ep_id)


def list_edits(library: "Library", ep_id: str) -> list[Edit]:
    """The newest edits, oldest first."""
    return library.moderation.history(ep_id)
