"""The Cast page in the real window: members, photos with reasons, the season, who somebody may be."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QInputDialog, QMessageBox
from pytestqt.qtbot import QtBot

from app.desktop.cast_page.page import CastPage
from app.desktop.window import MainWindow
from core.errors import StorageUnwritable, UnsupportedMedia
from core.library.library import Library
from models.store import ModelStore
from tests.gui.made_people import people_library

pytestmark = [pytest.mark.gui, pytest.mark.pages("library", "review", "identities", "cast")]

FIRST = "identity-00001"


def page_of(window: MainWindow) -> CastPage:
    page = window.session.pages["cast"]
    assert isinstance(page, CastPage)
    return page


def library_of(window: MainWindow) -> Library:
    return window.session.services.library


def open_page(window: MainWindow, qtbot: QtBot) -> CastPage:
    window.resize(1280, 800)
    window.go("cast")
    page = page_of(window)
    qtbot.waitUntil(lambda: page.view is not None)
    return page


@pytest.fixture
def cast(make_window: Callable[..., MainWindow], tmp_path: Path, qtbot: QtBot) -> CastPage:
    """A library with one analysed film and two members without photos; the first person of the film is Lisa."""
    ep_id = people_library(tmp_path / "library", tmp_path / "film.mp4")
    window = make_window(tmp_path / "library")
    library = library_of(window)
    lisa, _bo = library.cast.add("Lisa"), library.cast.add("Bo")
    library.moderation.assign_person(ep_id, FIRST, lisa.cast_id)
    return open_page(window, qtbot)


def names(page: CastPage) -> list[str]:
    return [member.name for member in page.view.members] if page.view is not None else []


def answer_name(page: CastPage, name: str) -> None:
    dialog = page.dialog
    assert isinstance(dialog, QInputDialog)
    dialog.setTextValue(name)
    dialog.accept()


def drop_files(page: CastPage, paths: list[Path], place: QPoint) -> None:
    """Files from a file manager, by Qt's own events."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    view = page.list.rows.viewport()
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(place, copy, mime, left, none)
    QApplication.sendEvent(view, enter)
    drop = QDropEvent(QPointF(place), copy, mime, left, none)
    QApplication.sendEvent(view, drop)
    assert drop.isAccepted()


def test_that_an_empty_cast_says_what_it_is_for(window: MainWindow, qtbot: QtBot) -> None:
    page = open_page(window, qtbot)
    assert page.message.accessibleName() == "Nobody is in the cast yet"
    assert page.stack.currentIndex() == 0


def test_that_a_member_is_added_renamed_and_deleted(window: MainWindow, qtbot: QtBot) -> None:
    page, run = open_page(window, qtbot), window.actions_table.run
    assert run("cast.add")
    answer_name(page, "Ann")
    qtbot.waitUntil(lambda: names(page) == ["Ann"])
    qtbot.waitUntil(page.has_member)
    assert run("cast.rename")
    answer_name(page, "Anna")
    qtbot.waitUntil(lambda: names(page) == ["Anna"])
    assert run("cast.delete")
    box = page.dialog
    assert isinstance(box, QMessageBox)
    next(button for button in box.buttons() if button.text() == "Delete").click()
    qtbot.waitUntil(lambda: names(page) == [])


