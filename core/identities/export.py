"""``episodes/<id>/identities.json``: who is who, for scripts, in step with every edit."""

import json
import sqlite3
import threading
from pathlib import Path
from typing import Any

import orjson

from core.library.durable import write_atomically
from core.library.paths import LibraryPaths
from core.library.store import Store

SCHEMA_VERSION = 1
FILE_NAME = "identities.json"
IDENTITIES_CHORE = "export_identities"
_ONE_WRITER = threading.Lock()


def write_identities(library_path: Path, store: Store, ep_id: str) -> None:
    """Bring an episode's file in step with the database. Raises StorageFull, StorageUnwritable: the old file stays."""
    path = LibraryPaths(library_path).episode(ep_id) / FILE_NAME
    with _ONE_WRITER:  # what is read last must be written last
        connection = store.read()
        if connection.execute("SELECT 1 FROM episodes WHERE ep_id = ?", (ep_id,)).fetchone() is not None:
            write_atomically(path, orjson.dumps(read_document(connection, ep_id), option=orjson.OPT_INDENT_2))


def read_document(connection: sqlite3.Connection, ep_id: str) -> dict[str, Any]:
    """``{"schema_version", "ep_id", "identities": [{"identity_id", "track_ids", "locked", "labels", "name"}]}``."""
    tracks: dict[str, list[str]] = {}
    for row in connection.execute(
        "SELECT a.identity_id, a.track_id FROM assignments a JOIN runs r ON r.run_id = a.run_id "
        "WHERE a.ep_id = ? AND r.current = 1 AND r.stage = 'cluster' AND a.identity_id IS NOT NULL "
        "ORDER BY a.identity_id, a.track_id",
        (ep_id,),
    ):
        tracks.setdefault(row["identity_id"], []).append(row["track_id"])
    rows = connection.execute(
        "SELECT i.identity_id, i.name, i.locked, i.labels FROM identities i JOIN runs r ON r.run_id = i.run_id "
        "WHERE i.ep_id = ? AND i.deleted = 0 AND r.current = 1 ORDER BY i.identity_id",
        (ep_id,),
    )
    identities = [
        {
            "identity_id": row["identity_id"],
            "track_ids": tracks.get(row["identity_id"], []),
            "locked": bool(row["locked"]),
            "labels": full_labels(row["labels"], row["name"]),
            "name": row["name"],
        }
        for row in rows
    ]
    return {"schema_version": SCHEMA_VERSION, "ep_id": ep_id, "identities": identities}


def full_labels(labels: str, name: str) -> dict[str, str]:
    """The labels as they are told to the outside: with the name, when there is one."""
    found: dict[str, str] = json.loads(labels)
    return found | ({"name": name} if name else {})
