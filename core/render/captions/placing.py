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
_HOOK_LARGER = 1.3
_MEME_LARGER = 1.4
_MOST_HEIGHT = 0.45
_MOST_MEME_HEIGHT = 0.17
"""Of the frame: a meme's words stand in a band."""
_PLATE_ACROSS_EM, _PLATE_DOWN_EM, _PLATE_INK_EM = 0.62, 0.44, 0.2
_SHADOW_EM = 0.1


@dataclass(frozen=True, slots=True)
class Box:
    """Edges in pixels of the frame."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Standing:
    """A set caption with the baseline of its first line; ``plate`` around it, where there is one."""

    text: SetText
    middle_px: float
    first_baseline_px: float
    stroke_px: float
    plate: Box | None

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


def full_size_px(style: CaptionStyle, role: CaptionRole, archetype: Archetype, width_px: int) -> float:
    """The size before anything is made to fit: the preset's, hooks larger, memes much larger."""
    size = SIZE_PX[style.size_rules] * width_px / WIDTH_PX
    if archetype is Archetype.MEME_TEXT:
        return size * _MEME_LARGER
    return size * _HOOK_LARGER if role is CaptionRole.HOOK else size


def has_plate(style: CaptionStyle, role: CaptionRole) -> bool:
    """Calls to action stand on a plate of the accent's colour, others where the preset says so."""
    return role is CaptionRole.CTA or style.backing is Backing.PLATE


def stand(
    wording: Wording, style: CaptionStyle, archetype: Archetype, width_px: int, height_px: int, *, plate: bool
) -> Standing:
    """Set and place a caption: all of it, with stroke, shadow's core and plate, lies inside the safe zone."""
    left, top, right, bottom = safe_zone(style, width_px, height_px)
    size = full_size_px(style, wording.role, archetype, width_px)
    stroke = 0.0 if wording.role is CaptionRole.CTA else style.stroke_px * width_px / WIDTH_PX
    across = size * _PLATE_ACROSS_EM if plate else stroke + size * _SHADOW_EM
    down = size * (_PLATE_DOWN_EM + _PLATE_INK_EM) if plate else stroke + size * _SHADOW_EM
    most = _MOST_MEME_HEIGHT if archetype is Archetype.MEME_TEXT else _MOST_HEIGHT
    room = min(bottom - top - 2 * down, height_px * most)
    text = set_caption(wording, size, max(1.0, right - left - 2 * across), max(1.0, room), stroke_em=stroke / size)
    stroke *= text.font_px / size
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
    )


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
