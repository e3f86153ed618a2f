"""What only scanning can raise."""

from core.errors import RushesError


class NotPermitted(RushesError):
    """A folder that this user may not read."""
