"""Reads an episode for the page, away from the Qt thread; only what was asked for last is delivered."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.desktop.background import Background
from app.desktop.review.reader import EpisodeFacts, ReviewReader
from core.review.types import CropRow, EpisodeReview

if TYPE_CHECKING:
    from core.library.library import Library


@dataclass(frozen=True, slots=True)
class LoadedEpisode:
    """What opening read."""

    facts: EpisodeFacts
    review: EpisodeReview


class EpisodeLoader(QObject):
    """Asks the library and the reader; results come as signals that carry the episode's id first."""

    loaded = Signal(str, object)
    """LoadedEpisode."""
    boxes_loaded = Signal(str, object)
    """reader.Boxes."""
    thumbs_loaded = Signal(str, object)
    """reader.Thumbs or None."""
    waveform_loaded = Signal(str, object)
    """float32 (n, 2) or None."""
    failed = Signal(str, object)
    """The exception that kept the episode from being loaded."""

    def __init__(self, library: "Library", background: Background, reader: ReviewReader, parent: QObject) -> None:
        super().__init__(parent)
        self._library = library
        self._background = background
        self._reader = reader

    def load(self, ep_id: str) -> None:
        """Read the episode and its review."""
        library, reader = self._library, self._reader

        def read() -> LoadedEpisode:
            return LoadedEpisode(library.episodes.get(ep_id), reader.load_review(library, ep_id))

        self._background.run_query(
            read,
            lambda found: self.loaded.emit(ep_id, found),
            latest_key="review",
            failed=lambda error: self.failed.emit(ep_id, error),
            owner=self,
        )

    def load_extras(self, ep_id: str) -> None:
        """Read what the first picture of the page does not need: boxes, thumbnails, waveform."""
        library, reader = self._library, self._reader
        background = self._background
        self.load_boxes(ep_id)
        background.run_query(
            lambda: reader.thumbs(library, ep_id),
            lambda found: self.thumbs_loaded.emit(ep_id, found),
            latest_key="review-thumbs",
            owner=self,
        )
        background.run_query(
            lambda: reader.waveform(library, ep_id),
            lambda found: self.waveform_loaded.emit(ep_id, found),
            latest_key="review-waveform",
            owner=self,
        )

    def load_boxes(self, ep_id: str) -> None:
        """Read all boxes: of another episode, or because tracks came, went or were cut."""
        library, reader = self._library, self._reader
        self._background.run_query(
            lambda: reader.boxes_at(library, ep_id),
            lambda found: self.boxes_loaded.emit(ep_id, found),
            latest_key="review-boxes",
            owner=self,
        )

    def load_crops(
        self, ep_id: str, track_ids: Iterable[str], show: Callable[[Sequence[CropRow]], object], owner: QObject
    ) -> None:
        """Read the crops of some tracks and show them in ``owner``, a grid."""
        library, reader, wanted = self._library, self._reader, tuple(track_ids)
        self._background.run_query(
            lambda: reader.crops_of(library, ep_id, track_ids=wanted, with_excluded=True),
            show,
            latest_key=f"review-crops-{owner.objectName()}",
            owner=owner,
        )

    def keep_position(self, ep_id: str, t_s: float, *, for_good: bool = False) -> None:
        """Remember where the person is; ``for_good`` = it must be written even though the page is closing."""
        library = self._library

        def write() -> None:
            library.episodes.set_last_position(ep_id, t_s)

        if for_good:
            self._background.run_edit(write, owner=self)
        else:
            self._background.run_query(write, latest_key="review-position", owner=self)

    def forget(self) -> None:
        """Nothing that is on its way is wanted any more."""
        for key in ("review", "review-boxes", "review-thumbs", "review-waveform"):
            self._background.drop(key)
