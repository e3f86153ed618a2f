"""Who counts as one person: identities of the same cast member, else of the same name, else each by itself."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.review.types import IdentityRow, TrackRow


@dataclass(frozen=True, slots=True)
class Person:
    """One person of an episode; ``identities`` with the largest screen time first."""

    key: str
    identities: tuple[IdentityRow, ...]

    @property
    def label(self) -> str:
        """The name, of the largest identity that has one."""
        named = (one.name for one in self.identities if one.name)
        return next(named, self.identities[0].label)

    @property
    def person_id(self) -> str | None:
        """The cast member."""
        return next((one.person_id for one in self.identities if one.person_id), None)

    @property
    def colour_index(self) -> int:
        """The colour of the largest identity."""
        return self.identities[0].colour_index

    @property
    def track_ids(self) -> list[str]:
        """Every track of every identity."""
        return [track_id for one in self.identities for track_id in one.track_ids]


def people_of(identities: Sequence[IdentityRow]) -> list[Person]:
    """Persons in the order of their largest identity.

    A name without a cast member joins the cast member of that name when there is exactly one: the same name twice in
    a list would be two people to whoever reads it.
    """
    cast_of_name: dict[str, set[str]] = {}
    for one in identities:
        if one.person_id and one.name:
            cast_of_name.setdefault(_folded(one.name), set()).add(one.person_id)
    groups: dict[str, list[IdentityRow]] = {}
    for one in identities:
        groups.setdefault(_key(one, cast_of_name), []).append(one)
    return [Person(key, tuple(members)) for key, members in groups.items()]


def best_crop_of(tracks: Sequence[TrackRow]) -> Path | None:
    """The picture of the clearest track that has one."""
    shown = [track for track in tracks if track.best_crop is not None]
    return max(shown, key=lambda track: (track.quality, track.track_id)).best_crop if shown else None


def _key(one: IdentityRow, cast_of_name: dict[str, set[str]]) -> str:
    if one.person_id:
        return f"person:{one.person_id}"
    if not one.name:
        return one.identity_id
    name = _folded(one.name)
    cast = cast_of_name.get(name, set())
    return f"person:{next(iter(cast))}" if len(cast) == 1 else f"name:{name}"


def _folded(name: str) -> str:
    """The same name however its letters were composed and spaced."""
    return " ".join(unicodedata.normalize("NFC", name).split())
