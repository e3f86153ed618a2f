"""The part of the Automation page for Bazarr: its port, the address, the test; and subtitles that were made."""

import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from app.desktop.automation_page.bazarr_door import DoorState, NoAnswer, probe
from app.desktop.automation_page.page import AutomationPage
from app.desktop.serving import EVERY_NETWORK
from app.desktop.window import MainWindow
from core.library.library import Library

pytestmark = pytest.mark.pages("library", "automation")

WAIT_MS = 20_000


@pytest.fixture(autouse=True)
def _no_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs that these tests make are not run: they would need models."""
    monkeypatch.setattr("core.subtitling.workers.WorkerPool.start", lambda _pool: None)


@pytest.fixture
def page(window: MainWindow, qtbot: QtBot) -> AutomationPage:
    window.go("automation")
    found = window.session.pages["automation"]
    assert isinstance(found, AutomationPage)
    qtbot.waitUntil(lambda: found.feed.snapshot is not None, timeout=WAIT_MS)
    return found


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


class Other(BaseHTTPRequestHandler):
    """A program that is no speech provider."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<html>a router</html>")

    def log_message(self, *_args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def other_program() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Other)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_that_an_address_without_a_server_is_told(other_program: str) -> None:
    with pytest.raises(NoAnswer, match="does not answer"):
        probe(f"http://127.0.0.1:{free_port()}")
    with pytest.raises(NoAnswer, match="no answer of Rushes"):
        probe(other_program)


@pytest.mark.gui
def test_that_the_port_for_bazarr_is_opened_tested_and_closed(
    page: AutomationPage, window: MainWindow, qtbot: QtBot
) -> None:
    section, preferences = page.bazarr, window.session.services.automation.preferences
    page.show_section("bazarr")
    port = free_port()
    section.port.setValue(port)
    section.switch.click()
    qtbot.waitUntil(lambda: page.door.state is DoorState.ON, timeout=WAIT_MS)
    assert section.address.text == f"http://127.0.0.1:{port}"
    assert section.state.text == "On"
    section.test.click()
    qtbot.waitUntil(lambda: section.answer.text().startswith("It works"), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: preferences.truth("bazarr_enabled"), timeout=WAIT_MS)
    assert preferences.number("bazarr_port") == port
    section.switch.click()
    qtbot.waitUntil(lambda: page.door.state is DoorState.OFF, timeout=WAIT_MS)
    with pytest.raises(NoAnswer):
        probe(f"http://127.0.0.1:{port}")
    qtbot.waitUntil(lambda: not preferences.truth("bazarr_enabled"), timeout=WAIT_MS)
    assert not section.test.isEnabled()


@pytest.mark.gui
def test_that_other_computers_need_a_key_in_the_address(page: AutomationPage, qtbot: QtBot) -> None:
    section = page.bazarr
    page.show_section("bazarr")
    section.port.setValue(free_port())
    section.where.setCurrentIndex(section.where.findData(EVERY_NETWORK))
    section.switch.click()
    qtbot.waitUntil(lambda: page.door.state is DoorState.ON, timeout=WAIT_MS)
    assert section.make_key.isVisible()
    section.make_key.click()
    qtbot.waitUntil(lambda: not section.make_key.isVisible(), timeout=WAIT_MS)
    assert section.address.text.count("/") == 3
    assert len(section.address.text.rsplit("/", 1)[1]) > 20


@pytest.mark.gui
def test_that_a_taken_port_is_a_problem_on_the_overview(page: AutomationPage, qtbot: QtBot) -> None:
    page.show_section("bazarr")
    with socket.create_server(("127.0.0.1", 0)) as other:
        page.bazarr.port.setValue(other.getsockname()[1])
        page.bazarr.switch.click()
        qtbot.waitUntil(lambda: page.door.state is DoorState.FAILED, timeout=WAIT_MS)
    assert "is taken by another program" in page.bazarr._problem.text()
    assert any("port for Bazarr did not open" in notice.text for notice in page.overview.notices)


@pytest.mark.gui
def test_that_what_was_made_is_listed_with_what_could_not_be_written(
    page: AutomationPage, window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    page.show_section("made")
    assert page.made.stack.currentWidget().accessibleName() == "No subtitle was made yet"
    keep(window.session.services.library, tmp_path / "Fine.mkv", "")
    keep(window.session.services.library, tmp_path / "Locked.mkv", "The folder is read-only.")
    page.made.reload()
    qtbot.waitUntil(lambda: page.made.list.count == 2, timeout=WAIT_MS)
    assert [page.made.list.item(row).name for row in (0, 1)] == ["Locked.mkv", "Fine.mkv"]
    assert page.made.count.text() == "2 files, 1 not written"
    assert not page.made.review.isEnabled()
    page.made.list.set_selected([0])
    assert page.made.review.isEnabled()
    page.made.search.setText("fine")
    qtbot.waitUntil(lambda: page.made.list.count == 1, timeout=WAIT_MS)
    assert page.made.list.item(0).name == "Fine.mkv"


def keep(library: Library, path: Path, problem: str) -> None:
    """A kept transcript as the workers note it."""
    library.store.write(
        lambda connection: connection.execute(
            "INSERT INTO kept_transcripts (media_path, size_bytes, mtime_ns, language, task, model, job_id, file_name, "
            "problem, created_at) VALUES (?, 1, 1, 'eng', 'transcribe', 'whisper-base', 'job-000001', 'x.json', ?, ?)",
            (str(path), problem, f"2026-01-01T10:00:0{len(path.name) % 10}+00:00"),
        )
    )
