"""Errors that nobody caught, notices, the shortcut document."""

import logging
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QtMsgType, qWarning
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.desktop.faults import FaultHooks, start_logging, stop_logging
from app.desktop.menus import shown_records
from app.desktop.notices import Notices
from app.desktop.shortcuts_document import DOCUMENT, document_of
from app.desktop.window import MainWindow
from core.errors import StorageFull
from widgets.shortcut_sheet import ShortcutSheet


def test_that_an_unexpected_error_becomes_a_calm_notice_and_a_log_entry(
    qtbot: QtBot, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    handler = start_logging(tmp_path / "logs" / "desktop.log")
    notices = Notices()
    notices.log_file = tmp_path / "logs" / "desktop.log"
    hooks = FaultHooks(notices)
    before = sys.excepthook
    hooks.install()
    try:
        sys.excepthook(KeyError, KeyError("lost"), None)
    finally:
        hooks.remove()
    qtbot.waitUntil(lambda: bool(notices.kept))
    stop_logging(handler)
    (notice,) = notices.kept
    assert "Traceback" not in notice.message + notice.action
    assert str(notices.log_file) in notice.action
    assert "lost" in notice.detail
    assert "lost" in notices.log_file.read_text(encoding="utf-8")
    assert sys.excepthook is before


def test_that_qt_messages_reach_the_log(qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> None:
    from app.desktop.faults import _on_qt_message

    class Context:
        category = "qt.test"

    with caplog.at_level(logging.WARNING, "rushes.qt"):
        _on_qt_message(QtMsgType.QtWarningMsg, Context(), "something is odd")  # type: ignore[arg-type]
    assert caplog.messages == ["qt.test: something is odd"]
    assert qWarning is not None


def test_that_a_log_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    assert start_logging(tmp_path / "file" / "desktop.log") is None


def test_that_an_error_of_rushes_brings_its_own_words(qtbot: QtBot) -> None:
    notices = Notices()
    notices.error(StorageFull("The disk /x is full.", action="Free some space."))
    assert (notices.kept[0].message, notices.kept[0].action) == ("The disk /x is full.", "Free some space.")


def test_that_the_same_message_twice_is_kept_once(qtbot: QtBot) -> None:
    notices, shown = Notices(), []
    notices.posted.connect(shown.append)
    notices.info("Done.")
    notices.info("Done.")
    assert (len(notices.kept), len(shown)) == (1, 2)


@pytest.mark.gui
def test_that_notices_are_shown_collected_and_copied(window: MainWindow, qapp: QApplication) -> None:
    window.notices.warning("The first.", "Do this.")
    window.notices.error("The second.")
    bar, panel = window._bar, window._notice_dock.panel
    assert bar.isVisible()
    assert bar.notice.message == "The second."
    window.actions_table.run("view.notices")
    assert window._notice_dock.isVisible()
    assert panel.count == 2
    panel._copy_all.click()
    assert "Do this." in qapp.clipboard().text()
    assert "The second." in qapp.clipboard().text()


@pytest.mark.gui
def test_that_a_slot_that_fails_leaves_the_window_working(window: MainWindow, qtbot: QtBot) -> None:
    def fail() -> None:
        raise RuntimeError("in the worker")

    window.session.background.run_edit(fail, owner=QObject(window))
    qtbot.waitUntil(lambda: bool(window.notices.kept))
    assert "in the worker" in window.notices.kept[-1].detail
    window.go("jobs")
    assert window.page_id == "jobs"


@pytest.mark.gui
def test_that_the_shortcut_sheet_lists_every_shortcut(window: MainWindow) -> None:
    assert window.actions_table.run("help.shortcuts")
    sheet = window.findChild(ShortcutSheet)
    expected = {record.id for record in window.actions_table.records if record.shortcuts}
    assert set(sheet.shown_ids()) == expected
    sheet.close()


@pytest.mark.gui
def test_that_the_palette_knows_every_action(window: MainWindow) -> None:
    assert {record.id for record in shown_records(window.actions_table)} == {
        record.id for record in window.actions_table.records
    }


@pytest.mark.gui
def test_that_the_document_of_shortcuts_is_in_step_with_the_table(window: MainWindow) -> None:
    document = Path(__file__).parents[2] / DOCUMENT
    assert document.read_text(encoding="utf-8") == document_of(window.actions_table.records), (
        "run: python -m app.desktop.shortcuts_document"
    )


@pytest.mark.gui
def test_that_every_button_and_field_has_a_name(window: MainWindow, qtbot: QtBot) -> None:
    from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QWidget

    nameless = []
    for page_id in ("library", "cast", "jobs", "settings"):
        for widget in window.session.pages[page_id].findChildren(QWidget):
            inside_a_field = isinstance(widget.parent(), QLineEdit)
            if inside_a_field or not isinstance(widget, QAbstractButton | QComboBox | QLineEdit):
                continue
            text = widget.text() if isinstance(widget, QAbstractButton) else ""
            if not (widget.accessibleName() or text) and not widget.objectName().startswith("qt_"):
                nameless.append((page_id, type(widget).__name__, widget.objectName()))
    assert nameless == []
