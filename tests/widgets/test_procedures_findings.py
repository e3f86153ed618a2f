"""Cards of findings, the score and its table, lists of recordings and scores."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QImage, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.procedures.types import (
    Finding,
    FindingType,
    FindingVerdict,
    Role,
    ScoreSummary,
    Stretch,
    Verdict,
)
from tests.widgets.made_procedure import NAMES, clean, every_fault, score_of
from widgets.procedures import FindingList, ScoreBreakdown, ScoreHistory, VideoList, VideoRow
from widgets.procedures.finding_cards import CONFIRM, CardLayout
from widgets.procedures.finding_words import (
    confidence_words,
    figure,
    finding_title,
    longer_words,
    points_words,
    sentence,
)
from widgets.procedures.score_parts import parts_of

LEFT = Qt.MouseButton.LeftButton
PLAIN = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def findings(qtbot: QtBot) -> Iterator[Callable[..., FindingList]]:
    """``findings(list, verdicts, width_px)``."""
    made: list[FindingList] = []

    def make(
        found: tuple[Finding, ...] = every_fault().findings,
        verdicts: dict[str, FindingVerdict] | None = None,
        width_px: int = 900,
    ) -> FindingList:
        one = FindingList(lambda _key: None)
        qtbot.addWidget(one)
        one.resize(width_px, 700)
        one.show()
        one.set_findings(found, verdicts or {}, NAMES)
        made.append(one)
        return one

    yield make
    for one in made:
        one.stop()


def said_of(finding_id: str, verdict: Verdict, comment: str = "") -> dict[str, FindingVerdict]:
    return {finding_id: FindingVerdict(finding_id, verdict, comment, "anna", "2026-01-02T03:04:05Z")}


# ---- words ----


def test_that_a_trainer_understands_each_kind_of_finding() -> None:
    titles = [
        finding_title(finding, NAMES).replace("\u2068", "").replace("\u2069", "") for finding in every_fault().findings
    ]
    assert titles == [
        "Step 2 “Put the gasket on” was done differently",
        "Step 3 “Fit the seal” was not done",
        "Step 4 “Insert the bolts” took too long",
        "Step 5 “Tighten crosswise” came out of order",
        "Something was done that is no step",
        "Step 1 “Clean the flange” was done again",
    ]
    assert finding_title(every_fault().findings[1], ()) == "Step 3 was not done"


def test_that_a_reason_reads_as_a_sentence() -> None:
    assert sentence("no part of the attempt shows this step") == "No part of the attempt shows this step."
    assert sentence("") == ""


def test_that_the_keys_of_the_cards_are_kept_from_the_shortcuts_of_the_window(
    qtbot: QtBot, findings: Callable[..., FindingList]
) -> None:
    shown = findings()
    pressed: list[str] = []
    shortcut = QShortcut(QKeySequence("C"), shown)
    shortcut.activated.connect(lambda: pressed.append("window"))
    shown.verdict_given.connect(lambda _id, verdict, _comment: pressed.append(verdict))
    shown.cards.setFocus()
    shown.select("f1")
    override = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_C, PLAIN)
    override.ignore()
    QApplication.sendEvent(shown.cards, override)
    assert override.isAccepted()
    qtbot.keyClick(shown.cards, Qt.Key.Key_C)
    assert pressed == ["confirmed"]


def test_that_figures_are_as_long_as_they_need() -> None:
    assert [figure(points) for points in (8.0, 4.5, 0.25, 16.667, 0.0)] == ["8", "4.5", "0.25", "16.67", "0"]
    assert points_words(1.0) == "1 point"
    assert longer_words(9.0, 6.0) == "+3.0 s"
    assert longer_words(5.0, 6.0) == "\u22121.0 s"
    assert longer_words(6.0, 6.01) == ""
    assert len({confidence_words(share) for share in (0.1, 0.4, 0.7, 0.95)}) == 4


# ---- findings ----


def test_that_keys_give_verdicts_and_the_same_key_takes_them_back(
    qtbot: QtBot, findings: Callable[..., FindingList]
) -> None:
    shown = findings()
    said: list[tuple[str, str, str]] = []
    shown.verdict_given.connect(lambda *one: said.append(one))
    qtbot.keyClick(shown.cards, Qt.Key.Key_Home)
    qtbot.keyClick(shown.cards, Qt.Key.Key_C)
    qtbot.keyClick(shown.cards, Qt.Key.Key_Down)
    qtbot.keyClick(shown.cards, Qt.Key.Key_D)
    assert said == [("f1", "confirmed", ""), ("f2", "dismissed", "")]
    assert shown.cards.item(0).verdict is Verdict.NONE, "the page stores verdicts, the list only tells them"
    shown.set_findings(every_fault().findings, said_of("f2", Verdict.DISMISSED, "why"), NAMES)
    assert shown.selected() == "f2"
    qtbot.keyClick(shown.cards, Qt.Key.Key_D)
    assert said[-1] == ("f2", "", "why")


def test_that_a_comment_is_written_on_the_card_and_escape_gives_it_up(
    qtbot: QtBot, findings: Callable[..., FindingList]
) -> None:
    shown = findings(verdicts=said_of("f1", Verdict.CONFIRMED))
    said: list[tuple[str, str, str]] = []
    shown.verdict_given.connect(lambda *one: said.append(one))
    shown.select("f1")
    qtbot.keyClick(shown.cards, Qt.Key.Key_E)
    assert not shown.field.isHidden()
    qtbot.keyClicks(shown.field, "The clamp was broken")
    qtbot.keyClick(shown.field, Qt.Key.Key_Return)
    assert said == [("f1", "confirmed", "The clamp was broken")]
    qtbot.keyClick(shown.cards, Qt.Key.Key_F2)
    qtbot.keyClicks(shown.field, "never mind")
    qtbot.keyClick(shown.field, Qt.Key.Key_Escape)
    assert shown.field.isHidden()
    assert len(said) == 1


@pytest.mark.parametrize("width_px", [360, 900])
def test_that_the_buttons_of_a_card_can_be_clicked(
    qtbot: QtBot, findings: Callable[..., FindingList], width_px: int
) -> None:
    shown = findings(width_px=width_px)
    place = CardLayout(shown.cards.rect_of(0)).button(CONFIRM).center()
    assert shown.cards.rect_of(0).contains(place)
    with qtbot.waitSignal(shown.verdict_given) as caught:
        qtbot.mouseClick(shown.cards.viewport(), LEFT, PLAIN, place)
    assert caught.args == ["f1", "confirmed", ""]


def test_that_selection_is_told_but_not_when_the_page_makes_it(
    qtbot: QtBot, findings: Callable[..., FindingList]
) -> None:
    shown = findings()
    told: list[str] = []
    opened: list[str] = []
    shown.finding_selected.connect(told.append)
    shown.finding_activated.connect(opened.append)
    shown.select("f3")
    assert (told, shown.selected()) == ([], "f3")
    qtbot.keyClick(shown.cards, Qt.Key.Key_Down)
    qtbot.keyClick(shown.cards, Qt.Key.Key_Return)
    assert (told, opened) == (["f4"], ["f4"])
    shown.set_findings(every_fault().findings[:2], {}, NAMES)
    assert shown.selected() is None
    assert told[-1] == ""


def test_that_both_stills_are_asked_for_with_their_times(qtbot: QtBot, findings: Callable[..., FindingList]) -> None:
    asked: set[tuple[object, ...]] = set()

    def provide(key: object) -> QImage | None:
        assert isinstance(key, tuple)
        asked.add(key)
        return None

    shown = findings(every_fault().findings[:2])
    shown.set_stills(provide)
    qtbot.waitUntil(lambda: len(asked) >= 3, timeout=10_000)
    assert {(key[2], key[3]) for key in asked} == {("gold", 9.5), ("trainee", 11.5), ("gold", 15.0)}
    assert (15.0, None, "gold", 15.0) in asked, "there is no still of what was not done"


def test_that_the_words_of_a_card_tell_all_of_it(findings: Callable[..., FindingList]) -> None:
    shown = findings(verdicts=said_of("f2", Verdict.DISMISSED, "Not needed on this bench"))
    words = shown.cards.words_of(shown.cards.item(1))
    for part in ("was not done", "Very likely", "16.67 points", "Dismissed", "Not needed on this bench"):
        assert part in words
    assert "5 not judged yet" in shown._facts.text()


def test_that_a_hundred_findings_cost_no_more_than_those_on_the_screen(findings: Callable[..., FindingList]) -> None:
    many = tuple(
        Finding(f"f{at}", FindingType.OVER_TIME, at % 8, Stretch(at, at + 1), Stretch(at, at + 2), 0.5, "r" * 400, 0.1)
        for at in range(100)
    )
    shown = findings(many)
    assert shown.cards.count == 100
    assert len(shown.cards.visible()) < 10
    assert not shown.grab().isNull()


# ---- the score ----


def test_that_the_parts_add_up_to_a_hundred() -> None:
    comparison = every_fault()
    parts = parts_of(score_of(comparison))
    assert parts.score + sum(parts.lost.values()) == pytest.approx(100.0)
    assert parts.lost[FindingType.STEP_EXTRA] == 10.0
    assert parts.lines[-1].outcome is None
    assert len(parts.lines) == 9


def test_that_a_dismissed_finding_gives_its_points_back() -> None:
    comparison = every_fault()
    score = score_of(comparison, score=round(comparison.score + 16.67, 2))
    parts = parts_of(replace(score, verdicts=said_of("f2", Verdict.DISMISSED)))
    assert FindingType.STEP_MISSING not in parts.lost
    assert parts.given_back == pytest.approx(16.67)
    assert parts.lines[2].lost == {}
    assert parts.score + sum(parts.lost.values()) == pytest.approx(100.0)
    assert comparison.steps[2].lost == {"step_missing": 16.67}, "what is stored stays"


def test_that_the_score_says_whether_it_passed_and_what_it_was_lost_for(qtbot: QtBot) -> None:
    shown = ScoreBreakdown()
    qtbot.addWidget(shown)
    shown.resize(760, 460)
    shown.show()
    shown.set_score(score_of(every_fault()), 70.0)
    words = shown.accessibleDescription()
    assert words.startswith("57.58 of 100, not passed; 70 are needed")
    assert "16.67 points lost: Not done" in words
    assert "Without Step 3 “\u2068Fit the seal\u2069” nobody passes" in words
    pieces = shown.head.segments()
    assert sum(rect.width() for _kind, rect in pieces) == pytest.approx(shown.head.bar_rect().width())
    assert pieces[0][1].width() == pytest.approx(shown.head.bar_rect().width() * 0.5758)
    shown.set_score(score_of(clean(3), passed=True), 70.0)
    assert "passed" in shown.accessibleDescription()
    shown.set_score(None)
    assert shown.accessibleDescription() == ""


def test_that_a_step_of_the_table_is_told(qtbot: QtBot) -> None:
    shown = ScoreBreakdown()
    qtbot.addWidget(shown)
    shown.resize(760, 460)
    shown.show()
    shown.set_score(score_of(every_fault()))
    told: list[int] = []
    shown.step_selected.connect(told.append)
    qtbot.mouseClick(shown.table.viewport(), LEFT, PLAIN, shown.table.rect_of(2).center())
    assert told[-1] == 2
    qtbot.keyClick(shown.table, Qt.Key.Key_Down)
    assert told[-1] == 3
    count = len(told)
    shown.select_step(0)
    assert (len(told), shown.table.current()) == (count, 0)
    assert "took" not in shown.table.words_of(shown.table.item(0))


@pytest.mark.parametrize("width_px", [300, 520, 1400])
def test_that_the_score_is_painted_at_any_width(qtbot: QtBot, width_px: int) -> None:
    shown = ScoreBreakdown()
    qtbot.addWidget(shown)
    shown.resize(width_px, 420)
    shown.show()
    shown.set_score(score_of(every_fault(["تنظيف الشفة بعناية", "x" * 200] * 4)))
    bar = shown.head.bar_rect()
    assert bar.width() > 100
    assert shown.head.height() >= bar.bottom() + 20
    assert not shown.grab().isNull()


# ---- lists ----


def rows(count: int) -> list[VideoRow]:
    return [
        VideoRow(
            at + 1,
            f"Ünïcödé 你好 {at}",
            Role.GOLD if at == 0 else Role.TRAINEE,
            60.0,
            "15 clips",
            (("6 steps", "accent"),),
        )
        for at in range(count)
    ]


def test_that_recordings_are_told_by_id_and_stay_selected(qtbot: QtBot) -> None:
    shown = VideoList(lambda _key: None)
    qtbot.addWidget(shown)
    shown.resize(340, 400)
    shown.show()
    shown.set_rows(rows(4))
    told: list[list[int]] = []
    shown.chosen.connect(told.append)
    shown.select([3])
    assert (told, shown.chosen_ids()) == ([[3]], [3])
    shown.set_rows([replace(row, progress=0.5) for row in rows(4)])
    assert shown.chosen_ids() == [3]
    shown.set_rows(rows(5)[1:])
    assert shown.chosen_ids() == [3]
    assert len(told) == 1
    shown.set_rows(rows(1))
    assert told[-1] == []
    with qtbot.waitSignal(shown.video_activated) as caught:
        shown.set_current(0)
        qtbot.keyClick(shown, Qt.Key.Key_Return)
    assert caught.args == [1]
    assert "Gold recording" in shown.words_of(shown.item(0))
    shown.stop()


def test_that_every_state_of_a_recording_is_painted(qtbot: QtBot) -> None:
    shown = VideoList()
    qtbot.addWidget(shown)
    shown.resize(260, 300)
    shown.show()
    one = rows(1)[0]
    shown.set_rows([one, replace(one, video_id=2, progress=-1.0), replace(one, video_id=3, problem="Too short")])
    assert not shown.grab().isNull()
    assert "Too short" in shown.tip_of(shown.item(2))
    shown.stop()


def test_that_scores_are_told_by_id(qtbot: QtBot) -> None:
    shown = ScoreHistory()
    qtbot.addWidget(shown)
    shown.resize(360, 240)
    shown.show()
    scores = [
        ScoreSummary(at, f"job-{at}", "seal", 1, 2, at, 50.0 + at, 50.0, at > 1, at, "2026-01-02T03:04:05Z")
        for at in (3, 2, 1)
    ]
    shown.set_scores(scores, {1: "Reference"})
    with qtbot.waitSignal(shown.chosen) as caught:
        qtbot.mouseClick(shown.viewport(), LEFT, PLAIN, shown.rect_of(1).center())
    assert caught.args == [[2]]
    shown.set_scores(scores[1:], {1: "Reference"})
    assert shown.chosen_ids() == [2]
    words = shown.words_of(shown.item(0))
    for part in ("52 of 100", "passed", "Video 2", "against Reference", "2 findings", "version 2"):
        assert part in words
    shown.select(None)
    assert shown.chosen_ids() == []
