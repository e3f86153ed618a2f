"""The Procedures page in the real window: looking, playing and pointing. What belongs together shares a window."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF
from pytestqt.qtbot import QtBot

from app.desktop.procedures_page.change_points import change_times_s
from app.desktop.procedures_page.page import ProceduresPage
from app.desktop.window import MainWindow
from core.errors import NotFound
from core.library.library import Library
from core.procedures.types import Masks, ProcedureVideo, Role
from models.errors import ModelMissing
from tests.gui.made_procedures import Made
from tests.gui.procedures_bench import LEFT, NONE, library_of, near, open_pair, run, wait_for

pytestmark = [pytest.mark.gui, pytest.mark.pages("library", "procedures")]


@pytest.fixture
def made(procedures_template: tuple[Path, Made], tmp_path: Path) -> Made:
    shutil.copytree(procedures_template[0], tmp_path / "library")
    return procedures_template[1]


@pytest.fixture
def page(made: Made, make_window: Callable[..., MainWindow], tmp_path: Path) -> ProceduresPage:
    """The page on the scored attempt, both films open."""
    return open_pair(make_window(tmp_path / "library"))


def back_to_start(page: ProceduresPage) -> None:
    """Both films at their start, the gold leads."""
    page.players.pause()
    page.players.set_lead(Role.GOLD)
    page.players.seek(0.0, None)
    wait_for(lambda: near(page.players.seconds(Role.GOLD), 0.0), "the start")


def playing_through_the_alignment(page: ProceduresPage, qtbot: QtBot) -> None:
    players = page.players
    players.seek(2.0, None)
    qtbot.waitUntil(lambda: near(players.seconds(Role.GOLD), 2.0) and near(players.seconds(Role.TRAINEE), 3.0))
    players.seek(14.0, None)
    qtbot.waitUntil(lambda: near(players.seconds(Role.GOLD), 14.0) and near(players.seconds(Role.TRAINEE), 13.0))
    players.seek(10.0, None)
    qtbot.waitUntil(lambda: near(players.seconds(Role.GOLD), 10.0) and near(players.seconds(Role.TRAINEE), 8.75))
    assert not players.screens[Role.TRAINEE].state.isHidden(), "the step is missing there"
    run(page, "swap_lead")
    players.seek(None, 11.0)
    qtbot.waitUntil(lambda: near(players.seconds(Role.TRAINEE), 11.0) and near(players.seconds(Role.GOLD), 13.0))
    assert players.lead is Role.TRAINEE
    assert players.screens[Role.TRAINEE].state.isHidden()


def following_the_leader(page: ProceduresPage, qtbot: QtBot) -> None:
    players = page.players
    run(page, "play_pause")
    qtbot.waitUntil(lambda: (players.seconds(Role.GOLD) or 0.0) > 1.0)
    run(page, "play_pause")
    qtbot.waitUntil(lambda: not players.leader.playback.is_playing)
    qtbot.waitUntil(lambda: near(players.seconds(Role.TRAINEE), (players.seconds(Role.GOLD) or 0.0) + 1.0))
    assert not players.area(Role.TRAINEE).playback.is_playing


def jumping_to_moments_and_steps(page: ProceduresPage, qtbot: QtBot) -> None:
    players = page.players
    run(page, "moment_forward")
    qtbot.waitUntil(lambda: near(players.seconds(Role.GOLD), 0.25))
    run(page, "next_step")
    qtbot.waitUntil(lambda: near(players.seconds(Role.GOLD), 4.0))
    run(page, "next_step")
    run(page, "previous_step")
    qtbot.waitUntil(lambda: near(players.seconds(Role.GOLD), 4.0))
    assert near(players.seconds(Role.GOLD), 4.0)


def pointing_at_map_and_strip(page: ProceduresPage, qtbot: QtBot) -> None:
    players, strip = page.players, page.body.strip
    page.show_section("map")
    qtbot.mouseClick(page.body.map, LEFT, NONE, page.body.map.place_of(6.0, 7.0).toPoint())
    qtbot.waitUntil(lambda: near(players.seconds(Role.GOLD), 6.0) and near(players.seconds(Role.TRAINEE), 7.0))
    page.show_section("alignment")
    before_s = QPointF(strip.places.x_px(0.5), strip.places.trainee.center().y())
    qtbot.mouseClick(strip, LEFT, NONE, before_s.toPoint())
    qtbot.waitUntil(lambda: near(players.seconds(Role.TRAINEE), 0.5))
    assert players.lead is Role.TRAINEE, "a place that only the trainee's recording has is played there"


def going_through_findings(page: ProceduresPage, qtbot: QtBot) -> None:
    players = page.players
    page.show_section("findings")
    cards = page.body.side.findings.cards
    qtbot.mouseClick(cards.viewport(), LEFT, NONE, cards.rect_of(0).topLeft() + QPoint(80, 12))
    assert page.pointing.finding().finding_id == "f1"
    qtbot.waitUntil(lambda: near(players.seconds(Role.GOLD), 8.5))
    assert not players.screens[Role.TRAINEE].state.isHidden(), "nothing of it is there"
    run(page, "next_finding")
    qtbot.waitUntil(lambda: near(players.seconds(Role.GOLD), 12.5) and near(players.seconds(Role.TRAINEE), 10.0))
    run(page, "previous_finding")
    assert page.pointing.finding().finding_id == "f1"
    assert page.body.strip.selected() == "f1"


def opening_similar_moments(page: ProceduresPage, qtbot: QtBot) -> None:
    run(page, "find_similar")
    qtbot.waitUntil(lambda: page.body.search.found is not None)
    hits = page.body.search.found.hits
    assert hits
    assert hits[0].start_s == 0.0, "the same step of another recording"
    at = next(at for at, hit in enumerate(hits) if hit.role is Role.TRAINEE)
    grid = page.body.search.grid
    grid.scroll_to(at)
    qtbot.mouseClick(grid.viewport(), LEFT, NONE, grid.rect_of(at).center())
    qtbot.waitUntil(lambda: page.players.lead is Role.TRAINEE)
    qtbot.waitUntil(lambda: page.pair.trainee.video_id == hits[at].video_id)
    assert page.pair.trainee.video_id == hits[at].video_id


def writing_the_report(page: ProceduresPage, tmp_path: Path, qtbot: QtBot) -> None:
    run(page, "export_pdf")
    target = tmp_path / "report.pdf"
    with qtbot.waitSignal(page.commands.reporting.exported):
        page.commands.reporting.dialog.fileSelected.emit(str(target))
    page.commands.reporting.dialog.reject()
    assert target.read_bytes().startswith(b"%PDF")


def switching_nightly_training(page: ProceduresPage, qtbot: QtBot) -> None:
    page.show_section("training")
    training = page.body.side.training
    qtbot.waitUntil(lambda: training.next_run.text() == "Off.")
    training.nightly.click()
    qtbot.waitUntil(lambda: training.next_run.text().startswith("Next:"))
    assert page.window().session.services.nightly.settings().enabled
    training.nightly.click()
    qtbot.waitUntil(lambda: training.next_run.text() == "Off.")
    assert not page.window().session.services.nightly.settings().enabled


def a_library_that_cannot_be_read(page: ProceduresPage, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> None:
    import sqlite3

    def broken(_library: Library, _place: object) -> None:
        raise sqlite3.OperationalError("database is locked")

    with monkeypatch.context() as patch:
        patch.setattr("app.desktop.procedures_page.reading.read_view", broken)
        page.reload()
        qtbot.waitUntil(lambda: page.stack.currentWidget() is page.message)
    assert "locked" in page.message.accessibleDescription()
    page.reload()
    qtbot.waitUntil(lambda: page.stack.currentWidget() is page.body)
    assert page.pair.score is not None


def a_model_that_is_missing(page: ProceduresPage, qtbot: QtBot) -> None:
    page.commands.measure([page.pair.trainee])
    qtbot.waitUntil(lambda: page.commands.doing.dialog is not None)
    assert not library_of(page).jobs.list()
    page.commands.doing.dialog.reject()


def test_that_the_film_is_masked_as_its_stills_are(page: ProceduresPage, qtbot: QtBot) -> None:
    screen, library, trainee = page.players.screens[Role.TRAINEE], library_of(page), page.pair.trainee
    assert screen.masked.isHidden()
    library.procedures.set_masks(trainee.video_id, Masks(((0.0, 0.5, 1.0, 0.5),), mode="black"), "test")
    qtbot.waitUntil(lambda: not screen.masked.isHidden())
    shown = screen.area.view.shown_image()
    assert screen.masked.text == "Masked"
    assert shown.pixelColor(shown.width() // 2, shown.height() * 3 // 4).lightness() == 0
    assert shown.pixelColor(shown.width() - 3, shown.height() // 4).lightness() > 0, "the rest is shown"
    library.procedures.set_masks(trainee.video_id, Masks(faces=True), "test")
    qtbot.waitUntil(lambda: screen.masked.text == "Faces visible")
    assert "not while it plays" in screen.masked.toolTip()
    library.procedures.set_masks(trainee.video_id, Masks(), "test")
    qtbot.waitUntil(screen.masked.isHidden)
    assert not page.pair.trainee.masks.hides


def a_still_that_cannot_be_shown(page: ProceduresPage, monkeypatch: pytest.MonkeyPatch) -> None:
    from PySide6.QtGui import QImage

    def refuses(error: Exception) -> object:
        def jpeg(_stills: object, _video: ProcedureVideo, _t_s: float, _px: int) -> bytes:
            raise error

        return jpeg

    key = (page.pair.gold.video_id, 1.0)
    monkeypatch.setattr("core.procedures.stills.Stills.jpeg", refuses(ModelMissing("no model", action="Fetch it.")))
    assert isinstance(page.stills.of_video(key), QImage)
    monkeypatch.setattr("core.procedures.stills.Stills.jpeg", refuses(NotFound("deleted", action="")))
    assert page.stills.of_video(key) is None


def test_that_boundaries_of_steps_snap_to_where_the_picture_changes(tmp_path: Path) -> None:
    change = np.full(40, 0.1)
    change[16] = 0.9
    np.savez(tmp_path / "moments.npz", times_s=np.arange(40) / 4, change=change)
    assert change_times_s(tmp_path) == (3.875,)
    assert change_times_s(tmp_path / "gone") == ()


def test_that_both_recordings_are_played_through_the_alignment(page: ProceduresPage, qtbot: QtBot) -> None:
    playing_through_the_alignment(page, qtbot)
    back_to_start(page)
    following_the_leader(page, qtbot)
    back_to_start(page)
    jumping_to_moments_and_steps(page, qtbot)


def test_that_what_is_pointed_at_is_shown_in_both(page: ProceduresPage, qtbot: QtBot) -> None:
    pointing_at_map_and_strip(page, qtbot)
    back_to_start(page)
    going_through_findings(page, qtbot)
    back_to_start(page)
    opening_similar_moments(page, qtbot)


def test_that_what_is_not_there_is_told(page: ProceduresPage, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> None:
    a_model_that_is_missing(page, qtbot)
    a_still_that_cannot_be_shown(page, monkeypatch)
    a_library_that_cannot_be_read(page, monkeypatch, qtbot)


def test_that_a_report_is_written_and_training_by_night_is_switched(
    page: ProceduresPage, tmp_path: Path, qtbot: QtBot
) -> None:
    writing_the_report(page, tmp_path, qtbot)
    switching_nightly_training(page, qtbot)
