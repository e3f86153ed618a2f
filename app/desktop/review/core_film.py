"""Core's readers of pictures and sound, in the shape that the player takes. Entered when a film is opened."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from app.desktop.review.film import DecodedPicture, FilmFacts
from app.desktop.review.sound import SoundChunk
from app.desktop.review.sound_device import CHANNELS, SAMPLE_RATE_HZ

if TYPE_CHECKING:
    from core.media.seek import FrameReader
    from core.media.types import MediaInfo


class CoreFilm:
    """A film read by core.media.seek.FrameReader."""

    def __init__(self, path: Path, reader: "FrameReader") -> None:
        self._reader = reader
        table = reader.table
        self._key_s = (table.pts[table.keyframe] - table.origin_pts) * float(table.time_base)
        self._facts = FilmFacts(
            path=path,
            width_px=reader.info.width_px,
            height_px=reader.info.height_px,
            frame_count=len(table),
            start_s=table.seconds(int(table.pts[0])),
            end_s=table.seconds(table.end_pts),
            has_sound=bool(reader.info.audio),
        )

    @property
    def facts(self) -> FilmFacts:
        """See film.Film."""
        return self._facts

    def set_size(self, width_px: int, height_px: int) -> None:
        """See film.Film."""
        self._reader.set_max_size((width_px, height_px))

    def at(self, t_s: float) -> DecodedPicture:
        """See film.Film."""
        return self._reader.at(t_s)

    def nearest_key(self, t_s: float) -> DecodedPicture:
        """See film.Film."""
        return self._reader.nearest_key(t_s)

    def at_frame(self, index: int) -> DecodedPicture:
        """See film.Film."""
        return self._reader.at_index(index)

    def step(self, count: int) -> DecodedPicture:
        """See film.Film."""
        return self._reader.step(count)

    def play_from(self, t_s: float) -> Iterator[DecodedPicture]:
        """See film.Film."""
        return self._reader.play_from(t_s)

    def key_after(self, t_s: float) -> float | None:
        """See film.Film."""
        at = int(np.searchsorted(self._key_s, t_s, side="right"))
        return float(self._key_s[at]) if at < len(self._key_s) else None

    def close(self) -> None:
        """See film.Film."""
        self._reader.close()


def open_film(path: Path, info: "MediaInfo | None" = None) -> CoreFilm:
    """The film at ``path``; ``info`` from an earlier probe saves one. Raises MediaMissing or UnsupportedMedia."""
    from core.media.seek import FrameReader

    return CoreFilm(path, FrameReader(path, info=info))


def open_sound(path: Path, start_s: float) -> Iterator[SoundChunk]:
    """The film's best sound from a second on, for the device. Raises MediaMissing or UnsupportedMedia."""
    from core.media.audio import AudioReader

    with closing(AudioReader(path)) as reader:
        yield from reader.chunks(start_s, rate_hz=SAMPLE_RATE_HZ, channels=CHANNELS)
