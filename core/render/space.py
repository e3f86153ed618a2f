"""Whether the disk will hold a cut while it is made."""

import shutil
from pathlib import Path

from core.errors import StorageFull
from core.storage import storage_error

_BYTES_PER_S = 6_000_000
"""Of a cut: its segments, the joined file and the mix; more than the liveliest preset was seen to need."""
_BYTES_AROUND = 50_000_000


def require_space(root: Path, duration_s: int) -> None:
    """Raise StorageFull when the disk of the library has too little left, StorageUnwritable when it is gone."""
    needed = _BYTES_AROUND + _BYTES_PER_S * duration_s
    try:
        free = shutil.disk_usage(root).free
    except OSError as error:
        raise storage_error(error, root) from error
    if free < needed:
        raise StorageFull(
            f"The disk that holds {root} has {free / 1e6:.0f} MB left, and the render may need {needed / 1e6:.0f} MB.",
            action="Free some space, then try again.",
        )
