"""Photos of people as upright RGB pictures: whatever a camera or a web page gives, and nothing that hurts."""

import contextlib
import io
import logging
import struct
import threading
import warnings
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
from PIL import Image, ImageOps

from core.errors import InvalidRequest, NotFound, UnsupportedMedia
from models.faces import ImageArray

log = logging.getLogger(__name__)

MOST_MEGAPIXELS = 50
LONGEST_SIDE_PX = 4096
"""Larger photos are shrunk to it: a face that is found in them is still larger than any model looks at."""
MOST_BYTES = 100 * 1024**2

_FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "TIFF", "GIF", "BMP", "JPEG2000", "PPM")
_BACKGROUND = (255, 255, 255)
# what Pillow's readers raise on broken files
_BROKEN = (
    *(OSError, SyntaxError, ValueError, EOFError, LookupError, TypeError, ArithmeticError, AttributeError),
    *(RuntimeError, AssertionError, struct.error, zlib.error),
)
_BOMBS = (Image.DecompressionBombWarning, Image.DecompressionBombError)
_READING = threading.Lock()  # the warnings' filters belong to the whole process


@dataclass(frozen=True, slots=True)
class Photo:
    """``rgb`` uint8 (h, w, 3), upright. ``scale`` is its pixels per pixel of the photo."""

    rgb: ImageArray
    scale: float


def photo_bytes(image: bytes | Path) -> bytes:
    """The file's content. Raises NotFound, InvalidRequest (a folder, unreadable), UnsupportedMedia (too large)."""
    if isinstance(image, bytes):
        if len(image) > MOST_BYTES:
            raise _too_many_bytes("The photo")
        return image
    try:
        if image.stat().st_size > MOST_BYTES:
            raise _too_many_bytes(image.name)
        return image.read_bytes()
    except FileNotFoundError as error:
        raise NotFound(f"There is no file {image}.", action="Check the path.") from error
    except OSError as error:
        raise InvalidRequest(f"{image} cannot be read: {error.strerror or error}.", action="Check it.") from error


def read_photo(content: bytes, name: str) -> Photo:
    """Decode a photo, its first picture if it moves. ``name`` is what messages call it.

    Its size is looked at before a pixel is decoded. Raises UnsupportedMedia: not an image, broken, or more than 50
    megapixels.
    """
    with _quiet():
        picture = _opened(content, name)
        width, height = picture.size
        if width * height > MOST_MEGAPIXELS * 1_000_000:
            raise _too_large(name, f"{width} x {height}, {width * height / 1e6:,.0f} megapixels")
        if width < 1 or height < 1:
            raise UnsupportedMedia(f"{name} holds no picture.", action="Use a photo.")
        upright = _decoded(picture, name)
    if max(upright.size) > LONGEST_SIDE_PX:
        upright.thumbnail((LONGEST_SIDE_PX, LONGEST_SIDE_PX), Image.Resampling.BOX)
    return Photo(cast("ImageArray", np.array(upright, np.uint8)), max(upright.size) / max(width, height))


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Pillow's remarks on broken files are for nobody here, except that one is too large."""
    with _READING, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        yield


def _opened(content: bytes, name: str) -> Image.Image:
    """The header alone."""
    try:
        return Image.open(io.BytesIO(content), formats=_FORMATS)
    except _BOMBS as error:
        raise _too_large(name, "far more") from error
    except _BROKEN as error:
        log.info("%s is no image: %s", name, error)
        raise UnsupportedMedia(
            f"{name} is not an image that can be read.", action="Use a JPEG, PNG, WebP, TIFF, BMP, GIF or AVIF photo."
        ) from error


def _decoded(picture: Image.Image, name: str) -> Image.Image:
    """All pixels, upright, as RGB; a large JPEG is decoded smaller."""
    try:
        picture.draft("RGB", (LONGEST_SIDE_PX, LONGEST_SIDE_PX))
        picture.load()
        return _in_rgb(ImageOps.exif_transpose(picture))
    except _BOMBS as error:
        raise _too_large(name, "it grows when it is opened") from error
    except _BROKEN as error:
        raise UnsupportedMedia(
            f"{name} is a damaged image: {error}.", action="Open it elsewhere to check it, or save it anew."
        ) from error


def _in_rgb(picture: Image.Image) -> Image.Image:
    """8 bits a channel: deep grey is scaled, what shines through lies on white."""
    if picture.mode.startswith("I") or picture.mode == "F":
        return _deep_grey(picture)
    if picture.mode in {"RGBA", "LA", "PA", "RGBa", "La"} or "transparency" in picture.info:
        clear = picture.convert("RGBA")
        flat = Image.new("RGB", clear.size, _BACKGROUND)
        flat.paste(clear, mask=clear.getchannel("A"))
        return flat
    return picture.convert("RGB")


def _deep_grey(picture: Image.Image) -> Image.Image:
    """16 bits a pixel by their whole range, 32 bits and floats by the range that is there."""
    values = np.nan_to_num(np.asarray(picture, np.float64))
    low, high = (0.0, 65535.0) if picture.mode.startswith("I;16") else (float(values.min()), float(values.max()))
    if picture.mode == "I" and low >= 0 and high <= 65535:
        low, high = 0.0, 65535.0 if high > 255 else 255.0
    scaled = np.clip((values - low) * (255.0 / max(high - low, 1e-9)), 0, 255)
    return Image.fromarray(scaled.astype(np.uint8)).convert("RGB")


def _too_large(name: str, how: str) -> UnsupportedMedia:
    return UnsupportedMedia(
        f"{name} is too large ({how}): at most {MOST_MEGAPIXELS} megapixels are read.", action="Use a smaller copy."
    )


def _too_many_bytes(name: str) -> UnsupportedMedia:
    return UnsupportedMedia(
        f"{name} is too large: at most {MOST_BYTES // 1024**2} MB are read.", action="Use a smaller copy."
    )
