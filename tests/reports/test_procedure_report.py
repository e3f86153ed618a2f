"""The report of a score: what it says, that it fits its pages, and what it leaves behind."""

import io
import re
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.audit.log import read
from core.errors import Canceled, InvalidRequest, NotFound, StorageUnwritable
from core.jobs.runner import Runner
from core.jobs.types import JobState
from core.library import store
from core.library.library import Library
from core.procedures.types import FindingVerdict, Role, Score, Stretch, Verdict
from core.reports.jobs import registry
from core.reports.procedure import build, write_score_report
from core.reports.procedure_source import ProcedureReport, Side
from tests.reports import made_score
from tests.reports.boxes import Box, text_faults
from tests.reports.pdf_reader import Pdf


def set_pages(source: ProcedureReport) -> Pdf:
    buffer = io.BytesIO()
    build(source, buffer)
    return Pdf(buffer.getvalue())


def words_of(pdf: Pdf) -> str:
    return " ".join(pdf.all_text.split())


@pytest.fixture(scope="module")
def usual() -> Pdf:
    return set_pages(made_score.usual())


# ------------------------------------------------------------------------------------------------------ what it says


def test_that_the_score_is_told_with_what_it_was_lost_for(usual: Pdf) -> None:
    cover = usual.text(0)
    for words in ("Assembly line 1", "Reference", "Attempt of Tuesday", "55", "Not passed", "The pass mark is 70"):
        assert words in cover
    lost = re.findall(r"(Step missing|Wrong order|Over time|Extra step|Done differently|All together)", cover)
    assert lost == ["Step missing", "Wrong order", "Over time", "Extra step", "Done differently", "All together"]
    points = [float(one) for one in re.findall(r"−(\d+\.\d\d)", cover)]
    assert points == [16.67, 12.5, 8.33, 5.0, 2.5, 45.0]
    assert sum(points[:-1]) == pytest.approx(points[-1])


def test_that_steps_are_told_with_planned_and_actual_time(usual: Pdf) -> None:
    text = words_of(usual)
    assert "5 Walk over the plaza 6.0 s at most 9.0 s 15.3 s 0:00:21.200 77 % over time 8.33 8.33 of 16.66" in text
    assert "3 Play basketball critical 5.0 s at most 7.5 s not done – step missing 16.67 0.00 of 16.67" in text


def test_that_every_deviation_has_its_reason_time_codes_and_confidence(usual: Pdf) -> None:
    text = words_of(usual)
    for words in (
        "Step 2, Wrestle: changed places with step 4, Talk in the street",
        "Step 3, Play basketball: missing",
        "Step 5, Walk over the plaza: over time",
        "Something that is no step",
        "Step 5, Walk over the plaza: done again",
        "Took 15.3 s where 9.0 s are allowed",
        "Gold 0:00:19.800 to 0:00:25.800",
        "Trainee 0:00:21.200 to 0:00:36.500",
        "Not in the trainee's recording",
        "Confidence 97 %",
    ):
        assert words in text, words


def test_that_what_people_said_stands_with_its_deviation(usual: Pdf) -> None:
    text = words_of(usual)
    assert "Confirmed by desktop, 2026-11-21 10:15" in text
    assert "Seen on the second camera too." in text
    assert "Commented by token:operator" in text


def test_that_versions_and_signature_lines_are_there(usual: Pdf) -> None:
    text = words_of(usual)
    for words in (
        "Trainer, signature", "Trainee, signature", "Date", "mobilenet-v2", "1.0.1-3f9a", "rushes-steps-1", "ab" * 32,
        "job-000031", "Adapter version 2", "Steps version 3", "7, version 2 of this pair", "pass mark 70.0",
        "Rushes 0.5.0", "/home/anna/Rushes", "mean_alignment_cost 0.123456",
    ):  # fmt: skip
        assert words in text, words


def test_that_the_file_says_what_it_is(usual: Pdf) -> None:
    count = len(usual.pages)
    for page in range(count):
        assert f"Page {page + 1} of {count}" in usual.text(page)
    titles = re.findall(rb"/Title \((.*?)\)", usual.content)
    for title in (b"Steps", b"Side by side", b"Likeness", b"Deviations", b"Signatures", b"How it was made"):
        assert title in titles
    assert b"Assembly line 1: 55 of 100" in usual.content
    assert b"/Lang (en)" in usual.catalog


def test_that_two_stills_stand_beside_each_deviation() -> None:
    asked: list[tuple[str, float]] = []
    source = made_score.usual()

    def noting(side: Side) -> Side:
        return replace(side, still=lambda t_s: asked.append((side.word, round(t_s, 2))))

    set_pages(replace(source, gold=noting(source.gold), trainee=noting(source.trainee)))
    assert ("Gold", 22.8) in asked
    assert ("Trainee", 28.85) in asked
    assert len(asked) == 2 + 9  # the cover's, and each side of a deviation that is in a video


