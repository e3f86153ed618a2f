"""A form with a video: streamed to the library's disk, its fields checked, and nothing left of what is refused."""

import json
import math
import re
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from app.server.incoming import Incoming, PartMissing, TooLarge, receive_form
from app.server.videoannotator.environment import MIB, UPLOAD_MAX_MB
from app.server.videoannotator.refusals import Refused
from core.annotate.layout import annotations_folder
from core.errors import InvalidRequest
from core.library.library import Library
from core.library.paths import TRASH
from core.storage import storage_error

VIDEO = "video"
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,5}")
_NOTHING = frozenset({"", "null"})


@dataclass(frozen=True, slots=True)
class JobForm:
    """What came with the file ``path``. ``pipelines`` as they were written, None = none chosen; ``config`` too."""

    path: Path
    file_name: str
    pipelines: tuple[str, ...] | None
    config: Mapping[str, Any] | None


@asynccontextmanager
async def job_form(request: Request, library: Library, *, limit_bytes: int) -> AsyncIterator[JobForm]:
    """The form of a request; its file is gone when the block ends, unless someone took it away.

    Raises TooLarge (413), PartMissing (422), Refused and InvalidRequest (400), StorageFull, StorageUnwritable.
    """
    partial = await run_in_threadpool(_place, library)
    try:
        incoming = await _receive(request, partial, limit_bytes)
        path = await run_in_threadpool(_with_suffix, partial, incoming.file_name)
        try:
            yield _form_of(incoming, path)
        finally:
            await run_in_threadpool(path.unlink, missing_ok=True)
    finally:
        await run_in_threadpool(partial.unlink, missing_ok=True)


async def _receive(request: Request, path: Path, limit_bytes: int) -> Incoming:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "multipart/form-data":
        raise PartMissing(
            f"The form has no part “{VIDEO}”: its content type is {kind[:80] or 'missing'}.",
            action=f"Send multipart/form-data with the video as {VIDEO}.",
        )
    try:
        return await receive_form(request, path, file_field=VIDEO, limit_bytes=limit_bytes)
    except TooLarge as error:
        raise TooLarge(
            f"The video is larger than {limit_bytes / MIB:g} MB.",
            action=f"Send a smaller one; {UPLOAD_MAX_MB} of the server's environment is the limit.",
        ) from error
    except PartMissing:
        raise
    except InvalidRequest as error:
        if "is empty" in error.message:
            raise Refused(400, "INVALID_VIDEO", "The video is empty: no bytes came.", hint=error.action) from error
        raise


def _place(library: Library) -> Path:
    """A name that the next opening of the library sweeps away."""
    folder = annotations_folder(library.path)
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise storage_error(error, folder) from error
    return folder / f"{TRASH}upload-{secrets.token_hex(8)}"


def _with_suffix(partial: Path, file_name: str) -> Path:
    """Containers are known by their content, players look at the name."""
    suffix = Path(file_name).suffix.lower()
    return partial.rename(partial.with_name(partial.name + suffix)) if _SUFFIX.fullmatch(suffix) else partial


def _form_of(incoming: Incoming, path: Path) -> JobForm:
    fields = incoming.fields
    file_name = incoming.file_name or f"{VIDEO}{path.suffix}"
    config = fields.get("config", ("",))[-1].strip()
    names = [name for text in fields.get("selected_pipelines", ()) for name in _names_in(text.strip())]
    return JobForm(path, file_name, tuple(names) or None, _config(config))


def _names_in(text: str) -> list[str]:
    """Names between commas; a client's list in JSON is read as well."""
    if text in _NOTHING:
        return []
    names: object = None
    if text.startswith("["):
        try:
            names = json.loads(text)
        except (ValueError, RecursionError):
            names = None  # then it is a strange name, which is not found
    if not isinstance(names, list) or not all(isinstance(one, str) for one in names):
        names = text.split(",")
    return [name.strip() for name in names if name.strip()]


def _config(text: str) -> Mapping[str, Any] | None:
    if text in _NOTHING:
        return None
    try:
        config = json.loads(text, parse_constant=_finite, parse_float=_finite)
        json.dumps(config, ensure_ascii=False).encode()  # halves of letters, which no file can hold
    except (ValueError, RecursionError) as error:
        raise _config_trouble(f"it is not JSON: {str(error)[:200]}") from error
    if not isinstance(config, dict):
        raise _config_trouble("it is not an object")
    return config


def _finite(text: str) -> float:
    """JSON knows neither NaN nor Infinity, and 1e999 is none of ours."""
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text[:40]} is not a number that can be used")
    return value


def _config_trouble(why: str) -> Refused:
    hint = 'Write it as {"pipeline": {"parameter": 1}}'
    return Refused(400, "INVALID_CONFIG", f"Configuration validation failed: config: {why}", hint=hint)
