"""Health that really looks."""

import stat

from app.version import rushes_version
from tests.server.screenalytics.live import Live


def test_that_a_healthy_server_says_so_with_the_documented_fields(empty: Live) -> None:
    sent = empty.client.get("/healthz")
    assert sent.status == 200
    assert sent.json == {
        "status": "ok",
        "version": rushes_version(),
        "redis": "ok",
        "storage": "ok",
        "db": "ok",
        "details": {},
    }


def test_that_a_library_folder_that_is_gone_is_503(empty: Live) -> None:
    folder = empty.library.path
    away = folder.rename(folder.with_name("away"))
    try:
        sent = empty.client.get("/healthz")
    finally:
        away.rename(folder)
    assert sent.status == 503
    assert sent.json["status"] == "error"
    assert sent.json["storage"] == "error"
    assert str(folder) in sent.json["details"]["storage"]
    assert empty.client.get("/healthz").status == 200


def test_that_a_library_folder_that_is_read_only_is_503(empty: Live) -> None:
    folder = empty.library.path
    mode = stat.S_IMODE(folder.stat().st_mode)
    folder.chmod(0o555)
    try:
        sent = empty.client.get("/healthz")
    finally:
        folder.chmod(mode)
    assert (sent.status, sent.json["storage"]) == (503, "error")
    assert "read-only" in sent.json["details"]["storage"]
