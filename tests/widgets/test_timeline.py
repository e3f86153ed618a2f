"""The timeline: where a time is, what a click and a drag say."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.review.types import EpisodeReview
from widgets.timeline import UNASSIGNED, Lane, TimeAxis, Timeline, lanes_of
from widgets.timeline.strips import coverage, runs_px, wave_image
from widgets.timeline.time_axis import tick_step_s

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def timeline(qtbot: QtBot) -> Iterator[Timeline]:
    """1,100 seconds on about a thousand pixels, two lanes."""
    made = Timeline()
    qtbot.addWidget(made)
    made.resize(1180, 320)
    made.set_duration(1100.0)
    made.set_shots([(0.0, 400.0), (400.0, 1100.0)])
    made.set_lanes(
        [Lane("identity-0001", "Lisa", 0, [(100.0, 200.0), (500.0, 700.0)]), Lane("identity-0002", "Kim", 1, [])]
    )
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.stop()


def place_of(timeline: Timeline, t_s: float, y_px: int) -> QPoint:
    return QPoint(round(timeline.rows.canvas_left + timeline.axis.x_px(t_s)), y_px)


def wheel(timeline: Timeline, place: QPoint, notches: int, modifiers: Qt.KeyboardModifier) -> None:
    event = QWheelEvent(
        QPointF(place),
        QPointF(timeline.mapToGlobal(place)),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(timeline, event)


NONE = Qt.KeyboardModifier.NoModifier


@given(
    st.floats(1.0, 20_000.0),
    st.floats(0.1, 0.9),
    st.lists(st.tuples(st.floats(0.2, 5.0), st.floats(0.0, 1.0)), max_size=8),
)
def test_that_zoom_keeps_the_time_under_the_pointer(
    duration_s: float, middle: float, steps: list[tuple[float, float]]
) -> None:
    axis = TimeAxis(duration_s, 1000.0).fitted().zoomed(40.0, middle * 1000.0)
    for factor, at in steps:
        x_px = at * 1000.0
        other = axis.zoomed(factor, x_px)
        before_s, after_s = axis.left_s + x_px / axis.px_per_s, other.left_s + x_px / other.px_per_s
        at_an_end = other.left_s == 0.0 or other.right_s >= duration_s - 1e-6
        assert at_an_end or after_s == pytest.approx(before_s, abs=1e-6 * duration_s)
        assert other.left_s >= 0.0
        assert other.right_s <= duration_s * (1 + 1e-9) + 1e-6
        axis = other


def test_that_the_wheel_zooms_around_the_pointer(timeline: Timeline) -> None:
    place = place_of(timeline, 640.0, timeline.rows.lane(0).center().y())
    before_s = timeline.time_at(place.x())
    wheel(timeline, place, 5, NONE)
    start_s, end_s = timeline.view()
    assert end_s - start_s < 500
    assert timeline.time_at(place.x()) == pytest.approx(before_s, abs=0.01)


def test_that_shift_and_wheel_pan_and_fit_shows_everything(timeline: Timeline) -> None:
    timeline.zoom_to(200.0, 300.0)
    wheel(timeline, QPoint(600, 200), -2, Qt.KeyboardModifier.ShiftModifier)
    start_s, end_s = timeline.view()
    assert start_s > 200.0
    assert end_s - start_s == pytest.approx(100.0, rel=1e-6)
    timeline.fit()
    assert timeline.view() == pytest.approx((0.0, 1100.0))


def test_that_a_drag_seeks_roughly_and_its_end_exactly(qtbot: QtBot, timeline: Timeline) -> None:
    said: list[tuple[float, bool]] = []
    timeline.seek_requested.connect(lambda t_s, exact: said.append((t_s, exact)))
    y_px = timeline.rows.ruler.center().y()
    qtbot.mousePress(timeline, LEFT, pos=place_of(timeline, 100.0, y_px))
    qtbot.mouseMove(timeline, place_of(timeline, 300.0, y_px))
    qtbot.mouseMove(timeline, place_of(timeline, 500.0, y_px))
    qtbot.mouseRelease(timeline, LEFT, pos=place_of(timeline, 500.0, y_px))
    assert [exact for _t_s, exact in said] == [False] * (len(said) - 1) + [True]
    assert said[0][0] == pytest.approx(100.0, abs=1.5)
    assert said[-1][0] == pytest.approx(500.0, abs=1.5)
    assert len(said) >= 3


def test_that_a_click_on_a_bar_activates_it_and_selects_its_lane(qtbot: QtBot, timeline: Timeline) -> None:
    seeks: list[float] = []
    bars: list[tuple[str, int, float]] = []
    timeline.seek_requested.connect(lambda t_s, _exact: seeks.append(t_s))
    timeline.bar_activated.connect(lambda *bar: bars.append(bar))
    with qtbot.waitSignal(timeline.lane_selected):
        qtbot.mouseClick(timeline, LEFT, pos=place_of(timeline, 600.0, timeline.rows.lane(0).center().y()))
    [(lane_id, index, t_s)] = bars
    assert (lane_id, index) == ("identity-0001", 1)
    assert t_s == pytest.approx(600.0, abs=1.5)
    assert timeline.selected_lane() == "identity-0001"
    assert not seeks


def test_that_a_click_beside_bars_seeks(qtbot: QtBot, timeline: Timeline) -> None:
    place = place_of(timeline, 300.0, timeline.rows.lane(0).center().y())
    with qtbot.waitSignal(timeline.seek_requested, check_params_cb=lambda _t_s, exact: exact) as caught:
        qtbot.mouseClick(timeline, LEFT, pos=place)
    assert caught.args[0] == pytest.approx(300.0, abs=1.5)


def test_that_a_click_on_a_header_selects_the_lane(qtbot: QtBot, timeline: Timeline) -> None:
    with qtbot.waitSignal(timeline.lane_selected) as caught:
        qtbot.mouseClick(timeline, LEFT, pos=QPoint(60, timeline.rows.lane(1).center().y()))
    assert caught.args == ["identity-0002"]


def test_that_the_middle_button_pans(qtbot: QtBot, timeline: Timeline) -> None:
    timeline.zoom_to(400.0, 500.0)
    y_px = timeline.rows.lane(0).center().y()
    qtbot.mousePress(timeline, Qt.MouseButton.MiddleButton, pos=QPoint(700, y_px))
    qtbot.mouseMove(timeline, QPoint(600, y_px))
    qtbot.mouseRelease(timeline, Qt.MouseButton.MiddleButton, pos=QPoint(600, y_px))
    assert timeline.view()[0] == pytest.approx(410.0, abs=0.5)


def test_that_the_keyboard_does_it_all(qtbot: QtBot, timeline: Timeline) -> None:
    timeline.setFocus()
    qtbot.keyClick(timeline, Qt.Key.Key_Plus)
    assert timeline.view()[1] - timeline.view()[0] == pytest.approx(550.0)
    qtbot.keyClick(timeline, Qt.Key.Key_0)
    assert timeline.view() == pytest.approx((0.0, 1100.0))
    qtbot.keyClick(timeline, Qt.Key.Key_Down)
    assert timeline.selected_lane() == "identity-0001"
    timeline.set_position(150.0)
    with qtbot.waitSignal(timeline.bar_activated) as caught:
        qtbot.keyClick(timeline, Qt.Key.Key_Return)
    assert caught.args == ["identity-0001", 1, 500.0]
    with qtbot.waitSignal(timeline.seek_requested) as caught:
        qtbot.keyClick(timeline, Qt.Key.Key_End)
    assert caught.args == [1100.0, True]


def test_that_the_view_follows_the_line_of_now(timeline: Timeline) -> None:
    timeline.zoom_to(100.0, 200.0)
    timeline.set_position(205.0)
    start_s, end_s = timeline.view()
    assert start_s < 205.0 < end_s
    assert 205.0 - start_s == pytest.approx(10.0, abs=0.5)
    timeline.set_follow(False)
    timeline.set_position(900.0)
    assert timeline.view() == pytest.approx((start_s, end_s))


def test_that_lanes_come_from_a_review_with_the_unassigned_last(review: Callable[[int], EpisodeReview]) -> None:
    episode = review(50)
    lanes = lanes_of(episode, "Unassigned")
    assert [lane.lane_id for lane in lanes] == ["identity-0001", "identity-0002", UNASSIGNED]
    tracks = {track.track_id: track for track in episode.tracks}
    for lane in lanes:
        assert list(lane.starts_s) == sorted(lane.starts_s)
        assert [tracks[ref].start_s for ref in lane.refs] == list(lane.starts_s)
    assert sum(len(lane) for lane in lanes) == 50


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 10)), max_size=30), st.floats(0, 110))
def test_that_bisecting_finds_what_a_search_of_all_finds(spans: list[tuple[float, float]], t_s: float) -> None:
    lane = Lane("lane", "", None, [(start, start + length) for start, length in spans])
    inside = {index for index in range(len(lane)) if lane.starts_s[index] <= t_s <= lane.ends_s[index]}
    found = lane.at(t_s)
    assert (found in inside) if inside else found == -1
    part = lane.between(t_s, t_s)
    assert inside <= set(range(part.start, part.stop))


def test_that_bars_of_less_than_a_pixel_stay_visible() -> None:
    covered = coverage(np.array([3.25]), np.array([3.3]), 10)
    assert covered.sum() == pytest.approx(1.0)
    starts, ends = runs_px(np.array([0.0, 1.1, 5.0]), np.array([1.0, 2.0, 6.0]), 0.5)
    assert starts.tolist() == [0.0, 5.0]
    assert ends.tolist() == [2.0, 6.0]


def test_that_the_sound_is_drawn_where_it_is_loud(timeline: Timeline) -> None:
    peaks = np.zeros((500, 2), np.float32)
    peaks[250:] = (-1.0, 1.0)
    image = wave_image(peaks, 50.0, 0.0, 10.0, 100, 21, timeline.palette().text().color())
    assert image.pixelColor(20, 2).alpha() == 0
    assert image.pixelColor(80, 2).alpha() == 255
    empty = wave_image(np.zeros((0, 2), np.float32), 50.0, 0.0, 10.0, 100, 21, timeline.palette().text().color())
    assert empty.width() == 100


def test_that_tick_labels_never_touch() -> None:
    for px_per_s in (0.001, 0.02, 0.5, 3.0, 40.0, 900.0, 2000.0):
        step_s, parts = tick_step_s(px_per_s, 90.0)
        assert step_s * px_per_s >= 90.0 or step_s == 14400.0
        assert parts >= 1


def test_that_a_playhead_move_paints_only_strips(qtbot: QtBot, timeline: Timeline) -> None:
    timeline.grab()
    layer = timeline._layer
    timeline.set_position(300.0)
    timeline.grab()
    assert timeline._layer is layer


def test_that_thumbnails_arrive_and_nothing_is_painted_without_a_video(
    qtbot: QtBot, timeline: Timeline, jpeg: Callable[[str, int, int], bytes]
) -> None:
    picture = jpeg("#ff0000", 160, 90)
    timeline.set_thumbnails(np.arange(0, 1100, 10.0), lambda _index: picture)

    def red_is_there() -> None:
        image = timeline.grab().toImage()
        thumb = timeline.rows.thumbs.center()
        assert image.pixelColor(thumb).red() > 200
        assert image.pixelColor(thumb).green() < 60

    qtbot.waitUntil(lambda: _holds(red_is_there), timeout=5000)
    timeline.clear()
    assert isinstance(timeline.grab().toImage(), QImage)


def _holds(check: Callable[[], None]) -> bool:
    try:
        check()
    except AssertionError:
        return False
    return True
