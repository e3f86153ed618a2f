"""The Library page: adding, refusing, finding, relinking, removing."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from app.desktop.library_page.page import LibraryPage
from app.desktop.window import MainWindow

pytestmark = [pytest.mark.gui, pytest.mark.pages("library", "review")]

MakeVideo = Callable[..., Path]


@pytest.fixture
def page(window: MainWindow, qtbot: QtBot) -> LibraryPage:
    found = window.session.pages["library"]
    assert isinstance(found, LibraryPage)
    qtbot.waitUntil(lambda: found.stack.currentWidget() is not found._reading)
    return found


@pytest.fixture
def videos(make_video: MakeVideo, tmp_path: Path) -> list[Path]:
    folder = tmp_path / "Ünïcödé 你好"
    folder.mkdir()
    colours = ((200, 30, 30), (30, 200, 30), (30, 30, 200))
    return [
        make_video(folder / f"film {number}.mp4", segments=[{"seconds": 0.4, "colour": colour}])
        for number, colour in enumerate(colours, 1)
    ]


def add(page: LibraryPage, qtbot: QtBot, *paths: Path) -> object:
    with qtbot.waitSignal(page.adding.finished, timeout=20_000) as caught:
        page.add_paths(paths)
    qtbot.waitUntil(lambda: page._select_next is None or not page.adding.busy)
    return caught.args[0]


def shown(page: LibraryPage) -> list[str]:
    return sorted(episode.title for episode in page.episodes)


def drop(window: MainWindow, data: QMimeData) -> bool:
    place = QPoint(400, 300)
    enter = QDragEnterEvent(
        place, Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(window, enter)
    if not enter.isAccepted():
        return False
    let_go = QDropEvent(
        QPointF(place), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(window, let_go)
    return let_go.isAccepted()


def test_that_added_videos_are_shown_and_the_first_is_selected(
    page: LibraryPage, videos: list[Path], qtbot: QtBot
) -> None:
    add(page, qtbot, *videos)
    qtbot.waitUntil(lambda: shown(page) == ["film 1", "film 2", "film 3"])
    qtbot.waitUntil(lambda: [one.title for one in page.selected()] == ["film 1"])
    assert page.stack.currentWidget() is page.grid


def test_that_each_refused_file_is_named_with_its_reason(
    window: MainWindow, page: LibraryPage, videos: list[Path], tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "empty.mp4").write_bytes(b"")
    (tmp_path / "words.mp4").write_text("this is no video", encoding="utf-8")
    (tmp_path / "bare").mkdir()
    add(
        page, qtbot, tmp_path / "empty.mp4", videos[0], tmp_path / "words.mp4", tmp_path / "gone.mp4", tmp_path / "bare"
    )
    qtbot.waitUntil(lambda: shown(page) == ["film 1"])
    messages = [notice.message for notice in window.notices.kept]
    for name in ("empty.mp4", "words.mp4", "gone.mp4", "bare"):
        assert [message for message in messages if name in message], name
    assert all(notice.action for notice in window.notices.kept)
    assert messages[-1] == "4 of 5 were not added."


def test_that_a_dropped_folder_is_added_with_what_is_inside(
    window: MainWindow, page: LibraryPage, videos: list[Path], qtbot: QtBot
) -> None:
    window.go("settings")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(videos[0].parent))])
    with qtbot.waitSignal(page.adding.finished, timeout=20_000):
        assert drop(window, data)
    assert window.page_id == "library"
    qtbot.waitUntil(lambda: len(page.episodes) == 3)


def test_that_dropped_text_is_not_taken(window: MainWindow, page: LibraryPage) -> None:
    data = QMimeData()
    data.setText("https://example.org/film.mp4")
    assert not drop(window, data)


def test_that_the_same_content_is_kept_once(
    window: MainWindow, page: LibraryPage, videos: list[Path], tmp_path: Path, qtbot: QtBot
) -> None:
    copy = tmp_path / "copy.mp4"
    copy.write_bytes(videos[0].read_bytes())
    add(page, qtbot, videos[0])
    add(page, qtbot, copy)
    qtbot.waitUntil(lambda: shown(page) == ["film 1"])
    assert window.notices.kept[-1].message == "film 1 is in the library already."


def test_that_search_narrows_and_reset_shows_all(page: LibraryPage, videos: list[Path], qtbot: QtBot) -> None:
    add(page, qtbot, *videos)
    qtbot.waitUntil(lambda: len(page.episodes) == 3)
    page.header.search.setText("FILM 2")
    qtbot.waitUntil(lambda: shown(page) == ["film 2"])
    page.header.search.setText("nothing like this")
    qtbot.waitUntil(lambda: page.stack.currentWidget() is page._nothing)
    page.header.reset()
    qtbot.waitUntil(lambda: len(page.episodes) == 3)
    assert page.header.search.text() == ""


def test_that_status_filters_know_missing_videos(page: LibraryPage, videos: list[Path], qtbot: QtBot) -> None:
    add(page, qtbot, *videos)
    videos[1].rename(videos[1].with_name("moved.mp4"))
    page.header._status.setCurrentIndex(page.header._status.findData("missing"))
    qtbot.waitUntil(lambda: shown(page) == ["film 2"])
    assert page.grid.item(0).notice == "Video missing"


def test_that_relinking_one_finds_its_neighbours(
    window: MainWindow, page: LibraryPage, videos: list[Path], qtbot: QtBot
) -> None:
    add(page, qtbot, *videos)
    folder = videos[0].parent
    moved = folder.with_name("elsewhere")
    folder.rename(moved)
    page.reload()
    qtbot.waitUntil(lambda: len(page.episodes) == 3 and all(one.media_missing for one in page.episodes))
    lost = next(one for one in page.episodes if one.title == "film 1")
    window.session.relinking.relink(lost.ep_id, moved / "film 1.mp4")
    qtbot.waitUntil(lambda: not any(one.media_missing for one in page.episodes))
    assert "2 more" in window.notices.kept[-1].message


def test_that_a_wrong_file_is_not_relinked(
    window: MainWindow, page: LibraryPage, videos: list[Path], qtbot: QtBot
) -> None:
    add(page, qtbot, videos[0])
    qtbot.waitUntil(lambda: len(page.episodes) == 1)
    window.session.relinking.relink(page.episodes[0].ep_id, videos[1])
    qtbot.waitUntil(lambda: bool(window.notices.kept))
    assert window.notices.kept[-1].level == "error"
    assert "film 2.mp4" in window.notices.kept[-1].message


def test_that_removing_asks_first_and_leaves_the_file(
    window: MainWindow, page: LibraryPage, videos: list[Path], qtbot: QtBot
) -> None:
    add(page, qtbot, videos[0])
    qtbot.waitUntil(lambda: len(page.selected()) == 1)
    assert window.actions_table.run("library.remove")
    box = page.findChild(QMessageBox)
    assert box.defaultButton() is box.button(QMessageBox.StandardButton.Cancel)
    remove = next(button for button in box.findChildren(QPushButton) if button.text() == "Remove")
    qtbot.mouseClick(remove, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not page.episodes)
    assert videos[0].exists()


def test_that_actions_follow_the_selection(
    window: MainWindow, page: LibraryPage, videos: list[Path], qtbot: QtBot
) -> None:
    assert not window.actions_table.is_enabled("library.analyse")
    add(page, qtbot, *videos)
    qtbot.waitUntil(lambda: len(page.episodes) == 3)
    page.grid.set_selected([0, 1])
    assert window.actions_table.is_enabled("library.analyse")
    assert not window.actions_table.is_enabled("library.open")


def test_that_an_episode_opens_in_review(
    window: MainWindow, page: LibraryPage, videos: list[Path], qtbot: QtBot
) -> None:
    add(page, qtbot, videos[0])
    qtbot.waitUntil(lambda: len(page.selected()) == 1)
    assert window.actions_table.run("library.open")
    assert window.page_id == "review"
    qtbot.waitUntil(window.session.pages["review"].has_episode)


def test_that_an_episode_without_analysis_still_has_a_picture(
    page: LibraryPage, videos: list[Path], qtbot: QtBot
) -> None:
    add(page, qtbot, videos[0])
    qtbot.waitUntil(lambda: len(page.episodes) == 1)
    key = page.grid.item(0).image
    qtbot.waitUntil(lambda: page.grid.loader.peek(key) is not None)
    assert not page.grid.loader.peek(key).isNull()
