"""Suggestions as plain data."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class SuggestionKind(StrEnum):
    """What a suggestion asks."""

    MERGE = "merge"
    """Are ``identity_id`` and ``target_id`` one person? Accepting merges ``identity_id`` into ``target_id``."""
    CAST = "cast"
    """Is ``identity_id`` the cast member ``target_id``? Accepting gives the name and the ``person_id``."""
    SINGLETON = "singleton"
    """A track on its own with its best match; accepting merges it into ``target_id``."""
    MIXED = "mixed"
    """``track_ids[0]`` seems to hold two people; accepting splits it at ``at_frame``."""
    OUTLIER = "outlier"
    """``track_ids`` look unlike the rest of ``identity_id``; accepting moves them to ``target_id``, or out if None."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One question to a person.

    ``key`` stays the same as long as the question does (it goes by tracks, not by clustering runs). ``likeness`` in
    [0, 1]: 1 = alike; for MIXED and OUTLIER how sure it is that something is wrong. ``margin``: likeness less that of
    the runner-up, None where there is none. ``work_saved``: tracks that need no other look once it is answered.
    ``from_confirmed``: the target is an identity that a person named, locked or put together, or a cast member: only
    those are accepted in bulk. ``left`` and ``right`` are crops to be shown side by side, best first.
    """

    key: str
    kind: SuggestionKind
    identity_id: str
    identity_label: str
    target_id: str | None
    target_label: str
    track_ids: tuple[str, ...]
    likeness: float
    margin: float | None
    work_saved: int
    from_confirmed: bool
    reason: str
    left: tuple[Path, ...]
    right: tuple[Path, ...]
    at_frame: int | None = None
