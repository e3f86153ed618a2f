"""Times as the document writes them: ISO 8601 in UTC, to the second (``2026-02-08T12:00:00Z``)."""

from datetime import UTC, datetime


def zulu(text: str | None) -> str | None:
    """A time of the library (ISO 8601) as the document writes it; one without an offset is UTC already."""
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    return _written(moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment)


def now_zulu() -> str:
    """Now."""
    return _written(datetime.now(UTC))


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
