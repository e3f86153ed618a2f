"""What people decided about the present identities, read before a new clustering takes their place."""

import json
import sqlite3
from dataclasses import dataclass
from typing import Self

from core.library.library import Library
from core.library.types import Run


@dataclass(frozen=True, slots=True)
class OldIdentity:
    """A live identity of the older clustering. ``labels`` is its JSON; ``by_person``: tracks that a person placed."""

    identity_id: str
    name: str
    locked: bool
    labels: str
    tracks: tuple[str, ...]
    by_person: frozenset[str]

    @property
    def confirmed(self) -> bool:
        """A person named, labelled or locked it, or put it together."""
        return bool(self.name or self.locked or self.labels != "{}" or self.by_person)

    @property
    def label(self) -> str:
        """The name, or ``Person 3``."""
        return self.name or f"Person {int(self.identity_id.rsplit('-', 1)[1])}"


@dataclass(frozen=True, slots=True)
class OldLink:
    """``kind`` must or cannot."""

    kind: str
    first_track: str
    second_track: str


@dataclass(frozen=True, slots=True)
class OldRejection:
    """A suggestion that was turned down; ``second`` is a track, a cast id or nothing."""

    kind: str
    first_track: str
    second: str


@dataclass(frozen=True, slots=True)
class Decisions:
    """Of the clustering ``run`` on the tracks of ``detect_run``. ``deleted``: reason by track id.

    ``excluded``: crops that a person took out. ``stamp`` changes with every edit.
    """

    run: Run
    detect_run: int
    identities: tuple[OldIdentity, ...]
    links: tuple[OldLink, ...]
    rejections: tuple[OldRejection, ...]
    deleted: dict[str, str]
    excluded: int
    stamp: tuple[object, ...]

    @classmethod
    def read(cls, library: Library, ep_id: str) -> Self | None:
        """None before the first clustering."""
        run = library.runs.current(ep_id, "cluster")
        if run is None:
            return None
        detect_run = run.inputs["detect_track"]
        with library.store.snapshot() as connection:
            return cls(
                run=run,
                detect_run=detect_run,
                identities=_identities(connection, ep_id, run.run_id),
                links=tuple(
                    OldLink(row["kind"], row["first_track"], row["second_track"])
                    for row in connection.execute(
                        "SELECT * FROM links WHERE run_id = ? AND live = 1 ORDER BY link_id", (detect_run,)
                    )
                ),
                rejections=tuple(
                    OldRejection(row["kind"], row["first_track"], row["second"])
                    for row in connection.execute(
                        "SELECT * FROM rejections WHERE run_id = ? AND live = 1 ORDER BY rejection_id", (detect_run,)
                    )
                ),
                deleted={
                    row["track_id"]: row["delete_reason"]
                    for row in connection.execute(
                        "SELECT track_id, delete_reason FROM tracks WHERE run_id = ? AND state = 'deleted' "
                        "ORDER BY track_id",
                        (detect_run,),
                    )
                },
                excluded=connection.execute(
                    "SELECT count(*) FROM crops WHERE run_id = ? AND excluded != ''", (detect_run,)
                ).fetchone()[0],
                stamp=stamp_of(connection, ep_id),
            )


def stamp_of(connection: sqlite3.Connection, ep_id: str) -> tuple[object, ...]:
    """Changes whenever somebody edits, undoes or redoes."""
    row = connection.execute(
        "SELECT max(edit_id), sum(state = 'done'), (SELECT next FROM counters WHERE ep_id = :ep AND kind = 'revision') "
        "FROM edits WHERE ep_id = :ep",
        {"ep": ep_id},
    ).fetchone()
    return tuple(row)


def _identities(connection: sqlite3.Connection, ep_id: str, run_id: int) -> tuple[OldIdentity, ...]:
    tracks: dict[str, list[str]] = {}
    by_person: dict[str, set[str]] = {}
    for row in connection.execute(
        "SELECT identity_id, track_id, by_person FROM assignments WHERE run_id = ? AND identity_id IS NOT NULL "
        "ORDER BY track_id",
        (run_id,),
    ):
        tracks.setdefault(row["identity_id"], []).append(row["track_id"])
        if row["by_person"]:
            by_person.setdefault(row["identity_id"], set()).add(row["track_id"])
    rows = connection.execute(
        "SELECT * FROM identities WHERE ep_id = ? AND run_id = ? AND deleted = 0 ORDER BY identity_id", (ep_id, run_id)
    )
    return tuple(
        OldIdentity(
            row["identity_id"],
            row["name"],
            bool(row["locked"]),
            json.dumps(json.loads(row["labels"]), sort_keys=True, ensure_ascii=False),
            tuple(tracks.get(row["identity_id"], ())),
            frozenset(by_person.get(row["identity_id"], ())),
        )
        for row in rows
    )