def test_that_dismissed_findings_and_their_points_are_told() -> None:
    made = made_score.comparison()
    verdicts = (FindingVerdict("f3", Verdict.DISMISSED, "Allowed today.", "desktop", made_score.AT),)
    score = replace(made_score.score(made, verdicts), score=71.67, machine_score=55.0, passed=True)
    text = words_of(set_pages(made_score.report(score)))
    assert "People dismissed 1 finding: 16.67 points were given back to the 55 that the comparison came to." in text
    assert "Passed" in text
    assert "Dismissed by desktop" in text


def test_that_quality_and_notes_are_told() -> None:
    source = made_score.usual()
    flagged = replace(source.trainee.video, flagged={"dark": 3, "frozen": 1})
    text = words_of(set_pages(replace(source, trainee=replace(source.trainee, video=flagged))))
    assert "The attempt begins 1.2 s late." in text
    assert "Trainee recording: of 7 clips, 3 dark, 1 frozen." in text


def test_that_a_video_deleted_since_is_told_without_pictures() -> None:
    source = made_score.usual()
    gone = replace(source.trainee, deleted=True, still=lambda _t_s: None)
    text = words_of(set_pages(replace(source, trainee=gone)))
    assert "The trainee video was deleted: its stills are gone." in text
    assert "Video deleted" in text
    assert "42, deleted since" in text


def test_that_a_still_that_is_no_picture_does_not_stop_the_report() -> None:
    source = made_score.usual()
    broken = replace(source.gold, still=lambda _t_s: b"no picture")
    assert "No picture" in words_of(set_pages(replace(source, gold=broken)))


def test_that_a_comparison_that_could_not_be_made_says_why() -> None:
    made = replace(
        made_score.comparison(), score=0.0, why_zero="the trainee's recording is black throughout", findings=(),
        steps=(), path=(), similarity_map=(), notes=(), metrics={},
    )  # fmt: skip
    text = words_of(set_pages(made_score.report(made_score.score(made))))
    assert "Why 0: the trainee's recording is black throughout" in text
    assert "No deviation from the gold recording was found." in text
    assert "Likeness" not in text


def test_that_a_perfect_attempt_has_a_report() -> None:
    made = made_score.comparison()
    steps = tuple(replace(one, lost={}, trainee=one.gold) for one in made.steps)
    perfect = replace(made, score=100.0, steps=steps, lost={}, findings=(), notes=())
    text = words_of(set_pages(made_score.report(made_score.score(perfect))))
    assert "100 of 100 Passed" in text
    assert "Nothing was lost" in text
    assert "Nothing unusual" in text


# ------------------------------------------------------------------------------------------------ that it fits


def test_that_no_text_leaves_the_page_or_touches_other_text(drawn: dict[int, list[Box]]) -> None:
    pdf = set_pages(made_score.longest())
    assert len(drawn) == len(pdf.pages) + 1 > 8
    assert text_faults(drawn) == []


def test_that_names_of_any_script_and_long_comments_are_whole(drawn: dict[int, list[Box]]) -> None:
    text = re.sub(r"\s", "", set_pages(made_score.longest()).all_text)
    for words in ("保護カバーを取り付け", "Проверка давления", "ตรวจสอบ", "二番目の手順は省略可能", "y" * 900):
        assert words.replace(" ", "") in text, words
    assert text.count("Alongcomment.") == 250
    assert "\ufffd" not in text


def test_that_a_hundred_steps_and_very_short_ones_fit(drawn: dict[int, list[Box]]) -> None:
    made = made_score.comparison()
    spans = [Stretch(number * 0.278, (number + 1) * 0.278) for number in range(100)]
    steps = tuple(
        replace(made.steps[number % 6], gold_step=number, name=f"Step {number}", gold=span, trainee=span)
        for number, span in enumerate(spans)
    )
    set_pages(made_score.report(made_score.score(replace(made, steps=steps))))
    assert text_faults(drawn) == []


@pytest.mark.parametrize("duration_s", [0.0, 0.5, 36_000.0])
def test_that_videos_of_any_length_fit(drawn: dict[int, list[Box]], duration_s: float) -> None:
    source = made_score.usual()
    video = replace(source.gold.video, info=made_score.info(duration_s))
    set_pages(replace(source, gold=replace(source.gold, video=video)))
    assert text_faults(drawn) == []


# ------------------------------------------------------------------------------------------------ from a library


