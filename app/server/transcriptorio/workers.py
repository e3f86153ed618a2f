"""Workers of the document: added and removed while they run."""

import math
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from app.server.json_bytes import json_answer
from app.server.transcriptorio import answers, fields
from app.server.transcriptorio.desk import Automated
from app.server.transcriptorio.documented import refusals
from core.errors import InvalidRequest
from core.subtitling.types import WorkerStatus
from core.subtitling.workers import PoolStats

router = APIRouter(prefix="/api/workers", tags=["Workers"])

MOST_WORKERS = 64
WAIT_S = 30.0


@router.get("", response_model=list[answers.Worker], responses=refusals())
def list_workers(automation: Automated) -> Response:
    """All workers and what they do."""
    return json_answer([worker_record(one) for one in automation.workers.statuses()])


@router.get("/stats", response_model=answers.WorkerStats, responses=refusals())
def worker_stats(automation: Automated) -> Response:
    """The pool in figures."""
    return json_answer(stats_record(automation.workers.stats()))


@router.get("/{worker_id}", response_model=answers.Worker, responses=refusals(404))
def get_worker(automation: Automated, worker_id: str) -> Response:
    """One worker."""
    return json_answer(worker_record(automation.workers.status(worker_id)))


@router.post("", status_code=201, response_model=answers.Worker, responses=refusals())
def add_worker(automation: Automated, body: fields.WorkerRequest) -> Response:
    """Add a worker; a gpu worker needs the id of its device."""
    if body.worker_type == "gpu" and body.device_id is None:
        raise InvalidRequest("A gpu worker needs a device_id.", action="GET /api/system/gpus lists the devices.")
    if len(automation.workers.statuses()) >= MOST_WORKERS:
        raise InvalidRequest(f"There are {MOST_WORKERS} workers already.", action="Remove one first.")
    device_id = body.device_id if body.worker_type == "gpu" else None
    return json_answer(worker_record(automation.workers.add(body.worker_type, device_id)), 201)


@router.delete("/{worker_id}", response_model=answers.Message, responses=refusals(404))
def remove_worker(
    automation: Automated,
    worker_id: str,
    timeout: Annotated[fields.Seconds, Query(description="In seconds.")] = WAIT_S,
) -> Response:
    """Remove a worker; its job goes back to the queue."""
    automation.workers.remove(worker_id, timeout)
    return json_answer({"message": f"Worker {worker_id} removed successfully"})


@router.post("/pool/start", response_model=answers.Message, responses=refusals())
def start_pool(
    automation: Automated,
    cpu_workers: Annotated[int, Query(ge=0, le=MOST_WORKERS)] = 0,
    gpu_workers: Annotated[int, Query(ge=0, le=MOST_WORKERS)] = 0,
) -> Response:
    """Start the pool with so many workers."""
    automation.workers.start_pool(cpu_workers, gpu_workers)
    return json_answer({"message": f"Worker pool started: {cpu_workers} CPU workers, {gpu_workers} GPU workers"})


@router.post("/pool/stop", response_model=answers.Message, responses=refusals())
def stop_pool(
    automation: Automated, timeout: Annotated[fields.Seconds, Query(description="In seconds, per worker.")] = WAIT_S
) -> Response:
    """Stop all workers; their jobs go back to the queue."""
    automation.workers.stop_pool(timeout)
    return json_answer({"message": "Worker pool stopped successfully"})


def worker_record(worker: WorkerStatus) -> dict[str, Any]:
    """As the document writes a worker, with ``problem`` of ours."""
    return {
        "worker_id": worker.worker_id,
        "worker_type": worker.worker_type,
        "device_id": worker.device_id,
        "status": worker.state,
        "current_job_id": worker.job_id,
        "jobs_completed": worker.jobs_completed,
        "jobs_failed": worker.jobs_failed,
        "uptime_seconds": round(worker.uptime_s, 1),
        "current_job_progress": round(worker.progress, 1),
        "current_job_eta": None if worker.eta_s is None else math.ceil(worker.eta_s),
        "problem": worker.problem,
    }


def stats_record(stats: PoolStats) -> dict[str, Any]:
    """As the document writes the pool."""
    return {
        "total_workers": stats.total,
        "cpu_workers": stats.cpu,
        "gpu_workers": stats.gpu,
        "idle_workers": stats.idle,
        "busy_workers": stats.busy,
        "stopped_workers": stats.stopped,
        "error_workers": stats.error,
        "total_jobs_completed": stats.jobs_completed,
        "total_jobs_failed": stats.jobs_failed,
        "uptime_seconds": round(stats.uptime_s, 1),
        "is_running": stats.running,
    }
