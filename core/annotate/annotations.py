"""Annotations of a library: videos, jobs of pipelines on them, and what these gave."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.annotate import media_rows, result_rows
from core.annotate.adding import add_in_place, add_owned
from core.annotate.deleting import Deleting
from core.annotate.formats.json_document import read_document
from core.annotate.layout import DOCUMENT, job_folder
from core.annotate.registry import registry
from core.annotate.requesting import checked_request, retry, submit
from core.annotate.types import AnnotatedVideo, Document, PipelineResult, ResultState
from core.errors import Conflict, InvalidRequest
from core.jobs.events import AnnotationChanged, EventBus
from core.jobs.queue import JobQueue
from core.jobs.types import Job
from core.library.chores import Chores
from core.library.episodes import Episodes
from core.library.paths import LibraryPaths
from core.library.store import Store

if TYPE_CHECKING:
    from core.annotate.registry import Registry
    from models.store import ModelStore


class Annotations:
    """Every change is one transaction with its entry in the audit trail, then one AnnotationChanged.

    ``actor`` says who: ``desktop``, ``command line``, ``key:<key_id>`` or ``token:<role>``. What fails has changed
    nothing. Any thread may call. What people mark themselves is in ``library.coding``.
    """

    def __init__(
        self, store: Store, paths: LibraryPaths, events: EventBus, chores: Chores, jobs: JobQueue, episodes: Episodes
    ) -> None:
        self._store = store
        self._root = paths.root
        self._events = events
        self._jobs = jobs
        self._episodes = episodes
        self._deleting = Deleting(store, paths.root, chores, jobs)

    # ------------------------------------------------------------------ videos

    def add_video(
        self, path: Path, *, owned: bool = False, ep_id: str | None = None, file_name: str = "", actor: str
    ) -> AnnotatedVideo:
        """A video to annotate; the same file in place, or the same episode, is the same one. It is probed first.

        ``owned``: the file moves into the library; if anything fails it is still where it was. ``file_name``: what
        people call it, by default the file's own name; of a path only the last part is kept.
        Raises NotFound (no such episode), MediaMissing, UnsupportedMedia, StorageFull, StorageUnwritable; then there is
        no row and no file.
        """
        if ep_id is not None:
            self._episodes.get(ep_id)
        if owned:
            media_id = add_owned(self._store, self._root, path, ep_id=ep_id, file_name=file_name, actor=actor)
            changed = True
        else:
            media_id, changed = add_in_place(self._store, path, ep_id=ep_id, file_name=file_name, actor=actor)
        if changed:
            self.tell("media", media_id)
        return self.video(media_id)

    def video(self, media_id: int) -> AnnotatedVideo:
        """One video. Raises NotFound, also for a deleted one."""
        return media_rows.video_of(media_rows.require_media(self._store.read(), media_id), self._root)

    def video_of_episode(self, ep_id: str, *, actor: str) -> AnnotatedVideo:
        """The video of an episode, added if need be. Raises NotFound, MediaMissing, UnsupportedMedia."""
        episode = self._episodes.get(ep_id)
        return self.add_video(Path(episode.media_path), ep_id=ep_id, actor=actor)

    def videos(self) -> list[AnnotatedVideo]:
        """All videos, newest first."""
        return media_rows.read_media(self._store.read(), self._root)

    def delete_video(self, media_id: int, *, actor: str) -> None:
        """Forget a video with all its jobs, results, own tiers and marks; its file goes only if it is ``owned``.

        Raises NotFound.
        """
        for job_id in self._deleting.video(media_id, actor):
            self.tell("result", media_id, job_id, deleted=True)
        self.tell("media", media_id, deleted=True)

    # ------------------------------------------------------------------ jobs

    def request(
        self,
        media_id: int,
        pipelines: Sequence[str] | None,
        config: Mapping[str, Any],
        *,
        requested_by: str,
        batch: str = "",
        device: str = "auto",
        models: "ModelStore | None" = None,
        known: "Registry | None" = None,
        as_written: Mapping[str, Any] | None = None,
    ) -> Job:
        """Have pipelines run on a video; None or none of them = the usual ones that are available.

        ``models``: whose models count as there, None = those of this machine. ``known``: None = all pipelines of this
        Rushes. ``as_written``: plain data about the request that stays with the job, in its params under that name.
        Raises NotFound, MediaMissing, InvalidRequest naming every fault (``core.annotate.configuring``).
        """
        checked = checked_request(pipelines, config, models, known)
        more = {"batch": batch, "device": device} | ({"as_written": dict(as_written)} if as_written else {})
        job = submit(self._jobs, self.video(media_id), checked, requested_by=requested_by, more=more)
        self.tell("result", media_id, job.job_id)
        return job

    def retry(self, job_id: str, *, requested_by: str) -> Job:
        """Have what did not succeed of an ended job run again, with the same config, as the same job.

        Raises NotFound, InvalidRequest when the job waits, runs or succeeded whole.
        """
        job = retry(self._jobs, job_id, requested_by)
        self.tell("result", int(job.params["media_id"]), job_id)
        return job

    def delete_job(self, job_id: str, *, actor: str) -> None:
        """Forget a job with its results, whatever it is doing: it is gone at once, and stops.

        An owned video goes with its last job, unless somebody marked it. Raises NotFound.
        """
        media_id, with_video = self._deleting.job(job_id, actor)
        self.tell("result", media_id, job_id, deleted=True)
        if with_video:
            self.tell("media", media_id, deleted=True)

    def job_ids(self, media_id: int) -> list[str]:
        """The jobs of a video, oldest first, also those that were taken off the list of jobs. Raises NotFound."""
        media_rows.require_media(self._store.read(), media_id)
        return media_rows.jobs_of(self._store.read(), media_id)

    def storage(self, job_id: str) -> Path:
        """The folder of a job's results; it is there as soon as one is."""
        return job_folder(self._root, job_id)

    # ------------------------------------------------------------------ results

    def results(self, *, job_id: str | None = None, media_id: int | None = None) -> list[PipelineResult]:
        """Results of a job or a video, or all of them, in the order in which they were asked for."""
        return result_rows.read_results(self._store.read(), self._root, job_id=job_id, media_id=media_id)

    def result(self, job_id: str, pipeline: str) -> PipelineResult:
        """What a pipeline of a job gave, by the pipeline's name or alias. Raises NotFound."""
        found = registry().find(pipeline)
        name = pipeline if found is None else found.spec.name
        return result_rows.read_result(self._store.read(), self._root, job_id, name)

    def document(self, result_id: int) -> Document:
        """What a result holds. Reads a file. Raises NotFound, InvalidRequest while there is none."""
        result = result_rows.read_result_by_id(self._store.read(), self._root, result_id)
        if result.state is not ResultState.SUCCEEDED:
            raise InvalidRequest(
                f"The pipeline “{result.pipeline}” of the job {result.job_id} has no result: it is {result.state}.",
                action=result.error_action or "Wait until it has succeeded, or try it again.",
            )
        return read_document(Path(result.folder) / DOCUMENT)

    def file_paths(self, result: PipelineResult) -> tuple[Path, ...]:
        """The files of a result, main one first; () while there are none."""
        return tuple(Path(result.folder) / name for name in result.files)

    def delete_result(self, result_id: int, *, actor: str) -> None:
        """Forget what one pipeline gave, with its files. Raises NotFound, Conflict while it waits or runs."""
        result = result_rows.read_result_by_id(self._store.read(), self._root, result_id)
        if not result.state.ended or self._jobs.at_work(result.job_id):
            raise Conflict(
                f"The job {result.job_id} is at work on the result of “{result.pipeline}”.",
                action="Cancel the job first, or wait until it has ended.",
            )
        self._deleting.result(result_id, result.job_id, result.pipeline, actor)
        self.tell("result", result.media_id, result.job_id)

    # ------------------------------------------------------------------ opening, telling

    def remove_leftovers(self) -> None:
        """At opening: remove what a dying process left. Nothing may be at work."""
        self._deleting.remove_leftovers()

    def tell(self, what: str, media_id: int, subject: str = "", *, deleted: bool = False) -> None:
        """Say that annotations changed."""
        self._events.publish(AnnotationChanged(what, media_id, subject, deleted))