@pytest.fixture
def scored(library: Library, make_video: Callable[..., Path], tmp_path: Path) -> Score:
    """Two real videos and the made score of them."""
    ids = []
    for role, name, colour in ((Role.GOLD, "gold", (200, 60, 60)), (Role.TRAINEE, "trainee", (60, 60, 200))):
        path = make_video(tmp_path / f"{name}.mp4", segments=[{"seconds": 2.0, "colour": colour}], size=(64, 48))
        ids.append(library.procedures.add_video("line_1", role, path, title=name, actor="test").video_id)
    made = made_score.comparison()
    return library.procedures.add_score(
        job_id="job-000031", task_id="line_1", gold_video_id=ids[0], trainee_video_id=ids[1], comparison=made,
        versions=made_score.score(made).versions,
    )  # fmt: skip


def test_that_a_stored_score_is_reported_and_the_trail_says_so(library: Library, scored: Score, tmp_path: Path) -> None:
    path = write_score_report(library, scored.score_id, tmp_path / "out.pdf", actor="token:viewer")
    pdf = Pdf(path.read_bytes())
    assert "gold" in pdf.text(0)
    assert pdf.content.count(b"/Subtype /Image") == 3  # the map, and a still of each: one that is alike is kept once
    entry = read(library.store, limit=1)[0]
    assert (entry.kind, entry.subject, entry.actor, entry.task_id) == ("export", "score 1", "token:viewer", "line_1")
    assert entry.details["path"] == str(path)


def test_that_a_score_outlives_its_videos(library: Library, scored: Score, tmp_path: Path) -> None:
    for video_id in (scored.gold_video_id, scored.trainee_video_id):
        library.procedures.delete_video(video_id, "test")
    text = words_of(Pdf(write_score_report(library, scored.score_id, tmp_path / "out.pdf").read_bytes()))
    assert "The gold video was deleted: its stills are gone." in text
    assert "Step 3, Play basketball: missing" in text


def test_that_a_video_whose_file_is_away_is_told(library: Library, scored: Score, tmp_path: Path) -> None:
    (tmp_path / "gold.mp4").unlink()
    text = words_of(Pdf(write_score_report(library, scored.score_id, tmp_path / "out.pdf").read_bytes()))
    assert "Video not found" in text


def test_that_a_stop_leaves_nothing_and_keeps_what_was_there(library: Library, scored: Score, tmp_path: Path) -> None:
    target = tmp_path / "report.pdf"
    target.write_bytes(b"what was there")
    before = read(library.store)
    calls = 0

    def check() -> None:
        nonlocal calls
        calls += 1
        if calls == 12:
            raise Canceled("Stopped.")

    with pytest.raises(Canceled):
        write_score_report(library, scored.score_id, target, check=check)
    assert target.read_bytes() == b"what was there"
    assert list(tmp_path.glob(".report*")) == []
    assert read(library.store) == before


def test_that_a_report_which_the_trail_cannot_note_does_not_go_out(
    library: Library, scored: Score, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "BUSY_TIMEOUT_MS", 50)
    target = tmp_path / "report.pdf"
    other = sqlite3.connect(library.paths.database, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageUnwritable, match="another program"):
            write_score_report(library, scored.score_id, target)
    finally:
        other.close()
    assert not target.exists()
    assert list(tmp_path.glob(".report*")) == []


def test_that_unknown_scores_and_folders_are_refused(library: Library, scored: Score, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no score 99"):
        write_score_report(library, 99, tmp_path / "out.pdf")
    with pytest.raises(InvalidRequest, match="folder"):
        write_score_report(library, scored.score_id, tmp_path)
    assert not (tmp_path / "out.pdf").exists()


def run_job(library: Library, params: dict[str, Any]) -> Any:
    job = library.jobs.submit("procedure_report", params=params)
    Runner(library, registry(library))._run_next(threading.Event())
    return library.jobs.get(job.job_id)


def test_that_the_job_writes_into_the_librarys_reports(library: Library, scored: Score) -> None:
    job = run_job(library, {"score_id": scored.score_id, "requested_by": "desktop"})
    assert job.state is JobState.SUCCEEDED, job.error
    path = Path(job.result["path"])
    assert path.parent == library.path / "reports"
    assert path.name.startswith("score-1-")
    assert path.read_bytes().startswith(b"%PDF-")
    assert (job.overall, job.result["size_bytes"]) == (1.0, path.stat().st_size)
    assert read(library.store, kinds=["export"])[0].actor == "desktop"


@pytest.mark.parametrize("params", [{}, {"score_id": "1"}, {"score_id": True}, {"score_id": 5}])
def test_that_a_job_without_a_score_says_so(library: Library, params: dict[str, Any]) -> None:
    job = run_job(library, params)
    assert job.state is JobState.FAILED
    assert "score" in job.error
    assert not (library.path / "reports").exists() or list((library.path / "reports").iterdir()) == []
