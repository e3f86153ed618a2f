"""An episode as a cleanup works on it: live tracks that may be divided into pieces, with boxes and face vectors."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from core.analysis.face_rows import TrackFaces
from core.faces.cluster import TrackEvidence
from core.faces.compare import TrackPrototype, summarise
from core.faces.types import SHORT_TRACK_S
from models.faces import TrackCalibration


@dataclass(frozen=True, slots=True)
class Edge:
    """Where a track is divided: from decoded frame ``frame``, at ``t_s``, on. ``people``: the face becomes another one
    there; else it is a cut.
    """

    frame: int
    t_s: float
    people: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """A live track, or one of the parts that it is to be divided into. ``key`` is the track's id, or
    ``track-00005/1``, ``track-00005/2``.

    ``frames`` int32 (n,) rising, ``t_s`` float64 (n,), ``bbox`` float32 (n, 4) in [0, 1], ``score`` float32 (n,),
    below zero where the box was filled in. ``identity_id`` and ``reason`` as assigned now; ``start_s`` and ``end_s``
    on screen. ``prototype`` is None without a usable face.
    """

    key: str
    track_id: str
    identity_id: str | None
    reason: str
    start_s: float
    end_s: float
    frames: npt.NDArray[np.int32]
    t_s: npt.NDArray[np.float64]
    bbox: npt.NDArray[np.float32]
    score: npt.NDArray[np.float32]
    faces: TrackFaces
    prototype: TrackPrototype | None

    @property
    def found(self) -> npt.NDArray[np.bool_]:
        """bool (n,): boxes where a face was really found."""
        found: npt.NDArray[np.bool_] = self.score >= 0
        return found

    @property
    def short(self) -> bool:
        """As the tracker says of a track."""
        times_s = self.t_s[self.found]
        return not len(times_s) or float(times_s[-1] - times_s[0]) < SHORT_TRACK_S

    def with_faces(self, faces: TrackFaces, calibration: TrackCalibration) -> "Piece":
        """The same boxes, known by other faces."""
        return replace(self, faces=faces, prototype=prototype_of(faces, calibration))

    def evidence(self) -> TrackEvidence:
        """For clustering."""
        return TrackEvidence(
            track_id=self.key,
            start_s=self.start_s,
            screen_s=self.end_s - self.start_s,
            statistics=self.prototype.statistics if self.prototype else None,
            mixed=self.prototype.mixed if self.prototype else False,
            reason=self.reason or "no_usable_face",
        )


def prototype_of(faces: TrackFaces, calibration: TrackCalibration) -> TrackPrototype | None:
    """None without a face."""
    return summarise(faces.vectors, calibration) if len(faces.frames) else None


def divided(piece: Piece, edges: Sequence[Edge], calibration: TrackCalibration) -> list[Piece]:
    """The parts of a whole track, each from one of ``edges`` (rising) to the next; without any, itself."""
    if not edges:
        return [piece]
    group_of_box = np.searchsorted([edge.frame for edge in edges], piece.frames, side="right")
    nearest = _nearest_box(piece.frames, piece.faces.frames)
    bounds_s = [piece.start_s, *(edge.t_s for edge in edges), piece.end_s]
    parts = []
    for group in range(len(edges) + 1):
        boxes = group_of_box == group
        faces = group_of_box[nearest] == group
        own = TrackFaces(piece.faces.frames[faces], piece.faces.vectors[faces])
        parts.append(
            replace(
                piece,
                key=f"{piece.track_id}/{group + 1}",
                start_s=bounds_s[group],
                end_s=bounds_s[group + 1],
                frames=piece.frames[boxes],
                t_s=piece.t_s[boxes],
                bbox=piece.bbox[boxes],
                score=piece.score[boxes],
                faces=own,
                prototype=prototype_of(own, calibration),
            )
        )
    return parts


def seen_together(pieces: Iterable[Piece]) -> list[tuple[str, str]]:
    """Keys of pairs found in one and the same picture: two people."""
    by_frame: dict[int, list[str]] = {}
    for piece in pieces:
        for frame in piece.frames[piece.found].tolist():
            by_frame.setdefault(frame, []).append(piece.key)
    pairs = {
        (min(one, other), max(one, other))
        for keys in by_frame.values()
        for place, one in enumerate(keys)
        for other in keys[place + 1 :]
    }
    return sorted(pairs)


def places_of(pieces: Iterable[Piece]) -> dict[str, str | None]:
    """Who each belongs to now."""
    return {piece.key: piece.identity_id for piece in pieces}


def grouped(places: Mapping[str, str | None]) -> dict[str, list[str]]:
    """Keys by identity."""
    found: dict[str, list[str]] = {}
    for key, place in places.items():
        if place is not None:
            found.setdefault(place, []).append(key)
    return found


def _nearest_box(frames: npt.NDArray[np.int32], wanted: npt.NDArray[np.int64]) -> npt.NDArray[np.intp]:
    """For each wanted frame the index of the nearest box, the earlier of two."""
    after = np.minimum(np.searchsorted(frames, wanted), len(frames) - 1)
    before = np.maximum(after - 1, 0)
    return np.where(wanted - frames[before] <= frames[after] - wanted, before, after)
