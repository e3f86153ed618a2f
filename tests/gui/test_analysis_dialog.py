"""How to analyse, and the models that an analysis needs first."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.desktop.library_page.analysis_dialog import AnalysisDialog
from app.desktop.library_page.analysis_fields import advanced_sections, check_all, default_text, problem_of, read_value
from app.desktop.library_page.fetch_dialog import FetchDialog
from app.desktop.library_page.model_choices import DeviceOffer, ModelChoice, Offers
from app.desktop.window import MainWindow
from core.analysis.jobs import models_needed
from core.errors import InvalidRequest
from core.faces.parameters import DEFAULT_DETECTOR, DEFAULT_EMBEDDER

pytestmark = pytest.mark.pages("library")

FIELDS = {field.name: field for section in advanced_sections() for field in section.fields}


def model(model_id: str, purpose: str, *, state: str = "ready", default: bool = False) -> ModelChoice:
    return ModelChoice(model_id, purpose, model_id.title(), 1_000_000, "MIT", "Free for any use.", state, default)


OFFERS = Offers(
    (
        model(DEFAULT_DETECTOR, "face_detector", default=True),
        model("yunet-2023mar", "face_detector", state="missing"),
        model(DEFAULT_EMBEDDER, "face_embedder", default=True),
    ),
    (DeviceOffer("cpu", True, "Always here."), DeviceOffer("cuda", False, "No CUDA provider.")),
)


@pytest.fixture
def dialog(qtbot: QtBot) -> AnalysisDialog:
    made = AnalysisDialog("Analyse “film”", OFFERS, {})
    qtbot.addWidget(made)
    made.show()
    return made


def test_that_an_untouched_dialog_asks_for_the_profile_alone(dialog: AnalysisDialog) -> None:
    assert dialog.values() == {"profile": "balanced"}
    assert dialog.analyse.isEnabled()


def test_that_empty_fields_show_what_the_profile_uses(dialog: AnalysisDialog) -> None:
    stride = dialog.form.rows["stride"].line
    dialog.choose_profile("high_accuracy")
    assert stride.placeholderText() == default_text(FIELDS["stride"], "high_accuracy") == "1"


def test_that_a_wrong_number_is_named_at_once_and_cannot_be_used(dialog: AnalysisDialog, qtbot: QtBot) -> None:
    row = dialog.form.rows["cluster_thresh"]
    qtbot.keyClicks(row.line, "7")
    assert not dialog.analyse.isEnabled()
    assert "0.99" in row.problem.text()
    assert row.field.title in dialog._problem.text()
    row.line.setText("0.6")
    assert dialog.analyse.isEnabled()
    assert dialog.values()["cluster_thresh"] == 0.6


@pytest.mark.parametrize("name", sorted(FIELDS))
def test_that_every_field_is_a_parameter_of_a_stage_and_refuses_nonsense(name: str) -> None:
    field = FIELDS[name]
    assert any(hasattr(parameters, name) for parameters in check_all({}))
    assert default_text(field, "balanced")
    if field.kind in {int, float}:
        assert problem_of(field, "many")
        assert problem_of(field, "-5")
    assert problem_of(field, "") == ""


def test_that_a_comma_is_a_decimal_point_too() -> None:
    assert read_value(FIELDS["fps"], "12,5") == 12.5
    with pytest.raises(InvalidRequest, match="not a number"):
        read_value(FIELDS["fps"], "12,5,1")


def test_that_only_devices_that_work_here_can_be_chosen(dialog: AnalysisDialog) -> None:
    assert [dialog._device.itemData(row) for row in range(dialog._device.count())] == ["", "cpu"]


def test_that_a_model_that_is_not_here_says_what_it_will_download(dialog: AnalysisDialog) -> None:
    dialog._detector.setCurrentIndex(dialog._detector.findData("yunet-2023mar"))
    dialog._refresh()
    assert "1.0 MB to download first" in dialog._notes[dialog._detector].text()
    assert models_needed(dialog.values()) == ["yunet-2023mar", DEFAULT_EMBEDDER]


def test_that_earlier_choices_come_back_and_can_be_reset(qtbot: QtBot) -> None:
    dialog = AnalysisDialog("Analyse", OFFERS, {"profile": "low_power", "detector": "yunet-2023mar", "stride": 3})
    qtbot.addWidget(dialog)
    assert dialog.values() == {"profile": "low_power", "detector": "yunet-2023mar", "stride": 3}
    qtbot.mouseClick(dialog._reset, Qt.MouseButton.LeftButton)
    assert dialog.values() == {"profile": "balanced"}


def test_that_an_own_file_of_earlier_stays_in_the_list(qtbot: QtBot, tmp_path: Path) -> None:
    own = str(tmp_path / "mine.onnx")
    dialog = AnalysisDialog("Analyse", OFFERS, {"detector": own})
    qtbot.addWidget(dialog)
    assert dialog.values()["detector"] == own


@pytest.mark.gui
def test_that_a_first_analysis_announces_the_models_with_their_size(
    window: MainWindow, make_video: Callable[..., Path], tmp_path: Path, qtbot: QtBot
) -> None:
    library = window.session.services.library
    episode = library.episodes.add(
        make_video(tmp_path / "film.mp4", segments=[{"seconds": 0.4, "colour": (200, 0, 0)}])
    )
    window.navigator.start_analysis((episode.ep_id,), {})
    analysing = window.session.analysing
    qtbot.waitUntil(lambda: isinstance(analysing.dialog, FetchDialog))
    assert "MB" in analysing.dialog.download.text()
    assert [one.model_id for one in analysing.dialog._needed] == [DEFAULT_DETECTOR, DEFAULT_EMBEDDER]
    analysing.dialog.reject()
    assert library.jobs.list() == []


@pytest.mark.gui
def test_that_a_failed_download_says_why_and_can_be_tried_again(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    from models.errors import FetchFailed

    store = window.session.services.model_store
    tries: list[object] = []

    def no_network(ids: object, **_more: object) -> None:
        tries.append(ids)
        raise FetchFailed("The package index does not answer.", action="Check the network and try again.")

    monkeypatch.setattr(store, "fetch", no_network)
    window.navigator.start_analysis(("film",), {})
    analysing = window.session.analysing
    qtbot.waitUntil(lambda: isinstance(analysing.dialog, FetchDialog))
    dialog = analysing.dialog
    dialog.download.click()
    qtbot.waitUntil(lambda: "does not answer" in dialog._message.text())
    assert dialog.download.text() == "Try again"
    dialog.download.click()
    qtbot.waitUntil(lambda: len(tries) == 2)
    qtbot.waitUntil(dialog.download.isEnabled)
    dialog.reject()


@pytest.mark.gui
def test_that_cancel_stops_a_download(window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    from models.errors import FetchCanceled

    store, stopped = window.session.services.model_store, []

    def slow(ids: list[str], *, progress: Callable[..., None], canceled: Callable[[], bool]) -> None:
        import time

        for done in range(1000):
            if canceled():
                stopped.append(done)
                raise FetchCanceled("The download was stopped.")
            progress(ids[0], "downloading", done, 1000)
            time.sleep(0.005)

    monkeypatch.setattr(store, "fetch", slow)
    window.navigator.start_analysis(("film",), {})
    analysing = window.session.analysing
    qtbot.waitUntil(lambda: isinstance(analysing.dialog, FetchDialog))
    dialog = analysing.dialog
    dialog.download.click()
    line = dialog._lines[DEFAULT_DETECTOR][0]
    qtbot.waitUntil(lambda: bool(line.fraction))
    dialog.reject()
    qtbot.waitUntil(lambda: bool(stopped))
    qtbot.waitUntil(lambda: window.session.fetch.ids == ())
    assert window.notices.kept == ()
