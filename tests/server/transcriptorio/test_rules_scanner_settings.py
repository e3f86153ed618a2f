"""Scan rules, the scanner, settings and the set-up wizard."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.server.context import ServerSettings
from tests.made_speech import Track, silence, write_speech_video
from tests.server.speech_server import SpeechServer, refused, speech_server

ANY = "0.0.0.0"  # noqa: S104  each request then needs a key


def rule(name: str = "Japanese anime without Spanish subs", **changes: Any) -> dict[str, Any]:
    return {
        "name": name,
        "enabled": True,
        "priority": 10,
        "conditions": {
            "audio_language_is": "jpn",
            "missing_embedded_subtitle_lang": "spa",
            "missing_external_subtitle_lang": "spa",
            "file_extension": ".mkv,.mp4",
        },
        "action": {"action_type": "transcribe", "target_language": "spa", "quality_preset": "fast", "job_priority": 5},
        **changes,
    }


@pytest.fixture
def media(tmp_path: Path) -> Path:
    """Two Japanese films, one of them with a Spanish subtitle, and an English one."""
    folder = tmp_path / "media"
    folder.mkdir()
    for name, language in (("one.mkv", "jpn"), ("two.mkv", "jpn"), ("three.mkv", "eng")):
        write_speech_video(folder / name, [Track(silence(0.5), language)])
    (folder / "two.spa.srt").write_text("1\n00:00:00,000 --> 00:00:01,000\nHola\n", "utf-8")
    return folder


def test_that_rules_are_made_changed_toggled_and_deleted(server: SpeechServer) -> None:
    made = server.api("POST", "/api/scan-rules", rule())
    assert made.status == 201
    told = made.json
    assert told["conditions"] == {
        "audio_language_is": "jpn",
        "audio_language_not": None,
        "audio_track_count_min": None,
        "has_embedded_subtitle_lang": None,
        "missing_embedded_subtitle_lang": "spa",
        "missing_external_subtitle_lang": "spa",
        "file_extension": ".mkv,.mp4",
    }
    assert told["action"] == rule()["action"]
    assert (told["name"], told["enabled"], told["priority"]) == (rule()["name"], True, 10)
    path = f"/api/scan-rules/{told['id']}"
    assert server.get(path).json == told
    changes = {"priority": 3, "conditions": {"audio_language_is": None}, "action": {"job_priority": 9}}
    changed = server.api("PUT", path, changes).json
    assert (changed["priority"], changed["conditions"]["audio_language_is"]) == (3, None)
    assert changed["conditions"]["missing_external_subtitle_lang"] == "spa"
    assert changed["action"] == {**rule()["action"], "job_priority": 9}
    assert server.api("POST", f"{path}/toggle").json["enabled"] is False
    assert server.get("/api/scan-rules?enabled_only=true").json == []
    assert len(server.get("/api/scan-rules").json) == 1
    assert server.api("DELETE", path).json == {"message": f"Scan rule {told['id']} deleted successfully"}
    for method, place in (("GET", path), ("PUT", path), ("DELETE", path), ("POST", f"{path}/toggle")):
        refused(server.api(method, place, {} if method == "PUT" else None), 404)


def test_that_wrong_rules_are_refused(server: SpeechServer) -> None:
    first = server.api("POST", "/api/scan-rules", rule()).json["id"]
    refused(server.api("POST", "/api/scan-rules", rule()), 409)
    second = server.api("POST", "/api/scan-rules", rule("Other")).json["id"]
    refused(server.api("PUT", f"/api/scan-rules/{second}", {"name": rule()["name"]}), 409)
    wrong: list[dict[str, Any]] = [
        rule("a", conditions={}),
        rule("a", conditions={"audio_language_is": "klingonese"}),
        rule("a", conditions={"audio_track_count_min": "two"}),
        rule("a", action={"action_type": "sing", "target_language": "spa"}),
        rule("a", action={"action_type": "transcribe"}),
        rule("a", action={**rule()["action"], "quality_preset": "superb"}),
        rule(""),
    ]
    for body in wrong:
        refused(server.api("POST", "/api/scan-rules", body), 400)
    for garbage in ("x", "99999999999999999999"):
        refused(server.get(f"/api/scan-rules/{garbage}"), 400)
    assert [one["id"] for one in server.get("/api/scan-rules").json] == [first, second]


def test_that_a_scan_makes_jobs_for_what_matches(server: SpeechServer, media: Path) -> None:
    refused(server.api("POST", "/api/scanner/scan"), 400)
    server.api("POST", "/api/scan-rules", rule())
    told = server.api("POST", "/api/scanner/scan", {"paths": [str(media)], "recursive": True}).json
    assert (told["scanned_files"], told["matched_files"], told["jobs_created"], told["skipped_files"]) == (3, 1, 1, 2)
    assert told["paths_scanned"] == [str(media)]
    (job,) = server.get("/api/jobs").json["jobs"]
    assert (job["file_name"], job["target_lang"], job["priority"], job["is_manual_request"]) == (
        "one.mkv",
        "spa",
        5,
        False,
    )
    server.api("PUT", "/api/settings/library_paths", {"value": f'["{media}"]'})
    again = server.api("POST", "/api/scanner/scan").json
    assert (again["scanned_files"], again["jobs_created"]) == (3, 0)
    status = server.get("/api/scanner/status").json
    assert status["total_scans"] == 2
    assert status["last_scan_time"] is not None


def test_that_the_schedule_follows_its_cron_expression(server: SpeechServer, media: Path) -> None:
    refused(server.api("POST", "/api/scanner/scheduler/start", {"cron_expression": "every tuesday"}), 400)
    body = {"enabled": True, "cron_expression": "0 2 * * *", "paths": [str(media)], "recursive": True}
    started = server.api("POST", "/api/scanner/scheduler/start", body)
    assert started.json["message"].startswith("Scheduler started successfully")
    status = server.get("/api/scanner/status").json
    assert status["scheduler_running"] is True
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", status["next_scan_time"])
    assert server.api("POST", "/api/scanner/scheduler/stop").json["message"] == "Scheduler stopped successfully"
    assert server.get("/api/scanner/status").json["scheduler_running"] is False


def test_that_folders_are_watched_and_left_alone_again(server: SpeechServer, media: Path) -> None:
    refused(server.api("POST", "/api/scanner/watcher/start"), 400)
    started = server.api("POST", "/api/scanner/watcher/start", {"enabled": True, "paths": [str(media)]})
    assert started.json == {"message": "File watcher started successfully"}
    status = server.get("/api/scanner/status").json
    assert (status["watcher_running"], status["watched_paths"]) == (True, [str(media)])
    assert server.api("POST", "/api/scanner/watcher/stop").json["message"] == "File watcher stopped successfully"
    assert server.get("/api/scanner/status").json["watcher_running"] is False


def test_that_a_file_is_analysed(server: SpeechServer, media: Path) -> None:
    told = server.api("POST", f"/api/scanner/analyze?file_path={media}/two.mkv").json
    assert (told["file_path"], told["is_video"], told["embedded_subtitles"]) == (f"{media}/two.mkv", True, [])
    (track,) = told["audio_tracks"]
    assert (track["index"], track["codec"], track["language"], track["channels"]) == (0, "aac", "jpn", 1)
    (subtitle,) = told["external_subtitles"]
    assert (subtitle["path"], subtitle["language"]) == (f"{media}/two.spa.srt", "spa")
    assert told["duration_seconds"] == pytest.approx(0.5, abs=0.3)
    refused(server.api("POST", f"/api/scanner/analyze?file_path={media}"), 400)
    refused(server.api("POST", f"/api/scanner/analyze?file_path={media}/gone.mkv"), 404)
    refused(server.api("POST", "/api/scanner/analyze"), 400)


# ------------------------------------------------------------------ settings


def test_that_settings_are_typed_and_checked(server: SpeechServer) -> None:
    assert server.api("POST", "/api/settings/init-defaults").json["message"].startswith("Default settings")
    told = {one["key"]: one for one in server.get("/api/settings").json}
    assert (told["worker_cpu_count"]["value"], told["worker_cpu_count"]["value_type"]) == ("1", "integer")
    assert set(told["worker_cpu_count"]) == {
        "id", "key", "value", "description", "category", "value_type", "created_at", "updated_at",
    }  # fmt: skip
    assert {one["category"] for one in server.get("/api/settings?category=workers").json} == {"workers"}
    changed = server.api("PUT", "/api/settings/worker_cpu_count", {"value": "2"}).json
    assert (changed["value"], server.get("/api/settings/worker_cpu_count").json["value"]) == ("2", "2")
    assert changed["updated_at"] is not None
    for wrong in ("many", "-1", "1.5", ""):
        refused(server.api("PUT", "/api/settings/worker_cpu_count", {"value": wrong}), 400)
    refused(server.api("PUT", "/api/settings/worker_cpu_count", {}), 400)
    refused(server.api("PUT", "/api/settings/nothing_such", {"value": "1"}), 404)
    refused(server.get("/api/settings/nothing_such"), 404)


def test_that_many_settings_change_together_or_not_at_all(server: SpeechServer) -> None:
    good = {"worker_cpu_count": "3", "worker_gpu_count": "0", "scanner_recursive": "false"}
    told = server.api("POST", "/api/settings/bulk-update", {"settings": good})
    assert told.json == {"message": "Updated 3 settings successfully"}
    refused(server.api("POST", "/api/settings/bulk-update", {"settings": {"worker_cpu_count": "4", "nope": "1"}}), 404)
    bad = {"worker_cpu_count": "4", "scanner_cron": "not a cron"}
    refused(server.api("POST", "/api/settings/bulk-update", {"settings": bad}), 400)
    assert server.get("/api/settings/worker_cpu_count").json["value"] == "3"


def test_that_settings_of_one_s_own_are_made_and_deleted(server: SpeechServer) -> None:
    own = {
        "key": "custom_setting",
        "value": "value",
        "description": "Custom setting description",
        "category": "general",
        "value_type": "string",
    }
    made = server.api("POST", "/api/settings", own)
    assert made.status == 201
    assert {name: made.json[name] for name in own} == own
    refused(server.api("POST", "/api/settings", own), 409)
    refused(server.api("POST", "/api/settings", {**own, "key": "other", "value_type": "colour"}), 400)
    refused(server.api("POST", "/api/settings", {**own, "key": "a b"}), 400)
    deleted = server.api("DELETE", "/api/settings/custom_setting")
    assert deleted.json == {"message": "Setting 'custom_setting' deleted successfully"}
    refused(server.api("DELETE", "/api/settings/custom_setting"), 404)


# ------------------------------------------------------------------ set-up


def standalone(media: Path, **changes: Any) -> dict[str, Any]:
    return {
        "library_paths": [str(media)],
        "scan_rules": [
            {
                "name": "Japanese to Spanish",
                "audio_language_is": "jpn",
                "missing_external_subtitle_lang": "spa",
                "target_language": "spa",
                "action_type": "transcribe",
            }
        ],
        "worker_config": {"count": 1, "type": "cpu"},
        "scanner_config": {"interval_minutes": 360},
        **changes,
    }


def test_that_the_wizard_makes_everything_at_once(server: SpeechServer, media: Path) -> None:
    assert server.get("/api/setup/status").json == {"is_first_run": True, "setup_completed": False}
    told = server.api("POST", "/api/setup/standalone", standalone(media)).json
    assert told == {"success": True, "message": "Standalone mode configured successfully", "bazarr_info": None}
    (made,) = server.get("/api/scan-rules").json
    assert (made["name"], made["conditions"]["audio_language_is"]) == ("Japanese to Spanish", "jpn")
    assert made["action"]["target_language"] == "spa"
    assert len(server.get("/api/workers").json) == 1
    status = server.get("/api/scanner/status").json
    assert (status["scheduler_running"], status["scheduler_enabled"]) == (True, True)
    assert server.get("/api/settings/library_paths").json["value"] == f'["{media}"]'
    assert server.get("/api/setup/status").json == {"is_first_run": False, "setup_completed": True}


def test_that_a_wizard_that_fails_changes_nothing(server: SpeechServer, media: Path) -> None:
    good = standalone(media)["scan_rules"][0]
    server.api("POST", "/api/scan-rules", rule("Taken"))
    before = server.get("/api/settings").json
    cases: list[tuple[dict[str, Any], int]] = [
        ({"scan_rules": [good, {**good, "name": "Taken"}]}, 409),
        ({"scan_rules": [good, good]}, 400),
        ({"scan_rules": [{"name": "No condition", "target_language": "spa"}]}, 400),
        ({"worker_config": {"count": 1, "type": "tpu"}}, 400),
        ({"library_paths": []}, 400),
        ({"scanner_config": {"interval_minutes": 0}}, 400),
    ]
    for changes, status in cases:
        refused(server.api("POST", "/api/setup/standalone", standalone(media, **changes)), status)
    assert [one["name"] for one in server.get("/api/scan-rules").json] == ["Taken"]
    after = server.get("/api/settings").json
    assert [(one["key"], one["value"]) for one in after] == [(one["key"], one["value"]) for one in before]
    assert server.get("/api/workers").json == []


def test_that_the_mode_for_bazarr_makes_a_key_and_says_the_real_port(server: SpeechServer) -> None:
    told = server.api("POST", "/api/setup/bazarr-slave").json
    assert (told["success"], told["message"]) == (True, "Bazarr slave mode configured successfully")
    info = told["bazarr_info"]
    assert (info["mode"], info["host"], info["port"]) == ("bazarr_slave", "127.0.0.1", server.port)
    assert info["provider_url"] == f"http://127.0.0.1:{server.port}"
    assert server.context.keys.check(info["api_key"]) == "operator"
    assert info["api_key"] not in server.get("/api/settings").body.decode()
    assert server.get("/api/settings/bazarr_enabled").json["value"] == "true"


def test_that_the_wizard_is_skipped(server: SpeechServer) -> None:
    assert server.api("POST", "/api/setup/skip").json == {"message": "Setup wizard skipped"}
    assert server.get("/api/setup/status").json == {"is_first_run": False, "setup_completed": True}


# ------------------------------------------------------------------ roles


@pytest.fixture
def open_to_all(tmp_path: Path) -> Iterator[SpeechServer]:
    with speech_server(tmp_path / "library", settings=ServerSettings(host=ANY)) as server:
        yield server


def test_that_roles_open_what_they_should(open_to_all: SpeechServer) -> None:
    plain = {role: open_to_all.context.keys.create(role)[1] for role in ("viewer", "operator", "admin")}
    cases: tuple[tuple[str, str, object, dict[str, int]], ...] = (
        ("GET", "/api/jobs", None, {"viewer": 200, "operator": 200, "admin": 200}),
        ("GET", "/api/settings", None, {"viewer": 200, "operator": 200, "admin": 200}),
        ("GET", "/api/filesystem/browse", None, {"viewer": 403, "operator": 200}),
        ("POST", "/api/jobs/queue/clear", None, {"viewer": 403, "operator": 200}),
        ("DELETE", "/api/scan-rules/7", None, {"viewer": 403, "operator": 404}),
        ("PUT", "/api/settings/worker_cpu_count", {"value": "1"}, {"viewer": 403, "operator": 403, "admin": 200}),
        ("POST", "/api/setup/skip", None, {"operator": 403, "admin": 200}),
        ("POST", "/api/setup/bazarr-slave", None, {"operator": 403}),
        ("POST", "/asr", None, {"viewer": 403}),
    )
    for method, path, body, expected in cases:
        for prefix in ("", "/transcriptorio"):
            assert open_to_all.ask(method, prefix + path, body).status == 401, path
            for role, status in expected.items():
                answer = open_to_all.ask(method, prefix + path, body, {"X-API-Key": plain[role]})
                assert answer.status == status, (method, path, role, answer.body)
