"""The chart of screen time: totals, orders, proof, seeking, and fifty thousand intervals."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from core.screen_time.types import PersonTime, ProvenInterval, ScreenTime
from widgets.screen_time_chart import ScreenTimeChart
from widgets.screen_time_rows import SortBy, words_of_bar

LEFT = Qt.MouseButton.LeftButton


def interval(start_s: float, end_s: float, *track_ids: str) -> ProvenInterval:
    return ProvenInterval(start_s, end_s, 0, 0, round(start_s * 25), round(end_s * 25), track_ids or ("track-00001",))


def person(label: str, *intervals: ProvenInterval, index: int = 0) -> PersonTime:
    total_s = sum(one.end_s - one.start_s for one in intervals)
    return PersonTime(
        label, label, None, (label,), intervals, total_s, intervals[0].start_s, intervals[-1].end_s, total_s / 100,
        len(intervals), index, None,
    )  # fmt: skip


def account(*people: PersonTime, duration_s: float = 100.0) -> ScreenTime:
    loose = (interval(90.0, 95.0, "track-00099"),)
    return ScreenTime("ep", "Title", duration_s, 0.0, 0.0, people, (), 5.0, loose, 20.0)


@pytest.fixture
def chart(qtbot: QtBot) -> Iterator[ScreenTimeChart]:
    made = ScreenTimeChart(lambda _key: None)
    qtbot.addWidget(made)
    made.resize(700, 400)
    made.set_screen_time(
        account(
            person("Tom", interval(40.0, 50.0), interval(60.0, 80.0, "track-00003", "track-00004")),
            person("Ann", interval(50.0, 60.0)),
            person("Lisa", interval(10.0, 25.0)),
        )
    )
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.stop()


def test_that_people_are_ordered_and_the_unassigned_come_last(chart: ScreenTimeChart) -> None:
    assert chart.shown_labels() == ["Tom", "Lisa", "Ann", "Unassigned"]
    chart.set_sort(SortBy.FIRST)
    assert chart.shown_labels() == ["Lisa", "Tom", "Ann", "Unassigned"]
    chart.set_sort(SortBy.NAME)
    assert chart.shown_labels() == ["Ann", "Lisa", "Tom", "Unassigned"]
    assert "3 people" in chart.totals_text()
    assert "unassigned 5.0 s" in chart.totals_text()


def test_that_a_click_on_a_bar_goes_to_its_start_and_beside_it_to_that_time(
    qtbot: QtBot, chart: ScreenTimeChart
) -> None:
    canvas = chart.canvas
    with qtbot.waitSignal(chart.seek_requested) as caught:
        qtbot.mouseClick(canvas.viewport(), LEFT, pos=canvas.bar_rect(0, 1).center())
    assert caught.args == [60.0]
    lane = canvas.row_rect(1)
    with qtbot.waitSignal(chart.seek_requested) as caught:
        qtbot.mouseClick(canvas.viewport(), LEFT, pos=QPoint(lane.left() + lane.width() // 2, lane.center().y()))
    assert caught.args[0] == pytest.approx(50.0, abs=0.5)


def test_that_a_bar_is_proved_by_its_tracks(chart: ScreenTimeChart) -> None:
    words = words_of_bar(chart.canvas._rows[0], 1)
    assert "0:01:00.000 – 0:01:20.000" in words
    assert "track-00003, track-00004" in words
    assert "frames 1500 – 2000" in words


def test_that_the_chart_goes_by_keyboard(qtbot: QtBot, chart: ScreenTimeChart) -> None:
    canvas = chart.canvas
    chart.setFocus()
    qtbot.keyClick(canvas, Qt.Key.Key_Down)
    qtbot.keyClick(canvas, Qt.Key.Key_End)
    assert "track-00003" in canvas.accessibleDescription()
    with qtbot.waitSignal(chart.seek_requested) as caught:
        qtbot.keyClick(canvas, Qt.Key.Key_Return)
    assert caught.args == [60.0]
    whole = canvas.view()
    qtbot.keyClick(canvas, Qt.Key.Key_Plus)
    start_s, end_s = canvas.view()
    assert end_s - start_s < whole[1] - whole[0]
    assert start_s <= 60.0 <= end_s
    qtbot.keyClick(canvas, Qt.Key.Key_0)
    assert canvas.view() == pytest.approx(whole)


def test_that_newer_figures_keep_the_zoom_and_another_episode_does_not(chart: ScreenTimeChart) -> None:
    chart.canvas.zoom_by(4.0)
    zoomed = chart.canvas.view()
    chart.set_screen_time(account(person("Tom", interval(1.0, 2.0))))
    assert chart.canvas.view() == pytest.approx(zoomed)
    chart.set_screen_time(None)
    assert chart.shown_labels() == []
    assert not chart.grab().isNull()


def test_that_the_bar_below_pans(chart: ScreenTimeChart) -> None:
    chart.canvas.zoom_by(4.0)
    bar = chart.canvas.horizontalScrollBar()
    bar.setValue(0)
    assert chart.canvas.view()[0] == pytest.approx(0.0)
    bar.setValue(bar.maximum())
    assert chart.canvas.view()[1] == pytest.approx(100.0, abs=0.1)


def test_that_fifty_thousand_intervals_are_shown_and_can_be_zoomed_into(chart: ScreenTimeChart) -> None:
    people = [
        person(f"P{row}", *(interval(at * 0.72, at * 0.72 + 0.4) for at in range(5_000)), index=row)
        for row in range(10)
    ]
    chart.set_screen_time(account(*people, duration_s=3600.0))
    whole = chart.canvas.viewport().grab().toImage()
    chart.canvas.zoom_by(400.0)
    assert chart.canvas.viewport().grab().toImage() != whole