def test_that_a_photo_without_a_face_is_refused_with_its_reason(
    cast: CastPage, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = cast.window()
    broken = tmp_path / "not a picture.jpg"
    broken.write_bytes(b"this is text")
    tall = tmp_path / "tall.png"
    Image.new("RGB", (20, 20)).save(tall)
    monkeypatch.setattr(type(library_of(window).cast), "add_seed", refuse_small(type(library_of(window).cast).add_seed))
    with qtbot.waitSignal(cast.edits.photos_done, timeout=20_000) as told:
        drop_files(cast, [broken, tall], cast.list.rows.rect_of(0).center())
    added, refused = told.args
    assert added == 0
    assert [one.name for one in refused] == ["not a picture.jpg", "tall.png"]
    assert all(one.error.message and one.error.action for one in refused)
    notices = [notice.message for notice in window.notices.kept]
    assert any("not a picture.jpg" in message for message in notices)
    assert cast.head.counts_text == "2 members, 2 without a reference"


def refuse_small(original: Callable[..., object]) -> Callable[..., object]:
    """Where no detector is installed, a picture that can be read is refused as one without a face."""

    def add_seed(self: object, cast_id: str, image: Path, *, models: ModelStore, **other: object) -> object:
        if Path(image).suffix == ".png":
            raise UnsupportedMedia(f"No face was found in {Path(image).name}.", action="Use a photo with one face.")
        return original(self, cast_id, image, models=models, **other)

    return add_seed


def test_that_photos_dropped_below_the_list_ask_whose_they_are(cast: CastPage, qtbot: QtBot, tmp_path: Path) -> None:
    photo = tmp_path / "Cleo.png"
    Image.new("RGB", (8, 8)).save(photo)
    view = cast.list.rows.viewport()
    drop_files(cast, [photo], QPoint(view.width() // 2, view.height() - 4))
    assert isinstance(cast.dialog, QInputDialog)
    assert cast.dialog.textValue() == "Cleo"
    cast.dialog.accept()
    qtbot.waitUntil(lambda: "Cleo" in names(cast), timeout=20_000)


def test_that_the_season_shows_who_is_where_and_who_has_no_reference(cast: CastPage, qtbot: QtBot) -> None:
    cast.show_section("season")
    row = next(at for at, one in enumerate(cast.view.season) if one.name == "Lisa")
    words = cast.season.grid.words_at(row, 0)
    assert words.startswith("Lisa, ")
    assert "on screen" in words
    assert "Lisa" in cast.season.coverage_text
    cast.season.grid.episode_activated.emit("film")
    assert cast.window().page_id == "identities"
    board = cast.window().session.pages["identities"]
    qtbot.waitUntil(board.doing.has_people)


def test_that_a_change_of_the_cast_from_elsewhere_appears(cast: CastPage, qtbot: QtBot) -> None:
    library = library_of(cast.window())
    cast.window().session.background.run_edit(lambda: library.cast.add("Zoe"), lane="another thread")
    qtbot.waitUntil(lambda: "Zoe" in names(cast))
    assert names(cast).count("Zoe") == 1


def test_that_a_cast_that_cannot_be_read_says_why_and_tries_again(cast: CastPage, qtbot: QtBot) -> None:
    cast.show_failure(StorageUnwritable("The disk /x cannot be read.", action="Plug it in."))
    assert cast.message.accessibleName() == "The cast could not be read"
    assert "Plug it in." in cast.message.accessibleDescription()
    cast.reload()
    qtbot.waitUntil(lambda: cast.stack.currentIndex() == 1)


def test_that_people_are_dropped_on_a_member_on_the_board(cast: CastPage, qtbot: QtBot) -> None:
    from widgets.moderation_mime import identities_mime

    window = cast.window()
    window.open_episode("film")
    window.go("identities/cast")
    board = window.session.pages["identities"]
    qtbot.waitUntil(board.doing.has_people)
    rows = board.side.cast.rows
    qtbot.waitUntil(lambda: rows.count == 2)
    at = next(at for at in range(2) if rows.item(at).name == "Bo")
    mime = identities_mime("film", ["identity-00002"], tracks=3, label="Person 2")
    place = rows.rect_of(at).center()
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(rows.viewport(), QDragEnterEvent(place, Qt.DropAction.MoveAction, mime, left, none))
    QApplication.sendEvent(rows.viewport(), QDropEvent(QPointF(place), Qt.DropAction.MoveAction, mime, left, none))
    qtbot.waitUntil(lambda: board.data.identities["identity-00002"].name == "Bo")
    assert board.data.identities["identity-00002"].person_id == rows.item(at).cast_id
