"""Stills and captions of an episode as materials of a cut. Runs away from the Qt thread."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from app.desktop.library_page.posters import POSTER_AT_FRACTION, FrameKey
from app.desktop.render_page.draft import DraftStill
from core.errors import NotFound
from core.render.types import Captions
from widgets.time_text import format_span

if TYPE_CHECKING:
    from core.library.library import Library

ACTOR = "desktop"
STAGE = "detect_track"


@dataclass(frozen=True, slots=True)
class EpisodeChoice:
    """An episode that stills can be taken from. ``picture``: a key of library_page.posters.provide_picture."""

    ep_id: str
    title: str
    duration_s: float
    analysed: bool
    has_transcript: bool
    picture: object


@dataclass(frozen=True, slots=True)
class PersonChoice:
    """Somebody of an episode."""

    identity_id: str
    title: str
    detail: str


@dataclass(frozen=True, slots=True)
class EpisodeWish:
    """What a person wants of an episode. No people = whoever is best to be seen; None = from its start, to its end."""

    ep_id: str
    title: str
    identity_ids: tuple[str, ...]
    count: int
    start_s: float | None
    end_s: float | None
    captions: bool


@dataclass(frozen=True, slots=True)
class EpisodeMaterials:
    """What was found; ``captions`` None = none were asked for, or nothing is said there."""

    wish: EpisodeWish
    stills: tuple[DraftStill, ...]
    captions: Captions | None


def _tr(text: str) -> str:
    return QCoreApplication.translate("render", text)


def read_episodes(library: "Library") -> tuple[EpisodeChoice, ...]:
    """Episodes whose videos are there. Slow."""
    return tuple(
        EpisodeChoice(
            one.ep_id,
            one.title,
            one.info.duration_s,
            analysed=_has(one.stages, STAGE),
            has_transcript=_has(one.stages, "transcribe"),
            picture=one.poster or FrameKey(one.media_path, one.info.duration_s * POSTER_AT_FRACTION),
        )
        for one in library.episodes.list()
        if not one.media_missing
    )


def read_people(library: "Library", ep_id: str) -> tuple[PersonChoice, ...]:
    """Who is in an episode, the longest on screen first; nobody when it was not analysed. Slow."""
    from core.review.read import load_review

    try:
        if library.runs.current(ep_id, STAGE) is None:
            return ()
        review = load_review(library, ep_id)
    except NotFound:  # deleted since the list was read
        return ()
    people = sorted(review.identities, key=lambda one: -one.screen_time_s)
    return tuple(
        PersonChoice(
            one.identity_id, one.label, _tr("{length} on screen").format(length=format_span(one.screen_time_s))
        )
        for one in people
    )


def gather(library: "Library", wish: EpisodeWish, check: Callable[[], None]) -> EpisodeMaterials:
    """The best stills, kept in the library as uploads are, and captions from what is said. Minutes for a long part.

    Raises RushesError, Canceled by ``check``; nothing is kept then.
    """
    from core.render.from_episode.keeping import kept_stills

    kept = kept_stills(
        library,
        wish.ep_id,
        identity_ids=wish.identity_ids,
        count=wish.count,
        start_s=wish.start_s,
        end_s=wish.end_s,
        actor=ACTOR,
        check=check,
    )
    stills = tuple(DraftStill(one.path, one.focus) for one in kept)
    return EpisodeMaterials(wish, stills, _captions(library, wish))


def _captions(library: "Library", wish: EpisodeWish) -> Captions | None:
    from core.render.from_episode.captions import captions_of_episode

    if not wish.captions:
        return None
    try:
        captions = captions_of_episode(library, wish.ep_id, start_s=wish.start_s, end_s=wish.end_s)
    except NotFound:  # nothing was transcribed
        return None
    return captions if captions != Captions() else None


def _has(stages: object, name: str) -> bool:
    state = stages.get(name) if isinstance(stages, dict) else None
    return state is not None and getattr(state, "state", "") != "missing"
