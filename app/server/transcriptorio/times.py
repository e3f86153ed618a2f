"""Times as the document writes them: ISO 8601 in UTC, without an offset (``2025-01-12T10:00:05``)."""

from datetime import UTC, datetime


def documented_time(text: str | None) -> str | None:
    """A time of the library (ISO 8601) as the document writes it; one without an offset is UTC already."""
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is not None:
        moment = moment.astimezone(UTC)
    return moment.replace(tzinfo=None).isoformat(timespec="seconds")


def seconds_between(start: str | None, end: str | None) -> float | None:
    """How long something took, from two times of the library."""
    if not start or not end:
        return None
    return round((datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds(), 3)
