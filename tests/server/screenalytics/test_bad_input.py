"""Whatever comes, the documented code and a clear message go back, and nothing changed."""

import http.client
import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.server.screenalytics.live import Live

MERGE = "/episodes/film/identities/merge"
SPLIT = "/episodes/film/identities/split"
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def people(still: Live) -> Iterator[list[dict[str, Any]]]:
    """The identities, largest first; after the test they are the same to the last revision."""
    before = still.client.get("/episodes/film/identities").data
    history = still.client.get("/episodes/film/history").data
    yield sorted(before["identities"], key=lambda one: -len(one["track_ids"]))
    assert still.client.get("/episodes/film/identities").data == before
    assert still.client.get("/episodes/film/history").data == history


def test_that_merges_that_make_no_sense_are_refused(still: Live, people: list[dict[str, Any]]) -> None:
    one, other = people[0]["identity_id"], people[1]["identity_id"]
    for body, status, code in (
        ({"source_ids": [one], "target_id": one}, 400, "INVALID_REQUEST"),
        ({"source_ids": [one, other], "target_id": other}, 400, "INVALID_REQUEST"),
        ({"source_ids": [], "target_id": one}, 422, "VALIDATION_ERROR"),
        ({"source_ids": [other]}, 422, "VALIDATION_ERROR"),
        ({"target_id": other}, 422, "VALIDATION_ERROR"),
        ({"source_ids": other, "target_id": one}, 422, "VALIDATION_ERROR"),
        ({"source_ids": [7], "target_id": one}, 422, "VALIDATION_ERROR"),
        ({"source_ids": [None], "target_id": one}, 422, "VALIDATION_ERROR"),
        ([], 422, "VALIDATION_ERROR"),
        ("merge", 422, "VALIDATION_ERROR"),
        ({"source_ids": ["identity-99999"], "target_id": one}, 404, "IDENTITY_NOT_FOUND"),
        ({"source_ids": [other], "target_id": "identity-99999"}, 404, "IDENTITY_NOT_FOUND"),
        ({"source_ids": [other, "identity-99999"], "target_id": one}, 404, "IDENTITY_NOT_FOUND"),
        ({"source_ids": ["../../etc/passwd"], "target_id": one}, 404, "IDENTITY_NOT_FOUND"),
        ({"source_ids": ["\ud800"], "target_id": one}, 422, "VALIDATION_ERROR"),
        ({"source_ids": ["x\x00y"], "target_id": one}, 404, "IDENTITY_NOT_FOUND"),
    ):
        still.client.post(MERGE, body).refused(status, code)
    still.client.post("/episodes/nothing/identities/merge", {"source_ids": [other], "target_id": one}).refused(
        404, "EPISODE_NOT_FOUND"
    )


def test_that_splits_that_make_no_sense_are_refused(still: Live, people: list[dict[str, Any]]) -> None:
    whole, other = people[0], people[1]
    identity_id, tracks = whole["identity_id"], whole["track_ids"]
    for body, statuses in (
        ({"identity_id": identity_id, "track_ids_to_split": []}, {422}),
        ({"identity_id": identity_id, "track_ids_to_split": tracks}, {400}),
        ({"identity_id": identity_id, "track_ids_to_split": other["track_ids"][:1]}, {400, 409}),
        ({"identity_id": identity_id, "track_ids_to_split": ["track-99999"]}, {404}),
        ({"identity_id": "identity-99999", "track_ids_to_split": tracks[:1]}, {404}),
        ({"identity_id": identity_id, "track_ids_to_split": [tracks[0], 3]}, {422}),
        ({"identity_id": True, "track_ids_to_split": tracks[:1]}, {422}),
    ):
        sent = still.client.post(SPLIT, body)
        assert sent.status in statuses, (body, sent.body)
        sent.refused(sent.status, sent.json["error"]["code"])


def test_that_moves_that_make_no_sense_are_refused(still: Live, people: list[dict[str, Any]]) -> None:
    one, other = people[0], people[1]
    move = f"/episodes/film/tracks/{one['track_ids'][0]}/move"
    here, there = one["identity_id"], other["identity_id"]
    for path, body, status, code in (
        (move, {"from_identity_id": here, "to_identity_id": here}, 400, "INVALID_REQUEST"),
        (move, {"from_identity_id": here, "to_identity_id": "identity-99999"}, 404, "IDENTITY_NOT_FOUND"),
        (move, {"from_identity_id": there, "to_identity_id": there}, 409, "CONFLICT"),
        (move, {"to_identity_id": there}, 422, "VALIDATION_ERROR"),
        (move, {"from_identity_id": here}, 422, "VALIDATION_ERROR"),
        (move, {"from_identity_id": 1, "to_identity_id": 2}, 422, "VALIDATION_ERROR"),
        (
            "/episodes/film/tracks/track-99999/move",
            {"from_identity_id": here, "to_identity_id": there},
            404,
            "TRACK_NOT_FOUND",
        ),
    ):
        still.client.post(path, body).refused(status, code)
    still.client.delete("/episodes/film/tracks/track-99999").refused(404, "TRACK_NOT_FOUND")


