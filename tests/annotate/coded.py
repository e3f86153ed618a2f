"""A library with a video to code; the row is written by hand, for what is coded needs no file."""

import json
from pathlib import Path

from core.jobs.events import AnnotationChanged, Event
from core.library.library import Library

DURATION_S = 60.0


def add_media(library: Library, duration_s: float = DURATION_S, name: str = "talk.mp4") -> int:
    """Its ``media_id``."""
    facts = {
        "file_name": name,
        "path": f"/videos/{name}",
        "duration_s": duration_s,
        "width_px": 640,
        "height_px": 360,
        "average_fps": 25.0,
    }
    return library.store.write(
        lambda connection: int(
            connection.execute(
                "INSERT INTO annotation_media (file_name, path, size_bytes, facts, created_at) VALUES (?, ?, 1, ?, '')",
                (name, f"/videos/{name}", json.dumps(facts)),
            ).lastrowid
            or 0
        )
    )


def spans(library: Library, tier_id: int) -> list[tuple[float, float, str]]:
    """What a tier holds."""
    return [(mark.start_s, mark.end_s, mark.label) for mark in library.coding.marks(tier_id)]


def heard(library: Library) -> list[tuple[str, bool]]:
    """Ids of tiers that are told of from now on, and whether they are gone."""
    told: list[tuple[str, bool]] = []

    def receive(event: Event) -> None:
        if isinstance(event, AnnotationChanged) and event.what == "tier":
            told.append((event.subject, event.deleted))

    library.events.subscribe(receive)
    return told


def open_library(folder: Path) -> Library:
    """A library in a folder."""
    return Library.open(folder / "library", holder="test")
