"""The episode on the page as data: who is who, where the cuts are, what to look at next. Knows no widget."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field

from app.desktop.review.reader import Boxes
from core.library.types import SPEECH_STAGES
from core.review.types import EpisodeReview, IdentityRow, TrackRow
from widgets.player_view import OverlayBox
from widgets.timeline import UNASSIGNED

CUT_SLACK_S = 0.002
"""A place this near to a cut is on it: times of frames are rounded to the microsecond."""


@dataclass(slots=True)
class OpenEpisode:
    """An EpisodeReview with ways to find things in it. ``boxes`` come later than the rest."""

    review: EpisodeReview
    unassigned_label: str
    boxes: Boxes | None = None
    tracks: dict[str, TrackRow] = field(init=False)
    deleted: dict[str, TrackRow] = field(init=False)
    identities: dict[str, IdentityRow] = field(init=False)
    _cuts_s: list[float] = field(init=False)

    def __post_init__(self) -> None:
        self._index()

    @property
    def analysed(self) -> bool:
        """Whether tracks were ever looked for."""
        return any(stage.stage == "detect_track" and stage.state != "missing" for stage in self.review.stages)

    @property
    def clustered(self) -> bool:
        """Whether identities were ever made."""
        return any(stage.stage == "cluster" and stage.state != "missing" for stage in self.review.stages)

    @property
    def stale_stages(self) -> tuple[str, ...]:
        """Stages that are older than what they were made from."""
        return tuple(one.stage for one in self.review.stages if one.state == "stale" and one.stage not in SPEECH_STAGES)

    def take(self, review: EpisodeReview) -> None:
        """Use newer data of the same episode."""
        self.review = review
        self._index()
        if self.boxes is not None:
            self.boxes.assign({track.track_id: track.identity_id for track in review.tracks})

    def take_boxes(self, boxes: Boxes) -> None:
        """Use newer boxes; who they belong to is what the review says."""
        self.boxes = boxes
        boxes.assign({track.track_id: track.identity_id for track in self.review.tracks})

    def overlay_at(self, t_s: float) -> list[OverlayBox]:
        """The faces on screen with their names."""
        if self.boxes is None:
            return []
        found = []
        for box in self.boxes.at(t_s):
            if box.track_id not in self.tracks:
                continue  # deleted or split since the boxes were read
            identity = self.identities.get(box.identity_id or "")
            found.append(
                OverlayBox(
                    track_id=box.track_id,
                    identity_id=box.identity_id,
                    label=identity.label if identity else self.unassigned_label,
                    colour_index=identity.colour_index if identity else None,
                    bbox=box.bbox,
                    interpolated=box.interpolated,
                )
            )
        return found

    def cut_from(self, t_s: float, direction: int) -> float | None:
        """The next cut after (1) or before (-1) a second; None = there is none. The start counts as one."""
        if direction > 0:
            at = bisect_right(self._cuts_s, t_s + CUT_SLACK_S)
            return self._cuts_s[at] if at < len(self._cuts_s) else None
        at = bisect_left(self._cuts_s, t_s - CUT_SLACK_S) - 1
        return self._cuts_s[at] if at >= 0 else None

    def tracks_of(self, lane_id: str) -> tuple[str, ...]:
        """Ids of the tracks of an identity, or of the unassigned ones."""
        if lane_id == UNASSIGNED:
            return tuple(track.track_id for track in self.review.tracks if track.identity_id is None)
        identity = self.identities.get(lane_id)
        return identity.track_ids if identity else ()

    def track(self, track_id: str) -> TrackRow | None:
        """A live or deleted track."""
        return self.tracks.get(track_id) or self.deleted.get(track_id)

    def first_second_of(self, lane_id: str) -> float | None:
        """When an identity (or a face without one) is on screen first."""
        starts = [self.tracks[track_id].start_s for track_id in self.tracks_of(lane_id) if track_id in self.tracks]
        return min(starts, default=None)

    def unnamed_from(self, identity_id: str | None, direction: int) -> str | None:
        """The next (1) or previous (-1) identity without a name, in the order of the list, round its ends."""
        order = [identity.identity_id for identity in self.review.identities]
        return _next_in(order, {key for key in order if not self.identities[key].name}, identity_id, direction)

    def unreviewed_track_from(self, track_id: str | None, direction: int) -> str | None:
        """The next or previous track that belongs to nobody, or to somebody without a name."""
        order = list(self.tracks)
        return _next_in(order, {key for key in order if not self._is_named(key)}, track_id, direction)

    def _is_named(self, track_id: str) -> bool:
        identity = self.identities.get(self.tracks[track_id].identity_id or "")
        return identity is not None and bool(identity.name)

    def _index(self) -> None:
        self.tracks = {track.track_id: track for track in self.review.tracks}
        self.deleted = {track.track_id: track for track in self.review.deleted_tracks}
        self.identities = {identity.identity_id: identity for identity in self.review.identities}
        self._cuts_s = sorted({shot.start_s for shot in self.review.shots})


def _next_in(order: list[str], wanted: Iterable[str], present: str | None, direction: int) -> str | None:
    wanted = set(wanted)
    start = order.index(present) if present in order else (-1 if direction > 0 else len(order))
    for distance in range(1, len(order) + 1):
        candidate = order[(start + direction * distance) % len(order)]
        if candidate in wanted:
            return candidate
    return None
