"""Parts of tracks: their boxes divided into groups, with the times, crops, links and counts that belong to each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from core.errors import InvalidRequest
from core.faces.types import SHORT_TRACK_S, TrackFlag
from core.identities.draft import Draft, placed
from core.identities.linking import hand_on
from core.identities.material import Material, best_crop, nearest
from core.library.boxes import pack_boxes

Span = tuple[float, float]
_MEASURED = {TrackFlag.SHORT, TrackFlag.INTERPOLATED, TrackFlag.MIXED}
_INSERT_TRACKS = (
    "INSERT INTO tracks (run_id, ep_id, track_id, shot_index, start_s, end_s, spans, frames, quality, flags, "
    "best_crop, boxes, state, parent) VALUES (:run_id, :ep_id, :track_id, :shot_index, :start_s, :end_s, :spans, "
    ":frames, :quality, :flags, :best_crop, :boxes, 'void', :parent)"
)


@dataclass(frozen=True, slots=True)
class Division:
    """A track and, int64 (boxes,), which part each of its boxes belongs to; part 0 is the one that stays.

    ``starts_s``: when each part but the first begins, for parts that follow each other; else with its first box.
    """

    material: Material
    groups: npt.NDArray[np.int64]
    starts_s: tuple[float, ...] = ()


def divide(draft: Draft, divisions: Sequence[Division]) -> list[list[str]]:
    """Replace live tracks by one part for each group, in order of their numbers; returns the ids of the parts.

    All parts are where the track was; its links go on with the first. Raises InvalidRequest when a group would hold no
    box where a face was really found.
    """
    found = [_parts_of(draft, division) for division in divisions]
    parts = [part for of_track in found for part in of_track]
    track_ids = [division.material.track_id for division in divisions]
    draft.connection.executemany(_INSERT_TRACKS, parts)
    draft.connection.executemany(
        "INSERT INTO assignments (ep_id, run_id, track_id, identity_id, reason) VALUES (?, ?, ?, NULL, 'undone')",
        [(draft.ep_id, draft.cluster_run, part["track_id"]) for part in parts],
    )
    draft.place(
        {
            part["track_id"]: placed(track["identity_id"], track["reason"], by_person=bool(track["by_person"]))
            for track, of_track in zip((one.material.track for one in divisions), found, strict=True)
            for part in of_track
        }
    )
    draft.assign(track_ids, None, reason="split", by_person=False)
    draft.set_tracks([part["track_id"] for part in parts], state="live")
    draft.set_tracks(track_ids, state="split")
    draft.set_rows(
        "crops",
        (draft.detect_run,),
        {path: {"track_id": part["track_id"]} for part in parts for path in part["crop_paths"]},
    )
    hand_on(draft, {track_id: of_track[0]["track_id"] for track_id, of_track in zip(track_ids, found, strict=True)})
    return [[part["track_id"] for part in of_track] for of_track in found]


def _parts_of(draft: Draft, division: Division) -> list[dict[str, Any]]:
    """The parts' rows, each with ``crop_paths``."""
    material, groups = division.material, division.groups
    numbers = np.unique(groups).tolist()
    if len(numbers) < 2:
        raise InvalidRequest(
            f"{material.track_id} cannot be divided there: one side is empty.", action="Choose a frame inside."
        )
    spans = _spans_of_groups(material.spans, material.t_s, groups, division.starts_s)
    frames = np.array([crop["frame"] for crop in material.crops], np.int64)
    group_of_crop = groups[nearest(material.frames.astype(np.int64), frames)]
    return [_part(draft, material, groups == number, group_of_crop == number, spans[number]) for number in numbers]


def _part(
    draft: Draft,
    material: Material,
    boxes: npt.NDArray[np.bool_],
    crops: npt.NDArray[np.bool_],
    spans: Sequence[Span],
) -> dict[str, Any]:
    """A part's row. ``boxes`` and ``crops`` say which of the track's are its own."""
    times_s, scores = material.t_s[boxes], material.score[boxes]
    faces_s = times_s[scores >= 0]
    if not len(faces_s):
        raise InvalidRequest(
            f"{material.track_id} cannot be divided there: no face was found on one side.",
            action="Choose a frame between two faces.",
        )
    own = [crop for crop, chosen in zip(material.crops, crops.tolist(), strict=True) if chosen]
    best = best_crop(own)
    return {
        "run_id": draft.detect_run,
        "ep_id": draft.ep_id,
        "track_id": f"track-{draft.next_number('track'):05d}",
        "shot_index": material.track["shot_index"],
        "start_s": spans[0][0],
        "end_s": spans[-1][1],
        "spans": orjson.dumps(spans).decode(),
        "frames": len(faces_s),
        "quality": best["overall"] if best else 0.0,
        "flags": orjson.dumps(_flags(material, faces_s, filled=len(faces_s) < len(scores))).decode(),
        "best_crop": best["path"] if best else None,
        "boxes": pack_boxes(material.frames[boxes], times_s, material.bbox[boxes], scores),
        "parent": material.track_id,
        "crop_paths": [crop["path"] for crop in own],
    }


def _flags(material: Material, faces_s: npt.NDArray[np.float64], *, filled: bool) -> list[str]:
    """As the tracker gives them, measured anew for the part; whether it is mixed, nobody has looked yet."""
    kept = [flag for flag in orjson.loads(material.track["flags"]) if flag not in _MEASURED]
    if faces_s[-1] - faces_s[0] < SHORT_TRACK_S:
        kept.append(str(TrackFlag.SHORT))
    if filled:
        kept.append(str(TrackFlag.INTERPOLATED))
    return kept


def _spans_of_groups(
    spans: Sequence[Sequence[float]],
    t_s: npt.NDArray[np.float64],
    groups: npt.NDArray[np.int64],
    starts_s: Sequence[float],
) -> dict[int, list[Span]]:
    """The track's spans, divided where the group changes: a box stands for the time until the next one."""
    starts = np.flatnonzero(np.r_[True, groups[1:] != groups[:-1]])
    bounds_s = [-np.inf, *(starts_s or t_s[starts[1:]].tolist()), np.inf]
    found: dict[int, list[Span]] = {int(number): [] for number in np.unique(groups)}
    for index, start in enumerate(starts.tolist()):
        for first_s, last_s in spans:
            piece = (max(first_s, bounds_s[index]), min(last_s, bounds_s[index + 1]))
            if piece[1] > piece[0]:
                found[int(groups[start])].append(piece)
    for number, pieces in found.items():
        if not pieces:  # boxes at the very end of a span: they last for no time
            moment_s = float(t_s[groups == number][0])
            pieces.append((moment_s, moment_s))
    return found
