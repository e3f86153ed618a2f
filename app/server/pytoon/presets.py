"""Presets: the looks that a job can ask for."""

from fastapi import APIRouter
from starlette.responses import Response

from app.server.json_bytes import json_answer
from app.server.pytoon import answers
from app.server.pytoon.desk import Context
from app.server.pytoon.documented import refusals
from core.render.preset_record import preset_record

router = APIRouter(prefix="/api/v1/presets", tags=["presets"])


@router.get("", response_model=answers.PresetList, responses=refusals())
def list_presets(context: Context) -> Response:
    """All presets: the built-in ones, then those of the library's own files, by name."""
    shelf = context.library.renders.presets()
    broken = [{"path": one.path, "reason": one.reason} for one in shelf.broken]
    return json_answer({"presets": [preset_record(one) for one in shelf.presets], "broken": broken})
