"""An analysed episode by rows, with frames at chosen PTS: what screen time is computed from."""

import itertools
import sqlite3
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
import orjson

from core.library.boxes import pack_boxes
from core.library.library import Library
from core.library.media_json import media_to_json
from core.media.types import MediaInfo

EP_ID = "film"
TIME_BASE = Fraction(1, 1000)
STEADY = tuple(range(0, 20_000, 40))
UNSTEADY = tuple(np.cumsum([0, *([20, 60, 100] * 110)]).tolist())
"""Frames that stay 20, 60 and 100 ms in turn: 331 frames, the last at 19.8 s."""

Spans = Mapping[str, tuple[str | None, Sequence[tuple[float, float]]]]


def make_film(
    library: Library,
    spans: Spans,
    *,
    pts: Sequence[int] = STEADY,
    end_pts: int = 20_000,
    origin_pts: int = 0,
    cuts_pts: Sequence[int] = (),
    title: str = "Film",
    fps: float = 25.0,
    keep_frames: bool = True,
    summary: Mapping[str, object] | None = None,
) -> None:
    """``spans``: identity (or None) and seconds on screen by track; identities are ``identity-00001`` and so on."""
    info = MediaInfo(
        path="/nowhere/film.mp4", size_bytes=1, container="mp4", video_index=0, codec="h264", width_px=640,
        height_px=360, coded_width_px=640, coded_height_px=360, rotation_deg=0, sample_aspect=1.0,
        time_base=TIME_BASE, start_s=0.0, duration_s=float((end_pts - origin_pts) * TIME_BASE), average_fps=fps,
        variable_rate=pts is UNSTEADY,
    )  # fmt: skip
    library.store.write(
        lambda connection: connection.execute(
            "INSERT INTO episodes (ep_id, title, created_at, media_path, info, fingerprint) VALUES (?, ?, ?, ?, ?, ?)",
            (EP_ID, title, "2026-01-01T00:00:00+00:00", str(Path("/nowhere/film.mp4")), media_to_json(info), "1-a"),
        )
    )
    known = {"frames": len(pts), "time_base": str(TIME_BASE), "origin_pts": origin_pts}
    detected = _detect(library, spans, pts, end_pts, origin_pts, cuts_pts, known | dict(summary or {}), keep_frames)
    _cluster(library, spans, detected)


def _detect(
    library: Library,
    spans: Spans,
    pts: Sequence[int],
    end_pts: int,
    origin_pts: int,
    cuts_pts: Sequence[int],
    summary: dict[str, object],
    keep_frames: bool,
) -> int:
    folder = library.runs.begin(EP_ID, "detect_track", {"detector": "blazeface-full-range", "stride": 6}, {})
    if keep_frames:
        np.save(folder.path / "frames.npy", np.array(pts, dtype=np.int64))
    edges = [pts[0], *cuts_pts, end_pts]

    def second(at: int) -> float:
        return float((at - origin_pts) * TIME_BASE)

    def insert(connection: sqlite3.Connection, run_id: int) -> None:
        for index, (start, end) in enumerate(itertools.pairwise(edges)):
            frames = np.searchsorted(pts, (start, end)).tolist()
            connection.execute(
                "INSERT INTO shots VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (run_id, index, *frames, start, end, second(start), second(end)),
            )
        for track_id, (_, seconds) in spans.items():
            at = [origin_pts + round(seconds[0][0] * 1000)]
            boxes = pack_boxes(np.searchsorted(pts, at), [seconds[0][0]], np.full((1, 4), 0.3), [0.9])
            shot = int(np.searchsorted(edges[1:], at[0], side="right"))
            connection.execute(
                "INSERT INTO tracks (run_id, ep_id, track_id, shot_index, start_s, end_s, spans, frames, quality, "
                "flags, boxes) VALUES (?, ?, ?, ?, ?, ?, ?, 1, 0.8, '[]', ?)",
                (run_id, EP_ID, track_id, shot, seconds[0][0], seconds[-1][1], orjson.dumps(seconds).decode(), boxes),
            )

    return library.runs.publish(folder, summary, insert).run_id


def _cluster(library: Library, spans: Spans, detected: int) -> None:
    def insert(connection: sqlite3.Connection, run_id: int) -> None:
        people = sorted({identity for identity, _ in spans.values() if identity})
        connection.executemany(
            "INSERT INTO identities (ep_id, run_id, identity_id) VALUES (?, ?, ?)",
            [(EP_ID, run_id, one) for one in people],
        )
        connection.executemany(
            "INSERT INTO assignments (ep_id, run_id, track_id, identity_id) VALUES (?, ?, ?, ?)",
            [(EP_ID, run_id, track_id, identity) for track_id, (identity, _) in spans.items()],
        )

    folder = library.runs.begin(EP_ID, "cluster", {"cluster_thresh": 0.58}, {"detect_track": detected})
    document = {"tracks": [{"track_id": track, "identity_id": one} for track, (one, _) in spans.items()]}
    (folder.path / "clusters.json").write_bytes(orjson.dumps(document))
    library.runs.publish(folder, {}, insert)
