"""A preset as the API's document writes it, for every answer that lists presets."""

from typing import Any

from core.render.types import Preset


def preset_record(preset: Preset) -> dict[str, Any]:
    """Plain data: the document's keys, then ours."""
    style, audio = preset.caption_style, preset.audio
    return {
        "id": preset.id,
        "name": preset.name,
        "archetype": preset.archetype.value,
        "brand_safe": preset.brand_safe,
        "engine_policy": preset.engine_policy.value,
        "caption_style": {
            "font": style.font,
            "size_rules": style.size_rules.value,
            "position": style.position.value,
            "safe_margin_px": style.safe_margin_px,
        },
        "motion_profile": preset.motion_profile.value,
        "transitions": {"type": preset.transitions.type, "duration_ms": preset.transitions.duration_ms},
        "audio": {"music_level_db": audio.music_level_db, "voice_level_db": audio.voice_level_db},
        "description": preset.description,
        "own": preset.own,
    }
