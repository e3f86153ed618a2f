"""How soon the real window answers while an analysis runs, and how fast a long analysed episode opens.

    python -m tests.benchmarks.bench_window [VIDEO]

Without a video the sample is analysed. The second part opens a 45-minute episode with 5,000 tracks out of SQLite.
Prints figures, asserts nothing.
"""

import sys
import time
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer

from app.desktop.stage import Stage
from core.sample import build_sample
from tests.benchmarks.bench_review import LENGTH_S, PEOPLE, SHOTS, TRACKS, LoopWatch, looped
from tests.gui.made_library import add_analysed
from tests.gui.made_review import made_review

ANALYSIS_WAIT_S = 1800.0
MEASURED_MS = 5000


def while_analysing(stage: Stage, video: Path) -> None:
    """Measure how late a 5 ms timer fires from the start of a job to its end, on three pages."""
    session = stage.window.session
    episode = session.services.library.episodes.add(video)
    stage.settle(1.0)
    watch = LoopWatch()
    stage.window.navigator.start_analysis((episode.ep_id,), {"profile": "balanced"})
    stage.wait_until(lambda: bool(session.jobs.running()), "the job to start")
    for page_id in ("jobs", "library", "review"):
        if page_id == "review":
            stage.window.open_episode(episode.ep_id)
        else:
            stage.window.go(page_id)
        watch.start()
        loop = QEventLoop()
        QTimer.singleShot(MEASURED_MS, loop.quit)
        loop.exec()
        watch.stop(f"analysis {'runs' if session.jobs.running() else 'ended meanwhile'}, page {page_id}")
    stage.wait_until(lambda: not session.jobs.running(), "the analysis to end", ANALYSIS_WAIT_S)


def opening(stage: Stage, folder: Path) -> None:
    """Time from the click to a Review page that shows its lanes."""
    film = looped(build_sample(folder / "film"), folder / "long.mp4", LENGTH_S)
    library = stage.window.session.services.library
    review = made_review(film, duration_s=LENGTH_S, tracks=TRACKS, people=PEOPLE, shots=SHOTS)
    ep_id = add_analysed(library, film, review)
    stage.settle(1.0)
    page = stage.window.session.pages["review"]
    for turn in range(3):
        stage.window.go("library")
        page.close_episode()
        stage.settle(0.5)
        start_s = time.perf_counter()
        stage.window.open_episode(ep_id)
        stage.wait_until(page.is_analysed, "the review")
        stage.app.processEvents()
        print(f"opening {TRACKS} tracks, turn {turn + 1}: {time.perf_counter() - start_s:.3f} s (target 0.5)")
        stage.settle(1.0)


def main() -> None:
    """Both measurements in one window."""
    with Stage() as stage:
        stage.open_library()
        video = Path(sys.argv[1]) if len(sys.argv) > 1 else build_sample(stage.folder / "sample")
        while_analysing(stage, video)
        opening(stage, stage.folder)


if __name__ == "__main__":
    main()
