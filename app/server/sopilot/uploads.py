"""A form with a video: streamed to the library's disk, its fields checked, and nothing left of what is refused."""

import json
import re
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from app.server.incoming import Incoming, PartMissing, TooLarge, receive_form
from app.server.sopilot.environment import MIB, UPLOAD_MAX_MB
from app.server.sopilot.refusals import Unprocessable
from core.errors import InvalidRequest
from core.library.library import Library
from core.library.paths import TRASH
from core.procedures.layout import videos_folder
from core.procedures.tasks import parse_masks
from core.procedures.types import Masks, Role
from core.storage import storage_error

FILE = "file"
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,5}")


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
    partial = await run_in_threadpool(_place, library)
    try:
        incoming = await _receive(request, partial, limit_bytes)
        path = await run_in_threadpool(_with_suffix, partial, incoming.file_name)
        try:
            yield _form_of(incoming, path, role)
        finally:
            await run_in_threadpool(path.unlink, missing_ok=True)
    finally:
        await run_in_threadpool(partial.unlink, missing_ok=True)


async def _receive(request: Request, path: Path, limit_bytes: int) -> Incoming:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "multipart/form-data":
        raise PartMissing(
            f"The form has no part “{FILE}”: its content type is {kind[:80] or 'missing'}.",
            action=f"Send multipart/form-data with the video as {FILE}.",
        )
    try:
        return await receive_form(request, path, file_field=FILE, limit_bytes=limit_bytes)
    except TooLarge as error:
        raise TooLarge(
            f"The file is larger than {limit_bytes // MIB} MB.", action=f"{UPLOAD_MAX_MB} is the limit."
        ) from error


def _place(library: Library) -> Path:
    """A name that the next opening of the library sweeps away."""
    folder = videos_folder(library.path)
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise storage_error(error, folder) from error
    return folder / f"{TRASH}upload-{secrets.token_hex(8)}"


def _with_suffix(partial: Path, file_name: str) -> Path:
    """Containers are known by their content, players look at the name."""
    suffix = Path(file_name).suffix.lower()
    return partial.rename(partial.with_name(partial.name + suffix)) if _SUFFIX.fullmatch(suffix) else partial


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
