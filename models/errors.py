"""Errors that a person can act on; the root of every error that Rushes raises on purpose."""

from typing import Any


class RushesError(Exception):
    """Something a person can act on.

    ``message`` names the input and what is wrong with it; ``action`` says what to do about it. ``str()`` gives both.
    """

    def __init__(self, message: str, *, action: str = "") -> None:
        super().__init__(message, action)
        self.message = message
        self.action = action

    def __str__(self) -> str:
        return f"{self.message} {self.action}".strip()

    def __reduce__(self) -> tuple[Any, ...]:
        # exceptions pickle as a call with their args, which cannot carry a keyword: workers would break on the way back
        return _rebuild, (type(self), self.message, self.action), self.__dict__


def _rebuild(kind: type[RushesError], message: str, action: str) -> RushesError:
    return kind(message, action=action)


class ModelMissing(RushesError):
    """A model file is not on this machine and could not be fetched."""


class ModelCorrupt(RushesError):
    """A model file does not have the size or checksum of the catalogue, or cannot be loaded."""


class LicenceNotAccepted(RushesError):
    """A model's licence has a consequence that must be accepted once before it is used."""


class FetchFailed(RushesError):
    """No source of a model could deliver it."""


class FetchCanceled(RushesError):
    """The person stopped the download."""


class DeviceUnavailable(RushesError):
    """The device that was asked for by name cannot run inference here."""


class UnknownModel(RushesError):
    """No model of that name stands in the catalogue."""
