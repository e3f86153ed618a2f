"""What is on screen at frame n of a cut: which segments, where the camera is, which words and how strongly.

Frame n stands for its middle, n + 0.5: so a fade or a move is the same read forwards and backwards. Crossfades are
centred on the border of two segments; half of one lies in each segment's frames.
"""

import math

from core.render.types import CameraKey, CaptionSlot, RenderPlan, SegmentPlan

CAPTION_FADE_FRAMES = 6
CAPTION_AT_ENDS = 0.92
"""How strongly words are there in a cut's first and last frame: feeds show these as its cover and when it has ended,
so the hook can be read from the start and the call to action to the end; the fade goes on from or down to this."""
_TALLEST_ASPECT = 16 / 9


def weights(plan: RenderPlan, frame: int) -> tuple[tuple[int, float], ...]:
    """The segments that frame shows, each with its share of the picture; shares sum to 1, none is 0.

    Raises IndexError for a frame outside the cut.
    """
    index = segment_at(plan, frame)
    segment = plan.segments[index]
    if index > 0:
        before = plan.segments[index - 1]
        shown = _crossed(frame, segment.start_frame, before.fade_frames)
        if shown < 1:
            return ((before.index, 1 - shown), (index, shown)) if shown > 0 else ((before.index, 1.0),)
    if index + 1 < len(plan.segments):
        following = plan.segments[index + 1]
        shown = _crossed(frame, following.start_frame, segment.fade_frames)
        if shown > 0:
            return ((index, 1 - shown), (following.index, shown)) if shown < 1 else ((following.index, 1.0),)
    return ((index, 1.0),)


def segment_at(plan: RenderPlan, frame: int) -> int:
    """Index of the segment whose file holds that frame. Raises IndexError for a frame outside the cut."""
    if not 0 <= frame < plan.frame_count:
        raise IndexError(f"frame {frame} of a cut of {plan.frame_count} frames")
    low, high = 0, len(plan.segments) - 1
    while low < high:
        middle = (low + high + 1) // 2
        if plan.segments[middle].start_frame <= frame:
            low = middle
        else:
            high = middle - 1
    return low


def _crossed(frame: int, border_frame: int, fade_frames: int) -> float:
    """How far a crossfade is at that frame, in [0, 1]; a cut goes from 0 to 1 at the border."""
    if fade_frames <= 0:
        return 1.0 if frame >= border_frame else 0.0
    return _smooth((frame + 0.5 - border_frame) / fade_frames + 0.5)


def on_screen(segment: SegmentPlan, plan: RenderPlan) -> tuple[float, float]:
    """First and last moment, in frames of the cut, at which the segment can be seen, its crossfades included."""
    before_frames = plan.segments[segment.index - 1].fade_frames if segment.index else 0
    start = segment.start_frame - before_frames / 2
    return start, segment.start_frame + segment.frame_count + segment.fade_frames / 2


def camera(segment_plan: SegmentPlan, plan: RenderPlan, frame: int) -> CameraKey:
    """Where the segment's camera is at that frame of the cut; before and after its time it stands at its ends.

    The move never leaves the range of the two keys around it. Zoom moves by the same factor in the same time, as the
    eye expects; it is never so small that a turned picture would show its edges.
    """
    start, end = on_screen(segment_plan, plan)
    at = min(1.0, max(0.0, (frame + 0.5 - start) / (end - start)))
    keys, easing = segment_plan.keys, segment_plan.easing
    angle_deg = _between(keys, [key.angle_deg for key in keys], at, easing)
    zoom = math.exp(_between(keys, [math.log(key.zoom) for key in keys], at, easing))
    return CameraKey(
        at=at,
        x=_between(keys, [key.x for key in keys], at, easing),
        y=_between(keys, [key.y for key in keys], at, easing),
        zoom=max(zoom, least_zoom(angle_deg), 1.0),
        angle_deg=angle_deg,
    )


def least_zoom(angle_deg: float) -> float:
    """How large a picture must be drawn to still cover an upright 9:16 frame when it is turned that far."""
    angle = math.radians(abs(angle_deg))
    return math.cos(angle) + _TALLEST_ASPECT * math.sin(angle)


