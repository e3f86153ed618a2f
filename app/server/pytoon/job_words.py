"""Renders and their segments in the document's words."""

import math
from pathlib import Path
from typing import Any

from core.library.clock import zulu
from core.render.records import Render
from core.render.types import RenderedSegment, SegmentState


def job_record(render: Render) -> dict[str, Any]:
    """The document's fields, then ours."""
    return {
        "job_id": render.job_id,
        "status": render.phase,
        "archetype": render.archetype,
        "preset_id": render.preset_id,
        "target_duration_seconds": render.request.target_duration_s,
        "progress_pct": math.floor(render.progress_pct * 10) / 10,  # 100 is for what is done
        "output_uri": uri_of(render.output),
        "thumbnail_uri": uri_of(render.thumbnail),
        "metadata_uri": uri_of(render.metadata),
        "fallback_used": render.fallback_used,
        "fallback_reason": render.fallback_reason or None,
        "error": error_of(render),
        "created_at": zulu(render.created_at),
        "updated_at": zulu(render.updated_at),
        "failure": render.failure or None,
        "segments": render.segment_count,
        "title": render.title,
        "requested_by": render.requested_by or None,
        "took_seconds": None if render.took_s is None else round(render.took_s, 3),
    }


def error_of(render: Render) -> str | None:
    """Why a job did not get done, in one string; null while nothing is wrong."""
    return " ".join(part for part in (render.error, render.error_action) if part) or render.failure or None


def segment_record(segment: RenderedSegment) -> dict[str, Any]:
    """The document's fields, then ours."""
    done = segment.state == SegmentState.DONE
    return {
        "index": segment.index,
        "status": segment.state,
        "duration_seconds": round(segment.duration_s, 6),
        "engine_used": (segment.engine or None) if done else None,
        "artifact_uri": uri_of(segment.file) if done else None,
        "error": segment.error or None,
        "fallback_reason": segment.fallback or None,
        "progress": round(segment.progress, 4),
        "seed": segment.seed,
        "took_seconds": None if segment.took_s is None else round(segment.took_s, 3),
    }


def uri_of(path: str) -> str | None:
    """``file:///…`` of an absolute path; null while there is no file."""
    return Path(path).as_uri() if path else None
