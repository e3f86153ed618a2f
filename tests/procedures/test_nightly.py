"""The nightly training: when it is due, what sets it, and that it ends when it is told to."""

import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from core.audit.log import read
from core.errors import InvalidRequest
from core.jobs.types import Job
from core.library.library import Library
from core.procedures.nightly import Nightly, NightlySettings, next_run, read_settings, write_settings
from core.procedures.types import TRAINING

EVENING, NIGHT, MORNING = (datetime.fromisoformat(f"2026-02-08 {hour}:30") for hour in ("22", "02", "08"))


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library") as opened:
        yield opened


def trainings(library: Library) -> list[Job]:
    return [job for job in library.jobs.list() if job.type == TRAINING]


@pytest.mark.parametrize(
    ("after", "due"),
    [
        ("2026-02-08 01:59:59", "2026-02-08 02:00:00"),
        ("2026-02-08 02:00:00", "2026-02-09 02:00:00"),
        ("2026-12-31 23:00:00", "2027-01-01 02:00:00"),
    ],
)
def test_that_the_next_run_is_the_next_full_hour_of_that_name(after: str, due: str) -> None:
    assert next_run(datetime.fromisoformat(after), 2) == datetime.fromisoformat(due)


def test_that_it_is_off_until_somebody_turns_it_on(library: Library) -> None:
    assert Nightly(library, environment={}, clock=lambda: EVENING).status() == {
        "enabled": False,
        "next_run_local": None,
        "hour_local": 2,
        "min_new_videos": 10,
    }


def test_that_the_environment_sets_it_and_a_person_overrules_the_environment(library: Library) -> None:
    environment = {
        "SOPILOT_NIGHTLY_ENABLED": "true",
        "SOPILOT_NIGHTLY_HOUR_LOCAL": "4",
        "SOPILOT_NIGHTLY_MIN_NEW_VIDEOS": "3",
    }
    nightly = Nightly(library, environment=environment, clock=lambda: EVENING)
    assert nightly.status() == {
        "enabled": True,
        "next_run_local": "2026-02-09T04:00:00",
        "hour_local": 4,
        "min_new_videos": 3,
    }
    write_settings(library, NightlySettings(enabled=False, hour_local=5, min_new_videos=7), actor="desktop")
    assert nightly.settings() == NightlySettings(enabled=False, hour_local=5, min_new_videos=7)
    (entry,) = read(library.store, kinds=["setting"])
    assert (entry.subject, entry.actor, entry.details["nightly_hour_local"]) == ("nightly training", "desktop", "5")


@pytest.mark.parametrize(
    ("environment", "settings"),
    [
        ({"SOPILOT_NIGHTLY_ENABLED": "perhaps"}, NightlySettings()),
        ({"SOPILOT_NIGHTLY_HOUR_LOCAL": "noon"}, NightlySettings()),
        ({"SOPILOT_NIGHTLY_HOUR_LOCAL": "25"}, NightlySettings(hour_local=23)),
        ({"SOPILOT_NIGHTLY_MIN_NEW_VIDEOS": "-4"}, NightlySettings(min_new_videos=1)),
    ],
)
def test_that_nonsense_in_the_environment_does_no_harm(
    library: Library, environment: dict[str, str], settings: NightlySettings
) -> None:
    assert read_settings(library, environment) == settings


@pytest.mark.parametrize("settings", [NightlySettings(hour_local=24), NightlySettings(min_new_videos=0)])
def test_that_settings_out_of_their_bounds_are_refused(library: Library, settings: NightlySettings) -> None:
    with pytest.raises(InvalidRequest):
        write_settings(library, settings, actor="desktop")
    assert read_settings(library, {}) == NightlySettings()


def test_that_a_training_is_asked_for_once_a_night(library: Library) -> None:
    now = [EVENING]
    nightly = Nightly(library, environment={"SOPILOT_NIGHTLY_ENABLED": "1"}, clock=lambda: now[0])
    before = nightly.look(EVENING)
    assert trainings(library) == []
    now[0] = NIGHT.replace(day=9)
    before = nightly.look(before)
    assert len(trainings(library)) == 1
    (job,) = trainings(library)
    assert (job.params["trigger"], job.params["requested_by"]) == ("nightly", "nightly")
    library.jobs.cancel(job.job_id)
    now[0] = MORNING.replace(day=9)
    nightly.look(before)
    assert len(trainings(library)) == 1


def test_that_nothing_is_asked_for_while_it_is_off(library: Library) -> None:
    Nightly(library, environment={}, clock=lambda: MORNING).look(EVENING.replace(day=7))
    assert trainings(library) == []


def test_that_a_clock_set_back_over_the_hour_does_not_ask_at_once(library: Library) -> None:
    nightly = Nightly(library, environment={"SOPILOT_NIGHTLY_ENABLED": "1"}, clock=lambda: NIGHT.replace(hour=1))
    assert nightly.look(MORNING) == NIGHT.replace(hour=1)
    assert trainings(library) == []


def test_that_it_stops_at_once_however_long_it_would_wait(library: Library) -> None:
    nightly = Nightly(library, environment={})
    nightly.start()
    nightly.start()
    assert sum(thread.name == "nightly-training" for thread in threading.enumerate()) == 1
    nightly.stop()
    nightly.stop()
    assert not any(thread.name == "nightly-training" for thread in threading.enumerate())
