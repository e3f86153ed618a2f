"""Folders of the server's machine, for people who choose where their media lies."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from app.server.json_bytes import json_answer
from app.server.transcriptorio import answers, fields
from app.server.transcriptorio.documented import refusals
from core.scanning import browse

router = APIRouter(prefix="/api/filesystem", tags=["Filesystem"])


@router.get("/browse", response_model=answers.Folder, responses=refusals(404))
def browse_folder(path: Annotated[fields.PathText, Query()] = "/") -> Response:
    """The folders in a folder."""
    return json_answer(asdict(browse.browse(path)))


@router.get("/common-paths", response_model=list[answers.FolderItem], responses=refusals())
def common_paths() -> Response:
    """Folders to begin with."""
    return json_answer([asdict(one) for one in browse.common_paths()])
