"""Captions, grounds and measures that the tests of captions share; run as a program it draws the reference pictures."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from core.render.captions.draw import draw_caption
from core.render.captions.layer import CaptionLayer, blend
from core.render.types import Archetype, Backing, CaptionPosition, CaptionRole, CaptionStyle, Rgb, SizeRule
from models.opencv import cv2

WIDTH_PX, HEIGHT_PX = 1080, 1920
REFERENCES = Path(__file__).parent / "reference"
REFERENCE_WIDTH_PX, REFERENCE_HEIGHT_PX = 360, 640
NINETY = "Ninety characters are quite a lot for one caption, yet all of them must be legible, truly."
LONG_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
TEXTS = {
    "one_sign": "A",
    "ninety": NINETY,
    "thousand": "Lorem ipsum dolor sit amet, consectetur adipiscing elit. " * 18,
    "apostrophe": "It’s what you'd want",
    "percent": "50% off %s %d %(x)s",
    "colon": "Today: 10:30:00, doors",
    "backslash": "C:\\new\\table \\N{x}",
    "emoji": "👍🏽 👩‍👩‍👧‍👦 🇩🇪🇯🇵 🏴󠁧󠁢󠁳󠁣󠁴󠁿 ❤️ 1️⃣ 🏳️‍🌈 new",
    "arabic": "مجموعة الخريف الجديدة متوفرة الآن",
    "hebrew": "אוסף הסתיו החדש כבר כאן",
    "mixed": "خصم 50% على iPhone 15 Pro اليوم فقط!",
    "japanese": "新しい秋のコレクションが登場。今すぐチェック！",
    "thai": "คอลเลกชันฤดูใบไม้ร่วงใหม่มาถึงแล้ววันนี้",
    "hindi": "शरद ऋतु का नया संग्रह अब उपलब्ध है",
    "korean": "새로운 가을 컬렉션을 지금 만나보세요",
    "long_word": LONG_WORD,
    "newlines": "First line\nSecond one\n\n\nThird",
}
REFERENCE_TEXTS = ("ninety", "apostrophe", "percent", "colon", "backslash", "emoji", "arabic", "japanese")
GREYS = {"light": 244, "dark": 18}


def style(font: str = "Inter", **changes: Any) -> CaptionStyle:
    """A plain style without anything that reaches softly beyond the letters."""
    usual: dict[str, Any] = {
        "size_rules": SizeRule.AUTO,
        "position": CaptionPosition.LOWER_THIRD,
        "safe_margin_px": 120,
        "shadow": False,
        "backing": Backing.NONE,
    }
    return CaptionStyle(font, **(usual | changes))


def flat(grey: int, width_px: int = WIDTH_PX, height_px: int = HEIGHT_PX) -> Rgb:
    """A picture of one grey."""
    return np.full((height_px, width_px, 3), grey, np.uint8)


def drawn(
    text: str,
    style: CaptionStyle,
    *under: Rgb,
    role: CaptionRole = CaptionRole.BEAT,
    archetype: Archetype = Archetype.OVERLAY,
) -> CaptionLayer:
    """A caption at full size."""
    return draw_caption(text, style, role, archetype, width_px=WIDTH_PX, height_px=HEIGHT_PX, under=under)


def on(picture: Rgb, layer: CaptionLayer) -> Rgb:
    """The part of a picture under a layer, with the layer on it."""
    frame = picture.copy()
    blend(frame, layer, 1.0)
    height, width = layer.rgba.shape[:2]
    return np.ascontiguousarray(frame[layer.top_px : layer.top_px + height, layer.left_px : layer.left_px + width])


def contrast_around(letters: tuple[int, int, int], shown: Rgb) -> float:
    """The contrast that nine tenths of the pixels 2 to 4 pixels beside letters of a colour reach (WCAG 2.2)."""
    is_letter = (np.abs(shown.astype(int) - letters).max(axis=2) < 12).astype(np.uint8)
    near, touching = (cv2.dilate(is_letter, np.ones((size, size), np.uint8)) > 0 for size in (9, 5))
    around = _luminance(shown[near & ~touching])
    own = float(_luminance(np.array([letters], np.uint8))[0])
    ratios = (np.maximum(around, own) + 0.05) / (np.minimum(around, own) + 0.05)
    return float(np.percentile(ratios, 10))


def reference_picture(name: str, ground: str) -> Rgb:
    """A small frame's part with a hook on a plain light or dark ground."""
    picture = flat(GREYS[ground], REFERENCE_WIDTH_PX, REFERENCE_HEIGHT_PX)
    layer = draw_caption(
        TEXTS[name],
        style("Inter", shadow=True, backing=Backing.SOFT),
        CaptionRole.HOOK,
        Archetype.OVERLAY,
        width_px=REFERENCE_WIDTH_PX,
        height_px=REFERENCE_HEIGHT_PX,
        under=[picture],
    )
    blend(picture, layer, 1.0)
    return np.ascontiguousarray(picture[380:570])


def write_references() -> None:
    """Draw the reference pictures anew; look at them before they are kept."""
    REFERENCES.mkdir(exist_ok=True)
    for name in REFERENCE_TEXTS:
        for ground in GREYS:
            picture = reference_picture(name, ground)
            cv2.imwrite(
                str(REFERENCES / f"caption_{name}_{ground}.png"), picture[..., ::-1], [cv2.IMWRITE_PNG_COMPRESSION, 9]
            )


def _luminance(colours: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    part = colours / 255
    linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear @ np.array([0.2126, 0.7152, 0.0722]))


if __name__ == "__main__":
    write_references()
