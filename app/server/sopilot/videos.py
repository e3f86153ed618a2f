"""Video management: what there is, the files themselves, and deletion."""

import mimetypes
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from app.server.json_bytes import json_answer
from app.server.sopilot import answers, fields
from app.server.sopilot.desk import Actor, Context, VideoId
from app.server.sopilot.documented import file_answer, refusals
from app.server.sopilot.files import FileAnswer
from app.server.sopilot.times import zulu
from core.errors import MediaMissing
from core.procedures.types import Masks, ProcedureVideo, Role

router = APIRouter(tags=["Video Management"])

_TYPES = {".mp4": "video/mp4", ".m4v": "video/mp4", ".mkv": "video/x-matroska", ".mov": "video/quicktime"}
_TYPES |= {".webm": "video/webm", ".avi": "video/x-msvideo", ".ts": "video/mp2t", ".mpg": "video/mpeg"}


@router.get("/videos", response_model=answers.VideoList, responses=refusals())
def list_videos(
    context: Context,
    task_id: str | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    role: Annotated[Role | None, Query(description="Ours.")] = None,
) -> Response:
    """Videos, newest first."""
    found = context.library.procedures.videos(task_id=task_id, role=role, limit=limit)
    return json_answer({"items": [video_record(one) for one in found]})


@router.get("/videos/{video_id}", response_model=answers.VideoRecord, responses=refusals(404))
def get_video(context: Context, video_id: VideoId) -> Response:
    """One video."""
    return json_answer(video_record(context.library.procedures.video(video_id)))


@router.get(
    "/videos/{video_id}/file",
    response_class=FileAnswer,
    responses=file_answer("*/*", "The file as it came.", 400, 404, 416),
)
def video_file(context: Context, video_id: VideoId) -> Response:
    """The file itself."""
    video = context.library.procedures.video(video_id)
    if not video.media_path.is_file():
        raise MediaMissing(f"The file of the video {video_id} is not there any more.", action="Connect its drive.")
    name = f"{video.task_id}-{video_id}{video.media_path.suffix}"
    return FileAnswer(video.media_path, media_type=_media_type(video), filename=name)


@router.delete("/videos/{video_id}", response_model=answers.VideoDeleted, responses=refusals(404, 409))
def delete_video(context: Context, actor: Actor, video_id: VideoId) -> Response:
    """Delete a video with everything that was made of it; scores stay."""
    gone = context.library.procedures.delete_video(video_id, actor)
    return json_answer(
        {
            "video_id": gone.video_id,
            "task_id": gone.task_id,
            "removed_files": [str(path) for path in gone.removed_files],
            "reindexed_clips": gone.reindexed_clips,
        }
    )


@router.put("/videos/{video_id}/accepted", response_model=answers.VideoRecord, responses=refusals(404))
def accept_video(context: Context, actor: Actor, video_id: VideoId, body: fields.AcceptedRequest) -> Response:
    """Ours: say whether a video shows the procedure done well, so that training may learn from it."""
    return json_answer(video_record(context.library.procedures.set_accepted(video_id, body.accepted, actor)))


@router.put("/videos/{video_id}/masks", response_model=answers.VideoRecord, responses=refusals(400, 404))
def mask_video(context: Context, actor: Actor, video_id: VideoId, body: fields.MaskFields) -> Response:
    """Ours: say what must not be seen of a video. Pictures follow at once; measure it again for the vectors."""
    regions = tuple((x, y, width, height) for x, y, width, height in body.regions)
    masks = Masks(regions, body.faces, body.mode)
    return json_answer(video_record(context.library.procedures.set_masks(video_id, masks, actor)))


def video_record(video: ProcedureVideo) -> dict[str, Any]:
    """The document's fields, then ours."""
    return {
        "video_id": video.video_id,
        "task_id": video.task_id,
        "role": str(video.role),
        "site_id": video.site_id,
        "camera_id": video.camera_id,
        "num_clips": video.num_clips,
        "embedding_model": video.embedding_model or None,
        "created_at": zulu(video.created_at),
        "title": video.title,
        "operator_id_hash": video.operator_id_hash,
        "duration_sec": round(video.info.duration_s, 3),
        "source_fps": video.source_fps,
        "sampled_fps": video.sampled_fps,
        "accepted": video.accepted,
        "flagged_clips": dict(video.flagged),
        "media_missing": video.media_missing,
    }


def _media_type(video: ProcedureVideo) -> str:
    """By the container that was found in it; by the name where several share one."""
    suffix = video.media_path.suffix.lower()
    if suffix in _TYPES:
        return _TYPES[suffix]
    if "mp4" in video.info.container:
        return "video/mp4"
    guessed = mimetypes.guess_type(video.media_path.name)[0] or ""
    return guessed if guessed.startswith("video/") else "application/octet-stream"
