"""The lanes of the timeline, kept from one edit to the next: only those of changed identities are made anew."""

from dataclasses import replace

from core.review.types import EpisodeReview, IdentityRow
from widgets.timeline import UNASSIGNED, lanes_of
from widgets.timeline.lanes import Lane


class LaneBook:
    """Makes ``lanes_of`` cheap after an edit: an identity whose row is the same object has the same lane."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[IdentityRow, Lane]] = {}

    def lanes(self, review: EpisodeReview, unassigned_label: str) -> list[Lane]:
        """As ``lanes_of``, of a review whose unchanged rows are the objects of the time before."""
        changed = tuple(one for one in review.identities if self._row_of(one.identity_id) is not one)
        wanted = {track_id for identity in changed for track_id in identity.track_ids}
        tracks = tuple(track for track in review.tracks if track.identity_id is None or track.track_id in wanted)
        made = {
            lane.lane_id: lane
            for lane in lanes_of(replace(review, identities=changed, tracks=tracks), unassigned_label)
        }
        self._kept = {
            one.identity_id: (one, made.get(one.identity_id) or self._kept[one.identity_id][1])
            for one in sorted(review.identities, key=lambda row: (-row.screen_time_s, row.identity_id))
        }
        loose = [made[UNASSIGNED]] if UNASSIGNED in made else []
        return [*(lane for _row, lane in self._kept.values()), *loose]

    def _row_of(self, identity_id: str) -> IdentityRow | None:
        kept = self._kept.get(identity_id)
        return kept[0] if kept is not None else None
