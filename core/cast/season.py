"""Where the same person appears over the episodes of a show, and what is missing to know."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from core.cast.appearances import SeenIdentity, crop_path, seen_identities
from core.cast.lookalikes import lookalikes
from core.cast.types import Appearance, CastMember, SeasonRow
from core.faces.screen_time import total_s, union
from core.library.library import Library


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far the cast of a show is known.

    ``named_share``: by episode, the share of identities' time on screen that belongs to somebody with a name or a cast
    member (1.0 without anybody). ``without_reference``: names of those who appear but have no reference photo;
    ``unseen``: cast ids of members that appear nowhere.
    """

    episodes: int
    people: int
    named_share: dict[str, float]
    without_reference: tuple[str, ...]
    unseen: tuple[str, ...]


@dataclass(slots=True)
class _Person:
    """A row in the making."""

    cast_id: str
    name: str
    has_reference: bool
    identities: list[SeenIdentity]


def season_view(library: Library, show_slug: str | None) -> list[SeasonRow]:
    """Everybody of a show (of the whole library without one), the longest on screen first.

    Identities belong together by their ``person_id``, then by their name, which may be a cast member's; upper and
    lower case count as the same. Members who appear nowhere have a row too. Unnamed identities that look like a person
    are proposals in ``same_as``: as like as clustering demands, the most alike person alone, nobody who is seen
    together with that person in the episode. Raises nothing; episodes without identities are skipped.
    """
    members = library.cast.members(show_slug)
    episodes = [one.ep_id for one in library.episodes.list(show=show_slug)]
    seen = seen_identities(library.store.read(), named_only=False, ep_ids=episodes)
    people = _people(members, seen)
    rows = [_row(library, person, episodes) for person in people]
    alike = lookalikes(
        library,
        episodes,
        [[(one.ep_id, one.identity_id) for one in row.identities] for row in people],
        [person.cast_id for person in people],
    )
    found = [
        SeasonRow(row.cast_id, row.name, row.appearances, row.has_reference, tuple(same))
        for row, same in zip(rows, alike, strict=True)
    ]
    return sorted(found, key=lambda row: (-sum(one.screen_time_s for one in row.appearances), row.name.casefold()))


def coverage(library: Library, show_slug: str | None) -> Coverage:
    """What is known of a show's cast, and what is missing."""
    members = library.cast.members(show_slug)
    episodes = [one.ep_id for one in library.episodes.list(show=show_slug)]
    seen = seen_identities(library.store.read(), named_only=False, ep_ids=episodes)
    people = _people(members, seen)
    total: dict[str, float] = defaultdict(float)
    named: dict[str, float] = defaultdict(float)
    for one in seen:
        length_s = total_s(one.spans)
        total[one.ep_id] += length_s
        named[one.ep_id] += length_s if one.name or one.person_id else 0.0
    return Coverage(
        episodes=len(total),
        people=sum(bool(person.identities) for person in people),
        named_share={ep_id: round(named[ep_id] / time, 6) if time > 0 else 1.0 for ep_id, time in total.items()},
        without_reference=tuple(one.name for one in people if one.identities and not one.has_reference),
        unseen=tuple(one.cast_id for one in people if one.cast_id and not one.identities),
    )


def _people(members: Sequence[CastMember], seen: Sequence[SeenIdentity]) -> list[_Person]:
    people = {one.cast_id: _Person(one.cast_id, one.name, bool(one.seeds), []) for one in members}
    by_name: dict[str, _Person] = {}
    for one in members:
        by_name.setdefault(one.name.casefold(), people[one.cast_id])
    others: dict[str, _Person] = {}
    for identity in seen:
        if not identity.name and not identity.person_id:
            continue
        person = people.get(identity.person_id)
        if person is None and identity.name:
            person = by_name.get(identity.name.casefold()) or others.get(identity.name.casefold())
        if person is None:
            # a person id that is no member any more still says who it is
            key = identity.name.casefold() or identity.person_id
            person = others.setdefault(key, _Person("", identity.name or identity.person_id, False, []))
        person.identities.append(identity)
    return [*people.values(), *others.values()]


def _row(library: Library, person: _Person, episodes: Sequence[str]) -> SeasonRow:
    by_episode: dict[str, list[SeenIdentity]] = defaultdict(list)
    for identity in person.identities:
        by_episode[identity.ep_id].append(identity)
    appearances = tuple(_appearance(library, by_episode[ep_id]) for ep_id in episodes if ep_id in by_episode)
    return SeasonRow(person.cast_id, person.name, appearances, person.has_reference)


def _appearance(library: Library, identities: Sequence[SeenIdentity]) -> Appearance:
    ep_id = identities[0].ep_id
    longest = max(identities, key=lambda one: (one.best_crop is not None, total_s(one.spans)))
    return Appearance(
        ep_id=ep_id,
        identity_ids=tuple(one.identity_id for one in identities),
        screen_time_s=total_s(union(span for one in identities for span in one.spans)),
        tracks=sum(one.tracks for one in identities),
        best_crop=crop_path(library.paths.episode(ep_id), longest),
    )
