"""Settings > Audit: the trail, and the proof that nothing of it was changed."""

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QDialog, QFileDialog
from pytestqt.qtbot import QtBot

from app.desktop.settings_page import audit_trail
from app.desktop.settings_page.audit_key_dialog import SigningKeyDialog
from app.desktop.settings_page.audit_section import AuditSection
from app.desktop.window import MainWindow
from core.audit import log
from core.library.library import Library

WAIT_MS = 15_000
OWN_KEY = "a-key-of-many-signs"

pytestmark = [pytest.mark.gui, pytest.mark.pages("library", "settings")]


def fill(folder: Path, count: int = 5) -> None:
    """A trail: one key, ``count`` settings, one deletion."""
    with Library.open(folder) as library:

        def note(connection: sqlite3.Connection) -> None:
            log.append(connection, kind="key", subject="key-1", actor="anna", details={"what": "made"})
            for number in range(count):
                details = {"command": "set", "before": number, "after": number + 1}
                log.append(connection, kind="setting", subject=f"limit {number}", actor="desktop", details=details)
            log.append(connection, kind="deletion", subject="Film Ünï 你好", actor="bob", details={"what": "episode"})

        library.store.write(note)


def section_of(window: MainWindow, qtbot: QtBot, least: int = 1) -> AuditSection:
    window.go("settings/audit")
    found = window.session.pages["settings"].sections["audit"]
    assert isinstance(found, AuditSection)
    qtbot.waitUntil(lambda: found.trail.list.count >= least, timeout=WAIT_MS)
    return found


@pytest.fixture
def section(make_window: Callable[..., MainWindow], tmp_path: Path, qtbot: QtBot) -> AuditSection:
    fill(tmp_path / "library")
    return section_of(make_window(tmp_path / "library"), qtbot, least=7)


def subjects(section: AuditSection) -> list[str]:
    return [section.trail.list.item(at).subject for at in range(section.trail.list.count)]


def test_that_the_newest_entry_stands_on_top_and_its_details_are_shown(section: AuditSection) -> None:
    assert subjects(section)[0] == "Film Ünï 你好"
    assert section.trail.details.isHidden()
    section.trail.list.set_current(0)
    assert not section.trail.details.isHidden()
    facts = section.trail.details.facts
    assert facts["By"] == "bob"
    assert facts["what"] == "episode"
    assert len(facts["Hash"]) == 64


def test_that_search_and_kind_narrow_the_trail(section: AuditSection, qtbot: QtBot) -> None:
    section.trail.kind.setCurrentIndex(section.trail.kind.findData("key"))
    qtbot.waitUntil(lambda: section.trail.list.count == 1, timeout=WAIT_MS)
    assert subjects(section) == ["key-1"]
    section.trail.kind.setCurrentIndex(0)
    section.trail.search.setText("LIMIT 3")
    qtbot.waitUntil(lambda: subjects(section) == ["limit 3"], timeout=WAIT_MS)
    section.trail.search.setText("no such word")
    qtbot.waitUntil(lambda: section.trail.list.count == 0, timeout=WAIT_MS)
    assert section.trail._count.text() == "0 entries"


def test_that_older_entries_are_read_when_the_list_is_scrolled(
    make_window: Callable[..., MainWindow], tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_trail, "PAGE_ENTRIES", 40)
    fill(tmp_path / "library", count=90)
    section = section_of(make_window(tmp_path / "library"), qtbot, least=40)
    bar = section.trail.list.verticalScrollBar()

    def all_there() -> bool:
        bar.setValue(bar.maximum())
        return section.trail.list.count >= 92

    qtbot.waitUntil(all_there, timeout=WAIT_MS)
    found = subjects(section)
    assert len(found) == len(set(found))
    assert "key-1" in found


def test_that_a_whole_chain_and_a_broken_one_are_told_apart(
    section: AuditSection, tmp_path: Path, qtbot: QtBot
) -> None:
    section.chain.check.click()
    qtbot.waitUntil(lambda: section.chain.outcome.badge.text == "Whole", timeout=WAIT_MS)
    with sqlite3.connect(tmp_path / "library" / "library.db") as connection:
        connection.execute("DROP TRIGGER audit_log_never_changes")
        connection.execute("UPDATE audit_log SET actor = 'somebody else' WHERE subject = 'limit 2'")
    connection.close()
    section.chain.check.click()
    qtbot.waitUntil(lambda: section.chain.outcome.badge.text == "Broken", timeout=WAIT_MS)
    assert "was changed" in section.chain.outcome.text.text()


def test_that_the_first_export_asks_for_a_key_and_its_file_is_genuine_until_it_is_changed(
    section: AuditSection, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def answer(dialog: SigningKeyDialog) -> int:
        asked.append(dialog.name)
        dialog.use_own.setChecked(True)
        dialog.own.setText(OWN_KEY)
        return QDialog.DialogCode.Accepted.value

    monkeypatch.setattr(SigningKeyDialog, "exec", answer)
    section.export.export.click()
    qtbot.waitUntil(lambda: section.export.outcome.badge.text == "Exported", timeout=WAIT_MS)
    assert asked == ["desktop"]
    assert section.services.settings.audit_key() == ("desktop", OWN_KEY)
    path = Path(section.export.file.text)
    assert path.is_file()
    assert OWN_KEY not in path.read_text(encoding="utf-8")

    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args, **_kwargs: (str(path), ""))
    section.verify.choose.click()
    qtbot.waitUntil(lambda: section.verify.outcome.badge.text == "Genuine", timeout=WAIT_MS)
    document = json.loads(path.read_text(encoding="utf-8"))
    document["items"][1]["actor"] = "somebody else"
    path.write_text(json.dumps(document), encoding="utf-8")
    section.verify.choose.click()
    qtbot.waitUntil(lambda: section.verify.outcome.badge.text == "Do not trust it", timeout=WAIT_MS)
    assert "was changed" in section.verify.outcome.text.text()


def test_that_an_export_given_up_at_the_key_writes_nothing(
    section: AuditSection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SigningKeyDialog, "exec", lambda _dialog: QDialog.DialogCode.Rejected.value)
    section.export.export.click()
    assert section.export.export.isEnabled()
    assert section.services.settings.audit_key() is None
    assert not list((tmp_path / "library").glob("reports/audit_export_*"))


def test_that_a_file_that_is_no_export_is_refused_with_a_reason(
    section: AuditSection, tmp_path: Path, qtbot: QtBot
) -> None:
    wrong = tmp_path / "holiday.json"
    wrong.write_text("[]", encoding="utf-8")
    section.verify.verify(wrong, None)
    qtbot.waitUntil(lambda: section.verify.outcome.badge.text == "Not checked", timeout=WAIT_MS)
    assert "no audit export" in section.verify.outcome.text.text()
    assert section.verify.choose.isEnabled()


def test_that_a_short_key_is_refused_and_a_made_one_is_long(qtbot: QtBot) -> None:
    dialog = SigningKeyDialog(None)
    qtbot.addWidget(dialog)
    ready = dialog.buttons.button(dialog.buttons.StandardButton.Ok)
    assert ready.isEnabled()
    assert len(dialog.secret) == 64
    dialog.use_own.setChecked(True)
    dialog.own.setText("short")
    assert not ready.isEnabled()
    dialog.own.setText(OWN_KEY)
    assert ready.isEnabled()
    assert dialog.secret == OWN_KEY
