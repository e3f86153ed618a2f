"""Cast members and their reference photos as plain data."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Seed:
    """A reference photo. ``quality`` in [0, 1]; paths are absolute; ``size_px`` is the face's width in the photo.

    ``faces``: how many the photo shows; the largest was taken.
    """

    seed_id: str
    cast_id: str
    display_path: Path
    embed_path: Path
    source: str
    quality: float
    size_px: float
    created_at: str
    faces: int = 1


@dataclass(frozen=True, slots=True)
class CastMember:
    """A person of a show. ``cast_id`` does not depend on episodes; ``episodes`` counts those where it was seen."""

    cast_id: str
    show_slug: str | None
    name: str
    seeds: tuple[Seed, ...]
    episodes: int
    screen_time_s: float


@dataclass(frozen=True, slots=True)
class CastMatch:
    """Who an identity may be. ``likeness`` in [0, 1]; ``margin`` = likeness less the runner-up's, None without one."""

    identity_id: str
    cast_id: str
    name: str
    likeness: float
    margin: float | None
    runner_up: str | None
    sure: bool


@dataclass(frozen=True, slots=True)
class Appearance:
    """A person in an episode: one cell of the season view."""

    ep_id: str
    identity_ids: tuple[str, ...]
    screen_time_s: float
    tracks: int
    best_crop: Path | None


@dataclass(frozen=True, slots=True)
class SeasonRow:
    """A person over the episodes of a show. ``cast_id`` is empty for a named person without a cast member.

    ``same_as``: other unnamed identities that look like this person, as (ep_id, identity_id, likeness).
    """

    cast_id: str
    name: str
    appearances: tuple[Appearance, ...]
    has_reference: bool
    same_as: tuple[tuple[str, str, float], ...] = ()
