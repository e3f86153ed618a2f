"""BORIS projects, versions 2 to 9, plain or packed (``.boris.gz``): subjects become tiers, behaviours labels.

State events are paired as BORIS pairs them: the next event of the same subject, behaviour and modifier ends the state.
"""

import zlib
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from core.annotate.formats.boris_out import COMMENT
from core.annotate.formats.faults import Faults
from core.annotate.formats.json_document import loaded
from core.annotate.formats.source import Gathering, Source, number_of, remark_other_video, same_video
from core.annotate.formats.times import in_video, seconds_of
from core.annotate.types import NO_ATTRIBUTES, Attribute, Tier, TierKind
from core.errors import InvalidRequest

Raw: TypeAlias = Mapping[str, Any]
_MOST_UNPACKED_BYTES = 256 * 1024 * 1024
_NO_SUBJECT = "No focal subject"
_LEAST_FIELDS = 3  # time, subject, behaviour
_ACTION = "Open the project in BORIS and save it again."


def read_boris(source: Source, faults: Faults) -> list[Tier]:
    """The events of the observation of this video; of all observations when none is of it.

    Raises InvalidRequest for JSON that is no project.
    """
    raw = loaded(_unpacked(source.content, source.name), source.name)
    observations = raw.get("observations") if isinstance(raw, dict) else None
    if not isinstance(raw, dict) or not isinstance(observations, dict):
        raise InvalidRequest(f"{source.name} is no project of BORIS: it has no observations.", action=_ACTION)
    states = _state_behaviours(raw)
    chosen = _chosen(observations, source, faults)
    gathering = Gathering()
    for name, observation in chosen.items():
        prefix = f"{name}: " if len(chosen) > 1 else ""
        _read_observation(observation, name, prefix, states, gathering, faults)
    return sorted(gathering.made(), key=_place_in(raw))


def _place_in(raw: Raw) -> Callable[[Tier], int]:
    """Tiers in the order of the project's subjects, the others after them."""
    conf = raw.get("subjects_conf")
    subjects = [one for one in conf.values() if isinstance(one, dict)] if isinstance(conf, dict) else []
    places = {str(one.get("name", "")): at for at, one in enumerate(subjects)}
    return lambda tier: places.get(tier.name, len(places))


def _unpacked(content: bytes, name: str) -> bytes:
    if not content.startswith(b"\x1f\x8b"):
        return content
    unpacker = zlib.decompressobj(wbits=31)
    try:
        plain = unpacker.decompress(content, _MOST_UNPACKED_BYTES)
    except zlib.error as error:
        raise InvalidRequest(f"{name} is packed and cannot be unpacked: {error}.", action=_ACTION) from error
    if unpacker.unconsumed_tail:
        raise InvalidRequest(
            f"{name} unpacks to more than {_MOST_UNPACKED_BYTES / 1e6:,.0f} MB.", action="Save a smaller project."
        )
    return plain


def _state_behaviours(raw: Raw) -> dict[str, bool]:
    """Whether a behaviour is a state, by its code."""
    conf = raw.get("behaviors_conf")
    entries = [one for one in conf.values() if isinstance(one, dict)] if isinstance(conf, dict) else []
    return {str(one.get("code", "")): "state" in str(one.get("type", "")).lower() for one in entries}


def _chosen(observations: Raw, source: Source, faults: Faults) -> dict[str, Raw]:
    kept: dict[str, Raw] = {}
    for number, (name, one) in enumerate(observations.items(), start=1):
        if isinstance(one, dict) and isinstance(one.get("events"), list):
            kept[str(name)] = one
        else:
            faults.note(number, name, "an observation without a list of events", unit="observation")
    ours = {name: one for name, one in kept.items() if any(same_video(source.facts, file) for file in _files(one))}
    if ours and len(ours) < len(kept):
        left = [name for name in kept if name not in ours]
        faults.remark(f"{len(left)} observations are of other videos and were not read: {', '.join(left[:5])}.")
    chosen = ours or kept
    remark_other_video(source.facts, [file for one in chosen.values() for file in _files(one)], faults)
    return chosen


