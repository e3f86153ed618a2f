"""The phase split_tracks: tracks that cross a cut, or that hold one person after another, are divided."""

from bisect import bisect_left
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from core.cleanup.pieces import Edge, Piece, divided
from core.cleanup.seams import find_seams
from core.jobs.types import JobContext
from core.suggestions.mixed import seam_frame
from models.faces import TrackCalibration


@dataclass(frozen=True, slots=True)
class Splits:
    """``pieces``: all tracks, divided ones as their parts; ``edges``, rising, by track that is divided."""

    pieces: tuple[Piece, ...]
    edges: dict[str, list[Edge]]


def split_tracks(
    pieces: Sequence[Piece],
    cuts: Sequence[Edge],
    locked: Collection[str],
    calibration: TrackCalibration,
    context: JobContext,
) -> Splits:
    """Divide what is not in a ``locked`` identity. Parts stay with the person; clustering may move them."""
    found: list[Piece] = []
    edges: dict[str, list[Edge]] = {}
    cut_frames = [cut.frame for cut in cuts]
    for number, piece in enumerate(pieces):
        context.check()
        context.progress("split_tracks", number, len(pieces), unit="tracks")
        if piece.identity_id not in locked:
            first, last = np.searchsorted(cut_frames, piece.frames[[0, -1]], side="right").tolist()
            own = _edges(piece, cuts[first:last], calibration)
            if own:
                edges[piece.track_id] = own
        found += divided(piece, edges.get(piece.track_id, []), calibration)
    context.progress("split_tracks", len(pieces), len(pieces), unit="tracks")
    return Splits(tuple(found), edges)


def _edges(piece: Piece, cuts: Sequence[Edge], calibration: TrackCalibration) -> list[Edge]:
    """Where the track is divided: first at cuts, then each part where the person changes."""
    at_cuts = _possible(piece, cuts)
    seams = [seam for part in divided(piece, at_cuts, calibration) for seam in _seams(part, calibration)]
    return sorted([*at_cuts, *seams], key=lambda edge: edge.frame)


def _seams(part: Piece, calibration: TrackCalibration) -> list[Edge]:
    frames = [seam_frame(part.frames, part.bbox, part.found, seam) for seam in find_seams(part.faces, calibration)]
    return _possible(part, [Edge(frame, _time_of(part, frame), people=True) for frame in frames])


def _time_of(part: Piece, frame: int) -> float:
    """Of the first box from ``frame`` on."""
    return float(part.t_s[min(int(np.searchsorted(part.frames, frame)), len(part.frames) - 1)])


def _possible(piece: Piece, edges: Sequence[Edge]) -> list[Edge]:
    """Those with a face that was really found on both sides."""
    found = piece.frames[piece.found].tolist()
    kept: list[Edge] = []
    for edge in edges:
        here = bisect_left(found, edge.frame)
        if here > (bisect_left(found, kept[-1].frame) if kept else 0) and here < len(found):
            kept.append(edge)
    return kept
