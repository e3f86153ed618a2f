"""Tracks that seem to hold two people, one after the other, and the frame where the second one begins."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.analysis.face_rows import TrackFaces, faces_of_tracks
from core.faces.compare import SPLIT_LEAST_SAMPLES
from core.library.library import Library
from core.review.boxes import track_boxes
from core.suggestions.people import Float64, People, likeness_of
from core.suggestions.read import current_runs
from core.suggestions.types import Suggestion, SuggestionKind
from core.suggestions.wording import suggestion_key
from models.faces import TrackCalibration

WIDE_SPREAD = 1.0
"""A track whose faces differ by more than the threshold is looked at even when they form no two clear groups."""
CLEARLY_APART = 1.25
"""Times that the two parts must be farther from each other than the wider of them is in itself."""


@dataclass(frozen=True, slots=True)
class Seam:
    """Where a track falls apart: between the faces of frames ``last`` and ``first``; ``square`` is the distance² of
    the parts."""

    last: int
    first: int
    square: float


def find_mixed(library: Library, people: People) -> list[Suggestion]:
    """One suggestion for each track that a split at one frame makes two people of; never in a locked identity."""
    runs = current_runs(library, people.ep_id)
    suspects = _suspects(people)
    if runs is None or not suspects:
        return []
    faces = faces_of_tracks(library.store.read(), runs.detect.run_id, runs.faces.path, suspects)
    seams = {
        track_id: seam for track_id, mine in faces.items() if (seam := find_seam(mine, people.calibration)) is not None
    }
    frames = _split_frames(library, people.ep_id, seams)
    return [_suggestion(people, track_id, seams[track_id], at_frame) for track_id, at_frame in frames.items()]


def find_seam(faces: TrackFaces, calibration: TrackCalibration) -> Seam | None:
    """The cut in time that leaves both parts the least wide in themselves, if they are then two people.

    The parts must be farther apart than the threshold and than they are wide, with at least two faces each: the rule
    by which core.faces.compare calls a track mixed, with the time added. Two people who take turns are not cut.
    """
    count = len(faces.frames)
    if count < 2 * SPLIT_LEAST_SAMPLES:
        return None
    vectors = faces.vectors.astype(np.float64)
    squares = np.maximum(0.0, 2.0 - 2.0 * vectors @ vectors.T)
    cuts = range(SPLIT_LEAST_SAMPLES, count - SPLIT_LEAST_SAMPLES + 1)
    cut = min(cuts, key=lambda at: _scatter(squares[:at, :at]) + _scatter(squares[at:, at:]))
    across = float(squares[:cut, cut:].mean())
    width = max(_width(squares[:cut, :cut]), _width(squares[cut:, cut:]))
    if across <= calibration.threshold**2 or across <= CLEARLY_APART**2 * width:
        return None
    return Seam(int(faces.frames[cut - 1]), int(faces.frames[cut]), across)


def _scatter(squares: Float64) -> float:
    """Summed squared distance of some faces to their mean."""
    return float(squares.sum()) / (2 * len(squares))


def _width(squares: Float64) -> float:
    """Mean squared distance of different faces of a part."""
    count = len(squares)
    return float(squares.sum()) / (count * (count - 1))


def _suspects(people: People) -> list[str]:
    rejected = {said.first_track for said in people.rejected if said.kind == SuggestionKind.MIXED}
    found = []
    for row in np.flatnonzero(people.mixed | (people.spread > WIDE_SPREAD)).tolist():
        track = int(people.faced[row])
        owner = int(people.owner[track])
        track_id = people.tracks[track].track_id
        if owner >= 0 and not people.people[owner].locked and track_id not in rejected:
            found.append(track_id)
    return found


def _split_frames(library: Library, ep_id: str, seams: dict[str, Seam]) -> dict[str, int]:
    return {
        boxes.track_id: seam_frame(boxes.frames, boxes.bbox, ~boxes.interpolated, seams[boxes.track_id])
        for boxes in track_boxes(library, ep_id, seams)
    }


def seam_frame(
    frames: npt.NDArray[np.int32], bbox: npt.NDArray[np.float32], found: npt.NDArray[np.bool_], seam: Seam
) -> int:
    """The first frame of the second part: of the frames between the two faces the one to which the box jumps most.

    ``frames`` (n,), ``bbox`` (n, 4) and ``found`` (n,) are the track's boxes and whether a face was really found.
    """
    rows = np.flatnonzero((frames > seam.last) & (frames <= seam.first) & found)
    rows = rows[rows > 0]
    if not len(rows):
        return seam.first
    box, before = bbox[rows].astype(np.float64), bbox[rows - 1].astype(np.float64)
    size = np.maximum((before[:, 2:] - before[:, :2]).mean(axis=1), 1e-6)
    jump = np.abs(box - before).sum(axis=1) / size
    return int(frames[rows[int(np.argmax(jump))]])


def _suggestion(people: People, track_id: str, seam: Seam, at_frame: int) -> Suggestion:
    person = people.people[int(people.owner[people.track_row[track_id]])]
    alike = float(likeness_of(np.array([seam.square]), people.calibration)[0])
    return Suggestion(
        key=suggestion_key(SuggestionKind.MIXED, track_id, ""),
        kind=SuggestionKind.MIXED,
        identity_id=person.identity_id,
        identity_label=person.label,
        target_id=None,
        target_label="",
        track_ids=(track_id,),
        likeness=1.0 - alike,
        margin=None,
        work_saved=1,
        from_confirmed=False,
        reason=f"From frame {at_frame:,} on the face is another one.",
        left=(),
        right=(),
        at_frame=at_frame,
    )
