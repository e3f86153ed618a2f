"""Painting: timeline, grids and picture against a reference measured in the same process.

``python tests/benchmarks/bench_painting.py`` from the repository's root. Prints times and ratios; asserts nothing.
The reference of the timeline paints every interval as a rectangle; that of the grid makes an item for every crop.
"""

import os
import statistics
import time
from collections.abc import Callable, Sequence
from typing import overload

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import QBuffer, QIODevice, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QImage, QPainter, QPixmap, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QApplication, QListView, QWidget

from core.faces.types import TrackFlag
from core.review.types import TrackRow
from widgets.crop_grid import CropGrid, GridItem
from widgets.player_view import OverlayBox, PlayerView
from widgets.theme import apply_theme
from widgets.timeline import Lane, Timeline
from widgets.track_table import TrackTable

WINDOW = QSize(1600, 900)
FRAME_MS = 16.0


def milliseconds(work: Callable[[], object], repeats: int) -> tuple[float, float]:
    """Median and worst of some calls."""
    took_ms = []
    for _ in range(repeats):
        began_s = time.perf_counter()
        work()
        took_ms.append((time.perf_counter() - began_s) * 1000)
    return statistics.median(took_ms), max(took_ms)


def say(what: str, median_ms: float, worst_ms: float, note: str = "") -> None:
    """One line of the report."""
    print(f"{what:<58} {median_ms:8.2f} ms   worst {worst_ms:8.2f} ms   {median_ms / FRAME_MS:5.2f} frames   {note}")


def painted(widget: QWidget) -> Callable[[], None]:
    """A call that paints a widget as the screen would."""
    canvas = QPixmap(widget.size())

    def paint() -> None:
        painter = QPainter(canvas)
        widget.render(painter, widget.rect().topLeft())
        painter.end()

    return paint


