"""Episodes as cards of the grid, and which of them a filter shows. Knows no widget of the page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import overload

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QImage

from core.errors import RushesError
from core.jobs.types import Job, JobState
from core.library.types import Episode
from widgets.poster_grid import BadgeSpec, PosterItem

POSTER_AT_FRACTION = 0.1
"""Where in a video that was not analysed yet the picture for its card is taken."""

_SHOT_STAGES = ("detect_track",)
_FACE_STAGES = ("cluster",)
_SPEECH_STAGE = "transcribe"


class StatusFilter(StrEnum):
    """What the Library page can be narrowed to."""

    ALL = "all"
    NEW = "new"
    ANALYSED = "analysed"
    STALE = "stale"
    BUSY = "busy"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class FrameKey:
    """A picture taken from the video itself, for the grid's loader."""

    media_path: Path
    t_s: float


@dataclass(frozen=True, slots=True)
class Shelf:
    """What the page shows: the episodes of a search, and the shows of the whole library."""

    episodes: tuple[Episode, ...]
    shows: tuple[str, ...]
    total: int


def state_of(episode: Episode, stage: str) -> str:
    """``missing``, ``current`` or ``stale``."""
    found = episode.stages.get(stage)
    return found.state if found is not None else "missing"


def matches(episode: Episode, status: StatusFilter, busy: frozenset[str]) -> bool:
    """Whether an episode belongs to a filter; ``busy`` holds the ids of episodes with a job."""
    states = [state_of(episode, stage) for stage in (*_SHOT_STAGES, *_FACE_STAGES)]
    match status:
        case StatusFilter.NEW:
            return "missing" in states
        case StatusFilter.ANALYSED:
            return all(state == "current" for state in states)
        case StatusFilter.STALE:
            return "stale" in states
        case StatusFilter.BUSY:
            return episode.ep_id in busy
        case StatusFilter.MISSING:
            return episode.media_missing
        case StatusFilter.ALL:
            return True


class Posters(Sequence[PosterItem]):
    """Cards in the order of the episodes, each made when the grid asks for it."""

    def __init__(self, episodes: Sequence[Episode], jobs: Iterable[Job]) -> None:
        self._episodes = episodes
        self._busy = {job.ep_id: job for job in jobs if not job.state.ended}

    def __len__(self) -> int:
        return len(self._episodes)

    @overload
    def __getitem__(self, index: int) -> PosterItem: ...

    @overload
    def __getitem__(self, index: slice) -> list[PosterItem]: ...

    def __getitem__(self, index: int | slice) -> PosterItem | list[PosterItem]:
        if isinstance(index, slice):
            return [poster_of(one, self._busy.get(one.ep_id)) for one in self._episodes[index]]
        episode = self._episodes[index]
        return poster_of(episode, self._busy.get(episode.ep_id))


def poster_of(episode: Episode, job: Job | None) -> PosterItem:
    """One card."""
    tr = QCoreApplication.translate
    return PosterItem(
        image=_picture_key(episode),
        title=episode.title,
        subtitle=subtitle_of(episode),
        duration_s=episode.info.duration_s,
        badges=tuple(_badges(episode, job)),
        notice=tr("posters", "Video missing") if episode.media_missing else "",
        progress=(job.overall or 0.0) if job is not None and job.state == JobState.RUNNING else None,
        tip=f"{episode.title}\n{episode.media_path}",
    )


def subtitle_of(episode: Episode) -> str:
    """Show, season and episode when they are known, else the size of the picture."""
    place = ""
    if episode.season is not None and episode.episode is not None:
        place = f"S{episode.season:02d}E{episode.episode:02d}"
    parts = [part for part in (episode.show_slug, place, str(episode.air_date or "")) if part]
    if parts:
        return " · ".join(parts)
    return f"{episode.info.width_px} × {episode.info.height_px} · {episode.info.codec}"


def provide_picture(key: object) -> Path | QImage | None:
    """The picture of a key, in a thread of the grid's loader. None = there is none."""
    if isinstance(key, Path):
        return key
    if not isinstance(key, FrameKey):
        return None
    from core.media.seek import FrameReader

    try:
        reader = FrameReader(key.media_path)
        try:
            rgb = reader.at(key.t_s, exact=False).rgb
        finally:
            reader.close()
    except (RushesError, OSError):
        return None
    height, width, _ = rgb.shape
    return QImage(rgb.tobytes(), width, height, width * 3, QImage.Format.Format_RGB888).copy()


def _picture_key(episode: Episode) -> Path | FrameKey | None:
    if episode.poster is not None:
        return episode.poster
    if episode.media_missing:
        return None
    return FrameKey(episode.media_path, episode.info.duration_s * POSTER_AT_FRACTION)


def _badges(episode: Episode, job: Job | None) -> Iterable[BadgeSpec]:
    tr = QCoreApplication.translate
    if job is not None:
        waiting = job.state == JobState.QUEUED
        yield BadgeSpec(tr("posters", "Waiting") if waiting else tr("posters", "Working"), "accent")
    titles = ((_SHOT_STAGES, tr("posters", "Shots")), (_FACE_STAGES, tr("posters", "Faces")))
    for stages, title in titles:
        states = [state_of(episode, stage) for stage in stages]
        if all(state == "current" for state in states):
            yield BadgeSpec(title, "success")
        elif "stale" in states:
            yield BadgeSpec(tr("posters", "{stage} outdated").format(stage=title), "warning")
    if state_of(episode, _SPEECH_STAGE) == "current":
        yield BadgeSpec(tr("posters", "Transcript"), "success")
    if job is None and state_of(episode, _SHOT_STAGES[0]) == "missing":
        yield BadgeSpec(tr("posters", "Not analysed"))
