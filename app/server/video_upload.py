"""A form with a video: streamed to the library's disk, and nothing left of what is refused or of nobody's use."""

import re
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from app.server.incoming import Incoming, PartMissing, TooLarge, receive_form
from core.library.paths import TRASH
from core.storage import storage_error

MIB = 1024 * 1024
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,5}")


@asynccontextmanager
async def uploaded_video(
    request: Request, folder: Path, *, part: str, limit_bytes: int, limit_name: str
) -> AsyncIterator[tuple[Incoming, Path]]:
    """What came, and the file with the video from the form's ``part``: gone when the block ends, unless someone took it
    away. The folder is made; ``limit_name`` is the variable that the limit came from.

    Raises TooLarge (413), PartMissing (422), InvalidRequest (400), StorageFull, StorageUnwritable.
    """
    partial = await run_in_threadpool(_place, folder)
    try:
        incoming = await _receive(request, partial, part, limit_bytes, limit_name)
        path = await run_in_threadpool(_with_suffix, partial, incoming.file_name)
        try:
            yield incoming, path
        finally:
            await run_in_threadpool(path.unlink, missing_ok=True)
    finally:
        await run_in_threadpool(partial.unlink, missing_ok=True)


async def _receive(request: Request, path: Path, part: str, limit_bytes: int, limit_name: str) -> Incoming:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "multipart/form-data":
        raise PartMissing(
            f"The form has no part “{part}”: its content type is {kind[:80] or 'missing'}.",
            action=f"Send multipart/form-data with the video as {part}.",
        )
    try:
        return await receive_form(request, path, file_field=part, limit_bytes=limit_bytes)
    except TooLarge as error:
        raise TooLarge(
            f"The video is larger than {limit_bytes / MIB:g} MB.",
            action=f"Send a smaller one; {limit_name} of the server's environment is the limit.",
        ) from error


def _place(folder: Path) -> Path:
    """A name that the next opening of the library sweeps away."""
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise storage_error(error, folder) from error
    return folder / f"{TRASH}upload-{secrets.token_hex(8)}"


def _with_suffix(partial: Path, file_name: str) -> Path:
    """Containers are known by their content, players look at the name."""
    suffix = Path(file_name).suffix.lower()
    return partial.rename(partial.with_name(partial.name + suffix)) if _SUFFIX.fullmatch(suffix) else partial
