"""Reviews made of thin air, a reader that gives them, and services without a window's weight."""

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.desktop.actions import ActionTable
from app.desktop.background import Background
from app.desktop.bridge import EventBridge
from app.desktop.navigator import Navigator
from app.desktop.notices import Notices
from app.desktop.review.page import ReviewPage
from app.desktop.review.playback import Playback
from app.desktop.services import Services
from app.desktop.settings import AppSettings
from core.errors import DeviceUnavailable, NotFound
from core.faces.types import Shot
from core.jobs.events import EventBus
from core.jobs.types import Job
from core.media.types import MediaInfo
from core.review.types import BoxNow, CropRow, EpisodeReview, IdentityRow, StageState, TrackRow
from widgets.theme import apply_theme

STAGES = ("detect_track", "faces_embed", "cluster")


def made_review(
    path: Path,
    *,
    duration_s: float = 2.0,
    tracks: int = 12,
    people: int = 3,
    unassigned: int = 1,
    shots: int = 4,
    states: Sequence[str] = ("current", "current", "current"),
) -> EpisodeReview:
    """``tracks`` tracks one after the other, dealt out to ``people`` identities; the last ones belong to nobody."""
    step_s = duration_s / max(1, tracks)
    rows = []
    for number in range(tracks):
        loose = number >= tracks - unassigned
        rows.append(
            TrackRow(
                track_id=f"track-{number + 1:05d}",
                identity_id=None if loose else f"identity-{number % people + 1:04d}",
                shot_index=number * shots // tracks,
                start_s=round(number * step_s, 3),
                end_s=round((number + 0.9) * step_s, 3),
                frames=10,
                quality=0.8,
                flags=(),
                best_crop=None,
                unassigned_reason="small" if loose else "",
            )
        )
    cuts_s = [duration_s * index / max(1, shots) for index in range(shots + 1)]
    return EpisodeReview(
        ep_id="ep-00001",
        title="A made episode",
        media_path=path,
        duration_s=duration_s,
        frame_count=round(duration_s * 25),
        width_px=192,
        height_px=96,
        shots=tuple(
            Shot(index, round(start * 25), round(end * 25), round(start * 1000), round(end * 1000), start, end)
            for index, (start, end) in enumerate(itertools.pairwise(cuts_s))
        ),
        tracks=tuple(rows),
        identities=tuple(_identity(number, rows) for number in range(1, people + 1)) if tracks else (),
        stages=tuple(
            StageState(stage, state, None if state == "missing" else 1, None if state == "missing" else "2026-11-20")
            for stage, state in zip(STAGES, states, strict=True)
        ),
    )


def _identity(number: int, tracks: Sequence[TrackRow]) -> IdentityRow:
    mine = [track for track in tracks if track.identity_id == f"identity-{number:04d}"]
    return IdentityRow(
        identity_id=f"identity-{number:04d}",
        name="",
        track_ids=tuple(track.track_id for track in mine),
        screen_time_s=sum(track.end_s - track.start_s for track in mine),
        intervals_s=tuple((track.start_s, track.end_s) for track in mine),
        cohesion=0.9,
        mixed=False,
        locked=False,
        colour_index=number - 1,
        best_crop=None,
    )


def not_analysed(path: Path, duration_s: float = 2.0) -> EpisodeReview:
    """An episode nobody analysed."""
    return made_review(
        path, duration_s=duration_s, tracks=0, people=0, shots=0, states=("missing", "missing", "missing")
    )


@dataclass(slots=True)
class MadeBoxes:
    """One box per track while it lasts."""

    review: EpisodeReview
    identity_of: dict[str, str | None] = field(default_factory=dict)

    def at(self, t_s: float) -> list[BoxNow]:
        return [
            BoxNow(track.track_id, self.identity_of.get(track.track_id, track.identity_id), (0.2, 0.2, 0.5, 0.8), False)
            for track in self.review.tracks
            if track.start_s <= t_s <= track.end_s
        ]

    def assign(self, identity_of: dict[str, str | None]) -> None:
        self.identity_of.update(identity_of)


