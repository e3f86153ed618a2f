"""An analysed episode with chosen faces: real runs, rows and files in a real library, without a video analysed."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt
import orjson

from core.analysis.track_vectors import TrackVectors
from core.faces.compare import summarise
from core.library.boxes import pack_boxes
from core.library.library import Library
from models.faces import TrackCalibration

DIM = 128
THRESHOLD = 0.425
CALIBRATION = TrackCalibration("unit_rms", THRESHOLD)
FRAMES = 20
FPS = Fraction(25)
Vector = npt.NDArray[np.float32]


def person(number: int) -> Vector:
    """A made person: a direction of their own; two of them are 1.41 apart."""
    vector = np.zeros(DIM, np.float32)
    vector[number] = 1.0
    return vector


def between(first: Vector, second: Vector, distance: float) -> Vector:
    """A unit vector at ``distance`` from ``first``, towards ``second`` (at a right angle to it)."""
    angle = 2 * np.arcsin(distance / 2)
    return np.asarray(np.cos(angle) * first + np.sin(angle) * second, np.float32)


def faces_of(vector: Vector, seed: int, *, spread: float = 0.15, count: int = 6) -> Vector:
    """Unit vectors (count, dim) of one person's track: ``spread`` is about their distance to their mean."""
    noise = np.random.default_rng(seed).normal(size=(count, DIM)).astype(np.float32)
    noise *= spread / np.linalg.norm(noise, axis=1, keepdims=True)
    faces = vector + noise
    return np.asarray(faces / np.linalg.norm(faces, axis=1, keepdims=True), np.float32)


@dataclass
class MadeTrack:
    """``faces`` (n, dim) unit vectors, one a crop; the track begins at ``start_frame``."""

    faces: Vector
    start_frame: int
    frames: int = FRAMES
    jump_at: int | None = None


@dataclass
class MadeEpisode:
    """Tracks by id, and who holds which."""

    tracks: dict[str, MadeTrack] = field(default_factory=dict)
    identities: dict[str, list[str]] = field(default_factory=dict)

    def add(
        self,
        identity_id: str | None,
        faces: Vector,
        *,
        start_frame: int | None = None,
        frames: int = FRAMES,
        jump_at: int | None = None,
    ) -> str:
        """One more track, by default after all others; returns its id."""
        track_id = f"track-{len(self.tracks) + 1:05d}"
        if start_frame is None:
            start_frame = max((one.start_frame + one.frames for one in self.tracks.values()), default=0)
        self.tracks[track_id] = MadeTrack(faces, start_frame, frames, jump_at)
        if identity_id is not None:
            self.identities.setdefault(identity_id, []).append(track_id)
        return track_id

    def add_person(self, number: int, vector: Vector, tracks: int, *, spread: float = 0.15) -> str:
        """An identity of ``tracks`` tracks."""
        identity_id = f"identity-{number:05d}"
        for place in range(tracks):
            self.add(identity_id, faces_of(vector, seed=1000 * number + place, spread=spread))
        return identity_id


def publish(
    library: Library,
    film: Path,
    made: MadeEpisode,
    *,
    ep_id: str = "ep",
    show: str | None = None,
    embedder_version: str = "made",
) -> str:
    """Add ``film`` as an episode with the made tracks and identities."""
    library.episodes.add(film, ep_id=ep_id, show_slug=show)
    republish(library, ep_id, made, embedder_version=embedder_version)
    return ep_id


def republish(library: Library, ep_id: str, made: MadeEpisode, *, embedder_version: str = "made") -> None:
    """New current runs of all stages; the vectors are said to be dlib's of that version."""
    detect = _publish_tracks(library, ep_id, made)
    faces = _publish_faces(library, ep_id, made, detect, embedder_version)
    recluster(library, ep_id, made, {"detect_track": detect, "faces_embed": faces})


def recluster(library: Library, ep_id: str, made: MadeEpisode, inputs: dict[str, int]) -> int:
    """A new current run of ``cluster``."""
    place = {track_id: one for one, ids in made.identities.items() for track_id in ids}

    def rows(connection: sqlite3.Connection, run_id: int) -> None:
        connection.executemany(
            "INSERT INTO identities (ep_id, run_id, identity_id) VALUES (?, ?, ?)",
            [(ep_id, run_id, one) for one in made.identities],
        )
        connection.executemany(
            "INSERT INTO assignments (ep_id, run_id, track_id, identity_id, reason) VALUES (?, ?, ?, ?, ?)",
            [(ep_id, run_id, one, place.get(one), "" if one in place else "small") for one in made.tracks],
        )
        counters = [("identity", made.identities), ("track", made.tracks)]
        connection.executemany(
            "INSERT OR REPLACE INTO counters (ep_id, kind, next) VALUES (?, ?, ?)",
            [(ep_id, kind, 1 + max((int(one.rsplit("-", 1)[1]) for one in ids), default=0)) for kind, ids in counters],
        )

    folder = library.runs.begin(ep_id, "cluster", {"cluster_thresh": 0.58, "min_identity_sim": 0.45}, inputs)
    return library.runs.publish(folder, {}, rows).run_id


