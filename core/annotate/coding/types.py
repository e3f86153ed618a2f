"""Plain data of own tiers beside OwnTier and OwnMark of core.annotate.types."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

EditState: TypeAlias = Literal["done", "undone", "dropped"]

SHORTEST_S = 0.001
"""No interval of an own tier is shorter than this."""
MOST_TEXT = 10_000
"""Characters that a label or a comment may have."""
MOST_NAME = 200
"""Characters that a tier's name, a coder's name or a word of a vocabulary may have."""


@dataclass(frozen=True, slots=True)
class CodingEdit:
    """An edit of a video's own tiers, as the history shows it.

    ``state``: done, undone (redo can do it again) or dropped (a newer edit took its place). ``at`` is ISO 8601 UTC.
    """

    edit_id: int
    media_id: int
    name: str
    coder: str
    at: str
    state: EditState
