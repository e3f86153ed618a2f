"""The machine, for people who choose how many workers it can bear."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from app.server.json_bytes import json_answer
from app.server.transcriptorio import answers
from app.server.transcriptorio.documented import refusals
from core.scanning import machine

router = APIRouter(prefix="/api/system", tags=["System resources"])


@router.get("/resources", response_model=answers.Resources, responses=refusals())
def resources() -> Response:
    """Processor, memory and graphics processors."""
    return json_answer(asdict(machine.resources()))


@router.get("/cpu", response_model=answers.Cpu, responses=refusals())
def cpu() -> Response:
    """The processor alone."""
    return json_answer(asdict(machine.cpu()))


@router.get("/memory", response_model=answers.Memory, responses=refusals())
def memory() -> Response:
    """The memory alone."""
    return json_answer(asdict(machine.memory()))


@router.get("/gpus", response_model=list[answers.Gpu], responses=refusals())
def gpus() -> Response:
    """The graphics processors; none without an NVIDIA driver."""
    return json_answer([asdict(one) for one in machine.gpus()])


@router.get("/gpu/{device_id}", response_model=answers.Gpu, responses=refusals(404))
def gpu(device_id: Annotated[int, Path(ge=0, le=1_000_000)]) -> Response:
    """One graphics processor."""
    return json_answer(asdict(machine.gpu(device_id)))
