"""The alignment strip and the similarity map: what they say, where they lead, how they are used."""

import itertools
from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from core.procedures.types import Comparison, Finding, FindingType, FindingVerdict, Stretch, Verdict
from tests.widgets.made_procedure import clean, comparison_of, every_fault, steps_of, trainee_duration_s
from widgets.procedures import AlignmentStrip, SimilarityMap
from widgets.procedures.alignment_scene import scene_of
from widgets.procedures.correspondence import Correspondence
from widgets.procedures.heat_colours import heat_table
from widgets.procedures.map_axes import thinned
from widgets.procedures.outcome_look import kinds_in_order, look_of
from widgets.theme import apply_theme, load_theme

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def strip(qtbot: QtBot) -> Callable[..., AlignmentStrip]:
    """``strip(comparison, width_px)``: shown, laid out."""

    def make(comparison: Comparison, width_px: int = 1100, height_px: int = 280) -> AlignmentStrip:
        made = AlignmentStrip()
        qtbot.addWidget(made)
        made.resize(width_px, height_px)
        made.show()
        made.set_comparison(comparison, len(comparison.steps) * 6.0, trainee_duration_s(comparison))
        qtbot.waitUntil(lambda: made.painted)
        return made

    return make


def point(place: QPointF) -> QPoint:
    return QPoint(round(place.x()), round(place.y()))


# ---- what is said ----


def test_that_the_scene_has_bands_ribbons_and_marks_for_each_fault() -> None:
    comparison = every_fault()
    scene = scene_of(comparison, 48.0, trainee_duration_s(comparison), {})
    missing = [band for band in scene.bands if band.kind is FindingType.STEP_MISSING]
    assert [(band.step, band.on_gold) for band in missing] == [(2, True)]
    crossing = {ribbon.step for ribbon in scene.ribbons if ribbon.crosses}
    assert crossing == {4, 5}
    assert 2 not in {ribbon.step for ribbon in scene.ribbons}
    extra = [band for band in scene.bands if band.kind is FindingType.STEP_EXTRA]
    assert [(band.on_gold, band.step) for band in extra] == [(False, None), (False, 0)]
    late = next(band for band in scene.bands if band.step == 3 and not band.on_gold)
    [(part, kind)] = late.parts
    assert kind is FindingType.OVER_TIME
    assert part.start_s == pytest.approx(late.stretch.start_s + 9.0)
    assert len(scene.marks) == len(comparison.findings)


def test_that_something_done_in_place_of_a_step_is_laid_beside_it() -> None:
    instead = Finding("f1", FindingType.EXECUTION_DEVIATION, 1, Stretch(6, 12), Stretch(8, 13), 0.7, "", 10.0)
    scene = scene_of(comparison_of(3, (0, 2), (instead,), gaps_before_s={2: 6.0}), 18.0, 24.0, {})
    band = next(one for one in scene.bands if one.step == 1 and not one.on_gold)
    assert (band.stretch, [kind for _part, kind in band.parts]) == (Stretch(8, 13), [FindingType.EXECUTION_DEVIATION])
    assert {ribbon.kind for ribbon in scene.ribbons if ribbon.step == 1} == {None, FindingType.EXECUTION_DEVIATION}
    assert scene.match.trainee_s(9.0) == pytest.approx(10.5)


def test_that_a_dismissed_finding_leaves_no_colour_but_a_mark() -> None:
    comparison = every_fault()
    verdicts = {"f2": FindingVerdict("f2", Verdict.DISMISSED, "", "anna", "")}
    scene = scene_of(comparison, 48.0, 60.0, verdicts)
    assert not [band for band in scene.bands if band.kind is FindingType.STEP_MISSING]
    assert "f2" in {mark.finding_id for mark in scene.marks}
    assert FindingType.STEP_MISSING not in scene.kinds()


