"""Core's errors as HTTP statuses, and problems of requests in words, for the APIs about speech."""

from collections.abc import Sequence
from typing import Any

from fastapi.exceptions import RequestValidationError

from app.server.incoming import TooLarge
from core.errors import (
    Canceled,
    Conflict,
    DeviceUnavailable,
    FetchFailed,
    Interrupted,
    InvalidRequest,
    LicenceNotAccepted,
    MediaMissing,
    ModelCorrupt,
    ModelMissing,
    NotFound,
    RushesError,
    StorageFull,
    StorageUnwritable,
    UnknownModel,
    UnsupportedMedia,
)
from core.library.errors import LibraryDamaged
from core.scanning.errors import NotPermitted
from core.subtitling.requests import RequestFailed

_STATUSES: tuple[tuple[type[RushesError], int], ...] = (
    (NotPermitted, 403),
    (NotFound, 404),
    (Conflict, 409),
    (TooLarge, 413),
    (InvalidRequest, 400),
    (UnsupportedMedia, 400),
    (MediaMissing, 404),
    (UnknownModel, 400),
    (DeviceUnavailable, 400),
    (LicenceNotAccepted, 400),
    (ModelMissing, 503),
    (ModelCorrupt, 503),
    (FetchFailed, 503),
    (StorageFull, 507),
    (StorageUnwritable, 503),
    (LibraryDamaged, 503),
    (Interrupted, 503),
    (Canceled, 503),
    (RequestFailed, 500),
)


class Unavailable(RushesError):
    """Something that this server does not run, or that is ending: 503."""


def status_of(error: RushesError) -> int | None:
    """The status for an error; None for one that is a defect."""
    if isinstance(error, Unavailable):
        return 503
    return next((status for kind, status in _STATUSES if isinstance(error, kind)), None)


def problem_of(error: RequestValidationError) -> str:
    """What is wrong with a request, for people: the fields with their troubles, without what was sent."""
    problems: Sequence[Any] = error.errors()
    if any(one["type"] == "json_invalid" for one in problems):
        return "The body of the request is not JSON."
    return "; ".join(f"{_place(one)}: {str(one['msg'])[:300]}" for one in problems[:5])


def _place(problem: Any) -> str:
    place = ".".join(str(part)[:64] for part in problem["loc"] if part not in {"body", "query", "path"})
    return place or str(problem["loc"][0])
