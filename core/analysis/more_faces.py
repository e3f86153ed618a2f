"""Faces that a cleanup took out of the video for tracks whose own said too little; they speak with the others."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from core.analysis.face_rows import TrackFaces
from core.library.boxes import unpack_boxes
from core.library.library import Library
from core.library.types import Run

STAGE = "cleanup"
FILE_NAME = "more_faces.npz"


@dataclass(frozen=True, slots=True)
class MoreFaces:
    """``track_ids`` str (n,): the track as it was then; ``frames`` int64 (n,); ``vectors`` float32 (n, dim), length 1.

    ``anchors`` int64 (n,): the frame of the track's box that is nearest to each. When the track is divided later, a
    face goes with that box. ``overall`` float32 (n,): quality in [0, 1].
    """

    track_ids: npt.NDArray[np.str_]
    frames: npt.NDArray[np.int64]
    anchors: npt.NDArray[np.int64]
    vectors: npt.NDArray[np.float32]
    overall: npt.NDArray[np.float32]

    @classmethod
    def none(cls) -> Self:
        """Not one."""
        nothing = np.zeros(0, np.int64)
        return cls(np.zeros(0, np.str_), nothing, nothing, np.zeros((0, 1), np.float32), np.zeros(0, np.float32))

    def __len__(self) -> int:
        return len(self.frames)

    def joined(self, other: "MoreFaces") -> "MoreFaces":
        """These and others."""
        if not len(self):
            return other
        if not len(other):
            return self
        return MoreFaces(
            **{one.name: np.concatenate([getattr(self, one.name), getattr(other, one.name)]) for one in fields(self)}
        )

    def of(self, ancestors: Iterable[str], frames: npt.NDArray[np.int32]) -> TrackFaces:
        """Those of a track with boxes at ``frames`` that was, or was cut out of, one of ``ancestors``."""
        rows = np.flatnonzero(np.isin(self.track_ids, list(ancestors)))
        rows = rows[np.isin(self.anchors[rows], frames)]
        rows = rows[np.argsort(self.frames[rows], kind="stable")]
        return TrackFaces(self.frames[rows], self.vectors[rows])

    def save(self, folder: Path) -> None:
        """Into a run folder that is not published yet."""
        np.savez(folder / FILE_NAME, **{one.name: getattr(self, one.name) for one in fields(self)})

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Out of a run folder."""
        with np.load(folder / FILE_NAME, allow_pickle=False) as data:
            return cls(**{one.name: data[one.name] for one in fields(cls)})


def more_faces_run(library: Library, ep_id: str, detect: Run, faces: Run) -> Run | None:
    """The current run that holds more faces for these very tracks and this embedder."""
    run = library.runs.current(ep_id, STAGE)
    of_these = run is not None and run.inputs == {"detect_track": detect.run_id, "faces_embed": faces.run_id}
    return run if of_these else None


def with_more(library: Library, detect: Run, more: MoreFaces, found: Mapping[str, TrackFaces]) -> dict[str, TrackFaces]:
    """``found`` with the faces of ``more``, for live tracks by id."""
    if not len(more):
        return dict(found)
    lines = _lines(library, detect)
    wanted = set(more.track_ids.tolist())
    result = dict(found)
    for track_id, ancestors in lines.items():
        if not wanted.isdisjoint(ancestors):
            extra = more.of(ancestors, _frames(library, detect, track_id))
            if len(extra.frames):
                result[track_id] = merged(found.get(track_id), extra)
    return result


def merged(first: TrackFaces | None, second: TrackFaces) -> TrackFaces:
    """Both in order of time."""
    if first is None or not len(first.frames):
        return second
    frames = np.concatenate([first.frames, second.frames])
    order = np.argsort(frames, kind="stable")
    return TrackFaces(frames[order], np.concatenate([first.vectors, second.vectors])[order])


def _lines(library: Library, detect: Run) -> dict[str, tuple[str, ...]]:
    """Each live track with the tracks that it was cut out of."""
    rows = (
        library.store.read()
        .execute("SELECT track_id, parent, state FROM tracks WHERE run_id = ? ORDER BY track_id", (detect.run_id,))
        .fetchall()
    )
    parent = {row["track_id"]: row["parent"] for row in rows}
    found = {}
    for row in rows:
        if row["state"] == "live":
            line = [row["track_id"]]
            while parent.get(line[-1]):
                line.append(parent[line[-1]])
            found[row["track_id"]] = tuple(line)
    return found


def _frames(library: Library, detect: Run, track_id: str) -> npt.NDArray[np.int32]:
    row = (
        library.store.read()
        .execute("SELECT boxes FROM tracks WHERE run_id = ? AND track_id = ?", (detect.run_id, track_id))
        .fetchone()
    )
    return unpack_boxes(row["boxes"])[0]
