"""What the disk's own errors mean to a person, said once."""

import errno
from pathlib import Path

from core.errors import RushesError, StorageFull, StorageUnwritable

_FULL = {errno.ENOSPC, errno.EDQUOT}


def storage_error(error: OSError, path: Path) -> RushesError:
    """The error to raise in place of an OSError that came up while writing ``path``."""
    if error.errno in _FULL:
        return StorageFull(
            f"The disk that holds {path} is full.", action="Free some space, then try again: nothing was lost."
        )
    reason = error.strerror or str(error)
    return StorageUnwritable(f"{path} cannot be written: {reason}.", action="Check the folder's permissions.")
