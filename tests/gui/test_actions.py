"""The action table by itself."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.desktop.actions import Action, ActionTable
from tests.gui.activating import activate


@pytest.fixture
def holder(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    return widget


@pytest.fixture
def table(holder: QWidget) -> ActionTable:
    return ActionTable(holder)


def nothing() -> None:
    """Does nothing."""


def test_that_an_action_runs_only_on_its_page(table: ActionTable) -> None:
    ran: list[int] = []
    table.add(Action("library.x", "X", "File", lambda: ran.append(1), page="library"))
    assert not table.run("library.x")
    table.set_page("library")
    assert table.run("library.x")
    assert ran == [1]


def test_that_a_disabled_action_does_not_run(table: ActionTable) -> None:
    table.add(Action("edit.x", "X", "Edit", lambda: pytest.fail("it ran"), enabled=lambda: False))
    assert not table.run("edit.x")


def test_that_an_id_is_registered_once(table: ActionTable) -> None:
    table.add(Action("edit.x", "X", "Edit", nothing))
    with pytest.raises(ValueError, match="registered twice"):
        table.add(Action("edit.x", "X", "Edit", nothing))


def test_that_one_shortcut_cannot_mean_two_things_at_once(table: ActionTable) -> None:
    table.add(Action("edit.x", "X", "Edit", nothing, ("Ctrl+X",)))
    with pytest.raises(ValueError, match=r"is taken by edit\.x"):
        table.add(Action("edit.y", "Y", "Edit", nothing, ("Ctrl+X",), page="review"))


def test_that_two_pages_may_use_the_same_shortcut(table: ActionTable) -> None:
    table.add(
        Action("library.del", "Remove", "Edit", nothing, ("Del",), page="library"),
        Action("review.del", "Remove", "Edit", nothing, ("Del",), page="review"),
    )
    assert len(table.records) == 2


def test_that_the_title_of_a_step_follows_its_state(table: ActionTable) -> None:
    step = ["rename"]
    table.add(Action("edit.undo", "Undo", "Edit", nothing, title_now=lambda: f"Undo {step[0]}"))
    step[0] = "merge"
    table.refresh()
    assert table.qaction("edit.undo").text() == "Undo merge"


def test_that_a_scoped_shortcut_needs_the_focus_in_its_widget(qtbot: QtBot, holder: QWidget) -> None:
    column = QVBoxLayout(holder)
    inside, outside = QWidget(), QLineEdit()
    inside.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    column.addWidget(inside)
    column.addWidget(outside)
    table, ran = ActionTable(holder), []
    table.add(Action("review.step", "Step", "Playback", lambda: ran.append(1), ("K",), scope=inside))
    holder.show()
    activate(holder, qtbot)
    outside.setFocus()
    qtbot.keyClick(outside, "k")
    inside.setFocus()
    qtbot.keyClick(inside, "k")
    assert (ran, outside.text()) == ([1], "k")


def test_that_removed_actions_are_gone_with_their_shortcuts(table: ActionTable) -> None:
    table.add(Action("review.x", "X", "Playback", nothing, ("Space",)))
    table.remove(["review.x"])
    table.add(Action("review.y", "Y", "Playback", nothing, ("Space",)))
    assert [record.id for record in table.records] == ["review.y"]


def test_that_an_unreadable_shortcut_is_refused(table: ActionTable) -> None:
    with pytest.raises(ValueError, match="unknown group"):
        table.add(Action("edit.x", "X", "Nowhere", nothing))
