"""The board with five thousand people, faces to drag out of a hundred thousand, and the chart of screen time.

``python tests/benchmarks/bench_board.py`` from the repository's root. Prints times; asserts nothing.
"""

import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parent))

from bench_painting import LazyItems, jpeg, milliseconds, painted, say
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QDragMoveEvent
from PySide6.QtWidgets import QApplication

from core.screen_time.types import PersonTime, ProvenInterval, ScreenTime
from widgets.drag_crop_grid import DragCropGrid
from widgets.identity_board import IdentityBoard, IdentityCard
from widgets.moderation_mime import load_of
from widgets.screen_time_chart import ScreenTimeChart
from widgets.theme import apply_theme

WINDOW = QSize(1520, 980)


def bench_board(app: QApplication, count: int) -> None:
    """First paint, scrolling, a merge, a rename, hovering."""
    picture = jpeg(160)
    cards = [
        IdentityCard(
            f"identity-{at:05}", f"Person {at}", at % 3 == 0, at, at, at % 40 + 1, at * 0.7, (at % 60 + 40) / 100,
            at % 17 == 0, at % 11 == 0, at % 3 == 0,
        )
        for at in range(count)
    ]  # fmt: skip
    began_s = time.perf_counter()
    board = IdentityBoard(lambda _key: picture)
    board.resize(WINDOW)
    board.set_cards(cards)
    board.show()
    paint = painted(board.grid.viewport())
    paint()
    first_ms = (time.perf_counter() - began_s) * 1000
    say(f"board of {count:,}: made, filled and painted first", first_ms, first_ms)
    settle(app, board)
    say(f"board of {count:,}: a frame, {len(board.grid.visible())} cards on the screen", *milliseconds(paint, 40))

    def scroll() -> None:
        board.grid.verticalScrollBar().setValue(board.grid.verticalScrollBar().value() + 700)
        paint()

    say(f"board of {count:,}: a frame of fast scrolling", *milliseconds(scroll, 40))
    board.grid.verticalScrollBar().setValue(0)
    names = iter(range(1000))
    change = lambda: board.update_cards([replace(cards[3], label=f"Name {next(names)}")])  # noqa: E731
    say(f"board of {count:,}: newer card, without painting", *milliseconds(change, 40))
    gone = iter(cards[10:])

    def merge() -> None:
        board.update_cards([replace(cards[3], tracks=99)], [next(gone).identity_id])
        paint()

    say(f"board of {count:,}: a merge until it is painted", *milliseconds(merge, 40))
    say(f"board of {count:,}: hovering with a drag", *milliseconds(hovering(board, paint), 40))
    say(f"board of {count:,}: search", *milliseconds(searching(board, paint), 20))
    everybody = [card.identity_id for card in cards]
    say(f"board of {count:,}: everybody selected", *milliseconds(lambda: board.set_selected(everybody), 5))
    say(f"board of {count:,}: drag of everybody made", *milliseconds(lambda: drag_of_all(board), 5))
    board.stop()


def settle(app: QApplication, board: IdentityBoard) -> None:
    """Wait until all pictures are there."""
    for _ in range(100):
        app.processEvents()
        time.sleep(0.01)
        if not board.grid.loader.waiting:
            break


def hovering(board: IdentityBoard, paint: Callable[[], None]) -> Callable[[], None]:
    """A call that moves a drag a little."""
    mime = board.grid.mime_of([0])
    assert mime is not None
    places = iter(QPoint(100 + 7 * at, 300) for at in range(200))
    move, left, none = Qt.DropAction.MoveAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier

    def hover() -> None:
        board.grid.dragMoveEvent(QDragMoveEvent(next(places), move, mime, left, none))
        paint()

    return hover


def searching(board: IdentityBoard, paint: Callable[[], None]) -> Callable[[], None]:
    """A call that searches for something else each time."""
    texts = iter(str(at) for at in range(1000))

    def search() -> None:
        board.set_filter(next(texts))
        paint()

    return search


def drag_of_all(board: IdentityBoard) -> None:
    """Make and read the mime data of everybody."""
    mime = board.grid.mime_of(range(len(board.shown_ids())))
    assert mime is not None
    load_of(mime)


def bench_faces(count: int) -> None:
    """A drag of some out of very many faces."""
    grid = DragCropGrid(lambda _key: None)
    grid.resize(WINDOW)
    began_s = time.perf_counter()
    grid.set_crops("ep", [(f"track-{at // 20:05}", at) for at in range(count)], LazyItems(count))
    grid.show()
    painted(grid)()
    first_ms = (time.perf_counter() - began_s) * 1000
    say(f"faces to drag, {count:,}: filled and painted first", first_ms, first_ms)
    say(f"faces to drag, {count:,}: drag of 200 made", *milliseconds(lambda: grid.mime_of(range(200)), 20))
    grid.stop()


def bench_chart(intervals: int, people: int) -> None:
    """Many stretches on screen."""
    each = intervals // people
    rows = tuple(
        PersonTime(
            f"p{row}", f"Person {row}", None, (), tuple(stretch(at * 2700 / each, row) for at in range(each)), 500.0,
            0.0, 2700.0, 0.2, each, row, None,
        )
        for row in range(people)
    )  # fmt: skip
    found = ScreenTime("ep", "Title", 2700.0, 0.0, 0.0, rows, (), 0.0, (), 60.0)
    chart = ScreenTimeChart(lambda _key: None)
    chart.resize(640, 900)
    chart.show()
    name = f"screen time, {intervals:,} stretches of {people}"
    say(f"{name}: set", *milliseconds(lambda: chart.set_screen_time(found), 3))
    paint = painted(chart.canvas.viewport())
    say(f"{name}: a frame, everything", *milliseconds(paint, 30))
    chart.canvas.zoom_by(60.0)
    say(f"{name}: a frame, zoomed in", *milliseconds(paint, 30))
    chart.stop()


def stretch(start_s: float, row: int) -> ProvenInterval:
    """A short stretch."""
    return ProvenInterval(start_s, start_s + 0.2 + row * 0.01, 0, 0, 0, 5, ("track-00001",))


def main() -> None:
    """Run all."""
    app = QApplication([])
    apply_theme(app, "dark")
    bench_board(app, 5_000)
    bench_faces(100_000)
    bench_chart(50_000, 20)


if __name__ == "__main__":
    main()
