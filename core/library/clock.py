"""The time of rows."""

from datetime import UTC, datetime


def now_text() -> str:
    """Now as ISO 8601 in UTC with milliseconds."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
