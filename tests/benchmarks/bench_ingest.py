"""Time of measuring a video against the slower of decoding it alone and embedding its moments alone.

``python -m tests.benchmarks.bench_ingest [--seconds 60] [--mirrored] [--workers N] [--video PATH]`` from the
repository's root. Target: at most 1.2. Decoding and embedding alone are one pass each with one thread, in this process;
measuring is what the job does, with its pool of workers (one for each core), once they are warm. The bound that the
processors set, (decoding + embedding) / workers, is printed too: nothing can be quicker. So are processor seconds,
which hold on a busy machine too. Nothing is asserted: machines differ.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import psutil

from core.jobs.executors import UnitPool, local_pool
from core.media.decode import decode_range
from core.media.frames import scan_frames
from core.media.pictures import PictureMaker
from core.media.probe import probe
from core.media.types import MediaInfo
from core.procedures.clips import clip_times
from core.procedures.embedding_files import write_embedding
from core.procedures.features import moment_features
from core.procedures.measure_unit import BATCH
from core.procedures.measuring import Asked, measure_video
from core.procedures.sampled_frames import sampled_frames
from core.procedures.sampling import plan_samples
from core.procedures.types import Masks
from models.frame_encoder import open_frame_encoder
from models.store import ModelStore
from tests.benchmarks.bench_decode_and_shots import SECONDS, make_clip, repeat_packets
from tests.jobs.still_context import StillContext

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds by the clock, and processor seconds of this process and its workers."""

    clock_s: float
    cpu_s: float


def timed(work: Callable[[], T]) -> tuple[Took, T]:
    """How long it took, and what was made."""
    began_s, began_cpu_s = time.perf_counter(), cpu_s()
    made = work()
    return Took(time.perf_counter() - began_s, cpu_s() - began_cpu_s), made


def cpu_s() -> float:
    """Of this process and its workers until now."""
    this = psutil.Process()
    times = [one.cpu_times() for one in (this, *this.children(recursive=True))]
    return float(sum(one.user + one.system for one in times))


def decode_alone(path: Path) -> int:
    """Frames of the whole video, as they are."""
    return sum(1 for _ in decode_range(path, start_pts=0, threads=1))


def moments_of(
    path: Path, info: MediaInfo, size_px: tuple[int, int]
) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """The pictures of all moments, uint8 (n, h, w, 3)."""
    table, maker = scan_frames(path), PictureMaker(info)
    frames = sampled_frames(path, int(table.pts[0]), plan_samples(table).pts, pulse=lambda: None)
    return np.stack([maker.rgb(frame, size_px) for frame, count in frames for _ in range(count)])


def embed_alone(
    pictures: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], models: ModelStore, *, mirrored: bool
) -> Callable[[], int]:
    """Embeds all pictures, turned left to right too if ``mirrored``."""
    encoder = open_frame_encoder(models)
    moment_features(encoder, pictures[:BATCH], None)

    def work() -> int:
        for start in range(0, len(pictures), BATCH):
            batch = pictures[start : start + BATCH]
            before = pictures[start - 1] if start else None
            moment_features(encoder, batch, before)
            if mirrored:
                turned = np.ascontiguousarray(batch[:, :, ::-1])
                moment_features(encoder, turned, None if before is None else before[:, ::-1])
        return len(pictures)

    return work


def ingest(asked: Asked, models: ModelStore, pool: UnitPool, folder: Path) -> Callable[[], int]:
    """Everything that the job does with the video but its rows."""

    def work() -> int:
        found = measure_video(asked, models=models, pool=pool, context=StillContext(), work_dir=folder / "work")
        clips = clip_times(found.moments, clip_s=4.0, overlap=0.0)
        write_embedding(folder / "embedding", found.moments, clips)
        return len(found.moments)

    return work


def made_video(folder: Path, seconds: int) -> Path:
    """720p, 25 frames a second, with detail, noise and movement."""
    clip, path = folder / "clip.mp4", folder / "video.mp4"
    make_clip(clip)
    if seconds <= SECONDS:
        return clip
    repeat_packets(clip, path, 1)
    return path


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--video", type=Path)
    parser.add_argument("--seconds", type=int, default=60, help="of the video that is made: 12 or 60")
    parser.add_argument("--workers", type=int, default=None)
    parser.add_argument("--mirrored", action="store_true", help="as for a gold recording")
    options = parser.parse_args()
    models = ModelStore()
    pool = local_pool(options.workers)
    try:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            path = options.video or made_video(folder, options.seconds)
            info = probe(path)
            asked = Asked(path, info, Masks(), mirrored=options.mirrored)
            ingest(asked, models, pool, folder / "warm")()  # workers start and load the model
            pictures = moments_of(path, info, open_frame_encoder(models).size_px)
            decoding, frames = timed(lambda: decode_alone(path))
            embedding, moments = timed(embed_alone(pictures, models, mirrored=options.mirrored))
            whole, _ = timed(ingest(asked, models, pool, folder / "cold"))
            print(f"{info.width_px} x {info.height_px}, {info.duration_s:.0f} s, {frames} frames, {moments} moments")
            print_table(pool.workers, decoding, embedding, whole)
    finally:
        pool.close()


def print_table(workers: int, decoding: Took, embedding: Took, whole: Took) -> None:
    """What was found."""
    for name, took in (
        ("decoding alone", decoding),
        ("embedding alone", embedding),
        (f"ingest, {workers} workers", whole),
    ):
        print(f"{name:24}{took.clock_s:7.2f} s   {took.cpu_s:7.2f} processor seconds")
    slower_s = max(decoding.clock_s, embedding.clock_s)
    bound_s = (decoding.clock_s + embedding.clock_s) / workers
    both_cpu_s = decoding.cpu_s + embedding.cpu_s
    print(f"ingest / slower alone   {whole.clock_s / slower_s:7.2f}   (target <= 1.2)")
    print(f"ingest / bound          {whole.clock_s / bound_s:7.2f}   (bound {bound_s:.2f} s)")
    print(f"processor seconds       {whole.cpu_s / both_cpu_s:7.2f}   of decoding and embedding together")


if __name__ == "__main__":
    main()
