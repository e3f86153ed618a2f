"""Cast members and their photos as rows."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from core.cast.types import Seed
from core.faces.types import FaceQuality

_COLUMNS = "seed_id, cast_id, display_path, embed_path, source, quality, created_at"


def embedder_key(model: str, version: str) -> str:
    """What tells whose vectors can be compared: a model's id and the version of its file."""
    return f"{model}@{version}"


@dataclass(frozen=True, slots=True)
class SeedFace:
    """What is kept of the face beside the pictures: ``landmarks_px`` (6, 2) in the embed image, and its measures."""

    landmarks_px: npt.NDArray[np.float32]
    quality: FaceQuality
    size_px: float
    faces: int
    digest: str

    def to_json(self) -> str:
        """For the column ``quality``; NaN becomes null."""
        content = {
            **asdict(self.quality),
            "width_px": self.size_px,
            "faces": self.faces,
            "digest": self.digest,
            "landmarks_px": self.landmarks_px.tolist(),
        }
        return orjson.dumps(content).decode()


def landmarks_of(text: str) -> npt.NDArray[np.float32]:
    """The landmarks out of the column ``quality``, float32 (6, 2)."""
    points = orjson.loads(text)["landmarks_px"]
    return np.array([[np.nan if value is None else value for value in point] for point in points], np.float32)


def seeds_by_member(connection: sqlite3.Connection, root: Path, cast_ids: Iterable[str]) -> dict[str, list[Seed]]:
    """The photos of some members, oldest first; ``root`` is the library's folder."""
    found: dict[str, list[Seed]] = defaultdict(list)
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM seeds WHERE cast_id IN (SELECT value FROM json_each(?)) "  # noqa: S608  a constant
        "ORDER BY created_at, seed_id",
        (orjson.dumps(list(cast_ids)).decode(),),
    )
    for row in rows:
        found[row["cast_id"]].append(_seed(row, root))
    return found


def seed_with_digest(connection: sqlite3.Connection, root: Path, cast_id: str, digest: str) -> Seed | None:
    """The member's photo that was made of the very same file."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM seeds WHERE cast_id = ? AND json_extract(quality, '$.digest') = ?",  # noqa: S608
        (cast_id, digest),
    ).fetchone()
    return _seed(row, root) if row is not None else None


def _seed(row: sqlite3.Row, root: Path) -> Seed:
    quality: dict[str, Any] = orjson.loads(row["quality"])
    return Seed(
        seed_id=row["seed_id"],
        cast_id=row["cast_id"],
        display_path=root / row["display_path"],
        embed_path=root / row["embed_path"],
        source=row["source"],
        quality=float(quality["overall"] or 0.0),
        size_px=float(quality["width_px"]),
        created_at=row["created_at"],
        faces=int(quality.get("faces", 1)),
    )