def test_that_patches_that_make_no_sense_are_refused(still: Live, people: list[dict[str, Any]]) -> None:
    path = f"/episodes/film/identities/{people[0]['identity_id']}"
    for body in (
        {"locked": "yes"},
        {"locked": 1},
        {"labels": ["name"]},
        {"labels": {"name": 7}},
        {"labels": {"name": "x" * 201}},
        {"labels": {"": "x"}},
        {"labels": {"a b": "x"}},
        {"labels": {f"k{number}": "x" for number in range(51)}},
    ):
        still.client.patch(path, body).refused(422, "VALIDATION_ERROR")
    still.client.patch("/episodes/film/identities/identity-99999", {"locked": True}).refused(404, "IDENTITY_NOT_FOUND")


def test_that_locked_identities_are_left_alone(live: Live) -> None:
    listing = live.client.get("/episodes/film/identities").data["identities"]
    people = sorted(listing, key=lambda one: -len(one["track_ids"]))
    locked, other = people[0], people[1]
    live.client.patch(f"/episodes/film/identities/{locked['identity_id']}", {"locked": True}).done()
    before = live.client.get("/episodes/film/identities").data
    track_id = locked["track_ids"][0]
    away = {"from_identity_id": locked["identity_id"], "to_identity_id": other["identity_id"]}
    into = {"from_identity_id": other["identity_id"], "to_identity_id": locked["identity_id"]}
    attempts = [
        live.client.post(MERGE, {"source_ids": [locked["identity_id"]], "target_id": other["identity_id"]}),
        live.client.post(MERGE, {"source_ids": [other["identity_id"]], "target_id": locked["identity_id"]}),
        live.client.post(SPLIT, {"identity_id": locked["identity_id"], "track_ids_to_split": [track_id]}),
        live.client.post(f"/episodes/film/tracks/{track_id}/move", away),
        live.client.post(f"/episodes/film/tracks/{other['track_ids'][0]}/move", into),
        live.client.delete(f"/episodes/film/tracks/{track_id}"),
    ]
    for sent in attempts:
        assert "lock" in sent.refused(400, "INVALID_REQUEST")["message"].lower()
    assert live.client.get("/episodes/film/identities").data == before


def test_that_a_deleted_track_is_not_found_by_edits(live: Live) -> None:
    listing = live.client.get("/episodes/film/identities").data["identities"]
    people = sorted(listing, key=lambda one: -len(one["track_ids"]))
    track_id, here = people[0]["track_ids"][0], people[0]["identity_id"]
    live.client.delete(f"/episodes/film/tracks/{track_id}").done()
    before = live.client.get("/episodes/film/identities").data
    live.client.delete(f"/episodes/film/tracks/{track_id}").refused(404, "TRACK_NOT_FOUND")
    body = {"from_identity_id": here, "to_identity_id": people[1]["identity_id"]}
    live.client.post(f"/episodes/film/tracks/{track_id}/move", body).refused(404, "TRACK_NOT_FOUND")
    body = {"identity_id": here, "track_ids_to_split": [track_id]}
    live.client.post(SPLIT, body).refused(404, "TRACK_NOT_FOUND")
    assert live.client.get("/episodes/film/identities").data == before


@pytest.mark.parametrize(
    "path",
    [
        "/episodes/..%2F..%2Fetc%2Fpasswd",
        "/episodes/%2e%2e",
        "/episodes/..%5c..%5cwindows",
        "/episodes/film%00",
        "/episodes/%ff%fe",
        "/episodes/FILM",
        "/episodes/film/../film2",
    ],
)
def test_that_ids_like_paths_name_nothing(still: Live, people: list[dict[str, Any]], path: str) -> None:
    still.client.get(path).refused(404, "EPISODE_NOT_FOUND")
    still.client.delete(path).refused(404, "EPISODE_NOT_FOUND")


@pytest.mark.parametrize(
    "ep_id", ["../x", "a/b", "A", "", "x" * 65, " x", "x ", ".x", "ü", "x\n", 5, None, True, ["x"]]
)
def test_that_new_ids_follow_their_pattern(still_empty: Live, ep_id: object) -> None:
    still_empty.client.post("/episodes", {"ep_id": ep_id}).refused(422, "VALIDATION_ERROR")
    assert still_empty.client.get("/episodes").data["total"] == 0


@pytest.mark.parametrize("ep_id", ["con", "nul", "x."])
def test_that_names_that_some_systems_refuse_are_refused_everywhere(still_empty: Live, ep_id: str) -> None:
    still_empty.client.post("/episodes", {"ep_id": ep_id}).refused(400, "INVALID_REQUEST")


