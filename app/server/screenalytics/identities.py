"""Identities corrected over HTTP: each route is one edit of core.identities.moderation."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.server.screenalytics.answers import (
    Edited,
    Envelope,
    IdentityListing,
    IdentityState,
    Merged,
    Split,
)
from app.server.screenalytics.desk import Actor, Context, any_episode
from app.server.screenalytics.documented import refusals
from app.server.screenalytics.edits import apply, edited
from app.server.screenalytics.envelope import enveloped
from app.server.screenalytics.identity_requests import IdentityPatch, LinkRequest, MergeRequest, SplitRequest
from app.server.screenalytics.refusals import missing
from core.review.listing import identity_listing
from core.review.read import read_identities
from core.review.types import IdentityRow

router = APIRouter(tags=["Identities (Moderation)"])

_EDITS = refusals(400, 404, 409)


@router.post("/episodes/{ep_id}/identities/merge", response_model=Envelope[Merged], responses=_EDITS)
def merge(request: Request, context: Context, actor: Actor, ep_id: str, body: MergeRequest) -> Response:
    """Merge multiple identities into one."""
    applied = apply(
        context,
        ep_id,
        lambda core: core.merge(ep_id, body.source_ids, body.target_id, actor=actor, seen=body.seen),
        identities=[*body.source_ids, body.target_id],
    )
    data = {
        "target_id": body.target_id,
        "track_ids": applied.change["track_ids"],
        "sources_deleted": applied.change["sources_deleted"],
        "edit_id": applied.edit_id,
    }
    return enveloped(request, data)


@router.post("/episodes/{ep_id}/identities/split", response_model=Envelope[Split], responses=_EDITS)
def split(request: Request, context: Context, actor: Actor, ep_id: str, body: SplitRequest) -> Response:
    """Split tracks from an identity into a new identity."""
    applied = apply(
        context,
        ep_id,
        lambda core: core.split(ep_id, body.identity_id, body.track_ids_to_split, actor=actor, seen=body.seen),
        identities=[body.identity_id],
        tracks=body.track_ids_to_split,
    )
    data = {
        "original_id": body.identity_id,
        "new_id": applied.change["new_id"],
        "tracks_moved": applied.change["tracks_moved"],
        "edit_id": applied.edit_id,
    }
    return enveloped(request, data)


@router.get("/episodes/{ep_id}/identities", response_model=Envelope[IdentityListing], responses=refusals(404))
def list_identities(request: Request, context: Context, ep_id: str) -> Response:
    """Ours: everybody in the episode, by id."""
    any_episode(context, ep_id)
    return enveloped(request, {"ep_id": ep_id, "identities": identity_listing(context.library, ep_id)})


@router.patch("/episodes/{ep_id}/identities/{identity_id}", response_model=Envelope[IdentityState], responses=_EDITS)
def update_identity(
    request: Request, context: Context, actor: Actor, ep_id: str, identity_id: str, body: IdentityPatch
) -> Response:
    """Update identity metadata (lock, labels). What is left out stays."""
    applied = apply(
        context,
        ep_id,
        lambda core: core.update(
            ep_id, identity_id, labels=body.labels, locked=body.locked, actor=actor, seen=body.seen
        ),
        identities=[identity_id],
    )
    rows = read_identities(context.library, ep_id, [identity_id])
    if not rows:
        raise missing("identity", identity_id)
    return enveloped(request, _state(rows[0]) | {"edit_id": applied.edit_id})


@router.post("/episodes/{ep_id}/identities/{identity_id}/revert", response_model=Envelope[Edited], responses=_EDITS)
def revert_identity(request: Request, context: Context, actor: Actor, ep_id: str, identity_id: str) -> Response:
    """Ours: back to what the machine found."""
    applied = apply(
        context, ep_id, lambda core: core.revert_identity(ep_id, identity_id, actor=actor), identities=[identity_id]
    )
    return enveloped(request, edited(applied))


@router.post("/episodes/{ep_id}/links", response_model=Envelope[Edited], responses=_EDITS)
def link(request: Request, context: Context, actor: Actor, ep_id: str, body: LinkRequest) -> Response:
    """Ours: say that two tracks must, or cannot, be one person. Later runs obey it."""
    first, second = body.first_track_id, body.second_track_id
    applied = apply(
        context,
        ep_id,
        lambda core: (core.must_link if body.kind == "must" else core.cannot_link)(ep_id, first, second, actor=actor),
        tracks=[first, second],
    )
    return enveloped(request, edited(applied))


@router.delete("/episodes/{ep_id}/links/{link_id}", response_model=Envelope[Edited], responses=_EDITS)
def unlink(request: Request, context: Context, actor: Actor, ep_id: str, link_id: int) -> Response:
    """Ours: take a link back."""
    any_episode(context, ep_id)
    if link_id not in {one.link_id for one in context.library.moderation.links(ep_id)}:
        raise missing("link", str(link_id))
    applied = context.library.moderation.unlink(ep_id, link_id, actor=actor)
    return enveloped(request, edited(applied))


@router.get("/episodes/{ep_id}/links", response_model=Envelope[dict[str, Any]], responses=refusals(404))
def list_links(request: Request, context: Context, ep_id: str) -> Response:
    """Ours: the links that hold."""
    any_episode(context, ep_id)
    links = [
        {
            "link_id": one.link_id,
            "kind": one.kind,
            "first_track_id": one.first_track,
            "second_track_id": one.second_track,
        }
        for one in context.library.moderation.links(ep_id)
    ]
    return enveloped(request, {"ep_id": ep_id, "links": links})


def _state(one: IdentityRow) -> dict[str, Any]:
    return {
        "identity_id": one.identity_id,
        "locked": one.locked,
        "labels": one.labels | ({"name": one.name} if one.name else {}),
        "revision": one.revision,
    }
