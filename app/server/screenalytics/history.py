"""Ours: what was corrected, by whom and when; one step back, one step forward."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from app.server.screenalytics.answers import Edited, Envelope
from app.server.screenalytics.desk import Actor, Context, any_episode
from app.server.screenalytics.documented import refusals
from app.server.screenalytics.edits import edited
from app.server.screenalytics.envelope import enveloped, zulu

router = APIRouter(tags=["History"])


@router.get("/episodes/{ep_id}/history", response_model=Envelope[dict[str, Any]], responses=refusals(404))
def history(
    request: Request,
    context: Context,
    ep_id: str,
    limit: Annotated[int, Query(ge=1, le=5000)] = 200,
    before: Annotated[int | None, Query(ge=1, le=2**62, description="Only edits older than this edit_id.")] = None,
) -> Response:
    """The edits of an episode, newest first, and the names of the steps that undo and redo would take."""
    any_episode(context, ep_id)
    core = context.library.moderation
    edits = [
        {
            "edit_id": one.edit_id,
            "name": one.name,
            "command": one.command,
            "actor": one.actor,
            "created_at": zulu(one.created_at),
            "state": one.state,
        }
        for one in reversed(core.history(ep_id, limit=limit, before=before))
    ]
    steps = {"undo_name": core.undo_name(ep_id), "redo_name": core.redo_name(ep_id)}
    return enveloped(request, {"ep_id": ep_id, "edits": edits, **steps})


@router.post("/episodes/{ep_id}/undo", response_model=Envelope[Edited], responses=refusals(400, 404, 409))
def undo(request: Request, context: Context, actor: Actor, ep_id: str) -> Response:
    """Take the newest edit back."""
    any_episode(context, ep_id)
    return enveloped(request, edited(context.library.moderation.undo(ep_id, actor=actor)))


@router.post("/episodes/{ep_id}/redo", response_model=Envelope[Edited], responses=refusals(400, 404, 409))
def redo(request: Request, context: Context, actor: Actor, ep_id: str) -> Response:
    """Do the edit again that was taken back last."""
    any_episode(context, ep_id)
    return enveloped(request, edited(context.library.moderation.redo(ep_id, actor=actor)))
