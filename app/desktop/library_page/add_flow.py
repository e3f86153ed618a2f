"""Adding files to the library with progress, and telling what became of each."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.desktop.library_page.adding import AddReport, Refused, add_all
from app.desktop.notices import NoticeButton, PostedNotice
from app.desktop.services import Services

MOST_SINGLE_NOTICES = 50


class AddFlow(QObject):
    """Adds files in a thread of its own, one batch after the other."""

    busy_changed = Signal(bool)
    progressed = Signal(int, int, str)
    """Files done, files in all, name of the present one."""
    finished = Signal(object)
    """An AddReport."""

    def __init__(self, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._batches = 0

    @property
    def busy(self) -> bool:
        """Whether files are being added."""
        return self._batches > 0

    def add(self, paths: Sequence[Path]) -> None:
        """Add files and the videos inside folders."""
        if not paths:
            return
        self._batches += 1
        self.busy_changed.emit(True)
        library, stopping = self._services.library, self._services.background.stopping

        def work() -> AddReport:
            return add_all(
                library,
                paths,
                progress=lambda done, total, path: self.progressed.emit(done, total, path.name),
                stopped=stopping.is_set,
            )

        self._services.background.run_edit(work, self._finish, failed=self._fail, owner=self, lane="adding")

    def _finish(self, report: AddReport) -> None:
        self._end_batch()
        self._tell(report)
        self.finished.emit(report)

    def _fail(self, error: Exception) -> None:
        self._end_batch()
        self._services.notices.error(error)

    def _end_batch(self) -> None:
        self._batches -= 1
        self.busy_changed.emit(self.busy)

    def _tell(self, report: AddReport) -> None:
        for refused in report.refused[:MOST_SINGLE_NOTICES]:
            self._services.notices.post(PostedNotice("error", refused.reason, refused.action))
        if len(report.refused) > 1:
            self._tell_summary(report)
        elif report.added or report.already_there:
            self._tell_good(report)

    def _tell_summary(self, report: AddReport) -> None:
        total = len(report.added) + len(report.already_there) + len(report.refused)
        self._services.notices.post(
            PostedNotice(
                "error",
                self.tr("{refused} of {total} were not added.").format(refused=len(report.refused), total=total),
                _names(report.refused),
                detail="\n".join(one.reason for one in report.refused),
                buttons=(NoticeButton(self.tr("Show why"), lambda: self._services.actions.run("view.notices")),),
            )
        )

    def _tell_good(self, report: AddReport) -> None:
        if report.already_there and not report.added and not report.refused:
            first = report.already_there[0]
            self._services.notices.info(
                self.tr("{title} is in the library already.").format(title=first.title)
                if len(report.already_there) == 1
                else self.tr("All {count} are in the library already.").format(count=len(report.already_there)),
                self.tr("The same file is kept once, wherever it lies."),
            )


def _names(refused: Sequence[Refused]) -> str:
    names = ", ".join(one.path.name for one in refused[:4])
    return f"{names}…" if len(refused) > 4 else names
