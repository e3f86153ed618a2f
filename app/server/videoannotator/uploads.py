"""The form of a job: its video streamed to the library's disk, its fields checked."""

import json
import math
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.requests import Request

from app.server.incoming import FileEmpty, Incoming
from app.server.video_upload import uploaded_video
from app.server.videoannotator.environment import UPLOAD_MAX_MB
from app.server.videoannotator.refusals import Refused
from core.annotate.layout import annotations_folder
from core.library.library import Library

VIDEO = "video"
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
    folder = annotations_folder(library.path)
    upload = uploaded_video(request, folder, part=VIDEO, limit_bytes=limit_bytes, limit_name=UPLOAD_MAX_MB)
    try:
        async with upload as (incoming, path):
            yield _form_of(incoming, path)
    except FileEmpty as error:
        raise Refused(400, "INVALID_VIDEO", "The video is empty: no bytes came.", hint=error.action) from error


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
