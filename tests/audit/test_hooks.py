"""What is done in a library stands in its trail: jobs, edits, keys, deletions, exports, settings."""

import threading
from pathlib import Path
from typing import Any

import pytest

from core.access.keys import Keys
from core.access.roles import Role
from core.audit.log import read
from core.audit.types import Entry
from core.audit.verifying import verify_chain
from core.audit.words import job_items
from core.errors import InvalidRequest
from core.export.write import write_export
from core.jobs.events import Event, JobChanged
from core.jobs.runner import Runner
from core.jobs.types import Job, JobContext, JobState
from core.library.library import Library
from core.procedures.types import INGEST, SCORE, TRAINING
from core.reports.episode import write_episode_report
from core.reports.jobs import registry
from core.subtitling.preferences import Preferences
from core.webhooks import hooks
from tests.screen_time.film import EP_ID, make_film

SPANS = {"track-00001": ("identity-00001", [(0.0, 1.0)]), "track-00002": ("identity-00002", [(1.0, 2.0)])}


def newest(library: Library, count: int = 1, kind: str | None = None) -> list[Entry]:
    return read(library.store, limit=count, kinds=None if kind is None else [kind])


def run_all(library: Library, function: Any) -> None:
    work_off(library, dict.fromkeys((INGEST, SCORE, TRAINING), function))


def work_off(library: Library, functions: dict[str, Any]) -> None:
    """Run the one job that waits."""
    stop = threading.Event()

    def ended(event: Event) -> None:
        if isinstance(event, JobChanged) and JobState(event.state).ended:
            stop.set()

    unsubscribe = library.events.subscribe(ended)
    Runner(library, functions).work(stop)
    unsubscribe()


def test_that_a_score_is_told_in_the_words_of_the_document(library: Library) -> None:
    params = {"gold_video_id": 1, "trainee_video_id": 42, "task_id": "line_1", "requested_by": "token:operator"}
    job = library.jobs.submit(SCORE, params=params)
    run_all(library, lambda _job, _context: {"score": 87.5})
    done, asked = job_items(library.store)
    assert done["hash"] != asked["hash"]
    assert done["prev_hash"] == asked["hash"]
    assert asked["status"] == "queued"
    assert asked["started_at"] is asked["score"] is None
    times = {name: done.pop(name) for name in ("queued_at", "started_at", "finished_at", "created_at")}
    for name in ("entry_id", "hash", "prev_hash", "details"):
        done.pop(name)
    assert done == {
        "job_id": job.job_id, "job_type": "score", "requested_by": "token:operator", "task_id": "line_1",
        "subject": "1→42", "status": "completed", "model_name": None, "score": 87.5, "error_message": None,
        "kind": "job",
    }  # fmt: skip
    assert all(len(at) == 20 and at.endswith("Z") for at in times.values())
    assert times["created_at"] == times["queued_at"] <= times["started_at"] <= times["finished_at"]


def test_that_an_ingest_names_its_model_and_a_failure_its_reason(library: Library) -> None:
    library.jobs.submit(INGEST, params={"video_id": 7, "task_id": "line_1", "requested_by": "desktop"})
    run_all(library, lambda _job, _context: {"embedding_model": "mobilenet-v2:1", "video_id": 7})
    assert job_items(library.store, 1)[0]["model_name"] == "mobilenet-v2:1"
    assert job_items(library.store, 1)[0]["subject"] == "7"

    def fail(_job: Job, _context: JobContext) -> dict[str, Any]:
        raise InvalidRequest("The video 7 has too few clips.", action="Film it again.")

    library.jobs.submit(TRAINING, params={"trigger": "manual"})
    run_all(library, fail)
    item = job_items(library.store, 1)[0]
    assert (item["job_type"], item["status"]) == ("training", "failed")
    assert "too few clips" in item["error_message"]


def test_that_a_canceled_and_a_retried_job_are_told(library: Library) -> None:
    job = library.jobs.submit("analyse")
    library.jobs.cancel(job.job_id)
    library.jobs.retry(job.job_id)
    statuses = [item["status"] for item in job_items(library.store)]
    assert statuses == ["queued", "canceled", "queued"]
    assert job_items(library.store, 1)[0]["job_type"] == "analyse"


def test_that_a_job_given_up_at_recovery_is_told(library: Library) -> None:
    job = library.jobs.submit("analyse")
    library.jobs.claim()
    library.jobs._cancels.clear()  # as in a new process
    assert library.jobs.recover(most_attempts=1)[0].state == JobState.FAILED
    item = job_items(library.store, 1)[0]
    assert (item["job_id"], item["status"]) == (job.job_id, "failed")


def test_that_a_job_that_goes_on_after_recovery_is_not_told_as_ended(library: Library) -> None:
    library.jobs.submit("analyse")
    library.jobs.claim()
    library.jobs._cancels.clear()
    library.jobs.recover(most_attempts=3)
    assert [item["status"] for item in job_items(library.store)] == ["queued"]


