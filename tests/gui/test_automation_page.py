"""The Automation page: folders, rules with their preview, scans, schedule, workers, settings."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from app.desktop.automation_page.page import AutomationPage
from app.desktop.made_media import make_media, write_media
from app.desktop.window import MainWindow
from core.errors import StorageUnwritable
from core.jobs.types import JobState
from core.scanning.types import Conditions, RuleAction

pytestmark = [pytest.mark.gui, pytest.mark.pages("library", "automation")]
WAIT_MS = 15_000
FEW = (("Kaze no Machi", "jpn", 1, 3), ("The Long Shift", "eng", 1, 2))


@pytest.fixture(autouse=True)
def _no_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs that these tests make are not run: they would need models."""
    monkeypatch.setattr("core.subtitling.workers.WorkerPool.start", lambda _pool: None)


@pytest.fixture
def page(window: MainWindow, qtbot: QtBot) -> AutomationPage:
    window.go("automation")
    found = window.session.pages["automation"]
    assert isinstance(found, AutomationPage)
    qtbot.waitUntil(lambda: found.feed.snapshot is not None and found.book.was_read, timeout=WAIT_MS)
    return found


@pytest.fixture
def media(tmp_path: Path) -> Path:
    make_media(tmp_path / "media", series=FEW)
    return tmp_path / "media"


def automation_of(window: MainWindow) -> Any:
    return window.session.services.automation


def scan(page: AutomationPage, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.scan.ended, timeout=WAIT_MS):
        page.scan_now()
    qtbot.waitUntil(lambda: page.book.reading.files > 0, timeout=WAIT_MS)


def add_rule(page: AutomationPage, window: MainWindow, qtbot: QtBot, name: str, priority: int = 0, **asked: Any) -> int:
    rule = automation_of(window).rules.create(
        name, Conditions(**asked), RuleAction("transcribe", "jpn", "fast"), priority=priority
    )
    page.book.refresh()
    qtbot.waitUntil(lambda: page.book.rule(rule.id) is not None, timeout=WAIT_MS)
    return int(rule.id)


def test_that_the_first_use_leads_through_three_steps(
    page: AutomationPage, window: MainWindow, media: Path, qtbot: QtBot
) -> None:
    steps = page.overview.steps
    assert steps.isVisible()
    assert not steps.steps["scan"].button.isEnabled()
    page.folders.add_paths([media])
    qtbot.waitUntil(lambda: steps.steps["folders"].number.done, timeout=WAIT_MS)
    steps.steps["rules"].button.click()
    assert page.section == "rules"
    add_rule(page, window, qtbot, "Japanese", audio_language_is="jpn")
    qtbot.waitUntil(steps.steps["scan"].button.isEnabled, timeout=WAIT_MS)
    page.show_section("overview")
    with qtbot.waitSignal(page.scan.ended, timeout=WAIT_MS):
        steps.steps["scan"].button.click()
    qtbot.waitUntil(steps.isHidden, timeout=WAIT_MS)
    assert page.scan.result is not None
    assert (page.scan.result.matched, page.scan.result.jobs_created) == (3, 3)
    waiting = [job for job in window.session.services.library.jobs.list() if job.state is JobState.QUEUED]
    assert {Path(job.params["file_path"]).name for job in waiting} == {
        f"Kaze no Machi - S01E0{number}.mkv" for number in (1, 2, 3)
    }


