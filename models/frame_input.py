"""How a frame encoder wants its pictures: as the catalogue's do, or as a small file beside an own ONNX file says.

That file is called as the model, with ``.toml`` in place of ``.onnx``. All keys are optional:

- ``size_px``: [width, height] of the pictures; where the graph does not fix them, 224 each. The whole picture is
  scaled to it, however it is shaped.
- ``mean``, ``std``: three numbers for red, green, blue, of values in [0, 1]: (value - mean) / std.
- ``bgr``: true where the network wants blue first.
- ``layout``: ``nchw`` or ``nhwc`` for an image encoder, ``ntchw``, ``ncthw`` or ``nthwc`` for a clip encoder.
- ``frames``: pictures in a clip; the vector of a picture is that of the clip that ends with it.
- ``output``: the name of the output to take; otherwise the first. (n, d) is taken as it is; of (n, tokens, d) the mean;
  of (n, channels, rows, columns) the mean over the places, and the places are the coarse map.
- ``tokens``: ``mean``, or ``first`` to take the first token (a class token) in place of the mean.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np

from models.errors import ModelCorrupt
from models.faces import FloatArray, ImageArray
from models.opencv import cv2

DEFAULT_SIZE_PX = (224, 224)
MOST_PX = 2048
MOST_FRAMES = 256
TOKENS = ("mean", "first")
# where the axes of (n, height, width, channels) and of (n, frames, height, width, channels) go
_STILLS = {"nhwc": (0, 1, 2, 3), "nchw": (0, 3, 1, 2)}
_CLIPS = {"nthwc": (0, 1, 2, 3, 4), "ntchw": (0, 1, 4, 2, 3), "ncthw": (0, 4, 1, 2, 3)}
LAYOUTS = (*_STILLS, *_CLIPS)
_KEYS = {"size_px", "mean", "std", "bgr", "layout", "frames", "output", "tokens"}


@dataclass(frozen=True, slots=True)
class FrameFormat:
    """``size_px`` is (width, height), None = not said; ``mean`` and ``std`` are of red, green and blue in [0, 255];
    ``frames`` is 1 for an image encoder.
    """

    size_px: tuple[int, int] | None = None
    mean: tuple[float, float, float] = (0.0, 0.0, 0.0)
    std: tuple[float, float, float] = (255.0, 255.0, 255.0)
    bgr: bool = False
    layout: str = "nchw"
    frames: int = 1
    output: str = ""
    tokens: str = "mean"


PREPARED_INSIDE = FrameFormat(size_px=DEFAULT_SIZE_PX, std=(1.0, 1.0, 1.0))
"""Of the catalogue's converted models, whose graphs take values in [0, 255]."""


def prepared(pictures_rgb: ImageArray, form: FrameFormat, size_px: tuple[int, int]) -> FloatArray:
    """float32 (n, height, width, 3): uint8 (n, h, w, 3) scaled, normalised, and in the order of colours wanted."""
    values = np.stack([_scaled(one, size_px) for one in pictures_rgb]).astype(np.float32)
    mean, std = np.array(form.mean, np.float32), np.array(form.std, np.float32)
    if mean.any():
        values -= mean
    if (std != 1).any():
        values /= std
    return values[..., ::-1] if form.bgr else values


def blobs_of(values: FloatArray, form: FrameFormat, batch: int) -> Iterator[FloatArray]:
    """Inputs of the network in ``form.layout``, at most ``batch`` pictures or clips in each.

    A clip encoder gets n clips, one that ends with each of the n pictures; before the first picture they hold the first
    one again and again.
    """
    for start in range(0, len(values), batch):
        rows = np.arange(start, min(start + batch, len(values)))
        if form.layout in _STILLS:
            blob = values[rows].transpose(_STILLS[form.layout])
        else:
            shown = rows[:, None] + np.arange(1 - form.frames, 1)
            blob = values[np.maximum(shown, 0)].transpose(_CLIPS[form.layout])
        yield np.ascontiguousarray(blob)


def _scaled(picture_rgb: ImageArray, size_px: tuple[int, int]) -> ImageArray:
    height, width = picture_rgb.shape[:2]
    if (width, height) == size_px:
        return picture_rgb
    method = cv2.INTER_AREA if width * height > size_px[0] * size_px[1] else cv2.INTER_LINEAR
    return cast("ImageArray", cv2.resize(picture_rgb, size_px, interpolation=method))


def graph_size(shape: list[int | str | None], layout: str) -> tuple[int, int] | None:
    """(width, height) that a graph's input of this shape fixes, None when it takes any. Raises ValueError: other axes
    than the layout has.
    """
    if len(shape) != len(layout):
        raise ValueError(f"its input has {len(shape)} axes, and the layout {layout} {len(layout)}")
    width, height = shape[layout.index("w")], shape[layout.index("h")]
    return (width, height) if isinstance(width, int) and isinstance(height, int) else None


def read_format(path: Path) -> FrameFormat:
    """What stands beside the model at ``path``; without such a file, values in [0, 1] in the layout nchw.

    Raises ModelCorrupt with the reason.
    """
    side_file = path.with_suffix(".toml")
    if not side_file.is_file():
        return FrameFormat()
    try:
        return _parsed(tomllib.loads(side_file.read_text(encoding="utf-8")))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError, TypeError, ValueError) as error:
        raise ModelCorrupt(f"{side_file} cannot be used: {error}.", action="Correct it or remove it.") from error


def _parsed(values: dict[str, Any]) -> FrameFormat:
    strange = sorted(set(values) - _KEYS)
    if strange:
        raise ValueError(f"{', '.join(strange)} is none of {', '.join(sorted(_KEYS))}")
    layout = _one_of("layout", str(values.get("layout", "nchw")), LAYOUTS)
    frames = int(values.get("frames", 1))
    if not 1 <= frames <= MOST_FRAMES or (frames > 1 and layout not in _CLIPS):
        raise ValueError(f"frames is 1 to {MOST_FRAMES}, and more than 1 needs one of the layouts {', '.join(_CLIPS)}")
    std = _three(values, "std", 1.0)
    if 0.0 in std:
        raise ValueError("std holds a zero")
    return FrameFormat(
        size_px=_size(values["size_px"]) if "size_px" in values else None,
        mean=_three(values, "mean", 0.0),
        std=std,
        bgr=bool(values.get("bgr", False)),
        layout=layout,
        frames=frames,
        output=str(values.get("output", "")),
        tokens=_one_of("tokens", str(values.get("tokens", "mean")), TOKENS),
    )


def _size(given: Any) -> tuple[int, int]:
    width, height = (int(one) for one in given)
    if not (1 <= width <= MOST_PX and 1 <= height <= MOST_PX):
        raise ValueError(f"size_px is a width and a height of 1 to {MOST_PX}")
    return width, height


def _one_of(key: str, value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise ValueError(f"{key} {value!r} is none of {', '.join(allowed)}")
    return value


def _three(values: dict[str, Any], key: str, otherwise: float) -> tuple[float, float, float]:
    given = values.get(key, (otherwise,) * 3)
    if len(given) != 3:
        raise ValueError(f"{key} needs three numbers, for red, green and blue")
    red, green, blue = (float(one) * 255 for one in given)
    return red, green, blue
