"""Times as the document writes them: ISO 8601 in UTC with a Z, to the second, the millisecond or the microsecond."""

from datetime import UTC, datetime

from core.library import clock


def zulu(text: str | None) -> str | None:
    """A time of the library (ISO 8601) to the second; one without an offset is UTC already."""
    return clock.zulu(text) if text else None


def now_zulu(timespec: str = "seconds") -> str:
    """Now; ``timespec`` as ``datetime.isoformat`` knows it."""
    return datetime.now(UTC).isoformat(timespec=timespec).replace("+00:00", "Z")


def unix_zulu(at_s: float) -> str:
    """A Unix time to the millisecond."""
    return datetime.fromtimestamp(at_s, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
