"""The episode as one JSON object. Its shape is a promise: fields are added, never renamed or removed."""

from typing import Any

import orjson

from core.export.source import ExportSource
from core.review.boxes import TrackBoxes

SCHEMA_VERSION = 1
TIME_DIGITS = 6
BOX_DIGITS = 5


def episode_document(source: ExportSource) -> bytes:
    """UTF-8 JSON; times in seconds from the container's start, by PTS; boxes x0 y0 x1 y1 in [0, 1]."""
    document = {
        "schema_version": SCHEMA_VERSION,
        "episode": _episode(source),
        "shots": [
            {"start_s": round(shot.start_s, TIME_DIGITS), "end_s": round(shot.end_s, TIME_DIGITS)}
            for shot in source.review.shots
        ],
        "tracks": _tracks(source),
        "identities": [
            {
                "identity_id": one.identity_id,
                "name": one.name,
                "label": one.label,
                "track_ids": list(one.track_ids),
                "screen_time_s": round(one.screen_time_s, TIME_DIGITS),
                "locked": one.locked,
            }
            for one in source.review.identities
        ],
        "metrics": source.metrics,
    }
    return orjson.dumps(document, option=orjson.OPT_INDENT_2)


def _episode(source: ExportSource) -> dict[str, Any]:
    episode, info = source.episode, source.episode.info
    return {
        "ep_id": episode.ep_id,
        "title": episode.title,
        "show_slug": episode.show_slug,
        "season": episode.season,
        "episode": episode.episode,
        "media_path": str(episode.media_path),
        "duration_s": round(info.duration_s, TIME_DIGITS),
        "container_start_s": round(info.start_s, TIME_DIGITS),
        "frame_count": source.review.frame_count,
        "width_px": info.width_px,
        "height_px": info.height_px,
    }


def _tracks(source: ExportSource) -> list[dict[str, Any]]:
    boxes = {one.track_id: one for one in source.boxes}
    return [
        {
            "track_id": row.track_id,
            "identity_id": row.identity_id,
            "start_s": round(row.start_s, TIME_DIGITS),
            "end_s": round(row.end_s, TIME_DIGITS),
            "flags": [str(flag) for flag in row.flags],
            "unassigned_reason": row.unassigned_reason,
            "boxes": _boxes(boxes[row.track_id]),
        }
        for row in source.review.tracks
    ]


def _boxes(boxes: TrackBoxes) -> list[dict[str, Any]]:
    columns = zip(
        boxes.t_s.tolist(), boxes.frames.tolist(), boxes.bbox.tolist(), boxes.interpolated.tolist(), strict=True
    )
    return [
        {
            "t_s": round(t_s, TIME_DIGITS),
            "frame": frame,
            "bbox": [round(value, BOX_DIGITS) for value in bbox],
            "interpolated": interpolated,
        }
        for t_s, frame, bbox, interpolated in columns
    ]