@dataclass(slots=True)
class MadeReader:
    """Stands in for core.review.read."""

    review: EpisodeReview
    fails: Exception | None = None
    loads: int = 0
    picture: Path | None = None
    """What all crops show."""

    def load_review(self, _library: object, ep_id: str) -> EpisodeReview:
        self.loads += 1
        if self.fails is not None:
            raise self.fails
        return replace(self.review, ep_id=ep_id)

    def boxes_at(self, _library: object, _ep_id: str) -> MadeBoxes:
        return MadeBoxes(self.review)

    def thumbs(self, _library: object, _ep_id: str) -> None:
        return None

    def waveform(self, _library: object, _ep_id: str) -> npt.NDArray[np.float32] | None:
        t = np.linspace(0, 60, int(self.review.duration_s * 50), dtype=np.float32)
        return np.stack([-np.abs(np.sin(t)), np.abs(np.sin(t))], axis=1) if len(t) else None

    def read_identities(self, _library: object, _ep_id: str, identity_ids: Iterable[str]) -> list[IdentityRow]:
        wanted = set(identity_ids)
        return [identity for identity in self.review.identities if identity.identity_id in wanted]

    def read_tracks(self, _library: object, _ep_id: str, track_ids: Iterable[str]) -> list[TrackRow]:
        wanted = set(track_ids)
        return [track for track in self.review.tracks if track.track_id in wanted]

    def crops_of(
        self, _library: object, _ep_id: str, *, track_ids: Iterable[str], with_excluded: bool = False
    ) -> list[CropRow]:
        wanted = set(track_ids)
        assert with_excluded in {True, False}
        return [
            CropRow(
                self.picture or Path(f"{track.track_id}.jpg"),
                track.track_id,
                round(track.start_s * 25),
                track.start_s,
                0.8,
            )
            for track in self.review.tracks
            if track.track_id in wanted
        ]


@dataclass(slots=True)
class MadeEpisode:
    """What the page needs of an Episode."""

    ep_id: str
    media_path: Path
    info: MediaInfo
    media_missing: bool = False
    last_position_s: float | None = None


@dataclass(slots=True)
class MadeEpisodes:
    """library.episodes with one episode."""

    episode: MadeEpisode
    positions: list[float] = field(default_factory=list)

    def get(self, ep_id: str) -> MadeEpisode:
        if ep_id != self.episode.ep_id:
            raise NotFound(f"There is no episode {ep_id}.", action="Open another one.")
        return self.episode

    def set_last_position(self, _ep_id: str, t_s: float) -> None:
        self.positions.append(t_s)


@dataclass(slots=True)
class MadeJobs:
    """library.jobs that remembers what was canceled."""

    canceled: list[str] = field(default_factory=list)

    def cancel(self, job_id: str) -> None:
        self.canceled.append(job_id)


@dataclass(slots=True)
class MadeLibrary:
    """A library in memory."""

    episodes: MadeEpisodes
    path: Path = Path("made-library")
    events: EventBus = field(default_factory=EventBus)
    jobs: MadeJobs = field(default_factory=MadeJobs)


class StillJobs(QObject):
    """Services.jobs with a list that the test sets."""

    changed = Signal(object)
    ended = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.jobs: tuple[Job, ...] = ()

    def show(self, *jobs: Job) -> None:
        self.jobs = jobs
        self.changed.emit(jobs)


def silent() -> Any:
    """No loudspeaker."""
    raise DeviceUnavailable("No sound: nothing there.", action="Plug it in.")


@dataclass(slots=True)
class Bench:
    """A page on a bench: its window, what it hangs on, and what it asked for."""

    window: QWidget
    page: ReviewPage
    services: Services
    library: Any
    jobs: StillJobs
    asked: list[tuple[str, object]]


@contextmanager
def page_on_bench(
    library: Any,
    folder: Path,
    reader: Any = None,
    *,
    app: Any,
    size_px: tuple[int, int] = (1280, 800),
    open_a_device: Callable[[], Any] = silent,
) -> Iterator[Bench]:
    """A shown Review page with services of its own; everything is ended on leaving."""
    apply_theme(app, "dark")
    window = QWidget()
    notices = Notices(window)
    background = Background(notices.error, window)
    bridge = EventBridge(library.events, window)
    jobs = StillJobs()
    navigator = Navigator(window)
    asked: list[tuple[str, object]] = []
    navigator.page_wanted.connect(lambda page_id: asked.append(("page", page_id)))
    navigator.analysis_wanted.connect(lambda ep_ids: asked.append(("analyse", ep_ids)))
    navigator.relink_wanted.connect(lambda ep_id: asked.append(("relink", ep_id)))
    services = Services(
        library=library,
        model_store=cast("Any", None),
        pool=cast("Any", None),
        runner=cast("Any", None),
        jobs=cast("Any", jobs),
        fetch=cast("Any", None),
        serving=cast("Any", None),
        bazarr=cast("Any", None),
        automation=cast("Any", None),
        nightly=cast("Any", None),
        bridge=bridge,
        background=background,
        actions=ActionTable(window),
        notices=notices,
        navigator=navigator,
        settings=AppSettings(folder / "rushes.ini"),
    )
    page = ReviewPage(services, reader, Playback(open_a_device=open_a_device))
    page.setParent(window)
    services.actions.set_page("review")
    window.resize(*size_px)
    page.resize(*size_px)
    window.show()
    try:
        yield Bench(window, page, services, library, jobs, asked)
    finally:
        page.close_page()
        background.stop()
        bridge.close()
        window.close()
        window.deleteLater()
