"""Speed of decoding with shot scores in the pass, against decoding alone.

Run as ``python tests/benchmarks/bench_decode_and_shots.py``.
Target: at least 0.95. Also prints how long the frame table of a
45-minute file takes. Nothing is asserted: machines differ.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from core.media.decode import decode_range
from core.media.frames import scan_frames
from core.media.pictures import PictureMaker
from core.media.probe import probe
from core.media.types import FrameTable, MediaInfo
from core.shots.find import find_shots
from core.shots.scorer import ShotScorer

SIZE = (1280, 720)
SECONDS = 12
FPS = 25
REPETITIONS = 7
LONG_MINUTES = 45


def make_clip(path: Path) -> None:
    """Detailed ground under a moving camera with sensor noise and a cut every three seconds, at about 4 Mbit/s."""
    rng = np.random.default_rng(0)
    noise = rng.normal(0, 3, (4, SIZE[1], SIZE[0], 3)).astype(np.float32)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        stream.bit_rate = 4_000_000
        stream.options = {"preset": "medium", "g": "50"}
        ground = np.zeros(0, np.float32)
        for number in range(SECONDS * FPS):
            if number % (3 * FPS) == 0:
                coarse = rng.uniform(20, 230, (16, 24, 3)).astype(np.float32)
                ground = np.kron(coarse, np.ones((64, 80, 1), np.float32))
            x, y = 4 * (number % 75), 2 * (number % 75)
            picture = ground[y : y + SIZE[1], x : x + SIZE[0]] + noise[number % 4]
            frame = av.VideoFrame.from_ndarray(np.clip(picture, 0, 255).astype(np.uint8), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


def repeat_packets(source: Path, target: Path, minutes: int) -> None:
    """A file of that length made of the same packets again and again."""
    with av.open(str(source)) as taken, av.open(str(target), "w") as given:
        from_stream = taken.streams.video[0]
        to_stream = given.add_stream_from_template(from_stream)
        packets = [packet for packet in taken.demux(from_stream) if packet.size]
        length = round(SECONDS / from_stream.time_base)
        for number in range(minutes * 60 // SECONDS):
            for packet in packets:
                packet.stream = to_stream
                if number:
                    packet.pts, packet.dts = packet.pts + length, packet.dts + length
                given.mux(packet)


def decode_alone(path: Path) -> int:
    """Count the frames."""
    return sum(1 for _ in decode_range(path, start_pts=0))


def with_shots(info: MediaInfo, table: FrameTable) -> Callable[[Path], int]:
    """Decode, score each frame, find the shots; gives the number of frames."""

    def decode_and_score(path: Path) -> int:
        maker, scorer = PictureMaker(info), ShotScorer()
        scores = [scorer.score(maker.small_bgr(one.frame)) for one in decode_range(path, start_pts=0)]
        find_shots(np.asarray(scores, np.float32), table)
        return len(scores)

    return decode_and_score


def cpu_s(work: Callable[[Path], int], path: Path) -> float:
    """Processor seconds of one run."""
    begin_s = time.process_time()
    work(path)
    return time.process_time() - begin_s


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        clip, long_clip = Path(folder) / "clip.mp4", Path(folder) / "long.mp4"
        make_clip(clip)
        frames = decode_alone(clip)
        decode_and_score = with_shots(probe(clip), scan_frames(clip))
        decode_and_score(clip)
        pairs = [(cpu_s(decode_alone, clip), cpu_s(decode_and_score, clip)) for _ in range(REPETITIONS)]
        alone_s, scored_s = (statistics.median(column) for column in zip(*pairs, strict=True))
        ratio = statistics.median(alone / scored for alone, scored in pairs)
        print(
            f"decoding alone          {1000 * alone_s / frames:6.2f} CPU-ms a frame ({frames / alone_s:.0f} frames/s)"
        )
        print(
            f"decoding and shots      {1000 * scored_s / frames:6.2f} CPU-ms a frame ({frames / scored_s:.0f} frames/s)"
        )
        print(f"ratio of speeds         {ratio:6.3f} (target >= 0.95)")
        repeat_packets(clip, long_clip, LONG_MINUTES)
        begin_s = time.perf_counter()
        table = scan_frames(long_clip)
        taken_s = time.perf_counter() - begin_s
        size_mb = long_clip.stat().st_size / 1e6
        print(f"table of {len(table)} frames, {LONG_MINUTES} min, {size_mb:.0f} MB: {taken_s:.2f} s (target < 2 s)")


if __name__ == "__main__":
    main()