def test_that_a_folder_that_is_gone_is_a_problem_with_an_action(
    page: AutomationPage, window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    gone = tmp_path / "unplugged"
    automation_of(window).preferences.set("library_paths", json.dumps([str(gone)]))
    page.feed.refresh()
    qtbot.waitUntil(lambda: bool(page.folders.rows), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: bool(page.overview.notices) and page.overview.notices[0].text != "", timeout=WAIT_MS)
    notice = page.overview.notices[0]
    assert str(gone) in notice.text
    assert "is not there" in notice.text
    notice.button.click()
    assert page.section == "folders"
    page.folders.list.removes[str(gone)].click()
    qtbot.waitUntil(lambda: notice.text == "", timeout=WAIT_MS)
    preferences = automation_of(window).preferences
    qtbot.waitUntil(lambda: preferences.texts("library_paths") == (), timeout=WAIT_MS)
    assert page.folders.rows == ()


def test_that_a_rule_is_counted_while_it_is_written_and_then_saved(
    page: AutomationPage, window: MainWindow, media: Path, qtbot: QtBot
) -> None:
    (media / "broken.mkv").write_bytes(b"\x1aE\xdf\xa3 cut off")
    add_rule(page, window, qtbot, "Two tracks", audio_track_count_min=2)
    page.folders.add_paths([media])
    qtbot.waitUntil(page.can_scan, timeout=WAIT_MS)
    scan(page, qtbot)
    page.show_section("folders")
    assert [row.path for row in page.folders.unreadable._items] == [str(media / "broken.mkv")]
    page.show_section("rules")
    section = page.rules
    section.begin()
    assert section.editor.sentence == "Choose at least one condition."
    assert not section.editor.save.isEnabled()
    field = section.editor.fields.languages["audio_language_is"]
    qtbot.keyClicks(field, "japanese")
    assert section.editor.fields.checks["audio_language_is"].isChecked()
    assert section.editor.sentence == "When the audio is Japanese, transcribe with Balanced."
    qtbot.waitUntil(lambda: section.count.text() == "Matches 3 of 10 files", timeout=WAIT_MS)
    assert len(section.files._items) == 3
    section.editor.name.setText("Anime")
    section.editor.save.click()
    qtbot.waitUntil(lambda: any(rule.name == "Anime" for rule in page.book.rules), timeout=WAIT_MS)
    saved = next(rule for rule in automation_of(window).rules.list() if rule.name == "Anime")
    assert saved.conditions == Conditions(audio_language_is="jpn")
    assert [rule.name for rule in page.book.rules] == ["Two tracks", "Anime"]
    qtbot.waitUntil(lambda: section.list.selected_id() == saved.id, timeout=WAIT_MS)
    assert not section.editor.save.isEnabled()


def test_that_what_is_wrong_is_said_beside_its_field(page: AutomationPage, window: MainWindow, qtbot: QtBot) -> None:
    add_rule(page, window, qtbot, "Anime", audio_language_is="jpn")
    page.show_section("rules")
    editor = page.rules.editor
    qtbot.waitUntil(lambda: editor.name.text() == "Anime", timeout=WAIT_MS)
    field = editor.fields.languages["audio_language_is"]
    field.setText("Klingon")
    assert "“Klingon” is no language" in editor.problem_text("language")
    assert not editor.save.isEnabled()
    editor.fields.checks["audio_language_is"].setChecked(False)
    assert "at least one condition" in editor.problem_text("conditions")
    qtbot.keyClicks(editor.name, " 2")
    assert page.rules.list.item(0).name == "Anime 2 (not saved)"
    editor.revert.click()
    assert editor.name.text() == "Anime"
    assert editor.problem_text("conditions") == ""
    page.rules.begin()
    editor.name.setText("anime")
    editor.fields.checks["audio_track_count_min"].setChecked(True)
    editor.name.textEdited.emit("anime")
    assert "Another rule is called" in editor.problem_text("name")


def test_that_a_transcription_that_cannot_fill_the_gap_is_advised_against(
    page: AutomationPage, window: MainWindow, qtbot: QtBot
) -> None:
    add_rule(page, window, qtbot, "Anime", audio_language_is="jpn", missing_external_subtitle_lang="spa")
    page.show_section("rules")
    editor = page.rules.editor
    qtbot.waitUntil(lambda: editor.name.text() == "Anime", timeout=WAIT_MS)
    assert "it will be Japanese" in editor._advice.text()
    editor.fields.languages["missing_external_subtitle_lang"].setText("English")
    editor.action.setCurrentIndex(editor.action.findData("translate"))
    assert editor._advice.text() == ""


def test_that_rules_are_reordered_turned_off_deleted_and_brought_back(
    page: AutomationPage, window: MainWindow, qtbot: QtBot
) -> None:
    first = add_rule(page, window, qtbot, "First", 20, audio_language_is="jpn")
    second = add_rule(page, window, qtbot, "Second", 10, audio_language_is="eng")
    page.show_section("rules")
    section, rules = page.rules, automation_of(window).rules
    qtbot.waitUntil(lambda: section.list.count == 2, timeout=WAIT_MS)
    section.list.select(second)
    qtbot.keyClick(section.list, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: [rule.id for rule in page.book.rules] == [second, first], timeout=WAIT_MS)
    assert [rule.id for rule in rules.list()] == [second, first]
    section.list.toggled.emit(second)
    qtbot.waitUntil(lambda: not page.book.rules[0].enabled, timeout=WAIT_MS)
    section.delete(second)
    qtbot.waitUntil(lambda: [rule.id for rule in page.book.rules] == [first], timeout=WAIT_MS)
    assert "“Second” was deleted" in section.undo.text
    section.undo.button.click()
    qtbot.waitUntil(lambda: [rule.name for rule in page.book.rules] == ["Second", "First"], timeout=WAIT_MS)
    assert section.undo.isHidden()
    assert not rules.list()[0].enabled


def test_that_the_usual_rules_are_offered_and_a_rule_is_duplicated(page: AutomationPage, qtbot: QtBot) -> None:
    page.show_section("rules")
    menu = QMenu()
    qtbot.addWidget(menu)
    page.rules.fill_templates(menu)
    titles = [action.text() for action in menu.actions()]
    assert "Foreign films into English" in titles
    menu.actions()[titles.index("Foreign films into English")].trigger()
    page.rules.editor.save.click()
    qtbot.waitUntil(lambda: len(page.book.rules) == 1, timeout=WAIT_MS)
    assert page.book.rules[0].action.action_type == "translate"
    qtbot.waitUntil(page.rules.duplicate.isEnabled, timeout=WAIT_MS)
    page.rules.duplicate.click()
    assert page.rules.editor.name.text() == "Foreign films into English (2)"
    assert not page.rules.editor.enabled.isChecked()


def test_that_a_rule_of_another_program_is_seen(page: AutomationPage, window: MainWindow, qtbot: QtBot) -> None:
    page.show_section("rules")
    automation_of(window).rules.create(
        "From outside", Conditions(audio_language_is="jpn"), RuleAction("translate", "eng")
    )
    page.feed.refresh()
    qtbot.waitUntil(lambda: page.rules.list.count == 1, timeout=WAIT_MS)
    assert page.rules.list.item(0).name == "From outside"


def test_that_a_schedule_is_saved_and_a_wrong_one_is_not(
    page: AutomationPage, window: MainWindow, media: Path, qtbot: QtBot
) -> None:
    page.folders.add_paths([media])
    qtbot.waitUntil(page.can_scan, timeout=WAIT_MS)
    page.show_section("schedule")
    field, preferences = page.schedule.schedule, automation_of(window).preferences
    field.buttons["cron"].click()
    field.cron.setText("61 * * *")
    field.cron.textEdited.emit("61 * * *")
    qtbot.waitUntil(lambda: field.problem_text != "", timeout=WAIT_MS)
    page.schedule.close_section()
    assert preferences.get("scanner_cron").value != "61 * * *"
    field.at.setTime(field.at.time().fromString("04:30", "HH:mm"))
    field.buttons["daily"].click()
    qtbot.waitUntil(lambda: field.next_text.count("4:30") == 3, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: preferences.get("scanner_cron").value == "30 4 * * *", timeout=WAIT_MS)
    qtbot.waitUntil(lambda: page.schedule.schedule_state.text == "On", timeout=WAIT_MS)
    field.buttons["off"].click()
    qtbot.waitUntil(lambda: page.schedule.schedule_state.text == "Off", timeout=WAIT_MS)
    assert preferences.truth("scanner_enabled") is False
    assert field.next_text == ""


def test_that_a_watcher_without_folders_says_what_it_needs(page: AutomationPage, qtbot: QtBot) -> None:
    page.show_section("schedule")
    page.schedule.watcher.click()
    qtbot.waitUntil(lambda: not page.schedule.no_folder.isHidden(), timeout=WAIT_MS)
    assert "no folder yet" in page.schedule.no_folder.text()
    assert page.schedule.watcher_state.text == "Does not run"


def test_that_settings_of_speech_are_saved(page: AutomationPage, window: MainWindow, qtbot: QtBot) -> None:
    page.show_section("speech")
    section, preferences = page.speech, automation_of(window).preferences
    qtbot.waitUntil(lambda: set(section.rows) == {"fast", "balanced", "best"}, timeout=WAIT_MS)
    section.audio.setText("Japanese, Klingon")
    section.idle.setValue(12)
    section.close_section()
    qtbot.waitUntil(lambda: preferences.get("model_idle_minutes").value == "12", timeout=WAIT_MS)
    assert "Klingon" in section._audio_problem.text()
    assert preferences.texts("audio_languages") == ()
    section.audio.setText("Japanese, English")
    section.close_section()
    qtbot.waitUntil(lambda: preferences.texts("audio_languages") == ("jpn", "eng"), timeout=WAIT_MS)
    section.preset.setCurrentIndex(section.preset.findData("best"))
    section.preset.activated.emit(section.preset.currentIndex())
    qtbot.waitUntil(lambda: preferences.get("default_quality_preset").value == "best", timeout=WAIT_MS)
    assert section._problem.isHidden()


def test_that_a_library_that_cannot_be_read_is_told_with_a_way_out(page: AutomationPage, qtbot: QtBot) -> None:
    page.feed.stop()
    page.show_failure(StorageUnwritable("The library cannot be read.", action="Check the disk."))
    assert page.message.isVisible()
    assert page.message.accessibleDescription() == "The library cannot be read. Check the disk."
    page.feed.snapshot = None
    page.feed.start()
    qtbot.waitUntil(lambda: not page.message.isVisible(), timeout=WAIT_MS)
    assert page.overview.isVisible()


def test_that_a_scan_is_cancelled(
    page: AutomationPage, window: MainWindow, media: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.folders.add_paths([media])
    qtbot.waitUntil(page.can_scan, timeout=WAIT_MS)

    def endless(_paths: object, *, check: Callable[[], None], **_more: object) -> None:
        while True:
            check()

    monkeypatch.setattr(automation_of(window).scanner, "scan", endless)
    page.scan_now()
    assert page.scan.running
    page.show_section("folders")
    page.folders.cancel.click()
    qtbot.waitUntil(lambda: not page.scan.running, timeout=WAIT_MS)
    assert page.scan.problem == ""


def test_that_media_is_made_with_its_languages(tmp_path: Path) -> None:
    from core.scanning.facts import read_facts

    facts = read_facts(write_media(tmp_path / "film.mkv", ["jpn", "eng"]))
    assert [track.language for track in facts.audio] == ["jpn", "eng"]
    assert facts.is_video
