"""The form of a recording: its video streamed to the library's disk, its fields checked."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request

from app.server.incoming import Incoming
from app.server.sopilot.environment import UPLOAD_MAX_MB
from app.server.sopilot.refusals import Unprocessable
from app.server.video_upload import uploaded_video
from core.errors import InvalidRequest
from core.library.library import Library
from core.procedures.layout import videos_folder
from core.procedures.tasks import parse_masks
from core.procedures.types import Masks, Role

FILE = "file"


@dataclass(frozen=True, slots=True)
class VideoForm:
    """What came with the file ``path``; the task's id and the other texts are checked where the row is made."""

    path: Path
    title: str
    task_id: str
    role: Role
    site_id: str | None
    camera_id: str | None
    operator_id_hash: str | None
    masks: Masks | None


@asynccontextmanager
async def video_form(
    request: Request, library: Library, *, role: Role | None, limit_bytes: int
) -> AsyncIterator[VideoForm]:
    """The form of a request; its file is gone when the block ends, unless someone took it away.

    ``role`` None = as the form says, a trainee's if it says nothing. Raises TooLarge (413), PartMissing and
    Unprocessable (422), InvalidRequest (400), StorageFull, StorageUnwritable.
    """
    folder = videos_folder(library.path)
    upload = uploaded_video(request, folder, part=FILE, limit_bytes=limit_bytes, limit_name=UPLOAD_MAX_MB)
    async with upload as (incoming, path):
        yield _form_of(incoming, path, role)


def _form_of(incoming: Incoming, path: Path, role: Role | None) -> VideoForm:
    texts = {name: values[-1].strip() for name, values in incoming.fields.items()}
    if not texts.get("task_id"):
        raise Unprocessable("task_id: the form has no such field.", action="Name the task of the video.")
    return VideoForm(
        path=path,
        title=incoming.file_name,
        task_id=texts["task_id"],
        role=role if role is not None else _role(texts.get("role") or Role.TRAINEE),
        site_id=texts.get("site_id") or None,
        camera_id=texts.get("camera_id") or None,
        operator_id_hash=texts.get("operator_id_hash") or None,
        masks=_masks(texts.get("masks", "")),
    )


def _role(word: str) -> Role:
    try:
        return Role(word)
    except ValueError:
        raise InvalidRequest(f"“{word[:60]}” is no role of a video.", action="Use trainee or gold.") from None


def _masks(text: str) -> Masks | None:
    if not text:
        return None
    try:
        return parse_masks(json.loads(text))
    except (json.JSONDecodeError, RecursionError):
        raise Unprocessable(
            "masks: the field is not JSON.", action='Write it as {"regions": [[0, 0, 0.5, 0.2]], "faces": true}.'
        ) from None