def bench_timeline(intervals: int, lane_count: int) -> None:
    """Pan, zoom and move the line of now over many intervals."""
    rng = np.random.default_rng(1)
    duration_s = 2700.0
    lanes = []
    for number in range(lane_count):
        starts_s = np.sort(rng.uniform(0, duration_s, intervals // lane_count))
        spans_s = np.column_stack((starts_s, starts_s + rng.uniform(0.02, 0.6, len(starts_s))))
        lanes.append(Lane(f"identity-{number:04}", f"Person {number}", number, spans_s))
    timeline = Timeline()
    timeline.resize(WINDOW.width(), 360)
    timeline.set_duration(duration_s)
    timeline.set_shots([(t_s, t_s + 4.0) for t_s in np.arange(0.0, duration_s, 4.0).tolist()])
    timeline.set_lanes(lanes)
    timeline.set_waveform(np.stack((-rng.random(135_000), rng.random(135_000)), axis=1).astype(np.float32))
    timeline.show()
    paint = painted(timeline)

    def pan() -> None:
        timeline.pan_by(-7.0)
        paint()

    reference_ms, worst_ms = milliseconds(lambda: paint_everything(timeline), 5)
    name = f"timeline {intervals:,} intervals, {lane_count} lanes"
    say(f"{name}: reference, all rectangles", reference_ms, worst_ms)
    for title, start_s, end_s in (
        ("everything", 0.0, duration_s),
        ("10 minutes", 600.0, 1200.0),
        ("20 s", 600.0, 620.0),
    ):
        timeline.zoom_to(start_s, end_s)
        median_ms, worst_ms = milliseconds(pan if end_s < duration_s else lambda: (timeline._renew(), paint()), 40)
        say(f"{name}: a frame, {title}", median_ms, worst_ms, f"{median_ms / reference_ms:.3f} x reference")

    def move() -> None:
        timeline.set_position(timeline.position_s + 0.04)
        paint()

    median_ms, worst_ms = milliseconds(move, 60)
    say(f"{name}: the line of now moves", median_ms, worst_ms, f"{median_ms / reference_ms:.3f} x reference")
    timeline.stop()


def paint_everything(timeline: Timeline) -> None:
    """What painting without any thought costs."""
    canvas = QPixmap(timeline.size())
    painter = QPainter(canvas)
    scale = canvas.width() / timeline.scene.duration_s
    for number, lane in enumerate(timeline.scene.lanes):
        for start_s, end_s in zip(lane.starts_s.tolist(), lane.ends_s.tolist(), strict=True):
            painter.fillRect(QRectF(start_s * scale, number * 20, (end_s - start_s) * scale, 16), QColor("#56b4e9"))
    painter.end()


class LazyItems(Sequence[GridItem]):
    """Crops that are described when they are asked for."""

    def __init__(self, count: int) -> None:
        self._count = count

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> GridItem: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[GridItem]: ...
    def __getitem__(self, index: int | slice) -> GridItem | Sequence[GridItem]:
        if isinstance(index, slice):
            return [GridItem(at) for at in range(self._count)[index]]
        return GridItem(index, f"0:00:{index % 60:02}.000")


def bench_grid(count: int) -> None:
    """First paint, scrolling, and the time until the first pictures are there."""
    picture = jpeg(112)
    app = QApplication.instance()
    reference_ms, _worst = milliseconds(lambda: first_paint_of_icons(count), 1)
    say(f"grid: reference, QListView in icon mode, {count:,} items", reference_ms, reference_ms)

    began_s = time.perf_counter()
    grid = CropGrid(lambda _key: picture)
    grid.resize(WINDOW)
    grid.set_items(LazyItems(count))
    grid.show()
    paint = painted(grid)
    paint()
    first_ms = (time.perf_counter() - began_s) * 1000
    say(f"grid of {count:,}: made and painted first", first_ms, first_ms, f"{first_ms / reference_ms:.3f} x reference")
    while grid.loader.waiting and isinstance(app, QApplication):
        app.processEvents()
    all_ms = (time.perf_counter() - began_s) * 1000
    say(f"grid of {count:,}: {len(grid.visible())} pictures on the screen", all_ms, all_ms)

    def scroll() -> None:
        grid.verticalScrollBar().setValue(grid.verticalScrollBar().value() + 3_000)
        paint()

    median_ms, worst_ms = milliseconds(scroll, 60)
    say(f"grid of {count:,}: a frame of fast scrolling", median_ms, worst_ms)
    for _ in range(50):
        if isinstance(app, QApplication):
            app.processEvents()
        time.sleep(0.01)
    median_ms, worst_ms = milliseconds(paint, 40)
    say(f"grid of {count:,}: a frame with all pictures there", median_ms, worst_ms)
    grid.stop()


def first_paint_of_icons(count: int) -> None:
    """The obvious way to show pictures."""
    pixmap = QPixmap(112, 112)
    pixmap.fill(Qt.GlobalColor.darkGreen)
    model = QStandardItemModel()
    icon = QIcon(pixmap)
    for number in range(count):
        model.appendRow(QStandardItem(icon, str(number)))
    view = QListView()
    view.setViewMode(QListView.ViewMode.IconMode)
    view.setIconSize(QSize(112, 112))
    view.setModel(model)
    view.resize(WINDOW)
    view.show()
    painted(view)()


def bench_player() -> None:
    """A 1080p frame with boxes."""
    player = PlayerView()
    player.resize(1280, 720)
    player.show()
    frame = QImage(1920, 1080, QImage.Format.Format_RGB32)
    frame.fill(QColor("#345678"))
    boxes = [OverlayBox(f"t{at}", f"i{at}", f"Person {at}", at, (at / 8, 0.2, at / 8 + 0.1, 0.5)) for at in range(6)]
    player.set_boxes(boxes)
    paint = painted(player)

    def show() -> None:
        player.set_frame(frame, 0.0, 0)
        paint()

    median_ms, worst_ms = milliseconds(show, 40)
    say("player: a new 1080p frame scaled to 720p, 6 boxes", median_ms, worst_ms)
    median_ms, worst_ms = milliseconds(paint, 40)
    say("player: the same frame again", median_ms, worst_ms)


def bench_tracks(count: int) -> None:
    """A table of many tracks."""
    tracks = [
        TrackRow(
            f"track-{at:05}", None, at, at * 1.0, at + 0.5, at % 90, (at * 7 % 100) / 100, (TrackFlag.SHORT,), None
        )
        for at in range(count)
    ]
    table = TrackTable()
    table.resize(900, 700)
    table.show()
    median_ms, worst_ms = milliseconds(lambda: table.set_tracks(tracks, []), 5)
    say(f"track table: {count:,} tracks set", median_ms, worst_ms)
    orders = [Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder] * 3
    median_ms, worst_ms = milliseconds(lambda: table.view.sortByColumn(5, orders.pop()), 5)
    say(f"track table: {count:,} tracks sorted", median_ms, worst_ms)
    median_ms, worst_ms = milliseconds(painted(table), 20)
    say(f"track table: {count:,} tracks painted", median_ms, worst_ms)


def jpeg(side_px: int) -> bytes:
    """A picture of noise, as bytes."""
    rng = np.random.default_rng(3)
    pixels = rng.integers(0, 255, (side_px // 8, side_px // 8, 4), dtype=np.uint8)
    small = QImage(pixels.tobytes(), side_px // 8, side_px // 8, QImage.Format.Format_RGB32)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    small.scaled(side_px, side_px).save(buffer, "JPG")
    return buffer.data().data()


def main() -> None:
    """Run all."""
    app = QApplication([])
    apply_theme(app, "dark")
    bench_timeline(50_000, 10)
    bench_timeline(50_000, 100)
    bench_grid(100_000)
    bench_player()
    bench_tracks(10_000)


if __name__ == "__main__":
    main()
