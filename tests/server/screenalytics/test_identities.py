"""Identities corrected over HTTP, as the document shows it; and what the document leaves to us."""

import json
import time
from typing import Any

from tests.server.screenalytics.live import Live


def everybody(live: Live) -> dict[str, dict[str, Any]]:
    """The identities by id."""
    return {one["identity_id"]: one for one in live.client.get("/episodes/film/identities").data["identities"]}


def largest(live: Live) -> list[dict[str, Any]]:
    """The identities, the one with most tracks first."""
    return sorted(everybody(live).values(), key=lambda one: -len(one["track_ids"]))


def test_that_identities_and_tracks_are_listed(live: Live) -> None:
    identities = everybody(live)
    assert len(identities) >= 3
    for one in identities.values():
        assert one["identity_id"].startswith("identity-")
        assert one["locked"] is False
        assert one["labels"] == {}
        assert one["track_ids"]
    tracks = live.client.get("/episodes/film/tracks").data
    placed = {one["track_id"]: one["identity_id"] for one in tracks["tracks"]}
    assert tracks["total"] == len(placed)
    for one in identities.values():
        assert all(placed[track_id] == one["identity_id"] for track_id in one["track_ids"])


def test_that_a_merge_answers_with_all_tracks_of_the_target(live: Live) -> None:
    first, second, third = largest(live)[:3]
    sources = [second["identity_id"], third["identity_id"]]
    body = {"source_ids": sources, "target_id": first["identity_id"]}
    merged = live.client.post("/episodes/film/identities/merge", body).data
    assert merged["target_id"] == first["identity_id"]
    assert merged["sources_deleted"] == sources
    assert merged["track_ids"] == sorted(first["track_ids"] + second["track_ids"] + third["track_ids"])
    after = everybody(live)
    assert not set(sources) & set(after)
    assert after[first["identity_id"]]["track_ids"] == merged["track_ids"]


def test_that_the_export_follows_an_edit_within_a_second(live: Live) -> None:
    first, second = largest(live)[:2]
    live.client.post(
        "/episodes/film/identities/merge",
        {"source_ids": [second["identity_id"]], "target_id": first["identity_id"]},
    )
    time.sleep(1.0)
    document = json.loads((live.library.paths.episode("film") / "identities.json").read_bytes())
    exported = {one["identity_id"]: one for one in document["identities"]}
    assert {name: one["track_ids"] for name, one in exported.items()} == {
        name: one["track_ids"] for name, one in everybody(live).items()
    }


def test_that_a_split_makes_a_new_identity(live: Live) -> None:
    whole = largest(live)[0]
    apart = whole["track_ids"][:1]
    body = {"identity_id": whole["identity_id"], "track_ids_to_split": apart}
    split = live.client.post("/episodes/film/identities/split", body).data
    assert (split["original_id"], split["tracks_moved"]) == (whole["identity_id"], apart)
    assert split["new_id"] not in {whole["identity_id"], None}
    after = everybody(live)
    assert after[split["new_id"]]["track_ids"] == apart
    assert after[whole["identity_id"]]["track_ids"] == whole["track_ids"][1:]


def test_that_a_move_names_both_sides_and_an_empty_identity_goes(live: Live) -> None:
    people = largest(live)
    source, target = people[-1], people[0]
    assert len(source["track_ids"]) == 1
    body = {"from_identity_id": source["identity_id"], "to_identity_id": target["identity_id"]}
    moved = live.client.post(f"/episodes/film/tracks/{source['track_ids'][0]}/move", body).data
    assert (moved["track_id"], moved["from"], moved["to"]) == (
        source["track_ids"][0],
        source["identity_id"],
        target["identity_id"],
    )
    assert source["identity_id"] not in everybody(live)


def test_that_a_deleted_track_leaves_its_identity_and_comes_back(live: Live) -> None:
    whole = largest(live)[0]
    track_id = whole["track_ids"][0]
    deleted = live.client.delete(f"/episodes/film/tracks/{track_id}").data
    assert (deleted["track_id"], deleted["deleted"]) == (track_id, True)
    assert track_id not in everybody(live)[whole["identity_id"]]["track_ids"]
    assert [one["track_id"] for one in live.client.get("/episodes/film/tracks?state=deleted").data["tracks"]] == [
        track_id
    ]
    live.client.post(f"/episodes/film/tracks/{track_id}/restore").done()
    assert everybody(live)[whole["identity_id"]]["track_ids"] == whole["track_ids"]


def test_that_a_patch_locks_and_labels(live: Live) -> None:
    identity_id = largest(live)[0]["identity_id"]
    labels = {"person_id": "lisa-vanderpump", "name": "Lisa Vanderpump"}
    path = f"/episodes/film/identities/{identity_id}"
    patched = live.client.patch(path, {"locked": True, "labels": labels}).data
    assert (patched["identity_id"], patched["locked"], patched["labels"]) == (identity_id, True, labels)
    assert everybody(live)[identity_id]["labels"] == labels
    unlocked = live.client.patch(path, {"locked": False}).data
    assert (unlocked["locked"], unlocked["labels"]) == (False, labels)
    assert live.client.patch(path, {"labels": {"name": None}}).data["labels"] == {"person_id": "lisa-vanderpump"}
    assert live.client.patch(path, {}).data["labels"] == {"person_id": "lisa-vanderpump"}


