"""A quick fingerprint of a file's content, so that the same video is not added twice under two names."""

import hashlib
from pathlib import Path

from core.errors import MediaMissing, UnsupportedMedia
from core.media.container import check_readable

_PIECE_BYTES = 1 << 20


def fingerprint(path: Path | str) -> str:
    """``<size>-<hex>``: the file's size and BLAKE2b of its first, middle and last MiB.

    Raises MediaMissing when the file is gone, UnsupportedMedia when it cannot be read or is empty.
    """
    file = Path(path)
    check_readable(file)
    digest = hashlib.blake2b(digest_size=16)
    try:
        with file.open("rb") as opened:
            size_bytes = opened.seek(0, 2)
            for start in _starts(size_bytes):
                opened.seek(start)
                digest.update(opened.read(_PIECE_BYTES))
    except FileNotFoundError as error:
        raise MediaMissing(f"{file} went away while it was read.", action="Put the video back.") from error
    except OSError as error:
        raise UnsupportedMedia(
            f"{file} cannot be read: {error.strerror or error}.", action="Check the drive, then try again."
        ) from error
    return f"{size_bytes}-{digest.hexdigest()}"


def _starts(size_bytes: int) -> tuple[int, ...]:
    if size_bytes <= 3 * _PIECE_BYTES:
        return tuple(range(0, size_bytes, _PIECE_BYTES))
    return (0, (size_bytes - _PIECE_BYTES) // 2, size_bytes - _PIECE_BYTES)
