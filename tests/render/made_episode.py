"""A small video with black bars whose sharp and blurred moments are known, and an analysis of it by rows."""

import itertools
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import orjson

from core.library.boxes import pack_boxes
from core.library.library import Library
from models.opencv import cv2

WIDTH_PX, HEIGHT_PX, BAR_PX = 320, 180, 20
FPS = 10
LENGTH_S = 12


@dataclass(frozen=True, slots=True)
class Face:
    """A face on screen from ``start_s`` on for a second, with crops at its moments: (t_s, quality)."""

    track_id: str
    identity_id: str
    crops: Sequence[tuple[float, float]]
    box: tuple[float, float, float, float] = (0.6, 0.3, 0.75, 0.6)


def make_video(path: Path, *, blurred_s: Sequence[tuple[float, float]] = ()) -> Path:
    """12 s of a moving pattern between black bars above and below; blurred in the named stretches."""
    noise = np.random.default_rng(3).integers(30, 255, (HEIGHT_PX, WIDTH_PX * 2, 3), np.uint8)
    pattern = cv2.resize(noise[::4, ::4], (WIDTH_PX * 2, HEIGHT_PX), interpolation=cv2.INTER_NEAREST)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS, options={"crf": "12", "preset": "ultrafast", "g": "10"})
        stream.width, stream.height, stream.pix_fmt = WIDTH_PX, HEIGHT_PX, "yuv420p"
        for index in range(LENGTH_S * FPS):
            picture = np.ascontiguousarray(pattern[:, 2 * index : 2 * index + WIDTH_PX])
            if any(start <= index / FPS < end for start, end in blurred_s):
                picture = cv2.GaussianBlur(picture, (0, 0), 6)
            picture[:BAR_PX] = picture[-BAR_PX:] = 0
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = index, Fraction(1, FPS)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def add_analysis(library: Library, ep_id: str, faces: Sequence[Face], *, cuts_s: Sequence[float] = ()) -> None:
    """Tracks, crops and identities as a detection and a clustering would publish them."""
    folder = library.runs.begin(ep_id, "detect_track", {}, {})
    edges = [0.0, *cuts_s, float(LENGTH_S)]

    def insert(connection: sqlite3.Connection, run_id: int) -> None:
        for index, (start_s, end_s) in enumerate(itertools.pairwise(edges)):
            frames = round(start_s * FPS), round(end_s * FPS)
            connection.execute(
                "INSERT INTO shots VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (run_id, index, *frames, *frames, start_s, end_s)
            )
        for face in faces:
            times = [t_s for t_s, _ in face.crops]
            frames_at = [round(t_s * FPS) for t_s in times]
            boxes = pack_boxes(frames_at, times, np.tile(face.box, (len(times), 1)), [0.9] * len(times))
            connection.execute(
                "INSERT INTO tracks (run_id, ep_id, track_id, shot_index, start_s, end_s, spans, frames, quality, "
                "flags, boxes) VALUES (?, ?, ?, 0, ?, ?, ?, ?, 0.8, '[]', ?)",
                (run_id, ep_id, face.track_id, times[0], times[-1] + 0.1,
                 orjson.dumps([(times[0], times[-1] + 0.1)]).decode(), len(times), boxes),
            )  # fmt: skip
            connection.executemany(
                "INSERT INTO crops (run_id, track_id, frame, t_s, overall, path) VALUES (?, ?, ?, ?, ?, ?)",
                [
                    (run_id, face.track_id, frame, t_s, quality, f"crops/{face.track_id}/{frame}.jpg")
                    for frame, (t_s, quality) in zip(frames_at, face.crops, strict=True)
                ],
            )

    detected = library.runs.publish(folder, {"frames": LENGTH_S * FPS}, insert).run_id

    def insert_people(connection: sqlite3.Connection, run_id: int) -> None:
        connection.executemany(
            "INSERT INTO identities (ep_id, run_id, identity_id) VALUES (?, ?, ?)",
            [(ep_id, run_id, one) for one in sorted({face.identity_id for face in faces})],
        )
        connection.executemany(
            "INSERT INTO assignments (ep_id, run_id, track_id, identity_id) VALUES (?, ?, ?, ?)",
            [(ep_id, run_id, face.track_id, face.identity_id) for face in faces],
        )

    clustered = library.runs.begin(ep_id, "cluster", {}, {"detect_track": detected})
    (clustered.path / "clusters.json").write_bytes(orjson.dumps({"tracks": []}))
    library.runs.publish(clustered, {}, insert_people)
