"""Pictures and plans for tests of what is drawn."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from core.render.plan import make_plan
from core.render.presets import load_presets
from core.render.types import Captions, Look, RenderPlan, RenderRequest, Rgb
from models.opencv import cv2

Places = npt.NDArray[np.float64]
WORDS = Captions(hook="Slow mornings", beats=("Roasted in small batches",), cta="Order today")
NO_WORDS = Captions()


def photo(path: Path, width_px: int = 900, height_px: int = 600, *, seed: int = 1) -> Path:
    """Something with fine and coarse detail that is nowhere black."""
    rng = np.random.default_rng(seed)
    coarse = cv2.resize(
        rng.integers(60, 230, (5, 7, 3), np.uint8), (width_px, height_px), interpolation=cv2.INTER_CUBIC
    )
    fine = cv2.resize(rng.integers(0, 40, (height_px // 6, width_px // 6, 3), np.uint8), (width_px, height_px))
    Image.fromarray(cv2.add(cv2.max(coarse, 50), fine)).save(path, compress_level=1)
    return path


def product(path: Path, width_px: int = 500, height_px: int = 700) -> Path:
    """A red round thing that was cut out, in the middle of nothing."""
    picture = Image.new("RGBA", (width_px, height_px), (255, 255, 255, 0))
    ImageDraw.Draw(picture).ellipse((100, 150, width_px - 100, height_px - 150), fill=(210, 30, 20, 255))
    picture.save(path)
    return path


def spots(path: Path, width_px: int = 1600, height_px: int = 1200, *, apart_px: int = 100) -> Places:
    """Soft white spots on dark grey; returns where their middles are, (n, 2), x first."""
    down, across = np.mgrid[0:height_px, 0:width_px].astype(np.float32)
    near = [np.abs((grid + apart_px / 2) % apart_px - apart_px / 2) for grid in (across, down)]
    light = 30 + 200 * np.exp(-(near[0] ** 2 + near[1] ** 2) / (2 * 4.0**2))
    Image.fromarray(np.repeat(np.rint(light).astype(np.uint8)[..., None], 3, axis=2)).save(path)
    places = [(x, y) for x in range(0, width_px, apart_px) for y in range(0, height_px, apart_px)]
    return np.array(places, np.float64)


def plan_of(
    preset_id: str,
    *images: Path,
    captions: Captions = NO_WORDS,
    duration_s: int = 6,
    mask: Path | None = None,
    look: Look | None = None,
) -> RenderPlan:
    """A plan as anybody would ask for it; ``look`` instead of the preset's own."""
    request = RenderRequest(
        preset_id,
        target_duration_s=duration_s,
        images=tuple(str(image) for image in images),
        captions=captions,
        mask=str(mask) if mask else None,
    )
    plan = make_plan(request, load_presets().get(preset_id))
    return replace(plan, preset=replace(plan.preset, look=look)) if look else plan


def differences(first: Rgb, second: Rgb) -> npt.NDArray[np.int16]:
    """How far two pictures are apart, for each value."""
    return np.abs(first.astype(np.int16) - second.astype(np.int16))
