"""Own tiers out of tiers of a file or of pipelines."""

from collections.abc import Iterable, Sequence

from core.annotate.coding.checking import checked_name, checked_text, checked_vocabulary
from core.annotate.coding.draft import CodingDraft, Span
from core.annotate.coding.layers import Layer, layers_of
from core.annotate.coding.reading import free_name
from core.annotate.coding.types import MOST_NAME, SHORTEST_S
from core.annotate.types import Mark, OwnTier, Tier, TierKind
from core.errors import InvalidRequest

PAST_END_S = 0.5
"""The last mark may begin this far behind the duration that the container claims; it is put at the end then."""


def import_tiers(draft: CodingDraft, *, tiers: Sequence[Tier], coder: str, origin: str) -> list[OwnTier]:
    """One or more own tiers for each."""
    if not tiers:
        raise InvalidRequest("There is no tier to bring in.", action="Choose one or more.")
    made: list[OwnTier] = []
    for tier in tiers:
        _require_inside(tier, draft.duration_s)
        who = checked_name(coder.strip() or tier.coder, "coder")
        made += [_make(draft, layer, tier, who, origin) for layer in layers_of(tier)]
        draft.coder = who
    draft.name = f"Bring in the tier “{tiers[0].name}”" if len(tiers) == 1 else f"Bring in {len(tiers)} tiers"
    return made


def _make(draft: CodingDraft, layer: Layer, tier: Tier, coder: str, origin: str) -> OwnTier:
    taken = {one.name for one in draft.tiers() if one.coder == coder}
    name = free_name(checked_name(layer.name[:MOST_NAME]), taken)
    vocabulary = checked_vocabulary(tier.vocabulary)
    made = draft.make_tier(name, layer.kind, coder, vocabulary=vocabulary, origin=checked_text(origin, "origin"))
    draft.make_marks(made.tier_id, _spans(layer, draft.duration_s))
    return made


def _spans(layer: Layer, duration_s: float) -> Iterable[Span]:
    """The marks of a layer inside the video; what is too short gets the shortest length where there is room."""
    free_from_s = 0.0
    for index, mark in enumerate(layer.marks):
        start_s = min(max(mark.start_s, free_from_s), duration_s)
        end_s = min(max(mark.end_s, start_s), duration_s)
        if layer.kind is TierKind.INTERVALS:
            if end_s - start_s < SHORTEST_S:
                start_s = max(free_from_s, min(start_s, duration_s - SHORTEST_S))
                end_s = start_s + SHORTEST_S
            if end_s > duration_s or (index and end_s <= start_s):
                raise _outside(layer.name, [mark], duration_s)
            free_from_s = end_s
        else:
            end_s = start_s
        yield float(start_s), float(end_s), checked_text(mark.label, "label"), _comment(mark)


def _comment(mark: Mark) -> str:
    """A comment as it is, and whatever else was said of the mark, since own marks have no attributes."""
    parts = [
        str(value) if name == "comment" else f"{name}: {value}"
        for name, value in sorted(mark.attributes.items(), key=lambda item: item[0] != "comment")
        if value != ""
    ]
    return checked_text("; ".join(parts), "comment")


def _require_inside(tier: Tier, duration_s: float) -> None:
    outside = [mark for mark in tier.marks if mark.end_s < 0 or mark.start_s > duration_s + PAST_END_S]
    if outside:
        raise _outside(tier.name, outside, duration_s)


def _outside(name: str, marks: Sequence[Mark], duration_s: float) -> InvalidRequest:
    count = f"{len(marks)} marks of “{name}” lie" if len(marks) > 1 else f"A mark of “{name}” lies"
    return InvalidRequest(
        f"{count} outside the video, which is {duration_s:.3f} s long: the first at {marks[0].start_s:.3f} s.",
        action="Check that the annotations belong to this video and that their times are in seconds.",
    )