@pytest.mark.parametrize(
    "field",
    [
        {"season": "5"},
        {"season": True},
        {"season": 5.5},
        {"season": -1},
        {"season": 2**70},
        {"episode": []},
        {"title": 7},
        {"title": "x" * 501},
        {"air_date": "yesterday"},
        {"air_date": 20150414},
        {"video_path": ""},
    ],
)
def test_that_fields_of_wrong_types_are_refused(still_empty: Live, field: dict[str, Any]) -> None:
    error = still_empty.client.post("/episodes", {"ep_id": "x", **field}).refused(422, "VALIDATION_ERROR")
    assert next(iter(field)) in error["message"]
    assert still_empty.client.get("/episodes").data["total"] == 0


def test_that_a_date_that_is_none_is_refused(still_empty: Live) -> None:
    still_empty.client.post("/episodes", {"ep_id": "x", "air_date": "2015-02-30"}).refused(400, "INVALID_REQUEST")


@pytest.mark.parametrize(
    "body", [b"", b"{", b"not json", b"\xff\xfe", b'{"ep_id": "x"', b"[" * 100_000, b'{"a": ' + b"9" * 5000 + b"}"]
)
def test_that_bodies_that_are_no_json_are_400(still: Live, people: list[dict[str, Any]], body: bytes) -> None:
    sent = still.client.request("POST", MERGE, body, JSON)
    assert sent.status in ({422} if body == b"" else {400, 422}), sent.body
    sent.refused(sent.status, {400: "INVALID_REQUEST", 422: "VALIDATION_ERROR"}[sent.status])
    if body in {b"{", b"not json", b'{"ep_id": "x"'}:
        sent.refused(400, "INVALID_REQUEST")


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "application/x-www-form-urlencoded", None])
def test_that_another_content_type_is_400(still: Live, people: list[dict[str, Any]], kind: str | None) -> None:
    body = json.dumps({"source_ids": [people[1]["identity_id"]], "target_id": people[0]["identity_id"]}).encode()
    still.client.request("POST", MERGE, body, {"Content-Type": kind} if kind else {}).refused(400, "INVALID_REQUEST")


def test_that_ten_megabytes_of_json_are_413(still: Live, people: list[dict[str, Any]]) -> None:
    body = {"source_ids": ["identity-00001"] * 600_000, "target_id": people[0]["identity_id"]}
    assert len(json.dumps(body)) > 10_000_000
    try:
        sent = still.client.post(MERGE, body)
    except (BrokenPipeError, ConnectionResetError):
        return  # the server hung up without reading it all
    assert sent.status == 413
    assert sent.json["error"]["code"] == "PAYLOAD_TOO_LARGE"


def test_that_another_site_and_another_host_are_refused(still: Live, people: list[dict[str, Any]]) -> None:
    body = {"source_ids": [people[1]["identity_id"]], "target_id": people[0]["identity_id"]}
    for headers in ({"Origin": "https://evil.example"}, {"Host": "evil.example"}, {"Origin": "null"}):
        sent = still.client.post(MERGE, body, **headers)
        assert sent.status in {400, 403, 421}, sent.body
        assert sent.json["ok"] is False
        assert sent.json["meta"]["request_id"]
    assert still.client.get("/episodes", Host="evil.example").status in {400, 403, 421}


def test_that_unknown_paths_and_methods_are_enveloped(still_empty: Live) -> None:
    still_empty.client.get("/nothing").refused(404, "NOT_FOUND")
    still_empty.client.request("PUT", "/episodes").refused(405, "METHOD_NOT_ALLOWED")


def test_that_paths_work_with_and_without_a_slash_at_the_end(still_empty: Live) -> None:
    assert still_empty.client.get("/episodes/").data == still_empty.client.get("/episodes").data
    assert still_empty.client.get("/healthz/").status == 200


def test_that_a_defect_answers_500_without_its_traceback(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object, **_options: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(live.library.moderation, "merge", broken)
    sent = live.client.post(MERGE, {"source_ids": ["identity-00002"], "target_id": "identity-00001"})
    sent.refused(500, "INTERNAL_ERROR")
    assert b"secret" not in sent.body
    assert b"ZeroDivision" not in sent.body


def test_that_every_answer_carries_its_request_id_in_a_header(still_empty: Live) -> None:
    for sent in (still_empty.client.get("/episodes"), still_empty.client.get("/episodes/nothing")):
        assert sent.headers["x-request-id"] == sent.json["meta"]["request_id"]


def test_that_one_connection_serves_many_requests(still_empty: Live) -> None:
    connection = http.client.HTTPConnection(still_empty.client.host, still_empty.client.port, timeout=10)
    try:
        for _ in range(20):
            connection.request("GET", f"{still_empty.client.prefix}/healthz")
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200
    finally:
        connection.close()
