"""From a video to a corrected transcript with speakers, in the real window, with the real models."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.desktop.speech_thread import SpeechThread
from app.desktop.transcript_page.page import TranscriptPage
from app.desktop.window import MainWindow
from core.library.library import Library
from tests.made_speech import LONG, Track, speech, write_speech_video

pytestmark = pytest.mark.gui
WORK_MS = 60_000


def test_that_a_video_is_transcribed_corrected_and_found_again(
    make_window: Callable[..., MainWindow],
    default_models: Any,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    film = write_speech_video(tmp_path / "talk.mp4", [Track(speech(LONG), "eng")])
    with Library.open(tmp_path / "library", holder="a test") as library:
        ep_id = library.episodes.add(film, title="Talk").ep_id
    monkeypatch.setenv("RUSHES_MODELS", str(default_models.root))
    window = make_window(tmp_path / "library")
    window.resize(1280, 800)
    window.navigator.take_in_hand(ep_id)
    window.go("transcript")
    page = window.session.pages["transcript"]
    assert isinstance(page, TranscriptPage)
    qtbot.waitUntil(lambda: page.desk.book is not None)
    workers = window.session.services.automation.workers
    qtbot.waitUntil(lambda: [one.state for one in workers.statuses()] == ["idle"], timeout=WORK_MS)

    page.desk.making.start(ep_id, {})
    qtbot.waitUntil(lambda: bool(page.panel.list.lines), timeout=WORK_MS)
    line = page.panel.list.lines[0]
    assert "Dashwood" in line.text
    assert line.words
    qtbot.waitUntil(lambda: [one.label for one in page.desk.book.view.speakers] == ["Speaker 1"], timeout=WORK_MS)
    assert isinstance(workers._now()[0]._thread, SpeechThread), "work runs in Qt's threads"

    view = page.panel.list
    view.begin_edit(line.line_id)
    view.writing.editor.setPlainText(line.text.replace("leisure", "pleasure"))
    qtbot.keyClick(view.writing.editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "pleasure" in view.lines[0].text)
    page.search.field.setText("pleasure")
    qtbot.waitUntil(lambda: len(page.search.found) == 1)
    assert page.search.found[0].ep_id == ep_id
