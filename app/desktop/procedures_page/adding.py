"""Recordings that are added to a task: which role, then one by one, each with its own outcome."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from app.desktop.library_page.adding import VIDEO_SUFFIXES, Refused
from app.desktop.notices import PostedNotice
from app.desktop.one_dialog import OneDialog
from app.desktop.procedures_page.doing import ACTOR
from app.desktop.services import Services
from core.procedures.types import ProcedureVideo, Role
from models.errors import RushesError

MOST_NOTICES = 30
LANE = "adding"


@dataclass(frozen=True, slots=True)
class Added:
    """What became of the files."""

    task_id: str
    videos: tuple[ProcedureVideo, ...]
    refused: tuple[Refused, ...]


class VideoAdding(OneDialog):
    """Asks for files and for their role, then adds them in a thread of their own."""

    added = Signal(object)
    """Added."""
    progressed = Signal(int, int, str)
    """Files done, files in all, name of the present one."""
    busy_changed = Signal()

    def __init__(self, services: Services, dialog_parent: QWidget, parent: QObject) -> None:
        super().__init__(parent)
        self._services = services
        self._dialog_parent = dialog_parent
        self._batches = 0

    @property
    def busy(self) -> bool:
        """Whether files are being added."""
        return self._batches > 0

    def ask_role(self, paths: Sequence[Path], has_gold: bool, then: Callable[[Role], object]) -> None:
        """Files were dropped: is it the gold recording, or a trainee's attempt?"""
        box = QMessageBox(self._dialog_parent)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(self.tr("Add recordings"))
        box.setText(
            self.tr("What is “{name}”?").format(name=paths[0].name)
            if len(paths) == 1
            else self.tr("What are these {count} files?").format(count=len(paths))
        )
        box.setInformativeText(
            self.tr("The gold recording shows the procedure as it should be. Attempts are compared with it.")
        )
        gold = box.addButton(self.tr("Gold recording"), QMessageBox.ButtonRole.AcceptRole)
        trainee = box.addButton(self.tr("Trainee's attempt"), QMessageBox.ButtonRole.AcceptRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(trainee if has_gold else gold)
        roles = {gold: Role.GOLD, trainee: Role.TRAINEE}

        def chosen(_code: int) -> None:
            role = next((role for button, role in roles.items() if button is box.clickedButton()), None)
            if role is not None:
                then(role)

        box.finished.connect(chosen)
        self._open(box)

    def ask_files(self, role: Role, then: Callable[[tuple[Path, ...]], object]) -> None:
        """Choose files of a role."""
        title = self.tr("Add a gold recording") if role is Role.GOLD else self.tr("Add trainees' attempts")
        pattern = " ".join(f"*{suffix}" for suffix in sorted(VIDEO_SUFFIXES))
        dialog = QFileDialog(
            self._dialog_parent, title, "", self.tr("Videos ({pattern});;All files (*)").format(pattern=pattern)
        )
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(lambda names: then(tuple(Path(name) for name in names)))
        self._open(dialog)

    def add(self, task_id: str, role: Role, paths: Sequence[Path]) -> None:
        """Add files, and the videos in folders, to a task."""
        if not paths:
            return
        self._count(1)
        library, stopping = self._services.library, self._services.background.stopping

        def work() -> Added:
            videos: list[ProcedureVideo] = []
            refused: list[Refused] = []
            files = _expanded(paths)
            for number, path in enumerate(files):
                if stopping.is_set():
                    break
                self.progressed.emit(number, len(files), path.name)
                try:
                    videos.append(library.procedures.add_video(task_id, role, path, title=path.stem, actor=ACTOR))
                except RushesError as error:
                    refused.append(Refused(path, error.message, error.action))
                except OSError as error:
                    reason = f"{path}: {error.strerror or error}."
                    refused.append(Refused(path, reason, self.tr("Check the file and its permissions.")))
            return Added(task_id, tuple(videos), tuple(refused))

        self._services.background.run_edit(work, self._finish, failed=self._fail, owner=self, lane=LANE)

    def _finish(self, added: Added) -> None:
        self._count(-1)
        for refused in added.refused[:MOST_NOTICES]:
            self._services.notices.post(PostedNotice("error", refused.reason, refused.action))
        self.added.emit(added)

    def _fail(self, error: Exception) -> None:
        self._count(-1)
        self._services.notices.error(error)

    def _count(self, step: int) -> None:
        self._batches += step
        self.busy_changed.emit()


def _expanded(paths: Sequence[Path]) -> list[Path]:
    """All files to try, without doubles; a folder gives its videos. What is named by itself is tried anyway."""
    files: dict[Path, None] = {}
    for path in paths:
        if not path.is_dir():
            files[path] = None
            continue
        inside = sorted(one for one in path.rglob("*") if one.suffix.lower() in VIDEO_SUFFIXES and one.is_file())
        files.update(dict.fromkeys(inside or [path]))
    return list(files)
