"""Verdicts: what is dismissed costs nothing; everything that was said stays on record."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.audit.log import read
from core.errors import InvalidRequest, NotFound
from core.library.library import Library
from core.procedures.types import Score, Verdict
from tests.procedures.stored import audit_kinds, heard, made_comparison, store_score


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library") as opened:
        yield opened


@pytest.fixture
def score(library: Library) -> Score:
    return store_score(library)


def test_that_a_dismissed_finding_costs_nothing(library: Library, score: Score) -> None:
    events = heard(library)
    judged = library.procedures.set_verdict(score.score_id, "f2", "dismissed", " was done off camera ", actor="anna")
    assert (judged.score, judged.machine_score, judged.passed) == (95.0, 45.0, True)
    assert judged.comparison.steps[1].lost == {}
    verdict = judged.verdicts["f2"]
    assert (verdict.verdict, verdict.comment, verdict.actor) == (Verdict.DISMISSED, "was done off camera", "anna")
    summary = library.procedures.scores()[0]
    assert (summary.score, summary.machine_score, summary.passed) == (95.0, 45.0, True)
    assert [(event.what, event.subject) for event in events] == [("verdict", str(score.score_id))]
    entry = read(library.store, kinds=["verdict"])[0]
    assert (entry.subject, entry.actor, entry.job_id) == (f"{score.score_id}/f2", "anna", "job-1")
    assert (entry.details["score_before"], entry.details["score"]) == (45.0, 95.0)


def test_that_a_confirmed_finding_costs_what_it_did(library: Library, score: Score) -> None:
    judged = library.procedures.set_verdict(score.score_id, "f1", Verdict.CONFIRMED, actor="anna")
    assert judged.score == 45.0
    assert judged.comparison == made_comparison()


def test_that_what_the_machine_found_is_never_changed(library: Library, score: Score) -> None:
    def stored() -> str:
        row = library.store.read().execute("SELECT result FROM procedure_scores").fetchone()
        return str(row["result"])

    before = stored()
    library.procedures.set_verdict(score.score_id, "f1", "dismissed", actor="anna")
    library.procedures.set_verdict(score.score_id, "f2", "dismissed", actor="anna")
    assert stored() == before
    library.procedures.set_verdict(score.score_id, "f1", "", actor="anna")
    assert library.procedures.set_verdict(score.score_id, "f2", "", actor="anna").score == 45.0


def test_that_verdicts_are_taken_back_one_by_one(library: Library, score: Score) -> None:
    say, undo = library.procedures.set_verdict, library.procedures.undo_verdict
    say(score.score_id, "f1", "confirmed", "yes", actor="anna")
    say(score.score_id, "f1", "dismissed", "no", actor="bert")
    say(score.score_id, "f2", "dismissed", actor="bert")
    first = undo(score.score_id, "carl")
    assert (first.score, first.verdicts["f2"].verdict) == (50.0, Verdict.NONE)
    second = undo(score.score_id, "carl")
    assert (second.score, second.verdicts["f1"].verdict, second.verdicts["f1"].comment) == (
        45.0,
        Verdict.CONFIRMED,
        "yes",
    )
    third = undo(score.score_id, "carl")
    assert third.verdicts["f1"].verdict == Verdict.NONE
    with pytest.raises(InvalidRequest):
        undo(score.score_id, "carl")
    history = library.procedures.verdict_history(score.score_id)
    assert [(one.finding_id, one.verdict.value, one.actor) for one in history] == [
        ("f1", "confirmed", "anna"),
        ("f1", "dismissed", "bert"),
        ("f2", "dismissed", "bert"),
        ("f2", "", "carl"),
        ("f1", "confirmed", "carl"),
        ("f1", "", "carl"),
    ]


def test_that_a_new_verdict_after_an_undo_is_what_undo_takes_back(library: Library, score: Score) -> None:
    library.procedures.set_verdict(score.score_id, "f1", "dismissed", actor="a")
    library.procedures.undo_verdict(score.score_id, "a")
    library.procedures.set_verdict(score.score_id, "f1", "confirmed", actor="a")
    assert library.procedures.undo_verdict(score.score_id, "a").verdicts["f1"].verdict == Verdict.NONE


def test_that_the_same_verdict_again_says_nothing(library: Library, score: Score) -> None:
    library.procedures.set_verdict(score.score_id, "f1", "confirmed", "x", actor="a")
    events = heard(library)
    library.procedures.set_verdict(score.score_id, "f1", "confirmed", " x", actor="b")
    library.procedures.set_verdict(score.score_id, "f2", "", actor="b")
    assert events == []
    assert audit_kinds(library) == ["verdict"]


def test_that_wrong_verdicts_are_refused(library: Library, score: Score) -> None:
    with pytest.raises(NotFound):
        library.procedures.set_verdict(score.score_id, "f9", "confirmed", actor="a")
    with pytest.raises(NotFound):
        library.procedures.set_verdict(77, "f1", "confirmed", actor="a")
    with pytest.raises(NotFound):
        library.procedures.undo_verdict(77, "a")
    with pytest.raises(InvalidRequest):
        library.procedures.set_verdict(score.score_id, "f1", "maybe", actor="a")
    with pytest.raises(InvalidRequest):
        library.procedures.set_verdict(score.score_id, "f1", "confirmed", "x" * 5000, actor="a")
    assert library.procedures.verdict_history(score.score_id) == []
