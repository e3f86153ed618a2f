"""Changes of the page, away from the Qt thread. What changed is told by core's AnnotationChanged."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.desktop.annotate_page.book import Entry
from app.desktop.library_page.fetch_dialog import FetchDialog, NeededModel, needed_from
from app.desktop.services import Services
from core.annotate.types import OwnMark, OwnTier, Tier, TierKind
from core.errors import NotFound
from core.jobs.types import Job
from models.errors import RushesError

if TYPE_CHECKING:
    from core.annotate.coding.coding import Coding
    from core.library.library import Library
    from models.store import ModelStore

T = TypeVar("T")
ACTOR = "desktop"


class AnnotateDoing(QObject):
    """Every method returns at once; what is refused is a notice."""

    changed = Signal()
    """Something was changed, or could not be: what is shown may be old."""
    submitted = Signal(object)
    """list[Job]: what was put into the queue."""

    def __init__(self, services: Services, dialog_parent: QWidget, parent: QObject) -> None:
        super().__init__(parent)
        self._services = services
        self._dialog_parent = dialog_parent
        self.dialog: FetchDialog | None = None

    # ---- running

    def run(self, entries: Sequence[Entry], pipelines: Sequence[str], config: Mapping[str, Any]) -> None:
        """Annotate videos; missing models are announced and fetched first."""
        store = self._services.model_store
        self._services.background.run_query(
            lambda: _models_needed(store, pipelines, config),
            lambda needed: self._fetch_first(needed, lambda: self._submit(entries, pipelines, config)),
            failed=self._fail,
            owner=self,
        )

    def retry(self, job_id: str) -> None:
        """What did not succeed in a job, again, with the same parameters."""
        library = self._services.library
        self._run(lambda: library.annotations.retry(job_id, requested_by=ACTOR), lambda job: self.submitted.emit([job]))

    def cancel(self, job_id: str) -> None:
        """Stop a job; pipelines that are done keep their results."""
        library = self._services.library
        self._run(lambda: library.jobs.cancel(job_id))

    def delete_job(self, job_id: str) -> None:
        """Forget a job with all its results and files."""
        library = self._services.library
        self._run(lambda: library.annotations.delete_job(job_id, actor=ACTOR))

    def delete_result(self, result_id: int) -> None:
        """Forget what one pipeline of a job gave."""
        library = self._services.library
        self._run(lambda: library.annotations.delete_result(result_id, actor=ACTOR))

    # ---- own lanes

    def add_tier(
        self,
        entry: Entry,
        name: str,
        kind: TierKind,
        *,
        coder: str,
        vocabulary: Sequence[str],
        then: Callable[[OwnTier], object] | None = None,
    ) -> None:
        """A new lane to mark in."""
        library = self._services.library

        def work() -> OwnTier:
            media_id = media_of(library, entry)
            return library.coding.add_tier(media_id, name, kind, coder=coder, vocabulary=tuple(vocabulary), actor=ACTOR)

        self._run(work, then)

    def change_tier(self, tier: OwnTier, name: str, vocabulary: Sequence[str]) -> None:
        """Another name or other labels; what did not change makes no step."""
        if name != tier.name:
            self._code(lambda coding: coding.rename_tier(tier.tier_id, name))
        if tuple(vocabulary) != tier.vocabulary:
            self._code(lambda coding: coding.set_vocabulary(tier.tier_id, tuple(vocabulary)))

    def move_tier(self, tier_id: int, position: int) -> None:
        """Put a lane elsewhere among the own ones."""
        self._code(lambda coding: coding.move_tier(tier_id, position))

    def delete_tier(self, tier_id: int) -> None:
        """Take an own lane away; undo brings it back."""
        self._code(lambda coding: coding.delete_tier(tier_id, actor=ACTOR))

    def copy_tier(
        self, media_id: int, tier: Tier, *, coder: str, origin: str, then: Callable[[OwnTier], object] | None = None
    ) -> None:
        """Correct a machine's lane: copy it into an own one."""
        self._code(lambda coding: coding.copy_tier(media_id, tier, coder=coder, origin=origin, actor=ACTOR), then)

    def import_tiers(
        self, entry: Entry, tiers: Sequence[Tier], *, origin: str, then: Callable[[list[OwnTier]], object]
    ) -> None:
        """Lanes that were read from a file become own ones; each names its coder."""
        library = self._services.library

        def work() -> list[OwnTier]:
            media_id = media_of(library, entry)
            return library.coding.import_tiers(media_id, tuple(tiers), origin=origin, actor=ACTOR)

        self._run(work, then)

    # ---- marks

    def add_mark(
        self,
        tier_id: int,
        start_s: float,
        end_s: float,
        label: str,
        *,
        then: Callable[[OwnMark], object],
        failed: Callable[[], object],
    ) -> None:
        """A new interval or point; one of both is called."""
        self._code(lambda coding: coding.add_mark(tier_id, start_s, end_s, label), then, failed)

    def move_mark(self, mark_id: int, start_s: float, end_s: float) -> None:
        """Other times."""
        self._code(lambda coding: coding.change_mark(mark_id, start_s=start_s, end_s=end_s))

    def set_comment(self, mark_id: int, comment: str) -> None:
        """What is to be said of a mark."""
        self._code(lambda coding: coding.change_mark(mark_id, comment=comment))

    def set_labels(self, mark_ids: Sequence[int], label: str) -> None:
        """Another label for several marks, as one step."""
        if mark_ids:
            self._code(lambda coding: coding.set_labels(tuple(mark_ids), label))

    def split_mark(self, mark_id: int, t_s: float) -> None:
        """One interval becomes two."""
        self._code(lambda coding: coding.split_mark(mark_id, t_s))

    def join_marks(self, mark_ids: Sequence[int]) -> None:
        """Several intervals become one."""
        self._code(lambda coding: coding.join_marks(tuple(mark_ids)))

    def delete_marks(self, mark_ids: Sequence[int]) -> None:
        """Take marks away, as one step."""
        if mark_ids:
            self._code(lambda coding: coding.delete_marks(tuple(mark_ids)))

    def undo(self, media_id: int) -> None:
        """Take the last edit of a video back."""
        self._code(lambda coding: coding.undo(media_id))

    def redo(self, media_id: int) -> None:
        """Do the last undone edit of a video again."""
        self._code(lambda coding: coding.redo(media_id))

    def close(self) -> None:
        """The library is being closed: take the open dialog away."""
        if self.dialog is not None:
            self.dialog.close()

    # ---- inside

    def _submit(self, entries: Sequence[Entry], pipelines: Sequence[str], config: Mapping[str, Any]) -> None:
        library, store = self._services.library, self._services.model_store
        batch = uuid.uuid4().hex if len(entries) > 1 else ""

        def work() -> tuple[list[Job], list[RushesError]]:
            jobs: list[Job] = []
            refused: list[RushesError] = []
            for entry in entries:
                try:
                    media_id = media_of(library, entry)
                    jobs.append(
                        library.annotations.request(
                            media_id, pipelines, config, requested_by=ACTOR, batch=batch, models=store
                        )
                    )
                except RushesError as error:
                    refused.append(error)
            return jobs, refused

        self._run(work, self._tell)

    def _tell(self, outcome: tuple[list[Job], list[RushesError]]) -> None:
        jobs, refused = outcome
        for error in refused:
            self._services.notices.error(error)
        if jobs:
            self.submitted.emit(jobs)

    def _fetch_first(self, needed: tuple[NeededModel, ...], then: Callable[[], object]) -> None:
        if not needed:
            then()
            return
        if self.dialog is not None:
            self.dialog.close()
        dialog = FetchDialog(needed, self._services.model_store, self._services.fetch, self._dialog_parent)
        dialog.ready.connect(then)
        dialog.finished.connect(lambda _code: self._forget(dialog))
        self.dialog = dialog
        dialog.open()

    def _forget(self, dialog: FetchDialog) -> None:
        if self.dialog is dialog:
            self.dialog = None
        dialog.deleteLater()

    def _code(
        self,
        work: "Callable[[Coding], T]",
        then: Callable[[T], object] | None = None,
        failed: Callable[[], object] | None = None,
    ) -> None:
        coding = self._services.library.coding
        self._run(lambda: work(coding), then, failed)

    def _run(
        self,
        work: Callable[[], T],
        then: Callable[[T], object] | None = None,
        failed: Callable[[], object] | None = None,
    ) -> None:
        def done(result: T) -> None:
            self.changed.emit()
            if then is not None:
                then(result)

        def fail(error: Exception) -> None:
            if failed is not None:
                failed()
            self._fail(error)

        self._services.background.run_edit(work, done, failed=fail, owner=self)

    def _fail(self, error: Exception) -> None:
        """What is shown was edited in vain: read what is true."""
        self._services.notices.error(error)
        self.changed.emit()


def media_of(library: "Library", entry: Entry) -> int:
    """The annotated video of an entry; an episode becomes one when it is first annotated. Raises NotFound. Slow."""
    if entry.media_id is not None:
        return entry.media_id
    if entry.ep_id is None:
        raise NotFound(f"“{entry.title}” is not in the library any more.", action="Add the video again.")
    return library.annotations.video_of_episode(entry.ep_id, actor=ACTOR).media_id


def _models_needed(store: "ModelStore", pipelines: Sequence[str], config: Mapping[str, Any]) -> tuple[NeededModel, ...]:
    from core.annotate.configuring import check
    from core.annotate.registry import registry

    checked = check(config, pipelines, models=store)
    wanted: dict[str, None] = {}
    for name in checked.pipelines:
        wanted.update(dict.fromkeys(registry().get(name).models_needed(checked.resolved[name])))
    return needed_from(store, tuple(wanted))
