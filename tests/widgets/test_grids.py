"""The virtual grids: only what is on the screen is touched, and the whole grid works by keyboard."""

from collections.abc import Callable, Iterator, Sequence
from typing import overload

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from widgets.crop_grid import CropGrid, GridItem
from widgets.poster_grid import BadgeSpec, PosterGrid, PosterItem

LEFT = Qt.MouseButton.LeftButton
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


class LazyItems(Sequence[GridItem]):
    """Items that are made when asked for, and remember which."""

    def __init__(self, count: int) -> None:
        self._count = count
        self.asked: set[int] = set()

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> GridItem: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[GridItem]: ...
    def __getitem__(self, index: int | slice) -> GridItem | Sequence[GridItem]:
        assert isinstance(index, int)
        self.asked.add(index)
        return GridItem(index, f"0:00:{index}")


@pytest.fixture
def grid(qtbot: QtBot, jpeg: Callable[[str, int, int], bytes]) -> Iterator[CropGrid]:
    picture = jpeg("#00ff00", 112, 112)
    made = CropGrid(lambda _key: picture)
    qtbot.addWidget(made)
    made.resize(640, 480)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.stop()


def middle_of(grid: CropGrid, index: int) -> QPoint:
    return grid.rect_of(index).center()


def test_that_of_a_hundred_thousand_only_visible_items_are_touched(qtbot: QtBot, grid: CropGrid) -> None:
    items = LazyItems(100_000)
    grid.set_items(items)
    grid.grab()
    assert len(items.asked) < 60
    items.asked.clear()
    grid.verticalScrollBar().setValue(grid.verticalScrollBar().maximum())
    grid.grab()
    assert len(items.asked) < 60
    assert 99_999 in items.asked


def test_that_scrolling_away_cancels_what_was_wanted(qtbot: QtBot, grid: CropGrid) -> None:
    grid.set_items(LazyItems(100_000))
    for value in range(0, 200_000, 5_000):
        grid.verticalScrollBar().setValue(value)
        grid.grab()
    assert grid.loader.waiting <= len(grid.visible())


def test_that_pictures_appear_when_they_are_loaded(qtbot: QtBot, grid: CropGrid) -> None:
    grid.set_items([GridItem("only", "0:00:01.000")])

    def green() -> bool:
        return grid.viewport().grab().toImage().pixelColor(middle_of(grid, 0)).green() > 200

    qtbot.waitUntil(green, timeout=5000)
    assert grid.loader.peek(grid.item(0).image) is not None


def test_that_columns_follow_the_width_and_the_first_row_stays(qtbot: QtBot, grid: CropGrid) -> None:
    grid.set_items(LazyItems(10_000))
    wide = grid.visible()
    grid.scroll_to(5_000)
    first = grid.visible().start
    grid.resize(320, 480)
    assert first in grid.visible()
    assert len(grid.visible()) < len(wide)


def test_that_zoom_changes_the_columns_and_keeps_the_middle(qtbot: QtBot, grid: CropGrid) -> None:
    grid.set_items(LazyItems(10_000))
    grid.scroll_to(4_000, centre=True)
    with qtbot.waitSignal(grid.cell_width_changed):
        grid.set_cell_width(200)
    assert any(abs(index - 4_000) < 20 for index in grid.visible())
    event = QWheelEvent(
        QPointF(100, 100), QPointF(100, 100), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton, CTRL,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(grid.viewport(), event)
    assert grid.cell_width() < 200
    grid.set_cell_width(5)
    assert grid.cell_width() == grid.smallest_cell_px


def test_that_mouse_selection_works_as_in_a_file_manager(qtbot: QtBot, grid: CropGrid) -> None:
    grid.set_items(LazyItems(20))
    click = lambda index, modifier=Qt.KeyboardModifier.NoModifier: qtbot.mouseClick(  # noqa: E731
        grid.viewport(), LEFT, modifier, middle_of(grid, index)
    )
    click(2)
    assert grid.selected() == [2]
    click(5, SHIFT)
    assert grid.selected() == [2, 3, 4, 5]
    click(3, CTRL)
    assert grid.selected() == [2, 4, 5]
    click(8)
    assert grid.selected() == [8]
    with qtbot.waitSignal(grid.selection_changed):
        qtbot.mouseClick(grid.viewport(), LEFT, pos=QPoint(2, 470))
    assert grid.selected() == []


def test_that_the_whole_grid_works_by_keyboard(qtbot: QtBot, grid: CropGrid) -> None:
    grid.set_items(LazyItems(1_000))
    grid.setFocus()
    columns = grid._layout.columns
    qtbot.keyClick(grid, Qt.Key.Key_Right)
    assert grid.current() == 0
    qtbot.keyClick(grid, Qt.Key.Key_Down)
    qtbot.keyClick(grid, Qt.Key.Key_Right)
    assert grid.current() == columns + 1
    qtbot.keyClick(grid, Qt.Key.Key_Right, SHIFT)
    assert grid.selected() == [columns + 1, columns + 2]
    qtbot.keyClick(grid, Qt.Key.Key_End)
    assert grid.current() == 999
    assert 999 in grid.visible()
    qtbot.keyClick(grid, Qt.Key.Key_Space)
    assert grid.selected() == []
    with qtbot.waitSignal(grid.activated) as caught:
        qtbot.keyClick(grid, Qt.Key.Key_Return)
    assert caught.args == [999]
    qtbot.keyClick(grid, Qt.Key.Key_A, CTRL)
    assert len(grid.selected()) == 1_000
    assert "0:00:999" in grid.accessibleDescription()


def test_that_a_double_click_activates_and_a_right_click_asks_for_a_menu(qtbot: QtBot, grid: CropGrid) -> None:
    grid.set_items(LazyItems(20))
    with qtbot.waitSignal(grid.activated) as caught:
        qtbot.mouseDClick(grid.viewport(), LEFT, pos=middle_of(grid, 3))
    assert caught.args == [3]


def test_that_new_contents_keep_the_selection_if_asked(qtbot: QtBot, grid: CropGrid) -> None:
    grid.set_items(LazyItems(20))
    grid.set_selected([3, 19])
    grid.refresh_items(LazyItems(10))
    assert grid.selected() == [3]
    grid.set_items(LazyItems(10))
    assert grid.selected() == []


def test_that_an_empty_grid_says_so(qtbot: QtBot, grid: CropGrid) -> None:
    grid.set_items([])
    before = grid.viewport().grab().toImage()
    grid.set_empty_text("No crops")
    assert grid.viewport().grab().toImage() != before
    qtbot.keyClick(grid, Qt.Key.Key_Down)
    assert grid.current() == -1


def test_that_posters_paint_in_every_state(qtbot: QtBot) -> None:
    grid = PosterGrid(lambda _key: None)
    qtbot.addWidget(grid)
    grid.resize(900, 600)
    grid.set_items(
        [
            PosterItem(None, "No poster"),
            PosterItem("a", "Broken poster", "S01 E02", 125.0, (BadgeSpec("Shots", "success"),), "Media missing", 1.7),
        ]
    )
    grid.show()
    qtbot.waitUntil(lambda: grid.loader.waiting == 0)
    assert not grid.grab().isNull()
    assert "2:05" in grid.words_of(grid.item(1))
    assert "Media missing" in grid.words_of(grid.item(1))
    grid.stop()
