"""Opening the pictures of a plan: upright, 8 bits a channel in sRGB, with what is cut out of them."""

import contextlib
import io
import logging
import math
import struct
import threading
import warnings
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias, cast

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageCms, ImageOps

from core.errors import MediaMissing, UnsupportedMedia
from core.render.types import Rgb, Still
from models.opencv import cv2

log = logging.getLogger(__name__)

Coverage: TypeAlias = npt.NDArray[np.uint8]
"""How much of each pixel belongs to the subject, uint8 (height, width)."""

MOST_MEGAPIXELS = 120
MASK_ASPECT_TOLERANCE = 0.02
# Pictures are not opened much larger than they are drawn; up to this factor shrinking once more is left to the level.
_SPARE = 1.5
# Alpha that is this high everywhere is a picture without a cutout: scanners and screenshots write such files.
_OPAQUE = 250
_REDUCIBLE = {"L", "LA", "RGB", "RGBA", "CMYK"}
_BROKEN = (
    *(OSError, SyntaxError, ValueError, EOFError, LookupError, TypeError, ArithmeticError, AttributeError),
    *(RuntimeError, AssertionError, struct.error, zlib.error),
)
_READING = threading.Lock()  # the warnings' filters belong to the whole process


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """``rgb`` uint8 (height, width, 3); ``coverage`` of the same size, None = the picture is whole.

    ``masked``: the coverage is a mask's alone, so what lies around the subject in ``rgb`` is a real picture.
    """

    rgb: Rgb
    coverage: Coverage | None
    masked: bool = False

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.rgb.shape[1], self.rgb.shape[0]

    @property
    def byte_count(self) -> int:
        """How much memory it takes."""
        return self.rgb.nbytes + (0 if self.coverage is None else self.coverage.nbytes)


def open_still(still: Still, *, needed_px: tuple[int, int] | None = None) -> Opened:
    """A picture of a plan with its mask.

    ``needed_px``: width and height that it has to fill at the most; larger files are shrunk towards it, so that memory
    stays small. Raises MediaMissing, UnsupportedMedia (no picture, broken, or a mask that does not fit).
    """
    rgb, coverage = _open(Path(still.path), needed_px)
    if still.mask is None:
        return Opened(rgb, coverage)
    mask = _fitting_mask(Path(still.mask), still, rgb)
    return Opened(rgb, mask if coverage is None else np.minimum(mask, coverage), masked=coverage is None)


def _open(path: Path, needed_px: tuple[int, int] | None) -> tuple[Rgb, Coverage | None]:
    """All pixels of a file as RGB and, where something shines through, its alpha."""
    with _quiet(), _header(path) as picture:
        upright = _decoded(picture, path, needed_px)
    if "A" in upright.getbands():
        rgba = np.asarray(upright, np.uint8)
        rgb, alpha = np.ascontiguousarray(rgba[..., :3]), np.ascontiguousarray(rgba[..., 3])
    else:
        rgb, alpha = np.asarray(upright, np.uint8), None
    if alpha is not None and int(alpha.min()) >= _OPAQUE:
        alpha = None
    return _shrunk(rgb, needed_px), None if alpha is None else _shrunk(alpha, needed_px)


def _fitting_mask(path: Path, still: Still, rgb: Rgb) -> Coverage:
    """The alpha of a mask at the size of its picture."""
    _, alpha = _open(path, None)
    if alpha is None:
        raise UnsupportedMedia(
            f"{path.name} has no transparent part, so it cuts nothing out.",
            action="Use a PNG whose alpha is the subject.",
        )
    height, width = rgb.shape[:2]
    aspect = (alpha.shape[1] / alpha.shape[0]) / (width / height)
    if abs(math.log(aspect)) > MASK_ASPECT_TOLERANCE:
        raise UnsupportedMedia(
            f"The mask {path.name} ({alpha.shape[1]} x {alpha.shape[0]}) has another shape than "
            f"{Path(still.path).name} ({still.width_px} x {still.height_px}).",
            action="Use a mask of the picture's own size.",
        )
    if alpha.shape == rgb.shape[:2]:
        return alpha
    shrinking = alpha.shape[1] > width
    fitted = cv2.resize(alpha, (width, height), interpolation=cv2.INTER_AREA if shrinking else cv2.INTER_LINEAR)
    return cast("Coverage", fitted)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Pillow's remarks on odd files are for nobody here; one that would eat the memory is an error."""
    with _READING, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextlib.contextmanager
