"""Times and counts of the automation in words."""

from datetime import datetime
from pathlib import PurePath

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale

from core.scanning.types import ScanProgress, ScanResult
from widgets.time_text import format_span

translate = QCoreApplication.translate


def moment_words(when: str | None) -> str:
    """``Today 14:02``, ``Tomorrow 02:00``, else day and time, of this machine; "" for None."""
    if not when:
        return ""
    try:
        moment = datetime.fromisoformat(when).astimezone()
    except ValueError:
        return when
    shown = QDateTime.fromSecsSinceEpoch(int(moment.timestamp()))
    time = QLocale().toString(shown.time(), QLocale.FormatType.ShortFormat)
    days = (moment.date() - datetime.now(tz=moment.tzinfo).date()).days
    near = {
        -1: translate("Automation", "Yesterday {time}"),
        0: translate("Automation", "Today {time}"),
        1: translate("Automation", "Tomorrow {time}"),
    }
    if days in near:
        return near[days].format(time=time)
    return f"{QLocale().toString(shown.date(), QLocale.FormatType.ShortFormat)} {time}"


def result_words(result: ScanResult) -> str:
    """``Scanned 150, matched 25, 25 jobs.``"""
    words = translate("Automation", "Scanned {scanned}, matched {matched}, {jobs} new jobs").format(
        scanned=f"{result.scanned:,}", matched=f"{result.matched:,}", jobs=f"{result.jobs_created:,}"
    )
    if result.unreadable:
        words += translate("Automation", ", {count} unreadable").format(count=f"{len(result.unreadable):,}")
    return words + (
        translate("Automation", " in {time}").format(time=format_span(result.took_s)) if result.took_s >= 0.05 else ""
    )


def progress_words(progress: ScanProgress | None) -> str:
    """``Reading 40 of 150 files, 3 new jobs``."""
    if progress is None or progress.phase == "listing":
        count = progress.done if progress is not None else 0
        words = translate("Automation", "Looking for files, {count} found").format(count=f"{count:,}")
    else:
        words = translate("Automation", "Reading {done} of {total} files").format(
            done=f"{progress.done:,}", total=f"{progress.total:,}"
        )
    if progress is not None and progress.jobs_created:
        words += translate("Automation", ", {count} new jobs").format(count=f"{progress.jobs_created:,}")
    return words


def files_words(count: int) -> str:
    """``1 file``, ``25 files``."""
    if count == 1:
        return translate("Automation", "1 file")
    return translate("Automation", "{count} files").format(count=f"{count:,}")


def file_name(path: str) -> str:
    """The last part of a path."""
    return PurePath(path).name or path


def error_words(error: Exception) -> str:
    """An error's own words and what to do."""
    message, action = getattr(error, "message", ""), getattr(error, "action", "")
    return f"{message} {action}".strip() or f"{type(error).__name__}: {error}"
