"""Files of a job: the cut, its thumbnail, its metadata, and each segment."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter
from fastapi import Path as InPath
from starlette.requests import HTTPConnection
from starlette.responses import Response

from app.server.incoming import base_name
from app.server.pytoon.desk import Context, render_of
from app.server.pytoon.documented import file_answer
from app.server.pytoon.refusals import Refused, refusal
from app.server.ranged_file import RangedFile
from core.render.records import Render
from core.render.types import RenderedSegment, SegmentState

router = APIRouter(prefix="/api/v1/jobs", tags=["files"])

MP4, JPEG, JSON = "video/mp4", "image/jpeg", "application/json"
MOST_INDEX = 2**31 - 1


class JobFile(RangedFile):
    """Shown by browsers, where they can; its refusals are in the document's form."""

    def __init__(self, path: Path, media_type: str, file_name: str) -> None:
        super().__init__(path, media_type=media_type, filename=file_name, content_disposition_type="inline")

    def refused(self, _request: HTTPConnection, status: int, words: str, headers: Mapping[str, str]) -> Response:
        """See the parent."""
        return refusal(status, words, headers=dict(headers))


@router.get("/{job_id}/output", response_class=Response, responses=file_answer(MP4))
def get_output(context: Context, job_id: str) -> Response:
    """Ours: the finished cut, whole or a range of it."""
    render = render_of(context.library, job_id)
    name = f"{base_name(render.title)[:80].strip() or render.job_id}.mp4"
    return JobFile(_file(render, render.output, "video"), MP4, name)


@router.get("/{job_id}/thumbnail", response_class=Response, responses=file_answer(JPEG))
def get_thumbnail(context: Context, job_id: str) -> Response:
    """Ours: a picture of the finished cut."""
    render = render_of(context.library, job_id)
    return JobFile(_file(render, render.thumbnail, "thumbnail"), JPEG, f"{render.job_id}.jpg")


@router.get("/{job_id}/metadata", response_class=Response, responses=file_answer(JSON))
def get_metadata(context: Context, job_id: str) -> Response:
    """Ours: how the cut came to be."""
    render = render_of(context.library, job_id)
    return JobFile(_file(render, render.metadata, "metadata"), JSON, f"{render.job_id}.json")


@router.get("/{job_id}/segments/{index}", response_class=Response, responses=file_answer(MP4))
def get_segment(context: Context, job_id: str, index: Annotated[int, InPath(ge=0, le=MOST_INDEX)]) -> Response:
    """Ours: the file of one segment, without sound; it is there as soon as the segment is DONE."""
    render = render_of(context.library, job_id)
    found = [one for one in context.library.renders.segments(render.job_id) if one.index == index]
    if not found:
        raise Refused(404, f"The job has no segment {index}.", action=f"It has {render.segment_count}, counted from 0.")
    return JobFile(_segment_file(render, found[0]), MP4, f"{render.job_id}-{index:03d}.mp4")


def _file(render: Render, path: str, what: str) -> Path:
    if path:
        return Path(path)
    if not render.phase.ended:
        raise Refused(409, f"The job has no {what} yet: it is {render.phase}.", action="Ask again once it is DONE.")
    raise Refused(404, f"The job has no {what}: it is {render.phase}.", action="Its status says why.")


def _segment_file(render: Render, segment: RenderedSegment) -> Path:
    if segment.state == SegmentState.DONE and segment.file:
        return Path(segment.file)
    message = f"Segment {segment.index} has no file: it is {segment.state}."
    if render.phase.ended:
        raise Refused(404, message, action="The job's status says why.")
    raise Refused(409, message, action="Ask again once it is DONE.")
