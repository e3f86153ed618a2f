"""The scanner of the document: by hand, by schedule, and by watching folders."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from app.server.json_bytes import json_answer
from app.server.transcriptorio import answers, fields
from app.server.transcriptorio.desk import Automated
from app.server.transcriptorio.documented import refusals
from app.server.transcriptorio.times import documented_time
from core.scanning.types import FileFacts, ScannerStatus, ScanResult

router = APIRouter(prefix="/api/scanner", tags=["Scanner"])


@router.get("/status", response_model=answers.ScannerState, responses=refusals())
def scanner_status(automation: Automated) -> Response:
    """Whether schedule and watcher are at work, and what was scanned last."""
    return json_answer(scanner_record(automation.scanner.status()))


@router.post("/scan", response_model=answers.Scanned, responses=refusals(404, 409))
def scan(automation: Automated, body: fields.ScanRequest | None = None) -> Response:
    """Scan now and answer when it is done; without paths the folders of the settings."""
    wanted = body or fields.ScanRequest(paths=None)
    return json_answer(_scan_record(automation.scanner.scan(wanted.paths, wanted.recursive)))


@router.post("/scheduler/start", response_model=answers.Message, responses=refusals(404))
def start_scheduler(automation: Automated, body: fields.ScheduleRequest | None = None) -> Response:
    """Start the schedule, or start it anew; what is not given comes from the settings."""
    if body is not None and not body.enabled:
        return _stop_scheduler(automation)
    wanted = body or fields.ScheduleRequest(cron_expression=None, interval_minutes=None)
    message = automation.scheduler.start(
        wanted.cron_expression,
        interval_minutes=wanted.interval_minutes,
        paths=wanted.paths,
        recursive=wanted.recursive,
    )
    return json_answer({"message": message})


@router.post("/scheduler/stop", response_model=answers.Message, responses=refusals())
def stop_scheduler(automation: Automated) -> Response:
    """Stop the schedule."""
    return _stop_scheduler(automation)


@router.post("/watcher/start", response_model=answers.Message, responses=refusals(404))
def start_watcher(automation: Automated, body: fields.WatchRequest | None = None) -> Response:
    """Watch folders for new files; what is not given comes from the settings."""
    if body is not None and not body.enabled:
        return _stop_watcher(automation)
    wanted = body or fields.WatchRequest(paths=None)
    automation.watcher.start(wanted.paths, recursive=wanted.recursive)
    return json_answer({"message": "File watcher started successfully"})


@router.post("/watcher/stop", response_model=answers.Message, responses=refusals())
def stop_watcher(automation: Automated) -> Response:
    """Watch no more."""
    return _stop_watcher(automation)


@router.post("/analyze", response_model=answers.Analysis, responses=refusals(404))
def analyze(automation: Automated, file_path: Annotated[fields.PathText, Query()]) -> Response:
    """What is in a file: its audio tracks and subtitles, with their languages."""
    return json_answer(_facts_record(automation.scanner.facts(file_path)))


def _stop_scheduler(automation: Automated) -> Response:
    automation.scheduler.stop()
    return json_answer({"message": "Scheduler stopped successfully"})


def _stop_watcher(automation: Automated) -> Response:
    automation.watcher.stop()
    return json_answer({"message": "File watcher stopped successfully"})


def scanner_record(status: ScannerStatus) -> dict[str, Any]:
    """As the document writes the scanner; ``scanning`` and ``problem`` are ours."""
    return {
        **scanner_summary(status),
        "watched_paths": list(status.watched_paths),
        "last_scan_time": documented_time(status.last_scan_time),
        "total_scans": status.total_scans,
        "scanning": status.scanning,
        "problem": status.problem,
    }


def scanner_summary(status: ScannerStatus) -> dict[str, Any]:
    """As the status of everything writes it."""
    return {
        "scheduler_enabled": status.scheduler_enabled,
        "scheduler_running": status.scheduler_running,
        "next_scan_time": documented_time(status.next_scan_time),
        "watcher_enabled": status.watcher_enabled,
        "watcher_running": status.watcher_running,
    }


def _scan_record(result: ScanResult) -> dict[str, Any]:
    return {
        "scanned_files": result.scanned,
        "matched_files": result.matched,
        "jobs_created": result.jobs_created,
        "skipped_files": result.skipped,
        "paths_scanned": list(result.paths),
        "unreadable": [{"path": path, "reason": reason} for path, reason in result.unreadable],
        "took_seconds": round(result.took_s, 3),
    }


def _facts_record(facts: FileFacts) -> dict[str, Any]:
    return {
        "file_path": facts.path,
        "audio_tracks": [
            {
                "index": track.index,
                "codec": track.codec,
                "language": track.language or None,
                "channels": track.channels,
                "title": track.title,
                "default": track.default,
            }
            for track in facts.audio
        ],
        "embedded_subtitles": [
            {
                "index": track.index,
                "codec": track.codec,
                "language": track.language or None,
                "title": track.title,
                "forced": track.forced,
            }
            for track in facts.embedded
        ],
        "external_subtitles": [
            {"path": file.path, "language": file.language or None, "forced": file.forced} for file in facts.external
        ],
        "duration_seconds": round(facts.duration_s, 3),
        "is_video": facts.is_video,
    }
