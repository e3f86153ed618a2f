"""Pipelines, their parameters, results, agreement and measures: what they show and what they tell."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QHelpEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QDoubleSpinBox
from pytestqt.qtbot import QtBot

from core.annotate.spec import Availability, OutputSpec, Parameter, PipelineSpec, Preset
from core.annotate.types import PipelineResult, ResultState
from widgets.annotate import (
    AgreementChoice,
    AgreementFigures,
    AgreementPanel,
    JobResults,
    MeasureColumn,
    MeasuresTable,
    ParameterForm,
    PipelineList,
    PipelineRow,
    ResultList,
)
from widgets.annotate.agreement_data import strength_words
from widgets.annotate.result_row_list import Deed

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
PARAMETERS = (
    Parameter("detection_confidence", "float", 0.5, "How sure.", 0.1, 1.0),
    Parameter("enable_landmarks", "bool", True, "Points of the face."),
    Parameter("detector", "str", "yunet", "The model.", choices=("yunet", "scrfd")),
    Parameter("formats", "list", ["json"], "The files.", choices=("json", "coco", "csv")),
    Parameter("regions", "list", [], "Where to look."),
    Parameter("language", "str", None, "Two letters.", optional=True),
    Parameter("most", "int", None, "How many.", 1, 50, optional=True, advanced=True, unit="people"),
)


def spec(name: str, parameters: tuple[Parameter, ...] = ()) -> PipelineSpec:
    outputs = (OutputSpec("json", ("boxes",)),)
    sure = Preset("sure", "Very sure", {"detection_confidence": 0.9, "most": 3})
    presets = (Preset("usual", "Usual", {}), sure)
    tasks = ("face-detection", "pose")
    return PipelineSpec(
        name, name.title(), f"What {name} does.", "1", name, "", tasks, ("video",), (), (), "beta", outputs, ("json",),
        parameters, presets if parameters else (),
    )  # fmt: skip


# ---- pipelines ----


@pytest.fixture
def pipelines(qtbot: QtBot) -> PipelineList:
    made = PipelineList()
    qtbot.addWidget(made)
    made.resize(400, 420)
    made.show()
    missing = Availability(False, "No person detector is installed.", "Install one in the settings.")
    made.set_pipelines([PipelineRow(spec("faces")), PipelineRow(spec("people"), missing), PipelineRow(spec("speech"))])
    return made


def test_that_pipelines_are_chosen_by_check_and_by_keyboard(qtbot: QtBot, pipelines: PipelineList) -> None:
    told: list[tuple[str, ...]] = []
    pipelines.chosen_changed.connect(told.append)
    row = pipelines.list.rect_of(2)
    qtbot.mouseClick(pipelines.list.viewport(), LEFT, NONE, pipelines.list.check_in(row).center().toPoint())
    assert told == [("speech",)]
    pipelines.set_current("faces")
    qtbot.keyClick(pipelines.list, Qt.Key.Key_Space)
    assert told[-1] == pipelines.chosen() == ("faces", "speech"), "in the order of the list"
    assert pipelines.current() == "faces"
    qtbot.keyClick(pipelines.list, Qt.Key.Key_Space)
    assert told[-1] == ("speech",)


def test_that_a_pipeline_that_cannot_run_is_not_chosen_and_says_why(qtbot: QtBot, pipelines: PipelineList) -> None:
    pipelines.set_chosen(["faces", "people", "nobody"])
    assert pipelines.chosen() == ("faces",)
    pipelines.set_current("people")
    qtbot.keyClick(pipelines.list, Qt.Key.Key_Space)
    assert pipelines.chosen() == ("faces",)
    words = pipelines.list.words_of(pipelines.list.item(1))
    assert "No person detector is installed." in words
    assert "Install one in the settings." in words
    qtbot.mouseClick(pipelines._all, LEFT)
    assert pipelines.chosen() == ("faces", "speech")
    qtbot.mouseClick(pipelines._none, LEFT)
    assert pipelines.chosen() == ()
    assert not pipelines.grab().isNull()


def test_that_what_cannot_run_any_more_is_no_longer_chosen(pipelines: PipelineList) -> None:
    pipelines.set_chosen(["faces", "speech"])
    pipelines.set_current("speech")
    told: list[tuple[str, ...]] = []
    pipelines.chosen_changed.connect(told.append)
    pipelines.set_pipelines([PipelineRow(spec("speech")), PipelineRow(spec("faces"), Availability(False, "gone"))])
    assert pipelines.chosen() == ("speech",)
    assert told == [("speech",)]
    assert pipelines.current() == "speech"


# ---- parameters ----


@pytest.fixture
def form(qtbot: QtBot) -> ParameterForm:
    made = ParameterForm()
    qtbot.addWidget(made)
    made.resize(460, 700)
    made.show()
    made.set_spec(spec("faces", PARAMETERS))
    return made


def field(form: ParameterForm, name: str) -> Any:
    row = form.row(name)
    assert row is not None
    return row.field


def test_that_an_untouched_form_gives_the_defaults(form: ParameterForm) -> None:
    assert form.values() == {}
    assert form.complete() == {one.name: one.default for one in PARAMETERS}


def test_that_only_what_differs_is_given_and_each_value_goes_back(qtbot: QtBot, form: ParameterForm) -> None:
    told: list[int] = []
    form.changed.connect(lambda: told.append(1))
    field(form, "detection_confidence").spin.setValue(0.75)
    field(form, "enable_landmarks").switch.click()
    field(form, "detector").combo.setCurrentIndex(1)
    field(form, "formats").chips["coco"].click()
    field(form, "regions").text.setPlainText("left=0,0,0.5,1\n\n right=0.5,0,1,1 ")
    qtbot.keyClicks(field(form, "language").line, "de")
    qtbot.keyClick(field(form, "language").line, Qt.Key.Key_Return)
    assert form.values() == {
        "detection_confidence": 0.75,
        "enable_landmarks": False,
        "detector": "scrfd",
        "formats": ["json", "coco"],
        "regions": ["left=0,0,0.5,1", "right=0.5,0,1,1"],
        "language": "de",
    }
    assert len(told) == 6
    row = form.row("detection_confidence")
    assert row is not None
    assert row._reset.isVisible()
    qtbot.mouseClick(row._reset, LEFT)
    assert "detection_confidence" not in form.values()
    assert not row._reset.isVisible()


def test_that_presets_fill_the_form_and_the_one_in_use_is_lit(qtbot: QtBot, form: ParameterForm) -> None:
    form.set_own_presets([Preset("mine", "Mine", {"detector": "scrfd"})])
    chosen: list[str] = []
    deleted: list[str] = []
    kept: list[dict[str, Any]] = []
    form.preset_chosen.connect(chosen.append)
    form.preset_delete_requested.connect(deleted.append)
    form.preset_save_requested.connect(kept.append)
    assert form._chips[""].isChecked()
    form._chips["sure"].click()
    assert form.values() == {"detection_confidence": 0.9, "most": 3}
    assert form._folded.isVisible(), "what was changed is not hidden"
    assert [name for name, chip in form._chips.items() if chip.isChecked()] == ["sure"]
    field(form, "detection_confidence").spin.setValue(0.8)
    assert not any(chip.isChecked() for chip in form._chips.values())
    assert form._save is not None
    qtbot.mouseClick(form._save, LEFT)
    assert kept == [{"detection_confidence": 0.8, "most": 3}]
    qtbot.keyClick(form._chips["mine"], Qt.Key.Key_Delete)
    assert (chosen, deleted) == (["sure"], ["mine"])


def test_that_faults_stand_at_their_fields_until_they_are_changed(form: ParameterForm) -> None:
    form.set_faults({"most": "Too many.", "detector": "No such model."})
    assert form._folded.isVisible()
    row = form.row("most")
    assert row is not None
    assert row.fault() == "Too many."
    field(form, "most").automatic.setChecked(False)
    assert row.fault() == ""
    assert form.values() == {"most": 1}
    form.set_faults({})
    detector = form.row("detector")
    assert detector is not None
    assert detector.fault() == ""


def test_that_a_value_that_a_field_cannot_hold_is_named(form: ParameterForm) -> None:
    form.set_values({"detection_confidence": 7.0, "nonsense": 1})
    row = form.row("detection_confidence")
    assert row is not None
    assert row.fault() == "7 is not possible here; 1 is used."
    assert form.complete()["detection_confidence"] == 1.0


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "detection_confidence": st.sampled_from([0.1, 0.35, 0.5, 1.0]),
            "enable_landmarks": st.booleans(),
            "detector": st.sampled_from(["yunet", "scrfd"]),
            "formats": st.sampled_from([[], ["json"], ["json", "csv"], ["json", "coco", "csv"]]),
            "regions": st.lists(st.sampled_from(["a=0,0,1,1", "b"]), max_size=3),
            "language": st.sampled_from([None, "de", "你好"]),
            "most": st.sampled_from([None, 1, 50]),
        },
    )
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_that_values_come_back_as_they_were_given(form: ParameterForm, values: dict[str, Any]) -> None:
    form.set_values(values)
    complete = {one.name: one.default for one in PARAMETERS} | values
    assert form.complete() == complete
    assert form.values() == {one.name: complete[one.name] for one in PARAMETERS if complete[one.name] != one.default}


def test_that_scrolling_over_a_field_changes_nothing_and_fields_have_names(qtbot: QtBot, form: ParameterForm) -> None:
    spin = form.findChild(QDoubleSpinBox)
    assert spin is not None
    assert spin.accessibleName() == "Detection confidence"
    form.set_editable(False)
    assert not field(form, "detector").combo.isEnabled()
    form.set_spec(None)
    assert form.values() == {}
    form.set_spec(spec("plain"))
    assert form._nothing.isVisible()


# ---- results ----


def result(number: int, pipeline: str, state: ResultState, **more: Any) -> PipelineResult:
    return PipelineResult(number, "job-1", 1, pipeline, state, {}, **more)


DONE, FAILED, RUNNING = ResultState.SUCCEEDED, ResultState.FAILED, ResultState.RUNNING
FACES = result(1, "faces", DONE, annotation_count=1234, took_s=62.0)
SPEECH = result(2, "speech", FAILED, error="a.mp4 has no sound.", error_action="Leave speech out.")


@pytest.fixture
def results(qtbot: QtBot) -> ResultList:
    made = ResultList()
    qtbot.addWidget(made)
    made.resize(640, 400)
    made.show()
    made.set_pipeline_titles({"faces": "Faces"})
    made.set_jobs([JobResults("job-1", "a.mp4", (FACES, SPEECH))])
    return made


def test_that_each_pipeline_says_what_it_found_or_what_went_wrong(results: ResultList) -> None:
    words = [results.list.words_of(results.list.item(row)) for row in range(results.list.count)]
    assert words[0] == "a.mp4, In part, 1 of 2 pipelines · 1 failed"
    assert words[1] == "Faces, Done, 1,234 annotations · 1 min 2 s"
    assert words[2] == "speech, Failed, a.mp4 has no sound., Leave speech out."
    assert not results._problem.isVisible()
    results.select("job-1", "speech")
    assert results._problem.isVisible()
    assert (results._problem.message.text(), results._problem.action.text()) == (
        "a.mp4 has no sound.",
        "Leave speech out.",
    )
    assert not results.grab().isNull()


def test_that_rows_are_opened_retried_exported_and_deleted_by_keys(qtbot: QtBot, results: ResultList) -> None:
    told: list[tuple[str, ...]] = []
    for name in ("open_requested", "retry_requested", "export_requested", "delete_requested", "cancel_requested"):
        getattr(results, name).connect(lambda *values, name=name: told.append((name, *values)))
    results.select("job-1", "faces")
    for key in (Qt.Key.Key_Return, Qt.Key.Key_E, Qt.Key.Key_Delete, Qt.Key.Key_R):
        qtbot.keyClick(results.list, key)
    assert told == [
        ("open_requested", "job-1", "faces"),
        ("export_requested", "job-1", "faces"),
        ("delete_requested", "job-1", "faces"),
    ]
    results.select("job-1", "")
    qtbot.keyClick(results.list, Qt.Key.Key_R)
    assert told[-1] == ("retry_requested", "job-1")
    event = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_R, NONE)
    event.ignore()
    QApplication.sendEvent(results.list, event)
    assert event.isAccepted()


def test_that_buttons_do_what_their_tips_say(qtbot: QtBot, results: ResultList) -> None:
    told: list[str] = []
    results.retry_requested.connect(told.append)
    rows = results.list
    deeds = rows.deeds_of(rows.item(0))
    assert deeds == (Deed.OPEN, Deed.EXPORT, Deed.RETRY, Deed.DELETE)
    at = rows._button_rect(rows.rect_of(0), len(deeds), deeds.index(Deed.RETRY)).center()
    qtbot.mouseClick(rows.viewport(), LEFT, NONE, at)
    assert told == ["job-1"]
    tip = QHelpEvent(QEvent.Type.ToolTip, at, rows.viewport().mapToGlobal(at))
    assert rows.viewportEvent(tip)
    assert rows.deed_words(Deed.RETRY, rows.item(0)) == "Run again what did not succeed"


def test_that_a_job_that_goes_on_keeps_its_place_and_can_be_cancelled(qtbot: QtBot, results: ResultList) -> None:
    results.select("job-1", "speech")
    going = result(2, "speech", RUNNING, progress=0.42, stage="transcribing")
    results.update_job(JobResults("job-1", "a.mp4", (FACES, going), progress=0.7))
    assert results.current() == ("job-1", "speech")
    assert results.list.words_of(results.list.item(2)) == "speech, Running, Transcribing · 42%"
    assert results.list.deeds_of(results.list.item(0)) == (Deed.CANCEL, Deed.DELETE)
    assert not results._problem.isVisible()
    results.update_job(JobResults("job-2", "b.mp4", (result(3, "faces", ResultState.QUEUED),)))
    assert results.job_ids() == ["job-2", "job-1"], "what is new is on top"
    assert results.current() == ("job-1", "speech")
    results.remove_job("job-1")
    results.remove_job("job-2")
    assert results._empty.isVisible()


def test_that_jobs_are_folded_by_keys_and_by_their_arrow(qtbot: QtBot, results: ResultList) -> None:
    results.select("job-1", "speech")
    qtbot.keyClick(results.list, Qt.Key.Key_Left)
    assert results.list.count == 1
    assert results.current() == ("job-1", "")
    qtbot.mouseClick(results.list.viewport(), LEFT, NONE, results.list.rect_of(0).topLeft() + QPoint(14, 20))
    assert results.list.count == 3


@pytest.mark.parametrize(
    ("states", "wanted"),
    [
        ((DONE, FAILED), DONE),
        ((FAILED, FAILED), FAILED),
        ((DONE, RUNNING), RUNNING),
        ((DONE, ResultState.QUEUED), RUNNING),
        ((ResultState.QUEUED,), ResultState.QUEUED),
        ((ResultState.CANCELED,), ResultState.CANCELED),
    ],
)
def test_that_a_job_is_as_its_pipelines_are(states: tuple[ResultState, ...], wanted: ResultState) -> None:
    job = JobResults("j", "a", tuple(result(at, f"p{at}", state) for at, state in enumerate(states)))
    assert job.state_now() is wanted


# ---- agreement ----


@pytest.fixture
def panel(qtbot: QtBot) -> AgreementPanel:
    made = AgreementPanel()
    qtbot.addWidget(made)
    made.resize(760, 560)
    made.show()
    return made


CHOICES = (AgreementChoice("1", "Gaze", "Anna"), AgreementChoice("2", "Gaze", "Ben"), AgreementChoice("3", "Speech"))
FIGURES = AgreementFigures(
    0.83, 0.7, float("nan"), 0.89, ("mother", "toy", ""), [[90.0, 3.0, 0], [1, 40.5, 2], [0, 4, 60]], "s", (8, 1, 2)
)


def test_that_a_pair_is_chosen_swapped_and_kept(qtbot: QtBot, panel: AgreementPanel) -> None:
    told: list[tuple[str, str]] = []
    panel.pair_chosen.connect(lambda one, other: told.append((one, other)))
    assert not panel.first.isEnabled()
    panel.set_choices(CHOICES)
    assert panel.pair() == ("1", "2")
    assert told == []
    panel.second.setCurrentIndex(2)
    assert told == [("1", "3")]
    qtbot.mouseClick(panel._swap, LEFT)
    assert told[-1] == panel.pair() == ("3", "1")
    panel.set_choices(CHOICES[:1] + CHOICES[2:])
    assert panel.pair() == ("3", "1")
    panel.set_choices(())
    assert panel.pair() == ("", "")
    assert panel._empty.accessibleName() == "Nothing to compare yet"


def test_that_figures_are_said_with_words_and_missing_ones_as_missing(qtbot: QtBot, panel: AgreementPanel) -> None:
    panel.set_choices(CHOICES)
    panel.set_busy(busy=True)
    assert panel._line.isVisible()
    panel.set_figures(FIGURES)
    assert not panel._line.isVisible()
    assert panel._by_time.accessibleName() == "Kappa by time: 0.83, almost perfect"
    assert panel._alpha.accessibleName() == "Krippendorff's alpha: –, cannot be computed"
    assert panel._observed.accessibleName().startswith("Same label: 89%")
    assert panel._events.text() == "8 events of both, 1 of Anna alone, 2 of Ben alone."
    tolerances: list[float] = []
    panel.tolerance_changed.connect(tolerances.append)
    panel.tolerance_field.setValue(1.25)
    panel.set_tolerance(2.0)
    assert tolerances == [1.25]
    assert panel.tolerance() == 2.0
    panel.set_problem("The lanes have no time in common.", "Choose others.")
    assert panel._empty.accessibleName() == "The lanes have no time in common."
    panel.resize(420, 500)
    assert not panel.grab().isNull()


def test_that_a_cell_of_the_matrix_tells_both_labels(qtbot: QtBot, panel: AgreementPanel) -> None:
    panel.set_choices(CHOICES)
    panel.set_figures(FIGURES)
    told: list[tuple[str, str]] = []
    panel.cell_chosen.connect(lambda one, other: told.append((one, other)))
    qtbot.mouseClick(panel.matrix, LEFT, NONE, panel.matrix.cell_rect(1, 2).center().toPoint())
    assert told == [("toy", "")]
    words = "Anna says toy, Ben says nothing: 2.0 s (5% of the row)"
    assert panel.matrix.accessibleDescription() == words
    panel.matrix.setFocus()
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Return):
        qtbot.keyClick(panel.matrix, key)
    assert told[-1] == ("mother", "mother")


@pytest.mark.parametrize(
    ("kappa", "words"), [(-0.3, "worse than by chance"), (0.0, "slight"), (0.5, "moderate"), (0.81, "almost perfect")]
)
def test_that_strengths_have_the_usual_words(kappa: float, words: str) -> None:
    assert strength_words(kappa) == words


# ---- measures ----

COLUMNS = (
    MeasureColumn("video", "Video"),
    MeasureColumn("talk", "Talk time", "s", True, 1),
    MeasureColumn("turns", "Turns", "", True, 0),
)
ROWS = (("b.mp4", 12.345, 3), ("a.mp4", None, 12), ("=SUM(A1)", 2.5, 1))


@pytest.fixture
def table(qtbot: QtBot) -> MeasuresTable:
    made = MeasuresTable()
    qtbot.addWidget(made)
    made.resize(600, 300)
    made.show()
    made.set_table(COLUMNS, ROWS)
    return made


def shown(table: MeasuresTable, column: int) -> list[str]:
    return [table.model.words(row, column) for row in range(table.model.rowCount())]


def test_that_numbers_sort_as_numbers_and_gaps_come_last(table: MeasuresTable) -> None:
    assert shown(table, 1) == ["12.3", "–", "2.5"]
    assert table.model.headerData(1, Qt.Orientation.Horizontal) == "Talk time (s)"
    table.view.sortByColumn(1, Qt.SortOrder.DescendingOrder)
    assert shown(table, 1) == ["12.3", "2.5", "–"]
    table.view.sortByColumn(1, Qt.SortOrder.AscendingOrder)
    assert shown(table, 1) == ["2.5", "12.3", "–"]
    table.view.sortByColumn(2, Qt.SortOrder.AscendingOrder)
    assert shown(table, 2) == ["1", "3", "12"]
    table.set_table(COLUMNS, (*ROWS, ("c", 1.0, 2)))
    assert shown(table, 2) == ["1", "2", "3", "12"], "the order stays"
    side = table.model.data(table.model.index(0, 1), Qt.ItemDataRole.TextAlignmentRole)
    assert side & Qt.AlignmentFlag.AlignRight


def test_that_what_is_copied_is_exact_and_no_formula(qtbot: QtBot, table: MeasuresTable) -> None:
    qtbot.keyClick(table.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QGuiApplication.clipboard().text().split("\n")
    assert lines == ["Video\tTalk time (s)\tTurns", "b.mp4\t12.345\t3", "a.mp4\t\t12", "'=SUM(A1)\t2.5\t1"]
    table.view.sortByColumn(2, Qt.SortOrder.AscendingOrder)
    table.view.selectRow(0)
    assert table.as_tsv().split("\n")[1:] == ["'=SUM(A1)\t2.5\t1"]


def test_that_a_row_tells_which_of_the_given_ones_it_is(qtbot: QtBot, table: MeasuresTable) -> None:
    told: list[int] = []
    table.row_activated.connect(told.append)
    table.view.sortByColumn(2, Qt.SortOrder.AscendingOrder)
    table.view.setCurrentIndex(table.model.index(0, 0))
    qtbot.keyClick(table.view, Qt.Key.Key_Return)
    assert told == [2]
    table.set_table((), ())
    assert table._empty.isVisible()
    assert table.as_tsv() == ""
