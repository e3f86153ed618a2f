"""What was read of files, kept until a file changes: planning again on each edit of a draft reads nothing twice."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar, cast

from core.annotate.provenance import checksum
from core.errors import MediaMissing, UnsupportedMedia
from core.render.materials import ImageFacts, MaskFacts, SoundFacts, check_image, check_mask, check_sound, image_header

_MOST_KEPT = 1_000
_State = tuple[str, int, int, int]
_kept: OrderedDict[tuple[str, _State], object] = OrderedDict()
_lock = threading.Lock()

_Facts = TypeVar("_Facts")


def image(path: Path, *, whole: bool) -> ImageFacts:
    """As :func:`core.render.materials.check_image` without the API's limits; not ``whole``: by its header alone."""
    if whole:
        return _once("image", path, lambda: check_image(path, strict=False))
    return _once("header", path, lambda: image_header(path))


def mask(path: Path) -> MaskFacts:
    """As :func:`core.render.materials.check_mask` without the API's limits."""
    return _once("mask", path, lambda: check_mask(path, strict=False))


def sound(path: Path) -> SoundFacts:
    """As :func:`core.render.materials.check_sound` without the API's limits."""
    return _once("sound", path, lambda: check_sound(path, strict=False))


def content_of(path: str) -> str:
    """SHA-256 of a file's bytes, in hex. Raises MediaMissing, UnsupportedMedia."""
    return _once("content", Path(path), lambda: checksum(Path(path), lambda: None))


def _once(kind: str, path: Path, read: Callable[[], _Facts]) -> _Facts:
    key = (kind, _state(path))
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return cast("_Facts", _kept[key])
    facts = read()
    with _lock:
        _kept[key] = facts
        while len(_kept) > _MOST_KEPT:
            _kept.popitem(last=False)
    return facts


def _state(path: Path) -> _State:
    """Changes when the file is written or replaced."""
    try:
        status = path.stat()
    except FileNotFoundError as error:
        raise _missing(path) from error
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise _unreadable(path, error) from error
    return str(path), status.st_size, status.st_mtime_ns, status.st_ino


def _missing(path: Path) -> MediaMissing:
    return MediaMissing(f"{path} does not exist.", action="Put the file back, or choose another one.")


def _unreadable(path: Path, error: Exception) -> UnsupportedMedia:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return UnsupportedMedia(f"{path} cannot be read: {reason}.", action="Check the file and its drive.")
