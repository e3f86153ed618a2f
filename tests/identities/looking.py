"""What tests look at."""

from core.identities.invariants import check_invariants
from core.library.library import Library
from core.review.rows import Rows
from core.review.types import IdentityRow, TrackRow
from tests.identities.made_episode import EP_ID


def tracks_of(library: Library, identity_id: str) -> list[str]:
    """Track ids of a live identity, by start; empty when it is gone. The invariants must hold meanwhile."""
    assert check_invariants(library.store.read(), EP_ID) == []
    one = identities(library).get(identity_id)
    return list(one.track_ids) if one else []


def identities(library: Library) -> dict[str, IdentityRow]:
    """Live identities by id."""
    rows = Rows.of(library, library.store.read(), EP_ID)
    assert rows is not None
    return {one.identity_id: one for one in rows.identities(rows.tracks())}


def track(library: Library, track_id: str) -> TrackRow | None:
    """A live or deleted track."""
    rows = Rows.of(library, library.store.read(), EP_ID)
    assert rows is not None
    return next(iter(rows.tracks([track_id])), None)


def named(number: int) -> str:
    """``identity-00001``."""
    return f"identity-{number:05d}"


def tracked(*numbers: int) -> list[str]:
    """``track-00001`` …"""
    return [f"track-{number:05d}" for number in numbers]
