"""Uploads: pictures, masks and sounds for jobs, streamed to the library's disk and checked before they are anything."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from app.server.context import ServerContext
from app.server.incoming import Incoming, PartMissing, TooLarge, receive_form
from app.server.json_bytes import json_answer
from app.server.pytoon import answers
from app.server.pytoon.desk import Actor, Context
from app.server.pytoon.documented import refusals, upload_body
from app.server.pytoon.job_words import uri_of
from app.server.pytoon.refusals import Refused
from core.errors import NotFound
from core.library.paths import TRASH
from core.render.layout import UPLOADS
from core.render.records import Asset, AssetCategory
from core.storage import storage_error

router = APIRouter(prefix="/api/v1/assets", tags=["assets"])

FILE = "file"
MIB = 1024 * 1024
LIMIT_BYTES = 20 * MIB

_CATEGORIES = [str(one) for one in AssetCategory]


@router.post(
    "/upload",
    status_code=201,
    response_model=answers.AssetAnswer,
    responses=refusals(400, 507),
    openapi_extra=upload_body(_CATEGORIES),
)
async def upload_asset(
    request: Request,
    context: Context,
    actor: Actor,
    category: Annotated[
        str | None,
        Query(description="Ours: the form's category, in the address.", json_schema_extra={"enum": _CATEGORIES}),
    ] = None,
) -> Response:
    """Take in a picture (PNG, JPEG, WebP), a mask (PNG with alpha) or a sound (MP3, WAV) of at most 20 MB."""
    async with _uploaded(request, context) as (incoming, path):
        asset = await run_in_threadpool(_take_in, context, incoming, path, category, actor)
    return json_answer(_record(asset), 201)


@router.delete("/{upload_id}/{file_name}", status_code=204, response_class=Response, responses=refusals(404))
def delete_asset(context: Context, actor: Actor, upload_id: str, file_name: str) -> Response:
    """Ours: delete an uploaded file; its key is ``uploads/{upload_id}/{file_name}``. Jobs that wait for it fail."""
    try:
        context.library.renders.delete_asset(f"{UPLOADS}/{upload_id}/{file_name}", actor=actor)
    except NotFound:
        raise Refused(404, "Asset not found") from None
    return Response(status_code=204)


@asynccontextmanager
async def _uploaded(request: Request, context: ServerContext) -> AsyncIterator[tuple[Incoming, Path]]:
    """What came, and the file: gone when the block ends, unless someone took it away."""
    _require_form(request)
    path = await run_in_threadpool(_place, context.library.path / UPLOADS)
    try:
        limit_bytes = min(LIMIT_BYTES, context.settings.upload_limit_bytes)
        try:
            incoming = await receive_form(request, path, file_field=FILE, limit_bytes=limit_bytes)
        except TooLarge as error:  # the document knows no 413
            raise Refused(
                400, f"The file is larger than {limit_bytes / MIB:g} MB.", action="Send a smaller one."
            ) from error
        yield incoming, path
    finally:
        await run_in_threadpool(path.unlink, missing_ok=True)


def _require_form(request: Request) -> None:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "multipart/form-data":
        raise PartMissing(
            f"The form has no part “{FILE}”: its content type is {kind[:80] or 'missing'}.",
            action=f"Send multipart/form-data with the file as {FILE}.",
        )


def _place(folder: Path) -> Path:
    """A name that the next opening of the library sweeps away."""
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise storage_error(error, folder) from error
    return folder / f"{TRASH}upload-{secrets.token_hex(8)}"


def _take_in(context: ServerContext, incoming: Incoming, path: Path, category: str | None, actor: str) -> Asset:
    """The form's field goes before the address's parameter; an empty one is none."""
    named = incoming.fields.get("category", ("",))[-1].strip() or (category or "").strip() or AssetCategory.IMAGE
    if named not in _CATEGORIES:
        raise Refused(400, f"There is no category “{named[:60]}”.", action=f"Use one of: {', '.join(_CATEGORIES)}.")
    name = incoming.file_name or str(named)
    return context.library.renders.add_asset(path, name, AssetCategory(named), actor=actor)


def _record(asset: Asset) -> dict[str, Any]:
    return {
        "uri": uri_of(asset.path),
        "key": asset.key,
        "size": asset.size_bytes,
        "category": asset.category,
        "facts": dict(asset.facts),
    }
