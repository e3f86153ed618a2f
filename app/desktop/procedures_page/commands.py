"""What a person can do on the page, with the questions that belong to it."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QImage
from PySide6.QtWidgets import QDialog, QFileDialog, QInputDialog

from app.desktop.delete_box import delete_box
from app.desktop.one_dialog import OneDialog
from app.desktop.procedures_page.adding import Added, VideoAdding
from app.desktop.procedures_page.book import PageView
from app.desktop.procedures_page.doing import ProcedureDoing
from app.desktop.procedures_page.masks_form import MasksForm
from app.desktop.procedures_page.reporting import ScoreReporting
from app.desktop.procedures_page.task_dialog import MasksDialog, TaskDialog
from app.desktop.procedures_page.words import task_id_from
from app.desktop.services import Services
from core.jobs.types import Job
from core.procedures.types import ProcedureVideo, Role

if TYPE_CHECKING:
    from app.desktop.procedures_page.page import ProceduresPage


class ProcedureCommands(OneDialog):
    """Asks, then hands on to ``ProcedureDoing``. One conversation at a time."""

    def __init__(self, services: Services, page: "ProceduresPage") -> None:
        super().__init__(page)
        self._services = services
        self._page = page
        self.doing = ProcedureDoing(services, page, self)
        self.adding = VideoAdding(services, page, self)
        self.reporting = ScoreReporting(services, page, self)
        self.adding.added.connect(self._on_added)

    def close(self) -> None:
        """The library is being closed: take open dialogs away."""
        for part in (self.doing, self.adding, self.reporting):
            part.close()
        super().close()

    @property
    def _view(self) -> PageView | None:
        return self._page.view

    # ------------------------------------------------------------------ tasks

    def new_task(self) -> None:
        """Ask what it is called."""
        self._ask_new_task("", None)

    def _ask_new_task(self, suggestion: str, then: Callable[[str], object] | None) -> None:
        self._ask_text(
            self.tr("New procedure"),
            self.tr("What is the procedure called?"),
            suggestion,
            lambda title: self._make_task(title, then),
        )

    def rename_task(self) -> None:
        """Ask for another title."""
        book = self._view.book if self._view is not None else None
        if book is not None:
            self._ask_text(
                self.tr("Rename the procedure"),
                self.tr("Name"),
                book.task.title or book.task.task_id,
                lambda title: self.doing.rename_task(book.task.task_id, title),
            )

    def edit_settings(self) -> None:
        """Ask how it is measured and scored."""
        from core.procedures.tasks import SETTING_BOUNDS

        book = self._view.book if self._view is not None else None
        if book is None:
            return
        # a path that is in use stays to be chosen: the dialog adds what is not listed
        encoders = (("", self.tr("MobileNet V2 (built in, works offline)")),)
        dialog = TaskDialog(book.task, SETTING_BOUNDS, encoders, self._page)
        dialog.accepted.connect(lambda: self._save_settings(book.task.task_id, dialog))
        self._show_still(next(iter(book.videos), None), dialog.show_still, dialog)
        self._open(dialog)

    # ------------------------------------------------------------------ videos

    def take_files(self, paths: Sequence[Path]) -> None:
        """Files were dropped: which role?"""
        book = self._view.book if self._view is not None else None
        has_gold = book is not None and bool(book.of_role(Role.GOLD))
        self.adding.ask_role(paths, has_gold, lambda role: self._add(role, paths))

    def add_videos(self, role: Role) -> None:
        """Choose files of a role."""
        self.adding.ask_files(role, lambda paths: self._add(role, paths))

    def measure(self, videos: Sequence[ProcedureVideo]) -> None:
        """Measure recordings (again)."""
        book = self._view.book if self._view is not None else None
        if book is not None and videos:
            self.doing.measure(videos, book.task.settings.encoder)

    def edit_masks(self, video: ProcedureVideo) -> None:
        """Ask what must not be seen of a recording."""
        form = MasksForm(video.masks)
        dialog = MasksDialog(video.title, form, self._page)

        def save() -> None:
            if form.values() != video.masks:
                self.doing.set_masks(video, form.values())

        dialog.accepted.connect(save)
        self._show_still(video, form.show_still, dialog)
        self._open(dialog)

    def rename_video(self, video: ProcedureVideo) -> None:
        """Ask for another title."""
        self._ask_text(
            self.tr("Rename the recording"),
            self.tr("Name"),
            video.title,
            lambda title: self.doing.rename_video(video, title),
        )

    def relink(self, video: ProcedureVideo | None) -> None:
        """Ask where a recording is now."""
        if video is None:
            return
        was = video.media_path
        start = str(was.parent if was.parent.exists() else Path.home())
        dialog = QFileDialog(self._page, self.tr("Where is {name} now?").format(name=was.name), start)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda chosen: self.doing.relink_video(video, Path(chosen)))
        self._open(dialog)

    def show_in_folder(self, video: ProcedureVideo) -> None:
        """Open the folder that holds the file."""
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(video.media_path.parent)))

    def delete_videos(self, videos: Sequence[ProcedureVideo]) -> None:
        """Modal, because what was measured and the steps are lost."""
        if not videos:
            return
        title = (
            self.tr("Delete “{title}” from this procedure?").format(title=videos[0].title)
            if len(videos) == 1
            else self.tr("Delete {count} recordings from this procedure?").format(count=len(videos))
        )
        self._open(delete_box(self._page, title, self._lost_words(videos), lambda: self.doing.delete_videos(videos)))

    # ------------------------------------------------------------------ scores

    def can_score(self) -> bool:
        """Whether the pair in hand can be compared now."""
        view = self._view
        if view is None or view.pair.gold is None or view.pair.trainee is None or not view.pair.measured:
            return False
        return (view.pair.gold.video_id, view.pair.trainee.video_id) not in self._page.work.scoring

    def score(self) -> None:
        """Compare the pair in hand."""
        pair = self._view.pair if self._view is not None else None
        if pair is None or pair.gold is None or pair.trainee is None:
            return

        def begun(_job: Job) -> None:
            self._page.show_newest_score()

        self.doing.score(pair.gold.video_id, pair.trainee.video_id, begun)

    def score_stale(self) -> None:
        """Compare all pairs again whose score is out of date."""
        book = self._view.book if self._view is not None else None
        if book is None:
            return
        self._page.show_newest_score()
        self.doing.score_all(
            [
                (one.gold_video_id, one.trainee_video_id)
                for one in book.newest_scores()
                if one.score_id in book.stale
                and book.video(one.gold_video_id) is not None
                and book.video(one.trainee_video_id) is not None
            ]
        )

    def export_pdf(self) -> None:
        """Ask where the report goes."""
        pair = self._view.pair if self._view is not None else None
        if pair is not None and pair.score is not None:
            name = pair.trainee.title if pair.trainee is not None else str(pair.score.trainee_video_id)
            self.reporting.ask_score_report(
                pair.score.score_id, self.tr("{name} - score {version}").format(name=name, version=pair.score.version)
            )

    # ------------------------------------------------------------------ steps and training

    def propose_steps(self) -> None:
        """Find the steps of the gold recording again; it can be undone."""
        gold = self._view.pair.gold if self._view is not None else None
        if gold is not None and gold.embedding_id is not None:
            self.doing.propose_steps(gold.video_id, self.tr("propose steps"))

    def train(self) -> None:
        """Learn an adapter for the task."""
        if self._view is not None and self._view.book is not None:
            self.doing.train(self._view.book.task.task_id)

    def use_adapter(self, version: int | None) -> None:
        """Go back to an older adapter, or to none."""
        if self._view is not None and self._view.book is not None:
            self.doing.use_adapter(self._view.book.task.task_id, version)

    # ------------------------------------------------------------------ inside

    def _make_task(self, title: str, then: Callable[[str], object] | None) -> None:
        taken = {one.task_id for one in self._view.tasks} if self._view is not None else set()

        def made(task_id: str) -> None:
            self._page.open_task(task_id)
            if then is not None:
                then(task_id)

        self.doing.make_task(task_id_from(title, taken), title, made)

    def _add(self, role: Role, paths: Sequence[Path]) -> None:
        book = self._view.book if self._view is not None else None
        if book is not None:
            self.adding.add(book.task.task_id, role, paths)
        elif paths:
            self._ask_new_task(paths[0].stem, lambda task_id: self.adding.add(task_id, role, paths))

    def _on_added(self, added: Added) -> None:
        self._page.reload()
        book = self._view.book if self._view is not None else None
        encoder = book.task.settings.encoder if book is not None and book.task.task_id == added.task_id else ""
        if added.videos:
            self._page.take_in_hand(added.videos[-1])
            self.doing.measure_ids([one.video_id for one in added.videos], encoder)

    def _save_settings(self, task_id: str, dialog: TaskDialog) -> None:
        self.doing.set_settings(task_id, dialog.values())
        if dialog.measures_anew():
            self._services.notices.info(
                self.tr("The new settings hold for recordings that are measured from now on."),
                self.tr("Choose “Measure again” in the menu of a recording to measure it with them."),
            )

    def _delete(self, videos: Sequence[ProcedureVideo]) -> None:
        self._page.show_newest_score()
        self.doing.delete_videos(videos)

    def _lost_words(self, videos: Sequence[ProcedureVideo]) -> str:
        parts = [self.tr("What was measured is lost; scores stay, but cannot be made again.")]
        if any(one.role is Role.GOLD for one in videos):
            parts.append(self.tr("The steps of the gold recording are lost."))
        owned = any(one.owned for one in videos)
        parts.append(
            self.tr("The video file lies in the library and is deleted too.")
            if owned
            else self.tr("The video file stays where it is.")
        )
        return " ".join(parts)

    def _show_still(
        self, video: ProcedureVideo | None, show: Callable[[QImage | None], object], dialog: QDialog
    ) -> None:
        """A picture without masks: regions are drawn on what they are to hide."""
        if video is None or video.media_missing:
            return
        path, info = video.media_path, video.info

        def read() -> QImage:
            from core.media.seek import FrameReader

            with FrameReader(path, info=info, max_size=(960, 540)) as reader:
                rgb = reader.at(info.duration_s * 0.3).rgb
            height, width = rgb.shape[:2]
            return QImage(rgb.data, width, height, rgb.strides[0], QImage.Format.Format_RGB888).copy()

        self._services.background.run_query(
            read,
            show,
            latest_key="procedures-still",
            owner=dialog,
        )

    def _ask_text(self, title: str, words: str, text: str, take: Callable[[str], object]) -> None:
        dialog = QInputDialog(self._page)
        dialog.setWindowTitle(title)
        dialog.setLabelText(words)
        dialog.setTextValue(text)
        dialog.textValueSelected.connect(lambda written: take(written.strip()) if written.strip() else None)
        self._open(dialog)
