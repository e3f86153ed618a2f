"""What the rows that an edit touched mean for the review on the page."""

from dataclasses import replace

from app.desktop.edit_follow import FreshRows
from core.review.types import EpisodeReview, IdentityRow, TrackRow


def merged_review(review: EpisodeReview, rows: FreshRows) -> EpisodeReview:
    """The review with newer rows in place of the old ones, in the order in which core gives them."""
    live = {track.track_id: track for track in review.tracks}
    deleted = {track.track_id: track for track in review.deleted_tracks}
    identities = {identity.identity_id: identity for identity in review.identities}
    for track_id in (*rows.tracks, *rows.gone_tracks):
        live.pop(track_id, None)
        deleted.pop(track_id, None)
    for track in rows.tracks.values():
        (live if track.state == "live" else deleted)[track.track_id] = track
    for identity_id in rows.gone_identities:
        identities.pop(identity_id, None)
    identities.update(rows.identities)
    return replace(
        review,
        tracks=tuple(sorted(live.values(), key=_by_start)),
        deleted_tracks=tuple(sorted(deleted.values(), key=_by_start)),
        identities=tuple(sorted(identities.values(), key=_by_time_on_screen)),
    )


def _by_start(track: TrackRow) -> tuple[float, str]:
    return track.start_s, track.track_id


def _by_time_on_screen(identity: IdentityRow) -> tuple[float, str]:
    return -identity.screen_time_s, identity.identity_id
