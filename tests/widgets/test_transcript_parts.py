"""Sound with boundaries, times of a line, finding, replacing, speakers."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from core.speech.types import Dropped
from core.transcript.types import Replacement
from tests.widgets.made_transcript import LINK, SPEAKERS, three_lines
from widgets.transcript import looks_of
from widgets.transcript.dialogs import DroppedDialog, ReplaceDialog, differing
from widgets.transcript.find_bar import FindBar
from widgets.transcript.line_bar import LineBar
from widgets.transcript.snapping import dragged, silence_targets, snapped
from widgets.transcript.speakers import LinkCard, SpeakerPanel
from widgets.transcript.wave_lane import WaveLane

LOOKS = looks_of(SPEAKERS, {"identity-00001": 0})
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def wave(qtbot: QtBot) -> WaveLane:
    lane = WaveLane()
    qtbot.addWidget(lane)
    lane.resize(1_400, 112)
    lane.set_duration(20.0)
    lane.set_lines(three_lines(), LOOKS)
    lane.show()
    qtbot.waitExposed(lane)
    return lane


def drag(qtbot: QtBot, lane: WaveLane, from_px: float, to_px: float, *, alt: bool = False) -> None:
    keys = Qt.KeyboardModifier.AltModifier if alt else Qt.KeyboardModifier.NoModifier
    qtbot.mousePress(lane, LEFT, keys, QPoint(round(from_px), 70))
    qtbot.mouseMove(lane, QPoint(round((from_px + to_px) / 2), 70))
    send_move(lane, to_px, keys)
    qtbot.mouseRelease(lane, LEFT, keys, QPoint(round(to_px), 70))


def send_move(lane: WaveLane, x_px: float, keys: Qt.KeyboardModifier) -> None:
    from PySide6.QtCore import QEvent, QPointF
    from PySide6.QtGui import QMouseEvent
    from PySide6.QtWidgets import QApplication

    place = QPointF(round(x_px), 70)
    event = QMouseEvent(QEvent.Type.MouseMove, place, lane.mapToGlobal(place), LEFT, LEFT, keys)
    QApplication.sendEvent(lane, event)


def test_that_a_boundary_is_dragged_and_told_once(qtbot: QtBot, wave: WaveLane) -> None:
    told: list[tuple[str, float, float]] = []
    wave.times_committed.connect(lambda *times: told.append(times))
    start_px = wave.x_of("line-00002", "start")
    drag(qtbot, wave, start_px, wave.axis.x_px(4.8), alt=True)
    assert len(told) == 1
    line_id, start_s, end_s = told[0]
    assert line_id == "line-00002"
    assert start_s == pytest.approx(4.8, abs=0.02)
    assert end_s == three_lines()[1].end_s


def test_that_a_boundary_snaps_to_a_word_and_escape_leaves_it(qtbot: QtBot, wave: WaveLane) -> None:
    told: list[tuple[str, float, float]] = []
    wave.times_committed.connect(lambda *times: told.append(times))
    drag(qtbot, wave, wave.x_of("line-00002", "start"), wave.axis.x_px(4.4) + 5)
    assert told[0][1] == 4.4  # where the last word of the line before ends
    qtbot.mousePress(wave, LEFT, pos=QPoint(round(wave.x_of("line-00001", "end")), 70))
    send_move(wave, wave.axis.x_px(3.0), Qt.KeyboardModifier.NoModifier)
    qtbot.keyClick(wave, Qt.Key.Key_Escape)
    qtbot.mouseRelease(wave, LEFT, pos=QPoint(round(wave.axis.x_px(3.0)), 70))
    assert len(told) == 1


def test_that_a_click_beside_boundaries_goes_there(qtbot: QtBot, wave: WaveLane) -> None:
    with qtbot.waitSignal(wave.line_clicked) as told:
        qtbot.mouseClick(wave, LEFT, pos=QPoint(round(wave.axis.x_px(6.1)), 70))
    assert told.args == ["line-00002"]


def test_that_the_view_goes_along_with_the_film(wave: WaveLane) -> None:
    wave.set_position(18.0)
    assert wave.axis.left_s < 18.0 < wave.axis.right_s


def test_that_silences_and_targets_are_found() -> None:
    peaks = np.zeros((500, 2), np.float32)
    peaks[100:300] = (-0.8, 0.8)
    assert silence_targets(peaks, 50.0, 0.0, 10.0) == pytest.approx([0.0, 2.0, 6.0, 10.0])
    assert silence_targets(None, 50.0, 0.0, 10.0) == []
    assert snapped(2.05, [2.0, 3.0], 0.1) == 2.0
    assert snapped(2.5, [2.0, 3.0], 0.1) == 2.5


def test_that_no_line_is_dragged_to_nothing_or_out_of_the_film() -> None:
    line = three_lines()[1]
    start_s, end_s = dragged(line, "start", 99.0, 20.0)
    assert 0 < end_s - start_s < 0.1
    assert dragged(line, "end", 99.0, 20.0) == (line.start_s, 20.0)
    assert dragged(line, "start", -5.0, 20.0)[0] == 0.0


@pytest.fixture
def bar(qtbot: QtBot) -> LineBar:
    made = LineBar()
    qtbot.addWidget(made)
    made.show_line(three_lines()[1], 1)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_that_a_written_time_is_told_and_nonsense_is_not(qtbot: QtBot, bar: LineBar) -> None:
    field = bar.start.lineEdit()
    field.selectAll()
    qtbot.keyClicks(field, "0:00:04.250")
    with qtbot.waitSignal(bar.times_committed) as told:
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert told.args == ["line-00002", 4.25, three_lines()[1].end_s]
    field.selectAll()
    qtbot.keyClicks(field, "soon")
    with qtbot.assertNotEmitted(bar.times_committed):
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.text() == "0:00:04.250"


def test_that_several_nudges_are_one_change(qtbot: QtBot, bar: LineBar) -> None:
    told: list[tuple[str, float, float]] = []
    bar.times_committed.connect(lambda *times: told.append(times))
    with qtbot.waitSignal(bar.times_committed):
        for _ in range(3):
            bar.nudge(-1, 0)
    assert len(told) == 1
    assert told[0][1] == pytest.approx(4.85)


def test_that_a_boundary_is_taken_from_the_playhead(qtbot: QtBot, bar: LineBar) -> None:
    bar.set_position(6.0)
    with qtbot.waitSignal(bar.times_committed) as told:
        bar.start_here.click()
    assert told.args[1] == 6.0
    with qtbot.waitSignal(bar.times_committed) as told:
        bar.end_at_playhead()
    assert told.args[2] == 6.0
    bar.set_position(60.0)
    with qtbot.assertNotEmitted(bar.times_committed):
        bar.start_at_playhead()


def test_that_the_find_bar_counts_and_says_what_it_cannot_read(qtbot: QtBot) -> None:
    bar = FindBar()
    qtbot.addWidget(bar)
    bar.open(replace=True, text="torque")
    bar.show_count(2, 0)
    assert bar.count_text == "1 of 2"
    bar.regex.setChecked(True)
    bar.field.setText("(")
    assert bar.pattern() is None
    bar.show_count(0, -1)
    assert bar.count_text == "not readable"
    assert bar.field.toolTip()
    with qtbot.waitSignal(bar.step_requested) as told:
        qtbot.keyClick(bar.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert told.args == [-1]
    with qtbot.waitSignal(bar.closed):
        qtbot.keyClick(bar.field, Qt.Key.Key_Escape)


def test_that_replacing_is_shown_first_and_lines_can_be_left_out(qtbot: QtBot) -> None:
    found = [Replacement(f"line-{at}", 5.0 * at, "the torque", "the force", ((4, 10),)) for at in range(3)]
    dialog = ReplaceDialog(found, "force", None)
    qtbot.addWidget(dialog)
    dialog.open()
    assert dialog.replace.text() == "Replace in 3 lines"
    dialog.rows.toggled.emit(1)
    assert dialog.replace.text() == "Replace in 2 lines"
    with qtbot.waitSignal(dialog.replace_requested) as told:
        dialog.replace.click()
    assert told.args == [["line-0", "line-2"]]


def test_that_what_was_left_out_is_told_with_reasons(qtbot: QtBot) -> None:
    dialog = DroppedDialog([Dropped(3.0, 5.0, "Thanks for watching!", "a stock line over music")], None)
    qtbot.addWidget(dialog)
    dialog.open()
    assert "a stock line over music" in dialog.rows.words_of(dialog.rows.item(0))
    with qtbot.waitSignal(dialog.seek_requested) as told:
        dialog.rows.activated.emit(0)
    assert told.args == [3.0]
    dialog.accept()


def test_that_a_suggestion_asks_and_takes_the_answer(qtbot: QtBot) -> None:
    card = LinkCard()
    qtbot.addWidget(card)
    card.show_links([LINK], LOOKS)
    assert card.words == "Speaker 2 looks like Bo"
    with qtbot.waitSignal(card.accepted) as told:
        card.accept.click()
    assert told.args == ["speaker-00002", "identity-00002"]
    with qtbot.waitSignal(card.show_requested) as told:
        card.show_it.click()
    assert told.args == [4.0, 8.0]
    card.show_links([], LOOKS)
    assert card.isHidden()


def test_that_speakers_show_their_time_longest_first(qtbot: QtBot) -> None:
    panel = SpeakerPanel()
    qtbot.addWidget(panel)
    panel.set_speakers(SPEAKERS, LOOKS)
    assert [line.accessibleName() for line in panel.lines] == ["Lisa, 12.0 s", "Speaker 2, 4.0 s"]
    with qtbot.waitSignal(panel.menu_requested) as told:
        qtbot.keyClick(panel.lines[1], Qt.Key.Key_Return)
    assert told.args[0] == "speaker-00002"


def test_that_differences_are_marked_word_by_word() -> None:
    assert differing("do the thing the way", "do a thing a way") == (((3, 6), (13, 16)), ((3, 4), (11, 12)))
    assert differing("well, yes", "yes") == (((0, 6),), ())