def captions_at(plan: RenderPlan, frame: int) -> tuple[tuple[CaptionSlot, float], ...]:
    """The texts on screen at that frame with their opacity in (0, 1]."""
    found = ((slot, _opacity_in_cut(slot, frame, plan.frame_count)) for slot in plan.captions)
    return tuple((slot, opacity) for slot, opacity in found if opacity > 0)


def _opacity_in_cut(slot: CaptionSlot, frame: int, frame_count: int) -> float:
    """As :func:`caption_opacity`, but at the cut's own ends a text is never less than CAPTION_AT_ENDS."""
    opacity = caption_opacity(slot, frame)
    half = (slot.start_frame + slot.end_frame) / 2
    at_start, at_end = slot.start_frame == 0 and frame < half, slot.end_frame == frame_count and frame >= half
    if opacity > 0 and (at_start or at_end):
        return CAPTION_AT_ENDS + (1 - CAPTION_AT_ENDS) * opacity
    return opacity


def caption_opacity(slot: CaptionSlot, frame: int) -> float:
    """In [0, 1]: a text fades in and out within its slot, over a quarter of it at most, and is 0 outside of it."""
    if not slot.start_frame <= frame < slot.end_frame:
        return 0.0
    fade_frames = min(CAPTION_FADE_FRAMES, (slot.end_frame - slot.start_frame) / 4)
    nearest_end = min(frame + 0.5 - slot.start_frame, slot.end_frame - frame - 0.5)
    return _smooth(nearest_end / fade_frames)


def _smooth(part: float) -> float:
    part = min(1.0, max(0.0, part))
    return part * part * (3 - 2 * part)


def _between(keys: tuple[CameraKey, ...], values: list[float], at: float, easing: str) -> float:
    """A cubic between the two keys around ``at``; it stays within their values.

    Slopes at the keys: F. Fritsch, J. Butland, "A method for constructing local monotone piecewise cubic interpolants"
    (SIAM J. Sci. Stat. Comput. 5, 1984), so a move has one speed across a key and stands still where it turns. The
    easing says how it begins and ends; ``pulse`` begins at full speed after each key and settles at the next.
    """
    last = len(keys) - 1
    if last == 0:
        return values[0]
    index = next((i for i in range(last) if at <= keys[i + 1].at), last - 1)
    span = keys[index + 1].at - keys[index].at
    if span <= 0:
        return values[index + 1]
    part = min(1.0, max(0.0, (at - keys[index].at) / span))
    low, high = values[index], values[index + 1]
    if easing == "pulse":
        return low + (high - low) * (1 - (1 - part) ** 3)
    start_slope = _slope(keys, values, index, easing) * span
    end_slope = _slope(keys, values, index + 1, easing) * span
    back, square, cube = 1 - part, part * part, part * part * part
    value = (
        low * (1 - 3 * square + 2 * cube)
        + high * (3 * square - 2 * cube)
        + start_slope * part * back * back
        - end_slope * square * back
    )
    return min(max(value, min(low, high)), max(low, high))


def _slope(keys: tuple[CameraKey, ...], values: list[float], index: int, easing: str) -> float:
    """Per unit of ``at``, at a key."""
    last = len(keys) - 1
    if index == 0:
        return {"linear": 1.0, "ease_out": 3.0}.get(easing, 0.0) * _secant(keys, values, 0)
    if index == last:
        return _secant(keys, values, last - 1) if easing == "linear" else 0.0
    before, after = _secant(keys, values, index - 1), _secant(keys, values, index)
    if before * after <= 0:
        return 0.0
    before_span = keys[index].at - keys[index - 1].at
    after_span = keys[index + 1].at - keys[index].at
    before_weight, after_weight = before_span + 2 * after_span, 2 * before_span + after_span
    # a harmonic mean: near a fast stretch a slow one stays slow
    return (before_weight + after_weight) / (after_weight / before + before_weight / after)


def _secant(keys: tuple[CameraKey, ...], values: list[float], index: int) -> float:
    span = keys[index + 1].at - keys[index].at
    return (values[index + 1] - values[index]) / span if span > 0 else 0.0
