"""What of a document a format can hold: tiers are chosen, turned into what fits, or named as left out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from core.annotate.formats.catalogue import Format
from core.annotate.types import Document, Mark, Tier, TierKind
from core.errors import InvalidRequest

_MARKS = {TierKind.INTERVALS, TierKind.POINTS}
_MOST_PARTS = 20
_MOST_WORDS_OF_A_NAME = 3
_LEAST_SIGHT_S = 0.04
SPEAKER = "speaker"
"""Attribute of a mark: who says it."""


def held_tiers(document: Document, target: Format, options: Mapping[str, Any], notes: list[str]) -> list[Tier]:
    """The tiers that go into the file, those of ``options["tiers"]`` if it is given; the others are named in ``notes``.

    Raises InvalidRequest for unknown names, and when nothing of the document fits.
    """
    tiers = _chosen(document, options)
    held: list[Tier] = []
    left_out: list[str] = []
    for tier in tiers:
        if tier.kind in target.exports:
            held.append(tier)
        elif tier.boxes is not None and _as_tracks(tier, target):
            held.append(tracks_as_intervals(tier, document.media.duration_s))
            notes.append(f"“{tier.name}” holds boxes: written as one interval for each track.")
        else:
            left_out.append(f"“{tier.name}” ({tier.kind})")
    if left_out and not held and any(len(tier) for tier in tiers):
        raise InvalidRequest(
            f"{target.title} cannot hold {', '.join(left_out)}.",
            action=f"Choose another format; {target.title} holds {' and '.join(target.exports)}.",
        )
    if left_out:
        notes.append(f"Left out, for {target.title} cannot hold them: {', '.join(left_out)}.")
    return held


def _as_tracks(tier: Tier, target: Format) -> bool:
    """Whether boxes are written as intervals: in the coders' formats, where there are tracks (or no boxes at all)."""
    boxes = tier.boxes
    return set(target.exports) == _MARKS and boxes is not None and (not len(boxes) or bool((boxes.track >= 0).any()))


def _chosen(document: Document, options: Mapping[str, Any]) -> Sequence[Tier]:
    wanted = options.get("tiers")
    if not wanted:
        return document.tiers
    names = [tier.name for tier in document.tiers]
    if unknown := [name for name in wanted if name not in names]:
        raise InvalidRequest(f"There is no tier {', '.join(map(repr, unknown))}.", action=f"There are: {names}.")
    return [tier for tier in document.tiers if tier.name in set(wanted)]


def tracks_as_intervals(tier: Tier, duration_s: float) -> Tier:
    """A boxes tier as one interval for each track, from its first to its last sight."""
    boxes = tier.boxes
    assert boxes is not None
    times = np.unique(boxes.t_s)
    sight_s = float(np.median(np.diff(times))) if len(times) > 1 else _LEAST_SIGHT_S
    marks = []
    for track in np.unique(boxes.track[boxes.track >= 0]).tolist():
        rows = np.flatnonzero(boxes.track == track)
        start_s, end_s = float(boxes.t_s[rows].min()), float(boxes.t_s[rows].max()) + sight_s
        category = boxes.categories[int(boxes.category[rows[0]])] if boxes.categories else tier.name
        label = boxes.track_names.get(track) or f"{category} {track}"
        end_s = max(min(end_s, duration_s), start_s) if duration_s > 0 else end_s
        marks.append(Mark(start_s, end_s, label, attributes={"track": track}))
    marks.sort(key=lambda mark: (mark.start_s, mark.end_s))
    return replace(tier, kind=TierKind.INTERVALS, boxes=None, marks=tuple(marks))


def overlaps(marks: Sequence[Mark]) -> bool:
    """Whether some of the marks lie over each other."""
    end_ms = 0
    for mark in sorted(marks, key=lambda one: (one.start_s, one.end_s)):
        if in_ms(mark.start_s) < end_ms:
            return True
        end_ms = max(end_ms, in_ms(mark.end_s))
    return False


