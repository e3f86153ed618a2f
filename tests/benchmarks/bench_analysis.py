"""Analysis against the bound that decoding and inference set, speed against real time, and memory.

    python tests/benchmarks/bench_analysis.py --video VIDEO [--minutes 45]

The video is scaled to 720p in four colourings, with grain as a camera gives it (an enlarged picture without any decodes
at a fifth of the usual cost). They are joined end to end until the length is reached. The bound is
cores / (CPU seconds a frame of decoding, searching and embedding, each on one thread). It is printed twice: measured
with one core at work, and with all cores at the same work, which share caches and more.
Peak memory is the sum over this process and its workers. Nothing is asserted.
"""

import argparse
import multiprocessing
import os
import tempfile
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import psutil

from core.analysis.jobs import registry
from core.jobs.executors import local_pool
from core.jobs.runner import Runner
from core.library.library import Library
from core.media.decode import decode_range
from core.media.pictures import PictureMaker
from core.media.probe import probe
from models.face_models import open_detector, open_embedder
from models.store import ModelStore

SIZE = (1280, 720)
GRAIN = 5.0
COLOURINGS = ((1.0, 0.0), (0.9, 12.0), (1.08, -8.0), (0.8, 25.0))


def make_long(source: Path, folder: Path, minutes: float) -> Path:
    """Four colourings of the source at 720p, joined by their packets until ``minutes`` are reached."""
    parts = [_coloured(source, folder / f"part{index}.mp4", *one) for index, one in enumerate(COLOURINGS)]
    target = folder / "long.mp4"
    with av.open(str(parts[0])) as first, av.open(str(target), "w") as out:
        stream = out.add_stream_from_template(first.streams.video[0])
        offset, index = 0, 0
        while offset * stream.time_base < minutes * 60 if stream.time_base else index == 0:
            with av.open(str(parts[index % len(parts)])) as part:
                source_stream = part.streams.video[0]
                length = int(source_stream.duration or 0)
                for packet in part.demux(source_stream):
                    if packet.dts is None:
                        continue
                    packet.pts, packet.dts = packet.pts + offset, packet.dts + offset
                    packet.stream = stream
                    out.mux(packet)
                offset, index = offset + length, index + 1
    return target


def _coloured(source: Path, target: Path, gain: float, shift: float) -> Path:
    info = probe(source)
    maker = PictureMaker(info)
    rng = np.random.default_rng(0)
    grain = rng.normal(0.0, GRAIN, (8, SIZE[1], SIZE[0], 1)).astype(np.float32)
    with av.open(str(target), "w", options={"video_track_timescale": "12800"}) as out:
        stream = out.add_stream("libx264", rate=25, options={"crf": "21", "preset": "fast"})
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        for index, decoded in enumerate(decode_range(source, start_pts=-(1 << 40))):
            picture = maker.rgb(decoded.frame, SIZE).astype(np.float32) * gain + shift + grain[index % len(grain)]
            rgb = np.clip(picture, 0, 255).astype(np.uint8)
            frame = av.VideoFrame.from_ndarray(rgb, format="rgb24")
            frame.pts, frame.time_base = index, Fraction(1, 25)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return target


def cpu_ms_on_all_cores(video: Path) -> dict[str, float]:
    """The mean of :func:`cpu_ms_a_frame` over one process a core at the same time: cores share caches and more."""
    cores = os.cpu_count() or 1
    with ProcessPoolExecutor(cores, mp_context=multiprocessing.get_context("spawn")) as pool:
        found = list(pool.map(cpu_ms_a_frame, [video] * cores))
    return {name: float(np.mean([one[name] for one in found])) for name in found[0]}


def cpu_ms_a_frame(video: Path, *, stride: int = 5, seconds: float = 40.0) -> dict[str, float]:
    """CPU milliseconds per frame of the video: decoding all, searching every ``stride``-th; and per embedded face."""
    store = ModelStore()
    info = probe(video)
    maker = PictureMaker(info)
    detector = open_detector("blazeface-full-range", store=store, device="cpu", tiled=True)
    size = detector.preferred_size(info.width_px, info.height_px)
    frames, pictures = 0, []
    start_s = time.process_time()
    for _ in decode_range(video, start_pts=-(1 << 40)):
        frames += 1
        if frames * 0.04 > seconds:
            break
    decode_ms = (time.process_time() - start_s) / frames * 1e3
    for index, decoded in enumerate(decode_range(video, start_pts=-(1 << 40))):
        if index % 50 == 0:
            pictures.append(maker.rgb(decoded.frame, size))
        if len(pictures) == 20:
            break
    start_s = time.process_time()
    for picture in pictures:
        detector.detect(picture)
    detect_ms = (time.process_time() - start_s) / len(pictures) * 1e3
    embedder = open_embedder("dlib-resnet-v1", store=store, device="cpu")
    chips = np.zeros((16, embedder.chip_size_px, embedder.chip_size_px, 3), np.uint8)
    start_s = time.process_time()
    embedder.embed(chips)
    embed_ms = (time.process_time() - start_s) / len(chips) * 1e3
    return {"decode": decode_ms, "detect": detect_ms, "detect a frame": detect_ms / stride, "embed a face": embed_ms}


