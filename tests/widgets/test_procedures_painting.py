"""Painting a little at a time: the picture that comes out is the one that painting everything at once gives."""

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from tests.widgets.made_procedure import every_fault, steps_of, trainee_duration_s
from widgets.masked_regions import hide_regions
from widgets.procedures import AlignmentStrip, SimilarityMap, StepTimeline

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def test_that_a_picture_in_slices_is_the_whole_picture_in_the_end(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    comparison = every_fault()
    at_once, in_slices = AlignmentStrip(), AlignmentStrip()
    monkeypatch.setattr("widgets.procedures.sliced_layer.SLICE_S", 60.0)
    for strip, slice_s in ((at_once, 60.0), (in_slices, 0.0)):
        monkeypatch.setattr("widgets.procedures.sliced_layer.SLICE_S", slice_s)
        strip.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # only one of them would have the ring
        qtbot.addWidget(strip)
        strip.resize(900, 300)
        strip.show()
        strip.set_comparison(comparison, 48.0, trainee_duration_s(comparison))
        first = strip.grab().toImage()
        assert strip.painted is (slice_s > 0.0)
        qtbot.waitUntil(lambda strip=strip: strip.painted)
        assert (first == strip.grab().toImage()) is (slice_s > 0.0), "what is not ready is not shown"
    assert in_slices.grab().toImage() == at_once.grab().toImage()


def test_that_a_map_in_slices_has_no_seams(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    comparison = every_fault()
    pictures = []
    for slice_s in (60.0, 0.0):
        monkeypatch.setattr("widgets.procedures.sliced_layer.SLICE_S", slice_s)
        shown = SimilarityMap()
        shown.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # only one of them would have the ring
        qtbot.addWidget(shown)
        shown.resize(520, 420)
        shown.show()
        shown.set_map(comparison.similarity_map, 48.0, trainee_duration_s(comparison), comparison.path, steps_of(8))
        shown.repaint()
        qtbot.waitUntil(lambda shown=shown: shown.painted)
        pictures.append(shown.grab().toImage())
    assert pictures[0] == pictures[1]


def test_that_a_dragged_boundary_paints_only_what_moved_and_nothing_is_left_behind(qtbot: QtBot) -> None:
    timeline = StepTimeline()
    qtbot.addWidget(timeline)
    timeline.resize(900, 170)
    timeline.show()
    timeline.set_duration(48.0)
    timeline.set_steps(steps_of(8))
    timeline.grab()
    edge_s = timeline.steps()[3].end_s
    places, row = timeline.places, timeline.places.plates.center().y()
    qtbot.mousePress(timeline, LEFT, NONE, QPointF(places.x_px(edge_s), row).toPoint())
    for away_px in (6, 14, 22, 30):
        qtbot.mouseMove(timeline, QPointF(places.x_px(edge_s) + away_px, row).toPoint())
    assert timeline.shown_steps()[3].end_s > edge_s
    dragged = timeline.grab().toImage()
    timeline.renew()
    assert timeline.grab().toImage() == dragged
    qtbot.keyClick(timeline, Qt.Key.Key_Escape)
    assert timeline.shown_steps()[3].end_s == edge_s


@pytest.mark.parametrize("mode", ["pixelate", "blur", "black"])
def test_that_nothing_of_a_hidden_region_is_left_on_the_screen(mode: str) -> None:
    picture = QImage(200, 100, QImage.Format.Format_RGB32)
    for x in range(200):
        for y in range(100):
            picture.setPixelColor(x, y, QColor("white" if (x + y) % 2 else "black"))
    hidden = hide_regions(picture, [(0.25, 0.2, 0.5, 0.5)], mode)
    inside = {hidden.pixelColor(x, y).lightness() for x in range(50, 150) for y in range(20, 70)}
    assert max(inside) - min(inside) < 60, "the pattern is gone"
    assert hidden.copy(0, 0, 50, 100) == picture.copy(0, 0, 50, 100), "around it nothing changes"
    assert hide_regions(picture, [], mode) is picture
