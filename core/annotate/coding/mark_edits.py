"""Edits of marks: each changes a draft and names what it did."""

from collections.abc import Sequence

from core.annotate.coding.checking import checked_text, placed
from core.annotate.coding.draft import CodingDraft
from core.annotate.coding.types import SHORTEST_S
from core.annotate.types import OwnMark, OwnTier, TierKind
from core.errors import InvalidRequest


def add_mark(draft: CodingDraft, *, tier_id: int, start_s: float, end_s: float, label: str) -> OwnMark:
    """Draw a mark; others give way."""
    tier = draft.tier(tier_id)
    early_s, late_s = (start_s, start_s) if tier.kind is TierKind.POINTS else sorted((start_s, end_s))
    early_s, late_s = placed(tier.kind, early_s, late_s, draft.duration_s)
    plain = checked_text(label, "label")
    _note(draft, tier, f"Mark “{_short(plain)}”" if plain else "Draw a mark")
    _make_room(draft, tier, early_s, late_s)
    (mark_id,) = draft.make_marks(tier_id, [(early_s, late_s, plain, "")])
    return draft.mark(mark_id)


def change_mark(
    draft: CodingDraft,
    *,
    mark_id: int,
    start_s: float | None,
    end_s: float | None,
    label: str | None,
    comment: str | None,
) -> OwnMark:
    """Other times, label or comment; None = as it is."""
    mark = draft.mark(mark_id)
    tier = draft.tier(mark.tier_id)
    early_s, late_s = _wanted_times(tier, mark, start_s, end_s)
    if (early_s, late_s) != (mark.start_s, mark.end_s):
        early_s, late_s = placed(tier.kind, early_s, late_s, draft.duration_s)
        _make_room(draft, tier, early_s, late_s, besides=mark_id)
    changed = draft.set_mark(
        mark,
        start_s=early_s,
        end_s=late_s,
        label=mark.label if label is None else checked_text(label, "label"),
        comment=mark.comment if comment is None else checked_text(comment, "comment"),
    )
    _note(draft, tier, _name_of_change(mark, changed))
    return changed


def split_mark(draft: CodingDraft, *, mark_id: int, t_s: float) -> tuple[OwnMark, OwnMark]:
    """Two intervals for one."""
    mark = draft.mark(mark_id)
    tier = draft.tier(mark.tier_id)
    _require_intervals(tier, "split")
    if not mark.start_s + SHORTEST_S <= t_s <= mark.end_s - SHORTEST_S:
        raise InvalidRequest(
            f"{t_s:.3f} s does not lie inside the mark, which goes from {mark.start_s:.3f} s to {mark.end_s:.3f} s.",
            action="Move the playhead inside the mark.",
        )
    _note(draft, tier, "Split a mark")
    first = draft.set_mark(mark, end_s=float(t_s))
    (second_id,) = draft.make_marks(tier.tier_id, [(float(t_s), mark.end_s, mark.label, "")])
    return first, draft.mark(second_id)


def join_marks(draft: CodingDraft, *, mark_ids: Sequence[int]) -> OwnMark:
    """One interval for neighbours, over the time between them."""
    if len(mark_ids) < 2:
        raise InvalidRequest("One mark alone cannot be joined.", action="Choose two or more neighbours of a tier.")
    marks = sorted((draft.mark(one) for one in mark_ids), key=lambda mark: (mark.start_s, mark.mark_id))
    first, last = marks[0], marks[-1]
    tier = draft.tier(first.tier_id)
    _require_intervals(tier, "joined")
    if any(mark.tier_id != tier.tier_id for mark in marks):
        raise InvalidRequest("Marks of different tiers cannot be joined.", action="Choose neighbours of one tier.")
    if len(draft.overlapping(tier.tier_id, first.start_s, last.end_s)) != len(marks):
        raise InvalidRequest("There are other marks between these.", action="Choose them too, or join neighbours only.")
    _note(draft, tier, f"Join {len(marks)} marks")
    draft.remove_marks(marks[1:])
    comments = dict.fromkeys(mark.comment for mark in marks if mark.comment)
    comment = checked_text("; ".join(comments), "comment")
    label = next((mark.label for mark in marks if mark.label), "")
    return draft.set_mark(first, end_s=last.end_s, label=label, comment=comment)


def delete_marks(draft: CodingDraft, *, mark_ids: Sequence[int]) -> None:
    """Take marks out."""
    marks = [draft.mark(one) for one in mark_ids]
    name = f"Delete {len(marks)} marks" if len(marks) > 1 else "Delete a mark"
    _note(draft, draft.tier(marks[0].tier_id), name)
    draft.remove_marks(marks)


def set_labels(draft: CodingDraft, *, mark_ids: Sequence[int], label: str) -> tuple[OwnMark, ...]:
    """The same label for all."""
    plain = checked_text(label, "label")
    marks = [draft.mark(one) for one in mark_ids]
    what = f"{len(marks)} marks" if len(marks) > 1 else "a mark"
    _note(draft, draft.tier(marks[0].tier_id), f"Label {what} “{_short(plain)}”" if plain else f"Unlabel {what}")
    return tuple(draft.set_mark(mark, label=plain) for mark in marks)


def first_of(mark_ids: Sequence[int]) -> int:
    """Raises InvalidRequest when there is none."""
    if not mark_ids:
        raise InvalidRequest("No mark is chosen.", action="Choose one or more marks.")
    return mark_ids[0]


def _wanted_times(tier: OwnTier, mark: OwnMark, start_s: float | None, end_s: float | None) -> tuple[float, float]:
    if tier.kind is TierKind.POINTS:
        time_s = start_s if start_s is not None else end_s if end_s is not None else mark.start_s
        return time_s, time_s
    return mark.start_s if start_s is None else start_s, mark.end_s if end_s is None else end_s


def _make_room(draft: CodingDraft, tier: OwnTier, start_s: float, end_s: float, *, besides: int = 0) -> None:
    """Let [start_s, end_s) of a tier of intervals be free but for the mark ``besides``."""
    if tier.kind is not TierKind.INTERVALS:
        return
    for other in draft.overlapping(tier.tier_id, start_s, end_s):
        if other.mark_id == besides:
            continue
        stays_left = start_s - other.start_s >= SHORTEST_S
        stays_right = other.end_s - end_s >= SHORTEST_S
        if stays_left:
            draft.set_mark(other, end_s=start_s)
            if stays_right:
                draft.make_marks(tier.tier_id, [(end_s, other.end_s, other.label, other.comment)])
        elif stays_right:
            draft.set_mark(other, start_s=end_s)
        else:
            draft.remove_marks([other])


def _require_intervals(tier: OwnTier, done: str) -> None:
    if tier.kind is not TierKind.INTERVALS:
        raise InvalidRequest(f"Points cannot be {done}.", action="Only intervals can.")


def _note(draft: CodingDraft, tier: OwnTier, name: str) -> None:
    draft.name, draft.coder = name, tier.coder


def _name_of_change(before: OwnMark, after: OwnMark) -> str:
    moved_start, moved_end = before.start_s != after.start_s, before.end_s != after.end_s
    if moved_start and moved_end:
        return "Move a mark"
    if moved_start:
        return "Move a start"
    if moved_end:
        return "Move an end"
    if before.label != after.label:
        return f"Label a mark “{_short(after.label)}”" if after.label else "Unlabel a mark"
    return "Comment a mark"


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"
