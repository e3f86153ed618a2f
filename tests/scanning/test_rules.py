"""What a rule may say and which files it means."""

from typing import Any

import pytest

from core.errors import Conflict, InvalidRequest, NotFound
from core.library.library import Library
from core.scanning.conditions import checked_conditions
from core.scanning.events import RulesChanged
from core.scanning.matching import action_for, holds
from core.scanning.rules import Rules, check_rule, match
from core.scanning.types import (
    AudioTrack,
    Conditions,
    FileFacts,
    MatchedAction,
    RuleAction,
    SubtitleFile,
    SubtitleTrack,
)

TO_SPANISH = {"action_type": "transcribe", "target_language": "spa", "quality_preset": "fast", "job_priority": 5}


def facts(
    *audio: str,
    path: str = "/media/a.mkv",
    embedded: tuple[tuple[str, bool], ...] = (),
    external: tuple[tuple[str, bool], ...] = (),
    is_video: bool = True,
) -> FileFacts:
    """A file as it might be, without a file."""
    return FileFacts(
        path,
        1,
        1,
        60.0,
        is_video,
        tuple(AudioTrack(index, index + 1, "aac", code, 2) for index, code in enumerate(audio)),
        tuple(SubtitleTrack(index, "subrip", code, forced=forced) for index, (code, forced) in enumerate(embedded)),
        tuple(SubtitleFile(f"/media/a.{index}.srt", code, forced) for index, (code, forced) in enumerate(external)),
    )


def does_hold(file: FileFacts, **conditions: Any) -> bool:
    return holds(checked_conditions(conditions), file)


def test_that_audio_language_is_means_any_track() -> None:
    assert does_hold(facts("eng", "jpn"), audio_language_is="jpn")
    assert does_hold(facts("eng"), audio_language_is="ja, English")
    assert not does_hold(facts("eng", ""), audio_language_is="jpn")


def test_that_audio_language_not_means_no_track() -> None:
    assert does_hold(facts("eng", ""), audio_language_not="jpn,spa")
    assert not does_hold(facts("eng", "spa"), audio_language_not="jpn,spa")


def test_that_und_means_tracks_without_language() -> None:
    assert does_hold(facts("eng", ""), audio_language_is="und")
    assert not does_hold(facts("eng"), audio_language_is="und")
    assert not does_hold(facts(""), audio_language_not="und")


def test_that_tracks_are_counted() -> None:
    assert does_hold(facts("eng", "jpn"), audio_track_count_min=2)
    assert not does_hold(facts("eng"), audio_track_count_min=2)


def test_that_subtitles_inside_are_asked_for() -> None:
    file = facts("jpn", embedded=(("eng", False), ("spa", True)))

    assert does_hold(file, has_embedded_subtitle_lang="eng")
    assert not does_hold(file, has_embedded_subtitle_lang="spa")
    assert not does_hold(file, missing_embedded_subtitle_lang="eng")
    assert not does_hold(file, missing_embedded_subtitle_lang="fra,eng")
    assert does_hold(file, missing_embedded_subtitle_lang="spa")


def test_that_subtitles_beside_are_asked_for() -> None:
    file = facts("jpn", external=(("eng", False), ("spa", True), ("", False)))

    assert not does_hold(file, missing_external_subtitle_lang="eng")
    assert does_hold(file, missing_external_subtitle_lang="spa")
    assert does_hold(file, missing_external_subtitle_lang="fra")


def test_that_extensions_count_in_any_form() -> None:
    assert checked_conditions({"file_extension": " MKV, .mp4,*.AVI,mkv"}).file_extension == ".mkv,.mp4,.avi"
    assert does_hold(facts("jpn", path="/media/A.MKV"), file_extension="mkv")
    assert not does_hold(facts("jpn", path="/media/a.mp4"), file_extension=".mkv")


def test_that_sound_files_need_their_extension_named() -> None:
    song = facts("jpn", path="/media/a.mp3", is_video=False)

    assert not does_hold(song, audio_language_is="jpn")
    assert does_hold(song, audio_language_is="jpn", file_extension=".mp3")


def test_that_a_file_without_sound_matches_nothing() -> None:
    assert not does_hold(facts(), audio_language_not="jpn")


def test_that_all_conditions_must_hold() -> None:
    file = facts("jpn")

    assert does_hold(file, audio_language_is="jpn", missing_external_subtitle_lang="spa", file_extension=".mkv")
    assert not does_hold(file, audio_language_is="jpn", missing_external_subtitle_lang="spa", file_extension=".mp4")


def test_that_the_highest_priority_wins_and_then_the_oldest(rules: Rules) -> None:
    conditions = Conditions(audio_language_is="jpn")
    low = rules.create("low", conditions, TO_SPANISH, priority=1)
    first = rules.create("first", conditions, TO_SPANISH, priority=9)
    rules.create("second", conditions, TO_SPANISH, priority=9)
    rules.create("best, but off", conditions, TO_SPANISH, priority=99, enabled=False)

    assert match(facts("jpn"), reversed(rules.list())) == first
    assert [rule.name for rule in rules.list()] == ["best, but off", "first", "second", "low"]
    assert [rule.name for rule in rules.list(enabled_only=True)] == ["first", "second", "low"]
    rules.delete(first.id)
    assert match(facts("eng"), rules.list()) is None
    assert rules.get(low.id) == low


