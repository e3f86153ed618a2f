"""Links between tracks: the same person, or never the same; and suggestions that a person turned down."""

from collections.abc import Mapping
from typing import Any

from core.errors import InvalidRequest, NotFound
from core.identities.changes import listed
from core.identities.commands import Done, edit_command
from core.identities.draft import Draft, counted, unique_ids


@edit_command("must_link")
def must_link(draft: Draft, payload: dict[str, Any]) -> Done:
    """``{"first_track", "second_track"}``: one person; the second comes to the first's identity with its own links."""
    first, second = _pair(draft, payload)
    place, other = draft.track(first)["identity_id"], draft.track(second)["identity_id"]
    if place is None and other is None:
        place = draft.new_identity()
        draft.assign([first], place)
    elif place is None:
        first, second, place, other = second, first, other, None
    if place != other:
        draft.unlocked(place)
        if other is not None:
            draft.unlocked(other)
        draft.assign(linked_with(draft, second), place)
    _add(draft, "must", first, second)
    return Done(f"Link {first} and {second} as the same person")


@edit_command("cannot_link")
def cannot_link(draft: Draft, payload: dict[str, Any]) -> Done:
    """``{"first_track", "second_track"}``: different people; in one identity the second is split off with its links."""
    first, second = _pair(draft, payload)
    group = linked_with(draft, second)
    if first in group:
        raise InvalidRequest(f"{first} and {second} are linked as the same person.", action="Remove that link first.")
    place = draft.track(first)["identity_id"]
    result: dict[str, Any] = {}
    if place is not None and place == draft.track(second)["identity_id"]:
        draft.unlocked(place)
        result["new_id"] = draft.new_identity()
        draft.assign(group, result["new_id"])
    _add(draft, "cannot", first, second)
    return Done(f"Mark {first} and {second} as different people", result)


@edit_command("unlink")
def unlink(draft: Draft, payload: dict[str, Any]) -> Done:
    """``{"link_id"}``: the tracks stay where they are."""
    row = draft.connection.execute(
        "SELECT * FROM links WHERE link_id = ? AND run_id = ? AND live = 1", (payload["link_id"], draft.detect_run)
    ).fetchone()
    if row is None:
        raise NotFound(f"There is no link {payload['link_id']}.", action="Look at the list of links.")
    draft.set_rows("links", (), {row["link_id"]: {"live": 0}})
    return Done(f"Remove the link of {row['first_track']} and {row['second_track']}")


@edit_command("reject")
def reject(draft: Draft, payload: dict[str, Any]) -> Done:
    """``{"rejections": [[kind, first_track, second]]}``: not proposed again. ``second`` is a track, a cast id or ""."""
    rejections = [tuple(map(str, one)) for one in payload["rejections"]]
    draft.tracks(dict.fromkeys(first_track for _, first_track, _ in rejections))
    known = {
        tuple(row)
        for row in draft.connection.execute(
            "SELECT kind, first_track, second FROM rejections WHERE run_id = ? AND live = 1", (draft.detect_run,)
        )
    }
    new = [
        draft.connection.execute(
            "INSERT INTO rejections (ep_id, run_id, kind, first_track, second) VALUES (?, ?, ?, ?, ?)",
            (draft.ep_id, draft.detect_run, *rejection),
        ).lastrowid
        for rejection in dict.fromkeys(rejections)
        if rejection not in known
    ]
    draft.set_rows("rejections", (), {rejection_id: {"live": 1} for rejection_id in new})
    unique_ids([one[1] for one in rejections], "suggestion")
    return Done(f"Reject {counted(len(rejections), 'suggestion', 'suggestions')}")


def linked_with(draft: Draft, track_id: str) -> list[str]:
    """The track and all live tracks that are linked with it as the same person, directly or not."""
    neighbours = _neighbours(draft, "must")
    found, waiting = {track_id}, [track_id]
    while waiting:
        for other in neighbours.get(waiting.pop(), set()) - found:
            found.add(other)
            waiting.append(other)
    return _live(draft, found)


