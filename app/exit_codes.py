"""What the ``rushes`` command returns, and which error means what. README.md documents these numbers."""

import re
from enum import IntEnum


class ExitCode(IntEnum):
    """Stable numbers for scripts."""

    OK = 0
    FAILED = 1
    USAGE = 2
    BAD_INPUT = 3
    LIBRARY = 4
    MODEL = 5
    CANCELED = 130


def exit_code_of(error: BaseException) -> ExitCode:
    """The exit code for an error of core; anything unknown is FAILED."""
    from core import errors
    from core.library.errors import LibraryDamaged

    table: tuple[tuple[tuple[type[BaseException], ...], ExitCode], ...] = (
        ((errors.Canceled, errors.FetchCanceled, KeyboardInterrupt), ExitCode.CANCELED),
        (
            (errors.LibraryLocked, errors.NewerSchema, errors.StorageUnwritable, errors.StorageFull, LibraryDamaged),
            ExitCode.LIBRARY,
        ),
        (
            (errors.ModelMissing, errors.ModelCorrupt, errors.LicenceNotAccepted, errors.FetchFailed),
            ExitCode.MODEL,
        ),
        (
            (
                errors.UnsupportedMedia,
                errors.MediaMissing,
                errors.NotFound,
                errors.InvalidRequest,
                errors.UnknownModel,
                errors.DeviceUnavailable,
            ),
            ExitCode.BAD_INPUT,
        ),
    )
    return next((code for kinds, code in table if isinstance(error, kinds)), ExitCode.FAILED)


def code_word(error: BaseException) -> str:
    """The error's class as a word for machines: ``UnsupportedMedia`` is ``UNSUPPORTED_MEDIA``."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(error).__name__).upper()
