"""Episodes: announced or with a video, listed, deleted."""

from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import ConfigDict, Field
from starlette.responses import Response

from app.server.screenalytics import fields
from app.server.screenalytics.answers import Envelope, EpisodeDeleted, EpisodeListing, EpisodeRecord
from app.server.screenalytics.desk import LIST_ACTION, Context, any_episode
from app.server.screenalytics.documented import refusals
from app.server.screenalytics.envelope import enveloped, zulu
from app.server.screenalytics.refusals import Refused, missing
from app.server.screenalytics.video_files import files_of, remove_videos
from core.errors import Conflict, InvalidRequest, NotFound
from core.library.announced import Announced, AnnouncedEpisode
from core.library.types import Episode

router = APIRouter(tags=["Episodes"])

_KNOWN = {"show_slug", "season", "episode", "title", "air_date"}


class EpisodeRequest(fields.Request):
    """A new episode; ours: ``video_path``, a video of this machine, referenced in place."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "ep_id": "rhobh-s05e02",
                "show_slug": "rhobh",
                "season": 5,
                "episode": 2,
                "title": "Reunion Part 2",
                "air_date": "2015-04-14",
            }
        }
    )

    ep_id: fields.EpisodeId
    show_slug: Annotated[str, Field(max_length=100)] | None = None
    season: Annotated[int, Field(ge=0, le=100_000)] | None = None
    episode: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    title: fields.ShortText | None = None
    air_date: Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")] | None = None
    video_path: Annotated[str, Field(min_length=1, max_length=4096)] | None = None


@router.post("/episodes", response_model=Envelope[EpisodeRecord], responses=refusals(400, 409))
def create_episode(request: Request, context: Context, body: EpisodeRequest) -> Response:
    """Create an episode. The same id again gives the same record; with ``video_path`` the video is attached."""
    known = body.model_dump(include=_KNOWN)
    if body.video_path is None:
        Announced(context.library.store).announce(body.ep_id, known)
    else:
        attach(context, body.ep_id, _video_of_this_machine(body.video_path), known)
    return enveloped(request, episode_record(any_episode(context, body.ep_id)))


@router.get("/episodes", response_model=Envelope[EpisodeListing], responses=refusals())
def list_episodes(
    request: Request,
    context: Context,
    show_slug: Annotated[str | None, Query(max_length=100)] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> Response:
    """Ours: all episodes, by show, season and number; then those without a video."""
    everything: list[Episode | AnnouncedEpisode] = [*context.library.episodes.list()]
    everything += Announced(context.library.store).all()
    found = [one for one in everything if show_slug is None or one.show_slug == show_slug]
    page = [episode_record(one) for one in found[offset : offset + limit]]
    return enveloped(request, {"episodes": page, "total": len(found), "limit": limit, "offset": offset})


@router.get("/episodes/{ep_id}", response_model=Envelope[EpisodeRecord], responses=refusals(404))
def get_episode(request: Request, context: Context, ep_id: str) -> Response:
    """Fetch episode metadata."""
    return enveloped(request, episode_record(any_episode(context, ep_id)))


@router.delete("/episodes/{ep_id}", response_model=Envelope[EpisodeDeleted], responses=refusals(404, 409))
def delete_episode(
    request: Request,
    context: Context,
    ep_id: str,
    delete_s3: Annotated[bool, Query(description="There is no remote store here: nothing to delete.")] = False,
) -> Response:
    """Delete an episode with everything computed and its uploaded video; a video referenced in place stays."""
    found = any_episode(context, ep_id)
    count = len(files_of(context.library.paths, ep_id))
    if isinstance(found, AnnouncedEpisode):
        Announced(context.library.store).withdraw(ep_id)
    else:
        _delete(context, ep_id)
    remove_videos(context.library.paths, ep_id)
    return enveloped(
        request,
        {"ep_id": ep_id, "local_files_deleted": count, "s3_objects_deleted": 0, "delete_s3": delete_s3},
    )


def episode_record(one: Episode | AnnouncedEpisode) -> dict[str, Any]:
    """An episode in the document's words."""
    record: dict[str, Any] = {
        "ep_id": one.ep_id,
        "show_slug": one.show_slug,
        "season": one.season,
        "episode": one.episode,
        "title": one.title,
        "air_date": one.air_date,
        "created_at": zulu(one.created_at),
    }
    if isinstance(one, AnnouncedEpisode):
        return record | dict.fromkeys(("has_video", "has_tracks", "has_identities"), False) | {"stages": {}}
    return record | {
        "has_video": not one.media_missing,
        "has_tracks": one.stages["detect_track"].state != "missing",
        "has_identities": one.stages["cluster"].state != "missing",
        "duration_s": one.info.duration_s,
        "fps": one.info.average_fps,
        "stages": {name: state.state for name, state in one.stages.items()},
    }


def attach(context: Context, ep_id: str, video: Path, known: dict[str, Any] | None = None) -> Episode:
    """Give an episode its video, by a file that stays where it is. Doing it again with the same video does nothing.

    Raises Conflict when the episode has another video, or the video belongs to another episode; MediaMissing,
    UnsupportedMedia, InvalidRequest.
    """
    episode = context.library.episodes.add(video, ep_id=ep_id, **(known or {}))
    if episode.ep_id != ep_id:
        raise Conflict(
            f"This video is already in the library, as the episode “{episode.ep_id}”.",
            action="Use that episode, or delete it first.",
        )
    return episode


def _video_of_this_machine(text: str) -> Path:
    """The file that a client names; special files, which may never end, are none."""
    path = Path(text)
    try:
        if not path.is_absolute() or "\0" in text:
            raise InvalidRequest(f"video_path is not an absolute path: {text[:200]}", action="Give the whole path.")
        if not path.is_file():
            raise InvalidRequest(f"There is no video file at {text[:200]}.", action="Check video_path.")
    except OSError as error:
        raise InvalidRequest(f"{text[:200]} cannot be read: {error.strerror}.", action="Check video_path.") from error
    return path


def _delete(context: Context, ep_id: str) -> None:
    try:
        context.library.episodes.delete(ep_id)
    except NotFound as error:
        raise missing("episode", ep_id, action=LIST_ACTION) from error
    except Conflict as error:
        raise Refused(409, "JOB_ALREADY_RUNNING", error.message, action=error.action) from error
