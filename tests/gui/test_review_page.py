"""The Review page: what it shows in each state, and that every click leads to the right frame."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from app.desktop.review.go_to import GoToDialog, Place, parse_place
from core.errors import NotFound
from core.jobs.events import EpisodeChanged
from core.jobs.types import Job, JobState
from core.media.probe import probe
from core.review.types import EpisodeReview
from tests.gui.made_review import (
    Bench,
    MadeEpisode,
    MadeEpisodes,
    MadeLibrary,
    MadeReader,
    made_review,
    not_analysed,
    page_on_bench,
)
from tests.gui.review_support import STEADY_TIMES_MS, make_film
from widgets.timeline import UNASSIGNED

EP = "ep-00001"
MakeBench = Callable[..., Bench]


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds of coded frames with sound, frame n at n * 40 ms."""
    return make_film(tmp_path_factory.mktemp("film") / "Ünïcödé 你好.mp4", STEADY_TIMES_MS, sound_s=2.0)


@pytest.fixture
def make_bench(qtbot: QtBot, qapp: QApplication, tmp_path: Path, film: Path) -> Iterator[MakeBench]:
    with ExitStack() as stack:

        def make(review: EpisodeReview | None = None, **episode: Any) -> Bench:
            shown = review or made_review(film)
            library = MadeLibrary(MadeEpisodes(MadeEpisode(EP, shown.media_path, probe(film), **episode)))
            bench: AbstractContextManager[Bench] = page_on_bench(library, tmp_path, MadeReader(shown), app=qapp)
            return stack.enter_context(bench)

        yield make


def open_and_wait(qtbot: QtBot, bench: Bench, t_s: float | None = None) -> None:
    bench.page.open_episode(EP, t_s)
    qtbot.waitUntil(lambda: bench.page.player.shown is not None)


