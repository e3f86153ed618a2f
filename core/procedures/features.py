"""What a moment of a video is measured by: how it looks, where things are, and what moves.

A moment's vector is a row of blocks: the encoder's pooled vector, what the encoder sees at coarse places, the picture
itself very small, and the motion since the moment before at coarse places. Light and white balance are normalised
before (the grey-world assumption: Buchsbaum, "A spatial processor model for object colour perception", 1980), so that
another lamp or exposure is not another action. Blocks have the length 1 at most; how much each one says is decided
by the recordings that are compared, see ``core/procedures/contrast.py``.
"""

from typing import Protocol, cast

import numpy as np
import numpy.typing as npt

from core.procedures.types import Floats
from models.opencv import cv2

Pictures = npt.NDArray[np.uint8]

PLACES_ROWS, PLACES_COLUMNS, PLACES_CHANNELS = 4, 4, 32
SMALL_WIDTH, SMALL_HEIGHT = 16, 9
FINE_WIDTH, FINE_HEIGHT = 64, 36
MOTION_COLUMNS, MOTION_ROWS = 8, 6

PLACES_DIM = PLACES_ROWS * PLACES_COLUMNS * PLACES_CHANNELS
SMALL_DIM = SMALL_WIDTH * SMALL_HEIGHT * 3
MOTION_DIM = MOTION_COLUMNS * MOTION_ROWS

GREY, SPREAD = 0.45, 0.22
LEAST_GAIN, MOST_GAIN = 0.5, 3.0
LEAST_BALANCE, MOST_BALANCE = 0.67, 1.5


class Encoded(Protocol):
    """What an encoder says of pictures: ``pooled`` float32 (n, D), ``grid`` float32 (n, gh, gw, C) or None."""

    @property
    def pooled(self) -> Floats: ...
    @property
    def grid(self) -> Floats | None: ...


class Encoder(Protocol):
    """Turns uint8 (n, h, w, 3) RGB pictures into vectors, see ``models/frame_encoder.py``."""

    def encode(self, pictures: Pictures, /) -> Encoded: ...


def moment_features(encoder: Encoder, pictures: Pictures, before: npt.NDArray[np.uint8] | None) -> Floats:
    """(n, d) vectors of uint8 (n, h, w, 3) RGB pictures of one video, in time order.

    ``before`` is the picture sampled before the first one, None at the video's start (nothing moves then). The same
    pictures give the same vectors however they are split into calls.
    """
    balanced = np.stack([balance(one) for one in pictures])
    encoded = encoder.encode(balanced)
    fine = np.stack([_fine(one) for one in balanced])
    first = fine[:1] if before is None else _fine(balance(before))[None]
    nowhere = np.zeros((len(pictures), PLACES_DIM), np.float32)
    blocks = [_of_length_1(encoded.pooled.reshape(len(pictures), -1))]
    blocks.append(nowhere if encoded.grid is None else _places(encoded.grid))
    blocks.append(_small(fine))
    blocks.append(_motion(np.concatenate([first, fine])))
    return np.concatenate(blocks, axis=1).astype(np.float32)


def blocks_of(dim: int) -> tuple[slice, ...]:
    """Where the blocks lie in vectors of ``dim`` numbers; one block when they are not ``moment_features``' own."""
    pooled = dim - PLACES_DIM - SMALL_DIM - MOTION_DIM
    if pooled <= 0:
        return (slice(0, dim),)
    ends = np.cumsum([pooled, PLACES_DIM, SMALL_DIM, MOTION_DIM]).tolist()
    return tuple(slice(start, end) for start, end in zip([0, *ends[:-1]], ends, strict=True))


