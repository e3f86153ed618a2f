"""Identities, tracks and jobs in lists."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from core.jobs.types import Job, JobState
from core.review.types import EpisodeReview
from widgets.identity_list import IdentityList
from widgets.job_list import ENDED_SHOWN, JobList, JobTray
from widgets.job_log import JobLogView, LogEntry
from widgets.job_words import job_fraction, job_pace_words, job_stage_words
from widgets.track_model import DURATION, QUALITY, START
from widgets.track_table import UNASSIGNED, TrackTable

Review = Callable[[int], EpisodeReview]


@pytest.fixture
def identities(qtbot: QtBot, review: Review) -> Iterator[IdentityList]:
    made = IdentityList()
    qtbot.addWidget(made)
    made.resize(320, 400)
    made.set_identities(review(40).identities)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.stop()


def test_that_f2_and_a_new_name_ask_for_a_rename(qtbot: QtBot, identities: IdentityList) -> None:
    identities.select("identity-0002")
    qtbot.keyClick(identities.view, Qt.Key.Key_F2)
    field = identities.view.findChild(QLineEdit)
    assert field is not None
    assert field.text() == "Person 2"
    field.setText("  Kim ")
    with qtbot.waitSignal(identities.rename_requested) as caught:
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert caught.args == ["identity-0002", "Kim"]
    assert identities.model.rows[1].name == ""


def test_that_an_unchanged_or_empty_name_asks_for_nothing(qtbot: QtBot, identities: IdentityList) -> None:
    for text in ("Lisa", "   "):
        identities.begin_rename("identity-0001")
        field = identities.view.findChild(QLineEdit)
        assert field is not None
        field.setText(text)
        with qtbot.assertNotEmitted(identities.rename_requested):
            qtbot.keyClick(field, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: identities.view.findChild(QLineEdit) is None)


def test_that_the_filter_and_new_rows_keep_the_selection(
    qtbot: QtBot, identities: IdentityList, review: Review
) -> None:
    identities.select("identity-0001")
    with qtbot.assertNotEmitted(identities.identity_selected):
        identities.set_filter("lis")
        identities.set_identities(tuple(replace(row, name=f"{row.name}x") for row in review(40).identities))
    assert identities.shown_ids() == ["identity-0001"]
    assert identities.selected() == "identity-0001"
    identities.set_filter("")
    assert identities.shown_ids() == ["identity-0001", "identity-0002"]


def test_that_arrows_select_and_enter_activates(qtbot: QtBot, identities: IdentityList) -> None:
    identities.select("identity-0001")
    with qtbot.waitSignal(identities.identity_selected) as caught:
        qtbot.keyClick(identities.view, Qt.Key.Key_Down)
    assert caught.args == ["identity-0002"]
    with qtbot.waitSignal(identities.identity_activated) as caught:
        qtbot.keyClick(identities.view, Qt.Key.Key_Return)
    assert caught.args == ["identity-0002"]
    words = identities.model.data(identities.model.index(1), Qt.ItemDataRole.AccessibleTextRole)
    assert "Person 2" in str(words)


@pytest.fixture
def tracks(qtbot: QtBot, review: Review) -> TrackTable:
    made = TrackTable()
    qtbot.addWidget(made)
    made.resize(700, 400)
    episode = review(5_000)
    made.set_tracks(episode.tracks, episode.identities)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_that_five_thousand_tracks_sort_by_what_they_mean(tracks: TrackTable) -> None:
    tracks.view.sortByColumn(START, Qt.SortOrder.DescendingOrder)
    assert tracks.shown_ids()[0] == "track-05000"
    tracks.select("track-00042")
    tracks.view.sortByColumn(QUALITY, Qt.SortOrder.AscendingOrder)
    qualities = [tracks.model.track(row).quality for row in range(tracks.model.rowCount())]
    assert qualities == sorted(qualities)
    assert tracks.selected() == ["track-00042"]
    tracks.view.sortByColumn(DURATION, Qt.SortOrder.AscendingOrder)
    assert not tracks.grab().isNull()


def test_that_tracks_are_filtered_by_identity_and_words(qtbot: QtBot, tracks: TrackTable) -> None:
    with qtbot.assertNotEmitted(tracks.track_selected):
        tracks.set_filter_identity(UNASSIGNED)
        assert len(tracks.shown_ids()) == 1_000
        tracks.set_filter_identity("identity-0001")
        assert len(tracks.shown_ids()) == 2_000
        tracks.set_filter("short")
        assert 0 < len(tracks.shown_ids()) < 400
        tracks.set_filter_identity(None)
        tracks.set_filter("")
    assert len(tracks.shown_ids()) == 5_000


def test_that_a_track_is_selected_and_activated_with_its_start(qtbot: QtBot, tracks: TrackTable) -> None:
    tracks.select("track-00010")
    with qtbot.waitSignal(tracks.track_selected) as caught:
        qtbot.keyClick(tracks.view, Qt.Key.Key_Down)
    assert caught.args == ["track-00011"]
    with qtbot.waitSignal(tracks.track_activated) as caught:
        qtbot.keyClick(tracks.view, Qt.Key.Key_Return)
    assert caught.args == ["track-00011", 20.0]


def job(number: int, state: JobState = JobState.RUNNING, **more: object) -> Job:
    fields = {"created_at": f"2026-01-01T00:{number // 60:02}:{number % 60:02}Z", **more}
    return Job(f"job-{number}", "analyse", "ep", state, 0, {}, **fields)  # type: ignore[arg-type]


@pytest.fixture
def jobs(qtbot: QtBot) -> JobList:
    made = JobList()
    qtbot.addWidget(made)
    made.resize(700, 500)
    made.set_episode_titles({"ep": "Ünïcödé 你好"})
    made.show()
    return made


def test_that_running_jobs_come_first_and_ended_ones_last(jobs: JobList) -> None:
    jobs.set_jobs([job(1, JobState.SUCCEEDED), job(2, JobState.QUEUED), job(3)])
    assert jobs.shown_ids() == ["job-3", "job-2", "job-1"]
    jobs.update_job(job(3, JobState.FAILED, error="clip.mp4 is damaged.", error_action="Copy it again."))
    jobs.update_job(job(4))
    assert jobs.shown_ids() == ["job-4", "job-2", "job-3", "job-1"]
    jobs.remove_job("job-3")
    assert jobs.card("job-3") is None
    card = jobs.card("job-4")
    assert card is not None
    assert "Ünïcödé 你好" in card.accessibleName()


def test_that_a_job_is_cancelled_retried_and_its_log_shown(qtbot: QtBot, jobs: JobList) -> None:
    jobs.set_jobs([job(1), job(2, JobState.FAILED, error="It failed.", error_action="Retry.")])

    def press(job_id: str, text: str) -> None:
        card = jobs.card(job_id)
        assert card is not None
        [button] = [button for button in card.findChildren(QPushButton) if button.text() == text]
        assert not button.isHidden()
        button.click()

    for signal, job_id, text in (
        (jobs.cancel_requested, "job-1", "Cancel"),
        (jobs.retry_requested, "job-2", "Retry"),
    ):
        with qtbot.waitSignal(signal) as caught:
            press(job_id, text)
        assert caught.args == [job_id]
    with qtbot.waitSignal(jobs.open_requested) as caught:
        press("job-1", "Open")
    assert caught.args == ["ep"]


def test_that_old_jobs_are_shown_when_asked_for(jobs: JobList) -> None:
    jobs.set_jobs([job(number, JobState.SUCCEEDED) for number in range(ENDED_SHOWN + 10)])
    assert len(jobs.shown_ids()) == ENDED_SHOWN
    jobs._more.click()
    assert len(jobs.shown_ids()) == ENDED_SHOWN + 10
    assert jobs.shown_ids()[0] == f"job-{ENDED_SHOWN + 9}"


def test_that_progress_is_honest_and_never_above_the_end() -> None:
    started = job(1, stage="detect_track")
    assert job_fraction(started) is None
    assert "estimating" in job_pace_words(started)
    beyond = replace(started, done=120, total=100, unit="frames", rate=25.0, eta_s=12.0)
    assert job_fraction(beyond) == 1.0
    assert "100 of 100 frames" in job_stage_words(beyond)
    assert job_pace_words(beyond) == "25 frames/s · about 10 s left"


def test_that_the_tray_sums_up(qtbot: QtBot) -> None:
    tray = JobTray()
    qtbot.addWidget(tray)
    tray.set_jobs([job(1, overall=0.5), job(2, JobState.QUEUED), job(3, JobState.FAILED)])
    assert "1 running" in tray.text()
    assert "50%" in tray.text()
    assert "1 waiting" in tray.text()
    tray.set_jobs([])
    assert "No jobs" in tray.text()
    tray.grab()


def test_that_a_log_grows_and_stays_at_its_end(qtbot: QtBot) -> None:
    view = JobLogView()
    qtbot.addWidget(view)
    view.resize(400, 200)
    view.show()
    view.set_log("Log", [LogEntry("10:00:00", "info", f"line {number}") for number in range(200)])
    view.append(LogEntry("10:00:01", "error", "the end"))
    assert view.text.toPlainText().endswith("the end")
    assert view.text.verticalScrollBar().value() == view.text.verticalScrollBar().maximum()


def test_that_this_pyside_survives_many_items() -> None:
    """PySide6 6.12.0 ends a Python 3.11 after some 5,000 calls: it must not be what is installed."""
    program = (
        "from PySide6.QtGui import QStandardItem, QStandardItemModel\n"
        "from PySide6.QtWidgets import QApplication, QListWidget\n"
        "app = QApplication([])\n"
        "items, model = QListWidget(), QStandardItemModel()\n"
        "for number in range(8000):\n"
        "    items.addItem(str(number))\n"
        "    model.appendRow(QStandardItem(str(number)))\n"
        "print(items.count() + model.rowCount())\n"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=False)
    assert (run.returncode, run.stdout.strip()) == (0, "16000"), run.stderr
