"""What of a preset holds for a request: its own settings, what the request says otherwise, and brand safety."""

import math
from dataclasses import dataclass, replace

from core.render.types import FPS, Archetype, EnginePolicy, MotionProfile, Preset, RenderRequest, Transition

SAFE_FADE_MS = 150
_ORDER = tuple(MotionProfile)


@dataclass(frozen=True, slots=True)
class InForce:
    """``preset`` with what brand safety changed in it; ``fade_frames`` of a crossfade, 0 = cuts."""

    preset: Preset
    archetype: Archetype
    brand_safe: bool
    engine_policy: EnginePolicy
    motion_profile: MotionProfile
    fade_frames: int
    notes: tuple[str, ...]


def in_force(request: RenderRequest, preset: Preset) -> InForce:
    """The settings of a cut, with a note for each that brand safety changed."""
    safe = preset.brand_safe if request.brand_safe is None else request.brand_safe
    notes: list[str] = []
    used = _made_safe(preset, notes) if safe else preset
    return InForce(
        preset=used,
        archetype=request.archetype or preset.archetype,
        brand_safe=safe,
        engine_policy=request.engine_policy or preset.engine_policy,
        motion_profile=used.motion_profile,
        fade_frames=_fade_frames(used.transitions),
        notes=tuple(notes),
    )


def _made_safe(preset: Preset, notes: list[str]) -> Preset:
    calmest = MotionProfile.SMOOTH if preset.brand_safe else MotionProfile.SUBTLE
    if _ORDER.index(preset.motion_profile) > _ORDER.index(calmest):
        notes.append(f"Brand safe: the motion is {calmest}, not {preset.motion_profile}.")
        preset = replace(preset, motion_profile=calmest)
    if preset.caption_style.uppercase:
        notes.append("Brand safe: texts keep their small letters.")
        preset = replace(preset, caption_style=replace(preset.caption_style, uppercase=False))
    before = preset.transitions
    if before.type == "cut" or before.duration_ms < SAFE_FADE_MS:
        was = "a cut" if before.type == "cut" else f"{before.duration_ms} ms"
        notes.append(f"Brand safe: pictures change in a crossfade of {SAFE_FADE_MS} ms, not {was}.")
        preset = replace(preset, transitions=Transition("crossfade", SAFE_FADE_MS))
    return preset


def _fade_frames(transition: Transition) -> int:
    """Never shorter than what was asked for."""
    if transition.type == "cut":
        return 0
    return math.ceil(transition.duration_ms * FPS / 1000 - 1e-9)
