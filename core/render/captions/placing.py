"""Where a caption stands in the frame and how large it may be."""

from dataclasses import dataclass

from core.render.captions.layer import safe_zone
from core.render.captions.setting import SetText, set_caption
from core.render.captions.wording import Wording
from core.render.types import (
    SIZE_PX,
    WIDTH_PX,
    Archetype,
    Backing,
    CaptionPosition,
    CaptionRole,
    CaptionStyle,
)

_MIDDLE = {CaptionPosition.UPPER_THIRD: 0.205, CaptionPosition.CENTER: 0.5, CaptionPosition.LOWER_THIRD: 0.735}
"""Of the frame's height: the thirds' parts that the buttons and texts of social networks leave free."""
_HOOK_LARGER, _CTA_LARGER = 1.3, 1.15
_ALONE_LARGER = 1.4
"""Where there is no picture, words are the picture."""
_MEME_LARGER = 1.4
_MOST_HEIGHT = 0.45
_MOST_MEME_HEIGHT = 0.17
"""Of the frame: a meme's words stand in a band."""
_PLATE_ACROSS_EM, _PLATE_DOWN_EM, _PLATE_INK_EM = 0.62, 0.44, 0.2
_SHADOW_EM = 0.1
SOFT_EDGE_EM = 0.3
"""Room at the sides for what is soft around letters: there it fades, and is gone where the safe zone ends."""


@dataclass(frozen=True, slots=True)
class Box:
    """Edges in pixels of the frame."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Standing:
    """A set caption with the baseline of its first line; ``plate`` around it, where there is one; the safe ``zone``."""

    text: SetText
    middle_px: float
    first_baseline_px: float
    stroke_px: float
    plate: Box | None
    zone: Box

    def lines(self) -> list[Box]:
        """Each line from its capitals' top (or its ink's) to its lowest ink."""
        size = self.text.font_px
        boxes = []
        for line, base_em in zip(self.text.lines, self.text.baselines_em, strict=True):
            half = line.width_em * size / 2
            baseline = self.first_baseline_px + base_em * size
            top = baseline - max(self.text.cap_em, line.above_em) * size
            boxes.append(Box(self.middle_px - half, top, self.middle_px + half, baseline + line.below_em * size))
        return boxes


def full_size_px(style: CaptionStyle, wording: Wording, archetype: Archetype, width_px: int) -> float:
    """The size before anything is made to fit: the preset's; hooks and calls to action larger, memes much larger."""
    size = SIZE_PX[style.size_rules] * width_px / WIDTH_PX
    if archetype is Archetype.MEME_TEXT:
        return size * _MEME_LARGER
    if wording.role is CaptionRole.BEAT:
        return size
    return size * wording.family.display * (_HOOK_LARGER if wording.role is CaptionRole.HOOK else _CTA_LARGER)


def has_plate(style: CaptionStyle, role: CaptionRole) -> bool:
    """Calls to action stand on a plate of the accent's colour, others where the preset says so."""
    return role is CaptionRole.CTA or style.backing is Backing.PLATE


def stand(
    wording: Wording,
    style: CaptionStyle,
    archetype: Archetype,
    width_px: int,
    height_px: int,
    *,
    plate: bool,
    alone: bool = False,
) -> Standing:
    """Set and place a caption: all of it, with stroke, shadow's core and plate, lies inside the safe zone.

    ``alone``: there is no picture; then a text that has room is set larger.
    """
    left, top, right, bottom = safe_zone(style, width_px, height_px)
    size = full_size_px(style, wording, archetype, width_px)

    def set_at(size: float) -> tuple[SetText, float]:
        stroke = 0.0 if wording.role is CaptionRole.CTA else style.stroke_px * width_px / WIDTH_PX
        across = size * _PLATE_ACROSS_EM if plate else max(stroke + size * _SHADOW_EM, size * _soft_edge_em(style))
        down = size * (_PLATE_DOWN_EM + _PLATE_INK_EM) if plate else stroke + size * _SHADOW_EM
        most = _MOST_MEME_HEIGHT if archetype is Archetype.MEME_TEXT else _MOST_HEIGHT
        room = min(bottom - top - 2 * down, height_px * most)
        text = set_caption(wording, size, max(1.0, right - left - 2 * across), max(1.0, room), stroke_em=stroke / size)
        return text, stroke * text.font_px / size

    text, stroke = set_at(size)
    if text.shortened:  # all of a text in the preset's own size is better than its beginning in a larger one
        text, stroke = set_at(SIZE_PX[style.size_rules] * width_px / WIDTH_PX)
    if alone and archetype is not Archetype.MEME_TEXT and not text.shortened:
        larger, its_stroke = set_at(size * _ALONE_LARGER)
        if not larger.shortened and larger.font_px > text.font_px:
            text, stroke = larger, its_stroke
    middle = _MIDDLE[style.position] * height_px
    above, below = _reach_px(text, stroke, plate)
    centre_to_baseline = (text.cap_em - text.baselines_em[-1]) * text.font_px / 2
    baseline = min(max(middle + centre_to_baseline, top + above), bottom - below)
    baseline = float(max(round(baseline), -(-(top + above) // 1)))
    return Standing(
        text=text,
        middle_px=(left + right) / 2,
        first_baseline_px=baseline,
        stroke_px=stroke,
        plate=_plate(text, (left + right) / 2, baseline, above, below) if plate else None,
        zone=Box(left, top, right, bottom),
    )


def _soft_edge_em(style: CaptionStyle) -> float:
    return SOFT_EDGE_EM if style.shadow or style.glow or style.backing in {Backing.NONE, Backing.SOFT} else 0.0


def _reach_px(text: SetText, stroke_px: float, plate: bool) -> tuple[float, float]:
    """How far a caption reaches up and down from its first baseline."""
    size, last = text.font_px, text.baselines_em[-1]
    if not plate:
        around = stroke_px + size * _SHADOW_EM
        return text.top_em * size + around, text.bottom_em * size + around
    above = max(text.cap_em + _PLATE_DOWN_EM, text.top_em + _PLATE_INK_EM)
    below = max(last + _PLATE_DOWN_EM, text.bottom_em + _PLATE_INK_EM)
    return above * size, below * size


def _plate(text: SetText, middle_px: float, baseline_px: float, above_px: float, below_px: float) -> Box:
    half = (text.width_em / 2 + _PLATE_ACROSS_EM) * text.font_px
    return Box(middle_px - half, baseline_px - above_px, middle_px + half, baseline_px + below_px)
