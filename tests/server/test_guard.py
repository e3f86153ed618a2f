"""Who may ask, and how much they may send."""

import http.client
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.server.context import ServerSettings
from core.access.roles import Role
from tests.server.asking import Running, running

ANY = "0.0.0.0"  # noqa: S104  each request then needs a key


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Running]:
    with running(tmp_path / "library") as server:
        yield server


@pytest.fixture
def open_to_all(tmp_path: Path) -> Iterator[Running]:
    with running(tmp_path / "library", ServerSettings(host=ANY)) as server:
        yield server


FOREIGN_HOSTS = (
    *("evil.example", "127.0.0.1.evil.example", "192.168.7.7", "", "localhost:80:80", "a b", "[::1"),
    "localhost@evil.example",
)
OUR_HOSTS = ("localhost", "LOCALHOST:8000", "127.0.0.1:1", "127.8.8.8", "[::1]:8000", "a.localhost")


def test_that_a_foreign_host_is_refused(server: Running) -> None:
    for host in FOREIGN_HOSTS:
        for path in ("/episodes", "/screenalytics/episodes", "/health", "/nothing"):
            refused = server.get(path, Host=host)
            assert (refused.status, refused.code) == (403, "FORBIDDEN"), (host, path)


def test_that_names_of_this_computer_are_taken(server: Running) -> None:
    for host in OUR_HOSTS:
        assert server.get("/episodes", Host=host).status == 200, host


def test_that_a_request_without_a_host_is_refused(server: Running) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
        connection.sendall(b"GET /episodes HTTP/1.0\r\n\r\n")
        answer = connection.makefile("rb").read()
    assert b" 403 " in answer.splitlines()[0]


FOREIGN_ORIGINS = (
    *("https://evil.example", "null", "http://localhost.evil.example", "http://127.0.0.1:8000@evil.example", "x"),
    "file://",
)


def test_that_a_page_of_another_site_can_neither_read_nor_change(server: Running) -> None:
    for origin in FOREIGN_ORIGINS:
        for method, path, body in (("GET", "/episodes", None), ("POST", "/screenalytics/episodes", {"ep_id": "film"})):
            refused = server.ask(method, path, body, {"Origin": origin})
            assert (refused.status, refused.code) == (403, "FORBIDDEN"), origin
            assert "access-control-allow-origin" not in refused.headers
    assert server.get("/episodes").json["data"]["total"] == 0


def test_that_pages_of_this_computer_may_ask_but_there_is_no_cors(server: Running) -> None:
    for origin in (f"http://127.0.0.1:{server.port}", "http://localhost:3000", "http://[::1]:5173"):
        taken = server.get("/episodes", Origin=origin)
        assert taken.status == 200
        assert not [name for name in taken.headers if name.startswith("access-control")]
    preflight = server.ask(
        "OPTIONS", "/episodes", None, {"Origin": "http://localhost:3000", "Access-Control-Request-Method": "POST"}
    )
    assert preflight.status == 405


