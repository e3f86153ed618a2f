"""Who may ask: role tokens, our own keys, Basic; what each role opens; how often."""

import hashlib
from pathlib import Path

import pytest

from app.server.context import ServerContext
from app.server.running import ServerChoices, ServerSet
from app.server.sopilot.rate_limit import RateLimit
from core.access.roles import Role
from core.errors import InvalidRequest
from core.library.library import Library
from models.store import ModelStore
from tests.server.sopilot.live import (
    BASIC_PASSWORD,
    BASIC_USER,
    TOKENS,
    Api,
    basic,
    bearer,
    refused,
    served,
    set_environment,
)

CASES = (
    ("GET", "/videos", Role.VIEWER, 200),
    ("GET", "/videos/9", Role.VIEWER, 404),
    ("GET", "/videos/9/file", Role.VIEWER, 404),
    ("GET", "/videos/jobs/job-000009", Role.VIEWER, 404),
    ("GET", "/score/job-000009", Role.VIEWER, 404),
    ("GET", "/score/job-000009/report.pdf", Role.VIEWER, 404),
    ("GET", "/search?task_id=a&video_id=1&clip_idx=0", Role.VIEWER, 404),
    ("GET", "/train/jobs/job-000009", Role.VIEWER, 404),
    ("GET", "/train/nightly/status", Role.VIEWER, 200),
    ("GET", "/audit/trail", Role.VIEWER, 200),
    ("POST", "/videos", Role.OPERATOR, 422),
    ("POST", "/gold", Role.OPERATOR, 422),
    ("POST", "/score", Role.OPERATOR, 422),
    ("GET", "/ops/queue", Role.OPERATOR, 200),
    ("PUT", "/videos/9/accepted", Role.OPERATOR, 422),
    ("DELETE", "/videos/9", Role.ADMIN, 404),
    ("POST", "/train/nightly", Role.ADMIN, 200),
    ("POST", "/audit/export", Role.ADMIN, 503),
    ("GET", "/audit/export/20260101_000000/file", Role.ADMIN, 404),
    ("PUT", "/tasks/a", Role.ADMIN, 422),
    ("PUT", "/tasks/a/adapters/current", Role.ADMIN, 422),
)


def test_that_each_operation_asks_for_its_role_at_the_prefix_and_at_the_root(api: Api) -> None:
    for method, path, needed, status in CASES:
        for where in (path, f"/sopilot{path}"):
            for role in Role:
                answer = api.server.ask(method, where, None, bearer(TOKENS[role]))
                if role.allows(needed):
                    assert answer.status == status, (method, where, role, answer.body)
                else:
                    assert str(needed) in refused(answer, 403)


def test_that_nobody_and_the_wrong_ones_are_told_of_both_schemes(api: Api) -> None:
    nothing: tuple[dict[str, str], ...] = (
        *({}, bearer("wrong"), bearer(""), basic("bob", "wrong")),
        *({"Authorization": "Basic x"}, {"X-API-Key": "a"}),
    )
    for headers in (*nothing, {"Authorization": "Digest a"}, bearer("admin"), bearer(TOKENS["admin"].upper())):
        for method, path in (("GET", "/videos"), ("POST", "/sopilot/score"), ("GET", "/sopilot/nothing")):
            answer = api.server.ask(method, path, None, headers)
            refused(answer, 401)
            assert 'Bearer realm="' in answer.headers["www-authenticate"]
            assert 'Basic realm="' in answer.headers["www-authenticate"]


def test_that_health_metrics_and_documentation_need_no_credentials_here(api: Api) -> None:
    for path in (
        "/sopilot/health",
        "/sopilot/metrics",
        "/sopilot/docs",
        "/sopilot/openapi.json",
        "/health",
        "/metrics",
    ):
        assert api.server.ask("GET", path).status == 200, path
        assert api.server.ask("GET", f"{path}/").status == 200, path
    assert api.server.ask("GET", "/sopilot/health").json == {"status": "ok", "db": True}


