"""What every route works with: the library behind the server, who asks, and what an id names."""

from collections.abc import Iterable
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from app.server.context import ServerContext
from app.server.screenalytics.refusals import Refused, missing
from core.errors import InvalidRequest, NotFound
from core.jobs.types import Job
from core.library.announced import Announced, AnnouncedEpisode
from core.library.types import Episode
from core.review.read import read_identities, read_tracks

LIST_ACTION = "GET /episodes lists what there is."


async def context_of(connection: HTTPConnection) -> ServerContext:
    """The server's one context. A coroutine, as is the next one: plain functions would each cost a change of thread."""
    context: ServerContext = connection.app.state.context
    return context


async def actor_of(connection: HTTPConnection) -> str:
    """Who is written into the history: ``api``, or ``api:`` and the id of the key."""
    key_id = getattr(connection.state, "key_id", None)
    return f"api:{key_id}" if key_id else "api"


Context = Annotated[ServerContext, Depends(context_of)]
Actor = Annotated[str, Depends(actor_of)]


def any_episode(context: ServerContext, ep_id: str) -> Episode | AnnouncedEpisode:
    """An episode with or without a video. Raises Refused 404."""
    announced = Announced(context.library.store).find(ep_id)
    return announced if announced is not None else _episode(context, ep_id)


def episode_with_video(context: ServerContext, ep_id: str) -> Episode:
    """An episode that has a video. Raises Refused 404, InvalidRequest while none is attached."""
    found = any_episode(context, ep_id)
    if isinstance(found, AnnouncedEpisode):
        raise InvalidRequest(
            f"The episode “{ep_id}” has no video yet.",
            action=f"Attach one: POST /episodes/{ep_id}/video, or video_path in POST /episodes.",
        )
    return found


def job_of_id(context: ServerContext, job_id: str) -> Job:
    """A job. Raises Refused 404."""
    try:
        return context.library.jobs.get(job_id)
    except NotFound as error:
        raise missing("job", job_id) from error


def require_track(context: ServerContext, ep_id: str, track_id: str, *, deleted_too: bool = False) -> None:
    """Raise Refused 404 when the episode or its track is not there, or when the track was deleted."""
    episode_with_video(context, ep_id)
    rows = read_tracks(context.library, ep_id, [track_id])
    if not rows:
        raise missing("track", track_id)
    if rows[0].state != "live" and not deleted_too:
        raise missing("track", track_id, action="It was deleted; it can be restored.")


def what_is_missing(
    context: ServerContext, ep_id: str, identity_ids: Iterable[str], track_ids: Iterable[str]
) -> Refused:
    """Which of the ids that an edit named is not there, once core said that one is not."""
    episode_with_video(context, ep_id)
    identity_ids, track_ids = list(identity_ids), list(track_ids)
    there = {one.identity_id for one in read_identities(context.library, ep_id, identity_ids)}
    for identity_id in identity_ids:
        if identity_id not in there:
            return missing("identity", identity_id)
    live = {one.track_id for one in read_tracks(context.library, ep_id, track_ids) if one.state == "live"}
    for track_id in track_ids:
        if track_id not in live:
            return missing("track", track_id)
    return missing("track", track_ids[0]) if track_ids else missing("identity", (identity_ids or [ep_id])[0])


def _episode(context: ServerContext, ep_id: str) -> Episode:
    try:
        return context.library.episodes.get(ep_id)
    except NotFound as error:
        raise missing("episode", ep_id, action=LIST_ACTION) from error
