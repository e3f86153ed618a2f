"""Who may ask: X-API-Key and nothing else, the document's default key only where it is safe, and our own keys."""

from pathlib import Path

import pytest

from app.server.pytoon.environment import Environment, read_environment
from core.access.roles import Role
from core.errors import InvalidRequest
from tests.server.pytoon.live import DEV_KEY, DOCUMENTED, JOBS, OURS, Api, refused, served, unprocessable

ANY = "0.0.0.0"  # noqa: S104  each request then needs a key
GUARDED = DOCUMENTED + OURS


def test_that_every_operation_needs_the_key_on_this_computer_too(api: Api) -> None:
    for method, path in GUARDED:
        nobody = api.with_key(None)
        assert unprocessable(nobody.ask(method, path)) == [("header.x-api-key", "missing")]
        assert unprocessable(nobody.ask(method, path, headers={"Authorization": f"Bearer {DEV_KEY}"}))
        for wrong in ("wrong", "", f"{DEV_KEY}x", "key-00000000." + "a" * 43, "schlüssel"):
            assert refused(api.with_key(wrong).ask(method, path), 401) == "Invalid API key"


def test_that_no_letter_in_a_path_opens_it(api: Api) -> None:
    for name in ("a%0Ab", "a%0D%0Ab", "%E2%80%A8", "a%00b", "%2e%2e", "é".encode().hex()):
        for method, path in (("GET", f"{JOBS}/{name}"), ("DELETE", f"/api/v1/assets/{name}/{name}")):
            assert unprocessable(api.with_key(None).ask(method, path)) == [("header.x-api-key", "missing")]
            refused(api.ask(method, path), 404)


def test_that_health_metrics_and_documentation_need_none(api: Api) -> None:
    for key in (None, "wrong"):
        asked = api.with_key(key)
        assert asked.get("/health").json == {"status": "ok"}
        assert asked.get("/metrics").status == 200
        assert asked.get("/openapi.json").status == 200
        assert asked.get("/docs").status == 200
    assert refused(api.with_key(None).get("/nothing"), 404)


def test_that_a_key_of_the_environment_takes_the_place_of_the_default(
    tmp_path: Path, no_environment: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("API_KEY", "  our-own-sécret ")
    with served(tmp_path / "library") as api:
        refused(api.get(JOBS), 401)
        over_the_wire = "our-own-sécret".encode().decode("latin-1")
        assert api.with_key(over_the_wire).get(JOBS).status == 200
    with served(tmp_path / "library", host=ANY) as api:
        refused(api.get(JOBS), 401)
        assert api.with_key(over_the_wire).get(JOBS).status == 200


@pytest.mark.parametrize("stored", [None, "", DEV_KEY])
def test_that_the_default_key_opens_nothing_for_other_computers(
    tmp_path: Path, no_environment: None, monkeypatch: pytest.MonkeyPatch, stored: str | None
) -> None:
    if stored is not None:
        monkeypatch.setenv("API_KEY", stored)
    with served(tmp_path / "library", host=ANY) as api:
        refused(api.get(JOBS), 401)
        _, key = api.context.keys.create(Role.VIEWER)
        assert api.with_key(key).get(JOBS).status == 200
        assert api.with_key(None).get("/health").status == 200
        assert api.with_key(None).get("/metrics").status == 200
        assert unprocessable(api.with_key(None).get("/docs")) == [("header.x-api-key", "missing")]
    with served(tmp_path / "library") as api:
        assert api.get(JOBS).status == 200


def test_that_our_own_keys_work_by_their_role(api: Api) -> None:
    keys = {role: api.context.keys.create(role) for role in Role}
    viewer, operator = (api.with_key(keys[role][1]) for role in (Role.VIEWER, Role.OPERATOR))
    assert viewer.get("/api/v1/presets").status == 200
    for method, path in GUARDED:
        if method != "GET":
            assert "operator" in refused(viewer.ask(method, path), 403)
            assert operator.ask(method, path).status in {404, 422}
    made = operator.submit(prompt="Hello", target_duration_seconds=1)
    assert made.status == 201
    assert api.get(f"{JOBS}/{made.json['job_id']}").json["requested_by"] == f"key:{keys[Role.OPERATOR][0]}"
    api.context.keys.revoke(keys[Role.ADMIN][0])
    refused(api.with_key(keys[Role.ADMIN][1]).get(JOBS), 401)


def test_that_pages_of_other_sites_and_strange_hosts_are_refused(api: Api) -> None:
    assert "pages" in refused(api.ask("POST", JOBS, {}, {"Origin": "https://evil.example"}), 403)
    assert "host" in refused(api.ask("GET", JOBS, None, {"Host": "evil.example"}), 403)


def test_that_the_environment_is_read_once_and_a_wrong_word_is_named() -> None:
    assert read_environment({}) == Environment("", remote_allowed=False)
    assert read_environment({"API_KEY": DEV_KEY, "RUSHES_RENDER_REMOTE_ALLOWED": "Yes"}) == Environment(
        "", remote_allowed=True
    )
    assert "hush" not in repr(read_environment({"API_KEY": "hush"}))
    with pytest.raises(InvalidRequest, match="RUSHES_RENDER_REMOTE_ALLOWED is “perhaps”"):
        read_environment({"RUSHES_RENDER_REMOTE_ALLOWED": "perhaps"})
