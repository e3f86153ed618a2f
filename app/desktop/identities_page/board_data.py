"""The episode on the Identities page as data: who there is, in which order, what is to do. Knows no widget."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from app.desktop.edit_follow import FreshRows
from core.faces.types import TrackFlag
from core.review.types import EpisodeReview, IdentityRow, TrackRow


@dataclass(frozen=True, slots=True)
class Counts:
    """What the head of the page says."""

    people: int
    unnamed: int
    singletons: int
    unassigned: int
    deleted: int


@dataclass(slots=True)
class BoardData:
    """Identities and tracks of an episode, kept up to date row by row.

    ``order`` is the order of the cards: the largest screen time first when the episode was read; an edit changes no
    places, new people come last, so that nothing jumps under the hand.
    """

    ep_id: str
    title: str
    duration_s: float
    stages: dict[str, str]
    identities: dict[str, IdentityRow] = field(default_factory=dict)
    tracks: dict[str, TrackRow] = field(default_factory=dict)
    deleted: dict[str, TrackRow] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    cohesion: dict[str, tuple[float, bool]] = field(default_factory=dict)
    """Cohesion and "looks mixed" as worked out after an edit, by identity."""

    @classmethod
    def of(cls, review: EpisodeReview) -> "BoardData":
        """From a whole review."""
        identities = {identity.identity_id: identity for identity in review.identities}
        return cls(
            ep_id=review.ep_id,
            title=review.title,
            duration_s=review.duration_s,
            stages={stage.stage: stage.state for stage in review.stages},
            identities=identities,
            tracks={track.track_id: track for track in review.tracks},
            deleted={track.track_id: track for track in review.deleted_tracks},
            order=list(identities),
        )

    @property
    def analysed(self) -> bool:
        """Whether faces were ever looked for."""
        return self.stages.get("detect_track", "missing") != "missing"

    @property
    def clustered(self) -> bool:
        """Whether people were ever made of them."""
        return self.stages.get("cluster", "missing") != "missing"

    def take(self, rows: FreshRows) -> None:
        """Use newer rows."""
        for track_id in (*rows.gone_tracks, *rows.tracks):
            self.tracks.pop(track_id, None)
            self.deleted.pop(track_id, None)
        for track in rows.tracks.values():
            (self.tracks if track.state == "live" else self.deleted)[track.track_id] = track
        for identity_id in rows.gone_identities:
            self.identities.pop(identity_id, None)
            self.cohesion.pop(identity_id, None)
        self._keep_order(rows.identities)
        self.identities.update(rows.identities)

    def _keep_order(self, fresh: Iterable[str]) -> None:
        """A person who comes back by an undo gets the old place."""
        known = set(self.order)
        self.order.extend(identity_id for identity_id in fresh if identity_id not in known)

    def shown_order(self) -> list[str]:
        """Ids of those who are there, in the order of the cards."""
        return [identity_id for identity_id in self.order if identity_id in self.identities]

    def is_mixed(self, identity: IdentityRow) -> bool:
        """Whether an identity, or a track of it, seems to hold two people."""
        after_edit = self.cohesion.get(identity.identity_id)
        if after_edit is not None and after_edit[1]:
            return True
        return (after_edit is None and identity.mixed) or any(
            TrackFlag.MIXED in self.tracks[track_id].flags for track_id in identity.track_ids if track_id in self.tracks
        )

    def cohesion_of(self, identity: IdentityRow) -> float:
        """In [0, 1]."""
        return self.cohesion.get(identity.identity_id, (identity.cohesion, False))[0]

    def counts(self) -> Counts:
        """How many of each."""
        identities = self.identities.values()
        return Counts(
            people=len(self.identities),
            unnamed=sum(not identity.name for identity in identities),
            singletons=sum(len(identity.track_ids) == 1 for identity in identities),
            unassigned=sum(track.identity_id is None for track in self.tracks.values()),
            deleted=len(self.deleted),
        )

    def next_unnamed(self, after: str, among: Iterable[str]) -> str | None:
        """The next of ``among`` without a name, after one of them, round the end; None = everybody has one."""
        order = list(among)
        start = order.index(after) + 1 if after in order else 0
        turned = order[start:] + order[:start]
        return next((one for one in turned if one != after and not self._named(one)), None)

    def tracks_of(self, identity_ids: Iterable[str]) -> list[str]:
        """Ids of the live tracks of some identities."""
        return [
            track_id
            for identity_id in identity_ids
            if identity_id in self.identities
            for track_id in self.identities[identity_id].track_ids
        ]

    def seen(self, identity_ids: Iterable[str]) -> dict[str, int]:
        """The revisions that are on the screen."""
        return {one: self.identities[one].revision for one in identity_ids if one in self.identities}

    def _named(self, identity_id: str) -> bool:
        identity = self.identities.get(identity_id)
        return identity is None or bool(identity.name)