def test_that_jobs_tell_who_asked_whatever_they_showed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    set_environment(monkeypatch, BASIC_USER=BASIC_USER, BASIC_PASSWORD=BASIC_PASSWORD, BASIC_ROLE="admin")
    with served(tmp_path / "library") as api:
        key_id, plain = api.server.context.keys.create("admin")
        for headers, name in (
            (bearer(TOKENS["admin"]), "token:admin"),
            (bearer(plain), f"key:{key_id}"),
            ({"X-API-Key": plain}, f"key:{key_id}"),
            (basic(BASIC_USER, BASIC_PASSWORD), f"basic:{BASIC_USER}"),
        ):
            job_id = api.server.ask("POST", "/train/nightly", None, headers).json["training_job_id"]
            told = api.get(f"/train/jobs/{job_id}").json
            assert told["requested_by"] == name
            api.server.library.jobs.cancel(job_id)
        api.server.context.keys.revoke(key_id)
        refused(api.server.ask("GET", "/videos", None, bearer(plain)), 401)


def test_that_small_roles_of_basic_and_keys_stay_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    set_environment(monkeypatch, BASIC_USER=BASIC_USER, BASIC_PASSWORD=BASIC_PASSWORD, BASIC_ROLE="viewer")
    with served(tmp_path / "library") as api:
        _, plain = api.server.context.keys.create("viewer")
        for headers in (basic(BASIC_USER, BASIC_PASSWORD), bearer(plain)):
            assert api.server.ask("GET", "/videos", None, headers).status == 200
            refused(api.server.ask("GET", "/ops/queue", None, headers), 403)
        refused(api.server.ask("GET", "/videos", None, basic(BASIC_USER, "")), 401)


BROKEN = (
    ("API_ROLE_TOKENS", "secret", "role:secret"),
    ("API_ROLE_TOKENS", "admin:", "role:secret"),
    ("API_ROLE_TOKENS", "boss:hidden", "role"),
    ("API_ROLE_TOKENS", "admin:hidden,viewer:hidden", "came before"),
    ("API_ROLE_TOKENS", "admin:hidden,,", "role:secret"),
    ("BASIC_USER", "bob", "BASIC_PASSWORD"),
    ("BASIC_PASSWORD", "hidden", "BASIC_USER"),
    ("UPLOAD_MAX_MB", "many", "UPLOAD_MAX_MB"),
    ("UPLOAD_MAX_MB", "0", "UPLOAD_MAX_MB"),
    ("RATE_LIMIT_PER_MINUTE", "-1", "RATE_LIMIT"),
)


def test_that_a_broken_setting_stops_the_start_with_its_name_and_without_its_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Library.open(tmp_path / "library", holder="test") as library:
        for variable, value, named in BROKEN:
            set_environment(monkeypatch, **{variable: value})
            servers = ServerSet(ServerContext(library, ModelStore()), ServerChoices(port=0))
            with pytest.raises(InvalidRequest) as caught:
                servers.start()
            assert named in str(caught.value)
            assert "SOPILOT_" in caught.value.message
            assert "hidden" not in str(caught.value)


def test_that_without_any_credentials_set_only_our_keys_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    set_environment(monkeypatch, API_ROLE_TOKENS="")
    with served(tmp_path / "library") as api:
        for token in ("", TOKENS["admin"], hashlib.sha256(b"").hexdigest()):
            refused(api.server.ask("GET", "/videos", None, bearer(token)), 401)
        _, plain = api.server.context.keys.create("viewer")
        assert api.server.ask("GET", "/videos", None, bearer(plain)).status == 200


def test_that_a_credential_that_asks_too_often_waits_and_others_do_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_environment(monkeypatch, RATE_LIMIT_PER_MINUTE="3")
    with served(tmp_path / "library") as api:
        assert [api.get("/videos").status for _ in range(3)] == [200] * 3
        late = api.get("/videos")
        refused(late, 429)
        assert 0 < int(late.headers["retry-after"]) <= 60
        assert api.as_role("viewer").get("/videos").status == 200
        assert api.server.ask("GET", "/sopilot/health").status == 200


def test_that_the_window_of_the_limit_slides() -> None:
    now_s = [0.0]
    limit = RateLimit(2, clock=lambda: now_s[0])
    assert [limit.wait_s("a"), limit.wait_s("a"), limit.wait_s("a")] == [0, 0, 60]
    now_s[0] = 59.0
    assert limit.wait_s("a") == 1
    now_s[0] = 60.0
    assert limit.wait_s("a") == 0
    assert RateLimit(0).wait_s("a") == 0
