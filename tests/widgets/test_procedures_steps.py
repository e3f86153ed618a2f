"""The step editor: pure edits, the mouse, the keys, the form."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from core.procedures.types import Step
from tests.widgets.made_procedure import steps_of
from widgets.procedures import StepForm, StepTimeline
from widgets.procedures import step_editing as editing
from widgets.procedures.step_menu import step_menu

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
ALT, SHIFT, CTRL = (
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)


def spans(steps: tuple[Step, ...]) -> list[tuple[float, float]]:
    return [(round(step.start_s, 3), round(step.end_s, 3)) for step in steps]


# ---- edits ----


def test_that_a_shared_boundary_moves_for_both_and_never_beyond_a_neighbour() -> None:
    steps = steps_of(3)
    moved = editing.moved_boundary(steps, 0, "end", 8.0, 18.0)
    assert spans(moved) == [(0, 8), (8, 12), (12, 18)]
    assert moved[0].by_person
    assert moved[1].by_person
    assert not moved[2].by_person
    far = editing.moved_boundary(steps, 0, "end", 99.0, 18.0)
    assert spans(far)[0] == (0, 12 - editing.LEAST_STEP_S)
    back = editing.moved_boundary(steps, 1, "start", -5.0, 18.0)
    assert spans(back)[:2] == [(0, editing.LEAST_STEP_S), (editing.LEAST_STEP_S, 12)]
    alone = editing.moved_boundary(steps, 0, "end", 4.0, 18.0, alone=True)
    assert spans(alone) == [(0, 4), (6, 12), (12, 18)]


def test_that_a_boundary_at_a_gap_stops_at_the_next_step() -> None:
    steps = (Step(0, 4, "a"), Step(8, 12, "b"))
    assert spans(editing.moved_boundary(steps, 0, "end", 30, 20)) == [(0, 8), (8, 12)]
    assert spans(editing.moved_boundary(steps, 1, "end", 30, 20)) == [(0, 4), (8, 20)]
    assert spans(editing.moved_boundary(steps, 1, "start", 1, 20)) == [(0, 4), (4, 12)]


def test_that_steps_are_split_joined_deleted_and_inserted() -> None:
    steps = steps_of(3)
    made = editing.split(steps, 7.0, "second half")
    assert made is not None
    assert spans(made[0]) == [(0, 6), (6, 7), (7, 12), (12, 18)]
    assert (made[1], made[0][2].name) == (2, "second half")
    assert editing.split(steps, 6.1, "x") is None, "a part would be too short"
    assert editing.split(steps, 30.0, "x") is None
    both = editing.joined(steps, 2)
    assert both is not None
    assert spans(both[0]) == [(0, 6), (6, 18)]
    assert both[0][1].critical, "the stricter of both stays"
    assert editing.joined(steps[:1], 0) is None
    gap = editing.deleted(steps, 1)
    assert gap is not None
    assert spans(gap) == [(0, 6), (12, 18)]
    filled = editing.inserted(gap, 5.0, 10.0, "new")
    assert filled is not None
    assert spans(filled[0]) == [(0, 6), (6, 10), (12, 18)]
    assert filled[1] == 1
    assert editing.inserted(steps, 2.0, 4.0, "new") is None
    assert editing.gap_at(gap, 9.0, 18.0) == (6.0, 12.0)
    assert editing.gap_at(steps, 9.0, 18.0) is None


# ---- the editor ----


@pytest.fixture
def editor(qtbot: QtBot) -> Iterator[Callable[..., StepTimeline]]:
    """``editor(steps, duration_s)``: shown, with the keyboard."""
    made: list[StepTimeline] = []

    def make(steps: tuple[Step, ...] = steps_of(3), duration_s: float = 18.0) -> StepTimeline:
        one = StepTimeline()
        qtbot.addWidget(one)
        one.resize(916, 170)
        one.show()
        one.set_duration(duration_s)
        one.set_steps(steps)
        one.setFocus()
        made.append(one)
        return one

    yield make
    for one in made:
        one.stop()


def at(editor: StepTimeline, t_s: float, *, plates: bool = True) -> QPoint:
    y_px = editor.places.plates.center().y() if plates else editor.places.thumbs.center().y()
    return QPoint(round(editor.places.x_px(t_s)), y_px)


def drag(
    qtbot: QtBot, editor: StepTimeline, start_s: float, end_s: float, modifier: Qt.KeyboardModifier = NONE
) -> None:
    from PySide6.QtCore import QEvent, QPointF
    from PySide6.QtGui import QMouseEvent
    from PySide6.QtWidgets import QApplication

    qtbot.mousePress(editor, LEFT, NONE, at(editor, start_s))
    for t_s in ((start_s + end_s) / 2, end_s):
        place = QPointF(at(editor, t_s))
        move = QMouseEvent(QEvent.Type.MouseMove, place, editor.mapToGlobal(place), LEFT, LEFT, modifier)
        QApplication.sendEvent(editor, move)


def test_that_a_dragged_boundary_is_told_once_at_the_end(qtbot: QtBot, editor: Callable[..., StepTimeline]) -> None:
    shown = editor()
    said: list[tuple[tuple[Step, ...], str]] = []
    seeks: list[float] = []
    shown.steps_changed.connect(lambda steps, name: said.append((steps, name)))
    shown.seek_requested.connect(lambda t_s, _exact: seeks.append(t_s))
    drag(qtbot, shown, 6.0, 8.0)
    assert not said
    assert seeks[-1] == pytest.approx(8.0, abs=0.05), "the picture follows the boundary"
    qtbot.mouseRelease(shown, LEFT, NONE, at(shown, 8.0))
    [(steps, name)] = said
    assert steps[0].end_s == steps[1].start_s == pytest.approx(8.0, abs=0.05)
    assert "Clean the flange" in name
    assert shown.steps() == steps


def test_that_escape_gives_a_drag_up(qtbot: QtBot, editor: Callable[..., StepTimeline]) -> None:
    shown = editor()
    before = shown.steps()
    with qtbot.assertNotEmitted(shown.steps_changed):
        drag(qtbot, shown, 6.0, 8.0)
        qtbot.keyClick(shown, Qt.Key.Key_Escape)
        qtbot.mouseRelease(shown, LEFT, NONE, at(shown, 8.0))
    assert shown.steps() == before
    assert shown.shown_steps() == before


def test_that_a_boundary_snaps_to_the_line_of_now_and_alt_lets_it_go(
    qtbot: QtBot, editor: Callable[..., StepTimeline]
) -> None:
    shown = editor()
    shown.set_position(7.9)
    drag(qtbot, shown, 6.0, 8.0)
    qtbot.mouseRelease(shown, LEFT, NONE, at(shown, 8.0))
    assert shown.steps()[0].end_s == 7.9
    shown.set_snap_times((9.03,))
    drag(qtbot, shown, 7.9, 9.0)
    qtbot.mouseRelease(shown, LEFT, NONE, at(shown, 9.0))
    assert shown.steps()[0].end_s == 9.03
    shown.set_snap_times(())
    drag(qtbot, shown, 9.03, 8.0, ALT)
    qtbot.mouseRelease(shown, LEFT, ALT, at(shown, 8.0))
    assert shown.steps()[0].end_s != 7.9
    assert shown.steps()[0].end_s == pytest.approx(8.0, abs=0.03)


def test_that_a_drag_over_a_gap_makes_a_step_and_asks_for_its_name(
    qtbot: QtBot, editor: Callable[..., StepTimeline]
) -> None:
    shown = editor((Step(0, 4, "first"), Step(14, 18, "last")))
    names: list[str] = []
    shown.steps_changed.connect(lambda _steps, name: names.append(name))
    drag(qtbot, shown, 6.0, 10.0)
    qtbot.mouseRelease(shown, LEFT, NONE, at(shown, 10.0))
    assert len(shown.steps()) == 3
    new = shown.steps()[1]
    assert (new.start_s, new.end_s) == (pytest.approx(6.0, abs=0.05), pytest.approx(10.0, abs=0.05))
    assert shown.selected() == 1
    assert shown.name_field.is_open
    shown.name_field.setText("Wipe it")
    qtbot.keyClick(shown.name_field, Qt.Key.Key_Return)
    assert shown.steps()[1].name == "Wipe it"
    assert len(names) == 2


def test_that_a_click_on_a_step_selects_it_and_goes_there(qtbot: QtBot, editor: Callable[..., StepTimeline]) -> None:
    shown = editor()
    chosen: list[int] = []
    shown.step_selected.connect(chosen.append)
    with qtbot.waitSignal(shown.seek_requested, check_params_cb=lambda _t_s, exact: exact) as caught:
        qtbot.mouseClick(shown, LEFT, NONE, at(shown, 9.0))
    assert caught.args[0] == pytest.approx(9.0, abs=0.05)
    assert (chosen, shown.selected()) == ([1], 1)


def test_that_keys_split_join_delete_insert_and_rename(qtbot: QtBot, editor: Callable[..., StepTimeline]) -> None:
    shown = editor()
    names: list[str] = []
    shown.steps_changed.connect(lambda _steps, name: names.append(name))
    shown.set_position(9.0)
    qtbot.keyClick(shown, Qt.Key.Key_S)
    assert spans(shown.steps()) == [(0, 6), (6, 9), (9, 12), (12, 18)]
    assert (shown.selected(), shown.steps()[2].name) == (2, "Put the gasket on (part 2)")
    qtbot.keyClick(shown, Qt.Key.Key_Left)
    qtbot.keyClick(shown, Qt.Key.Key_J)
    assert spans(shown.steps()) == [(0, 6), (6, 12), (12, 18)]
    qtbot.keyClick(shown, Qt.Key.Key_Delete)
    assert spans(shown.steps()) == [(0, 6), (12, 18)]
    qtbot.keyClick(shown, Qt.Key.Key_I)
    assert spans(shown.steps()) == [(0, 6), (6, 12), (12, 18)]
    shown.name_field.close_field()
    qtbot.keyClick(shown, Qt.Key.Key_F2)
    assert shown.name_field.is_open
    qtbot.keyClick(shown.name_field, Qt.Key.Key_Escape)
    assert not shown.name_field.is_open
    assert [name.split()[0] for name in names] == ["Split", "Join", "Delete", "Add"]


def test_that_several_moves_by_keys_are_one_edit(qtbot: QtBot, editor: Callable[..., StepTimeline]) -> None:
    shown = editor()
    shown.set_selected(0)
    said: list[str] = []
    shown.steps_changed.connect(lambda _steps, name: said.append(name))
    for _ in range(5):
        qtbot.keyClick(shown, Qt.Key.Key_Right, ALT)
    assert not said
    shown.end_nudge()
    assert shown.steps()[0].end_s == pytest.approx(6.5)
    assert len(said) == 1
    qtbot.keyClick(shown, Qt.Key.Key_Left, ALT)
    qtbot.keyClick(shown, Qt.Key.Key_Escape)
    shown.end_nudge()
    assert shown.steps()[0].end_s == pytest.approx(6.5)


def test_that_nothing_changes_while_the_editor_only_shows(qtbot: QtBot, editor: Callable[..., StepTimeline]) -> None:
    shown = editor()
    shown.set_editable(False)
    shown.set_selected(1)
    shown.set_position(9.0)
    with qtbot.assertNotEmitted(shown.steps_changed):
        for key in (Qt.Key.Key_S, Qt.Key.Key_J, Qt.Key.Key_Delete, Qt.Key.Key_F2):
            qtbot.keyClick(shown, key)
        drag(qtbot, shown, 6.0, 8.0)
        qtbot.mouseRelease(shown, LEFT, NONE, at(shown, 8.0))
    assert len(shown.steps()) == 3
    assert not shown.name_field.is_open


def test_that_the_menu_offers_what_can_be_done(qtbot: QtBot, editor: Callable[..., StepTimeline]) -> None:
    shown = editor()
    shown.set_selected(0)
    shown.set_position(9.0)
    menu = step_menu(shown)
    enabled = {action.text(): action.isEnabled() for action in menu.actions() if action.text()}
    assert enabled["Split at the line of now"]
    assert not enabled["Fill the gap with a step"]
    with qtbot.waitSignal(shown.steps_changed) as caught:
        next(action for action in menu.actions() if action.text() == "Optional").trigger()
    assert caught.args[0][0].optional
    assert "Optional" in caught.args[1]


def test_that_pictures_are_painted_behind_the_steps(qtbot: QtBot, editor: Callable[..., StepTimeline]) -> None:
    shown = editor()

    def provide(_index: int) -> QImage:
        picture = QImage(32, 18, QImage.Format.Format_RGB32)
        picture.fill(Qt.GlobalColor.green)
        return picture

    shown.set_thumbnails([0.0, 6.0, 12.0], provide)

    def green() -> bool:
        colour = shown.grab().toImage().pixelColor(at(shown, 9.0, plates=False))
        return colour.green() > 200 and colour.red() < 60

    qtbot.waitUntil(green, timeout=10_000)
    assert green()


@pytest.mark.parametrize("count", [0, 1, 40, 200])
def test_that_any_number_of_steps_is_painted(editor: Callable[..., StepTimeline], count: int) -> None:
    names = ("تنظيف الشفة بعناية", "x" * 300, "", "你好")
    shown = editor(steps_of(count, names), max(count, 1) * 6.0)
    shown.set_selected(count - 1)
    assert not shown.grab().isNull()
    assert shown.selected() == (count - 1 if count else None)
    shown.clear()
    assert shown.steps() == ()


# ---- the form ----


@pytest.fixture
def form(qtbot: QtBot) -> StepForm:
    made = StepForm()
    qtbot.addWidget(made)
    made.show()
    made.set_step(1, Step(6.0, 12.0, "Fit the seal", critical=True))
    return made


def test_that_the_form_tells_each_change_with_the_whole_step(qtbot: QtBot, form: StepForm) -> None:
    said: list[tuple[int, Step]] = []
    form.step_changed.connect(lambda index, step: said.append((index, step)))
    form.optional.setChecked(True)
    form.any_order.setChecked(True)
    assert said[-1][1] == Step(6.0, 12.0, "Fit the seal", critical=True, optional=True, any_order=True)
    form.name.setFocus()
    form.name.selectAll()
    qtbot.keyClicks(form.name, "Press it")
    qtbot.keyClick(form.name, Qt.Key.Key_Return)
    assert said[-1] == (1, replace(said[-2][1], name="Press it"))
    form.own_time.setChecked(True)
    assert said[-1][1].allowed_s == 9.0
    form.allowed.setValue(11.5)
    form.allowed.editingFinished.emit()
    assert said[-1][1].allowed_s == 11.5
    form.own_time.setChecked(False)
    assert said[-1][1].allowed_s is None
    assert len(said) == 6


def test_that_impossible_times_are_refused_with_a_reason(form: StepForm) -> None:
    said: list[Step] = []
    form.step_changed.connect(lambda _index, step: said.append(step))
    form.set_bounds(1.0, 15.0)
    form.start.time_committed.emit(13.0)
    assert "at least" in form._problem.text()
    form.end.time_committed.emit(16.0)
    assert "neighbouring" in form._problem.text()
    assert form.end.value_s == 12.0
    assert not said
    form.end.time_committed.emit(14.0)
    assert (said[-1].start_s, said[-1].end_s) == (6.0, 14.0)
    assert form._problem.isHidden()


def test_that_without_a_step_nothing_can_be_written(form: StepForm) -> None:
    form.set_step(-1, None)
    assert not form.name.isEnabled()
    assert not form.allowed.isEnabled()
    form.set_step(0, Step(0.0, 2.0, "x", allowed_s=3.0))
    form.set_over_time_factor(2.0)
    assert form.allowed.isEnabled()
    assert "2 times" in form._allowed_note.text()
    form.set_editable(False)
    assert not form.critical.isEnabled()
    assert not form.allowed.isEnabled()
