"""Changes of the page, away from the Qt thread. What changed is told by core's ProcedureChanged."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.desktop.library_page.fetch_dialog import FetchDialog, NeededModel, needed_from
from app.desktop.services import Services
from core.errors import Conflict
from core.jobs.types import Job
from core.procedures.types import Masks, ProcedureVideo, Step, TaskSettings, Verdict

if TYPE_CHECKING:
    from core.procedures.procedures import Procedures

T = TypeVar("T")
ACTOR = "desktop"
DEFAULT_ENCODER = "mobilenet-v2"


class ProcedureDoing(QObject):
    """Every method returns at once; what is refused is a notice."""

    changed = Signal()
    """Something was changed, or could not be: what is shown may be old."""

    def __init__(self, services: Services, dialog_parent: QWidget, parent: QObject) -> None:
        super().__init__(parent)
        self._services = services
        self._dialog_parent = dialog_parent
        self.dialog: FetchDialog | None = None

    # ---- tasks

    def make_task(self, task_id: str, title: str, then: Callable[[str], object]) -> None:
        """A new task; ``then`` gets its id."""

        def work(procedures: "Procedures") -> str:
            procedures.ensure_task(task_id, actor=ACTOR)
            procedures.set_task(task_id, title=title, actor=ACTOR)
            return task_id

        self._run(work, then)

    def rename_task(self, task_id: str, title: str) -> None:
        """Another title."""
        self._run(lambda procedures: procedures.set_task(task_id, title=title, actor=ACTOR))

    def set_settings(self, task_id: str, settings: TaskSettings) -> None:
        """How the task is measured and scored from now on; stored scores stay."""
        self._run(lambda procedures: procedures.set_task(task_id, settings=settings, actor=ACTOR))

    # ---- videos

    def measure(self, videos: Sequence[ProcedureVideo], encoder: str) -> None:
        """Measure videos (again); a missing model is announced and fetched first."""
        self._with_encoder(encoder, lambda: self._submit_ingests([one.video_id for one in videos]))

    def measure_ids(self, video_ids: Sequence[int], encoder: str) -> None:
        """Measure videos that were just added."""
        self._with_encoder(encoder, lambda: self._submit_ingests(video_ids))

    def set_accepted(self, videos: Sequence[ProcedureVideo], accepted: bool) -> None:
        """Whether training may learn from these."""
        for video in videos:
            self._run(
                lambda procedures, video_id=video.video_id: procedures.set_accepted(  # type: ignore[misc]
                    video_id, accepted, ACTOR
                )
            )

    def set_masks(self, video: ProcedureVideo, masks: Masks) -> None:
        """What must not be seen of a video; it is measured again without it."""

        def work(procedures: "Procedures") -> None:
            procedures.set_masks(video.video_id, masks, ACTOR)
            procedures.request_ingest(video.video_id, requested_by=ACTOR)

        self._run(work)

    def rename_video(self, video: ProcedureVideo, title: str) -> None:
        """Another title."""
        self._run(lambda procedures: procedures.set_title(video.video_id, title, ACTOR))

    def relink_video(self, video: ProcedureVideo, path: Path) -> None:
        """Say where a recording lies now."""
        self._run(lambda procedures: procedures.relink_video(video.video_id, path, ACTOR), lane="relinking")

    def delete_videos(self, videos: Sequence[ProcedureVideo]) -> None:
        """Forget videos with what was measured of them."""
        for video in videos:
            self._run(lambda procedures, video_id=video.video_id: procedures.delete_video(video_id, ACTOR))  # type: ignore[misc]

    # ---- steps, scores, verdicts

    def set_steps(self, video_id: int, steps: Sequence[Step], name: str, seen_version: int) -> None:
        """Other steps of a gold recording; someone else's edit in the meantime is a notice and nothing is lost."""
        self._run(
            lambda procedures: procedures.set_steps(video_id, steps, name=name, seen_version=seen_version, actor=ACTOR)
        )

    def propose_steps(self, video_id: int, name: str) -> None:
        """Find the steps of a gold recording again, as one edit that can be undone."""
        stopping = self._services.background.stopping

        def check() -> None:
            if stopping.is_set():
                raise Conflict("The steps were not proposed: Rushes is closing.", action="Propose them again.")

        def work(procedures: "Procedures") -> object:
            from core.procedures.embedding_files import read_moments
            from core.procedures.proposing import propose_steps

            moments = read_moments(procedures.embedding_of(video_id).folder)
            return procedures.set_steps(video_id, propose_steps(moments, check), name=name, actor=ACTOR)

        self._run(work, lane="proposing")

    def undo_steps(self, video_id: int) -> None:
        """Take the last edit of steps back."""
        self._run(lambda procedures: procedures.undo_steps(video_id, ACTOR))

    def redo_steps(self, video_id: int) -> None:
        """Do the undone edit of steps again."""
        self._run(lambda procedures: procedures.redo_steps(video_id, ACTOR))

    def score(self, gold_id: int, trainee_id: int, then: Callable[[Job], object] | None = None) -> None:
        """Compare two recordings; asked again it makes the next version."""
        self._run(lambda procedures: procedures.request_score(gold_id, trainee_id, requested_by=ACTOR), then)

    def score_all(self, pairs: Sequence[tuple[int, int]]) -> None:
        """Compare several pairs; each that is refused is told by itself."""
        for gold_id, trainee_id in pairs:
            self.score(gold_id, trainee_id)

    def set_verdict(self, score_id: int, finding_id: str, verdict: str, comment: str) -> None:
        """Say of a finding that it is right or not."""
        self._run(
            lambda procedures: procedures.set_verdict(score_id, finding_id, Verdict(verdict), comment, actor=ACTOR)
        )

    def undo_verdict(self, score_id: int) -> None:
        """Take back what was said last."""
        self._run(lambda procedures: procedures.undo_verdict(score_id, ACTOR))

    # ---- training

    def train(self, task_id: str) -> None:
        """Learn an adapter for a task."""
        self._run(lambda procedures: procedures.request_training(trigger="manual", requested_by=ACTOR, task_id=task_id))

    def use_adapter(self, task_id: str, version: int | None) -> None:
        """Go back to an older adapter, or to none."""
        self._run(lambda procedures: procedures.use_adapter(task_id, version, ACTOR), lane="adapter")

    def cancel_job(self, job: Job) -> None:
        """Stop a job."""
        library = self._services.library
        self._services.background.run_edit(lambda: library.jobs.cancel(job.job_id), owner=self)

    # ---- models

    def fetch_encoder(self, encoder: str, then: Callable[[], object]) -> None:
        """Fetch the model that a task is measured with, then go on."""
        self._with_encoder(encoder, then)

    def close(self) -> None:
        """The library is being closed: take the open dialog away."""
        if self.dialog is not None:
            self.dialog.close()

    def _with_encoder(self, encoder: str, then: Callable[[], object]) -> None:
        store = self._services.model_store
        self._services.background.run_query(
            lambda: needed_from(store, (encoder or DEFAULT_ENCODER,)),
            lambda needed: self._fetch_first(needed, then),
            owner=self,
        )

    def _fetch_first(self, needed: tuple[NeededModel, ...], then: Callable[[], object]) -> None:
        if not needed:
            then()
            return
        if self.dialog is not None:
            self.dialog.ready.connect(then)
            return
        dialog = FetchDialog(needed, self._services.model_store, self._services.fetch, self._dialog_parent)
        dialog.ready.connect(then)
        dialog.finished.connect(lambda _code: self._forget(dialog))
        self.dialog = dialog
        dialog.open()

    def _forget(self, dialog: FetchDialog) -> None:
        if self.dialog is dialog:
            self.dialog = None
        dialog.deleteLater()

    def _submit_ingests(self, video_ids: Sequence[int]) -> None:
        for video_id in video_ids:
            self._run(
                lambda procedures, video_id=video_id: procedures.request_ingest(  # type: ignore[misc]
                    video_id, requested_by=ACTOR
                )
            )

    def _run(
        self, work: "Callable[[Procedures], T]", then: Callable[[T], object] | None = None, *, lane: str = "edit"
    ) -> None:
        procedures = self._services.library.procedures

        def done(result: T) -> None:
            self.changed.emit()
            if then is not None:
                then(result)

        self._services.background.run_edit(lambda: work(procedures), done, failed=self._fail, owner=self, lane=lane)

    def _fail(self, error: Exception) -> None:
        """What is shown was edited in vain: read what is true."""
        self._services.notices.error(error)
        self.changed.emit()
