"""Crops of a track: pages with a cursor, addresses that expire, and the pictures behind those addresses."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import FileResponse, Response

from app.server.screenalytics.answers import CropPage, Envelope
from app.server.screenalytics.desk import Context, require_track
from app.server.screenalytics.documented import refusals
from app.server.screenalytics.envelope import enveloped
from app.server.screenalytics.refusals import Refused, missing
from core.errors import NotFound
from core.review.read import crops_of
from core.review.types import CropRow

router = APIRouter(tags=["Facebank"])

EXPIRES_S = 3600


@router.get("/episodes/{ep_id}/tracks/{track_id}/crops", response_model=Envelope[CropPage], responses=refusals(404))
def list_crops(
    request: Request,
    context: Context,
    ep_id: str,
    track_id: str,
    sample: Annotated[int, Query(ge=1, le=100, description="Every Nth crop.")] = 3,
    limit: Annotated[int, Query(ge=1, le=200)] = 40,
    start_after: Annotated[
        str | None, Query(pattern="^frame_[0-9]{1,12}$", description="Opaque: next_start_after of the page before.")
    ] = None,
    include_deleted: Annotated[bool, Query(description="Ours: also when the track was deleted.")] = False,
) -> Response:
    """Presigned addresses of a track's crops, by frame."""
    require_track(context, ep_id, track_id, deleted_too=include_deleted)
    sampled = sorted(crops_of(context.library, ep_id, track_ids=[track_id]), key=lambda one: one.frame)[::sample]
    after = int(start_after.removeprefix("frame_")) if start_after is not None else -1
    rest = [one for one in sampled if one.frame > after]
    page, has_more = rest[:limit], len(rest) > limit
    expires_at = (datetime.now(UTC) + timedelta(seconds=EXPIRES_S)).strftime("%Y-%m-%dT%H:%M:%SZ")
    crops = [
        {
            "frame_idx": one.frame,
            "crop_path": _crop_path(one),
            "presigned_url": _address(request, context, ep_id, one),
            "expires_at": expires_at,
            "t_s": round(one.t_s, 3),
            "quality": round(one.overall, 4),
        }
        for one in page
    ]
    cursor = f"frame_{page[-1].frame:06d}" if has_more else None
    return enveloped(request, {"track_id": track_id, "crops": crops, "next_start_after": cursor, "has_more": has_more})


@router.get(
    "/files/{ep_id}/{run_id}/{track_id}/{name}",
    response_class=FileResponse,
    responses={200: {"content": {"image/jpeg": {}}, "description": "The crop."}, **refusals(403, 404)},
)
def crop_file(
    context: Context,
    ep_id: str,
    run_id: int,
    track_id: str,
    name: str,
    expires: Annotated[str, Query(max_length=20)] = "",
    signature: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """The picture behind a presigned address. The signature is all that is asked for."""
    path = f"/files/{ep_id}/{run_id}/{track_id}/{name}"
    proper = expires.isascii() and expires.isdecimal() and signature.isascii()
    if not proper or not context.signer.verify(path, expires, signature):
        raise Refused(403, "FORBIDDEN", "The address is not signed, or has expired.", action="Ask for the crops again.")
    return FileResponse(_file(context, run_id, track_id, name), media_type="image/jpeg")


def _file(context: Context, run_id: int, track_id: str, name: str) -> Path:
    """The stored crop; a signed address can only name what was there when it was signed."""
    try:
        run = context.library.runs.get(run_id)
    except NotFound as error:
        raise missing("crop", name, action="The analysis that it belonged to was replaced.") from error
    path = run.path / "crops" / track_id / name
    if not path.is_file():
        raise missing("crop", name)
    return path


def _crop_path(crop: CropRow) -> str:
    """``crops/track-00001/frame_000042.jpg``, below the episode's folder."""
    return "/".join(crop.path.parts[-3:])


def _address(request: Request, context: Context, ep_id: str, crop: CropRow) -> str:
    run_folder = crop.path.parents[2].name  # detect_track-00007: the run's number is in its name
    run_id = int(run_folder.rsplit("-", 1)[1])
    signed = context.signer.sign(f"/files/{ep_id}/{run_id}/{crop.path.parent.name}/{crop.path.name}", EXPIRES_S)
    return str(request.base_url).rstrip("/") + signed
