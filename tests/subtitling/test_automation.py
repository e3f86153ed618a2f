"""All that makes subtitles by itself, together."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.jobs.events import Event, Notice
from core.jobs.types import Job, JobState
from core.library.library import Library
from core.scanning.types import Conditions, RuleAction
from core.subtitling import workers as workers_module
from core.subtitling.automation import Automation
from models.store import ModelStore
from tests.made_speech import Track, speech, write_speech_video
from tests.subtitling.conftest import settled
from tests.subtitling.given_engine import GivenEngine, sound_file

Until = Callable[..., Job]


@pytest.fixture
def automation(
    library: Library, engine: GivenEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Automation]:
    monkeypatch.setattr(workers_module, "_speech_engine", lambda *_arguments: engine)
    made = Automation(library, ModelStore(tmp_path / "models"))
    yield made
    made.stop()


def test_that_making_it_starts_nothing_and_starting_it_returns_at_once(automation: Automation) -> None:
    assert automation.workers.statuses() == []
    automation.start()
    automation.start()
    assert settled(lambda: [one.worker_id for one in automation.workers.statuses()] == ["worker-cpu-0"])
    status = automation.scanner.status()
    assert (status.scheduler_running, status.watcher_running) == (False, False)


def test_that_stopping_leaves_no_thread_and_puts_the_job_back(
    library: Library, automation: Automation, engine: GivenEngine, tmp_path: Path
) -> None:
    before = set(threading.enumerate())
    engine.gate.clear()
    automation.start()
    job = automation.submit_file(sound_file(tmp_path / "film.mkv"))
    assert engine.working.wait(10)
    automation.stop()
    automation.stop()
    assert library.jobs.get(job.job_id).state is JobState.QUEUED
    assert engine.closed
    left = set(threading.enumerate()) - before
    assert {thread.name for thread in left if not thread.daemon} == set()
    assert settled(lambda: not (set(threading.enumerate()) - before))


def test_that_stopping_at_once_after_the_start_is_fine(automation: Automation) -> None:
    automation.start()
    automation.stop()
    assert automation.workers.statuses() == []
    assert not automation.workers.stats().running


def test_that_settings_take_effect(automation: Automation, tmp_path: Path) -> None:
    folder = tmp_path / "media"
    folder.mkdir()
    automation.start()
    preferences, status = automation.preferences, automation.scanner.status
    preferences.set("worker_cpu_count", 2)
    assert settled(lambda: automation.workers.stats().cpu == 2)
    preferences.set("scanner_enabled", True)
    preferences.set("watcher_enabled", True)
    time.sleep(0.05)
    assert not status().scheduler_running
    preferences.set("library_paths", [str(folder)])
    assert settled(lambda: status().scheduler_running and status().watcher_running)
    assert status().watched_paths == (str(folder),)
    preferences.set("scanner_cron", "0 2 * * *")
    assert settled(lambda: automation.scheduler.status().words == "0 2 * * *")
    preferences.set_many({"scanner_enabled": "false", "watcher_enabled": "false", "worker_cpu_count": "0"})
    assert settled(lambda: not status().scheduler_running and not status().watcher_running)
    assert settled(lambda: automation.workers.statuses() == [])


def test_that_a_stopped_pool_is_not_revived_by_a_setting(automation: Automation) -> None:
    automation.start()
    assert settled(lambda: automation.workers.stats().running)
    automation.workers.stop_pool(5)
    automation.preferences.set("worker_cpu_count", 2)
    time.sleep(0.1)
    assert automation.workers.statuses() == []


def test_that_a_setting_that_cannot_be_followed_is_told(
    library: Library, automation: Automation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers_module, "gpu_count", lambda: 1)
    events: list[Event] = []
    library.events.subscribe(events.append)
    automation.start()
    assert settled(lambda: automation.workers.stats().running)
    monkeypatch.setattr(automation.workers, "start_pool", lambda *_numbers: 1 / 0)
    automation.preferences.set("worker_cpu_count", 3)
    assert settled(lambda: any(isinstance(one, Notice) for one in events))
    assert automation.workers.stats().running


def test_that_a_scan_makes_subtitles_and_the_next_one_leaves_them_alone(
    library: Library, automation: Automation, until: Until, tmp_path: Path
) -> None:
    folder = tmp_path / "media"
    folder.mkdir()
    film = write_speech_video(folder / "film.mkv", [Track(speech()[:16000], "spa")], seconds=1)
    automation.preferences.set("library_paths", [str(folder)])
    automation.rules.create(
        "Spanish without subtitle",
        Conditions(audio_language_is="spa", missing_external_subtitle_lang="eng"),
        RuleAction("transcribe", "eng", "fast", 4),
    )
    automation.start()
    result = automation.scanner.scan()
    assert (result.scanned, result.matched, result.jobs_created) == (1, 1, 1)
    [job] = library.jobs.list()
    assert (job.priority, job.params["manual"], job.params["preset"]) == (4, False, "fast")
    assert (job.params["file_path"], job.params["target_lang"]) == (str(film), "eng")
    ended = until(job.job_id)
    assert ended.state is JobState.SUCCEEDED, ended.error
    assert film.with_name("film.spa.srt").is_file()
    assert automation.scanner.scan().jobs_created == 0, "the wanted language cannot be had, so it is not tried for ever"
