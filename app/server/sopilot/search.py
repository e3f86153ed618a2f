"""Search: clips of a task that look like a given one."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from app.server.json_bytes import json_answer
from app.server.sopilot import answers
from app.server.sopilot.desk import MOST_ID, Context
from app.server.sopilot.documented import refusals

router = APIRouter(tags=["Search"])


@router.get("/search", response_model=answers.SearchResult, responses=refusals(400, 404, 409))
def search_clips(
    context: Context,
    task_id: str,
    video_id: Annotated[int, Query(ge=-MOST_ID, le=MOST_ID)],
    clip_idx: Annotated[int, Query(ge=0, le=MOST_ID)],
    k: Annotated[int, Query(ge=1, le=50)] = 5,
) -> Response:
    """The clips most like one of a video, best first."""
    from core.procedures.searching import search  # loads what searches

    hits = search(context.library, task_id, video_id, clip_idx, k)
    items = [
        {
            "similarity": hit.similarity,
            "video_id": hit.video_id,
            "clip_idx": hit.clip_idx,
            "start_sec": round(hit.start_s, 3),
            "end_sec": round(hit.end_s, 3),
            "role": str(hit.role),
        }
        for hit in hits
    ]
    return json_answer({"task_id": task_id, "query_video_id": video_id, "query_clip_idx": clip_idx, "items": items})