def test_that_the_strip_says_in_words_what_it_shows(strip: Callable[..., AlignmentStrip]) -> None:
    words = strip(every_fault()).accessibleDescription()
    assert "Step 3 “\u2068Fit the seal\u2069” was not done" in words
    assert "Step 5 “\u2068Tighten crosswise\u2069” came out of order" in words
    assert strip(clean(4)).accessibleDescription() == "4 steps, all done as shown."


def test_that_tool_tips_name_step_outcome_and_times(strip: Callable[..., AlignmentStrip]) -> None:
    shown = strip(every_fault())
    places = shown.places
    tip = shown.tip_at(QPointF(places.x_px(15.0), places.gold.center().y()))
    assert "Fit the seal" in tip
    assert "Not done" in tip
    assert "Gold: 0:00:12.000 – 0:00:18.000 (6.0 s)" in tip
    assert "Trainee: not there" in tip
    assert "16.67 points" in shown.tip_at(shown.mark_place("f2"))


def test_that_nothing_at_all_and_a_comparison_that_failed_are_said(strip: Callable[..., AlignmentStrip]) -> None:
    from dataclasses import replace

    shown = strip(replace(clean(2), why_zero="The recording is black."))
    assert shown.accessibleDescription() == "The recording is black."
    shown.clear()
    assert shown.accessibleDescription() == "Empty"
    assert shown.selected() is None


# ---- where it leads ----


def test_that_a_click_on_the_gold_goes_to_the_moment_of_the_trainee_too(
    qtbot: QtBot, strip: Callable[..., AlignmentStrip]
) -> None:
    comparison = clean(4)
    shown = strip(comparison)
    places = shown.places
    with qtbot.waitSignal(shown.seek_requested) as caught:
        qtbot.mouseClick(shown, LEFT, NONE, point(QPointF(places.x_px(9.0), places.gold.center().y())))
    gold_s, trainee_s = caught.args
    assert gold_s == pytest.approx(9.0, abs=0.1)
    assert trainee_s == pytest.approx(1.0 + 6.6 * 1.5, abs=0.15)


def test_that_a_click_in_a_ribbon_goes_to_both_ends_of_it(qtbot: QtBot, strip: Callable[..., AlignmentStrip]) -> None:
    comparison = every_fault()
    shown = strip(comparison)
    places, ribbon = shown.places, next(one for one in shown.scene.ribbons if one.step == 5)
    ys, lefts, rights = places.ribbon_edges(ribbon)
    low = len(ys) - 3
    place = QPointF((lefts[low] + rights[low]) / 2, ys[low])
    found = places.in_ribbon(ribbon, place)
    assert found is not None
    assert found[0] == pytest.approx((ribbon.gold.start_s + ribbon.gold.end_s) / 2, abs=0.2)
    assert found[1] == pytest.approx((ribbon.trainee.start_s + ribbon.trainee.end_s) / 2, abs=0.2)


def test_that_a_step_that_was_not_done_leaves_the_trainee_where_it_is(
    qtbot: QtBot, strip: Callable[..., AlignmentStrip]
) -> None:
    shown = strip(every_fault())
    shown.set_position(3.0, 4.5)
    places = shown.places
    place = QPointF(places.x_px(15.0), places.gold.center().y())
    with qtbot.waitSignal(shown.seek_requested) as caught:
        qtbot.mouseClick(shown, LEFT, NONE, point(place))
    assert caught.args == [pytest.approx(15.0, abs=0.1), 4.5]


def test_that_a_mark_selects_its_finding_and_keys_go_from_one_to_the_next(
    qtbot: QtBot, strip: Callable[..., AlignmentStrip]
) -> None:
    shown = strip(every_fault())
    said: list[str] = []
    shown.finding_selected.connect(said.append)
    qtbot.mouseClick(shown, LEFT, NONE, point(shown.mark_place("f4")))
    assert (said, shown.selected()) == (["f4"], "f4")
    qtbot.keyClick(shown, Qt.Key.Key_Home)
    for _ in range(5):
        qtbot.keyClick(shown, Qt.Key.Key_Right)
    assert set(said) == {"f1", "f2", "f3", "f4", "f5", "f6"}
    shown.set_selected("f2")
    assert said[-1] != "f2", "what a page selects is not told back"
    with qtbot.waitSignal(shown.seek_requested) as caught:
        qtbot.keyClick(shown, Qt.Key.Key_Return)
    assert caught.args[0] == 12.0


