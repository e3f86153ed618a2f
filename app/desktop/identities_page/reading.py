"""Reads for the Identities page, away from the Qt thread; of each kind only what was asked for last is delivered."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.desktop.services import Services
from core.cast.types import CastMember
from core.review.types import CropRow, EpisodeReview
from core.screen_time.types import ScreenTime
from core.suggestions.types import Suggestion

if TYPE_CHECKING:
    from core.analysis.carry_review import CarryReview
    from core.identities.edit_log import Edit

MOST_SUGGESTIONS = 400
MOST_STEPS = 500


@dataclass(frozen=True, slots=True)
class EpisodeChoice:
    """An episode in the chooser of the page."""

    ep_id: str
    title: str
    analysed: bool


class BoardReader(QObject):
    """Results come as signals that carry the episode's id first."""

    episodes_read = Signal(object)
    """tuple[EpisodeChoice, ...]."""
    review_read = Signal(str, object)
    """EpisodeReview."""
    failed = Signal(str, object)
    """The exception that kept the episode from being read."""
    cohesions_read = Signal(str, object)
    """dict of (cohesion, mixed) by identity."""
    crops_read = Signal(str, object)
    """list[CropRow]."""
    suggestions_read = Signal(str, object)
    """list[Suggestion]."""
    suggestions_failed = Signal(str, object)
    """The exception."""
    above_read = Signal(str, float, int)
    """The least likeness, and how many suggestions would be accepted from there on."""
    screen_time_read = Signal(str, object)
    """ScreenTime."""
    history_read = Signal(str, object)
    """list[Edit]."""
    carry_read = Signal(str, object)
    """CarryReview or None."""
    cast_read = Signal(object)
    """list[CastMember]."""

    def __init__(self, services: Services, parent: QObject) -> None:
        super().__init__(parent)
        self._library = services.library
        self._background = services.background

    def read_episodes(self) -> None:
        """All episodes, for the chooser."""
        library = self._library

        def read() -> tuple[EpisodeChoice, ...]:
            return tuple(
                EpisodeChoice(one.ep_id, one.title, one.stages["cluster"].state != "missing")
                for one in library.episodes.list()
            )

        self._background.run_query(read, self.episodes_read.emit, latest_key="board-episodes", owner=self)

    def read_review(self, ep_id: str) -> None:
        """Everybody in an episode."""
        library = self._library

        def read() -> EpisodeReview:
            from core.review.read import load_review

            return load_review(library, ep_id)

        self._background.run_query(
            read,
            lambda review: self.review_read.emit(ep_id, review),
            latest_key="board-review",
            failed=lambda error: self.failed.emit(ep_id, error),
            owner=self,
        )

    def read_cohesions(self, ep_id: str, identity_ids: Iterable[str]) -> None:
        """How alike the tracks of some identities are now."""
        library, wanted = self._library, list(identity_ids)

        def read() -> dict[str, tuple[float, bool]]:
            from core.suggestions.cohesion import cohesions

            return cohesions(library, ep_id, wanted)

        self._background.run_query(
            read, lambda found: self.cohesions_read.emit(ep_id, found), owner=self, lane="suggestions"
        )

    def read_crops(self, ep_id: str, track_ids: Sequence[str]) -> None:
        """Stored faces of some tracks, those that were taken out too."""
        library = self._library

        def read() -> list[CropRow]:
            from core.review.read import crops_of

            return crops_of(library, ep_id, track_ids=track_ids, with_excluded=True)

        self._background.run_query(
            read, lambda crops: self.crops_read.emit(ep_id, crops), latest_key="board-crops", owner=self
        )

    def read_suggestions(self, ep_id: str) -> None:
        """Questions to the person, the ones that save most work first. Takes up to a second after opening."""
        library = self._library

        def read() -> list[Suggestion]:
            from core.suggestions.suggest import suggest

            return suggest(library, ep_id, limit=MOST_SUGGESTIONS)

        self._background.run_query(
            read,
            lambda found: self.suggestions_read.emit(ep_id, found),
            latest_key="board-suggestions",
            failed=lambda error: self.suggestions_failed.emit(ep_id, error),
            owner=self,
            lane="suggestions",
        )

    def read_above(self, ep_id: str, likeness: float) -> None:
        """How many suggestions would be accepted in bulk."""
        library = self._library

        def read() -> int:
            from core.suggestions.answer import count_above

            return count_above(library, ep_id, likeness)

        self._background.run_query(
            read,
            lambda count: self.above_read.emit(ep_id, likeness, count),
            latest_key="board-above",
            owner=self,
            lane="suggestions",
        )

    def read_screen_time(self, ep_id: str, gap_s: float) -> None:
        """Who is on screen when, with proof."""
        library = self._library

        def read() -> ScreenTime:
            from core.screen_time.account import screen_time

            return screen_time(library, ep_id, gap_s=gap_s)

        self._background.run_query(
            read, lambda found: self.screen_time_read.emit(ep_id, found), latest_key="board-time", owner=self
        )

    def read_history(self, ep_id: str) -> None:
        """The edits of the episode, newest first."""
        library = self._library

        def read() -> "list[Edit]":
            return library.moderation.history(ep_id, limit=MOST_STEPS)[::-1]

        self._background.run_query(
            read, lambda found: self.history_read.emit(ep_id, found), latest_key="board-history", owner=self
        )

    def read_carry(self, ep_id: str) -> None:
        """What a new analysis kept of the corrections, while nobody accepted or rejected it."""
        library = self._library

        def read() -> "CarryReview | None":
            from core.analysis.carry_review import pending

            return pending(library, ep_id)

        self._background.run_query(
            read, lambda found: self.carry_read.emit(ep_id, found), latest_key="board-carry", owner=self
        )

    def read_cast(self) -> None:
        """The cast, for the target chooser."""
        library = self._library

        def read() -> list[CastMember]:
            return list(library.cast.members())

        self._background.run_query(read, self.cast_read.emit, latest_key="board-cast", owner=self)

    def forget(self) -> None:
        """Nothing that is on its way is wanted any more."""
        for key in ("review", "crops", "suggestions", "above", "time", "history", "carry"):
            self._background.drop(f"board-{key}")
