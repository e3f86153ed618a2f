"""The Jobs page and the tray, with real jobs of a real runner."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.desktop.jobs_page.page import JobsPage
from app.desktop.window import MainWindow
from core.jobs.types import JobState
from tests.gui.job_bench import JobBench

pytestmark = [pytest.mark.gui, pytest.mark.pages("library", "jobs")]


@pytest.fixture
def page(window: MainWindow) -> JobsPage:
    window.go("jobs")
    found = window.session.pages["jobs"]
    assert isinstance(found, JobsPage)
    return found


def state(window: MainWindow, job_id: str) -> JobState | None:
    return next((job.state for job in window.session.jobs.jobs if job.job_id == job_id), None)


def test_that_an_empty_list_says_what_will_be_there(page: JobsPage) -> None:
    assert page.stack.currentWidget().accessibleName() == "No jobs yet"


def test_that_a_running_job_shows_its_progress_on_all_pages(
    window: MainWindow, page: JobsPage, bench: JobBench, qtbot: QtBot
) -> None:
    job = window.session.services.library.jobs.submit("counting")
    qtbot.waitUntil(lambda: state(window, job.job_id) is JobState.RUNNING)
    window.go("library")
    qtbot.waitUntil(lambda: "1 running" in window.status.tray.text())
    qtbot.waitUntil(lambda: any(one.done > 3 for one in window.session.jobs.jobs))
    qtbot.mouseClick(window.status.tray, Qt.MouseButton.LeftButton)
    assert window.page_id == "jobs"
    bench.go_on.set()
    qtbot.waitUntil(lambda: state(window, job.job_id) is JobState.SUCCEEDED)
    qtbot.waitUntil(lambda: "running" not in window.status.tray.text())


def test_that_cancel_stops_a_running_job_within_two_seconds(
    window: MainWindow, page: JobsPage, bench: JobBench, qtbot: QtBot
) -> None:
    job = window.session.services.library.jobs.submit("counting")
    qtbot.waitUntil(bench.started.is_set)
    qtbot.waitUntil(lambda: page.list.card(job.job_id) is not None)
    card = page.list.card(job.job_id)
    cancel = next(button for button in card.findChildren(QPushButton) if button.text() == "Cancel")
    qtbot.mouseClick(cancel, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: state(window, job.job_id).ended)
    assert state(window, job.job_id) is JobState.CANCELED


def test_that_a_failed_job_shows_its_reason_and_can_be_tried_again(
    window: MainWindow, page: JobsPage, qtbot: QtBot
) -> None:
    job = window.session.services.library.jobs.submit("failing")
    qtbot.waitUntil(lambda: state(window, job.job_id) is JobState.FAILED)
    failed = next(one for one in window.session.jobs.jobs if one.job_id == job.job_id)
    assert "the test wanted this" in failed.error
    assert failed.error_action
    ended_at = failed.ended_at
    page.retry(job.job_id)
    qtbot.waitUntil(
        lambda: any(one.state is JobState.FAILED and one.ended_at != ended_at for one in window.session.jobs.jobs)
    )


def test_that_the_log_of_a_job_grows_while_it_is_shown(
    window: MainWindow, page: JobsPage, bench: JobBench, qtbot: QtBot
) -> None:
    job = window.session.services.library.jobs.submit("counting")
    qtbot.waitUntil(bench.started.is_set)
    page.show_log(job.job_id)
    qtbot.waitUntil(lambda: "counting begins" in page.log.text.toPlainText())
    window.session.services.library.jobs.add_log(job.job_id, "one more line", "info")
    qtbot.waitUntil(lambda: "one more line" in page.log.text.toPlainText())
    assert page.log.text.toPlainText().count("counting begins") == 1


def test_that_a_waiting_job_can_go_first(window: MainWindow, page: JobsPage, bench: JobBench, qtbot: QtBot) -> None:
    jobs = window.session.services.library.jobs
    jobs.submit("counting")
    qtbot.waitUntil(bench.started.is_set)
    first, second = jobs.submit("counting"), jobs.submit("counting")
    qtbot.waitUntil(lambda: len(window.session.jobs.waiting()) == 2)
    qtbot.waitUntil(page._first.isVisible)
    page._fill_run_first()
    page._first.menu().actions()[1].trigger()
    qtbot.waitUntil(lambda: jobs.get(second.job_id).priority > jobs.get(first.job_id).priority)
    assert jobs.get(first.job_id).priority == 0, "the others keep their place"


def test_that_ended_jobs_are_cleared(window: MainWindow, page: JobsPage, bench: JobBench, qtbot: QtBot) -> None:
    bench.go_on.set()
    job = window.session.services.library.jobs.submit("counting")
    qtbot.waitUntil(lambda: state(window, job.job_id) is JobState.SUCCEEDED)
    assert window.actions_table.run("jobs.clear_ended")
    qtbot.waitUntil(lambda: window.session.jobs.jobs == ())
    assert page.stack.currentWidget().accessibleName() == "No jobs yet"


def test_that_an_idle_runner_waits_without_work(window: MainWindow) -> None:
    assert window.session.runner.isRunning()
    assert window.session.jobs.jobs == ()
