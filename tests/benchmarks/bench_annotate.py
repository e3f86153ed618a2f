"""Ten videos x three pipelines: time of the jobs against the sum of their slowest stages, decode sharing, memory.

``python -m tests.benchmarks.bench_annotate [--videos 10] [--seconds 20] [--pipelines a,b,c] [--workers N]``
from the repository's root. A stage is one pipeline run alone; for each video the slowest counts. Target: at most 1.15
of their sum. Where all processors are busy with the slowest stage already, what the others compute comes on top: the
bound that the processors set is printed too, nothing can be quicker. Decode sharing is frames that the pipelines would
have decoded, each alone, for each frame decoded. Memory is that of this process and its workers in the first and in the
last video: it should not grow. The registry is listed in fresh processes, which should take less than 50 ms. Nothing is
asserted: machines differ.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import av
import psutil

from core.annotate.jobs import registry as job_functions
from core.jobs.executors import UnitPool, local_pool
from core.jobs.local_pool import usable_cores
from core.jobs.runner import Runner
from core.library.library import Library
from models.store import ModelStore
from tests.benchmarks.bench_ingest import cpu_s

PIPELINES = "scene_detection,face_analysis,voice_activity"
LISTED = 7
_LISTING = (
    "import time; began_s = time.perf_counter(); cpu_s = time.process_time()\n"
    "from core.annotate.registry import registry\n"
    "names = [one.spec.name for one in registry().pipelines()]\n"
    "print((time.perf_counter() - began_s) * 1000, (time.process_time() - cpu_s) * 1000, len(names))\n"
)


@dataclass(frozen=True, slots=True)
class Job:
    """``clock_s`` and ``cpu_s`` of one job; ``shared``: frames asked for each frame decoded."""

    clock_s: float
    cpu_s: float
    shared: float
    failed: str


class Bench:
    """A library and what runs its jobs."""

    def __init__(self, library: Library, models: ModelStore) -> None:
        self._library = library
        self._models = models

    def run(self, video: Path, pipelines: Sequence[str]) -> Job:
        """One job, from asking to its end."""
        media = self._library.annotations.add_video(video, actor="command line")
        began_s, began_cpu_s = time.perf_counter(), cpu_s()
        job = self._library.annotations.request(
            media.media_id, pipelines, {}, requested_by="command line", models=self._models
        )
        while not self._library.jobs.get(job.job_id).state.ended:
            time.sleep(0.01)
        took_s, took_cpu_s = time.perf_counter() - began_s, cpu_s() - began_cpu_s
        ended = self._library.jobs.get(job.job_id)
        decoded = ended.result.get("decoded", 0)
        return Job(
            took_s, took_cpu_s, ended.result.get("asked", 0) / decoded if decoded else 0.0, ended.error or ended.message
        )


class Memory:
    """The most memory, in MiB, that this process and its workers held since the last question."""

    def __init__(self) -> None:
        self._most_mib = 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def most_mib(self) -> float:
        """Since it was asked last."""
        most, self._most_mib = self._most_mib, 0.0
        return most

    def close(self) -> None:
        """Stop watching."""
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        this = psutil.Process()
        while not self._stop.wait(0.2):
            held = 0
            for one in (this, *this.children(recursive=True)):
                try:
                    held += one.memory_info().rss
                except psutil.Error:
                    continue  # a worker that just ended
            self._most_mib = max(self._most_mib, held / (1 << 20))


def clips(source: Path, folder: Path, count: int, seconds: float) -> list[Path]:
    """The first seconds of a video, copied packet by packet, ``count`` times under different names."""
    folder.mkdir(parents=True)
    paths = [folder / f"clip-{index:02d}{source.suffix}" for index in range(count)]
    with av.open(str(source)) as given, av.open(str(paths[0]), "w") as made:
        streams = {
            one.index: made.add_stream_from_template(one) for one in given.streams if one.type in {"video", "audio"}
        }
        for packet in given.demux([given.streams[index] for index in streams]):
            if packet.dts is None or float(packet.dts * packet.time_base) > seconds:
                continue
            packet.stream = streams[packet.stream.index]
            made.mux(packet)
    for path in paths[1:]:
        path.write_bytes(paths[0].read_bytes())
    return paths


def listing_ms() -> tuple[float, float, int]:
    """The quickest of a few cold listings: by the clock, of the processor, and how many pipelines there are."""
    rows = []
    for _ in range(LISTED):
        ran = subprocess.run([sys.executable, "-c", _LISTING], capture_output=True, text=True, check=True)
        clock_ms, cpu_ms, count = ran.stdout.split()
        rows.append((float(clock_ms), float(cpu_ms), int(count)))
    return min(rows)


def measure(bench: Bench, videos: Sequence[Path], pipelines: Sequence[str], memory: Memory) -> dict[str, float | str]:
    """All figures of the jobs."""
    bench.run(videos[0], pipelines)  # workers and models are warm from here on
    alone = {name: bench.run(videos[0], [name]) for name in pipelines}
    slowest_s = alone_cpu_s = total_s = total_cpu_s = 0.0
    held: list[float] = []
    shared = 0.0
    failed = ""
    for video in videos:
        stages = [bench.run(video, [name]) for name in pipelines]
        slowest_s += max(one.clock_s for one in stages)
        alone_cpu_s += sum(one.cpu_s for one in stages)
        memory.most_mib()
        together = bench.run(video, pipelines)
        held.append(memory.most_mib())
        total_s += together.clock_s
        total_cpu_s += together.cpu_s
        shared, failed = together.shared, failed or together.failed
    return {
        **{f"{name} alone, s": round(one.clock_s, 2) for name, one in alone.items()},
        "total / slowest stages": round(total_s / slowest_s, 3),
        "least that the processors allow": round(total_cpu_s / usable_cores() / slowest_s, 3),
        "processor seconds together / each alone": round(total_cpu_s / alone_cpu_s, 3),
        "total, s": round(total_s, 2),
        "slowest stages, s": round(slowest_s, 2),
        "frames asked / decoded": round(shared, 2),
        "most memory of the first video, MiB": round(held[0]),
        "most memory of the last video, MiB": round(held[-1]),
        "memory last / first": round(held[-1] / held[0], 3),
        "failed": failed,
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--videos", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--pipelines", default=PIPELINES)
    parser.add_argument("--workers", type=int)
    parser.add_argument("--video", type=Path, default=Path("../shared/testdata/videos/montage_5people_13shots.mp4"))
    given = parser.parse_args()
    models = ModelStore()
    pool: UnitPool = local_pool(given.workers)
    memory = Memory()
    with tempfile.TemporaryDirectory() as folder, Library.open(Path(folder) / "library") as library:
        videos = clips(given.video, Path(folder) / "clips", given.videos, given.seconds)
        stop = threading.Event()
        runner = threading.Thread(target=Runner(library, job_functions(library, models, pool)).work, args=(stop,))
        runner.start()
        try:
            figures = measure(Bench(library, models), videos, given.pipelines.split(","), memory)
        finally:
            stop.set()
            runner.join()
            pool.close()
            memory.close()
    clock_ms, cpu_ms, count = listing_ms()
    figures |= {"listing cold, ms": round(clock_ms, 1), "listing cold, processor ms": round(cpu_ms, 1)}
    figures |= {"pipelines listed": count, "workers": pool.workers}
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
