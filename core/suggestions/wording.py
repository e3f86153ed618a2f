"""Keys and words of suggestions."""

from core.suggestions.types import SuggestionKind


def suggestion_key(kind: SuggestionKind, first_track: str, second: str) -> str:
    """The key of a question: it goes by tracks, so it stays the same in a later session and after other edits."""
    return f"{kind}:{first_track}:{second}"


def counted(number: int, one: str) -> str:
    """``1 track``, ``3 tracks``."""
    return f"{number} {one}" if number == 1 else f"{number} {one}s"