def test_that_clearing_jobs_leaves_their_entries(library: Library) -> None:
    first, second, third = (library.jobs.submit("analyse", params={"n": n}) for n in range(3))
    for job in (first, second, third):
        library.jobs.cancel(job.job_id)
    before = read(library.store)
    library.jobs.remove(first.job_id)
    library.jobs.clear_ended()
    entries = read(library.store)
    assert entries[2:] == before
    assert [(one.kind, one.subject) for one in entries[:2]] == [("deletion", "2 jobs"), ("deletion", first.job_id)]
    assert entries[0].details["job_ids"] == [second.job_id, third.job_id]
    assert library.jobs.clear_ended() == 0
    assert read(library.store) == entries


def test_that_edits_with_undo_and_redo_are_told(library: Library) -> None:
    make_film(library, SPANS)
    library.moderation.rename(EP_ID, "identity-00001", "Lisa", actor="key:key-1")
    library.moderation.undo(EP_ID, actor="desktop")
    library.moderation.redo(EP_ID, actor="token:operator")
    redo, undo, rename = newest(library, 3, "edit")
    assert [one.details["direction"] for one in (rename, undo, redo)] == ["do", "undo", "redo"]
    assert [one.actor for one in (rename, undo, redo)] == ["key:key-1", "desktop", "token:operator"]
    assert rename.details["command"] == "rename"
    assert rename.subject == EP_ID
    assert len({one.details["edit_id"] for one in (rename, undo, redo)}) == 1


def test_that_an_edit_that_changes_nothing_is_not_told(library: Library) -> None:
    make_film(library, SPANS)
    library.moderation.rename(EP_ID, "identity-00001", "Lisa")
    before = newest(library)
    library.moderation.rename(EP_ID, "identity-00001", "Lisa")
    assert newest(library) == before


def test_that_keys_are_told_without_their_secret(library: Library) -> None:
    keys = Keys(library.store)
    key_id, plain = keys.create(Role.VIEWER, "for the door", actor="command line")
    keys.revoke(key_id, actor="desktop")
    keys.revoke(key_id)
    revoked, created = read(library.store)
    assert (created.kind, created.subject, created.actor) == ("key", key_id, "command line")
    assert created.details == {"what": "created", "role": "viewer", "note": "for the door"}
    assert (revoked.details, revoked.actor) == ({"what": "revoked"}, "desktop")
    secret = plain.split(".")[1]
    assert not any(secret in str(one) for one in (created, revoked))


def test_that_the_deletion_of_an_episode_is_told_and_its_entries_stay(library: Library) -> None:
    make_film(library, SPANS, title="The film")
    library.moderation.rename(EP_ID, "identity-00001", "Lisa")
    before = read(library.store)
    library.episodes.delete(EP_ID, actor="desktop")
    deletion, *others = read(library.store)
    assert (deletion.kind, deletion.subject, deletion.actor) == ("deletion", EP_ID, "desktop")
    assert deletion.details["title"] == "The film"
    assert others == before


def test_that_exports_and_reports_are_told_once_they_are_whole(library: Library, tmp_path: Path) -> None:
    make_film(library, SPANS)
    write_export(library, EP_ID, "json", tmp_path / "film.json", actor="desktop")
    write_episode_report(library, EP_ID, tmp_path / "film.pdf")
    with pytest.raises(InvalidRequest):
        write_export(library, EP_ID, "json", tmp_path)
    report, export = newest(library, 5, "export")
    assert export.details == {"what": "episode as json", "path": str(tmp_path / "film.json")}
    assert (report.details["what"], report.subject) == ("report", EP_ID)


def test_that_a_report_made_by_a_job_names_who_asked(library: Library) -> None:
    make_film(library, SPANS)
    library.jobs.submit("report", ep_id=EP_ID, params={"requested_by": "desktop"})
    work_off(library, dict(registry(library)))
    assert newest(library, 1, "export")[0].actor == "desktop"


def test_that_settings_are_told_and_secrets_among_them_are_not(library: Library) -> None:
    preferences = Preferences(library)
    preferences.set("default_quality_preset", "best")
    preferences.set("default_quality_preset", "best")
    preferences.create("my_api_key", "hunter2")
    preferences.delete("my_api_key")
    deleted, created, changed = newest(library, 9, "setting")
    assert changed.subject == "default_quality_preset"
    assert changed.details["after"] == "best"
    assert "hunter2" not in str(created) + str(deleted)


def test_that_webhooks_and_the_cast_are_told(library: Library) -> None:
    hook = hooks.add_hook(library.store, "https://example.org/hook?secret=1")
    hooks.remove_hook(library.store, hook.webhook_id)
    member = library.cast.add("Lisa Vanderpump")
    library.cast.rename(member.cast_id, "Lisa V.")
    library.cast.delete(member.cast_id)
    entries = read(library.store)[::-1]
    assert [one.details["command"] for one in entries] == ["add", "remove", "add", "rename", "delete"]
    assert "secret" not in str(entries)
    assert verify_chain(library.store) == ()