def in_ms(t_s: float) -> int:
    """Whole milliseconds."""
    return round(t_s * 1000)


def without_overlaps(tiers: Sequence[Tier], title: str, notes: list[str], *, of_one_label: bool = False) -> list[Tier]:
    """Interval tiers whose marks overlap, as several: one for each speaker, else each label, else as few as will do.

    ``of_one_label``: marks of different labels may overlap, only those of one label may not.
    """
    taken = {tier.name for tier in tiers}
    apart: list[Tier] = []
    for tier in tiers:
        groups = _grouped(tier, _label_of).values() if of_one_label else [list(tier.marks)]
        if tier.kind is not TierKind.INTERVALS or not any(overlaps(marks) for marks in groups):
            apart.append(tier)
            continue
        parts = _divided(tier, _speaker_of) or _divided(tier, _label_of) or _by_room(tier)
        taken.discard(tier.name)
        notes.append(f"Marks of “{tier.name}” overlap, which {title} cannot hold: written as {len(parts)} tiers.")
        for name, marks in parts:
            apart.append(replace(tier, name=free_name(name, taken), marks=tuple(marks)))
    return [_with_parent(tier, {one.name for one in apart}) for tier in apart]


def _with_parent(tier: Tier, names: set[str]) -> Tier:
    """The words of a speaker lie in the utterances of that speaker, when both tiers were divided."""
    if not tier.parent or tier.parent in names:
        return tier
    candidate = f"{tier.parent}: {tier.name.partition(': ')[2]}"
    return replace(tier, parent=candidate) if candidate in names else tier


def _speaker_of(mark: Mark) -> str:
    return str(mark.attributes.get(SPEAKER, ""))


def _label_of(mark: Mark) -> str:
    return mark.label


def _grouped(tier: Tier, key: Callable[[Mark], str]) -> dict[str, list[Mark]]:
    groups: dict[str, list[Mark]] = {}
    for mark in tier.marks:
        groups.setdefault(key(mark), []).append(mark)
    return groups


def _divided(tier: Tier, key: Callable[[Mark], str]) -> list[tuple[str, list[Mark]]]:
    """A part for each name; [] where that leaves overlaps, or the keys are too many or too long to be names."""
    groups = _grouped(tier, key)
    names = all(len(name.split()) <= _MOST_WORDS_OF_A_NAME for name in groups)
    if not names or not 1 < len(groups) <= _MOST_PARTS or any(overlaps(marks) for marks in groups.values()):
        return []
    return [(f"{tier.name}: {name}" if name else tier.name, marks) for name, marks in groups.items()]


def _by_room(tier: Tier) -> list[tuple[str, list[Mark]]]:
    lanes: list[list[Mark]] = []
    for mark in sorted(tier.marks, key=lambda one: (one.start_s, one.end_s)):
        lane = next((one for one in lanes if in_ms(one[-1].end_s) <= in_ms(mark.start_s)), None)
        if lane is None:
            lanes.append([mark])
        else:
            lane.append(mark)
    return [(tier.name if at == 0 else f"{tier.name} ({at + 1})", lane) for at, lane in enumerate(lanes)]


def free_name(wanted: str, taken: set[str]) -> str:
    """A name that no other tier has; it is then taken. The first part of a divided tier keeps the tier's own."""
    name, again = wanted, 2
    while name in taken:
        name, again = f"{wanted} ({again})", again + 1
    taken.add(name)
    return name


def note_lost(tiers: Sequence[Tier], title: str, notes: list[str], *, keeps: Sequence[str] = ()) -> None:
    """Say which scores and attributes of marks the file does not carry."""
    lost = set()
    for tier in tiers:
        for mark in tier.marks:
            if mark.score is not None:
                lost.add("score")
            lost.update(name for name in mark.attributes if name not in keeps)
    if lost:
        notes.append(f"{title} does not carry: {', '.join(sorted(lost))}.")
