"""What a remote engine is told of a segment, and no more: no path, no file name, no picture of other segments."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson

from core.errors import MediaMissing
from core.render.engines.http_talk import Part
from core.render.types import FPS, HEIGHT_PX, WIDTH_PX, CaptionSlot, RenderPlan, SegmentPlan

VERSION = 1
_TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".webp": "image/webp"}
ENCODING = {
    "container": "mp4",
    "codec": "h264",
    "profile": "high",
    "pixel_format": "yuv420p",
    "colour": "bt709, limited range, tagged",
    "b_frames": 0,
    "closed_groups": True,
    "sound": False,
}
"""Segments are joined by their packets, so all of them are encoded alike."""


def order_of(plan: RenderPlan, index: int) -> tuple[Part, ...]:
    """The parts of the form: ``request`` (JSON), then each picture that the segment shows, and masks.

    Frames in the document count from the segment's first one; a neighbour is told of where a crossfade shows it.
    Raises MediaMissing.
    """
    segment = plan.segments[index]
    shown = _shown(plan.segments, index)
    pictures = sorted({one.picture for one in shown if one.picture >= 0})
    document = {
        "format": "rushes-segment",
        "version": VERSION,
        "index": index,
        "seed": segment.seed,
        "width": WIDTH_PX,
        "height": HEIGHT_PX,
        "fps": FPS,
        "frame_count": segment.frame_count,
        "duration_seconds": segment.duration_s,
        "archetype": plan.archetype.value,
        "motion_profile": plan.motion_profile.value,
        "brand_safe": plan.brand_safe,
        "encoding": ENCODING | {"ffmpeg": _settings()},
        "caption_style": asdict(plan.preset.caption_style),
        "look": asdict(plan.preset.look),
        "transition": asdict(plan.preset.transitions),
        "on_screen": [_scene(one, segment) for one in shown],
        "pictures": [_picture(plan, number) for number in pictures],
        "captions": [_caption(slot, segment) for slot in plan.captions if _overlaps(slot, segment)],
    }
    parts = [Part("request", orjson.dumps(document), "application/json")]
    for number in pictures:
        still = plan.stills[number]
        parts.append(_file(f"picture_{number}", Path(still.path)))
        if still.mask is not None:
            parts.append(_file(f"mask_{number}", Path(still.mask)))
    return tuple(parts)


def _shown(segments: Sequence[SegmentPlan], index: int) -> list[SegmentPlan]:
    """The segment, and neighbours that a crossfade mixes into its frames."""
    before = [segments[index - 1]] if index and segments[index - 1].fade_frames else []
    after = [segments[index + 1]] if index + 1 < len(segments) and segments[index].fade_frames else []
    return [*before, segments[index], *after]


def _scene(one: SegmentPlan, segment: SegmentPlan) -> dict[str, Any]:
    return {
        "start_frame": one.start_frame - segment.start_frame,
        "frame_count": one.frame_count,
        "picture": f"picture_{one.picture}" if one.picture >= 0 else None,
        "keys": [asdict(key) for key in one.keys],
        "easing": one.easing,
        "fade_frames": one.fade_frames,
    }


def _picture(plan: RenderPlan, number: int) -> dict[str, Any]:
    still = plan.stills[number]
    return {
        "name": f"picture_{number}",
        "width": still.width_px,
        "height": still.height_px,
        "mask": None if still.mask is None else f"mask_{number}",
        "focus": still.focus,
    }


def _caption(slot: CaptionSlot, segment: SegmentPlan) -> dict[str, Any]:
    return {
        "role": slot.role.value,
        "text": slot.text,
        "start_frame": slot.start_frame - segment.start_frame,
        "end_frame": slot.end_frame - segment.start_frame,
    }


def _overlaps(slot: CaptionSlot, segment: SegmentPlan) -> bool:
    return slot.start_frame < segment.start_frame + segment.frame_count and slot.end_frame > segment.start_frame


def _file(name: str, path: Path) -> Part:
    if not path.is_file():
        raise MediaMissing(f"{path} is not there any more.", action="Put it back, or choose another file.")
    suffix = path.suffix.lower()
    known = suffix if suffix in _TYPES else ""
    return Part(name, path, _TYPES.get(suffix, "application/octet-stream"), f"{name}{known}")


def _settings() -> list[str]:
    from core.render.frame_sink import X264_SETTINGS  # noqa: PLC0415  loads NumPy

    return list(X264_SETTINGS)
