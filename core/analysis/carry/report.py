"""The diff of a new run: which decisions were carried over and which were lost, in words."""

from collections.abc import Iterable, Mapping
from typing import Any

from core.analysis.carry.constraints import Constraints
from core.analysis.carry.decisions import Decisions
from core.analysis.carry.track_map import TrackMap

_KINDS = {"must": "The link “same person”", "cannot": "The mark “different people”"}


def carry_report(
    decisions: Decisions,
    track_map: TrackMap,
    constraints: Constraints,
    kept: Iterable[str],
    spans_s: Mapping[str, tuple[float, float]],
) -> dict[str, Any]:
    """``{"carried", "lost", "review"}``; ``kept``: old identity ids that go on, ``spans_s``: when old tracks were."""
    going_on = set(kept)
    names = {one.name for one in decisions.identities if one.name and one.identity_id in going_on}
    carried: list[dict[str, Any]] = []
    lost: list[dict[str, Any]] = []
    for one in decisions.identities:
        if one.confirmed:
            missing = [old for old in one.tracks if old not in track_map.new_of]
            found = one.identity_id in going_on
            text = f"{one.label} was kept" if found else f"{one.label} was not found again"
            if not found and one.name in names:  # two of one name are one now
                found, text = True, f"{one.label} is now one with the other {one.label}"
            if found and missing:
                lost.append(_tracks(one.identity_id, one.name, one.label, missing, spans_s))
            (carried if found else lost).append(
                _item("name" if one.name else "identity", f"{text}.", one.identity_id, one.name, one.tracks, spans_s)
            )
    for link in decisions.links:
        pair = (link.first_track, link.second_track)
        found = all(old in track_map.new_of for old in pair) and f"{pair[0]} and {pair[1]}" not in constraints.dropped
        text = f"{_KINDS[link.kind]} of {pair[0]} and {pair[1]} was {'kept' if found else 'lost'}."
        (carried if found else lost).append(_item(link.kind, text, "", "", pair, spans_s))
    for old, reason in decisions.deleted.items():
        found = old in track_map.new_of
        what = "no face" if reason else "deleted"
        text = f"{old} stays {what}." if found else f"{old} ({what}) was not found again."
        (carried if found else lost).append(_item("deleted", text, "", "", [old], spans_s))
    if decisions.excluded and not track_map.same_detection:
        text = f"{decisions.excluded} faces that were taken out belong to the older tracks."
        lost.append(_item("faces", text, "", "", [], spans_s))
    return {"carried": carried, "lost": lost, "review": "pending" if lost else "none"}


def _tracks(
    identity_id: str, name: str, label: str, tracks: list[str], spans_s: Mapping[str, tuple[float, float]]
) -> dict[str, Any]:
    count = "A track" if len(tracks) == 1 else f"{len(tracks)} tracks"
    return _item("tracks", f"{count} of {label} were not found again.", identity_id, name, tracks, spans_s)


def _item(
    kind: str,
    text: str,
    identity_id: str,
    name: str,
    tracks: Iterable[str],
    spans_s: Mapping[str, tuple[float, float]],
) -> dict[str, Any]:
    when = [spans_s[old] for old in tracks if old in spans_s]
    return {
        "kind": kind,
        "text": text,
        "identity_id": identity_id,
        "name": name,
        "start_s": min((start for start, _ in when), default=None),
        "end_s": max((end for _, end in when), default=None),
    }
