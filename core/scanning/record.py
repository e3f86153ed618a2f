"""What scanning remembers of its last run, as one row of the table ``settings``."""

import os
import sqlite3
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import orjson

from core.library.library import Library
from core.scanning.types import ScanResult

_ROW = "scanning.last"
_MOST_UNREADABLE = 200


@dataclass(frozen=True, slots=True)
class Record:
    """``folders``: mtime_ns of every folder that was listed, by path; it changes when files in it come or go."""

    total_scans: int = 0
    last_scan_time: str | None = None
    result: ScanResult | None = None
    folders: Mapping[str, int] = field(default_factory=dict)


def read_record(connection: sqlite3.Connection) -> Record:
    """The last scan; an empty record before the first."""
    row = connection.execute("SELECT value FROM settings WHERE key = ?", (_ROW,)).fetchone()
    if row is None:
        return Record()
    kept = orjson.loads(row["value"])
    return Record(kept["total_scans"], kept["last_scan_time"], _result_of(kept["result"]), kept["folders"])


def add_scan(library: Library, result: ScanResult, folders: Mapping[str, int], roots: tuple[str, ...], at: str) -> None:
    """Note a scan that came to its end: folders under ``roots`` are replaced by those that it found."""
    kept = asdict(result)
    kept["unreadable"] = kept["unreadable"][:_MOST_UNREADABLE]

    def write(connection: sqlite3.Connection) -> None:
        before = read_record(connection)
        others = {path: mtime for path, mtime in before.folders.items() if not is_under(path, roots)}
        value = {
            "total_scans": before.total_scans + 1,
            "last_scan_time": at,
            "result": kept,
            "folders": {**others, **folders},
        }
        connection.execute(
            "INSERT OR REPLACE INTO settings (key, value) VALUES (?, ?)", (_ROW, orjson.dumps(value).decode())
        )

    library.store.write(write)


def is_under(path: str, roots: tuple[str, ...]) -> bool:
    """Whether ``path`` is one of the folders or lies in one."""
    return any(path == root or path.startswith(root.rstrip(os.sep) + os.sep) for root in roots)


def _result_of(kept: Mapping[str, Any] | None) -> ScanResult | None:
    if kept is None:
        return None
    return ScanResult(
        **{
            **kept,
            "paths": tuple(kept["paths"]),
            "unreadable": tuple((path, why) for path, why in kept["unreadable"]),
        }
    )
