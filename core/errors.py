"""Core's errors. The desktop shows ``message`` with ``action``; servers map the class to their document's code."""

from models.errors import (
    DeviceUnavailable,
    FetchCanceled,
    FetchFailed,
    LicenceNotAccepted,
    ModelCorrupt,
    ModelMissing,
    RushesError,
    UnknownModel,
)

__all__ = [
    "Canceled",
    "Conflict",
    "DeviceUnavailable",
    "FetchCanceled",
    "FetchFailed",
    "Interrupted",
    "InvalidRequest",
    "LibraryLocked",
    "LicenceNotAccepted",
    "MediaMissing",
    "ModelCorrupt",
    "ModelMissing",
    "NewerSchema",
    "NotFound",
    "RushesError",
    "StorageFull",
    "StorageUnwritable",
    "UnknownModel",
    "UnsupportedMedia",
]


class NotFound(RushesError):
    """An id that names nothing."""


class InvalidRequest(RushesError):
    """A parameter out of its bounds, or a step asked for before the one that it needs."""


class Conflict(RushesError):
    """Someone else changed or holds what this edit wanted to change."""


class LibraryLocked(Conflict):
    """Another process has the library open; the message names it."""


class NewerSchema(RushesError):
    """The library was written by a newer Rushes."""


class UnsupportedMedia(RushesError):
    """A file that is not a readable video; the message names the file and why."""


class MediaMissing(RushesError):
    """The source video is not where it was; it can be relinked."""


class StorageFull(RushesError):
    """No space left on the device."""


class StorageUnwritable(RushesError):
    """A folder that cannot be written."""


class Interrupted(RushesError):
    """Work that stopped because its process died."""


class Canceled(RushesError):
    """Work that the person stopped."""
