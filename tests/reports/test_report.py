"""The report of an episode: its pages, its fonts, what it says, and what it leaves behind."""

import re
import threading
from pathlib import Path
from typing import Any

import pytest

from core.errors import Canceled, InvalidRequest, NotFound
from core.jobs.runner import Runner
from core.jobs.types import JobState
from core.library.library import Library
from core.reports.episode import write_episode_report
from core.reports.jobs import registry
from core.reports.metrics import METRICS
from tests.reports.boxes import Box, text_faults
from tests.reports.pdf_reader import Pdf
from tests.screen_time.film import EP_ID, make_film


def report(library: Library, folder: Path, **params: float) -> Pdf:
    path = write_episode_report(library, EP_ID, folder / "report.pdf", **params)
    return Pdf(path.read_bytes())


def test_that_names_of_every_script_can_be_found_in_the_text(named: Library, tmp_path: Path) -> None:
    text = re.sub(r"\s", "", report(named, tmp_path).all_text)
    for name in ("Lisa Vanderpump", "Łukasz Żółć", "Αθηνά", "Наталья", "山田", "김민수", "काव्या", "ኢትዮጵያ", "x" * 120):
        assert name.replace(" ", "") in text, name
    assert "[U+12000]" in text
    assert "\ufffd" not in text


def test_that_all_fonts_are_embedded_and_tell_their_text(named: Library, tmp_path: Path) -> None:
    pdf = report(named, tmp_path)
    assert len(pdf.fonts) > 10
    for name, font in pdf.fonts.items():
        assert b"/Type0" in font
        assert pdf.unicode_map(name)
        descendant = pdf.objects[pdf.reference(font, "DescendantFonts")]
        descriptor = pdf.objects[pdf.reference(descendant, "FontDescriptor")]
        key = "FontFile3" if b"FontFile3" in descriptor else "FontFile2"
        assert len(pdf.stream(pdf.reference(descriptor, key))) > 200
    assert b"/Helvetica" not in pdf.content
    assert b"/Type1" not in pdf.content


def test_that_pages_are_numbered_and_the_file_says_what_it_is(named: Library, tmp_path: Path) -> None:
    pdf = report(named, tmp_path)
    count = len(pdf.pages)
    assert count > 4
    for page in range(count):
        assert f"Page {page + 1} of {count}" in pdf.text(page)
    assert b"/Lang (en)" in pdf.catalog
    assert b"/Author (Rushes)" in pdf.content
    assert b"/Producer (Rushes)" in pdf.content
    titles = re.findall(rb"/Title \((.*?)\)", pdf.content)
    for title in (b"People", b"Timeline", b"On screen together", b"Shots", b"Corrected by hand", b"How it was made"):
        assert title in titles


def test_that_no_text_leaves_the_page_or_touches_other_text(
    named: Library, tmp_path: Path, drawn: dict[int, list[Box]]
) -> None:
    report(named, tmp_path, gap_s=0.3)
    assert len(drawn) > 4
    assert text_faults(drawn) == []


def test_that_an_episode_without_anybody_has_a_report(library: Library, tmp_path: Path) -> None:
    make_film(library, {})
    text = report(library, tmp_path).all_text
    assert "Nobody was found in this episode." in text
    assert "Nobody has corrected this episode" in text


def test_that_the_report_says_what_was_corrected_by_whom(named: Library, tmp_path: Path) -> None:
    named.moderation.set_locked(EP_ID, ["identity-00002"], True, actor="api:desk-7")
    named.moderation.rename(EP_ID, "identity-00040", "Somebody Else")
    named.moderation.undo(EP_ID)
    named.moderation.delete_tracks(EP_ID, ["track-00050"], reason="not_a_face")
    text = report(named, tmp_path).all_text.replace("\n", " ")
    assert "Lock Łukasz Żółć" in text
    assert "api:desk-7" in text
    assert "taken back" in text
    assert "1 track deleted, 1 of them as no face." in text


