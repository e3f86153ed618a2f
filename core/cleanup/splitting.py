"""The phase split_tracks: tracks that cross a cut, or that hold one person after another, are divided."""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from core.cleanup.pieces import Piece, divided
from core.cleanup.seams import find_seams
from core.jobs.types import JobContext
from core.suggestions.mixed import seam_frame
from models.faces import TrackCalibration


@dataclass(frozen=True, slots=True)
class Splits:
    """``pieces``: all tracks, divided ones as their parts. ``at_frames`` and ``people``, rising frames by track:
    where it is divided, and which of these are there because the face becomes another one.
    """

    pieces: tuple[Piece, ...]
    at_frames: dict[str, list[int]]
    people: dict[str, list[int]]


def split_tracks(
    pieces: Sequence[Piece],
    cuts: Sequence[int],
    locked: Collection[str],
    calibration: TrackCalibration,
    context: JobContext,
) -> Splits:
    """Divide what is not in a ``locked`` identity. Parts stay with the person; clustering may move them."""
    found: list[Piece] = []
    at_frames: dict[str, list[int]] = {}
    people: dict[str, list[int]] = {}
    for number, piece in enumerate(pieces):
        context.check()
        context.progress("split_tracks", number, len(pieces), unit="tracks")
        if piece.identity_id in locked:
            found.append(piece)
            continue
        seams: list[int] = []
        edges = _edges(piece, cuts, seams, calibration)
        if edges:
            at_frames[piece.track_id] = edges
            found += divided(piece, edges, calibration)
        else:
            found.append(piece)
        if seams:
            people[piece.track_id] = sorted(seams)
    context.progress("split_tracks", len(pieces), len(pieces), unit="tracks")
    return Splits(tuple(found), at_frames, people)


def _edges(piece: Piece, cuts: Sequence[int], seams: list[int], calibration: TrackCalibration) -> list[int]:
    """Where the track is divided; ``seams`` takes those where the person changes."""
    inside = cuts[bisect_right(cuts, int(piece.frames[0])) : bisect_right(cuts, int(piece.frames[-1]))]
    edges = _possible(piece, inside)
    for part in divided(piece, edges, calibration):
        found = find_seams(part.faces, calibration)
        seams += _possible(part, [seam_frame(part.frames, part.bbox, part.found, seam) for seam in found])
    return sorted(edges + seams)


def _possible(piece: Piece, at_frames: Sequence[int]) -> list[int]:
    """Those of ``at_frames`` (rising) with a face that was really found on both sides."""
    found = piece.frames[piece.found].tolist()
    kept: list[int] = []
    for frame in at_frames:
        before = bisect_left(found, frame) - bisect_left(found, kept[-1] if kept else 0)
        if before and bisect_left(found, frame) < len(found):
            kept.append(frame)
    return kept
