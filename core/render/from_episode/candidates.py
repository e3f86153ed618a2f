"""Moments of an episode that could be stills: where stored crops show a large, sharp, frontal face; else all over."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from core.errors import NotFound
from core.library.library import Library
from core.review.boxes import track_boxes
from core.review.read import crops_of, load_review
from core.review.types import CropRow, EpisodeReview, IdentityRow

_CUT_MARGIN_S = 0.2
_CUT_PENALTY = 0.5
"""Near a cut pictures are mixed or smeared."""
_LARGE_FACE = 0.3
"""Of the picture's height: larger faces are no better."""
_BIN_KEEPS = 2
_BINS_PER_STILL = 3


@dataclass(frozen=True, slots=True)
class Candidate:
    """A moment worth looking at. ``score`` in [0, 1]; ``box`` (x0, y0, x1, y1) of the face in [0, 1] of the picture."""

    t_s: float
    score: float
    who: str = ""
    box: tuple[float, float, float, float] | None = None
    quality: float = 0.0


def face_candidates(
    library: Library,
    ep_id: str,
    *,
    identity_ids: Sequence[str],
    cast_ids: Sequence[str],
    start_s: float,
    end_s: float,
) -> list[Candidate]:
    """A candidate for each stored crop in that part, of some people or of all. Raises NotFound for unknown people."""
    review = load_review(library, ep_id)
    wanted = _wanted(review, identity_ids, cast_ids)
    label_of = {track_id: one.label for one in review.identities for track_id in one.track_ids}
    if wanted is None:
        track_ids = [track.track_id for track in review.tracks]
    else:
        track_ids = [track_id for one in wanted for track_id in one.track_ids]
    cuts_s = np.array([shot.start_s for shot in review.shots[1:]])
    crops = [crop for crop in crops_of(library, ep_id, track_ids=track_ids) if start_s <= crop.t_s < end_s]
    boxes = _boxes(library, ep_id, crops)
    return [
        _candidate(crop, boxes[crop.track_id, crop.frame], label_of.get(crop.track_id, ""), cuts_s)
        for crop in crops
        if (crop.track_id, crop.frame) in boxes
    ]


def even_candidates(count: int, start_s: float, end_s: float) -> list[Candidate]:
    """Moments all over a part, where nothing is known about faces."""
    steps = count * _BINS_PER_STILL
    span_s = end_s - start_s
    return [Candidate(start_s + span_s * (index + 0.5) / steps, 0.5) for index in range(steps)]


def shortlist(candidates: Iterable[Candidate], count: int, start_s: float, end_s: float) -> list[Candidate]:
    """The best of each stretch of time, so that few frames are decoded and none of the part is forgotten."""
    bins = count * _BINS_PER_STILL
    width_s = max(1e-6, (end_s - start_s) / bins)
    kept: dict[tuple[int, str], list[Candidate]] = {}
    for one in sorted(candidates, key=lambda one: (-one.score, one.t_s)):
        place = kept.setdefault((min(bins - 1, int((one.t_s - start_s) / width_s)), one.who), [])
        if len(place) < _BIN_KEEPS and all(abs(one.t_s - other.t_s) > width_s / 4 for other in place):
            place.append(one)
    listed = sorted((one for place in kept.values() for one in place), key=lambda one: (-one.score, one.t_s))
    return sorted(listed[: count * _BINS_PER_STILL + 2], key=lambda one: one.t_s)


def _wanted(review: EpisodeReview, identity_ids: Sequence[str], cast_ids: Sequence[str]) -> list[IdentityRow] | None:
    """The people asked for; None = everybody."""
    if not identity_ids and not cast_ids:
        return None
    by_id = {one.identity_id: one for one in review.identities}
    for identity_id in identity_ids:
        if identity_id not in by_id:
            raise NotFound(
                f"“{identity_id[:80]}” is nobody in the episode “{review.title}”.",
                action="Choose people of that episode.",
            )
    by_cast = {one.person_id for one in review.identities}
    for cast_id in cast_ids:
        if cast_id not in by_cast:
            raise NotFound(
                f"The cast member “{cast_id[:80]}” was not found in the episode “{review.title}”.",
                action="Choose people of that episode, or assign the cast member first.",
            )
    asked, cast = set(identity_ids), set(cast_ids)
    return [one for one in review.identities if one.identity_id in asked or one.person_id in cast]


def _boxes(
    library: Library, ep_id: str, crops: Sequence[CropRow]
) -> dict[tuple[str, int], tuple[float, float, float, float]]:
    """The face's box of each crop, by track and frame."""
    frames: dict[str, set[int]] = {}
    for crop in crops:
        frames.setdefault(crop.track_id, set()).add(crop.frame)
    found: dict[tuple[str, int], tuple[float, float, float, float]] = {}
    for track in track_boxes(library, ep_id, frames):
        for index in np.flatnonzero(np.isin(track.frames, list(frames[track.track_id]))):
            x0, y0, x1, y1 = (float(value) for value in track.bbox[index])
            found[track.track_id, int(track.frames[index])] = (x0, y0, x1, y1)
    return found


def _candidate(
    crop: CropRow,
    box: tuple[float, float, float, float],
    who: str,
    cuts_s: "np.ndarray[tuple[int], np.dtype[np.float64]]",
) -> Candidate:
    size = min(1.0, max(0.0, box[3] - box[1]) / _LARGE_FACE)
    near_cut = bool(len(cuts_s)) and float(np.abs(cuts_s - crop.t_s).min()) < _CUT_MARGIN_S
    # a face that the picture's edge cuts off is no portrait
    cut_off = box[0] <= 0 or box[1] <= 0 or box[2] >= 1 or box[3] >= 1
    score = crop.overall * (0.55 + 0.45 * size) * (_CUT_PENALTY if near_cut else 1) * (0.7 if cut_off else 1)
    return Candidate(crop.t_s, score, who, box, crop.overall)