def test_that_configured_hosts_and_origins_are_taken(tmp_path: Path) -> None:
    site = "https://studio.example"
    settings = ServerSettings(allowed_hosts=("rushes.example",), allowed_origins=(site,))
    with running(tmp_path / "library", settings) as server:
        taken = server.get("/episodes", Host="rushes.example:8000", Origin=site)
        assert taken.status == 200
        assert taken.headers["access-control-allow-origin"] == site
        preflight = server.ask(
            "OPTIONS",
            "/episodes",
            None,
            {"Origin": site, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-api-key"},
        )
        assert preflight.status == 200
        assert "POST" in preflight.headers["access-control-allow-methods"]
        assert server.get("/episodes", Origin="https://other.example").status == 403


def test_that_every_answer_carries_a_request_id(server: Running) -> None:
    first, second = server.get("/episodes"), server.get("/nothing")
    assert first.headers["x-request-id"] != second.headers["x-request-id"]
    assert first.json["meta"]["request_id"] == first.headers["x-request-id"]
    own = server.get("/health", X_Request_ID="trace-42:a.b_c")
    assert own.headers["x-request-id"] == "trace-42:a.b_c"
    for insane in ("a b", "x" * 500, "é", "<script>"):
        sent = server.ask("GET", "/episodes", headers={"X-Request-ID": insane.encode("latin-1").decode("latin-1")})
        assert sent.headers["x-request-id"].startswith("req-")


def test_that_prefix_and_root_reach_the_same_with_and_without_a_slash(server: Running) -> None:
    for path in ("/episodes", "/episodes/", "/screenalytics/episodes", "/screenalytics/episodes/"):
        made = server.ask("POST", path, {"ep_id": "film"})
        assert (made.status, made.json["data"]["ep_id"]) == (200, "film")
        assert server.get(path).json["data"]["total"] == 1
    assert server.get("/screenalytics").status == 404
    assert server.get("/screenalyticsx/episodes").status == 404


@pytest.mark.parametrize("chunked", [False, True], ids=["with its length", "in chunks"])
def test_that_too_much_json_is_refused_and_changes_nothing(server: Running, chunked: bool) -> None:
    body = b'{"ep_id": "film", "title": "' + b"x" * 10_000_000 + b'"}'
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    try:
        content = (body[at : at + 65536] for at in range(0, len(body), 65536)) if chunked else body
        headers = {"Content-Type": "application/json"}
        connection.request("POST", "/screenalytics/episodes", content, headers, encode_chunked=chunked)
        got = connection.getresponse()
        assert got.status == 413
        assert b"PAYLOAD_TOO_LARGE" in got.read()
    finally:
        connection.close()
    assert server.get("/episodes").json["data"]["total"] == 0


# ------------------------------------------------------------------ keys

ROLE_CASES = (
    ("GET", "/episodes", None, Role.VIEWER, 200),
    ("GET", "/health", None, Role.VIEWER, 200),
    ("GET", "/metrics", None, Role.VIEWER, 200),
    ("GET", "/docs", None, Role.VIEWER, 200),
    ("POST", "/episodes", {"ep_id": "film"}, Role.OPERATOR, 200),
    ("POST", "/jobs/job-000009/cancel", None, Role.OPERATOR, 404),
    ("DELETE", "/episodes/film/tracks/track-00001", None, Role.OPERATOR, 400),
    ("GET", "/webhooks", None, Role.ADMIN, 200),
    ("DELETE", "/cast/nobody", None, Role.ADMIN, 404),
    ("DELETE", "/episodes/film", None, Role.ADMIN, 200),
)


def test_that_roles_open_what_they_should(open_to_all: Running) -> None:
    plain = {role: open_to_all.context.keys.create(role)[1] for role in Role}
    for method, path, body, needed, status in ROLE_CASES:
        for prefix in ("", "/screenalytics") if path not in {"/health", "/metrics"} else ("",):
            for role in Role:
                if role.allows(needed) and not (role == needed and not prefix):
                    continue  # what changes something is done once, by the least role
                answer = open_to_all.ask(method, prefix + path, body, {"X-API-Key": plain[role]})
                expected = status if role.allows(needed) else 403
                assert answer.status == expected, (method, path, role, answer.body)
            nobody = open_to_all.ask(method, prefix + path, body)
            assert (nobody.status, nobody.code) == (401, "UNAUTHORIZED")
            assert nobody.headers["www-authenticate"].startswith("Bearer")


def test_that_both_headers_bring_a_key_and_the_history_says_whose(open_to_all: Running) -> None:
    key_id, plain = open_to_all.context.keys.create("operator")
    for headers in ({"Authorization": f"Bearer {plain}"}, {"authorization": f"bearer  {plain}"}, {"X-API-Key": plain}):
        assert open_to_all.ask("GET", "/episodes", headers=headers).status == 200
    for wrong in (f"{key_id}.{'a' * 43}", plain + "a", "admin", ""):
        assert open_to_all.ask("GET", "/episodes", headers={"X-API-Key": wrong}).status == 401
    assert open_to_all.ask("GET", "/episodes", headers={"Authorization": f"Basic {plain}"}).status == 401


def test_that_a_revoked_key_opens_nothing_at_once_even_on_this_computer(server: Running) -> None:
    key_id, plain = server.context.keys.create("viewer")
    assert server.get("/episodes", X_API_Key=plain).status == 200
    limited = server.ask("POST", "/episodes", {"ep_id": "film"}, {"X-API-Key": plain})
    assert (limited.status, limited.code) == (403, "FORBIDDEN")
    server.context.keys.revoke(key_id)
    assert server.get("/episodes", X_API_Key=plain).status == 401
    assert server.get("/episodes").status == 200


def test_that_signed_addresses_need_no_key_but_their_signature(open_to_all: Running) -> None:
    path = "/files/film/1/track-00001/frame_000001.jpg"
    assert open_to_all.get(path).status == 403
    signed = open_to_all.context.signer.sign(path, 60)
    assert open_to_all.get(f"/screenalytics{signed}").status == 404  # it may ask, but there is no such crop
    assert open_to_all.ask("DELETE", path).status == 401


def test_that_a_server_for_every_network_knows_its_own_addresses(open_to_all: Running) -> None:
    _, plain = open_to_all.context.keys.create("viewer")
    assert open_to_all.get("/episodes", Host=f"127.0.0.1:{open_to_all.port}", X_API_Key=plain).status == 200
    assert open_to_all.get("/episodes", Host="evil.example", X_API_Key=plain).status == 403
    assert open_to_all.get("/episodes", Host=ANY, X_API_Key=plain).status == 403