def test_that_models_and_parameters_are_told(library: Library, tmp_path: Path) -> None:
    spans = {"track-00001": ("identity-00001", [(1.0, 2.0)])}
    summary = {"detector": {"id": "blazeface-full-range", "version": "99bf9494d84f"}}
    make_film(library, spans, summary=summary)
    text = report(library, tmp_path, gap_s=0.5, padding_s=0.25).all_text
    for words in ("99bf9494d84f", "Apache-2.0", "stride", "up to 0.5 s", "0.25 s at both ends", "/nowhere/film.mp4"):
        assert words in text
    assert re.search(r"[0-9a-f]{64}", text)


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("tracks_per_minute", 30, 30.1),
        ("short_track_fraction", 0.199, 0.2),
        ("id_switch_rate", 0.049, 0.05),
        ("singleton_fraction", 0.299, 0.3),
        ("largest_cluster_fraction", 0.399, 0.4),
        ("total_clusters", 5, 4),
        ("blank_fraction", 0.1, 0.101),
    ],
)
def test_that_metrics_are_judged_by_the_documents_targets(name: str, good: float, bad: float) -> None:
    [metric] = [one for one in METRICS if one.name == name]
    assert metric.met is not None
    assert metric.met(good)
    assert not metric.met(bad)
    assert metric.target


def test_that_a_stop_leaves_nothing_and_keeps_what_was_there(named: Library, tmp_path: Path) -> None:
    target = tmp_path / "report.pdf"
    target.write_bytes(b"what was there")
    calls = 0

    def check() -> None:
        nonlocal calls
        calls += 1
        if calls == 40:
            raise Canceled("Stopped.")

    with pytest.raises(Canceled):
        write_episode_report(named, EP_ID, target, check=check)
    assert target.read_bytes() == b"what was there"
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["report.pdf"]


def test_that_unknown_episodes_bounds_and_folders_are_refused(named: Library, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="nobody"):
        write_episode_report(named, "nobody", tmp_path / "out.pdf")
    with pytest.raises(InvalidRequest, match="gap_s"):
        write_episode_report(named, EP_ID, tmp_path / "out.pdf", gap_s=-1)
    with pytest.raises(InvalidRequest, match="folder"):
        write_episode_report(named, EP_ID, tmp_path)
    assert not (tmp_path / "out.pdf").exists()


def test_that_pictures_that_cannot_be_read_do_not_stop_a_report(named: Library, tmp_path: Path) -> None:
    run = named.runs.current(EP_ID, "detect_track")
    assert run is not None
    (run.path / "broken.jpg").write_bytes(b"no picture")
    named.store.write(lambda connection: connection.execute("UPDATE tracks SET best_crop = 'broken.jpg'"))
    assert report(named, tmp_path).pages


def test_that_what_a_killed_export_left_is_gone_at_the_next_opening(named: Library) -> None:
    assert run_job(named, {}).state is JobState.SUCCEEDED
    left = named.path / "reports" / ".film.pdf.abc123.tmp"
    left.write_bytes(b"%PDF- half")
    named.close()
    with Library.open(named.path, holder="test"):
        assert [path.suffix for path in left.parent.iterdir()] == [".pdf"]


# ------------------------------------------------------------------------------------------------------- the job


def run_job(library: Library, params: dict[str, Any]) -> Any:
    job = library.jobs.submit("report", ep_id=EP_ID, params=params)
    Runner(library, registry(library))._run_next(threading.Event())
    return library.jobs.get(job.job_id)


def test_that_the_job_writes_into_the_librarys_reports(named: Library) -> None:
    job = run_job(named, {"gap_s": 0.5})
    assert job.state is JobState.SUCCEEDED, job.error
    path = Path(job.result["path"])
    assert path.parent == named.path / "reports"
    assert path.name.startswith(f"{EP_ID}-")
    assert path.read_bytes().startswith(b"%PDF-")
    assert (job.overall, job.result["size_bytes"]) == (1.0, path.stat().st_size)


def test_that_the_job_writes_where_it_is_told_or_says_why_not(named: Library, tmp_path: Path) -> None:
    assert run_job(named, {"path": str(tmp_path / "mine.pdf")}).state is JobState.SUCCEEDED
    assert (tmp_path / "mine.pdf").is_file()
    failed = run_job(named, {"path": "mine.pdf"})
    assert failed.state is JobState.FAILED
    assert "mine.pdf" in failed.error


def test_that_the_desktops_colours_are_the_reports() -> None:
    pytest.importorskip("PySide6.QtGui", exc_type=ImportError)
    from core.reports.palette import IDENTITY_COLOURS, identity_colour
    from widgets.identity_look import identity_colour as on_screen

    assert [on_screen(index).name() for index in range(24)] == [identity_colour(index) for index in range(24)]
    assert len(set(IDENTITY_COLOURS)) == 12
