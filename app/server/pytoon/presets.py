"""Presets: the looks that a job can ask for."""

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from app.server.json_bytes import json_answer
from app.server.pytoon import answers
from app.server.pytoon.desk import Context
from app.server.pytoon.documented import refusals
from core.render.types import Preset

router = APIRouter(prefix="/api/v1/presets", tags=["presets"])


@router.get("", response_model=answers.PresetList, responses=refusals())
def list_presets(context: Context) -> Response:
    """All presets: the built-in ones, then those of the library's own files, by name."""
    shelf = context.library.renders.presets()
    broken = [{"path": one.path, "reason": one.reason} for one in shelf.broken]
    return json_answer({"presets": [_record(one) for one in shelf.presets], "broken": broken})


def _record(preset: Preset) -> dict[str, Any]:
    style, audio = preset.caption_style, preset.audio
    return {
        "id": preset.id,
        "name": preset.name,
        "archetype": preset.archetype,
        "brand_safe": preset.brand_safe,
        "engine_policy": preset.engine_policy,
        "caption_style": {
            "font": style.font,
            "size_rules": style.size_rules,
            "position": style.position,
            "safe_margin_px": style.safe_margin_px,
        },
        "motion_profile": preset.motion_profile,
        "transitions": {"type": preset.transitions.type, "duration_ms": preset.transitions.duration_ms},
        "audio": {"music_level_db": audio.music_level_db, "voice_level_db": audio.voice_level_db},
        "description": preset.description,
        "own": preset.own,
    }