def press(bench: Bench, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    bench.window.activateWindow()
    assert QTest.qWaitForWindowActive(bench.window)
    bench.page.player.view.setFocus()
    QTest.keyClick(bench.page.player.view, key, modifier)


def frame_becomes(qtbot: QtBot, bench: Bench, index: int) -> None:
    qtbot.waitUntil(lambda: bench.page.player.frame == index)
    assert bench.page.player.frame == index


def buttons(bench: Bench) -> dict[str, QPushButton]:
    return {button.text(): button for button in bench.page.findChildren(QPushButton) if button.isVisible()}


# ---------------------------------------------------------------------- states


def test_that_an_empty_page_leads_to_the_library(make_bench: MakeBench) -> None:
    bench = make_bench()
    assert bench.page.stack.currentWidget() is bench.page.message
    buttons(bench)["Go to the library"].click()
    assert bench.asked == [("page", "library")]
    assert not bench.services.actions.is_enabled("review.play_pause")


def test_that_an_episode_opens_with_its_lanes_lists_and_picture(qtbot: QtBot, make_bench: MakeBench) -> None:
    bench = make_bench()
    open_and_wait(qtbot, bench)
    page = bench.page
    assert [lane.label for lane in page.timeline.scene.lanes] == ["Person 1", "Person 2", "Person 3", "Unassigned"]
    assert page.selection.identity_id == "identity-0001"
    qtbot.waitUntil(lambda: len(page.dock.identity_crops.crops) == 4)
    qtbot.waitUntil(lambda: page.episode is not None and page.episode.boxes is not None)
    assert [box.label for box in page.episode.overlay_at(0.05)] == ["Person 1"]
    assert bench.services.actions.is_enabled("review.play_pause")


def test_that_the_last_place_is_resumed_and_kept(qtbot: QtBot, make_bench: MakeBench) -> None:
    bench = make_bench(last_position_s=1.0)
    open_and_wait(qtbot, bench)
    assert bench.page.player.frame == 25
    bench.page.player.seek(1.4)
    frame_becomes(qtbot, bench, 35)
    bench.page.left()
    qtbot.waitUntil(lambda: bench.library.episodes.positions == [1.4])


def test_that_a_wanted_second_goes_before_the_last_place(qtbot: QtBot, make_bench: MakeBench) -> None:
    bench = make_bench(last_position_s=1.0)
    open_and_wait(qtbot, bench, 0.4)
    assert bench.page.player.frame == 10
    bench.page.open_episode(EP, 1.6)
    frame_becomes(qtbot, bench, 40)


def test_that_an_episode_that_was_not_analysed_offers_it(qtbot: QtBot, make_bench: MakeBench, film: Path) -> None:
    bench = make_bench(not_analysed(film))
    open_and_wait(qtbot, bench)
    shown = [text for text in buttons(bench) if text == "Analyse"]
    assert shown
    buttons(bench)["Analyse"].click()
    assert bench.asked == [("analyse", (EP,))]


def test_that_a_running_analysis_is_shown_and_can_be_canceled(qtbot: QtBot, make_bench: MakeBench, film: Path) -> None:
    bench = make_bench(not_analysed(film))
    open_and_wait(qtbot, bench)
    bench.jobs.show(
        Job(
            "job-7",
            "analyse",
            EP,
            JobState.RUNNING,
            0,
            {},
            "2026",
            started_at="2026",
            stage="detect_track",
            overall=0.4,
        )
    )
    assert "Analyse" not in {
        text for text, button in buttons(bench).items() if bench.page.body.head.isAncestorOf(button)
    }
    buttons(bench)["Cancel"].click()
    qtbot.waitUntil(lambda: bench.library.jobs.canceled == ["job-7"])
    bench.jobs.show()
    assert "Cancel" not in buttons(bench)


def test_that_stale_stages_are_told_and_can_run_again(qtbot: QtBot, make_bench: MakeBench, film: Path) -> None:
    bench = make_bench(made_review(film, states=("current", "stale", "stale")))
    open_and_wait(qtbot, bench)
    assert bench.page.episode is not None
    assert bench.page.episode.stale_stages == ("faces_embed", "cluster")
    buttons(bench)["Run again"].click()
    assert bench.asked == [("analyse", (EP,))]


def test_that_missing_media_can_be_relinked_and_lists_still_work(
    qtbot: QtBot, make_bench: MakeBench, film: Path, tmp_path: Path
) -> None:
    bench = make_bench(made_review(tmp_path / "gone.mp4"), media_missing=True)
    bench.page.open_episode(EP)
    qtbot.waitUntil(lambda: bench.page.episode is not None)
    qtbot.waitUntil(lambda: len(bench.page.dock.identity_crops.crops) == 4)
    assert bench.page.player.shown is None
    bench.page.player.view.relink_requested.emit()
    assert bench.asked == [("relink", EP)]
    bench.library.episodes.episode.media_missing = False
    reader: Any = bench.page._loader._reader
    reader.review = replace(reader.review, media_path=film)
    bench.library.events.publish(EpisodeChanged(EP))
    qtbot.waitUntil(lambda: bench.page.player.shown is not None)


def test_that_media_that_vanished_unnoticed_can_be_relinked_too(
    qtbot: QtBot, make_bench: MakeBench, tmp_path: Path
) -> None:
    bench = make_bench(made_review(tmp_path / "gone.mp4"))
    with qtbot.waitSignal(bench.page.player.film_failed):
        bench.page.open_episode(EP)
    bench.page.player.view.relink_requested.emit()
    assert bench.asked == [("relink", EP)]


def test_that_an_episode_that_cannot_be_read_says_why_and_can_be_tried_again(
    qtbot: QtBot, make_bench: MakeBench
) -> None:
    bench = make_bench()
    reader: Any = bench.page._loader._reader
    reader.fails = NotFound("There is no episode ep-00001.", action="Open another one.")
    bench.page.open_episode(EP)
    qtbot.waitUntil(lambda: "Try again" in buttons(bench))
    assert bench.page.message.accessibleDescription().startswith("There is no episode")
    reader.fails = None
    buttons(bench)["Try again"].click()
    qtbot.waitUntil(lambda: bench.page.player.shown is not None)


def test_that_a_deleted_episode_leaves_the_page(qtbot: QtBot, make_bench: MakeBench) -> None:
    bench = make_bench()
    open_and_wait(qtbot, bench)
    bench.library.events.publish(EpisodeChanged(EP, deleted=True))
    qtbot.waitUntil(lambda: bench.page.stack.currentWidget() is bench.page.message)
    assert not bench.page.has_episode()


def test_that_a_published_stage_is_shown_and_the_selection_stays(
    qtbot: QtBot, make_bench: MakeBench, film: Path
) -> None:
    bench = make_bench()
    open_and_wait(qtbot, bench)
    bench.page.selection.select_identity("identity-0002")
    reader: Any = bench.page._loader._reader
    reader.review = made_review(film, people=4)
    bench.library.events.publish(EpisodeChanged(EP, stage="cluster"))
    qtbot.waitUntil(lambda: len(bench.page.timeline.scene.lanes) == 5)
    assert bench.page.selection.identity_id == "identity-0002"
    assert bench.page.player.shown is not None


def test_that_silence_is_said_once(qtbot: QtBot, make_bench: MakeBench) -> None:
    bench = make_bench()
    open_and_wait(qtbot, bench)
    with qtbot.waitSignal(bench.page.player.sound_trouble) as told:
        press(bench, Qt.Key.Key_Space)
    assert told.args == ["No sound: nothing there. Plug it in."]
    assert [notice.message for notice in bench.services.notices.kept] == told.args


# ---------------------------------------------------------------------- keys


def test_that_arrows_step_by_frame_and_with_shift_by_second(qtbot: QtBot, make_bench: MakeBench) -> None:
    bench = make_bench()
    open_and_wait(qtbot, bench)
    for key, modifier, index in (
        (Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier, 1),
        (Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier, 2),
        (Qt.Key.Key_Left, Qt.KeyboardModifier.NoModifier, 1),
        (Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier, 26),
        (Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier, 1),
        (Qt.Key.Key_End, Qt.KeyboardModifier.NoModifier, 49),
        (Qt.Key.Key_Home, Qt.KeyboardModifier.NoModifier, 0),
    ):
        press(bench, key, modifier)
        frame_becomes(qtbot, bench, index)


def test_that_brackets_go_to_cuts(qtbot: QtBot, make_bench: MakeBench) -> None:
    bench = make_bench()
    open_and_wait(qtbot, bench, 0.6)
    for key, t_s in ((Qt.Key.Key_BracketRight, 1.0), (Qt.Key.Key_BracketRight, 1.5), (Qt.Key.Key_BracketLeft, 1.0)):
        press(bench, key)
        index = int(t_s * 25 + 1e-6)
        frame_becomes(qtbot, bench, index)


def test_that_space_and_the_shuttle_keys_play_and_pause(qtbot: QtBot, make_bench: MakeBench) -> None:
    bench = make_bench()
    open_and_wait(qtbot, bench)
    playback = bench.page.player.playback
    for key, playing, speed in (
        (Qt.Key.Key_Space, True, 1.0),
        (Qt.Key.Key_K, False, 1.0),
        (Qt.Key.Key_L, True, 1.0),
        (Qt.Key.Key_L, True, 2.0),
        (Qt.Key.Key_Space, False, 2.0),
        (Qt.Key.Key_J, True, -1.0),
    ):
        with qtbot.waitSignal(playback.playing_changed) as told:
            press(bench, key)
        assert told.args == [playing, speed]


def test_that_n_and_p_go_to_identities_without_a_name(qtbot: QtBot, make_bench: MakeBench, film: Path) -> None:
    review = made_review(film)
    named = (replace(review.identities[0], name="Ann"), *review.identities[1:])
    bench = make_bench(replace(review, identities=named))
    open_and_wait(qtbot, bench)
    press(bench, Qt.Key.Key_N)
    assert bench.page.selection.identity_id == "identity-0002"
    press(bench, Qt.Key.Key_N)
    assert bench.page.selection.identity_id == "identity-0003"
    press(bench, Qt.Key.Key_N)
    assert bench.page.selection.identity_id == "identity-0002", "round the end, past the named one"
    press(bench, Qt.Key.Key_P)
    assert bench.page.selection.identity_id == "identity-0003"
    start_s = bench.page.episode.first_second_of("identity-0003")
    qtbot.waitUntil(lambda: bench.page.player.frame == int(start_s * 25 + 1e-6))


def test_that_n_in_the_tracks_tab_goes_to_tracks(qtbot: QtBot, make_bench: MakeBench) -> None:
    bench = make_bench()
    open_and_wait(qtbot, bench)
    bench.page.dock.setCurrentIndex(1)
    press(bench, Qt.Key.Key_N)
    assert bench.page.selection.track_id == "track-00001"
    press(bench, Qt.Key.Key_N)
    assert bench.page.selection.track_id == "track-00002"


def test_that_keys_of_lists_do_not_move_the_film(qtbot: QtBot, make_bench: MakeBench) -> None:
    bench = make_bench()
    open_and_wait(qtbot, bench, 1.0)
    bench.page.dock.identity_search.setFocus()
    QTest.keyClick(bench.page.dock.identity_search, Qt.Key.Key_Left)
    QTest.keyClick(bench.page.dock.identity_search, Qt.Key.Key_J)
    qtbot.wait(100)
    assert bench.page.player.frame == 25
    assert not bench.page.player.playback.is_playing
    assert bench.page.dock.identity_search.text() == "j"


def test_that_going_to_a_place_takes_times_and_frames(qtbot: QtBot, make_bench: MakeBench) -> None:
    bench = make_bench()
    open_and_wait(qtbot, bench)
    for text, index in (("1.2", 30), ("#7", 7), ("0:00:01", 25), ("49f", 49)):
        press(bench, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
        dialog = bench.page.findChildren(GoToDialog)[-1]
        dialog.field.setText(text)
        QTest.keyClick(dialog.field, Qt.Key.Key_Return)
        frame_becomes(qtbot, bench, index)


def test_that_a_place_outside_the_film_is_refused_with_its_end(qtbot: QtBot, make_bench: MakeBench) -> None:
    bench = make_bench()
    open_and_wait(qtbot, bench)
    bench.page.ask_place()
    dialog = bench.page.findChildren(GoToDialog)[-1]
    for text, said in (("#50", "#49"), ("5:00", "0:00:02.000"), ("soon", "not a time"), ("#x", "not a frame")):
        dialog.field.setText(text)
        dialog.accept()
        assert dialog.isVisible()
        assert said in dialog._error.text()
    dialog.reject()


@pytest.mark.parametrize(
    ("text", "place"),
    [("75.5", Place(t_s=75.5)), ("1:15", Place(t_s=75.0)), ("#12", Place(frame=12)), ("F12", Place(frame=12))],
)
def test_that_places_are_read_as_written(text: str, place: Place) -> None:
    assert parse_place(text) == place


# ---------------------------------------------------------------------- clicks


def test_that_a_click_on_a_bar_goes_to_that_frame_and_its_identity(qtbot: QtBot, make_bench: MakeBench) -> None:
    bench = make_bench()
    open_and_wait(qtbot, bench)
    qtbot.wait(50)
    timeline = bench.page.timeline
    lane = timeline.scene.lanes[1]
    t_s = float(lane.starts_s[1] + lane.ends_s[1]) / 2
    x = timeline.rows.canvas_left + timeline.axis.x_px(t_s)
    QTest.mouseClick(timeline, Qt.MouseButton.LeftButton, pos=QPoint(round(x), timeline.rows.lane(1).center().y()))
    qtbot.waitUntil(lambda: abs(bench.page.player.t_s - t_s) < 0.05)
    assert bench.page.selection.identity_id == lane.lane_id


def test_that_a_click_on_a_crop_goes_to_its_frame(qtbot: QtBot, make_bench: MakeBench) -> None:
    bench = make_bench()
    open_and_wait(qtbot, bench)
    qtbot.waitUntil(lambda: len(bench.page.dock.identity_crops.crops) == 4)
    crop = bench.page.dock.identity_crops.crops[2]
    bench.page.dock.identity_crops.grid.clicked.emit(2)
    frame_becomes(qtbot, bench, crop.frame)


def test_that_a_click_on_a_face_selects_its_identity_and_an_unknown_one_its_track(
    qtbot: QtBot, make_bench: MakeBench
) -> None:
    bench = make_bench()
    open_and_wait(qtbot, bench)
    bench.page.player.view.box_clicked.emit("track-00002")
    assert bench.page.selection.identity_id == "identity-0002"
    assert bench.page.timeline.selected_lane() == "identity-0002"
    assert bench.page.dock.identities.selected() == "identity-0002"
    bench.page.player.view.box_clicked.emit("track-00012")
    assert bench.page.dock.on_tracks
    assert bench.page.dock.tracks.selected() == ["track-00012"]


def test_that_the_unassigned_lane_shows_its_tracks(qtbot: QtBot, make_bench: MakeBench) -> None:
    bench = make_bench()
    open_and_wait(qtbot, bench)
    bench.page.timeline.lane_selected.emit(UNASSIGNED)
    assert bench.page.dock.on_tracks
    assert bench.page.dock.track_filter.currentData() == UNASSIGNED


def test_that_dragging_on_the_timeline_scrubs_and_ends_on_the_exact_frame(qtbot: QtBot, make_bench: MakeBench) -> None:
    bench = make_bench()
    open_and_wait(qtbot, bench)
    for t_s in (0.3, 0.6, 0.9, 1.2):
        bench.page.timeline.seek_requested.emit(t_s, False)
    bench.page.timeline.seek_requested.emit(1.24, True)
    frame_becomes(qtbot, bench, 31)


def test_that_the_status_tells_time_and_frame(qtbot: QtBot, make_bench: MakeBench) -> None:
    bench = make_bench()
    told: list[tuple[str, str]] = []
    bench.page.status_changed.connect(lambda time, frame: told.append((time, frame)))
    open_and_wait(qtbot, bench, 1.0)
    assert told[-1] == ("0:00:01.000", "frame 25")


def test_that_five_thousand_tracks_open(qtbot: QtBot, make_bench: MakeBench, film: Path) -> None:
    review = made_review(film, duration_s=2700.0, tracks=5000, people=60, unassigned=500, shots=900)
    bench = make_bench(review)
    open_and_wait(qtbot, bench)
    assert len(bench.page.timeline.scene.lanes) == 61
    bench.page.dock.setCurrentIndex(1)
    bench.page.selection.select_track("track-04321")
    assert bench.page.dock.tracks.selected() == ["track-04321"]


def test_that_closing_while_it_plays_ends_everything(qtbot: QtBot, make_bench: MakeBench) -> None:
    bench = make_bench()
    open_and_wait(qtbot, bench)
    with qtbot.waitSignal(bench.page.player.playback.playing_changed) as told:
        press(bench, Qt.Key.Key_Space)
    assert told.args[0] is True  # that no thread is left then, the fixture for every test asserts


def test_that_nothing_plays_unseen(qtbot: QtBot, make_bench: MakeBench) -> None:
    bench = make_bench()
    open_and_wait(qtbot, bench)
    with qtbot.waitSignal(bench.page.player.playback.playing_changed):
        press(bench, Qt.Key.Key_Space)
    with qtbot.waitSignal(bench.page.player.playback.playing_changed) as told:
        bench.page.left()
    assert told.args[0] is False
