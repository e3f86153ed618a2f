"""Copies of made videos, read back."""

from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

from core.anonymise.types import Cover
from core.media.audio import AudioReader
from core.media.decode import decode_range
from core.media.frames import scan_frames
from core.media.pictures import PictureMaker
from core.media.probe import probe

Pictures = npt.NDArray[np.uint8]


def cover(box: tuple[float, float, float, float], *times_s: float, track: str = "1") -> Cover:
    """A cover that stays in its place."""
    return Cover(track, np.array(times_s, np.float64), np.tile(np.array(box, np.float32), (len(times_s), 1)))


def times_of(path: Path) -> list[float]:
    """Seconds of all frames from the container's start."""
    table = scan_frames(path)
    return [table.seconds(pts) for pts in table.pts]


def pictures(path: Path) -> Pictures:
    """All frames upright: uint8 (frames, height, width, 3)."""
    info, table = probe(path), scan_frames(path)
    maker = PictureMaker(info)
    return np.stack([maker.rgb(one.frame) for one in decode_range(path, start_pts=int(table.pts[0]))])


def sound(path: Path, rate_hz: int = 16_000) -> npt.NDArray[np.int16]:
    """The sound from second 0 on, mono."""
    with AudioReader(path) as reader:
        return np.concatenate([one.samples[:, 0] for one in reader.chunks(0.0, rate_hz=rate_hz, channels=1)])


def streams(path: Path) -> list[str]:
    """Types of all streams."""
    with av.open(str(path)) as container:
        return [stream.type for stream in container.streams]


def changed(before: Pictures, after: Pictures, *, by: int = 40) -> npt.NDArray[np.bool_]:
    """bool (frames, height, width): pixels that are clearly others."""
    return np.asarray(np.abs(before.astype(int) - after.astype(int)).max(axis=-1) > by)


def noise_picture(seed: int = 3, cells: tuple[int, int] = (23, 40)) -> npt.NDArray[np.uint8]:
    """Coloured squares, as small as a video keeps them: whatever is covered is seen to be."""
    return np.random.default_rng(seed).integers(0, 256, (*cells, 3), np.uint8)
