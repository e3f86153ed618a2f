"""Where a cleanup looks for more faces: in tracks that stand alone or say too little, at frames not yet used."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.cleanup.pieces import Piece, grouped, places_of
from core.cleanup.present import Present
from core.faces.cohesion import ClusterSums
from core.faces.compare import distance_of_similarity
from core.faces.parameters import ClusterParameters
from models.faces import TrackCalibration

LEAST_SAMPLES = 4
"""A track known by fewer faces says too little."""
MOST_WISHES = 12
"""Frames to look at for each track: half as many again as the balanced profile embeds."""
LONGEST_GAP_S = 1.0
"""Between two boxes that are farther apart nobody knows where the face is."""

Int64 = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Wishes:
    """``keys``: the piece of each wish; ``frames`` int64 (n,), rising; ``anchors`` int64 (n,): frames of the nearest
    boxes; ``boxes`` float32 (n, 4): where the face is expected.
    """

    keys: tuple[str, ...]
    frames: Int64
    anchors: Int64
    boxes: npt.NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.keys)


def weak_pieces(pieces: Sequence[Piece], present: Present, parameters: ClusterParameters) -> list[Piece]:
    """Pieces outside of locked identities that have few faces or are unlike the rest of their identity."""
    unlike = _outliers(pieces, present.calibration, parameters)
    alone = _alone(pieces) & {piece.key for piece in pieces if piece.track_id in present.outliers}
    return [
        piece
        for piece in pieces
        if piece.identity_id not in present.locked
        and (len(piece.faces.frames) < LEAST_SAMPLES or piece.key in unlike or piece.key in alone)
    ]


def wishes_for(pieces: Sequence[Piece], present: Present, frame_times_s: npt.NDArray[np.float64]) -> Wishes:
    """``frame_times_s`` (frames,): seconds of every decoded frame, rising."""
    rows = [
        (frame, piece.key, anchor, box)
        for piece in pieces
        for frame, anchor, box in _of_piece(piece, present.excluded.get(piece.track_id, []), frame_times_s)
    ]
    rows.sort(key=lambda row: row[:2])
    return Wishes(
        tuple(key for _, key, _, _ in rows),
        np.array([frame for frame, *_ in rows], np.int64),
        np.array([anchor for _, _, anchor, _ in rows], np.int64),
        np.array([box for *_, box in rows], np.float32).reshape(-1, 4),
    )


def _of_piece(
    piece: Piece, excluded: list[int], frame_times_s: npt.NDArray[np.float64]
) -> list[tuple[int, int, npt.NDArray[np.float32]]]:
    """(frame, anchor, expected box) spread evenly over the frames that were not used before."""
    frames = np.arange(piece.frames[0], min(int(piece.frames[-1]) + 1, len(frame_times_s)))
    frames = frames[~np.isin(frames, piece.faces.frames)]
    after = np.searchsorted(piece.frames, frames)
    before = np.maximum(np.searchsorted(piece.frames, frames, side="right") - 1, 0)
    known = piece.t_s[after] - piece.t_s[before] <= LONGEST_GAP_S
    known &= ~_excluded(frames, piece, excluded)
    frames, after, before = frames[known], after[known], before[known]
    if not len(frames):
        return []
    chosen = np.unique(np.linspace(0, len(frames) - 1, min(MOST_WISHES, len(frames))).round().astype(np.int64))
    frames, after, before = frames[chosen], after[chosen], before[chosen]
    times_s = frame_times_s[frames]
    boxes = np.stack([np.interp(times_s, piece.t_s, piece.bbox[:, side]) for side in range(4)], axis=1)
    nearer_after = piece.frames[after] - frames < frames - piece.frames[before]
    anchors = np.where(nearer_after, piece.frames[after], piece.frames[before])
    return list(zip(frames.tolist(), anchors.tolist(), boxes.astype(np.float32), strict=True))


def _excluded(frames: Int64, piece: Piece, excluded: list[int]) -> npt.NDArray[np.bool_]:
    """Frames that lie nearer to a face that a person took out than to one that speaks for the track."""
    if not excluded:
        return np.zeros(len(frames), np.bool_)
    return _distance(frames, np.array(excluded)) <= _distance(frames, piece.faces.frames)


def _distance(frames: Int64, others: Int64) -> npt.NDArray[np.float64]:
    if not len(others):
        return np.full(len(frames), np.inf)
    nearest: npt.NDArray[np.float64] = np.abs(frames[:, None] - others[None, :]).min(axis=1).astype(np.float64)
    return nearest


def _alone(pieces: Sequence[Piece]) -> set[str]:
    sizes = Counter(piece.identity_id for piece in pieces)
    return {piece.key for piece in pieces if piece.identity_id is not None and sizes[piece.identity_id] == 1}


def _outliers(pieces: Sequence[Piece], calibration: TrackCalibration, parameters: ClusterParameters) -> set[str]:
    """Pieces less like the rest of their identity than ``min_identity_sim``."""
    limit = distance_of_similarity(parameters.min_identity_sim, calibration)
    by_key = {piece.key: piece for piece in pieces}
    found: set[str] = set()
    for keys in grouped(places_of(pieces)).values():
        known = [(key, prototype.statistics) for key in keys if (prototype := by_key[key].prototype) is not None]
        if len(known) < 2:
            continue
        sums = ClusterSums(list(range(len(known))), [one for _, one in known], calibration)
        far = np.flatnonzero(sums.distances_to_rest() > limit)
        found |= {known[row][0] for row in far.tolist()}
    return found
