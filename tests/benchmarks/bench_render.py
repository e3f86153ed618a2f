"""What a second of a cut costs for each preset, and a whole job against a plain encode of the same frames.

    python -m tests.benchmarks.bench_render [--presets a,b] [--seconds 15] [--workers N] [--only presets|job]

from the repository's root. Three pictures of scikit-image, made music and a made voice. Processor seconds count this
process, its workers and FFmpeg; they say more than the clock where others use the machine too.

First, for each preset, six seconds are drawn (once, without encoding), then drawn and encoded through the pipe; the
archetypes' means follow. Then a job of an overlay, from asking to the finished file, with sound, thumbnail and
metadata, against its parts: each frame drawn once, and one plain FFmpeg encode, with the same settings, of the same
frames read from a file. Target: at most 1.3 times the sum of both, at most 3 s of work for a second of video, about
1 s by the clock. Nothing is asserted: machines differ.
"""

import argparse
import json
import os
import statistics
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from PIL import Image
from skimage import data

from core.jobs.executors import local_pool
from core.jobs.local_pool import usable_cores
from core.jobs.runner import Runner
from core.jobs.unit_worker import NICER_BY
from core.library.library import Library
from core.render.compose.composer import Composer
from core.render.ffmpeg import start
from core.render.frame_sink import FrameSink, YuvMaker, encode_arguments
from core.render.jobs import registry
from core.render.plan import make_plan
from core.render.presets import load_presets
from core.render.types import HEIGHT_PX, WIDTH_PX, Captions, RenderPlan, RenderRequest
from tests.render.small_cuts import babble, tune, write_sound

OVERLAY = "overlay_classic"
PRESET_S = 6
PICTURES = ("coffee", "chelsea", "astronaut")


@dataclass(frozen=True, slots=True)
class Cost:
    """Of some work: by the clock, and of the processor."""

    clock_s: float
    cpu_s: float


def cpu_s() -> float:
    """Of this process, its workers, and all programs that they started, ended ones too."""
    total = 0.0
    this = psutil.Process()
    for one in (this, *this.children(recursive=True)):
        try:
            times = one.cpu_times()
        except psutil.Error:
            continue  # it ended just now: its parent counts it
        total += times.user + times.system + times.children_user + times.children_system
    return total


def cost_of(work: Callable[[], Any]) -> Cost:
    """Do it and measure."""
    began_s, began_cpu_s = time.perf_counter(), cpu_s()
    work()
    return Cost(time.perf_counter() - began_s, cpu_s() - began_cpu_s)


def request_of(folder: Path, preset_id: str, seconds: int, *, with_sound: bool) -> RenderRequest:
    """Three pictures, captions, and sound where it is wanted."""
    folder.mkdir(exist_ok=True)
    pictures = []
    for name in PICTURES:
        path = folder / f"{name}.png"
        if not path.exists():
            Image.fromarray(getattr(data, name)()).save(path)
        pictures.append(str(path))
    return RenderRequest(
        preset_id,
        target_duration_s=seconds,
        images=tuple(pictures),
        music=write_sound(folder / "music.wav", tune(8)) if with_sound else None,
        voice=write_sound(folder / "voice.wav", babble(seconds * 0.8)) if with_sound else None,
        captions=Captions("New collection", ("Premium quality", "Limited edition"), "Shop now"),
    )


def draw(plan: RenderPlan, each: Callable[[np.ndarray], None] = lambda _frame: None) -> None:
    """Draw every frame once."""
    composer = Composer(plan)
    for frame in range(plan.frame_count):
        each(composer.frame(frame))
    composer.close()


def draw_and_encode(plan: RenderPlan, target: Path) -> None:
    """The same through the pipe."""
    with FrameSink(target) as sink:
        draw(plan, sink.write)


def preset_figures(folder: Path, preset_ids: list[str]) -> dict[str, Any]:
    """Processor seconds for a second of video, by preset and by archetype."""
    figures: dict[str, Any] = {}
    by_archetype: dict[str, list[float]] = defaultdict(list)
    for preset_id in preset_ids:
        preset = load_presets().get(preset_id)
        plan = make_plan(request_of(folder, preset_id, PRESET_S, with_sound=False), preset)
        drawing = cost_of(lambda plan=plan: draw(plan))
        target = folder / f"{preset_id}.mp4"
        both = cost_of(lambda plan=plan, target=target: draw_and_encode(plan, target))
        by_archetype[plan.archetype].append(both.cpu_s / PRESET_S)
        figures[preset_id] = {
            "drawing": round(drawing.cpu_s / PRESET_S, 3),
            "drawing and encoding": round(both.cpu_s / PRESET_S, 3),
            "by the clock": round(both.clock_s / PRESET_S, 3),
            "Mbit/s": round(target.stat().st_size * 8 / PRESET_S / 1e6, 1),
        }
        print(preset_id, figures[preset_id], flush=True)
    return figures | {f"{name}, mean": round(statistics.mean(each), 3) for name, each in by_archetype.items()}


