"""Words on finished frames: legible on light, dark and noisy pictures, and inside the safe zone in any script."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from core.render.compose.composer import Composer
from core.render.presets import BUILT_IN, load_presets
from core.render.types import WIDTH_PX, CaptionRole, Captions, CaptionSlot, CaptionStyle
from models.opencv import cv2
from tests.render.drawn_stills import plan_of

WIDTH, HEIGHT = 540, 960
ENOUGH = 4.5
SEEN = 2
"""How far a value may change outside of the safe zone: by rounding."""
WORDS = Captions("100% linen, isn't it?", ("Made to last: “today” and \\ tomorrow",), "Order now")
ANY = Captions(
    "Ninety signs are a lot for one hook but people write them anyway and wonder why it looks so",
    ("تشكيلة جديدة: هذا الأسبوع فقط", "新しいコレクション、今週だけ 🎉", "Wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww " * 6),
    "A call to action 🛍 that nobody would call short, नई पेशकश, " * 3,
)
Pixels = npt.NDArray[np.uint8]


def picture(path: Path, kind: str) -> Path:
    """White, or black on the left and noise on the right; as tall as a frame."""
    small = np.full((240, 135, 3), 255 if kind == "light" else 0, np.uint8)
    if kind == "dark and noisy":
        small[:, 68:] = np.random.default_rng(6).integers(0, 256, (240, 67, 3), np.uint8)
    Image.fromarray(cv2.resize(small, (WIDTH, HEIGHT))).save(path, compress_level=1)
    return path


def light(colours: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Relative luminance of colours from 0 to 255 (WCAG 2.2)."""
    part = colours / 255
    linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear @ np.array([0.2126, 0.7152, 0.0722]))


def letters(composer: Composer, slot: CaptionSlot, style: CaptionStyle) -> Pixels:
    """1 where letters are whole: what is opaque in the layer and has their colour; on a call's plate, has not its."""
    layer = composer.caption(slot)
    call = slot.role is CaptionRole.CTA
    wanted = style.accent if call else style.colour
    away = np.abs(layer.rgba[..., :3].astype(int) - [int(wanted[at : at + 2], 16) for at in (1, 3, 5)]).max(axis=2)
    rows, columns = away.shape
    found = np.zeros((HEIGHT, WIDTH), np.uint8)
    found[layer.top_px : layer.top_px + rows, layer.left_px : layer.left_px + columns] = (layer.rgba[..., 3] == 255) & (
        (away > 100) if call else (away < 12)
    )
    return found


def contrast(frame: Pixels, where: Pixels) -> float:
    """Of letters to nine tenths of the pixels 3 beside them."""
    near, touching = (cv2.dilate(where, np.ones((size, size), np.uint8)) > 0 for size in (7, 5))
    inner = cv2.erode(where, np.ones((3, 3), np.uint8)) > 0
    own = float(light(np.median(frame[inner], axis=0)))
    around = light(frame[near & ~touching].astype(np.float64))
    return float(np.percentile((np.maximum(around, own) + 0.05) / (np.minimum(around, own) + 0.05), 10))


@pytest.mark.parametrize("kind", ["light", "dark and noisy"])
@pytest.mark.parametrize("preset", BUILT_IN)
def test_that_words_can_be_read_from_the_first_frame_to_the_last(preset: str, kind: str, tmp_path: Path) -> None:
    plan = plan_of(preset, picture(tmp_path / "picture.png", kind), captions=WORDS, duration_s=3)
    composer = Composer(plan, width_px=WIDTH, height_px=HEIGHT)
    hook, beat, call = plan.captions
    for slot, frame in ((hook, 0), (beat, (beat.start_frame + beat.end_frame) // 2), (call, plan.frame_count - 1)):
        where = letters(composer, slot, plan.preset.caption_style)
        assert where.sum() > 200
        assert contrast(composer.frame(frame), where) >= ENOUGH, slot.role


@pytest.mark.parametrize("preset", BUILT_IN)
def test_that_words_change_nothing_outside_the_safe_zone(preset: str, tmp_path: Path) -> None:
    plan = plan_of(preset, picture(tmp_path / "picture.png", "light"), captions=ANY, duration_s=5)
    width, height = 405, 720
    margin = load_presets().get(preset).caption_style.safe_margin_px * width // WIDTH_PX
    composer = Composer(plan, width_px=width, height_px=height)
    for slot in plan.captions:
        frame = (slot.start_frame + slot.end_frame) // 2
        with_words, without = (composer.frame(frame, captions=shown).astype(int) for shown in (True, False))
        changed = np.abs(with_words - without).max(axis=2)
        assert changed.max() > 60
        changed[margin : height - margin, margin : width - margin] = 0
        assert changed.max() <= SEEN, slot.text
