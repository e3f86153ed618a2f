"""The preview of a cut, its time slider, the progress of a render and the list of renders."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QKeyEvent
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from core.render.records import Render
from core.render.types import LOCAL_ENGINE, Archetype, CaptionRole, Phase, RenderedSegment, RenderRequest, SegmentState
from widgets.render import (
    CutMarks,
    Message,
    PreviewBar,
    PreviewCanvas,
    RenderList,
    RenderProgress,
    RenderRow,
    SegmentStrip,
    SlotMark,
    row_of,
)
from widgets.render.preview_overlay import APP_AREAS
from widgets.render.render_row_list import Deed
from widgets.theme import apply_theme

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
SLOTS = (
    SlotMark(CaptionRole.HOOK, "Look", 0, 100),
    SlotMark(CaptionRole.BEAT, "قهوة", 100, 320),
    SlotMark(CaptionRole.CTA, "Buy", 320, 450),
)
MARKS = CutMarks(450, (90, 180, 270, 360), SLOTS)


# ---- the picture ----


@pytest.fixture
def canvas(qtbot: QtBot) -> PreviewCanvas:
    made = PreviewCanvas()
    qtbot.addWidget(made)
    made.resize(300, 420)
    made.show()
    picture = QImage(270, 480, QImage.Format.Format_RGB888)
    picture.fill(QColor("#c83c3c"))
    made.set_picture(picture)
    return made


def colour_at(canvas: PreviewCanvas, x: float, y: float) -> QColor:
    """The colour at a place of the frame, in fractions."""
    frame = canvas.frame_rect()
    place = frame.topLeft() + QPointF(frame.width() * x, frame.height() * y)
    return canvas.grab().toImage().pixelColor(place.toPoint())


@given(st.integers(160, 900), st.integers(260, 900))
def test_that_the_frame_has_the_aspect_of_a_cut_at_every_size(qapp: QApplication, width: int, height: int) -> None:
    canvas = PreviewCanvas()
    canvas.resize(width, height)
    frame = canvas.frame_rect()
    assert frame.width() == pytest.approx(frame.height() * 9 / 16, abs=1)
    assert QRectF(canvas.rect()).contains(frame)


def test_that_the_picture_fills_the_frame(canvas: PreviewCanvas) -> None:
    for x, y in ((0.5, 0.5), (0.02, 0.5), (0.98, 0.5), (0.5, 0.01), (0.5, 0.99)):
        assert colour_at(canvas, x, y) == QColor("#c83c3c")
    canvas.set_picture(None)
    assert colour_at(canvas, 0.5, 0.5) != QColor("#c83c3c")
    canvas.set_picture(QImage())
    assert not canvas.grab().isNull(), "no picture is no error"


def test_that_the_safe_zone_darkens_only_what_lies_outside(canvas: PreviewCanvas) -> None:
    canvas.set_safe_zone(QRectF(0.2, 0.2, 0.6, 0.6))
    assert colour_at(canvas, 0.1, 0.1) == QColor("#c83c3c"), "not shown yet"
    canvas.set_safe_zone_shown(True)
    assert colour_at(canvas, 0.1, 0.1).lightness() < QColor("#c83c3c").lightness()
    assert colour_at(canvas, 0.5, 0.5) == QColor("#c83c3c")
    canvas.set_safe_zone(None)
    assert colour_at(canvas, 0.1, 0.1) == QColor("#c83c3c")


def test_that_what_apps_cover_is_veiled(canvas: PreviewCanvas) -> None:
    canvas.set_platform_shown(True)
    for area in APP_AREAS:
        corner = area.bottomRight() - QPointF(0.02, 0.012)
        assert colour_at(canvas, corner.x(), corner.y()).lightness() < QColor("#c83c3c").lightness()
    assert colour_at(canvas, 0.4, 0.5) == QColor("#c83c3c")
    canvas.set_platform_shown(False)
    assert colour_at(canvas, 0.97, 0.97) == QColor("#c83c3c")


def test_that_a_click_plays_and_a_drag_scrubs_from_the_moment_that_is_shown(
    qtbot: QtBot, canvas: PreviewCanvas
) -> None:
    told: list[object] = []
    canvas.play_toggled.connect(lambda: told.append("play"))
    canvas.scrubbed.connect(told.append)
    qtbot.mouseClick(canvas, LEFT, NONE, QPoint(150, 200))
    assert told == ["play"]
    canvas.set_position(0.5)
    width = round(canvas.frame_rect().width())
    qtbot.mousePress(canvas, LEFT, NONE, QPoint(150, 200))
    qtbot.mouseMove(canvas, QPoint(150 + width // 4, 200))
    qtbot.mouseMove(canvas, QPoint(150 - 2 * width, 200))
    qtbot.mouseRelease(canvas, LEFT, NONE, QPoint(150 - 2 * width, 200))
    assert told[1:] == [pytest.approx(0.75, abs=0.01), 0.0]


def test_that_the_keyboard_steps_and_plays(qtbot: QtBot, canvas: PreviewCanvas) -> None:
    told: list[object] = []
    canvas.stepped.connect(told.append)
    canvas.scrubbed.connect(told.append)
    canvas.play_toggled.connect(lambda: told.append("play"))
    qtbot.keyClick(canvas, Qt.Key.Key_Left)
    qtbot.keyClick(canvas, Qt.Key.Key_Right, SHIFT)
    qtbot.keyClick(canvas, Qt.Key.Key_End)
    qtbot.keyClick(canvas, Qt.Key.Key_Space)
    assert told == [-1, 30, 1.0, "play"]
    asks = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_Space, NONE)
    QApplication.sendEvent(canvas, asks)
    assert asks.isAccepted(), "the window's own Space must not play something else"


def test_that_a_busy_preview_says_so_only_after_a_moment(qtbot: QtBot, canvas: PreviewCanvas) -> None:
    canvas.set_message(Message.BUSY)
    assert not canvas._timer.isActive()
    qtbot.waitUntil(canvas._timer.isActive)
    assert canvas.accessibleDescription() == "Drawing…"
    assert not canvas.grab().isNull()
    canvas.set_message(Message.NONE)
    assert not canvas._timer.isActive()
    assert canvas.accessibleDescription() == ""


def test_that_errors_and_emptiness_are_said_in_words(canvas: PreviewCanvas) -> None:
    before = canvas.grab().toImage()
    canvas.set_message(Message.ERROR, "“a.jpg” is broken", "Choose it again. " * 30)
    assert canvas.message() is Message.ERROR
    assert canvas.accessibleDescription().startswith("“a.jpg” is broken")
    assert canvas.grab().toImage() != before
    canvas.set_picture(None)
    canvas.set_message(Message.EMPTY, "Nothing yet", "Drop pictures.")
    assert canvas.accessibleDescription() == "Nothing yet Drop pictures."
    assert not canvas.grab().isNull()


# ---- the time ----


@pytest.fixture
def bar(qtbot: QtBot) -> PreviewBar:
    made = PreviewBar()
    qtbot.addWidget(made)
    made.resize(460, made.sizeHint().height())
    made.show()
    made.set_marks(MARKS)
    return made


def test_that_the_bar_shows_time_and_frame(bar: PreviewBar) -> None:
    bar.set_frame(132)
    assert (bar._time.text(), bar._total.text(), bar._frame.text()) == ("0:00:04.400", "/ 0:00:15.000", "frame 132")
    assert "قهوة" in bar.slider.accessibleDescription()
    bar.set_frame(4000)
    assert bar.frame() == 449
    bar.set_marks(CutMarks(30))
    assert bar.frame() == 29


def test_that_a_drag_on_the_slider_seeks_quickly_and_then_finally(qtbot: QtBot, bar: PreviewBar) -> None:
    told: list[tuple[int, bool]] = []
    bar.frame_sought.connect(lambda *sought: told.append(sought))
    start, end = (QPoint(round(bar.slider.x_of(frame + 0.5)), 30) for frame in (100, 300))
    qtbot.mousePress(bar.slider, LEFT, NONE, start)
    qtbot.mouseMove(bar.slider, end)
    qtbot.mouseRelease(bar.slider, LEFT, NONE, end)
    assert [final for _frame, final in told] == [False, False, True]
    assert told[0][0] == pytest.approx(100, abs=1)
    assert told[2][0] == told[1][0] == pytest.approx(300, abs=1)


def test_that_the_slider_goes_by_frames_seconds_segments_and_captions(qtbot: QtBot, bar: PreviewBar) -> None:
    told: list[int] = []
    bar.frame_sought.connect(lambda frame, _final: told.append(frame))
    bar.set_frame(95)
    for key, modifier, target in (
        (Qt.Key.Key_Right, NONE, 96),
        (Qt.Key.Key_Right, SHIFT, 126),
        (Qt.Key.Key_PageDown, NONE, 180),
        (Qt.Key.Key_PageUp, NONE, 90),
        (Qt.Key.Key_Down, NONE, 100),
        (Qt.Key.Key_Down, NONE, 320),
        (Qt.Key.Key_Up, NONE, 100),
        (Qt.Key.Key_End, NONE, 449),
        (Qt.Key.Key_Home, NONE, 0),
        (Qt.Key.Key_Left, NONE, 0),
    ):
        qtbot.keyClick(bar.slider, key, modifier)
        assert told[-1] == bar.frame() == target


def test_that_playing_is_asked_for_and_shown(qtbot: QtBot, bar: PreviewBar) -> None:
    told: list[bool] = []
    bar.play_requested.connect(told.append)
    qtbot.mouseClick(bar.play, LEFT)
    bar.set_playing(True)
    assert bar.play.accessibleName() == "Pause"
    qtbot.keyClick(bar.slider, Qt.Key.Key_Space)
    assert told == [True, False]


def test_that_what_is_drawn_over_the_picture_is_toggled(qtbot: QtBot, bar: PreviewBar) -> None:
    told: list[object] = []
    bar.safe_zone_toggled.connect(told.append)
    bar.platform_toggled.connect(told.append)
    bar.set_safe_zone_shown(True)
    assert told == [], "a page that sets is not told"
    qtbot.mouseClick(bar.zone, LEFT)
    qtbot.mouseClick(bar.apps, LEFT)
    assert told == [False, True]


def test_that_a_cut_without_frames_cannot_be_played(qtbot: QtBot, bar: PreviewBar) -> None:
    told: list[object] = []
    bar.frame_sought.connect(lambda *sought: told.append(sought))
    bar.set_marks(CutMarks())
    assert not bar.play.isEnabled()
    qtbot.mouseClick(bar.slider, LEFT)
    assert told == []
    assert not bar.grab().isNull()


# ---- progress ----


@pytest.fixture
def strip(qtbot: QtBot) -> SegmentStrip:
    made = SegmentStrip()
    qtbot.addWidget(made)
    made.resize(420, 140)
    return made


SEGMENTS = (
    RenderedSegment(0, SegmentState.DONE, 3.0, 1, LOCAL_ENGINE, took_s=4.2),
    RenderedSegment(1, SegmentState.RENDERING, 3.0, 2, progress=0.4),
    RenderedSegment(2, SegmentState.QUEUED, 1.0, 3),
)
DRAWING = RenderProgress(Phase.RENDERING_SEGMENTS, 44.0, SEGMENTS, eta_s=21.0)


def test_that_progress_says_what_is_done_and_when_it_ends(strip: SegmentStrip) -> None:
    assert strip.isHidden()
    strip.set_progress(DRAWING)
    words = strip.accessibleDescription()
    for part in ("Drawing segments", "1 of 3 segments", "44 %", "about 20 s left"):
        assert part in words
    assert strip._line.fraction == pytest.approx(0.44)
    strip.set_progress(replace(DRAWING, progress_pct=None, eta_s=None))
    assert strip._line.fraction is None
    assert "estimating" in strip.accessibleDescription()
    strip.set_progress(None)
    assert strip.isHidden()


def test_that_blocks_are_as_wide_as_their_segments_last(strip: SegmentStrip) -> None:
    strip.set_progress(DRAWING)
    widths = [strip.blocks.rect_of(at).width() for at in range(3)]
    assert widths[0] == pytest.approx(widths[1])
    assert widths[2] == pytest.approx(widths[0] / 3, rel=0.05)
    assert not strip.grab().isNull()


def test_that_segments_are_told_by_keyboard_and_shown_on_enter(qtbot: QtBot, strip: SegmentStrip) -> None:
    told: list[int] = []
    strip.segment_activated.connect(told.append)
    strip.set_progress(DRAWING)
    assert strip.blocks.accessibleDescription() == "Segment 1, 3.0 s, done, on this machine, took 4.2 s"
    qtbot.keyClick(strip.blocks, Qt.Key.Key_Right)
    assert "40% drawn" in strip.blocks.accessibleDescription()
    qtbot.keyClick(strip.blocks, Qt.Key.Key_Return)
    qtbot.mouseClick(strip.blocks, LEFT, NONE, strip.blocks.rect_of(0).center().toPoint())
    assert told == [1, 0]


def test_that_a_fallback_is_said_and_marked(strip: SegmentStrip) -> None:
    strip.set_progress(DRAWING)
    plain = strip.blocks.grab().toImage()
    strip.set_progress(replace(DRAWING, fallback_reason="the remote engine did not answer"))
    assert "the remote engine did not answer" in strip._note.text()
    assert "another engine than asked for" in strip.blocks.accessibleDescription()
    assert strip.blocks.grab().toImage() != plain


def test_that_a_failure_says_why_and_what_to_do_and_a_cancel_does_not(strip: SegmentStrip) -> None:
    failed = RenderProgress(Phase.FAILED, 44.0, SEGMENTS, error="The disk is full.", error_action="Free some space.")
    strip.set_progress(failed)
    assert (strip._error.text(), strip._action.text()) == ("The disk is full.", "Free some space.")
    assert strip.cancel.isHidden()
    strip.set_progress(replace(failed, canceled=True, error="canceled"))
    assert strip._phase.text == "Canceled"
    assert strip._error.text() == ""


def test_that_cancel_is_told_once_and_comes_back_for_the_next_render(qtbot: QtBot, strip: SegmentStrip) -> None:
    told: list[int] = []
    strip.cancel_requested.connect(lambda: told.append(1))
    strip.set_progress(DRAWING)
    qtbot.mouseClick(strip.cancel, LEFT)
    strip.set_progress(replace(DRAWING, progress_pct=45.0))
    assert not strip.cancel.isEnabled(), "it takes a moment"
    qtbot.mouseClick(strip.cancel, LEFT)
    assert told == [1]
    strip.set_progress(RenderProgress(Phase.FAILED, 45.0, canceled=True))
    strip.set_progress(DRAWING)
    assert strip.cancel.isEnabled()
    strip.set_cancelable(False)
    assert strip.cancel.isHidden()


# ---- renders ----


def row(job_id: str, phase: Phase = Phase.DONE, **changes: object) -> RenderRow:
    return RenderRow(
        job_id, f"Cut {job_id}", "Overlay", 15.0, "2026-05-02T10:00:00+00:00", phase, 50.0, **changes
    )  # fmt: skip


FAILED = row("c", Phase.FAILED, error="The disk is full.", error_action="Free some space.")
ROWS = (row("a", Phase.RENDERING_SEGMENTS), row("b", took_s=31.0, fallback_reason="no answer"), FAILED)


@pytest.fixture
def renders(qtbot: QtBot) -> Iterator[RenderList]:
    made = RenderList()
    qtbot.addWidget(made)
    made.resize(420, 500)
    made.show()
    made.set_rows(ROWS)
    yield made
    made.stop()


@pytest.fixture
def deeds(renders: RenderList) -> list[tuple[str, str]]:
    """What is asked for, with the job."""
    told: list[tuple[str, str]] = []
    for name in ("open", "cancel", "retry", "delete", "reveal", "use_again"):
        signal = getattr(renders, f"{name}_requested")
        signal.connect(lambda job_id, name=name: told.append((name, job_id)))
    return told


def test_that_a_render_offers_what_can_be_done_with_it(renders: RenderList) -> None:
    assert renders.list.deeds_of(ROWS[0]) == (Deed.CANCEL,)
    assert renders.list.deeds_of(ROWS[1]) == (Deed.OPEN, Deed.USE_AGAIN, Deed.REVEAL, Deed.DELETE)
    assert renders.list.deeds_of(FAILED) == (Deed.RETRY, Deed.USE_AGAIN, Deed.DELETE)


def test_that_deeds_are_done_by_keyboard(qtbot: QtBot, renders: RenderList, deeds: list[tuple[str, str]]) -> None:
    renders.select("b")
    for key in (Qt.Key.Key_Return, Qt.Key.Key_U, Qt.Key.Key_F, Qt.Key.Key_R, Qt.Key.Key_Delete):
        qtbot.keyClick(renders.list, key)
    assert deeds == [("open", "b"), ("use_again", "b"), ("reveal", "b"), ("delete", "b")], "R is not for what is done"
    renders.select("c")
    qtbot.keyClick(renders.list, Qt.Key.Key_R)
    renders.select("a")
    qtbot.keyClick(renders.list, Qt.Key.Key_Return)
    qtbot.keyClick(renders.list, Qt.Key.Key_C)
    assert deeds[4:] == [("retry", "c"), ("cancel", "a")]


def test_that_deeds_are_done_by_their_buttons(qtbot: QtBot, renders: RenderList, deeds: list[tuple[str, str]]) -> None:
    view = renders.list.viewport()
    cell = renders.list.rect_of(0)
    qtbot.mouseClick(view, LEFT, NONE, renders.list._button_rect(cell, 1, 0).center())
    cell = renders.list.rect_of(1)
    for at in range(4):
        qtbot.mouseClick(view, LEFT, NONE, renders.list._button_rect(cell, 4, at).center())
    assert deeds == [("cancel", "a"), ("open", "b"), ("use_again", "b"), ("reveal", "b"), ("delete", "b")]
    qtbot.mouseDClick(view, LEFT, NONE, cell.topLeft() + QPoint(100, 20))
    assert deeds[5:] == [("open", "b")]


def test_that_deeds_are_done_by_the_menu(qtbot: QtBot, renders: RenderList, deeds: list[tuple[str, str]]) -> None:
    renders.list.context_menu_requested.emit(2, renders.mapToGlobal(QPoint(20, 20)))
    menus = renders.findChildren(QMenu)
    assert len(menus) == 1
    words = [action.text() for action in menus[0].actions()]
    assert words == ["Try again", "Use these settings again", "Delete with its files…"]
    menus[0].actions()[0].trigger()
    menus[0].close()
    assert deeds == [("retry", "c")]


def test_that_a_render_is_told_with_all_that_is_known_of_it(renders: RenderList) -> None:
    words = renders.list.words_of(FAILED)
    for part in ("Cut c", "Failed", "Overlay", "15 s", "The disk is full.", "Free some space."):
        assert part in words
    assert "no answer" in renders.list.tip_of(ROWS[1])
    assert "took 31.0 s" in renders.list.words_of(ROWS[1])
    assert "50 %" in renders.list.words_of(ROWS[0])


def test_that_what_went_wrong_stands_in_full_below_the_list(renders: RenderList) -> None:
    renders.select("c")
    assert renders._problem.isVisible()
    assert renders._problem.message.text() == "The disk is full."
    renders.select("b")
    assert not renders._problem.isVisible()
    renders.select("c")
    renders.update_row(replace(FAILED, canceled=True))
    assert not renders._problem.isVisible()


def test_that_the_current_render_stays_current_while_others_come_and_go(renders: RenderList) -> None:
    told: list[str] = []
    renders.current_changed.connect(told.append)
    renders.select("b")
    renders.update_row(row("new", Phase.QUEUED))
    assert renders.ids() == ["new", "a", "b", "c"]
    assert renders.current_id() == "b"
    renders.remove_row("a")
    renders.update_row(row("new", Phase.PLANNING))
    assert renders.current_id() == "b"
    assert told == ["b"]
    renders.set_rows(())
    assert renders.empty.isVisible()
    assert renders.current_id() == ""


def test_that_a_finished_render_shows_its_thumbnail(qtbot: QtBot, renders: RenderList, tmp_path: Path) -> None:
    picture = QImage(90, 160, QImage.Format.Format_RGB32)
    picture.fill(QColor("#00ff00"))
    path = tmp_path / "Ünïcödé 你好.png"
    renders.update_row(row("a", Phase.ASSEMBLING, picture=path))
    renders.grab()
    picture.save(str(path))
    renders.update_row(row("a", picture=path))

    def green() -> bool:
        return renders.list.viewport().grab().toImage().pixelColor(40, 60) == QColor("#00ff00")

    qtbot.waitUntil(green)
    assert green()


def test_that_a_row_of_the_library_becomes_a_card() -> None:
    request = RenderRequest("overlay_glow", target_duration_s=7)
    render = Render(
        "j", "Title", request, Archetype.OVERLAY, "overlay_glow", Phase.FAILED, 33.0, 3, "2026-01-01", "2026-01-02",
        "/f", fallback_used=False, fallback_reason="not used", failure="canceled", error="canceled",
    )  # fmt: skip
    made = row_of(render, "Overlay, glow", picture="key", eta_s=3.0)
    assert (made.job_id, made.title, made.preset, made.duration_s) == ("j", "Title", "Overlay, glow", 7.0)
    assert (made.canceled, made.fallback_reason, made.picture, made.when) == (True, "", "key", "2026-01-02")
    assert row_of(replace(render, phase=Phase.QUEUED), "x").when == "2026-01-01"


def test_that_everything_is_painted_anew_in_the_other_theme(
    qapp: QApplication, canvas: PreviewCanvas, bar: PreviewBar, strip: SegmentStrip, renders: RenderList
) -> None:
    strip.set_progress(DRAWING)
    canvas.set_picture(None)
    parts = (canvas, bar, strip, renders)
    dark = [part.grab().toImage() for part in parts]
    apply_theme(qapp, "light")
    light = [part.grab().toImage() for part in parts]
    apply_theme(qapp, "dark")
    assert not any(one == other for one, other in zip(dark, light, strict=True))
    assert [part.grab().toImage() for part in parts[:2]] == dark[:2]
