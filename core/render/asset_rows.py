"""Rows of the table render_assets. Functions that take a connection run inside its transaction."""

import sqlite3
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import orjson

from core.errors import NotFound
from core.library.clock import now_text
from core.render.records import Asset, AssetCategory


def insert_asset(
    connection: sqlite3.Connection,
    key: str,
    category: AssetCategory,
    size_bytes: int,
    facts: Mapping[str, Any],
    uploaded_by: str,
) -> None:
    """A file that lies in its place."""
    connection.execute(
        "INSERT INTO render_assets (key, category, size_bytes, facts, uploaded_by, created_at) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        (key, category.value, size_bytes, orjson.dumps(dict(facts)).decode(), uploaded_by, now_text()),
    )


def read_asset(connection: sqlite3.Connection, root: Path, key: str) -> Asset:
    """One uploaded file. Raises NotFound."""
    row = connection.execute("SELECT * FROM render_assets WHERE key = ?", (key,)).fetchone()
    if row is None:
        raise NotFound(f"There is no uploaded file “{key[:200]}”.", action="Upload it again.")
    return Asset(
        key=row["key"],
        category=AssetCategory(row["category"]),
        path=str(root / row["key"]),
        size_bytes=row["size_bytes"],
        created_at=row["created_at"],
        facts=MappingProxyType(orjson.loads(row["facts"])),
    )


def upload_ids(connection: sqlite3.Connection) -> set[str]:
    """The names of the folders in which uploaded files lie."""
    return {row["key"].split("/")[1] for row in connection.execute("SELECT key FROM render_assets")}


def delete_asset(connection: sqlite3.Connection, key: str) -> bool:
    """Whether there was such a file."""
    return connection.execute("DELETE FROM render_assets WHERE key = ?", (key,)).rowcount > 0