def test_that_zoom_keeps_the_scale_within_the_recordings(qtbot: QtBot, strip: Callable[..., AlignmentStrip]) -> None:
    shown = strip(clean(40))
    whole = shown.view()
    for _ in range(8):
        qtbot.keyClick(shown, Qt.Key.Key_Plus)
    near = shown.view()
    assert near[1] - near[0] < (whole[1] - whole[0]) / 4
    assert whole[0] <= near[0]
    assert near[1] <= whole[1]
    qtbot.keyClick(shown, Qt.Key.Key_0)
    assert shown.view() == pytest.approx(whole)


@pytest.mark.parametrize("count", [1, 2, 40, 200])
@pytest.mark.parametrize("width_px", [320, 1800])
def test_that_any_number_of_steps_is_painted_at_any_width(
    strip: Callable[..., AlignmentStrip], count: int, width_px: int
) -> None:
    findings = [
        Finding(
            f"f{at}",
            FindingType.EXECUTION_DEVIATION,
            at,
            Stretch(at * 6.0, at * 6.0 + 2),
            Stretch(at * 6.6 + 1, at * 6.6 + 3),
            0.5,
            "",
            0.1,
        )
        for at in range(0, count, 2)
    ]
    names = ("تنظيف الشفة", "x" * 300, "", "你好")
    shown = strip(comparison_of(count, list(range(count)), findings, names), width_px)
    picture = shown.grab().toImage()
    assert len({picture.pixelColor(x, picture.height() // 2).name() for x in range(0, picture.width(), 3)}) > 1
    assert not shown.mark_place("f0").isNull()


# ---- correspondence ----


def test_that_moments_correspond_along_the_path_and_a_missing_step_to_nothing() -> None:
    comparison = every_fault()
    match = Correspondence(comparison.path, comparison.steps)
    assert match.trainee_s(0.0) == pytest.approx(1.0)
    assert match.trainee_s(15.0) is None
    swapped = comparison.steps[5].trainee
    assert swapped is not None
    assert match.trainee_s(33.0) == pytest.approx((swapped.start_s + swapped.end_s) / 2, abs=0.2)
    there = match.trainee_s(20.0)
    assert there is not None
    assert match.gold_s(there) == pytest.approx(20.0, abs=0.05)
    assert match.gold_s(31.0) is None


# ---- the map ----


@pytest.fixture
def likeness(qtbot: QtBot) -> SimilarityMap:
    comparison = every_fault()
    made = SimilarityMap()
    qtbot.addWidget(made)
    made.resize(520, 420)
    made.show()
    made.set_map(
        comparison.similarity_map,
        48.0,
        trainee_duration_s(comparison),
        comparison.path,
        steps_of(8),
        comparison.steps,
    )
    qtbot.waitUntil(lambda: made.painted)
    return made


def test_that_hovering_tells_both_times_the_likeness_and_the_step(qtbot: QtBot, likeness: SimilarityMap) -> None:
    qtbot.mouseMove(likeness, point(likeness.place_of(26.0, 40.0)))
    gold, trainee, alike, step = likeness.hover_words()
    assert gold.startswith("Gold  0:00:2")
    assert trainee.startswith("Trainee  0:00:")
    assert alike.endswith("% alike")
    assert step == "Step 5 “\u2068Tighten crosswise\u2069”"


def test_that_a_click_and_keys_go_to_a_pair_of_times(qtbot: QtBot, likeness: SimilarityMap) -> None:
    with qtbot.waitSignal(likeness.seek_requested) as caught:
        qtbot.mouseClick(likeness, LEFT, NONE, point(likeness.place_of(30.0, 20.0)))
    assert caught.args == [pytest.approx(30.0, abs=0.2), pytest.approx(20.0, abs=0.2)]
    qtbot.keyClick(likeness, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    with qtbot.waitSignal(likeness.seek_requested) as later:
        qtbot.keyClick(likeness, Qt.Key.Key_Return)
    assert later.args[0] == pytest.approx(33.0, abs=0.3)
    assert later.args[1] == pytest.approx(20.0, abs=0.3)


def test_that_the_map_says_the_likeness_of_any_pair(likeness: SimilarityMap) -> None:
    comparison = every_fault()
    outcome = comparison.steps[0]
    assert outcome.trainee is not None
    alike = likeness.similarity_at(3.0, (outcome.trainee.start_s + outcome.trainee.end_s) / 2)
    unlike = likeness.similarity_at(15.0, 50.0)
    assert alike is not None
    assert unlike is not None
    assert alike > 0.85
    assert unlike < 0.5
    likeness.clear()
    assert likeness.similarity_at(1.0, 1.0) is None
    assert not likeness.has_map


def test_that_the_colours_of_likeness_get_lighter_without_a_step_back() -> None:
    light = [QColor(colour).lightnessF() for colour in heat_table()]
    luminance = [
        0.2126 * QColor(c).redF() ** 2.2 + 0.7152 * QColor(c).greenF() ** 2.2 + 0.0722 * QColor(c).blueF() ** 2.2
        for c in heat_table()
    ]
    assert len(light) == 256
    assert all(after >= before - 1e-3 for before, after in itertools.pairwise(luminance))
    assert luminance[-1] > luminance[0] + 0.6


def test_that_a_long_path_is_thinned_to_what_can_be_seen() -> None:
    points = np.column_stack((np.linspace(0, 100, 2_000), np.linspace(0, 50, 2_000)))
    few = thinned(points)
    assert len(few) < 90
    assert few[0].tolist() == points[0].tolist()
    assert few[-1].tolist() == points[-1].tolist()


# ---- colours ----

_BLINDNESS = {
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.01182, 0.04294, 0.968881)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.3039)),
}
"""Machado, Oliveira, Fernandes 2009, full severity, on linear light."""


def _lab(colour: QColor, blindness: str) -> np.ndarray:
    srgb = np.array([colour.redF(), colour.greenF(), colour.blueF()])
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.array(_BLINDNESS[blindness]) @ linear, 0, 1)
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ seen
    ratio = xyz / np.array([0.9505, 1.0, 1.089])
    root = np.where(ratio > 0.008856, np.cbrt(ratio), 7.787 * ratio + 16 / 116)
    return np.array([116 * root[1] - 16, 500 * (root[0] - root[1]), 200 * (root[1] - root[2])])


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("blindness", sorted(_BLINDNESS))
def test_that_outcomes_stay_apart_for_colour_blind_people(theme: str, blindness: str) -> None:
    colours = [load_theme(theme).colour(look_of(kind).colour) for kind in (None, *kinds_in_order())]
    away = [
        float(np.linalg.norm(_lab(a, blindness) - _lab(b, blindness))) for a, b in itertools.combinations(colours, 2)
    ]
    assert min(away) > 10.0


def test_that_no_outcome_is_told_by_its_colour_alone() -> None:
    looks = [look_of(kind) for kind in (None, *kinds_in_order())]
    assert len({look.icon for look in looks}) == len(looks)
    assert len({look.pattern for look in looks}) == len(looks)


def test_that_the_strip_follows_a_switch_of_the_theme(
    strip: Callable[..., AlignmentStrip], qapp: object, qtbot: QtBot
) -> None:
    from PySide6.QtWidgets import QApplication

    shown = strip(every_fault())
    dark = shown.grab().toImage()
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    apply_theme(app, "light")
    qtbot.waitUntil(lambda: shown.painted)
    light = shown.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    apply_theme(app, "dark")
    assert light.pixelColor(400, 4).lightness() > dark.pixelColor(400, 4).lightness() + 100