def _files(observation: Raw) -> list[str]:
    players = observation.get("file")
    files = players.values() if isinstance(players, dict) else [players]
    return [str(one) for player in files if isinstance(player, list) for one in player]


def _read_observation(
    observation: Raw, name: str, prefix: str, states: dict[str, bool], gathering: Gathering, faults: Faults
) -> None:
    offset_s = _offset(observation, name, faults)
    files = observation.get("file")
    first = files.get("1") if isinstance(files, dict) else None
    if isinstance(first, list) and len(first) > 1:
        faults.remark(f"“{name}” runs over {len(first)} files one after the other: its times count from the first.")
    opened: dict[tuple[str, str, str], tuple[int, float, str]] = {}
    unknown: set[str] = set()
    for number, event in _by_time(observation["events"]):
        parts = _parts(event, number, offset_s, faults)
        if parts is None:
            continue
        t_s, subject, code, modifier, comment = parts
        if code not in states and code not in unknown:
            unknown.add(code)
            faults.remark(f"“{code}” is not in the ethogram: read as a point.")
        key = (subject, code, modifier)
        if not states.get(code, False):
            tier = gathering.tier(_tier_name(prefix, subject, gathering, TierKind.POINTS), TierKind.POINTS)
            tier.add(t_s, t_s, code, None, _attributes(modifier, comment))
        elif key in opened:
            _, start_s, said = opened.pop(key)
            tier = gathering.tier(_tier_name(prefix, subject, gathering, TierKind.INTERVALS), TierKind.INTERVALS)
            tier.add(start_s, t_s, code, None, _attributes(modifier, said or comment))
        else:
            opened[key] = (number, t_s, comment)
    for (subject, code, _), (number, t_s, _) in opened.items():
        why = f"the state “{code}” of “{subject or _NO_SUBJECT}” starts at {t_s:g} s and never stops"
        faults.note(number, "", why, unit="event")


def _offset(observation: Raw, name: str, faults: Faults) -> float:
    """BORIS adds the observation's time offset to every event; here times count from the video's start."""
    offset_s = number_of(observation.get("time offset")) or 0.0
    if offset_s:
        faults.remark(f"“{name}” has a time offset of {offset_s:g} s, which was taken off its times.")
    return offset_s


def _by_time(events: list[Any]) -> list[tuple[int, Any]]:
    """Events with their numbers in the file, by time; those without a time last."""

    def key(pair: tuple[int, Any]) -> float:
        event = pair[1]
        t_s = number_of(event[0]) if isinstance(event, list) and event else None
        return float("inf") if t_s is None else t_s

    return sorted(enumerate(events, start=1), key=key)


def _parts(event: Any, number: int, offset_s: float, faults: Faults) -> tuple[float, str, str, str, str] | None:
    if not isinstance(event, list) or len(event) < _LEAST_FIELDS:
        faults.note(number, event, "an event needs a time, a subject and a behaviour")
        return None
    given = seconds_of(event[0]) if isinstance(event[0], str) else number_of(event[0])
    t_s = None if given is None else round(given - offset_s, 9)
    if t_s is None or not in_video(t_s):
        faults.note(number, event, f"{event[0]!r} is no time of the video")
        return None
    subject, code = str(event[1] or ""), str(event[2] or "")
    if not code:
        faults.note(number, event, "it has no behaviour")
        return None
    modifier = str(event[3] or "") if len(event) > 3 else ""
    comment = str(event[4] or "") if len(event) > 4 else ""
    return t_s, "" if subject == _NO_SUBJECT else subject, code, modifier, comment


def _tier_name(prefix: str, subject: str, gathering: Gathering, kind: TierKind) -> str:
    """The tier of a subject; states and points of one subject are two tiers."""
    name = f"{prefix}{subject or _NO_SUBJECT}"
    first = gathering.tiers.get(name)
    return name if first is None or first.kind is kind else f"{name} ({kind})"


def _attributes(modifier: str, comment: str) -> Mapping[str, Attribute]:
    given = {"modifier": modifier if modifier != "None" else "", COMMENT: comment}
    return {name: text for name, text in given.items() if text} or NO_ATTRIBUTES
