"""Ours: who is on screen when, with the tracks that prove it; the same as a PDF."""

import secrets
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from app.server.screenalytics.answers import Envelope
from app.server.screenalytics.desk import Context, episode_with_video
from app.server.screenalytics.documented import refusals
from app.server.screenalytics.envelope import enveloped
from core.library.paths import TRASH
from core.reports.episode import write_episode_report
from core.screen_time.account import screen_time
from core.screen_time.types import PersonTime, ProvenInterval

router = APIRouter(tags=["Screen time"])

Gap = Annotated[float, Query(ge=0, le=3600, allow_inf_nan=False, description="Gaps up to this are closed.")]
Padding = Annotated[float, Query(ge=0, le=60, allow_inf_nan=False, description="Added at both ends.")]


@router.get("/episodes/{ep_id}/screentime", response_model=Envelope[dict[str, Any]], responses=refusals(400, 404))
def get_screen_time(
    request: Request, context: Context, ep_id: str, gap_s: Gap = 0.0, padding_s: Padding = 0.0
) -> Response:
    """Screen time by person; seconds count from the container's start and come from its timestamps."""
    episode_with_video(context, ep_id)
    account = screen_time(context.library, ep_id, gap_s=gap_s, padding_s=padding_s)
    data = {
        "ep_id": ep_id,
        "title": account.title,
        "duration_s": account.duration_s,
        "gap_s": account.gap_s,
        "padding_s": account.padding_s,
        "people": [_person(one) for one in account.people],
        "overlaps": [
            {"first": one.first, "second": one.second, "total_s": round(one.total_s, 3)} for one in account.overlaps
        ],
        "unassigned_s": round(account.unassigned_s, 3),
        "unassigned": [_interval(one) for one in account.unassigned],
        "nobody_s": round(account.nobody_s, 3),
    }
    return enveloped(request, data)


@router.get(
    "/episodes/{ep_id}/report.pdf",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}}, "description": "The report."}, **refusals(400, 404, 507)},
)
def get_report(context: Context, ep_id: str, gap_s: Gap = 0.0, padding_s: Padding = 0.0) -> Response:
    """The episode's report as of now."""
    episode_with_video(context, ep_id)
    place = context.library.path / "reports" / f"{TRASH}{ep_id}-{secrets.token_hex(6)}.pdf"
    try:
        write_episode_report(context.library, ep_id, place, gap_s=gap_s, padding_s=padding_s)
        content = place.read_bytes()
    finally:
        place.unlink(missing_ok=True)
    headers = {"Content-Disposition": f'attachment; filename="{ep_id}.pdf"'}
    return Response(content, media_type="application/pdf", headers=headers)


def _person(one: PersonTime) -> dict[str, Any]:
    return {
        "key": one.key,
        "label": one.label,
        "person_id": one.person_id,
        "identity_ids": list(one.identity_ids),
        "total_s": round(one.total_s, 3),
        "first_s": round(one.first_s, 3),
        "last_s": round(one.last_s, 3),
        "share": round(one.share, 5),
        "tracks": one.tracks,
        "intervals": [_interval(interval) for interval in one.intervals],
    }


def _interval(one: ProvenInterval) -> dict[str, Any]:
    return {
        "start_s": round(one.start_s, 3),
        "end_s": round(one.end_s, 3),
        "start_pts": one.start_pts,
        "end_pts": one.end_pts,
        "start_frame": one.start_frame,
        "end_frame": one.end_frame,
        "track_ids": list(one.track_ids),
    }
