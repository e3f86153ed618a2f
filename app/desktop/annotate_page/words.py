"""The page's words for videos, jobs, lanes and errors."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale, Qt

from app.desktop.annotate_page.book import Entry
from core.annotate.types import TierKind
from models.errors import RushesError
from widgets.time_text import format_span


def _tr(text: str) -> str:
    return QCoreApplication.translate("annotate", text)


def error_words(error: Exception) -> tuple[str, str]:
    """Message and action for any exception."""
    if isinstance(error, RushesError):
        return error.message, error.action
    return _tr("The library could not be read: {error}").format(error=error), _tr("Try again.")


def chosen_words(entries: Sequence[Entry], pipelines: int) -> str:
    """``3 videos, 12 min 5 s · 2 pipelines``."""
    if not entries:
        return _tr("No video chosen")
    length = format_span(sum(one.duration_s for one in entries))
    videos = (
        _tr("{title}, {length}").format(title=entries[0].title, length=length)
        if len(entries) == 1
        else _tr("{count} videos, {length}").format(count=len(entries), length=length)
    )
    if not pipelines:
        return videos
    words = _tr("1 pipeline") if pipelines == 1 else _tr("{count} pipelines").format(count=pipelines)
    return f"{videos}  ·  {words}"


def results_words(count: int) -> str:
    """``3 results``."""
    return _tr("1 result") if count == 1 else _tr("{count} results").format(count=count)


def lanes_words(count: int) -> str:
    """``2 own``: lanes that people marked."""
    return _tr("1 own") if count == 1 else _tr("{count} own").format(count=count)


def kind_words(kind: TierKind) -> str:
    """What a lane holds."""
    return {
        TierKind.INTERVALS: _tr("Intervals"),
        TierKind.POINTS: _tr("Points"),
        TierKind.SERIES: _tr("Values over time"),
        TierKind.BOXES: _tr("Boxes"),
    }[kind]


def count_words(kind: TierKind, count: int) -> str:
    """``12 intervals``."""
    if count == 1:
        return {
            TierKind.INTERVALS: _tr("1 interval"),
            TierKind.POINTS: _tr("1 point"),
            TierKind.SERIES: _tr("1 value"),
            TierKind.BOXES: _tr("1 box"),
        }[kind]
    words = {
        TierKind.INTERVALS: _tr("{count} intervals"),
        TierKind.POINTS: _tr("{count} points"),
        TierKind.SERIES: _tr("{count} values"),
        TierKind.BOXES: _tr("{count} boxes"),
    }[kind]
    return words.format(count=f"{count:,}")


def when_words(at: str | None) -> str:
    """An ISO 8601 time in UTC as date and time here, "" for none."""
    if not at:
        return ""
    time = QDateTime.fromString(at, Qt.DateFormat.ISODateWithMs).toLocalTime()
    return QLocale().toString(time, QLocale.FormatType.ShortFormat) if time.isValid() else at


def vocabulary_of(text: str) -> tuple[str, ...]:
    """Labels that a person wrote, one a line or between commas, each once."""
    parts = (part.strip() for line in text.splitlines() for part in line.split(","))
    return tuple(dict.fromkeys(part for part in parts if part))
