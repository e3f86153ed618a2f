"""The time of rows."""

from datetime import UTC, datetime


def now_text() -> str:
    """Now as ISO 8601 in UTC with milliseconds."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def zulu(text: str) -> str:
    """A time of a row to the second, as documents write it (``2026-02-08T12:00:00Z``); without an offset it is UTC."""
    moment = datetime.fromisoformat(text)
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
