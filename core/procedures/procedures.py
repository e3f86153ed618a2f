"""Procedures of a library: tasks, their videos and steps, scores with people's verdicts, adapters, and their jobs."""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Unpack

from core.jobs.events import EventBus, ProcedureChanged
from core.jobs.queue import JobQueue
from core.jobs.types import Job
from core.library.chores import Chores
from core.library.paths import LibraryPaths
from core.library.store import Store
from core.procedures import adapters, embeddings, judging, requests, scores, step_lists, tasks, verdicts, video_rows
from core.procedures.records import (
    Adapter,
    AddedVideo,
    DeletedVideo,
    Embedding,
    EmbeddingFacts,
    NewAdapter,
    NewScore,
    NewVideo,
    PendingEmbedding,
)
from core.procedures.types import (
    INGEST,
    FindingVerdict,
    Masks,
    ProcedureVideo,
    Role,
    Score,
    ScoreSummary,
    ScoreVersions,
    Step,
    StepList,
    Task,
    TaskSettings,
    Verdict,
)
from core.procedures.videos import Insert, Videos


class Procedures:
    """Every change is one transaction with its entry in the audit trail, then one ProcedureChanged.

    ``actor`` says who: ``token:<role>``, ``key:<key_id>``, ``basic:<user>``, ``desktop``, ``command line`` or
    ``machine``. What fails has changed nothing. Any thread may call.
    """

    def __init__(
        self,
        store: Store,
        paths: LibraryPaths,
        events: EventBus,
        chores: Chores,
        jobs: JobQueue,
        build_index: Callable[[str], object],
    ) -> None:
        """``build_index(task_id)`` makes the index of a task's clips anew."""
        self._store = store
        self._root = paths.root
        self._events = events
        self._jobs = jobs
        self._videos = Videos(store, paths.root, chores, build_index)

    # ------------------------------------------------------------------ tasks

    def tasks(self) -> list[Task]:
        """All tasks, by id."""
        return tasks.read_tasks(self._store.read())

    def task(self, task_id: str) -> Task:
        """One task. Raises NotFound."""
        return tasks.read_task(self._store.read(), task_id)

    def ensure_task(self, task_id: str, *, actor: str = "desktop") -> Task:
        """The task of this id, made if there is none. Raises InvalidRequest for an id that cannot be one."""
        task, made = self._store.write(lambda connection: tasks.ensure_task(connection, task_id, actor))
        if made:
            self._tell("task", task_id, task_id)
        return task

    def parse_settings(self, settings: Mapping[str, Any]) -> TaskSettings:
        """Settings from plain data; what is not named is as usual. Raises InvalidRequest naming the field."""
        return tasks.parse_settings(settings)

    def set_task(
        self,
        task_id: str,
        *,
        title: str | None = None,
        settings: TaskSettings | Mapping[str, Any] | None = None,
        actor: str,
    ) -> Task:
        """Change a task's title or settings; of a mapping only the named fields change. Stored scores stay as they are.

        Raises NotFound, InvalidRequest for a value out of its bounds.
        """
        task, changed = self._store.write(
            lambda connection: tasks.set_task(connection, task_id, title=title, settings=settings, actor=actor)
        )
        if changed:
            self._tell("task", task_id, task_id)
        return task

    # ------------------------------------------------------------------ videos

    def add_video(
        self,
        task_id: str,
        role: Role | str,
        media_path: Path,
        *,
        owned: bool = False,
        title: str = "",
        site_id: str | None = None,
        camera_id: str | None = None,
        operator_id_hash: str | None = None,
        masks: Masks | None = None,
        actor: str,
    ) -> ProcedureVideo:
        """Add a video to a task, which is made if there is none. Reads the whole file once, so not for the Qt thread.

        ``owned``: the file moves into the library; if anything fails it is still where it was. Otherwise it stays in
        its place and is only read. ``masks`` None = those of the task's settings. Raises InvalidRequest, MediaMissing,
        UnsupportedMedia, StorageFull, StorageUnwritable; then there is no row and no file.
        """
        new = NewVideo(task_id, role, media_path, owned, title, site_id, camera_id, operator_id_hash, masks)
        return self._told(self._videos.add(new, actor, self._write))

    def add_and_ingest(self, new: NewVideo, *, requested_by: str) -> tuple[ProcedureVideo, Job]:
        """As :meth:`add_video`, with the job that measures it in the same transaction: both are there or neither."""
        jobs: list[Job] = []

        def submit(insert: Insert) -> None:
            params = requests.ingest_params(new.task_id, Role(new.role), requested_by)
            jobs.append(
                self._jobs.submit(
                    INGEST, params=params, prepare=lambda connection: {"video_id": insert(connection).video_id}
                )
            )

        return self._told(self._videos.add(new, requested_by, submit)), jobs[0]

    def video(self, video_id: int, *, with_deleted: bool = False) -> ProcedureVideo:
        """One video. Raises NotFound, also for a deleted one unless ``with_deleted``."""
        return video_rows.read_video(self._store.read(), self._root, video_id, with_deleted=with_deleted)

    def videos(
        self, *, task_id: str | None = None, role: Role | str | None = None, limit: int | None = None
    ) -> list[ProcedureVideo]:
        """Videos that are not deleted, newest first."""
        return video_rows.read_videos(self._store.read(), self._root, task_id=task_id, role=role, limit=limit)

    def delete_video(self, video_id: int, actor: str) -> DeletedVideo:
        """Forget a video with its steps and everything measured; its task is indexed again. Its scores stay.

        The file goes only if it is ``owned``. Raises NotFound, Conflict while a job of the video waits or runs.
        """
        deleted = self._videos.delete(video_id, actor)
        self._tell("video", deleted.task_id, video_id, deleted=True)
        return deleted

    def set_accepted(self, video_id: int, accepted: bool, actor: str) -> ProcedureVideo:
        """Say whether a video shows the procedure done well, so that training may learn from it. Raises NotFound."""
        return self._video_change(
            video_id, lambda connection: video_rows.set_accepted(connection, video_id, accepted, actor)
        )

    def set_title(self, video_id: int, title: str, actor: str) -> ProcedureVideo:
        """Call a video something else. Raises NotFound, InvalidRequest for an empty title."""
        return self._video_change(video_id, lambda connection: video_rows.set_title(connection, video_id, title, actor))

    def set_masks(self, video_id: int, masks: Masks, actor: str) -> ProcedureVideo:
        """Say what must not be seen of a video. Pictures follow at once; request_ingest measures it with them.

        Raises NotFound, InvalidRequest for a region outside the picture or an unknown mode.
        """
        video = self._video_change(
            video_id, lambda connection: video_rows.set_masks(connection, video_id, masks, actor)
        )
        self._videos.forget_stills(video_id)
        return video

    def relink_video(self, video_id: int, media_path: Path, actor: str) -> ProcedureVideo:
        """Say where a video that is not ``owned`` lies now. Raises NotFound, MediaMissing, InvalidRequest."""
        video = self._videos.relink(video_id, media_path, actor)
        self._tell("video", video.task_id, video_id)
        return video

    # ------------------------------------------------------------------ what was measured

    def embedding_of(self, video_id: int) -> Embedding:
        """What was measured of a video last. Raises NotFound, InvalidRequest when it was not measured yet."""
        self.video(video_id)
        return embeddings.read_current(self._store.read(), self._root, video_id)

    def new_embedding(self, video_id: int) -> PendingEmbedding:
        """An id that was never used and an empty folder. Raises NotFound, StorageFull, StorageUnwritable."""
        return self._videos.new_embedding(video_id)

    def publish_embedding(
        self,
        pending: PendingEmbedding,
        *,
        summary: Mapping[str, Any] | None = None,
        proposed: Sequence[Step] = (),
        **facts: Unpack[EmbeddingFacts],
    ) -> Embedding:
        """Make finished files the video's current embedding: to the disk, one rename, one transaction.

        ``summary["flagged"]``: number of clips by quality flag. ``proposed``: steps that a gold video gets in the same
        transaction if it has none. Then the task is indexed again. Raises NotFound when the video was deleted in the
        meantime, StorageFull, StorageUnwritable; then the files are gone and what counted before counts still.
        """
        embedding, task_id = self._videos.publish(pending, facts, summary or {}, proposed)
        self._tell("video", task_id, pending.video_id)
        return embedding

    def discard_embedding(self, pending: PendingEmbedding) -> None:
        """Throw away an embedding that is not published."""
        embeddings.discard(pending)

    # ------------------------------------------------------------------ steps

    def steps(self, video_id: int, *, version: int | None = None) -> StepList:
        """The steps of a gold video as they are, or were at ``version``; version 0 = none yet. Raises NotFound."""
        self.video(video_id)
        return step_lists.read_steps(self._store.read(), video_id, version)

    def set_steps(
        self, video_id: int, steps: Sequence[Step], *, name: str, seen_version: int | None = None, actor: str
    ) -> StepList:
        """Make these the steps of a gold video, as an edit called ``name``; equal ones change nothing.

        Raises NotFound, Conflict when the present version is not ``seen_version``, InvalidRequest naming the step that
        is wrong (at least one, inside the video, in order, not overlapping, allowed time above 0).
        """
        return self._step_change(
            video_id,
            lambda connection: step_lists.set_steps(
                connection, video_id, steps, name=name, seen_version=seen_version, actor=actor
            ),
        )

    def undo_steps(self, video_id: int, actor: str) -> StepList:
        """Take the last edit of steps back. Raises NotFound, InvalidRequest when there is none."""
        return self._step_change(video_id, lambda connection: step_lists.undo_steps(connection, video_id, actor))

    def redo_steps(self, video_id: int, actor: str) -> StepList:
        """Do the edit again that was taken back last. Raises NotFound, InvalidRequest when there is none."""
        return self._step_change(video_id, lambda connection: step_lists.redo_steps(connection, video_id, actor))

    # ------------------------------------------------------------------ scores

    def score(self, score_id: int) -> Score:
        """One score, with the verdicts on it. Raises NotFound."""
        return scores.read_score(self._store.read(), score_id)

    def score_of_job(self, job_id: str) -> Score | None:
        """The score that a job made; None when it made none (yet)."""
        return scores.read_score_of_job(self._store.read(), job_id)

    def versions_of(self, score_id: int) -> ScoreVersions:
        """What made a score, without reading the score itself. Raises NotFound."""
        return scores.read_versions(self._store.read(), score_id)

    def scores(
        self, *, task_id: str | None = None, video_id: int | None = None, limit: int = 200
    ) -> list[ScoreSummary]:
        """Scores, newest first; of ``video_id`` as gold or trainee."""
        return scores.read_summaries(self._store.read(), task_id=task_id, video_id=video_id, limit=limit)

    def add_score(self, **new: Unpack[NewScore]) -> Score:
        """Store what a job found, as the pair's next version; a second one of the same job changes nothing."""
        score_id = self._store.write(lambda connection: scores.add_score(connection, new))
        self._tell("score", new["task_id"], score_id)
        return self.score(score_id)

    def set_verdict(
        self, score_id: int, finding_id: str, verdict: Verdict | str, comment: str = "", *, actor: str
    ) -> Score:
        """Say of a finding that it is right or not; what a dismissed one cost is given back.

        Raises NotFound for an unknown score or finding, InvalidRequest for an unknown verdict.
        """
        return self._verdict_change(
            score_id,
            lambda connection: judging.set_verdict(connection, score_id, finding_id, verdict, comment, actor),
        )

    def undo_verdict(self, score_id: int, actor: str) -> Score:
        """Take back what was said last about a score. Raises NotFound, InvalidRequest when there is nothing."""
        return self._verdict_change(score_id, lambda connection: judging.undo_verdict(connection, score_id, actor))

    def verdict_history(self, score_id: int) -> list[FindingVerdict]:
        """Everything that was said about a score's findings, oldest first, also what was taken back."""
        return verdicts.read_history(self._store.read(), score_id)

    # ------------------------------------------------------------------ adapters

    def adapters(self, task_id: str) -> list[Adapter]:
        """All adapters that were learned for a task, newest first."""
        return adapters.read_adapters(self._store.read(), self._root, task_id)

    def current_adapter(self, task_id: str) -> Adapter | None:
        """The adapter that scores and searches use; None = none."""
        return adapters.read_current(self._store.read(), self._root, task_id)

    def add_adapter(self, **new: Unpack[NewAdapter]) -> Adapter:
        """Note an adapter. Raises NotFound for an unknown task, InvalidRequest for a file outside the library."""
        version = self._store.write(lambda connection: adapters.add_adapter(connection, self._root, new))
        self._tell("adapter", new["task_id"], version)
        return adapters.read_adapter(self._store.read(), self._root, version)

    def use_adapter(self, task_id: str, version: int | None, actor: str) -> Adapter | None:
        """Make an older adapter current again, None = use none; the task is indexed again. Raises NotFound."""
        self._videos.use_adapter(task_id, version, actor)
        self._tell("adapter", task_id, version or 0)
        return self.current_adapter(task_id)

    # ------------------------------------------------------------------ jobs

    def request_ingest(self, video_id: int, *, requested_by: str, device: str = "") -> Job:
        """Have a video measured (again), on ``device`` ("" = the processor; auto, cpu, cuda …).

        Raises NotFound, MediaMissing, Conflict while that waits or runs already.
        """
        return requests.request_ingest(self, self._jobs, video_id, requested_by, device)

    def request_score(self, gold_id: int, trainee_id: int, *, requested_by: str) -> Job:
        """Have a trainee's video compared with a gold one; asked again it makes the next version.

        Raises NotFound for an unknown or deleted video, InvalidRequest for the same one twice, videos of different
        tasks, one that is not gold or not a trainee's, not measured, by another encoder, or too short.
        """
        return requests.request_score(self, self._jobs, gold_id, trainee_id, requested_by)

    def request_training(self, *, trigger: str, requested_by: str, task_id: str | None = None) -> Job:
        """Have adapters learned, of one task or of all. ``trigger``: manual or nightly.

        While the same training waits, that job comes back. Raises NotFound, InvalidRequest for an unknown trigger or a
        task without a gold video.
        """
        return requests.request_training(self, self._jobs, trigger, requested_by, task_id)

    # ------------------------------------------------------------------ opening, telling

    def remove_leftovers(self) -> None:
        """At opening: remove what a dying process left. Nothing may be at work."""
        self._videos.remove_leftovers()

    def _write(self, insert: Insert) -> None:
        self._store.write(insert)

    def _told(self, added: AddedVideo) -> ProcedureVideo:
        if added.made_task:
            self._tell("task", added.task_id, added.task_id)
        self._tell("video", added.task_id, added.video_id)
        return self.video(added.video_id)

    def _video_change(self, video_id: int, change: Callable[[sqlite3.Connection], bool]) -> ProcedureVideo:
        changed = self._store.write(change)
        video = self.video(video_id)
        if changed:
            self._tell("video", video.task_id, video_id)
        return video

    def _step_change(self, video_id: int, change: Callable[[sqlite3.Connection], bool]) -> StepList:
        changed = self._store.write(change)
        steps = self.steps(video_id)
        if changed:
            self._tell("steps", self.video(video_id).task_id, video_id)
        return steps

    def _verdict_change(self, score_id: int, change: Callable[[sqlite3.Connection], bool]) -> Score:
        changed = self._store.write(change)
        score = self.score(score_id)
        if changed:
            self._tell("verdict", score.task_id, score_id)
        return score

    def _tell(self, what: str, task_id: str, subject: int | str, *, deleted: bool = False) -> None:
        self._events.publish(ProcedureChanged(what, task_id, str(subject), deleted))
