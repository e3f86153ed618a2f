"""What the machine would ask a person about the identities of an episode, the questions that save most work first."""

from collections.abc import Collection

from core.cast.matching import references_for
from core.library.library import Library
from core.suggestions.casting import find_cast
from core.suggestions.merges import find_merges
from core.suggestions.mixed import find_mixed
from core.suggestions.outliers import find_outliers
from core.suggestions.pictures import with_pictures
from core.suggestions.present import Present, present
from core.suggestions.types import Suggestion, SuggestionKind

CLEAR_MARGIN = 0.2


def suggest(
    library: Library, ep_id: str, *, kinds: Collection[SuggestionKind] | None = None, limit: int = 200
) -> list[Suggestion]:
    """Up to ``limit`` suggestions of the given kinds (all without), by :func:`worth`; rejected ones are absent.

    Nothing is proposed that a person decided already: people seen together in one picture or kept apart by a link
    never merge, two people of different names neither, and locked identities are left alone. The answer is kept until
    the next edit. Raises NotFound.
    """
    now = present(library, ep_id)
    if now is None:
        return []
    wanted = [one for one in ranked(library, now) if kinds is None or one.kind in kinds]
    return with_pictures(library, now.people, wanted[: max(0, limit)])


def ranked(library: Library, now: Present) -> list[Suggestion]:
    """All suggestions of a moment without their pictures, worked out once."""
    with now.lock:
        if now.suggestions is None:
            people = now.people
            found = [
                *find_merges(people),
                *find_cast(people, references_for(library, people.ep_id, people)),
                *find_outliers(people),
                *find_mixed(library, people),
            ]
            now.suggestions = sorted(found, key=lambda one: (-worth(one), one.key))
        return now.suggestions


def worth(one: Suggestion) -> float:
    """Tracks that the answer settles, times how sure it is.

    Sure in (0, 1]: the likeness, halved where the runner-up is as near; a margin of 0.2 or more counts as clear.
    """
    clear = 1.0 if one.margin is None else min(1.0, max(0.0, one.margin) / CLEAR_MARGIN)
    return one.work_saved * one.likeness * (0.5 + 0.5 * clear)
