"""Ours: what the machine would correct, ranked; accepted or rejected by key."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from app.server.screenalytics.answers import Edited, Envelope
from app.server.screenalytics.desk import Actor, Context, any_episode, episode_with_video
from app.server.screenalytics.documented import refusals
from app.server.screenalytics.edits import edited
from app.server.screenalytics.envelope import enveloped
from app.server.screenalytics.identity_requests import AcceptAbove, SuggestionKeys
from core.errors import InvalidRequest
from core.library.announced import AnnouncedEpisode
from core.suggestions import queue
from core.suggestions.types import Suggestion, SuggestionKind

router = APIRouter(tags=["Suggestions"])

_EDITS = refusals(400, 404, 409)


@router.get("/episodes/{ep_id}/suggestions", response_model=Envelope[dict[str, Any]], responses=refusals(404))
def list_suggestions(
    request: Request,
    context: Context,
    ep_id: str,
    kind: Annotated[list[SuggestionKind] | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> Response:
    """The questions that save the most work first; rejected ones never come back."""
    found: list[Suggestion] = []
    if not isinstance(any_episode(context, ep_id), AnnouncedEpisode):
        found = list(queue.suggest(context.library, ep_id, kinds=kind, limit=limit))
    return enveloped(request, {"ep_id": ep_id, "suggestions": [_record(one) for one in found]})


@router.post("/episodes/{ep_id}/suggestions/accept", response_model=Envelope[Edited], responses=_EDITS)
def accept(request: Request, context: Context, actor: Actor, ep_id: str, body: SuggestionKeys) -> Response:
    """Accept suggestions, as one undo step. A key that no longer holds: 409 CONFLICT, nothing changed."""
    episode_with_video(context, ep_id)
    return enveloped(request, edited(queue.accept(context.library, ep_id, body.keys, actor=actor)))


@router.post("/episodes/{ep_id}/suggestions/reject", response_model=Envelope[Edited], responses=_EDITS)
def reject(request: Request, context: Context, actor: Actor, ep_id: str, body: SuggestionKeys) -> Response:
    """Reject suggestions for good, as one undo step."""
    episode_with_video(context, ep_id)
    return enveloped(request, edited(queue.reject(context.library, ep_id, body.keys, actor=actor)))


@router.post("/episodes/{ep_id}/suggestions/accept_above", response_model=Envelope[Edited], responses=_EDITS)
def accept_above(request: Request, context: Context, actor: Actor, ep_id: str, body: AcceptAbove) -> Response:
    """Accept all suggestions of confirmed people from a likeness on, as one undo step."""
    episode_with_video(context, ep_id)
    applied = queue.accept_all_above(context.library, ep_id, body.likeness, actor=actor)
    if applied is None:
        raise InvalidRequest(f"No suggestion of a confirmed person reaches {body.likeness:g}.")
    return enveloped(request, edited(applied))


def _record(one: Suggestion) -> dict[str, Any]:
    return {
        "key": one.key,
        "kind": str(one.kind),
        "identity_id": one.identity_id,
        "identity_label": one.identity_label,
        "target_id": one.target_id,
        "target_label": one.target_label,
        "track_ids": list(one.track_ids),
        "likeness": round(one.likeness, 4),
        "margin": None if one.margin is None else round(one.margin, 4),
        "work_saved": one.work_saved,
        "from_confirmed": one.from_confirmed,
        "reason": one.reason,
        "at_frame": one.at_frame,
    }
