"""Messages to the person: collected here, shown by the window's bar and panel."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from models.errors import RushesError

log = logging.getLogger(__name__)

MOST_KEPT = 200


@dataclass(frozen=True, slots=True)
class NoticeButton:
    """Something to press in a notice."""

    title: str
    press: Callable[[], object]


@dataclass(frozen=True, slots=True)
class PostedNotice:
    """A message with its cause and what to do.

    ``level`` is info, warning or error; ``detail`` is only for the copy button.
    """

    level: str
    message: str
    action: str = ""
    detail: str = ""
    buttons: tuple[NoticeButton, ...] = ()
    posted_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def as_text(self) -> str:
        """All of it as text that can be pasted into a message."""
        head = f"{self.posted_at:%Y-%m-%d %H:%M:%SZ} {self.level.upper()} {self.message}"
        return "\n".join(part for part in (head, self.action, self.detail) if part)


class Notices(QObject):
    """The list of messages of this session. Use it in the Qt thread."""

    posted = Signal(object)
    """A ``PostedNotice``."""
    cleared = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._kept: list[PostedNotice] = []
        self.log_file: Path | None = None

    @property
    def kept(self) -> tuple[PostedNotice, ...]:
        """Messages in the order they came."""
        return tuple(self._kept)

    def info(self, message: str, action: str = "", *, buttons: tuple[NoticeButton, ...] = ()) -> None:
        """Tell something good or neutral."""
        self.post(PostedNotice("info", message, action, buttons=buttons))

    def warning(self, message: str, action: str = "", *, buttons: tuple[NoticeButton, ...] = ()) -> None:
        """Tell something that needs attention."""
        self.post(PostedNotice("warning", message, action, buttons=buttons))

    def error(self, error: BaseException | str, action: str = "", *, buttons: tuple[NoticeButton, ...] = ()) -> None:
        """Tell what failed: a ``RushesError`` brings its own words, anything else is logged as a defect."""
        if isinstance(error, str):
            self.post(PostedNotice("error", error, action, buttons=buttons))
        elif isinstance(error, RushesError):
            self.post(PostedNotice("error", error.message, action or error.action, buttons=buttons))
        else:
            log.error("unexpected error", exc_info=error)
            self.defect(f"{type(error).__name__}: {error}")

    def defect(self, detail: str) -> None:
        """Tell of an error inside Rushes; the trace is in the log file."""
        where = self.tr("Details are in {file}.").format(file=self.log_file) if self.log_file else ""
        self.post(
            PostedNotice(
                "error",
                self.tr("Something went wrong inside Rushes. What you decided so far is saved."),
                f"{self.tr('Try again; if it comes back, restart Rushes.')} {where}".strip(),
                detail=detail,
            )
        )

    def post(self, notice: PostedNotice) -> None:
        """Keep a message and show it. The same message twice in a row is kept once."""
        if self._kept and (self._kept[-1].message, self._kept[-1].detail) == (notice.message, notice.detail):
            self._kept[-1] = notice
        else:
            self._kept = [*self._kept[-MOST_KEPT + 1 :], notice]
        self.posted.emit(notice)

    def clear(self) -> None:
        """Forget all messages."""
        self._kept = []
        self.cleared.emit()

    def as_text(self) -> str:
        """All messages as text, newest last."""
        return "\n\n".join(notice.as_text() for notice in self._kept)
