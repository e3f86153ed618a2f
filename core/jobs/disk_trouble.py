"""Which errors of a job mean that the disk refused, so that a person reads that and no code."""

import errno
import os
from pathlib import Path

from core.errors import RushesError
from core.storage import storage_error

_REFUSALS = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}


def disk_trouble(error: OSError) -> RushesError | None:
    """StorageFull or StorageUnwritable when the disk is full or read-only, else None."""
    path = Path(error.filename or os.curdir)
    if error.errno in _REFUSALS:
        return storage_error(error, path)
    if error.errno is None and "requested and" in str(error):  # so NumPy tells that it wrote less than it had to
        return storage_error(OSError(errno.ENOSPC, str(error)), path)
    return None
