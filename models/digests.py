"""Checksums of model files, computed once for as long as a file's size and time stay the same."""

import contextlib
import os
import threading
from pathlib import Path
from typing import Any

import orjson

from models.fetch import sha256_of


class Digests:
    """sha256 by path. Kept in a small file, so that a start does not read hundreds of megabytes again.

    A folder that cannot be written only costs the time of hashing once in each process.
    """

    def __init__(self, record: Path) -> None:
        self._record = record
        self._lock = threading.Lock()
        self._known: dict[str, list[Any]] | None = None

    def of(self, path: Path) -> str:
        """Hexadecimal sha256. Raises OSError."""
        stat = path.stat()
        stamp = [stat.st_size, stat.st_mtime_ns]
        name = self._name(path)
        with self._lock:
            known = self._all().get(name)
            if known is not None and known[:2] == stamp:
                return str(known[2])
            digest = sha256_of(path)
            self._remember(name, [*stamp, digest])
            return digest

    def _name(self, path: Path) -> str:
        """Relative inside the store, so that it can be moved or mounted elsewhere."""
        root = self._record.parent
        return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path.absolute())

    def _all(self) -> dict[str, list[Any]]:
        if self._known is None:
            self._known = self._read()
        return self._known

    def _read(self) -> dict[str, list[Any]]:
        content = read_json(self._record)
        return {name: row for name, row in content.items() if isinstance(row, list) and len(row) == 3}

    def _remember(self, name: str, row: list[Any]) -> None:
        self._all()[name] = row
        merged = {**self._read(), **self._all()}  # another process may have added its own meanwhile
        root = self._record.parent
        self._known = {name: row for name, row in merged.items() if (root / name).exists()}
        if not self._record.parent.is_dir():
            return
        with contextlib.suppress(OSError):  # it only saves time
            write_json(self._record, self._known)


def read_json(path: Path) -> dict[str, Any]:
    """An object; empty when the file is absent or damaged, both of which its writers heal. Raises OSError."""
    try:
        content = orjson.loads(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError, orjson.JSONDecodeError):
        return {}
    return content if isinstance(content, dict) else {}


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Whole or not at all. Raises OSError."""
    temp = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.tmp")
    try:
        temp.write_bytes(orjson.dumps(content, option=orjson.OPT_INDENT_2))
        temp.replace(path)
    finally:
        temp.unlink(missing_ok=True)
