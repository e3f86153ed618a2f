"""A video comes over the wire: streamed to its place, probed, and only then the episode's."""

from pathlib import Path

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from app.server.screenalytics.answers import Envelope, EpisodeRecord
from app.server.screenalytics.desk import Context, any_episode
from app.server.screenalytics.documented import multipart, refusals
from app.server.screenalytics.envelope import enveloped
from app.server.screenalytics.episodes import attach, episode_record
from app.server.screenalytics.refusals import Refused
from app.server.screenalytics.uploads import Form, read_form
from app.server.screenalytics.video_files import forget_upload, place_upload, upload_place
from core.library.types import Episode
from core.storage import storage_error

router = APIRouter(tags=["Episodes"])

DEFAULT_LIMIT_BYTES = 64 * 10**9


@router.post(
    "/episodes/{ep_id}/video",
    response_model=Envelope[EpisodeRecord],
    responses=refusals(400, 404, 409, 413, 507),
    openapi_extra=multipart("The video itself."),
)
async def upload_video(request: Request, context: Context, ep_id: str) -> Response:
    """Ours: attach a video to an episode. What is no video leaves nothing behind."""
    await run_in_threadpool(any_episode, context, ep_id)
    partial = await run_in_threadpool(upload_place, context.library.paths, ep_id)
    try:
        form = await _receive(request, partial, _limit_bytes(context))
        episode = await run_in_threadpool(_keep, context, ep_id, partial, form)
    finally:
        await run_in_threadpool(forget_upload, partial)
    return enveloped(request, episode_record(episode))


async def _receive(request: Request, partial: Path, limit_bytes: int) -> Form:
    try:
        with partial.open("wb") as file:
            form = await read_form(request, lambda: file, file_field="file", limit_bytes=limit_bytes)
    except OSError as error:
        raise storage_error(error, partial) from error
    if not form.file_bytes:
        raise Refused(400, "INVALID_REQUEST", "The uploaded file is empty.")
    return form


def _keep(context: Context, ep_id: str, partial: Path, form: Form) -> Episode:
    """Attach the file under its own name; it goes away again when it is refused or was there already."""
    final = place_upload(partial, form.file_name or "video")
    try:
        episode = attach(context, ep_id, final)
    except BaseException:
        forget_upload(final)
        raise
    if episode.media_path != final:
        forget_upload(final)
    return episode


def _limit_bytes(context: Context) -> int:
    return int(getattr(context.settings, "upload_limit_bytes", DEFAULT_LIMIT_BYTES))
