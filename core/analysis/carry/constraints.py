"""Decisions as what clustering must obey: groups that stay whole, pairs that stay apart, tracks that are settled."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import combinations

from core.analysis.carry.decisions import Decisions, OldIdentity
from core.analysis.carry.track_map import TrackMap


@dataclass(frozen=True, slots=True)
class Constraints:
    """``settled``: new tracks by old identity id, of those that clustering has no say in: locked ones, and confirmed
    ones whose tracks all show no usable face. ``gone``: new tracks that stay deleted.

    ``together`` and ``apart`` are pairs of new tracks that clustering sees. ``dropped``: old links that contradict
    what weighs more.
    """

    settled: dict[str, tuple[str, ...]]
    gone: dict[str, str]
    together: tuple[tuple[str, str], ...]
    apart: tuple[tuple[str, str], ...]
    dropped: tuple[str, ...]


def constraints_of(
    decisions: Decisions, track_map: TrackMap, new_tracks: Sequence[str], faceless: Collection[str] = ()
) -> Constraints:
    """What weighs more comes first: locks, then identities that a person confirmed, then links.

    ``faceless``: new tracks without a usable face.
    """
    known = set(new_tracks)
    members = {
        one.identity_id: [new for old in one.tracks for new in track_map.new_of.get(old, ()) if new in known]
        for one in decisions.identities
    }
    settled = {
        one.identity_id: tuple(sorted(members[one.identity_id]))
        for one in decisions.identities
        if members[one.identity_id]
        and (one.locked or (one.confirmed and all(track_id in faceless for track_id in members[one.identity_id])))
    }
    fixed = {track_id for tracks in settled.values() for track_id in tracks}
    groups = _Groups()
    confirmed = [
        one
        for one in decisions.identities
        if one.confirmed and one.identity_id not in settled and members[one.identity_id]
    ]
    for one in confirmed:
        for track_id in members[one.identity_id][1:]:
            groups.join(members[one.identity_id][0], track_id)
    apart = [
        (members[one.identity_id][0], members[other.identity_id][0])
        for one, other in combinations(confirmed, 2)
        if not _same_name(one, other)
    ]
    dropped: list[str] = []
    _add_links(decisions, track_map, known - fixed, groups, apart, dropped)
    gone = {
        new: reason
        for old, reason in decisions.deleted.items()
        for new in track_map.new_of.get(old, ())
        if new in known
    }
    return Constraints(settled, gone, tuple(groups.pairs), tuple(apart), tuple(dropped))


def _same_name(one: OldIdentity, other: OldIdentity) -> bool:
    return bool(one.name) and one.name == other.name


def _add_links(
    decisions: Decisions,
    track_map: TrackMap,
    known: set[str],
    groups: "_Groups",
    apart: list[tuple[str, str]],
    dropped: list[str],
) -> None:
    for link in sorted(decisions.links, key=lambda one: one.kind == "must"):  # keeping apart weighs more
        firsts = [new for new in track_map.new_of.get(link.first_track, ()) if new in known]
        seconds = [new for new in track_map.new_of.get(link.second_track, ()) if new in known]
        for first in firsts:
            for second in seconds:
                if link.kind == "cannot" and not groups.same(first, second):
                    apart.append((first, second))
                elif link.kind == "must" and not _would_contradict(groups, apart, first, second):
                    groups.join(first, second)
                else:
                    dropped.append(f"{link.first_track} and {link.second_track}")


def _would_contradict(groups: "_Groups", apart: list[tuple[str, str]], first: str, second: str) -> bool:
    roots = {groups.root(first), groups.root(second)}
    return any({groups.root(one), groups.root(other)} == roots for one, other in apart)


class _Groups:
    """Tracks that stay together, with the pairs that say so."""

    def __init__(self) -> None:
        self.pairs: list[tuple[str, str]] = []
        self._parent: dict[str, str] = {}

    def root(self, track_id: str) -> str:
        while track_id in self._parent:
            track_id = self._parent[track_id]
        return track_id

    def same(self, first: str, second: str) -> bool:
        return self.root(first) == self.root(second)

    def join(self, first: str, second: str) -> None:
        if not self.same(first, second):
            self.pairs.append((first, second))
            self._parent[self.root(second)] = self.root(first)
