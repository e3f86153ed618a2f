"""Answers to suggestions: accepted ones become one undo step, rejected ones are remembered."""

import math
from collections.abc import Collection, Sequence

from core.errors import Conflict, InvalidRequest
from core.identities.steps import Rejection
from core.jobs.events import EditApplied
from core.library.library import Library
from core.suggestions.plan import Plan
from core.suggestions.present import Present, present
from core.suggestions.suggest import ranked
from core.suggestions.types import Suggestion, SuggestionKind

IN_BULK = frozenset({SuggestionKind.MERGE, SuggestionKind.SINGLETON, SuggestionKind.CAST})
"""What can be accepted by its likeness: of the other kinds it says how wrong, not how right something is."""


def accept(library: Library, ep_id: str, keys: Sequence[str], *, actor: str = "desktop") -> EditApplied:
    """Do what some suggestions say, as one undo step; A into B and B into C brings A into C.

    Raises Conflict when a key names no suggestion any more, when two of them contradict each other (they would make
    one of two people seen together), or when someone edited them in the meantime; InvalidRequest without keys;
    NotFound. Nothing is changed then.
    """
    now, chosen = _chosen(library, ep_id, keys)
    plan = Plan(now.people)
    for one in chosen:
        reason = plan.add(one)
        if reason is not None:
            raise Conflict(
                f"These suggestions cannot be accepted together: {reason}.", action="Accept them one after another."
            )
    return _apply(library, ep_id, plan, actor)


def reject(library: Library, ep_id: str, keys: Sequence[str], *, actor: str = "desktop") -> EditApplied:
    """Never ask these again, as one undo step. They are remembered by tracks and so survive another analysis.

    Raises Conflict when a key names no suggestion any more, InvalidRequest without keys, NotFound.
    """
    _, chosen = _chosen(library, ep_id, keys)
    return library.moderation.reject(ep_id, [_rejection(one) for one in chosen], actor=actor)


def accept_all_above(
    library: Library,
    ep_id: str,
    likeness: float,
    *,
    kinds: Collection[SuggestionKind] | None = None,
    actor: str = "desktop",
) -> EditApplied | None:
    """Accept every suggestion of at least this likeness whose target is confirmed, as one undo step.

    What spreads starts from people whom somebody named, locked or put together, and from the cast. Of suggestions that
    contradict each other the better ranked one counts. None when there is none. Raises InvalidRequest, NotFound.
    """
    plan = _bulk(library, ep_id, likeness, kinds)
    return _apply(library, ep_id, plan, actor) if plan is not None and plan.accepted else None


def count_above(
    library: Library, ep_id: str, likeness: float, *, kinds: Collection[SuggestionKind] | None = None
) -> int:
    """How many suggestions :func:`accept_all_above` would accept now."""
    plan = _bulk(library, ep_id, likeness, kinds)
    return len(plan.accepted) if plan is not None else 0


def _bulk(library: Library, ep_id: str, likeness: float, kinds: Collection[SuggestionKind] | None) -> Plan | None:
    if not (math.isfinite(likeness) and 0.0 <= likeness <= 1.0):
        raise InvalidRequest(f"{likeness} is no likeness.", action="Use a number from 0 to 1.")
    now = present(library, ep_id)
    if now is None:
        return None
    wanted = IN_BULK if kinds is None else IN_BULK.intersection(kinds)
    plan = Plan(now.people)
    for one in ranked(library, now):
        if one.from_confirmed and one.kind in wanted and one.likeness >= likeness:
            plan.add(one)
    return plan


def _chosen(library: Library, ep_id: str, keys: Sequence[str]) -> tuple[Present, list[Suggestion]]:
    if not keys:
        raise InvalidRequest("No suggestion was named.", action="Name at least one by its key.")
    now = present(library, ep_id)
    by_key = {one.key: one for one in ranked(library, now)} if now is not None else {}
    stale = [key for key in keys if key not in by_key]
    if now is None or stale:
        raise Conflict(f"The suggestion {stale[0]!r} does not hold any more.", action="Look at the suggestions anew.")
    return now, [by_key[key] for key in dict.fromkeys(keys)]


def _apply(library: Library, ep_id: str, plan: Plan, actor: str) -> EditApplied:
    return library.moderation.apply_many(ep_id, plan.steps(), name=plan.name(), actor=actor, seen=plan.seen())


def _rejection(one: Suggestion) -> Rejection:
    kind, first_track, second = one.key.split(":", 2)
    return Rejection(kind, first_track, second)
