"""The parts of the Automation page: rules, languages, schedule, folders, workers, subtitles made."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from pytestqt.qtbot import QtBot

from core.jobs.types import Job, JobState
from core.scanning.types import Conditions, RuleAction
from core.subtitling.types import WorkerStatus
from widgets.file_list import FileList, FileRow
from widgets.folder_list import FolderList, FolderRow
from widgets.job_words import job_pace_words, job_stage_words, job_subject, job_title
from widgets.language_field import LanguageField
from widgets.made_list import MadeList, MadeRow
from widgets.rule_list import RuleList, RuleRow
from widgets.rule_words import rule_sentence
from widgets.schedule_field import ScheduleChoice, ScheduleField
from widgets.switch import Switch
from widgets.worker_list import WorkerList

NAMES = {"eng": "English", "jpn": "Japanese", "spa": "Spanish", "kor": "Korean", "jav": "Javanese"}


def name_of(code: str) -> str:
    return NAMES.get(code, code)


def test_that_a_rule_is_read_as_a_sentence() -> None:
    conditions = Conditions(
        audio_language_is="jpn", missing_embedded_subtitle_lang="spa", missing_external_subtitle_lang="spa"
    )
    assert rule_sentence(conditions, RuleAction("transcribe", "spa", "fast", 5), name_of) == (
        "When the audio is Japanese and there is no Spanish subtitle, neither inside nor beside the file, "
        "transcribe with Fast, priority 5."
    )


def test_that_every_condition_is_in_the_sentence() -> None:
    conditions = Conditions(
        audio_language_not="eng,spa",
        audio_track_count_min=2,
        has_embedded_subtitle_lang="kor",
        missing_external_subtitle_lang="eng",
        file_extension=".mkv,.mp4",
    )
    sentence = rule_sentence(conditions, RuleAction("translate", "eng", "best"), name_of)
    assert sentence == (
        "When the file is .mkv or .mp4, the audio is not English or Spanish, there are at least 2 audio tracks, "
        "there is a Korean subtitle inside the file and there is no English subtitle beside the file, "
        "translate into English with Best."
    )


def test_that_a_rule_without_conditions_says_so() -> None:
    assert rule_sentence(Conditions(), RuleAction("transcribe", "eng"), name_of) == "Choose at least one condition."


# ---------------------------------------------------------------------------------------------- languages


@pytest.fixture
def languages(qtbot: QtBot) -> LanguageField:
    field = LanguageField(NAMES, "Audio", many=True)
    qtbot.addWidget(field)
    field.show()
    return field


def test_that_a_part_of_a_name_finds_the_language(qtbot: QtBot, languages: LanguageField) -> None:
    qtbot.keyClicks(languages, "pane")
    popup = languages._completer.popup()
    assert popup.isVisible()
    qtbot.keyClick(popup, Qt.Key.Key_Tab)
    assert languages.codes == ("jpn",)
    assert languages.text() == "Japanese"


def test_that_several_languages_stand_behind_one_another(qtbot: QtBot, languages: LanguageField) -> None:
    languages.set_codes(["eng"])
    languages.setCursorPosition(len(languages.text()))
    qtbot.keyClicks(languages, ", span")
    qtbot.keyClick(languages._completer.popup(), Qt.Key.Key_Return)
    assert languages.text() == "English, Spanish"
    assert languages.codes == ("eng", "spa")


def test_that_a_code_is_understood_and_an_unknown_word_is_told(qtbot: QtBot, languages: LanguageField) -> None:
    languages.setText("jpn, Klingon")
    assert languages.codes == ("jpn",)
    assert languages.unknown == "Klingon"
    assert languages.property("invalid") is True
    languages.setText("jpn")
    assert languages.unknown == ""
    assert languages.property("invalid") is False


# ---------------------------------------------------------------------------------------------- rules


@pytest.fixture
def rules(qtbot: QtBot) -> RuleList:
    shown = RuleList()
    qtbot.addWidget(shown)
    shown.resize(400, 300)
    shown.set_rules([RuleRow(number, f"Rule {number}", "When …", number != 3, number * 10) for number in (1, 2, 3)])
    shown.show()
    qtbot.waitExposed(shown)
    return shown


def test_that_the_switch_of_a_row_turns_its_rule(qtbot: QtBot, rules: RuleList) -> None:
    switch = rules._switch_in(rules.rect_of(1)).center().toPoint()
    with qtbot.waitSignal(rules.toggled) as told:
        qtbot.mouseClick(rules.viewport(), Qt.MouseButton.LeftButton, pos=switch)
    assert told.args == [2]
    assert rules.selected_id() is None


def test_that_a_rule_is_dragged_to_another_place(qtbot: QtBot, rules: RuleList) -> None:
    start = rules.rect_of(0).center()
    end = QPoint(start.x(), rules.rect_of(2).bottom() - 4)
    with qtbot.waitSignal(rules.moved) as told:
        qtbot.mousePress(rules.viewport(), Qt.MouseButton.LeftButton, pos=start)
        for place in (start + QPoint(0, 30), end):
            qtbot.mouseMove(rules.viewport(), place)
        qtbot.mouseRelease(rules.viewport(), Qt.MouseButton.LeftButton, pos=end)
    assert told.args == [1, 2]


def test_that_rules_are_moved_turned_and_deleted_by_keyboard(qtbot: QtBot, rules: RuleList) -> None:
    rules.select(2)
    told: list[tuple[object, ...]] = []
    rules.moved.connect(lambda *args: told.append(("moved", *args)))
    rules.toggled.connect(lambda *args: told.append(("toggled", *args)))
    rules.delete_requested.connect(lambda *args: told.append(("delete", *args)))
    qtbot.keyClick(rules, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    qtbot.keyClick(rules, Qt.Key.Key_Space)
    qtbot.keyClick(rules, Qt.Key.Key_Delete)
    assert told == [("moved", 2, 0), ("toggled", 2), ("delete", 2)]


def test_that_the_selected_rule_stays_selected_in_a_new_order(rules: RuleList) -> None:
    rules.select(3)
    rules.set_rules([RuleRow(number, f"Rule {number}", "When …", True) for number in (3, 1, 2)])
    assert rules.selected_id() == 3
    assert rules.selected() == [0]


# ---------------------------------------------------------------------------------------------- schedule


def test_that_a_schedule_is_shown_and_read_back(qtbot: QtBot) -> None:
    field = ScheduleField()
    qtbot.addWidget(field)
    for choice in (
        ScheduleChoice("off"),
        ScheduleChoice("interval", minutes=90),
        ScheduleChoice("interval", minutes=720),
        ScheduleChoice("daily", at="04:30"),
        ScheduleChoice("cron", cron="*/10 * * * 1"),
    ):
        field.set_choice(choice)
        assert field.choice.kind == choice.kind
        assert field.choice.minutes == choice.minutes
        assert (field.choice.at, field.choice.cron) == (choice.at, choice.cron)


def test_that_a_wrong_expression_marks_its_field(qtbot: QtBot) -> None:
    field = ScheduleField()
    qtbot.addWidget(field)
    field.set_choice(ScheduleChoice("cron", cron="never"))
    field.show_next((), "“never” is no cron expression.")
    assert field.cron.property("invalid") is True
    assert field.problem_text == "“never” is no cron expression."
    field.show_next(("Today 14:00", "Today 15:00"), "")
    assert field.cron.property("invalid") is False
    assert field.next_text == "Next: Today 14:00  ·  Today 15:00"


# ---------------------------------------------------------------------------------------------- folders, files


def test_that_a_folder_that_is_gone_says_why(qtbot: QtBot) -> None:
    shown = FolderList()
    qtbot.addWidget(shown)
    shown.set_folders([FolderRow("/media/films"), FolderRow("/media/nas", "The folder is not there.")])
    with qtbot.waitSignal(shown.remove_requested) as told:
        shown.removes["/media/nas"].click()
    assert told.args == ["/media/nas"]
    names = [child.accessibleName() for child in shown.findChildren(type(shown.removes["/media/nas"].parentWidget()))]
    assert "/media/nas, Not reachable, The folder is not there." in names


def test_that_only_folders_can_be_dropped(qtbot: QtBot, tmp_path: Path) -> None:
    shown = FolderList()
    qtbot.addWidget(shown)
    (tmp_path / "films").mkdir()
    (tmp_path / "note.txt").write_text("x", encoding="utf-8")
    dropped: list[list[Path]] = []
    shown.folders_dropped.connect(dropped.append)
    for names in (["note.txt"], ["films", "note.txt"]):
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(tmp_path / name)) for name in names])
        shown.dropEvent(
            QDropEvent(
                QPointF(5, 5),
                Qt.DropAction.CopyAction,
                mime,
                Qt.MouseButton.LeftButton,
                Qt.KeyboardModifier.NoModifier,
            )
        )
    assert dropped == [[tmp_path / "films"]]


def test_that_ten_thousand_files_are_shown_at_once(qtbot: QtBot) -> None:
    shown = FileList("Files", note_line=True)
    qtbot.addWidget(shown)
    shown.resize(500, 200)
    shown.set_files([FileRow(f"/media/{number}.mkv", "broken", warns=True) for number in range(10_000)])
    shown.show()
    qtbot.waitExposed(shown)
    assert shown.count == 10_000
    assert len(shown.visible()) < 10
    assert shown.words_of(shown.item(3)) == "/media/3.mkv, broken"


def test_that_a_made_subtitle_stays_selected_when_another_comes(qtbot: QtBot) -> None:
    shown = MadeList()
    qtbot.addWidget(shown)
    first = MadeRow(1, "/m/a.mkv", "a.mkv", "/m", "English", "base", "2026-01-01T10:00:00+00:00")
    second = MadeRow(2, "/m/b.mkv", "b.mkv", "/m", "Spanish", "base", "2026-01-01T11:00:00+00:00", "Read-only folder.")
    shown.set_rows([first])
    shown.set_selected([0])
    shown.set_rows([second, first])
    assert shown.chosen() == [first]
    assert "Read-only folder." in shown.words_of(second)


# ---------------------------------------------------------------------------------------------- workers, switch, jobs


def test_that_a_worker_shows_its_job_and_can_be_removed(qtbot: QtBot) -> None:
    shown = WorkerList()
    qtbot.addWidget(shown)
    busy = WorkerStatus("w-1", "cpu", None, "busy", "job-000001", 3, 1, 60.0, 42.0, 310.0)
    idle = WorkerStatus("w-2", "gpu", 0, "idle", None, 30, 2, 60.0, 0.0, None)
    shown.set_workers([busy, idle], {"job-000001": "Transcribe · film.mkv"})
    assert shown.rows["w-1"].doing_text == "Transcribe · film.mkv"
    assert shown.rows["w-1"].accessibleName() == "CPU worker 1, Works"
    assert shown.rows["w-2"].doing_text == "30 done, 2 failed"
    with qtbot.waitSignal(shown.remove_requested) as told:
        shown.rows["w-1"].remove.click()
    assert told.args == ["w-1"]
    shown.set_workers([idle], {})
    assert list(shown.rows) == ["w-2"]


def test_that_the_space_bar_turns_a_switch(qtbot: QtBot) -> None:
    switch = Switch("Serve Bazarr")
    qtbot.addWidget(switch)
    switch.show()
    qtbot.keyClick(switch, Qt.Key.Key_Space)
    assert switch.isChecked()
    assert switch.accessibleName() == "Serve Bazarr"


def test_that_a_job_of_a_file_is_called_after_it() -> None:
    job = Job(
        "job-000001",
        "transcription",
        None,
        JobState.RUNNING,
        0,
        {"file_path": "/media/Show/S01E01.mkv", "task": "translate"},
        "2026-01-01T10:00:00+00:00",
        stage="transcribing",
        done=125,
        total=3600,
        unit="s",
        rate=8.25,
    )
    assert (job_title(job), job_subject(job)) == ("Translate", "S01E01.mkv")
    assert job_stage_words(job) == "Transcribing · 2:05 of 1:00:00"
    assert job_pace_words(job).startswith("8.2 x · ")
