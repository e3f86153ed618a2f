"""Try the sample: from an empty library to names in Review, with the real models."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from app.desktop.window import MainWindow

pytestmark = [pytest.mark.gui, pytest.mark.slow]


def test_that_the_sample_is_built_analysed_and_shown(
    make_window: Callable[..., MainWindow],
    default_models: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    qtbot: QtBot,
) -> None:
    monkeypatch.setenv("RUSHES_MODELS", str(default_models.root))
    window = make_window(tmp_path / "library")
    assert window.actions_table.run("library.sample")
    review = window.session.pages["review"]
    qtbot.waitUntil(lambda: window.page_id == "review", timeout=200_000)
    qtbot.waitUntil(review.is_analysed, timeout=20_000)
    assert len(review.episode.review.shots) == 11
    assert len(review.episode.review.identities) >= 7
    assert [notice.level for notice in window.notices.kept] == ["info"]
    check_undo(window, review, qtbot)


def check_undo(window: MainWindow, review: Any, qtbot: QtBot) -> None:
    """A rename is one named step of the Edit menu, undone and done again."""
    identity_id = review.episode.review.identities[0].identity_id

    def name() -> str:
        return next(one.name for one in review.episode.review.identities if one.identity_id == identity_id)

    undo, redo = window.actions_table.qaction("edit.undo"), window.actions_table.qaction("edit.redo")
    review.editing.edits.rename(identity_id, "Eileen")
    qtbot.waitUntil(lambda: name() == "Eileen" and undo.isEnabled())
    assert undo.text().startswith("Undo ")
    assert "Eileen" in undo.text()
    window.actions_table.run("edit.undo")
    qtbot.waitUntil(lambda: name() == "" and redo.isEnabled())
    assert not undo.isEnabled()
    window.actions_table.run("edit.redo")
    qtbot.waitUntil(lambda: name() == "Eileen")
