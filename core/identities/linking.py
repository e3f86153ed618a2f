"""Links between tracks: the same person, or never the same; and suggestions that a person turned down."""

from typing import Any

from core.errors import InvalidRequest, NotFound
from core.identities.commands import Done, edit_command
from core.identities.draft import Draft, counted, unique_ids


@edit_command("must_link")
def must_link(draft: Draft, payload: dict[str, Any]) -> Done:
    """``{"first_track", "second_track"}``: one person; the second comes to the first's identity with its own links."""
    first, second = _pair(draft, payload)
    place, other = draft.track(first)["identity_id"], draft.track(second)["identity_id"]
    if place is None and other is None:
        place = draft.new_identity()
        draft.assign(first, place)
    elif place is None:
        first, second, place, other = second, first, other, None
    if place != other:
        draft.unlocked(place)
        if other is not None:
            draft.unlocked(other)
        for track_id in _linked_with(draft, second):
            draft.assign(track_id, place)
    _add(draft, "must", first, second)
    return Done(f"Link {first} and {second} as the same person")


@edit_command("cannot_link")
def cannot_link(draft: Draft, payload: dict[str, Any]) -> Done:
    """``{"first_track", "second_track"}``: different people; in one identity the second is split off with its links."""
    first, second = _pair(draft, payload)
    group = _linked_with(draft, second)
    if first in group:
        raise InvalidRequest(f"{first} and {second} are linked as the same person.", action="Remove that link first.")
    place = draft.track(first)["identity_id"]
    result: dict[str, Any] = {}
    if place is not None and place == draft.track(second)["identity_id"]:
        draft.unlocked(place)
        result["new_id"] = draft.new_identity()
        for track_id in group:
            draft.assign(track_id, result["new_id"])
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
    draft.set("links", (row["link_id"],), live=0)
    return Done(f"Remove the link of {row['first_track']} and {row['second_track']}")


@edit_command("reject")
def reject(draft: Draft, payload: dict[str, Any]) -> Done:
    """``{"rejections": [[kind, first_track, second]]}``: not proposed again. ``second`` is a track, a cast id or ""."""
    rejections = [tuple(map(str, one)) for one in payload["rejections"]]
    for kind, first_track, second in dict.fromkeys(rejections):
        draft.track(first_track)
        known = draft.connection.execute(
            "SELECT 1 FROM rejections WHERE run_id = ? AND kind = ? AND first_track = ? AND second = ? AND live = 1",
            (draft.detect_run, kind, first_track, second),
        ).fetchone()
        if known is None:
            cursor = draft.connection.execute(
                "INSERT INTO rejections (ep_id, run_id, kind, first_track, second) VALUES (?, ?, ?, ?, ?)",
                (draft.ep_id, draft.detect_run, kind, first_track, second),
            )
            draft.set("rejections", (cursor.lastrowid,), live=1)
    unique_ids([one[1] for one in rejections], "suggestion")
    return Done(f"Reject {counted(len(rejections), 'suggestion', 'suggestions')}")


def _pair(draft: Draft, payload: dict[str, Any]) -> tuple[str, str]:
    first, second = str(payload["first_track"]), str(payload["second_track"])
    if first == second:
        raise InvalidRequest(f"{first} cannot be linked with itself.", action="Choose two tracks.")
    draft.track(first)
    draft.track(second)
    return first, second


def _linked_with(draft: Draft, track_id: str) -> list[str]:
    """The track and all live tracks that are linked with it as the same person, directly or not."""
    neighbours: dict[str, set[str]] = {}
    for row in draft.connection.execute(
        "SELECT first_track, second_track FROM links WHERE run_id = ? AND live = 1 AND kind = 'must'",
        (draft.detect_run,),
    ):
        neighbours.setdefault(row["first_track"], set()).add(row["second_track"])
        neighbours.setdefault(row["second_track"], set()).add(row["first_track"])
    found, waiting = {track_id}, [track_id]
    while waiting:
        for other in neighbours.get(waiting.pop(), set()) - found:
            found.add(other)
            waiting.append(other)
    live = {
        row["track_id"]
        for row in draft.connection.execute(
            "SELECT track_id FROM tracks WHERE run_id = ? AND state = 'live'", (draft.detect_run,)
        )
    }
    return sorted(found & live)


def _add(draft: Draft, kind: str, first: str, second: str) -> None:
    """A live link of the pair, none twice."""
    one, two = sorted((first, second))
    known = draft.connection.execute(
        "SELECT 1 FROM links WHERE run_id = ? AND kind = ? AND first_track = ? AND second_track = ? AND live = 1",
        (draft.detect_run, kind, one, two),
    ).fetchone()
    if known is None:
        cursor = draft.connection.execute(
            "INSERT INTO links (ep_id, run_id, kind, first_track, second_track) VALUES (?, ?, ?, ?, ?)",
            (draft.ep_id, draft.detect_run, kind, one, two),
        )
        draft.set("links", (cursor.lastrowid,), live=1)
