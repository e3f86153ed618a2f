"""Which new identity goes on under the id of an old one: what a person confirmed first, then the larger share."""

from collections import defaultdict
from collections.abc import Mapping

from core.analysis.carry.decisions import Decisions
from core.analysis.carry.track_map import TrackMap
from core.faces.cluster import Identity

LEAST_SHARE = 0.5  # of an unconfirmed old identity's time that its successor must hold


def successors(
    decisions: Decisions, track_map: TrackMap, identities: tuple[Identity, ...], screen_s: Mapping[str, float]
) -> dict[str, str]:
    """Old identity id by new one. ``screen_s``: seconds of each new track."""
    old_identity = {old: one.identity_id for one in decisions.identities for old in one.tracks}
    confirmed = {one.identity_id for one in decisions.identities if one.confirmed}
    shares: dict[tuple[str, str], float] = defaultdict(float)
    whole: dict[str, float] = defaultdict(float)
    for new in identities:
        for track_id in new.track_ids:
            old = old_identity.get(track_map.old_of.get(track_id, ""))
            if old is not None:
                shares[new.identity_id, old] += screen_s[track_id]
                whole[old] += screen_s[track_id]
    ranked = sorted(shares.items(), key=lambda item: (item[0][1] not in confirmed, -item[1], item[0]))
    given: dict[str, str] = {}
    for (new_id, old_id), seconds in ranked:
        enough = old_id in confirmed or seconds >= LEAST_SHARE * whole[old_id]
        if enough and new_id not in given and old_id not in given.values():
            given[new_id] = old_id
    return given