def plain_encode(frames: Path, target: Path) -> None:
    """FFmpeg alone, from a file of raw frames."""
    process = start(encode_arguments(str(frames), target, width_px=WIDTH_PX, height_px=HEIGHT_PX))
    if process.wait():
        raise SystemExit("the plain encode failed")


def write_raw(plan: RenderPlan, path: Path) -> None:
    """The frames of a cut as they go through the pipe."""
    maker = YuvMaker(WIDTH_PX, HEIGHT_PX)
    planes = maker.empty()
    with path.open("wb") as file:

        def keep(frame: np.ndarray) -> None:
            maker.fill(planes, frame)
            file.write(planes.data)

        draw(plan, keep)


def parts_of(plan: RenderPlan, folder: Path) -> tuple[Cost, Cost]:
    """Drawing each frame once; a plain encode of them."""
    raw = folder / "frames.yuv"
    write_raw(plan, raw)
    encoding = cost_of(lambda: plain_encode(raw, folder / "plain.mp4"))
    raw.unlink()
    return cost_of(lambda: draw(plan)), encoding


def lower_priority() -> None:
    """Of this process, to that of workers and of what they start."""
    if hasattr(os, "nice"):
        os.nice(NICER_BY)


def job_cost(library: Library, request: RenderRequest) -> Cost:
    """One job from asking to its end."""

    def run() -> None:
        render = library.renders.request(request, requested_by="command line")
        while not library.jobs.get(render.job_id).state.ended:
            time.sleep(0.01)
        failed = library.renders.get(render.job_id).error
        if failed:
            raise SystemExit(failed)

    return cost_of(run)


def job_figures(folder: Path, seconds: int, workers: int | None) -> dict[str, Any]:
    """A whole job, with cold and with warm workers, against its parts."""
    request = request_of(folder, OVERLAY, seconds, with_sound=True)
    plan = make_plan(request, load_presets().get(OVERLAY))
    pool = local_pool(workers)
    stop = threading.Event()
    with Library.open(folder / "library") as library:
        runner = threading.Thread(target=Runner(library, registry(library, pool)).work, args=(stop,))
        runner.start()
        try:
            cold, warm = job_cost(library, request), job_cost(library, request)
        finally:
            stop.set()
            runner.join()
            pool.close()
    lower_priority()  # as workers do: where others are at work, the clock would compare nothing else
    drawing, encoding = parts_of(plan, folder)
    return {
        "workers": pool.workers,
        "processors": usable_cores(),
        "job, cold, by the clock": round(cold.clock_s, 2),
        "job, warm, by the clock": round(warm.clock_s, 2),
        "job, warm, of the processor": round(warm.cpu_s, 2),
        "drawing once, by the clock and of the processor": [round(drawing.clock_s, 2), round(drawing.cpu_s, 2)],
        "plain encode, by the clock and of the processor": [round(encoding.clock_s, 2), round(encoding.cpu_s, 2)],
        "ratio by the clock, cold": round(cold.clock_s / (drawing.clock_s + encoding.clock_s), 2),
        "ratio by the clock, warm": round(warm.clock_s / (drawing.clock_s + encoding.clock_s), 2),
        "ratio of the processor, warm": round(warm.cpu_s / (drawing.cpu_s + encoding.cpu_s), 2),
        "seconds of the clock for a second of video": round(warm.clock_s / seconds, 2),
        "processor seconds for a second of video": round(warm.cpu_s / seconds, 2),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--presets", default=",".join(one.id for one in load_presets().presets))
    parser.add_argument("--seconds", type=int, default=15)
    parser.add_argument("--workers", type=int)
    parser.add_argument("--only", choices=("presets", "job"))
    given = parser.parse_args()
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if given.only != "job":
            figures |= preset_figures(folder, given.presets.split(","))
        if given.only != "presets":
            figures |= job_figures(folder, given.seconds, given.workers)
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
