"""An analysed episode as plain data for views. Seconds count from the container's start; boxes lie in [0, 1]."""

from dataclasses import dataclass, field
from pathlib import Path

from core.faces.types import Shot, TrackFlag


@dataclass(frozen=True, slots=True)
class TrackRow:
    """A track in a list or on a lane. ``frames`` counts the frames where the face was really detected.

    ``state`` is live or deleted (a person's soft delete, ``delete_reason`` says why). ``parent``: the track that a
    person split it from.
    """

    track_id: str
    identity_id: str | None
    shot_index: int
    start_s: float
    end_s: float
    frames: int
    quality: float
    flags: tuple[TrackFlag, ...]
    best_crop: Path | None
    unassigned_reason: str = ""
    state: str = "live"
    delete_reason: str = ""
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class IdentityRow:
    """An identity as a card, a lane or a row. ``name`` is what a person gave, else empty (show ``label``).

    ``cohesion`` in [0, 1]: 1 = all tracks alike, NaN-free, 1.0 for a single track. ``colour_index`` belongs to the id.
    ``labels``: what a person wrote (``person_id`` and others). ``revision`` grows with every edit of the identity.
    ``confirmed``: a person named, labelled or locked it, or put it together.
    """

    identity_id: str
    name: str
    track_ids: tuple[str, ...]
    screen_time_s: float
    intervals_s: tuple[tuple[float, float], ...]
    cohesion: float
    mixed: bool
    locked: bool
    colour_index: int
    best_crop: Path | None
    labels: dict[str, str] = field(default_factory=dict)
    revision: int = 0
    confirmed: bool = False

    @property
    def person_id(self) -> str | None:
        """The cast member it was assigned to."""
        return self.labels.get("person_id") or None

    @property
    def label(self) -> str:
        """The name, or ``Person 3`` made from the id while there is none."""
        return self.name or f"Person {int(self.identity_id.rsplit('-', 1)[1])}"


@dataclass(frozen=True, slots=True)
class CropRow:
    """A stored crop of a face. ``frame`` is the decoded-frame index, ``overall`` the quality in [0, 1].

    ``excluded``: empty, or why a person took the face out: excluded, not_a_face.
    """

    path: Path
    track_id: str
    frame: int
    t_s: float
    overall: float
    excluded: str = ""


@dataclass(frozen=True, slots=True)
class BoxNow:
    """A face box to draw over a frame.

    ``interpolated``: the face was not found in a picture that was searched, so its place is a guess. A box that moves
    from one searched picture to the next is none.
    """

    track_id: str
    identity_id: str | None
    bbox: tuple[float, float, float, float]
    interpolated: bool


@dataclass(frozen=True, slots=True)
class StageState:
    """One analysis stage: ``missing``, ``current`` or ``stale`` (something before it is newer)."""

    stage: str
    state: str
    run_id: int | None
    created_at: str | None


@dataclass(frozen=True, slots=True)
class EpisodeReview:
    """Everything that a Review page needs at opening, without crops and boxes (those are read on demand)."""

    ep_id: str
    title: str
    media_path: Path
    duration_s: float
    frame_count: int
    width_px: int
    height_px: int
    shots: tuple[Shot, ...]
    tracks: tuple[TrackRow, ...]
    identities: tuple[IdentityRow, ...]
    stages: tuple[StageState, ...]
    deleted_tracks: tuple[TrackRow, ...] = ()
