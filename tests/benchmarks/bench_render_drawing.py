"""Drawing the frames of cuts: the time of each on one thread, how far motion is off, and the memory it takes.

``python tests/benchmarks/bench_render_drawing.py`` from the repository's root. Prints figures; asserts nothing.
Pictures are made here, 2400 x 1800 and 1500 x 2000, and a cutout; every preset draws the same 9 s with three captions.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
import psutil
from PIL import Image, ImageDraw

from core.render.compose.composer import Composer
from core.render.compose.thumbnail import thumbnail
from core.render.plan import make_plan
from core.render.presets import load_presets
from core.render.timing import weights
from core.render.types import Captions, RenderPlan, RenderRequest
from models.opencv import cv2

WORDS = Captions("Slow mornings start here", ("Roasted in small batches",), "Order today")
DURATION_S = 9
EVERY = 4


def pictures(folder: Path) -> list[Path]:
    """Two photos with detail of every size, and a product that was cut out."""
    paths = []
    for index, (width, height) in enumerate(((2400, 1800), (1500, 2000))):
        rng = np.random.default_rng(index)
        layers = [
            cv2.resize(rng.integers(0, 85, (side, side, 3), np.uint8), (width, height), interpolation=cv2.INTER_CUBIC)
            for side in (6, 60, 600)
        ]
        paths.append(folder / f"photo{index}.jpg")
        Image.fromarray(layers[0] + layers[1] + layers[2]).save(paths[-1], quality=92)
    product = Image.new("RGBA", (900, 1400), (255, 255, 255, 0))
    ImageDraw.Draw(product).rounded_rectangle((150, 100, 750, 1300), 120, fill=(200, 60, 30, 255))
    paths.append(folder / "product.png")
    product.save(paths[-1])
    return paths


def drawn(plan: RenderPlan, width_px: int, height_px: int) -> tuple[list[float], list[float], list[float]]:
    """Milliseconds of calm frames, of crossfades, and of a segment's or caption's first frame beyond that."""
    composer = Composer(plan, width_px=width_px, height_px=height_px)
    calm, mixed, first = [], [], []
    for frame in range(0, plan.frame_count, EVERY):
        took = [_milliseconds(composer, frame) for _ in range(2)]
        (calm if len(weights(plan, frame)) == 1 else mixed).append(took[1])
        if took[0] > 3 * took[1]:
            first.append(took[0] - took[1])
    faded = [frame for frame in range(plan.frame_count) if len(weights(plan, frame)) == 2]
    mixed += [_milliseconds(composer, frame) for frame in faded]
    return calm, mixed, first


def _milliseconds(composer: Composer, frame: int) -> float:
    began_s = time.perf_counter()
    composer.frame(frame)
    return (time.perf_counter() - began_s) * 1000


def main() -> None:
    """Print a line for each preset."""
    process = psutil.Process()
    with tempfile.TemporaryDirectory() as name:
        paths = pictures(Path(name))
        print(
            f"{'preset':22}{'calm ms':>9}{'fade ms':>9}{'firsts ms':>11}{'preview ms':>12}{'s per s':>9}{'RSS MB':>8}"
        )
        for preset in load_presets().presets:
            request = RenderRequest(
                preset.id, target_duration_s=DURATION_S, images=tuple(map(str, paths)), captions=WORDS
            )
            plan = make_plan(request, preset)
            calm, mixed, first = drawn(plan, 1080, 1920)
            preview, _, _ = drawn(plan, 405, 720)
            faded = sum(len(weights(plan, frame)) == 2 for frame in range(plan.frame_count))
            fade_ms = statistics.median(mixed) if mixed else 0.0
            whole_s = (statistics.mean(calm) * (plan.frame_count - faded) + fade_ms * faded + sum(first)) / 1000
            print(
                f"{preset.id:22}{statistics.median(calm):9.1f}{fade_ms:9.1f}{sum(first):11.0f}"
                f"{statistics.median(preview):12.1f}{whole_s / DURATION_S:9.2f}"
                f"{process.memory_info().rss / 1e6:8.0f}"
            )
        began_s = time.perf_counter()
        thumbnail(plan)
        print(f"thumbnail of {preset.id}: {(time.perf_counter() - began_s) * 1000:.0f} ms")


if __name__ == "__main__":
    main()
