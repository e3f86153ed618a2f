"""Cast matches as suggestions."""

from core.cast.matching import match_people
from core.cast.references import References
from core.cast.types import CastMatch
from core.suggestions.people import People
from core.suggestions.types import Suggestion, SuggestionKind
from core.suggestions.wording import suggestion_key


def find_cast(people: People, references: References) -> list[Suggestion]:
    """One suggestion for each unassigned, unlocked person that looks like a member.

    Not where the member's own identity is there already and locked: nothing can be added to it.
    """
    locked = {one.person_id for one in people.people if one.locked and one.person_id}
    return [
        _suggestion(people, match)
        for match in match_people(people, references)
        if match.cast_id not in locked and not people.people[people.person_row[match.identity_id]].locked
    ]


def _suggestion(people: People, match: CastMatch) -> Suggestion:
    person = people.people[people.person_row[match.identity_id]]
    return Suggestion(
        key=suggestion_key(SuggestionKind.CAST, person.speaker, match.cast_id),
        kind=SuggestionKind.CAST,
        identity_id=person.identity_id,
        identity_label=person.label,
        target_id=match.cast_id,
        target_label=match.name,
        track_ids=tuple(people.tracks[row].track_id for row in person.tracks),
        likeness=match.likeness,
        margin=match.margin,
        work_saved=len(person.tracks),
        from_confirmed=True,
        reason=_reason(match),
        left=(),
        right=(),
    )


def _reason(match: CastMatch) -> str:
    if match.sure:
        return f"Clearly like the reference photos of {match.name}."
    if match.runner_up is not None and match.margin is not None and match.margin < 0.05:
        return f"The most like {match.name}, but another member is nearly as much."
    return f"Of the cast the most like {match.name}."
