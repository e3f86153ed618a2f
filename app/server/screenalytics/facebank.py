"""The facebank over HTTP: reference photos of cast members, and the members themselves (ours)."""

from io import BytesIO
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from app.server.screenalytics import fields
from app.server.screenalytics.answers import Envelope, SeedStored
from app.server.screenalytics.desk import Context
from app.server.screenalytics.documented import multipart, refusals
from app.server.screenalytics.envelope import enveloped, zulu
from app.server.screenalytics.refusals import Refused, missing
from app.server.screenalytics.uploads import read_form
from core.cast.types import CastMember, Seed
from core.errors import NotFound
from core.library.slug import ID_PATTERN

router = APIRouter(tags=["Facebank"])

PHOTO_LIMIT_BYTES = 40 * 10**6


class CastRequest(fields.Request):
    """A new cast member."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    cast_id: fields.EpisodeId | None = None
    show_slug: Annotated[str, Field(max_length=100)] | None = None


@router.post(
    "/cast/{cast_id}/seeds/upload",
    response_model=Envelope[SeedStored],
    responses=refusals(400, 413),
    openapi_extra=multipart("A photo with the face.", person_id="Who it is; the member is made when unknown."),
)
async def upload_seed(request: Request, context: Context, cast_id: str) -> Response:
    """Upload a reference face image for a cast member. No usable face: 400 with the reason, nothing stored."""
    _require_cast_id(cast_id)
    photo = BytesIO()
    form = await read_form(request, lambda: photo, file_field="file", limit_bytes=PHOTO_LIMIT_BYTES)
    person_id = form.fields.get("person_id", "").strip() or cast_id
    if len(person_id) > 200:
        raise Refused(422, "VALIDATION_ERROR", "person_id: at most 200 characters.")
    seed = await run_in_threadpool(
        context.library.cast.add_seed,
        cast_id,
        photo.getvalue(),
        models=context.models,
        person_id=person_id,
        source=form.file_name or "",
    )
    return enveloped(request, _seed_record(context, seed) | {"person_id": person_id})


@router.get("/cast", response_model=Envelope[dict[str, Any]], responses=refusals())
def list_cast(
    request: Request, context: Context, show_slug: Annotated[str | None, Query(max_length=100)] = None
) -> Response:
    """Ours: the cast members with their reference photos."""
    members = [_member_record(context, one) for one in context.library.cast.members(show_slug)]
    return enveloped(request, {"cast": members})


@router.post("/cast", response_model=Envelope[dict[str, Any]], responses=refusals(400, 409))
def add_member(request: Request, context: Context, body: CastRequest) -> Response:
    """Ours: a cast member, with photos to come."""
    member = context.library.cast.add(body.name, cast_id=body.cast_id, show_slug=body.show_slug)
    return enveloped(request, _member_record(context, member))


@router.get("/cast/{cast_id}", response_model=Envelope[dict[str, Any]], responses=refusals(404))
def get_member(request: Request, context: Context, cast_id: str) -> Response:
    """Ours: one cast member."""
    return enveloped(request, _member_record(context, _member(context, cast_id)))


@router.delete("/cast/{cast_id}", response_model=Envelope[dict[str, Any]], responses=refusals(404))
def delete_member(request: Request, context: Context, cast_id: str) -> Response:
    """Ours: forget a cast member and its photos; names in episodes stay."""
    _member(context, cast_id)
    context.library.cast.delete(cast_id)
    return enveloped(request, {"cast_id": cast_id, "deleted": True})


@router.delete("/cast/{cast_id}/seeds/{seed_id}", response_model=Envelope[dict[str, Any]], responses=refusals(404))
def delete_seed(request: Request, context: Context, cast_id: str, seed_id: str) -> Response:
    """Ours: take one reference photo away."""
    if seed_id not in {one.seed_id for one in _member(context, cast_id).seeds}:
        raise missing("seed", seed_id)
    context.library.cast.delete_seed(seed_id)
    return enveloped(request, {"seed_id": seed_id, "deleted": True})


def _require_cast_id(cast_id: str) -> None:
    if not ID_PATTERN.fullmatch(cast_id):
        raise Refused(
            422,
            "VALIDATION_ERROR",
            f"cast_id: “{cast_id[:80]}” cannot be the id of a cast member.",
            action="Use up to 64 lower-case letters, digits, dots, dashes and underscores.",
        )


def _member(context: Context, cast_id: str) -> CastMember:
    try:
        return context.library.cast.get(cast_id)
    except NotFound as error:
        raise missing("cast", cast_id) from error


def _member_record(context: Context, member: CastMember) -> dict[str, Any]:
    return {
        "cast_id": member.cast_id,
        "show_slug": member.show_slug,
        "name": member.name,
        "episodes": member.episodes,
        "screen_time_s": round(member.screen_time_s, 3),
        "seeds": [_seed_record(context, one) for one in member.seeds],
    }


def _seed_record(context: Context, seed: Seed) -> dict[str, Any]:
    root = context.library.path
    return {
        "seed_id": seed.seed_id,
        "person_id": seed.cast_id,
        "display_path": seed.display_path.relative_to(root).as_posix(),
        "embed_path": seed.embed_path.relative_to(root).as_posix(),
        "embedding_extracted": True,  # a photo without a vector is refused
        "quality": round(seed.quality, 4),
        "created_at": zulu(seed.created_at),
    }
