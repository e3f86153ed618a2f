"""One line per box: CSV for spreadsheets and R, JSON Lines for scripts."""

import csv
import io
from collections.abc import Iterator
from typing import Any

import orjson

from core.export.document import BOX_DIGITS, SCHEMA_VERSION, TIME_DIGITS
from core.export.source import ExportSource
from core.spreadsheet import harmless

COLUMNS = (
    "ep_id", "track_id", "identity_id", "name", "shot", "frame", "t_s",
    "x0", "y0", "x1", "y1", "score", "interpolated",
)  # fmt: skip


def csv_lines(source: ExportSource) -> Iterator[bytes]:
    """RFC 4180 with a header, UTF-8; boxes in [0, 1]. A name that a spreadsheet would run is quoted harmless."""
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    for row in _rows(source):
        writer.writerow(row | {"name": harmless(row["name"]), "interpolated": int(row["interpolated"])})
        if buffer.tell() > 1 << 16:
            yield _drain(buffer)
    yield _drain(buffer)


def jsonl_lines(source: ExportSource) -> Iterator[bytes]:
    """A header line with the schema version, then one object a line."""
    yield orjson.dumps({"schema_version": SCHEMA_VERSION, "kind": "boxes", "columns": COLUMNS}) + b"\n"
    for row in _rows(source):
        yield orjson.dumps(row) + b"\n"


def _rows(source: ExportSource) -> Iterator[dict[str, Any]]:
    names = source.identity_names()
    rows = {row.track_id: row for row in source.review.tracks}
    for boxes in source.boxes:
        track = rows[boxes.track_id]
        for index in range(len(boxes.frames)):
            x0, y0, x1, y1 = (round(float(value), BOX_DIGITS) for value in boxes.bbox[index])
            yield {
                "ep_id": source.episode.ep_id,
                "track_id": boxes.track_id,
                "identity_id": track.identity_id or "",
                "name": names.get(track.identity_id or "", ""),
                "shot": track.shot_index,
                "frame": int(boxes.frames[index]),
                "t_s": round(float(boxes.t_s[index]), TIME_DIGITS),
                "x0": x0,
                "y0": y0,
                "x1": x1,
                "y1": y1,
                "score": round(float(boxes.score[index]), 4),
                "interpolated": bool(boxes.interpolated[index]),
            }


def _drain(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()
