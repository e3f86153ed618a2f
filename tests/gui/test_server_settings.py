"""Settings > Server: the HTTP server in the window's own process."""

import http.client
import json
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from app.desktop.serving import EVERY_NETWORK, ServingChoices, ServingState
from app.desktop.settings import AppSettings
from app.desktop.settings_page.server import APIS, ServerSection
from app.desktop.window import MainWindow
from app.server.apis import API_MAKERS, MAIN
from core.library.library import Library
from tests.server.screenalytics.made_episode import make_episode

pytestmark = pytest.mark.pages("library", "review", "settings")

WAIT_MS = 20_000


def section_of(window: MainWindow) -> ServerSection:
    window.go("settings/server")
    found = window.session.pages["settings"].sections["server"]
    assert isinstance(found, ServerSection)
    return found


def turn_on(window: MainWindow, qtbot: QtBot) -> str:
    """Turn the server on at a free port; its address."""
    section = section_of(window)
    section.server.free_port.setChecked(True)
    section.server.turn_on.click()
    qtbot.waitUntil(lambda: window.session.serving.state is ServingState.ON, timeout=WAIT_MS)
    return section.server.address.text


def ask(address: str, method: str, path: str, body: object = None, **headers: str) -> tuple[int, Any]:
    """One request, as another program would make it."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=10)
    try:
        connection.request(
            method,
            path,
            None if body is None else json.dumps(body),
            {"Content-Type": "application/json", **{name.replace("_", "-"): value for name, value in headers.items()}},
        )
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def server_threads() -> list[str]:
    return [one.name for one in threading.enumerate() if one.name.startswith("server-")]


@pytest.mark.gui
def test_that_the_server_is_turned_on_and_off_without_a_restart(window: MainWindow, qtbot: QtBot) -> None:
    section = section_of(window)
    assert section.server._state.text == "Off"
    assert server_threads() == []
    address = turn_on(window, qtbot)
    assert section.server._state.text == "On"
    status, health = ask(address, "GET", "/healthz")
    assert (status, health["status"]) == (200, "ok")
    assert not section.server.where.isEnabled()
    section.server.address.copy.click()
    assert QGuiApplication.clipboard().text() == address
    section.server.turn_off.click()
    qtbot.waitUntil(lambda: window.session.serving.state is ServingState.OFF, timeout=WAIT_MS)
    with pytest.raises(ConnectionRefusedError):
        ask(address, "GET", "/healthz")
    assert server_threads() == []
    assert section.server.address.isHidden()


@pytest.mark.gui
def test_that_two_apis_have_ports_of_their_own_beside_their_prefixes(
    window: MainWindow, qtbot: QtBot, settings: AppSettings
) -> None:
    section = section_of(window)
    annotator, pytoon = (section.server.own_ports[name] for name in ("videoannotator", "pytoon"))
    with socket.create_server(("127.0.0.1", 0)) as other, socket.create_server(("127.0.0.1", 0)) as second:
        taken, taken_too = other.getsockname()[1], second.getsockname()[1]
        annotator.number.setValue(taken)
        pytoon.number.setValue(taken_too)
        address = turn_on(window, qtbot)
    assert f"Port {taken} on 127.0.0.1 is taken" in annotator.note.text()
    assert f"Port {taken_too} on 127.0.0.1 is taken" in pytoon.note.text()
    assert ask(address, "GET", "/videoannotator/health")[1]["version"] == "1.3.0"
    assert ask(address, "GET", "/pytoon/health")[1] == {"status": "ok"}
    section.server.turn_off.click()
    qtbot.waitUntil(lambda: window.session.serving.state is ServingState.OFF, timeout=WAIT_MS)
    turn_on(window, qtbot)
    addresses = window.session.serving.addresses
    for name, own, port in (("videoannotator", annotator, taken), ("pytoon", pytoon, taken_too)):
        assert addresses[name].endswith(f":{port}")
        assert addresses[name] in own.note.text()
        assert ask(addresses[name], "GET", "/health")[1]["status"] == "ok"
    section.server.turn_off.click()
    qtbot.waitUntil(lambda: window.session.serving.state is ServingState.OFF, timeout=WAIT_MS)
    for own in (annotator, pytoon):
        assert own.note.isHidden()
        own.chosen.setChecked(False)
        assert not own.number.isEnabled()
    turn_on(window, qtbot)
    assert set(window.session.serving.addresses) == {"main"}
    stored = settings.server_choices()
    assert (stored["videoannotator_port"], stored["pytoon_port"]) == (None, None)


@pytest.mark.gui
def test_that_an_edit_over_http_is_seen_in_the_window_and_undone_there(
    make_window: Callable[..., MainWindow], tmp_path: Path, qtbot: QtBot
) -> None:
    with Library.open(tmp_path / "library") as library:
        make_episode(library, tmp_path, tracks=6, identities=3)
    window = make_window(tmp_path / "library")
    address = turn_on(window, qtbot)
    window.open_episode("film")
    review = window.session.pages["review"]
    qtbot.waitUntil(review.is_analysed, timeout=WAIT_MS)
    labels = {"labels": {"name": "Lisa Vanderpump"}}
    status, told = ask(address, "PATCH", "/screenalytics/episodes/film/identities/identity-00002", labels)
    assert status == 200, told
    qtbot.waitUntil(
        lambda: "Lisa Vanderpump" in {row.label for row in review.dock.identities.model.rows}, timeout=WAIT_MS
    )
    undo = next(record for record in window.session.services.actions.records if record.id == "edit.undo")
    qtbot.waitUntil(lambda: "Lisa Vanderpump" in undo.title_now(), timeout=WAIT_MS)
    undo.callback()

    def undone() -> bool:
        _, answer = ask(address, "GET", "/episodes/film/identities")
        return all(not one["labels"].get("name") for one in answer["data"]["identities"])

    qtbot.waitUntil(undone, timeout=WAIT_MS)


@pytest.mark.gui
def test_that_a_taken_port_is_told_as_text(window: MainWindow, qtbot: QtBot) -> None:
    section = section_of(window)
    with socket.create_server(("127.0.0.1", 0)) as other:
        section.server.port.setValue(other.getsockname()[1])
        section.server.turn_on.click()
        qtbot.waitUntil(lambda: window.session.serving.state is ServingState.FAILED, timeout=WAIT_MS)
    assert "is taken by another program" in section.server._problem.text()
    assert not section.server._problem.isHidden()
    assert section.server.turn_on.isEnabled()
    assert turn_on(window, qtbot).startswith("http://127.0.0.1:")
    assert section.server._problem.isHidden()


@pytest.mark.gui
def test_that_closing_the_library_stops_the_server_and_the_next_start_brings_it_back(
    make_window: Callable[..., MainWindow], tmp_path: Path, qtbot: QtBot, settings: AppSettings
) -> None:
    first = make_window(tmp_path / "library")
    address = turn_on(first, qtbot)
    first.close()
    qtbot.waitUntil(lambda: server_threads() == [], timeout=WAIT_MS)
    assert settings.server_choices()["on"] is True
    second = make_window(tmp_path / "library")
    qtbot.waitUntil(lambda: second.session.serving.state is ServingState.ON, timeout=WAIT_MS)
    assert second.session.serving.addresses["main"] != ""
    assert address != ""
    section_of(second).server.turn_off.click()
    qtbot.waitUntil(lambda: second.session.serving.state is ServingState.OFF, timeout=WAIT_MS)
    assert settings.server_choices()["on"] is False


@pytest.mark.gui
def test_that_a_key_is_made_shown_once_and_revoked(window: MainWindow, qtbot: QtBot) -> None:
    section = section_of(window)
    section.keys.role.setCurrentIndex(section.keys.role.findData("operator"))
    section.keys.note.setText("nightly export")
    section.keys.make_key.click()
    qtbot.waitUntil(lambda: bool(section.keys.secret.text) and len(section.keys.rows) == 1, timeout=WAIT_MS)
    plain = section.keys.secret.text
    section.keys.secret.copy.click()
    assert QGuiApplication.clipboard().text() == plain
    section.server.where.setCurrentIndex(section.server.where.findData(EVERY_NETWORK))
    assert "needs a key" in section.server._where_note.text()
    address = turn_on(window, qtbot)
    assert ask(address, "GET", "/episodes")[0] == 401
    assert ask(address, "GET", "/episodes", X_API_Key=plain)[0] == 200
    key_id = plain.split(".")[0]
    section.keys.revokes[key_id].click()
    qtbot.waitUntil(lambda: key_id not in section.keys.revokes, timeout=WAIT_MS)
    assert ask(address, "GET", "/episodes", X_API_Key=plain)[0] == 401
    assert section.keys.secret.text == ""
    assert set(section.keys.rows) == {key_id}


@pytest.mark.gui
def test_that_a_webhook_is_added_and_removed_and_a_wrong_one_refused(window: MainWindow, qtbot: QtBot) -> None:
    card = section_of(window).webhooks
    card.url.setText("ftp://studio.example")
    card.add.click()
    qtbot.waitUntil(lambda: not card._problem.isHidden(), timeout=WAIT_MS)
    assert "not an http or https address" in card._problem.text()
    card.url.setText("https://studio.example/hook")
    card.add.click()
    qtbot.waitUntil(lambda: len(card.rows) == 1 and bool(card.secret.text), timeout=WAIT_MS)
    assert card._problem.isHidden()
    next(iter(card.removes.values())).click()
    qtbot.waitUntil(lambda: not card.rows, timeout=WAIT_MS)
    assert card.secret.text == ""


def test_that_the_section_names_the_apis_that_there_are() -> None:
    assert tuple((spec.name, spec.title) for spec in API_MAKERS.values() if spec.listener == MAIN) == APIS


@pytest.mark.gui
def test_that_speech_for_other_programs_is_switched_at_once(window: MainWindow, qtbot: QtBot) -> None:
    section = section_of(window)
    address = turn_on(window, qtbot)
    assert ask(address, "GET", "/v1/models")[0] == 404
    section.speech.openai.click()
    qtbot.waitUntil(lambda: ask(address, "GET", "/v1/models")[0] == 200, timeout=WAIT_MS)
    assert window.session.services.automation.preferences.truth("openai_api_enabled")
    window.session.bazarr.choices = ServingChoices(port=0)
    section.speech.bazarr.click()
    qtbot.waitUntil(lambda: window.session.bazarr.state is ServingState.ON, timeout=WAIT_MS)
    provider = window.session.bazarr.addresses["bazarr"]
    assert ask(provider, "GET", "/status")[1]["version"].startswith("Rushes")
    assert provider in section.speech._bazarr_note.text()
    section.speech.bazarr.click()
    qtbot.waitUntil(lambda: window.session.bazarr.state is ServingState.OFF, timeout=WAIT_MS)
    assert not section.speech.bazarr.isChecked()
    status, told = ask(address, "GET", "/api/workers")
    assert (status, isinstance(told, list)) == (200, True)
