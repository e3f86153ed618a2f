"""Suggestions in words: what is asked, and what the three answers mean."""

from PySide6.QtCore import QCoreApplication

from core.suggestions.types import Suggestion, SuggestionKind
from widgets.moderation_mime import tracks_words


def kind_words(kind: SuggestionKind) -> str:
    """A kind in one or two words."""
    return {
        SuggestionKind.MERGE: _tr("Merge"),
        SuggestionKind.CAST: _tr("Cast"),
        SuggestionKind.SINGLETON: _tr("Single track"),
        SuggestionKind.MIXED: _tr("Looks mixed"),
        SuggestionKind.OUTLIER: _tr("Odd one out"),
    }[kind]


def question(suggestion: Suggestion) -> str:
    """The question; yes accepts."""
    match suggestion.kind:
        case SuggestionKind.MERGE:
            return _tr("Are these the same person?")
        case SuggestionKind.CAST:
            return _tr("Is this {name}?").format(name=suggestion.target_label)
        case SuggestionKind.SINGLETON:
            return _tr("Does this track show {name}?").format(name=suggestion.target_label)
        case SuggestionKind.MIXED:
            return _tr("Are these two people in one track?")
        case SuggestionKind.OUTLIER:
            return _tr("Is this somebody other than {name}?").format(name=suggestion.identity_label)


def answers(suggestion: Suggestion) -> tuple[str, str, str]:
    """What Y, N and S say."""
    later = _tr("Later")
    match suggestion.kind:
        case SuggestionKind.MERGE:
            return _tr("Same person"), _tr("Different"), later
        case SuggestionKind.CAST | SuggestionKind.SINGLETON:
            return _tr("Yes, it is"), _tr("No"), later
        case SuggestionKind.MIXED:
            return _tr("Two people: split"), _tr("One person"), later
        case SuggestionKind.OUTLIER if suggestion.target_id:
            return _tr("Yes, move over"), _tr("No, it fits"), later
        case SuggestionKind.OUTLIER:
            return _tr("Yes, move out"), _tr("No, it fits"), later


def sides(suggestion: Suggestion) -> tuple[str, str]:
    """The titles of the two strips."""
    match suggestion.kind:
        case SuggestionKind.MIXED:
            return _tr("First part"), _tr("Second part")
        case SuggestionKind.OUTLIER:
            moved = tracks_words(len(suggestion.track_ids))
            here = _tr("{tracks} of {name}").format(tracks=moved, name=suggestion.identity_label)
            rest = suggestion.target_label or _tr("The rest of {name}").format(name=suggestion.identity_label)
            return here, rest
        case _:
            return suggestion.identity_label, suggestion.target_label


def _tr(text: str) -> str:
    return QCoreApplication.translate("suggestion_words", text)
