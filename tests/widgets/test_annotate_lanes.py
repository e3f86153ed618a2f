"""The lanes: where marks lie, what mouse and keyboard say, and that what is painted is what is there."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.annotate.types import Boxes, Mark, Series, Tier, TierKind
from widgets.annotate import CanvasMark, LaneCanvas, LaneRow, box_spans, lane_of
from widgets.annotate.label_colours import NEUTRAL, LabelColours
from widgets.annotate.lane_edits import stepped
from widgets.annotate.lane_rows import LaneRows
from widgets.annotate.lane_series import envelope, envelope_image
from widgets.identity_look import identity_colour
from widgets.timeline.time_axis import TimeAxis

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
ALT, SHIFT, CTRL = (
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)
WORDS = ("mother", "toy", "away")
GAZE = (
    CanvasMark(11, 10.0, 20.0, "mother", 0.9, "sure"),
    CanvasMark(12, 20.0, 30.0, "toy"),
    CanvasMark(13, 60.0, 70.0, "mother"),
)


def lanes() -> list[LaneRow]:
    times_s = np.arange(0.0, 100.0, 0.5)
    return [
        LaneRow("gaze", "Gaze", "Anna", TierKind.INTERVALS, GAZE, editable=True, vocabulary=WORDS),
        LaneRow("smile", "Smiles", "", TierKind.POINTS, (CanvasMark(1, 40.0, 40.0, "smile"),), editable=True),
        LaneRow("model", "Gaze", "a model", TierKind.INTERVALS, (CanvasMark(0, 45.0, 55.0, "toy"),)),
        LaneRow(
            "sound",
            "Speech",
            kind=TierKind.SERIES,
            series=Series(times_s, (times_s / 10).astype(np.float32)),
            unit="dB",
        ),
    ]


@pytest.fixture
def canvas(qtbot: QtBot) -> LaneCanvas:
    """100 seconds on 1000 pixels, four lanes, the first active, with the keyboard."""
    made = LaneCanvas()
    qtbot.addWidget(made)
    made.resize(224 + 1000 + 12, 320)
    made.show()
    qtbot.waitExposed(made)
    made.set_duration(100.0)
    made.set_rows(lanes())
    made.set_active_lane("gaze")
    made.setFocus()
    return made


@pytest.fixture
def said(canvas: LaneCanvas) -> list[tuple[object, ...]]:
    """All that the canvas tells but where to look, as (signal, values...)."""
    found: list[tuple[object, ...]] = []
    for name in (
        "mark_drawn", "mark_moved", "mark_activated", "marks_deleted", "split_requested", "label_requested",
        "label_key", "lane_moved",
    ):  # fmt: skip
        getattr(canvas, name).connect(lambda *values, name=name: found.append((name, *values)))
    return found


def place(canvas: LaneCanvas, lane: int, t_s: float) -> QPoint:
    return QPoint(round(canvas.x_px(t_s)), canvas.places.lane(lane).center().y())


def drag(
    qtbot: QtBot,
    canvas: LaneCanvas,
    start: QPoint,
    end: QPoint,
    modifier: Qt.KeyboardModifier = NONE,
    *,
    let_go: bool = True,
) -> None:
    qtbot.mousePress(canvas, LEFT, NONE, start)
    for at in ((start + end) / 2, end):
        event = QMouseEvent(QEvent.Type.MouseMove, QPointF(at), QPointF(canvas.mapToGlobal(at)), LEFT, LEFT, modifier)
        QApplication.sendEvent(canvas, event)
    if let_go:
        qtbot.mouseRelease(canvas, LEFT, modifier, end)


def near(*values: float) -> object:
    return pytest.approx(values, abs=0.11)


# ---- the data ----


@given(st.lists(st.tuples(st.floats(0, 1000), st.floats(0, 30)), max_size=60))
def test_that_marks_of_one_level_cover_each_other_only_where_levels_run_out(spans: list[tuple[float, float]]) -> None:
    lane = LaneRow("x", "x", marks=[CanvasMark(at, start, start + length) for at, (start, length) in enumerate(spans)])
    assert list(lane.starts_s) == sorted(lane.starts_s)
    assert all(lane.marks[at].mark_id == mark_id for mark_id, at in lane.places.items())
    for level in range(lane.level_count - 1 if lane.level_count == 6 else lane.level_count):
        chosen = lane.levels == level
        assert np.all(lane.starts_s[chosen][1:] >= lane.ends_s[chosen][:-1] - 1e-6)


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0.01, 30)), min_size=1, max_size=40), st.floats(0, 100))
def test_that_the_mark_at_a_time_is_found_as_by_looking_at_all(spans: list[tuple[float, float]], t_s: float) -> None:
    lane = LaneRow("x", "x", marks=[CanvasMark(at, start, start + length) for at, (start, length) in enumerate(spans)])
    there = [at for at in range(len(lane)) if lane.starts_s[at] <= t_s <= lane.ends_s[at]]
    found = lane.at(t_s)
    assert (found in there) if there else found == -1


def test_that_each_speaker_keeps_a_height_of_its_own() -> None:
    marks = [
        CanvasMark(0, 0, 10, "A"),
        CanvasMark(1, 5, 15, "B"),
        CanvasMark(2, 20, 25, "B"),
        CanvasMark(3, 24, 30, "A"),
    ]
    lane = LaneRow("x", "x", marks=marks)
    assert lane.level_count == 2
    assert lane.levels[0] == lane.levels[3] != lane.levels[1] == lane.levels[2]


def test_that_boxes_become_the_spans_in_which_each_track_is_seen() -> None:
    t_s = np.array([0.0, 0.5, 1.0, 5.0, 5.5, 0.5])
    boxes = Boxes(
        frame=np.arange(6), t_s=t_s, bbox=np.zeros((6, 4), np.float32), score=np.full(6, 0.5, np.float32),
        track=np.array([3, 3, 3, 3, 3, -1]), category=np.array([0, 0, 0, 0, 0, 1]), categories=("face", "dog"),
        track_names={3: "Lisa"},
    )  # fmt: skip
    spans = sorted((mark.label, mark.start_s, round(mark.end_s, 2), mark.hint) for mark in box_spans(boxes))
    assert spans == [("Lisa", 0.0, 1.04, "3 ×"), ("Lisa", 5.0, 5.54, "2 ×"), ("dog", 0.5, 0.54, "1 ×")]
    assert box_spans(boxes)[0].score == pytest.approx(0.5)


def test_that_a_tier_becomes_a_lane_with_all_that_it_says() -> None:
    marks = (Mark(1.0, 2.0, "a", 0.5, {"speaker": "Kim", "pitch": 120.25}), Mark(3.0, 3.0, "b"))
    tier = Tier("words", TierKind.INTERVALS, marks, coder="Anna", vocabulary=("b", "a"))
    lane = lane_of(tier, "t1", editable=True)
    assert (lane.lane_id, lane.title, lane.subtitle, lane.editable) == ("t1", "words", "Anna", True)
    assert lane.labels == ("b", "a")
    assert lane.marks[0].hint == "speaker Kim, pitch 120"


def test_that_a_label_has_the_same_colour_in_every_lane_and_sentences_have_none() -> None:
    colours, (gaze, _smile, model, _sound) = LabelColours(), lanes()
    talk = LaneRow("talk", "Talk", marks=[CanvasMark(at, at, at + 1, f"sentence {at}") for at in range(40)])
    colours.learn([model, talk, gaze])
    assert colours.of_label(gaze, "toy") == colours.of_label(model, "toy")
    assert [colours.of_label(gaze, word) for word in WORDS] == [0, 1, 2], "vocabularies have the first colours"
    assert set(colours.of(talk).tolist()) == {NEUTRAL}
    assert set(colours.of(LaneRow("x", "x", colour=7, marks=GAZE)).tolist()) == {7}


def test_that_a_value_is_that_of_the_sample_that_holds() -> None:
    series = Series(np.array([0.0, 1.0, 2.0]), np.array([5.0, np.nan, 7.0], np.float32))
    lane = LaneRow("s", "s", kind=TierKind.SERIES, series=series)
    assert [lane.value_at(t_s) for t_s in (-0.1, 0.0, 0.9, 1.5, 2.5, 9.0)] == [None, 5.0, 5.0, None, 7.0, None]
    assert lane.value_span == (5.0, 7.0)
    assert LaneRow(
        "s", "s", kind=TierKind.SERIES, series=Series(np.zeros(1), np.array([0.8], np.float32))
    ).value_span == (0, 1)


@given(st.integers(2, 3000), st.floats(0.0, 0.7), st.integers(5, 400))
def test_that_no_peak_is_lost_between_the_columns_of_a_curve(count: int, left: float, width_px: int) -> None:
    times_s = np.linspace(0.0, 100.0, count)
    values = np.random.default_rng(count).normal(0, 1, count).astype(np.float32)
    lane = LaneRow("s", "s", kind=TierKind.SERIES, series=Series(times_s, values))
    axis = TimeAxis(100.0, float(width_px)).fitted().zoomed(1.0 + left * 5, left * width_px)
    low, high = envelope(lane, axis, width_px)
    shown = values[(times_s >= axis.left_s) & (times_s < axis.right_s - 1e-9)]
    if len(shown):
        assert np.nanmax(high) >= shown.max() - 1e-6
        assert np.nanmin(low) <= shown.min() + 1e-6
    assert np.nanmax(high) <= values.max() + 1e-6, "nothing is invented"


def test_that_a_curve_has_a_hole_where_there_are_no_values() -> None:
    times_s = np.linspace(0.0, 100.0, 2001)
    values = np.ones(2001, np.float32)
    values[800:1200] = np.nan
    lane = LaneRow("s", "s", kind=TierKind.SERIES, series=Series(times_s, values))
    picture = envelope_image(lane, TimeAxis(100.0, 200.0).fitted(), 200, 40, QColor("red"))
    filled = [any(picture.pixelColor(x, y).alpha() for y in range(40)) for x in range(200)]
    assert all(filled[2:78])
    assert not any(filled[84:116])


@pytest.mark.parametrize("scroll_px", [0, 30, 500])
def test_that_the_lane_at_a_height_is_the_one_painted_there(scroll_px: int) -> None:
    rows = LaneRows(scroll_px=scroll_px)
    rows.lay_out(lanes() * 8, 900, 400)
    for y in range(rows.lanes.top(), rows.lanes.bottom(), 7):
        index = rows.lane_at(y)
        assert rows.lane(index).top() <= y <= rows.lane(index).bottom()
        assert index in rows.visible_lanes()
    assert rows.lane_at(10) == -1


def test_that_frames_are_stepped_by_their_times() -> None:
    frames_s = np.array([0.0, 0.04, 0.12, 0.16])
    steps = ((0.04, 1), (0.12, -1), (0.1, -1), (0.1, 1), (0.16, 1), (0.0, -1))
    assert [stepped(frames_s, t_s, by) for t_s, by in steps] == [0.12, 0.04, 0.04, 0.12, 0.16, 0.0]
    assert stepped(None, 1.0, -1) == pytest.approx(0.96)


# ---- looking ----


def test_that_a_click_goes_there_and_a_drag_over_a_found_lane_seeks_along(qtbot: QtBot, canvas: LaneCanvas) -> None:
    went: list[tuple[float, bool]] = []
    canvas.seek_requested.connect(lambda t_s, exact: went.append((t_s, exact)))
    drag(qtbot, canvas, place(canvas, 3, 20.0), place(canvas, 3, 30.0))
    assert went[0] == (pytest.approx(20.0, abs=0.1), False)
    assert went[-1] == (pytest.approx(30.0, abs=0.1), True)
    assert canvas.active_lane() == "sound"


def test_that_wheel_and_keys_zoom_pan_and_fit(qtbot: QtBot, canvas: LaneCanvas) -> None:
    at = place(canvas, 0, 40.0)
    event = QWheelEvent(
        QPointF(at), QPointF(canvas.mapToGlobal(at)), QPoint(), QPoint(0, 480), Qt.MouseButton.NoButton, NONE,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(canvas, event)
    assert canvas.view()[1] - canvas.view()[0] == pytest.approx(100 / 1.25**4)
    assert canvas.time_at(at.x()) == pytest.approx(40.0, abs=0.1)
    before = canvas.view()
    qtbot.keyClick(canvas, Qt.Key.Key_PageDown)
    assert canvas.view()[0] > before[0]
    qtbot.keyClick(canvas, Qt.Key.Key_0)
    assert canvas.view() == near(0.0, 100.0)
    canvas.zoom_to(10.0, 20.0)
    canvas.set_position(90.0)
    assert canvas.view()[0] < 90.0 < canvas.view()[1], "the view follows"


def test_that_the_picture_shows_each_mark_in_the_colour_of_its_label(qtbot: QtBot, canvas: LaneCanvas) -> None:
    qtbot.waitUntil(lambda: canvas.painted)
    picture = canvas.grab().toImage()
    edge = place(canvas, 0, 10.0) + QPoint(2, 0)
    assert picture.pixelColor(edge).name() == identity_colour(0).name()
    assert picture.pixelColor(place(canvas, 0, 45.0)).lightness() < 60, "nothing where nothing is marked"


def test_that_thousands_of_thin_marks_are_blended_and_none_is_lost(qtbot: QtBot, canvas: LaneCanvas) -> None:
    starts_s = np.linspace(0.0, 50.0, 20_000, endpoint=False)
    marks = [CanvasMark(at, t_s, t_s + 0.001, "toy") for at, t_s in enumerate(starts_s.tolist())]
    canvas.set_rows([LaneRow("many", "Many", marks=[*marks, CanvasMark(20_000, 75.0, 75.0005, "toy")])])
    qtbot.waitUntil(lambda: canvas.painted)
    picture = canvas.grab().toImage()
    ground = picture.pixelColor(place(canvas, 0, 90.0))
    assert picture.pixelColor(place(canvas, 0, 25.0)) != ground
    assert any(picture.pixelColor(place(canvas, 0, 75.0) + QPoint(dx, 0)) != ground for dx in (-1, 0, 1))
    assert picture.pixelColor(place(canvas, 0, 60.0)) == ground


def test_that_values_and_marks_are_said_on_hover(canvas: LaneCanvas) -> None:
    words = canvas.words_at(place(canvas, 0, 15.0))
    assert words.splitlines() == ["mother", "0:00:10.000 – 0:00:20.000 (10.0 s)", "score 0.90", "sure"]
    assert canvas.words_at(QPoint(20, canvas.places.lane(0).center().y())).splitlines()[:3] == [
        "Gaze",
        "Anna",
        "Intervals",
    ]
    assert canvas.words_at(place(canvas, 0, 45.0)) == ""
    sound = canvas.rows()[3]
    assert sound.value_at(50.2) == pytest.approx(5.0)


def test_that_a_value_is_painted_where_the_pointer_is(qtbot: QtBot, canvas: LaneCanvas) -> None:
    qtbot.waitUntil(lambda: canvas.painted)
    before = canvas.grab().toImage().copy(canvas.places.lane(3))
    qtbot.mouseMove(canvas, place(canvas, 0, 50.0))
    canvas.set_hover(float(place(canvas, 0, 50.0).x()))
    after = canvas.grab().toImage().copy(canvas.places.lane(3))
    assert before != after


@pytest.mark.parametrize("rows", [(), tuple(lanes()), tuple(lanes() * 12)])
@pytest.mark.parametrize("width", [380, 1900])
def test_that_any_number_of_lanes_is_painted_at_any_size(
    qtbot: QtBot, canvas: LaneCanvas, rows: tuple[LaneRow, ...], width: int
) -> None:
    canvas.set_rows(rows)
    canvas.set_shots(np.arange(0, 100, 3.0))
    canvas.resize(width, 300)
    canvas.grab()
    qtbot.waitUntil(lambda: canvas.painted)
    assert canvas.painted
    assert canvas.rows() == rows
    canvas.set_duration(0.0)
    assert not canvas.grab().isNull()


# ---- drawing and dragging ----


def test_that_a_drag_over_an_empty_place_draws_a_mark_that_ends_at_its_neighbour(
    qtbot: QtBot, canvas: LaneCanvas, said: list[tuple[object, ...]]
) -> None:
    drag(qtbot, canvas, place(canvas, 0, 40.0), place(canvas, 0, 50.0))
    assert said[-1][:2] == ("mark_drawn", "gaze")
    assert said[-1][2:] == near(40.0, 50.0)
    drag(qtbot, canvas, place(canvas, 0, 40.0), place(canvas, 0, 65.0))
    assert said[-1][3] == 60.0, "no mark covers another"
    drag(qtbot, canvas, place(canvas, 2, 20.0), place(canvas, 2, 30.0))
    assert len(said) == 2, "found lanes are not drawn on"


def test_that_edges_snap_to_cuts_unless_alt_is_held(
    qtbot: QtBot, canvas: LaneCanvas, said: list[tuple[object, ...]]
) -> None:
    canvas.set_shots([50.37])
    drag(qtbot, canvas, place(canvas, 0, 33.0), place(canvas, 0, 50.0))
    assert said[-1][3] == 50.37
    drag(qtbot, canvas, place(canvas, 0, 33.0), place(canvas, 0, 50.0), ALT)
    assert said[-1][3] == pytest.approx(50.0, abs=0.1)


def test_that_an_edge_is_dragged_as_far_as_the_neighbour_and_escape_gives_up(
    qtbot: QtBot, canvas: LaneCanvas, said: list[tuple[object, ...]]
) -> None:
    drag(qtbot, canvas, place(canvas, 0, 70.0), place(canvas, 0, 75.0))
    assert said == [("mark_moved", "gaze", 13, 60.0, pytest.approx(75.0, abs=0.1))]
    canvas.set_rows(lanes())
    drag(qtbot, canvas, place(canvas, 0, 60.0), place(canvas, 0, 5.0))
    assert said[-1][:4] == ("mark_moved", "gaze", 13, 30.0)
    drag(qtbot, canvas, place(canvas, 0, 70.0), place(canvas, 0, 90.0), let_go=False)
    qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    qtbot.mouseRelease(canvas, LEFT, NONE, place(canvas, 0, 90.0))
    assert len(said) == 2


def test_that_a_mark_is_moved_as_a_whole_and_a_point_too(
    qtbot: QtBot, canvas: LaneCanvas, said: list[tuple[object, ...]]
) -> None:
    drag(qtbot, canvas, place(canvas, 0, 65.0), place(canvas, 0, 75.0), ALT)
    assert said[-1][:3] == ("mark_moved", "gaze", 13)
    assert said[-1][3:] == near(70.0, 80.0)
    drag(qtbot, canvas, place(canvas, 1, 40.0), place(canvas, 1, 47.0), ALT)
    assert said[-1][:3] == ("mark_moved", "smile", 1)
    assert said[-1][3:] == near(47.0, 47.0)


def test_that_an_edit_stays_on_the_screen_until_the_page_has_stored_it(qtbot: QtBot, canvas: LaneCanvas) -> None:
    qtbot.waitUntil(lambda: canvas.painted)
    before = canvas.grab().toImage().pixelColor(place(canvas, 0, 45.0))
    drag(qtbot, canvas, place(canvas, 0, 40.0), place(canvas, 0, 50.0))
    canvas.set_hover(None)
    assert canvas.grab().toImage().pixelColor(place(canvas, 0, 45.0)) != before
    canvas.set_rows(lanes())
    qtbot.waitUntil(lambda: canvas.painted)
    assert canvas.grab().toImage().pixelColor(place(canvas, 0, 45.0)) == before


def test_that_double_clicks_open_a_mark_and_set_a_point(
    qtbot: QtBot, canvas: LaneCanvas, said: list[tuple[object, ...]]
) -> None:
    qtbot.mouseDClick(canvas, LEFT, NONE, place(canvas, 2, 50.0))
    assert said[-1] == ("mark_activated", "model", 0)
    qtbot.mouseDClick(canvas, LEFT, NONE, place(canvas, 1, 80.0))
    assert said[-1][:2] == ("mark_drawn", "smile")
    assert said[-1][2] == said[-1][3] == pytest.approx(80.0, abs=0.1)


def test_that_ctrl_and_shift_select_several(qtbot: QtBot, canvas: LaneCanvas) -> None:
    told: list[tuple[object, object]] = []
    canvas.selection_changed.connect(lambda lane, ids: told.append((lane, ids)))
    qtbot.mouseClick(canvas, LEFT, NONE, place(canvas, 0, 15.0))
    assert canvas.selected() == ("gaze", (11,))
    qtbot.mouseClick(canvas, LEFT, SHIFT, place(canvas, 0, 65.0))
    assert canvas.selected() == ("gaze", (11, 12, 13))
    qtbot.mouseClick(canvas, LEFT, CTRL, place(canvas, 0, 25.0))
    assert canvas.selected() == ("gaze", (11, 13))
    assert told[-1] == ("gaze", (11, 13))
    canvas.set_rows([lanes()[2]])
    assert told[-1] == (None, ()), "what is gone is not selected"


def test_that_a_name_is_dragged_to_order_the_lanes(
    qtbot: QtBot, canvas: LaneCanvas, said: list[tuple[object, ...]]
) -> None:
    def head(lane: int, dy: int = 0) -> QPoint:
        return QPoint(60, canvas.places.lane(lane).center().y() + dy)

    drag(qtbot, canvas, head(0), head(2, 12))
    assert said == [("lane_moved", "gaze", 2)]
    drag(qtbot, canvas, head(2), head(0, -8))
    assert said[-1] == ("lane_moved", "model", 0)
    qtbot.keyClick(canvas, Qt.Key.Key_Up, ALT)
    assert said[-1] == ("lane_moved", "model", 1)


def test_that_the_menu_selects_what_is_under_the_pointer(qtbot: QtBot, canvas: LaneCanvas) -> None:
    asked: list[str] = []
    canvas.lane_menu_requested.connect(lambda lane, _place: asked.append(lane))
    at = place(canvas, 2, 50.0)
    QApplication.sendEvent(canvas, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, canvas.mapToGlobal(at)))
    assert asked == ["model"]
    assert canvas.selected() == ("model", (0,))
    QApplication.sendEvent(canvas, QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(), QPoint()))
    assert asked == ["model", "model"]


def test_that_a_drag_goes_on_while_other_lanes_come_and_ends_when_its_mark_is_gone(
    qtbot: QtBot, canvas: LaneCanvas, said: list[tuple[object, ...]]
) -> None:
    drag(qtbot, canvas, place(canvas, 0, 70.0), place(canvas, 0, 75.0), let_go=False)
    canvas.set_rows([*lanes(), LaneRow("new", "New")])
    qtbot.mouseRelease(canvas, LEFT, NONE, place(canvas, 0, 75.0))
    assert said == [("mark_moved", "gaze", 13, 60.0, pytest.approx(75.0, abs=0.1))]
    canvas.set_rows(lanes())
    drag(qtbot, canvas, place(canvas, 0, 70.0), place(canvas, 0, 75.0), let_go=False)
    canvas.set_row(LaneRow("gaze", "Gaze", marks=GAZE[:2], editable=True))
    qtbot.mouseRelease(canvas, LEFT, NONE, place(canvas, 0, 75.0))
    assert len(said) == 1


def test_that_pictures_come_even_while_the_view_moves_all_the_time(
    qtbot: QtBot, canvas: LaneCanvas, monkeypatch: pytest.MonkeyPatch
) -> None:
    canvas.zoom_to(0.0, 20.0)
    qtbot.waitUntil(lambda: canvas.painted)
    canvas.set_hover(None)
    before = canvas.grab().toImage().copy(canvas.places.lanes)
    monkeypatch.setattr("widgets.procedures.sliced_layer.SLICE_S", 0.0)
    for _ in range(60):
        canvas.pan_by(-4.0)
        QApplication.processEvents()
    assert canvas.grab().toImage().copy(canvas.places.lanes) != before
    qtbot.waitUntil(lambda: canvas.painted)
    assert canvas.painted


# ---- keys ----


def test_that_i_and_o_begin_and_end_a_new_mark(
    qtbot: QtBot, canvas: LaneCanvas, said: list[tuple[object, ...]]
) -> None:
    canvas.set_position(35.0)
    qtbot.keyClick(canvas, Qt.Key.Key_I)
    assert canvas.pending_start() == 35.0
    canvas.set_position(42.0)
    qtbot.keyClick(canvas, Qt.Key.Key_O)
    assert said == [("mark_drawn", "gaze", 35.0, 42.0)]
    assert canvas.pending_start() is None
    qtbot.keyClick(canvas, Qt.Key.Key_BracketLeft)
    qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    assert canvas.pending_start() is None


def test_that_i_and_o_set_start_and_end_of_the_selected_mark(
    qtbot: QtBot, canvas: LaneCanvas, said: list[tuple[object, ...]]
) -> None:
    canvas.set_selected("gaze", [13])
    canvas.set_position(63.0)
    qtbot.keyClick(canvas, Qt.Key.Key_BracketLeft)
    assert said == [("mark_moved", "gaze", 13, 63.0, 70.0)]
    canvas.set_position(68.0)
    qtbot.keyClick(canvas, Qt.Key.Key_BracketRight)
    assert said[-1] == ("mark_moved", "gaze", 13, 60.0, 68.0), "of the mark as it is stored"


def test_that_n_s_and_delete_edit_where_the_line_of_now_is(
    qtbot: QtBot, canvas: LaneCanvas, said: list[tuple[object, ...]]
) -> None:
    canvas.set_position(59.5)
    qtbot.keyClick(canvas, Qt.Key.Key_N)
    assert said[-1] == ("mark_drawn", "gaze", 59.5, 60.0)
    canvas.set_position(15.0)
    qtbot.keyClick(canvas, Qt.Key.Key_N)
    assert len(said) == 1, "there is no room"
    qtbot.keyClick(canvas, Qt.Key.Key_S)
    assert said[-1] == ("split_requested", "gaze", 11, 15.0)
    canvas.set_selected("gaze", [11, 12])
    qtbot.keyClick(canvas, Qt.Key.Key_Delete)
    assert said[-1] == ("marks_deleted", "gaze", (11, 12))
    canvas.set_active_lane("smile")
    qtbot.keyClick(canvas, Qt.Key.Key_N)
    assert said[-1] == ("mark_drawn", "smile", 15.0, 15.0)
    canvas.set_active_lane("model")
    canvas.set_selected("model", [0])
    for key in (Qt.Key.Key_N, Qt.Key.Key_Delete, Qt.Key.Key_S, Qt.Key.Key_1):
        qtbot.keyClick(canvas, key)
    assert said[-1] == ("mark_drawn", "smile", 15.0, 15.0), "found lanes are not edited"


def test_that_digits_give_labels_of_the_vocabulary_and_enter_asks_for_one(
    qtbot: QtBot, canvas: LaneCanvas, said: list[tuple[object, ...]]
) -> None:
    canvas.set_selected("gaze", [11, 13])
    qtbot.keyClick(canvas, Qt.Key.Key_3)
    assert said[-1] == ("label_key", "gaze", (11, 13), "away")
    qtbot.keyClick(canvas, Qt.Key.Key_9)
    assert len(said) == 1
    qtbot.keyClick(canvas, Qt.Key.Key_Return)
    assert said[-1] == ("label_requested", "gaze", (11, 13))
    canvas.set_selected(None)
    canvas.set_position(25.0)
    qtbot.keyClick(canvas, Qt.Key.Key_1)
    assert said[-1] == ("label_key", "gaze", (12,), "mother")
    qtbot.keyClick(canvas, Qt.Key.Key_Return)
    assert canvas.selected() == ("gaze", (12,))


def test_that_arrows_move_a_mark_by_frames_and_seconds_as_one_edit(
    qtbot: QtBot, canvas: LaneCanvas, said: list[tuple[object, ...]]
) -> None:
    canvas.set_frame_times(np.arange(0.0, 100.0, 0.5))
    canvas.set_selected("gaze", [13])
    for _ in range(3):
        qtbot.keyClick(canvas, Qt.Key.Key_Right)
    qtbot.keyClick(canvas, Qt.Key.Key_Right, SHIFT)
    assert said == []
    canvas.end_nudge()
    assert said == [("mark_moved", "gaze", 13, 62.5, 72.5)]
    canvas.set_rows(lanes())
    qtbot.keyClick(canvas, Qt.Key.Key_Left, ALT)
    qtbot.keyClick(canvas, Qt.Key.Key_Left, ALT | SHIFT)
    qtbot.keyClick(canvas, Qt.Key.Key_Tab)
    assert said[-1] == ("mark_moved", "gaze", 13, 59.5, 69.5)
    canvas.set_rows(lanes())
    canvas.set_selected("gaze", [11])
    for _ in range(4):
        qtbot.keyClick(canvas, Qt.Key.Key_Right)
    canvas.end_nudge()
    assert len(said) == 2, "where there is no room nothing is moved"


def test_that_tab_goes_through_the_marks_and_leaves_at_the_end(qtbot: QtBot, canvas: LaneCanvas) -> None:
    canvas.set_selected("gaze", [11])
    qtbot.keyClick(canvas, Qt.Key.Key_Tab)
    assert canvas.selected() == ("gaze", (12,))
    qtbot.keyClick(canvas, Qt.Key.Key_Backtab, SHIFT)
    assert canvas.selected() == ("gaze", (11,))
    assert canvas.step_mark(-1) is False
    canvas.choose(None, ())
    assert canvas.step_mark(1) is False
    qtbot.keyClick(canvas, Qt.Key.Key_A, CTRL)
    assert canvas.selected() == ("gaze", (11, 12, 13))
    qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    assert canvas.selected() == (None, ())


def test_that_keys_are_kept_from_the_window_only_where_they_are_of_use(qtbot: QtBot, canvas: LaneCanvas) -> None:
    from PySide6.QtGui import QKeyEvent

    def kept(key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> bool:
        event = QKeyEvent(QEvent.Type.ShortcutOverride, key, modifiers)
        event.ignore()
        QApplication.sendEvent(canvas, event)
        return event.isAccepted()

    assert kept(Qt.Key.Key_I)
    assert kept(Qt.Key.Key_BracketLeft)
    assert not kept(Qt.Key.Key_Left), "frames are stepped by the window while nothing is selected"
    assert not kept(Qt.Key.Key_Space)
    assert not kept(Qt.Key.Key_S, CTRL)
    canvas.set_selected("gaze", [11])
    assert kept(Qt.Key.Key_Left)


def test_that_a_screen_reader_is_told_what_is_selected(qtbot: QtBot, canvas: LaneCanvas) -> None:
    assert canvas.accessibleName() == "Lanes"
    canvas.set_selected("gaze", [11])
    assert canvas.accessibleDescription().startswith("Gaze: mother, 0:00:10.000")
    canvas.set_selected("gaze", [11, 12])
    assert "2 marks" in canvas.accessibleDescription()
    canvas.set_selected(None)
    qtbot.keyClick(canvas, Qt.Key.Key_Down)
    assert canvas.active_lane() == "smile"
    assert "Smiles" in canvas.accessibleDescription()


def test_that_a_row_is_replaced_alone(canvas: LaneCanvas, qtbot: QtBot, said: Callable[..., object]) -> None:
    canvas.set_selected("gaze", [12])
    canvas.set_row(LaneRow("gaze", "Gaze", marks=GAZE[1:], editable=True))
    assert [row.lane_id for row in canvas.rows()] == ["gaze", "smile", "model", "sound"]
    assert len(canvas.rows()[0]) == 2
    assert canvas.selected() == ("gaze", (12,))
