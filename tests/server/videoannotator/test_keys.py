"""Who may ask: keys as Bearer and as X-API-Key, roles, and one envelope for everything that is refused."""

from pathlib import Path

import pytest

from app.server.videoannotator.environment import read_environment
from core.access.roles import Role
from core.errors import InvalidRequest
from tests.server.asking import Answer
from tests.server.videoannotator.document import DOCUMENT
from tests.server.videoannotator.live import JOBS, Api, refused, served

ANY = "0.0.0.0"  # noqa: S104  each request then needs a key
GUARDED = [
    (method.upper(), path)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
    if operation.get("security")
]
OPEN = [
    (method.upper(), path)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
    if not operation.get("security")
]


def path_of(path: str) -> str:
    return path.replace("{job_id}", "job-000001").replace("{pipeline_name}", "ticks")


def unauthorized(answer: Answer) -> None:
    error = refused(answer, 401, "UNAUTHORIZED")
    assert error["message"] == "Invalid or missing API key"
    assert error["hint"].startswith("Include valid API key in Authorization header")
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_that_what_the_document_guards_needs_a_key_on_this_computer_too(api: Api) -> None:
    assert len(GUARDED) == 10
    nobody = api.with_key("")
    for method, path in GUARDED:
        unauthorized(nobody.ask(method, path_of(path)))
        for wrong in ("wrong", "dev-token", "dev-key-change-me", api.key + "x", "key-00000000." + "a" * 43):
            unauthorized(nobody.ask(method, path_of(path), headers={"Authorization": f"Bearer {wrong}"}))
            unauthorized(nobody.ask(method, path_of(path), headers={"X-API-Key": wrong}))
        for header in ("Basic YTpi", "Bearer", "Bearer ", api.key):
            unauthorized(nobody.ask(method, path_of(path), headers={"Authorization": header}))


def test_that_no_letter_in_a_path_opens_it(api: Api) -> None:
    for path in (f"{JOBS}a%0Ab", f"{JOBS}job-000001/results/files/a%0Ab", "/api/v1/debug/jobs/a%0Ab"):
        unauthorized(api.with_key("").ask("GET", path))


def test_that_both_headers_carry_a_key(api: Api) -> None:
    nobody = api.with_key("")
    for headers in (
        {"Authorization": f"Bearer {api.key}"},
        {"Authorization": f"bearer {api.key}"},
        {"X-API-Key": api.key},
    ):
        assert nobody.ask("GET", JOBS, headers=headers).status == 200
        assert nobody.ask("GET", "/api/v1/debug/token-info", headers=headers).json["token"]["valid"] is True


def test_that_the_rest_is_open_on_this_computer_but_not_to_wrong_keys(api: Api) -> None:
    nobody = api.with_key("")
    for method, path in OPEN:
        if "stream" in path or "mock" in path:
            continue
        asked = nobody.ask(
            method, path_of(path), {"config": {}, "selected_pipelines": []} if method == "POST" else None
        )
        assert asked.status == 200, (method, path, asked.body)
        if "health" not in path or "system" in path:
            unauthorized(nobody.ask(method, path_of(path), headers={"X-API-Key": "wrong"}))


def test_that_a_revoked_key_opens_nothing(api: Api) -> None:
    key_id, plain = api.context.keys.create(Role.ADMIN)
    other = api.with_key(plain)
    assert other.get(JOBS).status == 200
    api.context.keys.revoke(key_id)
    unauthorized(other.get(JOBS))


def test_that_viewers_read_and_do_nothing_else(api: Api, film: bytes) -> None:
    job_id = api.upload(film, selected_pipelines="ticks").json["id"]
    _, plain = api.context.keys.create(Role.VIEWER)
    viewer = api.with_key(plain)
    for path in (JOBS, JOBS + job_id, "/api/v1/debug/token-info", f"/api/v1/debug/jobs/{job_id}"):
        assert viewer.get(path).status == 200
    refused(viewer.upload(film, selected_pipelines="ticks"), 403, "FORBIDDEN")
    refused(viewer.delete(JOBS + job_id), 403, "FORBIDDEN")
    refused(viewer.post(f"{JOBS}{job_id}/cancel"), 403, "FORBIDDEN")
    refused(viewer.get("/api/v1/debug/request-log"), 403, "FORBIDDEN")
    assert viewer.post("/api/v1/config/validate", {"config": {}, "selected_pipelines": []}).status == 200
    _, plain = api.context.keys.create(Role.OPERATOR)
    operator = api.with_key(plain)
    assert operator.post(f"{JOBS}{job_id}/cancel").status == 200
    assert operator.delete(JOBS + job_id).status == 204


