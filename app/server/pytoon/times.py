"""Times as the document writes them: ISO 8601 in UTC with a Z, to the second."""

from datetime import UTC, datetime


def zulu(text: str) -> str:
    """A time of the library (ISO 8601) to the second; one without an offset is UTC already."""
    moment = datetime.fromisoformat(text)
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
