"""Audit trail: what was done, by whom, and signed exports of it."""

import os
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from app.server.json_bytes import json_answer
from app.server.sopilot import answers
from app.server.sopilot.desk import Actor, Context
from app.server.sopilot.documented import file_answer, refusals
from app.server.sopilot.files import FileAnswer
from core.audit.exporting import export, read_export, signing_key
from core.audit.words import job_items

router = APIRouter(tags=["Audit Trail"])


@router.get("/audit/trail", response_model=answers.Trail, responses=refusals())
def audit_trail(context: Context, limit: Annotated[int, Query(ge=1, le=1000)] = 100) -> Response:
    """Entries, newest first."""
    return json_answer({"items": job_items(context.library.store, limit)})


@router.post("/audit/export", response_model=answers.ExportMade, responses=refusals())
def export_trail(context: Context, actor: Actor, limit: Annotated[int, Query(ge=1, le=5000)] = 500) -> Response:
    """Write a signed export; 503 while the server has no SOPILOT_AUDIT_SIGNING_KEY."""
    key = signing_key(os.environ)
    made = export(context.library, limit=limit, key=key.key, key_id=key.key_id, actor=actor)
    return json_answer(asdict(made))


@router.get(
    "/audit/export/{export_id}/file",
    response_class=FileAnswer,
    responses=file_answer("application/json", "The signed export.", 400, 404, 416),
)
def export_file(context: Context, export_id: str) -> Response:
    """The file of an export."""
    path = read_export(context.library, export_id)
    return FileAnswer(path, media_type="application/json", filename=path.name)