def _publish_tracks(library: Library, ep_id: str, made: MadeEpisode) -> int:
    folder = library.runs.begin(ep_id, "detect_track", {}, {})

    def rows(connection: sqlite3.Connection, run_id: int) -> None:
        connection.executemany(
            "INSERT INTO tracks (run_id, ep_id, track_id, shot_index, start_s, end_s, spans, frames, quality, "
            "best_crop, boxes) VALUES (?, ?, ?, 0, ?, ?, ?, ?, 0.8, ?, ?)",
            [_track_row(run_id, ep_id, track_id, track) for track_id, track in made.tracks.items()],
        )
        connection.executemany(
            "INSERT INTO crops (run_id, track_id, frame, t_s, overall, path) VALUES (?, ?, ?, ?, ?, ?)",
            [
                (run_id, track_id, frame, frame / 25, 0.9 - 0.01 * place, _crop(track_id, frame))
                for track_id, track in made.tracks.items()
                for place, frame in enumerate(_crop_frames(track))
            ],
        )

    return library.runs.publish(folder, {"frames": 1000, "sampling_step_s": 0.04}, rows).run_id


def _track_row(run_id: int, ep_id: str, track_id: str, track: MadeTrack) -> tuple[object, ...]:
    frames = np.arange(track.start_frame, track.start_frame + track.frames)
    boxes = np.tile(np.array([0.2, 0.2, 0.4, 0.6], np.float32), (len(frames), 1))
    if track.jump_at is not None:
        boxes[frames >= track.jump_at, ::2] += np.float32(0.3)
    start_s, end_s = track.start_frame / 25, (track.start_frame + track.frames) / 25
    return (
        *(run_id, ep_id, track_id, start_s, end_s, orjson.dumps([[start_s, end_s]]).decode(), track.frames),
        *(_crop(track_id, track.start_frame), pack_boxes(frames, frames / 25, boxes, np.ones(len(frames)))),
    )


def _publish_faces(library: Library, ep_id: str, made: MadeEpisode, detect: int, version: str) -> int:
    folder = library.runs.begin(ep_id, "faces_embed", {}, {"detect_track": detect})
    shown = {track_id: track for track_id, track in made.tracks.items() if len(track.faces)}
    prototypes = [summarise(track.faces, CALIBRATION) for track in shown.values()]
    TrackVectors(
        track_ids=np.array(list(shown), np.str_),
        mean=np.array([one.statistics.mean for one in prototypes], np.float32).reshape(-1, DIM),
        unit_mean=np.array([one.statistics.unit_mean for one in prototypes], np.float32).reshape(-1, DIM),
        variance=np.array([one.statistics.variance for one in prototypes], np.float32),
        count=np.array([one.statistics.count for one in prototypes], np.int32),
        spread=np.array([one.spread for one in prototypes], np.float32),
        mixed=np.array([one.mixed for one in prototypes], np.bool_),
        metric=np.array(["unit_rms"], np.str_),
        threshold=np.array([THRESHOLD], np.float64),
    ).save(folder.path)
    lines = [{"kind": "faces"}]
    for track_id, track in shown.items():
        lines += [
            {"face_id": "face", "track_id": track_id, "frame": frame, "crop": _crop(track_id, frame), "rejected": None}
            for frame in _crop_frames(track)
        ]
    (folder.path / "faces.jsonl").write_bytes(b"\n".join(orjson.dumps(line) for line in lines))
    vectors = [track.faces for track in shown.values()] or [np.zeros((0, DIM), np.float32)]
    np.save(folder.path / "faces.npy", np.concatenate(vectors))
    summary = {"embedder": {"id": "dlib-resnet-v1", "version": version}, "mixed_tracks": []}
    return library.runs.publish(folder, summary, None).run_id


def _crop_frames(track: MadeTrack) -> Sequence[int]:
    count = max(1, len(track.faces))
    return [track.start_frame + (track.frames - 1) * place // max(1, count - 1) for place in range(count)]


def _crop(track_id: str, frame: int) -> str:
    return f"crops/{track_id}/frame_{frame:06d}.jpg"
