"""Tracks: listed, moved, deleted and brought back, cut in two."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from app.server.screenalytics.answers import Edited, Envelope, Moved, TrackDeleted, TrackListing
from app.server.screenalytics.desk import Actor, Context, any_episode
from app.server.screenalytics.documented import refusals
from app.server.screenalytics.edits import apply, edited
from app.server.screenalytics.envelope import enveloped
from app.server.screenalytics.identity_requests import MoveRequest, TrackSplitRequest
from core.review.listing import track_listing
from core.review.read import read_tracks

router = APIRouter(tags=["Tracks"])

_EDITS = refusals(400, 404, 409)


@router.get("/episodes/{ep_id}/tracks", response_model=Envelope[TrackListing], responses=refusals(404))
def list_tracks(
    request: Request,
    context: Context,
    ep_id: str,
    state: Annotated[Literal["live", "deleted"], Query()] = "live",
    limit: Annotated[int, Query(ge=1, le=100_000)] = 100_000,
    offset: Annotated[int, Query(ge=0, le=100_000_000)] = 0,
) -> Response:
    """Ours: the tracks of an episode by their start; seconds count from the container's start."""
    any_episode(context, ep_id)
    rows = track_listing(context.library, ep_id, state=state)
    return enveloped(request, {"ep_id": ep_id, "tracks": rows[offset : offset + limit], "total": len(rows)})


@router.post("/episodes/{ep_id}/tracks/{track_id}/move", response_model=Envelope[Moved], responses=_EDITS)
def move_track(
    request: Request, context: Context, actor: Actor, ep_id: str, track_id: str, body: MoveRequest
) -> Response:
    """Move a track between identities. A track that is not where the request says it is: 409 CONFLICT."""
    source_id, target_id = body.from_identity_id, body.to_identity_id
    before = source_id or _place_of(context, ep_id, track_id)
    applied = apply(
        context,
        ep_id,
        lambda core: core.move_tracks(
            ep_id, [track_id], target_id, from_identity_id=source_id, actor=actor, seen=body.seen
        ),
        identities=[one for one in (source_id, target_id) if one is not None],
        tracks=[track_id],
    )
    data = {"track_id": track_id, "from": before, "to": applied.change["to"], "edit_id": applied.edit_id}
    return enveloped(request, data)


@router.delete("/episodes/{ep_id}/tracks/{track_id}", response_model=Envelope[TrackDeleted], responses=_EDITS)
def delete_track(
    request: Request,
    context: Context,
    actor: Actor,
    ep_id: str,
    track_id: str,
    reason: Annotated[Literal["", "not_a_face"], Query()] = "",
) -> Response:
    """Soft-delete a track: it leaves its identity and can be restored."""
    applied = apply(
        context,
        ep_id,
        lambda core: core.delete_tracks(ep_id, [track_id], reason=reason, actor=actor),
        tracks=[track_id],
    )
    return enveloped(request, {"track_id": track_id, "deleted": True, "edit_id": applied.edit_id})


@router.post("/episodes/{ep_id}/tracks/{track_id}/restore", response_model=Envelope[Edited], responses=_EDITS)
def restore_track(request: Request, context: Context, actor: Actor, ep_id: str, track_id: str) -> Response:
    """Ours: bring a deleted track back to where it was."""
    applied = apply(context, ep_id, lambda core: core.restore_tracks(ep_id, [track_id], actor=actor), tracks=[track_id])
    return enveloped(request, edited(applied))


@router.post("/episodes/{ep_id}/tracks/{track_id}/split", response_model=Envelope[Edited], responses=_EDITS)
def split_track(
    request: Request, context: Context, actor: Actor, ep_id: str, track_id: str, body: TrackSplitRequest
) -> Response:
    """Ours: cut a track in two before a frame."""
    applied = apply(
        context,
        ep_id,
        lambda core: core.split_track(ep_id, track_id, body.at_frame, apart=body.apart, actor=actor, seen=body.seen),
        tracks=[track_id],
    )
    return enveloped(request, edited(applied))


def _place_of(context: Context, ep_id: str, track_id: str) -> str | None:
    """Where a track is now, None for one that is in no identity or not there."""
    rows = read_tracks(context.library, ep_id, [track_id])
    return rows[0].identity_id if rows else None
