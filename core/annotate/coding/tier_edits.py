"""Edits of whole tiers: each changes a draft and names what it did."""

from collections.abc import Sequence

from core.annotate.coding.checking import checked_name, checked_vocabulary, drawable
from core.annotate.coding.draft import CodingDraft
from core.annotate.types import OwnTier, TierKind
from core.errors import Conflict


def add_tier(draft: CodingDraft, *, name: str, kind: TierKind | str, coder: str, vocabulary: Sequence[str]) -> OwnTier:
    """A new tier without marks."""
    plain, who = checked_name(name), checked_name(coder, "coder")
    _require_free(draft, plain, who)
    draft.name, draft.coder = f"Add the tier “{plain}”", who
    return draft.make_tier(plain, drawable(kind), who, vocabulary=checked_vocabulary(vocabulary))


def rename_tier(draft: CodingDraft, *, tier_id: int, name: str) -> OwnTier:
    """Another name."""
    tier, plain = draft.tier(tier_id), checked_name(name)
    _require_free(draft, plain, tier.coder, besides=tier_id)
    draft.name, draft.coder = f"Rename “{tier.name}” to “{plain}”", tier.coder
    draft.set_tier(tier_id, name=plain)
    return draft.tier(tier_id)


def set_coder(draft: CodingDraft, *, tier_id: int, coder: str) -> OwnTier:
    """Somebody else marks it."""
    tier, who = draft.tier(tier_id), checked_name(coder, "coder")
    _require_free(draft, tier.name, who, besides=tier_id)
    draft.name, draft.coder = f"Give “{tier.name}” to {who}", who
    draft.set_tier(tier_id, coder=who)
    return draft.tier(tier_id)


def set_vocabulary(draft: CodingDraft, *, tier_id: int, vocabulary: Sequence[str]) -> OwnTier:
    """Other words to be used."""
    tier = draft.tier(tier_id)
    draft.name, draft.coder = f"Change the labels of “{tier.name}”", tier.coder
    draft.set_tier(tier_id, vocabulary=checked_vocabulary(vocabulary))
    return draft.tier(tier_id)


def move_tier(draft: CodingDraft, *, tier_id: int, position: int) -> OwnTier:
    """Another place among the video's tiers."""
    tier = draft.tier(tier_id)
    order = [one.tier_id for one in draft.tiers() if one.tier_id != tier_id]
    order.insert(min(max(position, 0), len(order)), tier_id)
    draft.name, draft.coder = f"Move the tier “{tier.name}”", tier.coder
    if order != [one.tier_id for one in draft.tiers()]:
        for place, one in enumerate(order):
            draft.set_tier(one, position=place)
    return draft.tier(tier_id)


def delete_tier(draft: CodingDraft, *, tier_id: int) -> None:
    """Out of sight, with its marks; undo needs them."""
    tier = draft.tier(tier_id)
    draft.name, draft.coder = f"Delete the tier “{tier.name}”", tier.coder
    draft.set_tier(tier_id, deleted=1)


def _require_free(draft: CodingDraft, name: str, coder: str, *, besides: int = 0) -> None:
    if any((one.name, one.coder) == (name, coder) and one.tier_id != besides for one in draft.tiers()):
        raise Conflict(f"{coder} has a tier “{name}” in this video already.", action="Choose another name.")