def test_that_from_elsewhere_everything_but_liveness_needs_a_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(tmp_path / "library", monkeypatch, host=ANY) as api:
        nobody = api.with_key("")
        for method, path in [*GUARDED, *OPEN, ("GET", "/nothing")]:
            if path not in {"/health", "/api/v1/health"}:
                unauthorized(nobody.ask(method, path_of(path)))
        assert nobody.get("/health").status == nobody.get("/api/v1/health").status == 200
        unauthorized(nobody.get("/api/v1/health?detailed=true"))
        assert api.get("/api/v1/health?detailed=true").status == 200
        unauthorized(nobody.get("/api/v1/events/stream?token=wrong"))
        assert nobody.get(f"/api/v1/debug/mock-events?token={api.key}").status == 200


def test_that_the_environment_can_open_it_for_this_computer_alone(
    tmp_path: Path, film: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIDEOANNOTATOR_AUTH_REQUIRED", "false")
    with served(tmp_path / "library", monkeypatch) as api:
        nobody = api.with_key("")
        job = nobody.upload(film, selected_pipelines="ticks").json
        assert job["requested_by"] == "api"
        assert nobody.get("/api/v1/system/health").json["security"] == {"auth_required": False}
        assert nobody.get("/api/v1/debug/token-info").json["token"]["valid"] is False
        unauthorized(nobody.ask("GET", JOBS, headers={"X-API-Key": "wrong"}))
    with served(tmp_path / "other", monkeypatch, host=ANY) as api:
        unauthorized(api.with_key("").get(JOBS))


def test_that_wrong_values_of_the_environment_are_refused() -> None:
    for name, value in (
        ("AUTH_REQUIRED", "perhaps"),
        ("UPLOAD_MAX_MB", "0"),
        ("UPLOAD_MAX_MB", "-3"),
        ("UPLOAD_MAX_MB", "x"),
    ):
        with pytest.raises(InvalidRequest, match=name):
            read_environment({f"VIDEOANNOTATOR_{name}": value})
    assert read_environment({}).upload_limit_bytes == 2048 * 2**20


def test_that_every_refusal_has_the_same_envelope(api: Api) -> None:
    refused(api.get("/nothing"), 404, "NOT_FOUND")
    refused(api.get("/api/v2/jobs"), 404, "NOT_FOUND")
    refused(api.get("/"), 404, "NOT_FOUND")
    for method, path, allowed in (
        ("PUT", JOBS, "GET, POST"),
        ("POST", "/health", "GET"),
        ("PATCH", "/api/v1/pipelines/ticks", "GET"),
        ("PATCH", f"{JOBS}job-000001", "GET, DELETE"),
    ):
        answer = api.ask(method, path)
        refused(answer, 405, "METHOD_NOT_ALLOWED")
        assert answer.headers["allow"] == allowed
    refused(api.get(JOBS, Host="evil.example"), 403, "FORBIDDEN")
    refused(api.get(JOBS, Origin="https://evil.example"), 403, "FORBIDDEN")
    refused(api.post("/api/v1/config/validate", {"config": {"x": "y" * 2_000_000}}), 413, "PAYLOAD_TOO_LARGE")
    refused(api.post("/api/v1/config/validate", b"{"), 422, "VALIDATION_ERROR")


def test_that_own_port_prefix_and_root_reach_the_same(among_others: Api) -> None:
    api = among_others
    for path in (JOBS, "/api/v1/pipelines", "/api/v1/health"):
        assert api.get(path).status == 200
        for prefix in ("", "/videoannotator"):
            assert api.at_main.get(prefix + path).status == 200
            assert api.at_main.get(prefix + path.rstrip("/")).status == 200
    assert api.at_main.get("/videoannotator/health").json["version"] == "1.3.0"
    refused(api.at_main.get("/videoannotator/nothing"), 404, "NOT_FOUND")
    assert api.at_main.get("/api/status").headers["x-request-id"]
    assert api.get("/openapi.json").status == 200
    refused(api.get("/episodes"), 404, "NOT_FOUND")
