"""Reads and changes of the cast, away from the Qt thread."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.desktop.services import Services
from core.cast.types import CastMember, SeasonRow
from core.library.types import Episode
from core.suggestions.types import Suggestion, SuggestionKind
from models.errors import RushesError

if TYPE_CHECKING:
    from core.cast.season import Coverage

PHOTOS = "photos"
"""The lane of reference photos: each is searched for a face, which may take seconds with a cold model."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A photo that cannot be a reference, with the reason."""

    name: str
    error: RushesError


@dataclass(frozen=True, slots=True)
class CastView:
    """What the page shows of a show; ``show_slug`` None = of all shows."""

    show_slug: str | None
    shows: tuple[str, ...]
    members: tuple[CastMember, ...]
    episodes: tuple[Episode, ...]
    season: tuple[SeasonRow, ...]
    coverage: "Coverage"


@dataclass(frozen=True, slots=True)
class Match:
    """Somebody of an episode who may be a cast member; ``sure``: clearly more alike than to anybody else."""

    suggestion: Suggestion
    sure: bool


class CastReader(QObject):
    """The cast of a show, its season, and who may be whom in an episode."""

    view_read = Signal(object)
    """CastView."""
    failed = Signal(object)
    """The exception that kept the cast from being read."""
    matches_read = Signal(str, object)
    """An episode's id, list[Match]."""

    def __init__(self, services: Services, parent: QObject) -> None:
        super().__init__(parent)
        self._library = services.library
        self._background = services.background

    def read_view(self, show_slug: str | None) -> None:
        """Members, episodes and where each person is."""
        library = self._library

        def read() -> CastView:
            from core.cast.season import coverage, season_view

            listed = library.episodes.list()
            episodes = tuple(one for one in listed if show_slug is None or one.show_slug == show_slug)
            return CastView(
                show_slug=show_slug,
                shows=tuple(sorted({one.show_slug for one in listed if one.show_slug})),
                members=tuple(library.cast.members(show_slug)),
                episodes=episodes,
                season=tuple(season_view(library, show_slug)),
                coverage=coverage(library, show_slug),
            )

        self._background.run_query(
            read, self.view_read.emit, latest_key="cast-view", failed=self.failed.emit, owner=self
        )

    def read_matches(self, ep_id: str) -> None:
        """Who the people of an episode may be."""
        library = self._library

        def read() -> list[Match]:
            from core.cast.matching import cast_matches
            from core.suggestions.suggest import suggest

            sure = {(one.identity_id, one.cast_id) for one in cast_matches(library, ep_id) if one.sure}
            found = suggest(library, ep_id, kinds={SuggestionKind.CAST})
            return [Match(one, (one.identity_id, one.target_id) in sure) for one in found]

        self._background.run_query(
            read,
            lambda found: self.matches_read.emit(ep_id, found),
            latest_key="cast-matches",
            owner=self,
            lane="suggestions",
        )


class CastEdits(QObject):
    """Changes of the cast. Every one is told by core's CastChanged; what is refused is told by ``refused``."""

    changed = Signal()
    photos_done = Signal(int, object)
    """How many photos became references, and list[Refusal]."""
    photo_at = Signal(int, int)
    """Which of how many photos is looked at."""

    def __init__(self, services: Services, parent: QObject) -> None:
        super().__init__(parent)
        self._services = services

    def add(self, name: str, show_slug: str | None, then: Callable[[str], object] | None = None) -> None:
        """A new member; ``then`` gets the id."""
        library = self._services.library

        def done(member: CastMember) -> None:
            self.changed.emit()
            if then is not None:
                then(member.cast_id)

        self._services.background.run_edit(lambda: library.cast.add(name, show_slug=show_slug), done, owner=self)

    def rename(self, cast_id: str, name: str) -> None:
        """Another name for a member."""
        cast = self._services.library.cast
        self._run(lambda: cast.rename(cast_id, name))

    def delete(self, cast_id: str) -> None:
        """Forget a member with the reference photos; names that were given in episodes stay."""
        cast = self._services.library.cast
        self._run(lambda: cast.delete(cast_id))

    def delete_photo(self, seed_id: str) -> None:
        """Forget a reference photo."""
        cast = self._services.library.cast
        self._run(lambda: cast.delete_seed(seed_id))

    def add_photos(self, cast_id: str, paths: Sequence[Path]) -> None:
        """Make photos references of a member; each that cannot be one is told with its reason."""
        services, count = self._services, len(paths)

        def work() -> tuple[int, list[Refusal]]:
            refused: list[Refusal] = []
            for at, path in enumerate(paths):
                if services.background.stopping.is_set():
                    break
                self.photo_at.emit(at, count)
                try:
                    services.library.cast.add_seed(cast_id, path, models=services.model_store, source=path.name)
                except RushesError as error:
                    refused.append(Refusal(path.name, error))
            return count - len(refused), refused

        services.background.run_edit(work, lambda result: self._photos_done(*result), owner=self, lane=PHOTOS)

    def use_best_crop(self, ep_id: str, track_id: str, cast_id: str) -> None:
        """Make the best face of a track a reference of a member."""
        services = self._services

        def work() -> tuple[int, list[Refusal]]:
            try:
                services.library.cast.seed_from_track(services.library, ep_id, track_id, cast_id, services.model_store)
            except RushesError as error:
                return 0, [Refusal(track_id, error)]
            return 1, []

        services.background.run_edit(work, lambda result: self._photos_done(*result), owner=self, lane=PHOTOS)

    def _photos_done(self, added: int, refused: list[Refusal]) -> None:
        for one in refused:
            self._services.notices.warning(
                self.tr("{name} is no reference: {reason}").format(name=one.name, reason=one.error.message),
                one.error.action,
            )
        self.changed.emit()
        self.photos_done.emit(added, refused)

    def _run(self, change: Callable[[], object]) -> None:
        self._services.background.run_edit(change, lambda _result: self.changed.emit(), owner=self)
