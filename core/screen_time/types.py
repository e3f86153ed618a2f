"""Screen time as plain data. Seconds count from the container's start."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ProvenInterval:
    """A stretch on screen [start_s, end_s) with the tracks that prove it; PTS are in the container's time base."""

    start_s: float
    end_s: float
    start_pts: int
    end_pts: int
    start_frame: int
    end_frame: int
    track_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PersonTime:
    """One person (identities of the same ``person_id`` or name count together). ``share`` of the episode in [0, 1]."""

    key: str
    label: str
    person_id: str | None
    identity_ids: tuple[str, ...]
    intervals: tuple[ProvenInterval, ...]
    total_s: float
    first_s: float
    last_s: float
    share: float
    tracks: int
    colour_index: int
    best_crop: Path | None


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two people on screen at once; ``first`` and ``second`` are keys of PersonTime."""

    first: str
    second: str
    total_s: float


@dataclass(frozen=True, slots=True)
class ScreenTime:
    """The whole account of an episode. ``gap_s``: gaps up to this are closed; ``padding_s`` is added at both ends.

    ``unassigned_s``: time on screen of tracks that belong to nobody; ``nobody_s``: time without any face.
    """

    ep_id: str
    title: str
    duration_s: float
    gap_s: float
    padding_s: float
    people: tuple[PersonTime, ...]
    overlaps: tuple[Overlap, ...]
    unassigned_s: float
    unassigned: tuple[ProvenInterval, ...]
    nobody_s: float
