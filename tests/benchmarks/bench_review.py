"""How fast the Review page opens with 5,000 tracks in 45 minutes, and how soon the Qt thread answers while it plays.

Prints figures, asserts nothing: ``python -m tests.benchmarks.bench_review [seconds of playing]``.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication

from core.review.types import EpisodeReview
from tests.gui.made_review import Bench, MadeEpisode, MadeEpisodes, MadeLibrary, MadeReader, made_review, page_on_bench
from tests.gui.review_support import FakeDevice, coded_picture, make_film

MONTAGE = Path(__file__).resolve().parents[3] / "shared" / "testdata" / "videos" / "montage_5people_13shots.mp4"
LENGTH_S = 45 * 60
TRACKS, PEOPLE, SHOTS = 5000, 80, 900
TICK_MS = 5


def looped(source: Path, target: Path, length_s: float) -> Path:
    """The source's packets again and again until it is long enough; nothing is encoded."""
    with av.open(str(source)) as probe:
        # a little room between two turns: the first packets are decoded before time 0
        duration = Fraction(probe.duration or 1, 1_000_000) + Fraction(1, 5)
    with av.open(str(target), "w") as out:
        streams = {}
        for turn in range(int(length_s / float(duration)) + 1):
            with av.open(str(source)) as container:
                for stream in (*container.streams.video[:1], *container.streams.audio[:1]):
                    streams.setdefault(stream.type, out.add_stream_from_template(stream) if turn == 0 else None)
                wanted = [*container.streams.video[:1], *container.streams.audio[:1]]
                for packet in container.demux(wanted):
                    if packet.dts is None:
                        continue
                    shift = round(turn * duration / packet.time_base)
                    packet.pts = (packet.pts or 0) + shift
                    packet.dts += shift
                    packet.stream = streams[packet.stream.type]
                    out.mux(packet)
    return target


class LoopWatch:
    """Writes down how late a timer of the Qt thread fires."""

    def __init__(self) -> None:
        self.late_ms: list[float] = []
        self._due_s = 0.0
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        """Begin to measure."""
        self.late_ms.clear()
        self._due_s = time.perf_counter() + TICK_MS / 1000
        self._timer.start()

    def stop(self, name: str) -> None:
        """Print what was measured."""
        self._timer.stop()
        late = np.array(self.late_ms or [0.0])
        p50, p95, p99, worst = np.percentile(late, [50, 95, 99, 100])
        print(f"{name}: late by p50 {p50:.2f}  p95 {p95:.2f}  p99 {p99:.2f}  worst {worst:.1f} ms ({len(late)} ticks)")

    def _tick(self) -> None:
        now_s = time.perf_counter()
        self.late_ms.append(max(0.0, now_s - self._due_s) * 1000)
        self._due_s = now_s + TICK_MS / 1000


def wait(app: QApplication, until: Callable[[], object], longest_s: float = 60.0) -> float:
    """Let Qt work until something holds; returns the seconds it took."""
    begun_s = time.perf_counter()
    while not until():
        app.processEvents()
        time.sleep(0.0005)
        if time.perf_counter() - begun_s > longest_s:
            raise TimeoutError("it did not happen")
    return time.perf_counter() - begun_s


def measure_opening(app: QApplication, bench: Bench, watch: LoopWatch) -> None:
    """From the wish to the painted page, and to the first picture."""
    watch.start()
    begun_s = time.perf_counter()
    bench.page.open_episode("ep-00001")
    wait(app, lambda: bench.page.episode is not None)
    bench.window.repaint()
    print(f"page painted after          {time.perf_counter() - begun_s:.3f} s")
    wait(app, lambda: bench.page.player.shown is not None)
    print(f"first picture after         {time.perf_counter() - begun_s:.3f} s")
    wait(app, lambda: bench.page.episode is not None and bench.page.episode.boxes is not None)
    watch.stop("Qt thread while opening   ")


def measure_playing(app: QApplication, bench: Bench, watch: LoopWatch, seconds: float) -> None:
    """Latency of the Qt thread, and how many of the film's frames were shown."""
    shown: list[float] = []
    bench.page.player.place_changed.connect(lambda t_s, _frame: shown.append(t_s))
    bench.page.player.playback.play()
    wait(app, lambda: len(shown) > 3)
    shown.clear()
    processor_s, begun_s = time.process_time(), time.perf_counter()
    watch.start()
    wait(app, lambda: time.perf_counter() - begun_s > seconds)
    watch.stop("Qt thread while playing   ")
    used = (time.process_time() - processor_s) / seconds
    print(f"frames shown                {len(shown)} in {seconds:.0f} s of film {shown[-1] - shown[0]:.2f} s")
    print(f"processors used             {used:.2f}")
    bench.page.player.playback.pause()


def measure_scrubbing(app: QApplication, bench: Bench, watch: LoopWatch) -> None:
    """Dragging over the whole film at 60 requests a second."""
    shown: list[float] = []
    bench.page.player.place_changed.connect(lambda t_s, _frame: shown.append(t_s))
    watch.start()
    for step in range(240):
        bench.page.timeline.seek_requested.emit(LENGTH_S * step / 240, False)
        due_s = time.perf_counter() + 1 / 60
        wait(app, lambda due_s=due_s: time.perf_counter() >= due_s)
    watch.stop("Qt thread while scrubbing ")
    print(f"live frames while scrubbing {len(shown)} in 4 s")
    before = len(shown)
    bench.page.timeline.seek_requested.emit(LENGTH_S / 2 + 7.7, True)
    print(f"exact frame after           {wait(app, lambda: len(shown) > before):.3f} s")


def made_long(folder: Path) -> tuple[Path, EpisodeReview]:
    """The film and its review."""
    source = MONTAGE if MONTAGE.exists() else make_film(folder / "source.mp4", list(range(0, 60_000, 40)), sound_s=60.0)
    film = looped(source, folder / "long.mp4", LENGTH_S)
    review = made_review(film, duration_s=LENGTH_S, tracks=TRACKS, people=PEOPLE, unassigned=400, shots=SHOTS)
    return film, review


def main() -> None:
    """Measure and print."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication([])
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 10.0
    from core.media.probe import probe
    from core.media.thumbnails import encode_thumbnail

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        film, review = made_long(folder)
        info = probe(film)
        library = MadeLibrary(MadeEpisodes(MadeEpisode("ep-00001", film, info)), folder)
        watch = LoopWatch()
        picture = folder / "crop.jpg"
        picture.write_bytes(encode_thumbnail(coded_picture(7)))
        with page_on_bench(
            library,
            folder,
            MadeReader(review, picture=picture),
            app=app,
            size_px=(1920, 1080),
            open_a_device=FakeDevice,
        ) as bench:
            wait(app, bench.window.isVisible)
            measure_opening(app, bench, watch)
            measure_playing(app, bench, watch, seconds)
            measure_scrubbing(app, bench, watch)


if __name__ == "__main__":
    main()
