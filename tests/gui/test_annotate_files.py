"""What comes in and goes out of the Annotate page: imports with their faults, exports, comparisons, measures."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from app.desktop.annotate_page.anonymise_dialog import AnonymiseDialog
from app.desktop.annotate_page.export_dialog import ExportDialog
from app.desktop.annotate_page.import_dialog import ImportDialog
from app.desktop.window import MainWindow
from core.anonymise.types import ANONYMISE
from core.jobs.types import JobState
from tests.gui.annotate_bench import AnnotateBench
from tests.gui.made_annotations import Made, made_library

pytestmark = [pytest.mark.gui, pytest.mark.pages("library", "annotate")]
TABLE = "tier,start_s,end_s,label,coder\nGaze,1.0,2.5,partner,Dora\nGaze,oops,4.0,away,Dora\nGaze,5.0,6.0,screen,Dora\n"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Made]:
    """A library made once; tests work on copies of its folder."""
    folder = tmp_path_factory.mktemp("annotations")
    return folder / "library", made_library(folder / "library", folder)


@pytest.fixture
def desk(
    template: tuple[Path, Made], make_window: Callable[..., MainWindow], tmp_path: Path, qtbot: QtBot
) -> AnnotateBench:
    """The lanes of the annotated video."""
    shutil.copytree(template[0], tmp_path / "library")
    shown = AnnotateBench(make_window(tmp_path / "library"), qtbot)
    shown.open(template[1].ep_id)
    return shown


def import_dialog(desk: AnnotateBench) -> ImportDialog:
    dialog = desk.page.commands.dialog
    assert isinstance(dialog, ImportDialog)
    desk.wait(lambda: dialog.read is not None, "the file")
    return dialog


def test_that_an_import_names_its_bad_lines_and_imports_the_rest_only_when_told(
    desk: AnnotateBench, tmp_path: Path
) -> None:
    path = tmp_path / "gäze.csv"
    path.write_text(TABLE, encoding="utf-8")
    desk.drop([path])
    dialog = import_dialog(desk)
    ok = dialog.buttons.button(dialog.buttons.StandardButton.Ok)
    assert (dialog.faults.rowCount(), dialog.faults.item(0, 0).text()) == (1, "line 3")
    assert "oops" in dialog.faults.item(0, 2).text()
    assert ok.text() == "Import 1 lane without this line", "the button says what is left out"
    ok.click()
    desk.wait(lambda: any(one.origin == "Dora" for one in desk.book.own()), "the lane")
    lane = desk.lane("Gaze", "Dora")
    assert desk.labels(lane) == [(1.0, 2.5, "partner"), (5.0, 6.0, "screen")]
    assert lane.own.origin == "gäze.csv"
    told = desk.window.notices.kept[-1]
    assert (told.message, told.action) == ("1 lane was imported from gäze.csv.", "1 line was left out.")


def test_that_a_file_that_is_no_annotation_is_refused_with_the_reason(desk: AnnotateBench, tmp_path: Path) -> None:
    path = tmp_path / "broken.eaf"
    path.write_text("this is no xml", encoding="utf-8")
    desk.page.commands.read_import(path)
    dialog = desk.page.commands.dialog
    assert isinstance(dialog, ImportDialog)
    desk.wait(lambda: dialog.words.property("role") == "error", "the reason")
    assert "broken.eaf" in dialog.words.text()
    assert not dialog.buttons.button(dialog.buttons.StandardButton.Ok).isEnabled()
    dialog.reject()


@pytest.mark.parametrize("name", ["eaf", "json"])
def test_that_chosen_lanes_are_exported_and_come_back_as_they_were(
    desk: AnnotateBench, tmp_path: Path, name: str
) -> None:
    from core.annotate.formats.read import read

    desk.run("export")
    dialog = desk.page.commands.dialog
    assert isinstance(dialog, ExportDialog)
    dialog.choose_format(name)
    dialog.rows.check_all(False)
    for lane in desk.book.own():
        dialog.rows.boxes[lane.lane_id].setChecked(lane.title == "Gaze")
    if name == "eaf":
        assert "motion" in dialog.problem.text(), "values over time have no place in ELAN"
    dialog.accept()
    saving = desk.page.commands.exporting.dialog
    assert isinstance(saving, QFileDialog)
    target = tmp_path / f"out{dialog.format.suffix}"
    with desk.qtbot.waitSignal(desk.page.commands.exporting.exported) as written:
        saving.fileSelected.emit(str(target))
    assert written.args == [target]
    read_back = read(target)
    assert sorted((tier.name, len(tier.marks)) for tier in read_back.tiers) == [("Anna: Gaze", 4), ("Ben: Gaze", 4)]
    assert desk.library.store.read().execute("SELECT COUNT(*) FROM audit_log WHERE kind = 'export'").fetchone()[0] == 1


def test_that_two_coders_are_compared_and_the_figures_follow_an_edit(desk: AnnotateBench) -> None:
    desk.page.show_section("compare")
    compare = desk.page.body.compare
    desk.wait(lambda: compare.comparison is not None, "the figures")
    ids = [desk.lane("Gaze", "Anna").lane_id, desk.lane("Gaze", "Ben").lane_id]
    assert list(compare.panel.pair()) == ids, "lanes of one name are compared first"
    before = compare.comparison.figures.kappa_time
    assert before is not None
    assert before < 0.95
    assert [row.title for row in compare.canvas.rows()] == ["Gaze", "Gaze", "Agree", "Differ"]
    desk.run("next_difference")
    (differs,) = [row for row in compare.canvas.rows() if row.title == "Differ"]
    assert differs.marks[differs.places[compare.canvas.selected()[1][0]]].label == "screen ≠ away"
    marks = desk.library.coding.marks(desk.lane("Gaze", "Ben").tier_id)
    desk.library.coding.set_labels([marks[1].mark_id], "screen")
    desk.wait(lambda: compare.comparison is not None and compare.comparison.figures.kappa_time > before, "closer now")
    compare.panel.lanes_requested.emit()
    assert desk.page.body.shown == "lanes"
    assert "Agree" in [row.title for row in desk.page.body.lanes.canvas.rows()]
    desk.page.show_section("compare")
    compare.panel.set_pair(desk.lane("Nods").lane_id, ids[1])
    compare.panel.pair_chosen.emit(*compare.panel.pair())
    desk.wait(lambda: compare.comparison is None, "points beside intervals cannot be compared")
    assert not desk.window.actions_table.is_enabled("annotate.next_difference")


def test_that_measures_of_all_videos_are_shown_by_kind_and_exported(desk: AnnotateBench, tmp_path: Path) -> None:
    desk.page.show_section("measure")
    part = desk.page.body.measure
    desk.wait(lambda: part.measured is not None, "the measures")
    assert part.measured.views() == ["talk", "screen", "labels"]
    who = [row[[one.name for one in part._part.columns].index("subject")] for row in part._part.rows]
    assert {"SPEAKER_00", "SPEAKER_01"} <= set(who)
    part.views["labels"].click()
    coders = {row[[one.name for one in part._part.columns].index("coder")] for row in part._part.rows}
    assert {"Anna", "Ben"} <= coders
    part.found.click()
    desk.wait(lambda: part.measured is not None and part.measured.views() == ["labels"], "own lanes alone")
    desk.run("measures_csv")
    saving = desk.page.commands.exporting.dialog
    assert isinstance(saving, QFileDialog)
    target = tmp_path / "measures.csv"
    with desk.qtbot.waitSignal(desk.page.commands.exporting.exported):
        saving.fileSelected.emit(str(target))
    lines = target.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("video,tier,coder,kind")
    assert any("Anna" in line and "partner" in line for line in lines)


def test_that_an_anonymised_copy_is_asked_for_with_who_stays_open_named(desk: AnnotateBench, tmp_path: Path) -> None:
    desk.run("anonymise")
    anonymising = desk.page.commands.anonymising
    desk.wait(lambda: isinstance(anonymising.dialog, AnonymiseDialog), "the dialog")
    dialog = anonymising.dialog
    assert isinstance(dialog, AnonymiseDialog)
    assert [one.title for one in dialog.source.people] == ["Lisa", "Tom"]
    assert dialog.params()["except_tracks"] == [], "everybody is covered unless the person says otherwise"
    dialog.rows.boxes["1"].click()
    assert dialog.left_open.text() == "1 person stays to be seen."
    dialog.styles["box"].click()
    dialog.voices["pitch"].click()
    dialog.accept()
    saving = anonymising.dialog
    assert isinstance(saving, QFileDialog)
    saving.fileSelected.emit(str(tmp_path / "covered.mp4"))
    desk.wait(lambda: any(job.type == ANONYMISE for job in desk.library.jobs.list()), "the job")
    job = next(job for job in desk.library.jobs.list() if job.type == ANONYMISE)
    params = job.params
    assert (params["except_tracks"], params["style"], params["voice"]) == (["1"], "box", "pitch")
    assert params["media_id"] == desk.page.entry.media_id
    assert params["path"] == str(tmp_path / "covered.mp4")
    notices = desk.window.notices
    left = {"faces_left": [{"t_s": 2.0}], "message": "A face may still be seen."}
    desk.page.services.jobs.ended.emit(replace(job, state=JobState.SUCCEEDED, result=left))
    assert (notices.kept[-1].level, "A face may still be seen." in notices.kept[-1].message) == ("warning", True)
