"""Names outlive runs: a name goes to the new identity whose boxes cover most of the old identity's boxes."""

import sqlite3
from collections import Counter
from dataclasses import dataclass

from core.library.library import Library
from core.review.boxes import BoxIndex, TrackBoxes, track_boxes

COVERS = 0.5  # share of a named identity's boxes that its successor must cover
SAME_FACE_IOU = 0.4
BOXES_ASKED = 40  # of each old track, spread evenly: enough to vote


@dataclass(frozen=True, slots=True)
class NamedBefore:
    """What a person decided about an identity, and where it was seen: its tracks' boxes."""

    identity_id: str
    name: str
    locked: bool
    labels: str
    boxes: tuple[TrackBoxes, ...]


@dataclass(frozen=True, slots=True)
class CarriedNames:
    """``given``: old decisions by new identity id; ``lost``: names that found no successor."""

    given: dict[str, NamedBefore]
    lost: tuple[str, ...]


class NamesChanged(Exception):
    """A person named, locked or labelled somebody since the names were read: carry them over again."""


_NAMED = (
    "SELECT identity_id, name, locked, labels, run_id FROM identities WHERE ep_id = ? AND deleted = 0 "
    "AND (name != '' OR locked = 1 OR labels != '{}') ORDER BY identity_id"
)


def require_unchanged(connection: sqlite3.Connection, ep_id: str, before: list["NamedBefore"]) -> None:
    """Inside the transaction that replaces them: raise NamesChanged unless the names are still those of ``before``."""
    now = [
        (row["identity_id"], row["name"], bool(row["locked"]), row["labels"])
        for row in connection.execute(_NAMED, (ep_id,))
    ]
    if now != [(one.identity_id, one.name, one.locked, one.labels) for one in before]:
        raise NamesChanged


def named_before(library: Library, ep_id: str) -> list[NamedBefore]:
    """Identities that a person named, locked or labelled, with the boxes of the run they were decided on."""
    rows = library.store.read().execute(_NAMED, (ep_id,))
    return [
        NamedBefore(
            row["identity_id"],
            row["name"],
            bool(row["locked"]),
            row["labels"],
            tuple(_boxes_of(library, ep_id, row["identity_id"], row["run_id"])),
        )
        for row in rows.fetchall()
    ]


def carried_names(
    library: Library, ep_id: str, before: list[NamedBefore], identity_of: dict[str, str | None]
) -> CarriedNames:
    """Give each old decision to at most one new identity, the surest first."""
    if not before:
        return CarriedNames({}, ())
    index = BoxIndex(track_boxes(library, ep_id), identity_of)
    votes = []
    for old in before:
        counts, asked = _votes(old, index)
        for identity_id, count in counts.items():
            if asked and count >= COVERS * asked:
                votes.append((count, old.identity_id, identity_id))
    given: dict[str, NamedBefore] = {}
    placed: set[str] = set()
    by_id = {old.identity_id: old for old in before}
    for _, old_id, new_id in sorted(votes, key=lambda vote: (-vote[0], vote[1], vote[2])):
        if old_id not in placed and new_id not in given:
            given[new_id] = by_id[old_id]
            placed.add(old_id)
    return CarriedNames(given, tuple(old.name for old in before if old.name and old.identity_id not in placed))


def _boxes_of(library: Library, ep_id: str, identity_id: str, cluster_run_id: int) -> list[TrackBoxes]:
    cluster_run = library.runs.get(cluster_run_id)
    track_ids = [
        row["track_id"]
        for row in library.store.read().execute(
            "SELECT track_id FROM assignments WHERE ep_id = ? AND run_id = ? AND identity_id = ?",
            (ep_id, cluster_run_id, identity_id),
        )
    ]
    return list(track_boxes(library, ep_id, track_ids, run_id=cluster_run.inputs["detect_track"]))


def _votes(old: NamedBefore, index: BoxIndex) -> tuple[Counter[str], int]:
    counts: Counter[str] = Counter()
    asked = 0
    for track in old.boxes:
        step = max(1, len(track.t_s) // BOXES_ASKED)
        for row in range(0, len(track.t_s), step):
            asked += 1
            x0, y0, x1, y1 = (float(value) for value in track.bbox[row])
            for box in index.at(float(track.t_s[row])):
                if box.identity_id is not None and _iou((x0, y0, x1, y1), box.bbox) >= SAME_FACE_IOU:
                    counts[box.identity_id] += 1
    return counts, asked


def _iou(first: tuple[float, float, float, float], second: tuple[float, float, float, float]) -> float:
    width = min(first[2], second[2]) - max(first[0], second[0])
    height = min(first[3], second[3]) - max(first[1], second[1])
    if width <= 0 or height <= 0:
        return 0.0
    areas = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (first, second))
    return width * height / (areas - width * height)
