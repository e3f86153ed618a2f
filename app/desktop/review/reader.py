"""Where the page reads from: core.review.read, or something in its place."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Protocol, cast

import numpy as np
import numpy.typing as npt

from core.review.types import BoxNow, CropRow, EpisodeReview, IdentityRow, TrackRow

if TYPE_CHECKING:
    from core.library.library import Library
    from core.media.types import MediaInfo

Peaks = npt.NDArray[np.float32]
WAVEFORM_PER_SECOND = 50


class Boxes(Protocol):
    """All boxes of an episode (core.review.boxes.BoxIndex)."""

    def at(self, t_s: float) -> list[BoxNow]:
        """The faces on screen at ``t_s``."""

    def assign(self, identity_of: dict[str, str | None]) -> None:
        """Who tracks belong to now."""


class Thumbs(Protocol):
    """Thumbnails along an episode (core.media.thumbnails.ThumbStrip)."""

    @property
    def times_s(self) -> npt.NDArray[np.float64]:
        """When each is from."""

    def jpeg(self, index: int) -> bytes:
        """One of them."""


class ReviewReader(Protocol):
    """The functions of core.review.read. All are called off the Qt thread."""

    def load_review(self, library: "Library", ep_id: str, /) -> EpisodeReview:
        """Shots, tracks and identities."""

    def boxes_at(self, library: "Library", ep_id: str, /) -> Boxes:
        """All boxes."""

    def thumbs(self, library: "Library", ep_id: str, /) -> Thumbs | None:
        """Thumbnails; None before the first analysis."""

    def waveform(self, library: "Library", ep_id: str, /) -> Peaks | None:
        """float32 (n, 2), 50 a second; None without sound."""

    def crops_of(
        self, library: "Library", ep_id: str, /, *, track_ids: Iterable[str], with_excluded: bool = False
    ) -> Sequence[CropRow]:
        """Crops of some tracks, in time order; those that a person took out only when they are asked for."""

    def read_identities(self, library: "Library", ep_id: str, identity_ids: Iterable[str], /) -> Iterable[IdentityRow]:
        """Some identities as they are now."""

    def read_tracks(self, library: "Library", ep_id: str, track_ids: Iterable[str], /) -> Iterable[TrackRow]:
        """Some tracks as they are now."""


class EpisodeFacts(Protocol):
    """What the page needs of core.library.types.Episode."""

    @property
    def media_missing(self) -> bool:
        """Whether the video is not where it was."""

    @property
    def last_position_s(self) -> float | None:
        """Where the person left it."""

    @property
    def info(self) -> "MediaInfo":
        """What the probe found."""


def core_reader() -> ReviewReader:
    """core.review.read itself."""
    from core.review import read

    return cast("ReviewReader", cast("Any", read))