def cannot_partners(draft: Draft, track_id: str) -> list[str]:
    """The live tracks that were told apart from a track."""
    return _live(draft, _neighbours(draft, "cannot").get(track_id, set()))


def linked_tracks(draft: Draft) -> set[str]:
    """Tracks with any link."""
    return _neighbours(draft, "must").keys() | _neighbours(draft, "cannot").keys()


def hand_on(draft: Draft, heirs: Mapping[str, str]) -> None:
    """Links and rejected pairs of tracks that are divided go on with the part that stays; ``heirs`` part by track."""
    _hand_on(draft, heirs, "links", "link_id", "second_track")
    _hand_on(draft, heirs, "rejections", "rejection_id", "second")


def _hand_on(draft: Draft, heirs: Mapping[str, str], table: str, key: str, second: str) -> None:
    # what was rejected about one track alone was about what it was before
    rows = draft.connection.execute(
        f"SELECT {key} AS row_id, kind, first_track, {second} AS second FROM {table} "  # noqa: S608  constants
        f"WHERE run_id = ? AND live = 1 AND {second} != ''",
        (draft.detect_run,),
    ).fetchall()
    old = [row for row in rows if row["first_track"] in heirs or row["second"] in heirs]
    new = [
        draft.connection.execute(
            f"INSERT INTO {table} (ep_id, run_id, kind, first_track, {second}) "  # noqa: S608  constants
            "VALUES (?, ?, ?, ?, ?)",
            (
                draft.ep_id,
                draft.detect_run,
                row["kind"],
                heirs.get(row["first_track"], row["first_track"]),
                heirs.get(row["second"], row["second"]),
            ),
        ).lastrowid
        for row in old
    ]
    draft.set_rows(table, (), {row["row_id"]: {"live": 0} for row in old} | {row_id: {"live": 1} for row_id in new})


def _pair(draft: Draft, payload: dict[str, Any]) -> tuple[str, str]:
    first, second = str(payload["first_track"]), str(payload["second_track"])
    if first == second:
        raise InvalidRequest(f"{first} cannot be linked with itself.", action="Choose two tracks.")
    draft.tracks([first, second])
    return first, second


def _neighbours(draft: Draft, kind: str) -> dict[str, set[str]]:
    """By track, those that have a living link of a kind with it."""
    found: dict[str, set[str]] = {}
    for first, second in draft.connection.execute(
        "SELECT first_track, second_track FROM links WHERE run_id = ? AND live = 1 AND kind = ?",
        (draft.detect_run, kind),
    ):
        found.setdefault(first, set()).add(second)
        found.setdefault(second, set()).add(first)
    return found


def _live(draft: Draft, track_ids: set[str]) -> list[str]:
    rows = draft.connection.execute(
        "SELECT track_id FROM tracks WHERE run_id = ? AND state = 'live' "
        "AND track_id IN (SELECT value FROM json_each(?)) ORDER BY track_id",
        (draft.detect_run, listed(track_ids)),
    )
    return [row["track_id"] for row in rows]


def _add(draft: Draft, kind: str, first: str, second: str) -> None:
    """A live link of the pair, none twice."""
    one, two = sorted((first, second))
    known = draft.connection.execute(
        "SELECT 1 FROM links WHERE run_id = ? AND kind = ? AND live = 1 "
        "AND ((first_track = ? AND second_track = ?) OR (first_track = ? AND second_track = ?))",
        (draft.detect_run, kind, one, two, two, one),
    ).fetchone()
    if known is None:
        cursor = draft.connection.execute(
            "INSERT INTO links (ep_id, run_id, kind, first_track, second_track) VALUES (?, ?, ?, ?, ?)",
            (draft.ep_id, draft.detect_run, kind, one, two),
        )
        draft.set_rows("links", (), {cursor.lastrowid: {"live": 1}})