def test_that_every_edit_is_undone_and_redone_over_http(live: Live) -> None:
    before = everybody(live)
    first, second = largest(live)[:2]
    live.client.post(
        "/episodes/film/identities/merge",
        {"source_ids": [second["identity_id"]], "target_id": first["identity_id"]},
    )
    merged = everybody(live)
    told = live.client.get("/episodes/film/history").data
    assert told["undo_name"]
    assert (told["edits"][0]["command"], told["edits"][0]["actor"]) == ("merge", "api")
    assert live.client.post("/episodes/film/undo").data["edit_id"] == told["edits"][0]["edit_id"]
    undone = everybody(live)
    assert {name: one["track_ids"] for name, one in undone.items()} == {
        name: one["track_ids"] for name, one in before.items()
    }
    live.client.post("/episodes/film/redo").done()
    assert {name: one["track_ids"] for name, one in everybody(live).items()} == {
        name: one["track_ids"] for name, one in merged.items()
    }
    live.client.post("/episodes/film/redo").refused(400, "INVALID_REQUEST")


def test_that_a_stale_edit_is_a_conflict_and_changes_nothing(live: Live) -> None:
    first, second, third = largest(live)[:3]
    read = {one["identity_id"]: one["revision"] for one in (first, second, third)}
    live.client.patch(f"/episodes/film/identities/{first['identity_id']}", {"labels": {"name": "Changed"}}).done()
    before = everybody(live)
    body = {"source_ids": [second["identity_id"]], "target_id": first["identity_id"], "seen": read}
    live.client.post("/episodes/film/identities/merge", body).refused(409, "CONFLICT")
    wrong = {"from_identity_id": second["identity_id"], "to_identity_id": third["identity_id"]}
    track_id = first["track_ids"][0]
    live.client.post(f"/episodes/film/tracks/{track_id}/move", wrong).refused(409, "CONFLICT")
    assert everybody(live) == before


def test_that_links_are_kept_and_obeyed(live: Live) -> None:
    first, second = largest(live)[:2]
    pair = {"first_track_id": first["track_ids"][0], "second_track_id": second["track_ids"][0]}
    live.client.post("/episodes/film/links", {"kind": "cannot", **pair}).done()
    links = live.client.get("/episodes/film/links").data["links"]
    assert [(one["kind"], one["first_track_id"], one["second_track_id"]) for one in links] == [
        ("cannot", pair["first_track_id"], pair["second_track_id"])
    ]
    body = {"source_ids": [second["identity_id"]], "target_id": first["identity_id"]}
    error = live.client.post("/episodes/film/identities/merge", body).refused(400, "INVALID_REQUEST")
    assert pair["first_track_id"] in error["message"]
    live.client.delete(f"/episodes/film/links/{links[0]['link_id']}").done()
    live.client.post("/episodes/film/identities/merge", body).done()


def test_that_suggestions_are_answered_by_key(live: Live) -> None:
    found = live.client.get("/episodes/film/suggestions").data["suggestions"]
    assert isinstance(found, list)
    live.client.post("/episodes/film/suggestions/accept", {"keys": ["nothing-such"]}).refused(409, "CONFLICT")
    if found:
        live.client.post("/episodes/film/suggestions/reject", {"keys": [found[0]["key"]]}).done()
        left = live.client.get("/episodes/film/suggestions").data["suggestions"]
        assert found[0]["key"] not in {one["key"] for one in left}


def test_that_screen_time_and_its_report_are_served(live: Live) -> None:
    identity_id = largest(live)[0]["identity_id"]
    live.client.patch(f"/episodes/film/identities/{identity_id}", {"labels": {"name": "Lisa"}}).done()
    account = live.client.get("/episodes/film/screentime?gap_s=0.5").data
    lisa = next(one for one in account["people"] if one["label"] == "Lisa")
    assert lisa["identity_ids"] == [identity_id]
    assert 0 < lisa["total_s"] <= account["duration_s"]
    assert lisa["intervals"][0]["track_ids"]
    report = live.client.get("/episodes/film/report.pdf")
    assert report.status == 200
    assert report.headers["content-type"] == "application/pdf"
    assert report.body.startswith(b"%PDF-")
    assert list((live.library.path / "reports").glob(".*")) == []
    live.client.get("/episodes/film/screentime?gap_s=-1").refused(422, "VALIDATION_ERROR")
    live.client.get("/episodes/film/screentime?gap_s=nan").refused(422, "VALIDATION_ERROR")
    live.client.get("/episodes/nothing/report.pdf").refused(404, "EPISODE_NOT_FOUND")
