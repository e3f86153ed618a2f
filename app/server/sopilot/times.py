"""Times as the document writes them: ISO 8601 in UTC, to the second (``2026-02-08T12:00:00Z``)."""

from core.library import clock


def zulu(text: str | None) -> str | None:
    """A time of the library (ISO 8601) as the document writes it; one without an offset is UTC already."""
    return clock.zulu(text) if text else None


def now_zulu() -> str:
    """Now."""
    return clock.zulu(clock.now_text())
