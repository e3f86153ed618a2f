"""Settings of the automation."""

import json

import pytest

from core.errors import Conflict, InvalidRequest, NotFound
from core.jobs.events import Event
from core.library.library import Library
from core.subtitling.events import PreferencesChanged
from core.subtitling.preference_table import CATEGORIES, KNOWN
from core.subtitling.preferences import Preferences


@pytest.fixture
def preferences(library: Library) -> Preferences:
    made = Preferences(library)
    made.init_defaults()
    return made


def test_that_defaults_hold_before_there_is_any_row(library: Library) -> None:
    bare = Preferences(library)
    assert bare.all() == []
    assert (bare.number("worker_cpu_count"), bare.truth("scanner_enabled"), bare.texts("library_paths")) == (
        1,
        False,
        (),
    )
    with pytest.raises(NotFound):
        bare.get("worker_cpu_count")


def test_that_defaults_are_made_once_and_nothing_changed_is_overwritten(preferences: Preferences) -> None:
    preferences.set("worker_cpu_count", "3")
    preferences.init_defaults()
    assert preferences.get("worker_cpu_count").value == "3"
    assert {one.key for one in preferences.all()} == set(KNOWN)
    assert {one.category for one in preferences.all()} == set(CATEGORIES)
    assert [one.key for one in preferences.all("bazarr")] == [
        "bazarr_enabled",
        "bazarr_host",
        "bazarr_port",
        "bazarr_preset",
    ]


def test_that_every_default_passes_its_own_check() -> None:
    assert {one.key: one.check(one.key, one.default) for one in KNOWN.values()} == {
        one.key: one.default for one in KNOWN.values()
    }


@pytest.mark.parametrize(
    ("key", "value", "stored"),
    [
        ("worker_cpu_count", 2, "2"),
        ("scanner_enabled", True, "true"),
        ("scanner_enabled", "Yes", "true"),
        ("library_paths", ["/media/a", "/media/b/", "/media/a"], '["/media/a", "/media/b"]'),
        ("library_paths", "/media/a, /media/b", '["/media/a", "/media/b"]'),
        ("library_paths", '["/media/ä"]', '["/media/ä"]'),
        ("audio_languages", "ja|English", '["jpn", "eng"]'),
        ("scanner_cron", "0 2 * * *", "0 2 * * *"),
        ("scanner_cron", "", ""),
        ("whisper_model", "medium", "whisper-medium"),
        ("watcher_settle_s", "2.50", "2.5"),
        ("default_quality_preset", "BEST", "best"),
    ],
)
def test_that_a_value_is_stored_in_its_one_proper_form(
    preferences: Preferences, key: str, value: object, stored: str
) -> None:
    assert preferences.set(key, value).value == stored
    assert preferences.get(key).value == stored


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("worker_cpu_count", "many"),
        ("worker_cpu_count", "-1"),
        ("worker_cpu_count", True),
        ("worker_cpu_count", 100_000),
        ("worker_cpu_count", None),
        ("scanner_enabled", "perhaps"),
        ("library_paths", "media/films"),
        ("library_paths", '{"a": 1}'),
        ("audio_languages", ["klingonish"]),
        ("scanner_cron", "every day"),
        ("transcription_model", "whisper-huge"),
        ("transcription_model", "ge2e"),
        ("watcher_settle_s", "nan"),
        ("bazarr_port", "70000"),
        ("bazarr_host", "http://a/b"),
        ("default_quality_preset", "perfect"),
    ],
)
def test_that_a_value_of_another_type_is_refused_by_name(preferences: Preferences, key: str, value: object) -> None:
    before = preferences.get(key).value
    with pytest.raises(InvalidRequest) as told:
        preferences.set(key, value)
    assert key in told.value.message or "klingonish" in told.value.message
    assert told.value.action
    assert preferences.get(key).value == before


def test_that_of_many_changes_all_are_made_or_none(preferences: Preferences) -> None:
    with pytest.raises(InvalidRequest):
        preferences.set_many({"worker_cpu_count": "2", "scanner_enabled": "perhaps"})
    assert preferences.number("worker_cpu_count") == 1
    with pytest.raises(NotFound):
        preferences.set_many({"worker_cpu_count": "2", "worker_moon_count": "1"})
    assert preferences.number("worker_cpu_count") == 1
    preferences.set_many({"worker_cpu_count": "2", "scanner_enabled": "true"})
    assert (preferences.number("worker_cpu_count"), preferences.truth("scanner_enabled")) == (2, True)


def test_that_changes_are_told_once_and_only_real_ones(library: Library, preferences: Preferences) -> None:
    events: list[Event] = []
    library.events.subscribe(events.append)
    preferences.set_many({"worker_cpu_count": "2", "scanner_enabled": "false"})
    preferences.set("worker_cpu_count", "2")
    assert events == [PreferencesChanged(frozenset({"worker_cpu_count"}))]


def test_that_programs_make_settings_of_their_own(preferences: Preferences) -> None:
    made = preferences.create("custom_setting", "7", description="Seven", category="general", value_type="integer")
    assert (made.key, made.value, made.value_type, made.updated_at) == ("custom_setting", "7", "integer", None)
    with pytest.raises(Conflict):
        preferences.create("custom_setting", "8")
    with pytest.raises(InvalidRequest):
        preferences.set("custom_setting", "eight")
    assert preferences.set("custom_setting", "8").updated_at is not None
    preferences.delete("custom_setting")
    for call in (preferences.get, preferences.delete, lambda key: preferences.set(key, "1")):
        with pytest.raises(NotFound):
            call("custom_setting")
    for key, value_type in (("white space", None), ("x" * 101, None), ("fine", "colour")):
        with pytest.raises(InvalidRequest):
            preferences.create(key, "1", value_type=value_type)


def test_that_a_deleted_setting_of_rushes_counts_with_its_default(preferences: Preferences) -> None:
    preferences.set("model_idle_minutes", "9")
    preferences.delete("model_idle_minutes")
    with pytest.raises(NotFound):
        preferences.get("model_idle_minutes")
    assert preferences.number("model_idle_minutes") == 5
    preferences.init_defaults()
    assert preferences.get("model_idle_minutes").value == "5"


def test_that_a_list_is_kept_as_json(preferences: Preferences) -> None:
    preferences.create("names", ["a", "b"], value_type="list")
    assert json.loads(preferences.get("names").value or "") == ["a", "b"]
    assert preferences.texts("names") == ("a", "b")