def _header(path: Path) -> Iterator[Image.Image]:
    """The file's header alone; its size is looked at before a pixel is decoded."""

    try:
        picture = Image.open(path)
    except FileNotFoundError as error:
        raise MediaMissing(f"The picture {path} is not there any more.", action="Choose it again.") from error
    except Image.DecompressionBombError as error:
        raise _too_large(path) from error
    except _BROKEN as error:
        log.info("%s is no picture: %s", path, error)
        raise UnsupportedMedia(
            f"{path.name} is not a picture that can be read.", action="Use a PNG, JPEG or WebP file."
        ) from error
    with picture:
        if picture.width * picture.height > MOST_MEGAPIXELS * 1_000_000:
            raise _too_large(path)
        yield picture


def _too_large(path: Path) -> UnsupportedMedia:
    return UnsupportedMedia(
        f"{path.name} has more than {MOST_MEGAPIXELS} megapixels.", action="Save it smaller, 4096 pixels are enough."
    )


def _decoded(picture: Image.Image, path: Path, needed_px: tuple[int, int] | None) -> Image.Image:
    """All pixels, upright, in sRGB, in RGB or RGBA; a large JPEG is decoded smaller."""

    try:
        if needed_px and picture.format == "JPEG":
            picture.draft(None, _draft_size(picture.size, needed_px))
        picture.load()
        ImageOps.exif_transpose(picture, in_place=True)
        if needed_px and (factor := _reducing(picture.size, needed_px)) > 1 and picture.mode in _REDUCIBLE:
            picture = picture.reduce(factor)
        return _in_eight_bits(_in_srgb(picture, path))
    except _BROKEN as error:
        raise UnsupportedMedia(
            f"{path.name} is a damaged picture: {error}.", action="Open it elsewhere to check it, or save it anew."
        ) from error


def _draft_size(size: tuple[int, int], needed_px: tuple[int, int]) -> tuple[int, int]:
    """What of a JPEG is enough, whichever way up it is."""
    enough = max(max(needed_px) / min(size), min(needed_px) / max(size))
    return max(1, math.ceil(size[0] * enough)), max(1, math.ceil(size[1] * enough))


def _reducing(size: tuple[int, int], needed_px: tuple[int, int]) -> int:
    """By what whole factor a picture may be shrunk right after it was decoded."""
    return max(1, math.floor(min(size[0] / needed_px[0], size[1] / needed_px[1])))


def _in_srgb(picture: Image.Image, path: Path) -> Image.Image:
    """Colours by the embedded profile, where there is one that says something else than sRGB."""

    profile = picture.info.get("icc_profile")
    if not profile or picture.mode not in {"RGB", "RGBA", "CMYK", "L"}:
        return picture
    target = {"RGBA": "RGBA"}.get(picture.mode, "RGB")
    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "sRGB" in ImageCms.getProfileDescription(own):
            return picture
        turned = ImageCms.profileToProfile(picture, own, ImageCms.createProfile("sRGB"), outputMode=target)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError) as error:
        log.info("The colour profile of %s is taken as sRGB: %s", path, error)
        return picture
    return turned or picture


def _in_eight_bits(picture: Image.Image) -> Image.Image:
    """RGB or RGBA: deep grey is scaled, palettes and grey keep what shines through."""

    if picture.mode.startswith("I") or picture.mode == "F":
        deep = np.asarray(picture, np.float32)
        high = 65535.0 if picture.mode.startswith("I") and float(deep.max(initial=0)) > 255 else 255.0
        scale = 1.0 if picture.mode == "F" and float(deep.max(initial=0)) <= 1 else 1 / high
        return Image.fromarray(np.rint(np.clip(deep * scale, 0, 1) * 255).astype(np.uint8)).convert("RGB")
    wanted = "RGBA" if picture.has_transparency_data else "RGB"
    return picture if picture.mode == wanted else picture.convert(wanted)


def _shrunk(pixels: npt.NDArray[np.uint8], needed_px: tuple[int, int] | None) -> npt.NDArray[np.uint8]:
    """Not much larger than what is needed."""
    height, width = pixels.shape[:2]
    enough = 1.0 if needed_px is None else max(needed_px[0] / width, needed_px[1] / height)
    if enough * _SPARE >= 1:
        return pixels
    size = max(1, round(width * enough)), max(1, round(height * enough))
    return cast("Coverage", cv2.resize(pixels, size, interpolation=cv2.INTER_AREA))
