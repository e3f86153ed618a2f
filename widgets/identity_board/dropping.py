"""What a drop on the board would do, worked out from what is dragged and what lies under the pointer."""

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QCoreApplication

from widgets.identity_board.cards import CardShelf, IdentityCard
from widgets.moderation_mime import DragLoad, locked_words, merge_hint, new_person_hint


class DropDoes(StrEnum):
    """What happens when the button is let go."""

    NOTHING = "nothing"
    REFUSED = "refused"
    MERGE = "merge"
    MOVE_TRACKS = "move_tracks"
    MOVE_CROPS = "move_crops"
    ASSIGN = "assign"


@dataclass(frozen=True, slots=True)
class DropPlan:
    """``hint`` is what is shown while hovering; ``sources`` are the people that a merge takes."""

    does: DropDoes
    hint: str = ""
    target_id: str = ""
    sources: tuple[str, ...] = ()

    @property
    def accepted(self) -> bool:
        """Whether the drop does anything."""
        return self.does not in (DropDoes.NOTHING, DropDoes.REFUSED)


def plan_drop(load: DragLoad, target: IdentityCard | None, shelf: CardShelf, ep_id: str) -> DropPlan:
    """``target`` None = empty space."""
    if load.ep_id and ep_id and load.ep_id != ep_id:
        return DropPlan(DropDoes.REFUSED, _tr("These faces are of another episode"))
    if target is None:
        return _plan_on_nothing(load)
    if load.identity_ids:
        return _plan_merge(load, target, shelf)
    if target.locked and not load.cast_id:
        return DropPlan(DropDoes.REFUSED, locked_words(target.label), target.identity_id)
    does = DropDoes.ASSIGN if load.cast_id else DropDoes.MOVE_CROPS if load.crops else DropDoes.MOVE_TRACKS
    return DropPlan(does, merge_hint(load, target.label, target.tracks), target.identity_id)


def plan_merge_into(identity_ids: tuple[str, ...], target: IdentityCard, shelf: CardShelf) -> DropPlan:
    """The same as a drop of people of this board, for the keyboard."""
    load = DragLoad(identity_ids=identity_ids, tracks=shelf.tracks_of(identity_ids))
    return _plan_merge(load, target, shelf)


def _plan_on_nothing(load: DragLoad) -> DropPlan:
    if load.crops:
        return DropPlan(DropDoes.MOVE_CROPS, new_person_hint(load))
    if load.track_ids:
        return DropPlan(DropDoes.MOVE_TRACKS, new_person_hint(load))
    return DropPlan(DropDoes.NOTHING)


def _plan_merge(load: DragLoad, target: IdentityCard, shelf: CardShelf) -> DropPlan:
    sources = tuple(one for one in load.identity_ids if one != target.identity_id)
    if not sources:
        return DropPlan(DropDoes.NOTHING)
    if target.locked:
        return DropPlan(DropDoes.REFUSED, locked_words(target.label), target.identity_id)
    locked = shelf.first_locked(sources) or load.locked
    if locked:
        return DropPlan(DropDoes.REFUSED, locked_words(locked), target.identity_id)
    known = shelf.tracks_of(sources)
    shown = DragLoad(identity_ids=sources, tracks=known or load.tracks)
    return DropPlan(DropDoes.MERGE, merge_hint(shown, target.label, target.tracks), target.identity_id, sources)


def _tr(text: str) -> str:
    return QCoreApplication.translate("identity_board", text)