class MemoryWatch(threading.Thread):
    """Peak and course of the resident memory of this process and its children, in bytes, and their CPU seconds."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak = 0
        self.course: list[int] = []
        self._before_s = sum(psutil.Process().cpu_times()[:2])  # what was used before does not count
        self.cpu_s = 0.0
        self.done = threading.Event()

    def run(self) -> None:
        process = psutil.Process()
        while not self.done.wait(0.5):
            total, cpu_s = 0, 0.0
            for one in [process, *process.children(recursive=True)]:
                try:
                    total += one.memory_info().rss
                    cpu_s += sum(one.cpu_times()[:2])
                except psutil.NoSuchProcess:
                    continue
            self.peak = max(self.peak, total)
            self.cpu_s = max(self.cpu_s, cpu_s - self._before_s)
            self.course.append(total)


def analyse(video: Path, folder: Path, store: ModelStore) -> tuple[float, dict[str, object], MemoryWatch]:
    """Wall seconds of the job ``analyse`` with the balanced profile."""
    pool = local_pool()
    memory = MemoryWatch()
    with Library.open(folder / "library", holder="benchmark") as library:
        episode = library.episodes.add(video)
        runner = Runner(library, registry(library, store, pool))
        stop = threading.Event()
        worker = threading.Thread(target=runner.work, args=(stop,))
        worker.start()
        memory.start()
        start_s = time.perf_counter()
        job = library.jobs.submit("analyse", ep_id=episode.ep_id, params={"profile": "balanced"})
        marks: dict[str, float] = {}
        while not job.state.ended:
            time.sleep(0.05)
            job = library.jobs.get(job.job_id)
            marks[job.stage] = time.perf_counter() - start_s
        wall_s = time.perf_counter() - start_s
        memory.done.set()
        stop.set()
        worker.join()
        pool.close()
        if job.error:
            raise SystemExit(job.error)
        print("until the end of stage:", {name: round(at_s, 1) for name, at_s in marks.items()})
        return wall_s, job.result, memory


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--video", type=Path, required=True)
    arguments.add_argument("--minutes", type=float, default=45.0)
    options = arguments.parse_args()
    store = ModelStore()
    store.fetch(store.catalogue.defaults())
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        video = make_long(options.video, folder, options.minutes)
        info = probe(video)
        bare = {"one core at work": cpu_ms_a_frame(video), "all cores at work": cpu_ms_on_all_cores(video)}
        for name, parts in bare.items():
            print(f"CPU ms of the bare parts, {name}:", {key: round(value, 2) for key, value in parts.items()})
        wall_s, result, memory = analyse(video, folder, store)
        detected, embedded = result["detect_track"], result["faces_embed"]
        frames = detected["frames"]
        cores = os.cpu_count() or 1
        print(f"{info.duration_s / 60:.1f} min of 720p, {frames} frames, {detected['tracks_total']} tracks")
        print(f"analysis: {wall_s:.1f} s = {info.duration_s / wall_s:.1f} x real time (target 5)")
        for name, parts in bare.items():
            bound_cpu_s = (
                frames * parts["decode"]
                + detected["frames_searched"] * parts["detect"]
                + embedded["faces_embedded"] * parts["embed a face"]
            ) / 1e3
            print(f"against the bound on {cores} cores, {name}: {bound_cpu_s / cores / wall_s:.3f} (target 0.90)")
            print(f"  CPU seconds: {memory.cpu_s:.1f} used, {bound_cpu_s:.1f} in the bound")
        print(f"peak memory: {memory.peak / 2**30:.2f} GiB (target 1.5)")
        quarter = max(1, len(memory.course) // 4)
        means = [np.mean(memory.course[at : at + quarter]) / 2**20 for at in range(0, 4 * quarter, quarter)]
        print("mean memory by quarter, MiB:", [round(float(one)) for one in means])


if __name__ == "__main__":
    main()