def balance(picture: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """The picture with a common mean, spread and grey; bounded, so that a black picture stays one."""
    sample = cv2.resize(picture, (FINE_WIDTH, FINE_HEIGHT), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    means = sample.reshape(-1, 3).mean(axis=0)
    white = np.clip(np.sqrt((means.mean() + 1e-3) / (means + 1e-3)), LEAST_BALANCE, MOST_BALANCE)
    luma = (sample * white).mean(axis=2)
    gain = float(np.clip(SPREAD / (luma.std() + 1e-3), LEAST_GAIN, MOST_GAIN))
    middle = float(luma.mean())
    shift = min(GREY, middle * MOST_GAIN) - middle * gain
    table = np.arange(256, dtype=np.float32)[:, None] / 255 * (white * gain)[None, :] + shift
    table = np.clip(table * 255 + 0.5, 0, 255).astype(np.uint8)
    return cast("npt.NDArray[np.uint8]", cv2.LUT(picture, table.reshape(1, 256, 3)))


def fine_of(picture: npt.NDArray[np.uint8]) -> Floats:
    """float32 (36, 64, 3): all that :func:`motion_between` needs of an uint8 RGB picture."""
    return _fine(balance(picture))


def motion_between(before: Floats, after: Floats) -> Floats:
    """float32 (MOTION_DIM,): the last block of a moment's vector, from two results of :func:`fine_of`."""
    moved: Floats = _motion(np.stack([before, after]))[0]
    return moved


def _fine(picture: npt.NDArray[np.uint8]) -> Floats:
    small = cv2.resize(picture, (FINE_WIDTH, FINE_HEIGHT), interpolation=cv2.INTER_AREA)
    return cast("Floats", small.astype(np.float32) / 255)


def _small(fine: Floats) -> Floats:
    """Light and two colour differences in a very small picture, blurred against shifts of the camera."""
    rows = []
    for picture in fine:
        blurred = cv2.GaussianBlur(picture, (0, 0), FINE_WIDTH / SMALL_WIDTH / 2)
        small = cv2.resize(blurred, (SMALL_WIDTH, SMALL_HEIGHT), interpolation=cv2.INTER_AREA)
        red, green, blue = small[..., 0], small[..., 1], small[..., 2]
        light = (red + green + blue) / 3
        rows.append(np.stack([light - light.mean(), red - green, blue - (red + green) / 2]).ravel())
    return np.asarray(np.stack(rows) / np.sqrt(SMALL_WIDTH * SMALL_HEIGHT) * 4, np.float32)


def _motion(fine: Floats) -> Floats:
    """How much changed at coarse places between each picture and the one before it; the first one is only before."""
    rows = []
    light = np.stack([cv2.GaussianBlur(one.mean(axis=2), (0, 0), 1.0) for one in fine])
    for change in np.abs(np.diff(light, axis=0)):
        placed = cv2.resize(change, (MOTION_COLUMNS, MOTION_ROWS), interpolation=cv2.INTER_AREA)
        rows.append(np.sqrt(np.maximum(placed - 0.004, 0)).ravel())
    return np.stack(rows).astype(np.float32)


def _places(grid: Floats) -> Floats:
    """What the encoder sees at coarse places, its channels mixed down by fixed signs (Achlioptas, 2003)."""
    count, rows, columns, channels = grid.shape
    placed = np.stack([_cells(one, rows, columns) for one in grid])
    mixed = placed.reshape(count, -1, channels) @ _signs(channels)
    return _of_length_1(mixed.reshape(count, -1))


def _cells(grid: Floats, rows: int, columns: int) -> Floats:
    across = _averaging(columns, PLACES_COLUMNS)
    down = _averaging(rows, PLACES_ROWS)
    return cast("Floats", np.einsum("ar,rcd,bc->abd", down, grid, across, optimize=True))


def _averaging(size: int, cells: int) -> Floats:
    """(cells, size): how much of each cell of the output every input takes up; cells may split an input."""
    edges = np.linspace(0, size, cells + 1)
    starts = np.arange(size)
    covered = np.minimum(edges[1:, None], starts + 1) - np.maximum(edges[:-1, None], starts)
    covered = np.maximum(covered, 0)
    return np.asarray(covered / covered.sum(axis=1, keepdims=True), np.float32)


def _signs(channels: int) -> Floats:
    """Fixed pseudo-random signs; made by integer arithmetic, so that they never change with a library's version."""
    numbers = np.arange(channels * PLACES_CHANNELS, dtype=np.uint64) + np.uint64(1)
    numbers = (numbers * np.uint64(0x9E3779B97F4A7C15)) ^ (numbers << np.uint64(21))
    numbers = (numbers ^ (numbers >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)
    signs = np.where((numbers >> np.uint64(40)) & np.uint64(1), 1.0, -1.0) / np.sqrt(channels)
    return np.asarray(signs.reshape(channels, PLACES_CHANNELS), np.float32)


def _of_length_1(rows: Floats) -> Floats:
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(norms, 1e-6), np.float32)
