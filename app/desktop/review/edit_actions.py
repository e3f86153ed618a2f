"""The Review page's records that change who is who."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from app.desktop.actions import Action

if TYPE_CHECKING:
    from app.desktop.review.page import ReviewPage

PAGE = "review"


def _tr(text: str) -> str:
    return QCoreApplication.translate("review_edits", text)


def edit_records(page: "ReviewPage") -> tuple[Action, ...]:
    """Edits of the selected identity, then of the selected tracks."""
    return (*_of_identities(page), *_of_tracks(page))


def _of_identities(page: "ReviewPage") -> tuple[Action, ...]:
    editing = page.editing
    one = editing.has_identity
    return (
        _record("review.merge", _tr("Merge into…"), editing.merge, one, ("Ctrl+M",), "identities"),
        _record("review.assign", _tr("Assign to a cast member…"), editing.assign, one, ("Ctrl+Shift+M",), "cast"),
        Action(
            "review.lock",
            _tr("Lock"),
            "Edit",
            editing.toggle_lock,
            ("Ctrl+L",),
            "lock",
            _tr("No edit and no analysis changes the tracks of a locked person"),
            enabled=one,
            title_now=lambda: _tr("Unlock") if editing.is_locked() else _tr("Lock"),
            page=PAGE,
        ),
        _record("review.revert", _tr("Revert to machine result"), editing.revert, one, (), "undo"),
        Action(
            "review.show_on_board",
            _tr("Show on the board"),
            "Go",
            editing.show_on_board,
            ("Ctrl+B",),
            "identities",
            enabled=page.has_episode,
            page=PAGE,
        ),
    )


def _of_tracks(page: "ReviewPage") -> tuple[Action, ...]:
    editing = page.editing
    some, two = editing.has_tracks, editing.has_two_tracks
    return (
        _record("review.move_tracks", _tr("Move track to…"), editing.move, some, ("Ctrl+T",), "track"),
        _record(
            "review.split_here",
            _tr("Split the track here"),
            editing.split_here,
            editing.can_split,
            ("S",),
            "shot",
            _tr("Cut the selected track at the frame on screen; the later part becomes somebody else"),
        ),
        _record(
            "review.must_link",
            _tr("Same person, always"),
            editing.must_link,
            two,
            ("Ctrl+=",),
            "check",
            _tr("The two selected tracks are one person, in every later analysis too"),
        ),
        _record(
            "review.cannot_link",
            _tr("Never the same person"),
            editing.cannot_link,
            two,
            ("Ctrl+-",),
            "close",
            _tr("The two selected tracks are different people, in every later analysis too"),
        ),
        _record(
            "review.not_a_face",
            _tr("Not a face"),
            editing.not_a_face,
            some,
            ("X",),
            "unassigned",
            _tr("Take the selected tracks out: they show no face"),
        ),
        _record("review.delete_tracks", _tr("Delete track"), editing.delete, some, ("Del",), "trash"),
        _record(
            "review.restore_tracks",
            _tr("Restore track"),
            editing.restore,
            editing.has_deleted_tracks,
            ("Shift+Del",),
            "retry",
            _tr("Bring the selected deleted tracks back"),
        ),
    )


def _record(
    action_id: str,
    title: str,
    callback: Callable[[], object],
    enabled: Callable[[], bool],
    shortcuts: tuple[str, ...] = (),
    icon: str = "",
    tip: str = "",
) -> Action:
    return Action(action_id, title, "Edit", callback, shortcuts, icon, tip, enabled=enabled, page=PAGE)