def test_that_a_rule_is_kept_in_one_form(rules: Rules) -> None:
    rule = rules.create(
        "  Anime ",
        {"audio_language_is": "ja", "audio_language_not": "", "missing_external_subtitle_lang": "Spanish"},
        {"target_language": "es"},
    )

    assert rule.name == "Anime"
    assert rule.conditions == Conditions(audio_language_is="jpn", missing_external_subtitle_lang="spa")
    assert rule.action == RuleAction("transcribe", "spa", "fast", 0)
    assert rule.updated_at is None
    assert rules.get(rule.id) == rule


def test_that_an_update_changes_only_what_it_names(library: Library, rules: Rules) -> None:
    rule = rules.create("a", {"audio_language_is": "jpn", "file_extension": ".mkv"}, TO_SPANISH, priority=3)
    heard: list[object] = []
    library.events.subscribe(heard.append)

    changed = rules.update(
        rule.id, conditions={"file_extension": None, "audio_track_count_min": 2}, action={"quality_preset": "best"}
    )

    assert changed.conditions == Conditions(audio_language_is="jpn", audio_track_count_min=2)
    assert changed.action == RuleAction("transcribe", "spa", "best", 5)
    assert (changed.name, changed.priority, changed.enabled) == ("a", 3, True)
    assert changed.updated_at is not None
    assert RulesChanged(rule.id) in heard


def test_that_a_rule_is_switched_off_and_on(rules: Rules) -> None:
    rule = rules.create("a", {"audio_language_is": "jpn"}, TO_SPANISH)

    assert not rules.toggle(rule.id).enabled
    assert rules.toggle(rule.id).enabled


def test_that_a_name_is_there_once(rules: Rules) -> None:
    one = rules.create("one", {"audio_language_is": "jpn"}, TO_SPANISH)
    two = rules.create("two", {"audio_language_is": "jpn"}, TO_SPANISH)

    with pytest.raises(Conflict, match="“one”"):
        rules.create("one", {"audio_language_is": "eng"}, TO_SPANISH)
    with pytest.raises(Conflict, match="“one”"):
        rules.update(two.id, name="one")
    assert rules.update(one.id, name="one").name == "one"


def test_that_an_unknown_rule_is_told(rules: Rules) -> None:
    for ask in (rules.get, rules.delete, rules.toggle, rules.update):
        with pytest.raises(NotFound, match="999999999999999999999"):
            ask(999999999999999999999)


@pytest.mark.parametrize(
    ("conditions", "action", "word"),
    [
        ({}, TO_SPANISH, "without conditions"),
        ({"audio_language_is": "  ", "file_extension": None}, TO_SPANISH, "without conditions"),
        ({"audio_language_is": "klingonish"}, TO_SPANISH, "klingonish"),
        ({"audio_language_is": 5}, TO_SPANISH, "audio_language_is"),
        ({"audio_track_count_min": 0}, TO_SPANISH, "audio_track_count_min"),
        ({"audio_track_count_min": True}, TO_SPANISH, "audio_track_count_min"),
        ({"file_extension": ".m/kv"}, TO_SPANISH, "m/kv"),
        ({"file_extension": ".srt"}, TO_SPANISH, ".srt"),
        ({"audio_language_is": "jpn"}, {"target_language": ""}, "target language"),
        ({"audio_language_is": "jpn"}, {"target_language": "xx-nothing"}, "xx-nothing"),
        ({"audio_language_is": "jpn"}, {**TO_SPANISH, "action_type": "shout"}, "shout"),
        ({"audio_language_is": "jpn"}, {**TO_SPANISH, "quality_preset": "ultra"}, "ultra"),
        ({"audio_language_is": "jpn"}, {**TO_SPANISH, "job_priority": "high"}, "high"),
        ([], TO_SPANISH, "objects"),
    ],
)
def test_that_a_rule_that_makes_no_sense_is_refused(rules: Rules, conditions: Any, action: Any, word: str) -> None:
    with pytest.raises(InvalidRequest, match=word):
        rules.create("a", conditions, action)
    assert rules.list() == []


def test_that_an_update_cannot_take_the_last_condition(rules: Rules) -> None:
    rule = rules.create("a", {"audio_language_is": "jpn"}, TO_SPANISH)

    with pytest.raises(InvalidRequest, match="without conditions"):
        rules.update(rule.id, conditions={"audio_language_is": None})
    assert rules.get(rule.id) == rule


def test_that_a_draft_is_checked_without_being_kept(rules: Rules) -> None:
    draft = check_rule("a", {"audio_language_is": "ja"}, {"target_language": "en"})

    assert draft.conditions.audio_language_is == "jpn"
    assert rules.list() == []
    with pytest.raises(InvalidRequest, match="needs a name"):
        check_rule("  ", {"audio_language_is": "ja"}, {"target_language": "en"})


def test_that_the_track_that_a_rule_asks_for_is_the_one_that_is_heard(rules: Rules) -> None:
    japanese = rules.create("japanese", {"audio_language_is": "jpn,gle"}, TO_SPANISH)
    not_spanish = rules.create("not Spanish", {"audio_language_not": "spa"}, TO_SPANISH)

    assert action_for(facts("eng", "jpn"), japanese) == MatchedAction("transcribe", "spa", "fast", 5, "jpn")
    assert action_for(facts("eng", "gle"), japanese).source_language == ""  # Whisper knows no Irish
    assert action_for(facts("eng"), not_spanish).source_language == ""
