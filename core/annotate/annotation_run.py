"""One attempt at a job of annotations: which pipelines are left, what they share, and how each of them ends."""

import logging
import shutil
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.annotate import result_rows
from core.annotate.layout import result_folder
from core.annotate.media_rows import file_stamp, require_media, set_checksum
from core.annotate.pipeline import Found, FrameLook, Pipeline, SharedSound, Video
from core.annotate.provenance import checksum, device_used, made_by, model_version, models_used, stamp_of
from core.annotate.publishing import Published, place, published_config, read_published, write_result
from core.annotate.registry import OUTPUT_FORMATS, Registry
from core.annotate.running_pipeline import RunningPipeline
from core.annotate.shared_pass import PassCount, SharedPass
from core.annotate.sound import JobSound
from core.annotate.telling import Telling
from core.annotate.types import Document
from core.errors import Canceled, NotFound, RushesError
from core.jobs.executors import UnitFailed
from core.jobs.model_fetching import fetch_default_models
from core.jobs.types import JobContext
from core.library.clock import now_text
from core.library.durable import remove_tree

if TYPE_CHECKING:
    from core.jobs.executors import UnitPool
    from core.library.library import Library
    from models.store import ModelStore

log = logging.getLogger(__name__)

RETRY_ACTION = "Try it again. If it fails again, the job's log has the details for a report."
_WAIT_S = 0.1


@dataclass(frozen=True, slots=True)
class Asked:
    """What the job is to do. ``config``: the complete config of each pipeline."""

    media_id: int
    pipelines: tuple[str, ...]
    config: Mapping[str, Mapping[str, Any]]
    device: str = "auto"


@dataclass(slots=True)
class _Task:
    """A pipeline that is left to run."""

    name: str
    pipeline: Pipeline
    config: Mapping[str, Any]
    looks: tuple[FrameLook, ...] = ()
    started_at: str = ""
    began_s: float = field(default_factory=time.monotonic)


class AnnotationRun:
    """Its lanes run in threads; each method of a lane belongs to that lane's thread."""

    def __init__(
        self,
        library: "Library",
        models: "ModelStore",
        pool: "UnitPool",
        context: JobContext,
        *,
        job_id: str,
        asked: Asked,
        video: Video,
        known: Registry,
        work_dir: Path,
        called: str = "",
    ) -> None:
        """``called``: the name by which people know the video, where its file has another one; "" = the file's own."""
        self._library = library
        self._models = models
        self._pool = pool
        self._context = context
        self._job_id = job_id
        self._asked = asked
        self._video = video
        self._known = known
        self._work_dir = work_dir
        self._called = called
        self._stamp = stamp_of(video.path)
        self._sha256: Future[str] = Future()
        self._lock = threading.Lock()
        self._shared: SharedPass | None = None
        self._sound: SharedSound | None = None
        self._count = PassCount(0, 0, 0, 0)
        results = library.annotations.results(job_id=job_id)
        self._ended = {one.pipeline: one.state.ended for one in results if one.pipeline in asked.pipelines}
        self._telling = Telling(library, context, job_id, asked.media_id, self._ended)

    def lanes(self) -> dict[str, Callable[[], None]]:
        """What runs beside each other. Models are fetched first: pipelines without theirs fail here."""
        tasks = [task for name, ended in self._ended.items() if not ended and (task := self._task(name)) is not None]
        seeing = [task for task in tasks if task.looks]
        others = [task for task in tasks if not task.looks]
        lanes: dict[str, Callable[[], None]] = {}
        if tasks:
            lanes["checksum"] = self._find_checksum
        if seeing:
            lanes["pictures"] = lambda: self._run_seeing(seeing)
        if others:
            lanes["others"] = lambda: self._run_each(others, after_pass=False)
        return lanes

    def settle(self) -> None:
        """Tell how far the pipelines are where that was held back."""
        self._telling.settle()

    def counts(self) -> dict[str, int]:
        """What the shared pass cost in frames."""
        return {"frames": self._count.frames, "decoded": self._count.decoded, "asked": self._count.asked}

    # ------------------------------------------------------------------ before the lanes

    def _task(self, name: str) -> _Task | None:
        """The pipeline, ready to run; None when it was published before its process died, or cannot run."""
        if self._published_before(name):
            return None
        config = dict(self._asked.config.get(name, {}))
        try:
            pipeline = self._known.get(name)
            fetch_default_models(self._models, pipeline.models_needed(config), self._context, kind="annotation")
            return _Task(name, pipeline, config, tuple(pipeline.looks(self._video, config)))
        except Canceled:
            raise
        except Exception as error:  # noqa: BLE001  what fails in a pipeline stays with it
            self._fail(name, error, None)
            return None

    def _published_before(self, name: str) -> bool:
        """Whether the files appeared, but the process died before they counted."""
        folder = self._final(name)
        published = read_published(folder)
        if published is None or published_config(folder) != self._asked.config.get(name):
            return False
        if not self._note_published(name, published):
            remove_tree(folder)
        self._telling.ended(name)
        return True

    # ------------------------------------------------------------------ the lanes

    def _find_checksum(self) -> None:
        """Once for each content of the file; nothing waits for it but the publishing."""
        try:
            row = require_media(self._library.store.read(), self._asked.media_id)
            if self._video.facts.sha256 and file_stamp(row["facts"]) == self._stamp:
                self._sha256.set_result(self._video.facts.sha256)
                return
            sha256 = checksum(self._video.path, self._context.check)
            self._library.store.write(
                lambda connection: set_checksum(connection, self._asked.media_id, sha256, self._stamp)
            )
            self._sha256.set_result(sha256)
        except BaseException as error:  # noqa: BLE001  raised again where it is waited for
            self._sha256.set_exception(error)

    def _run_seeing(self, tasks: list[_Task]) -> None:
        names = [task.name for task in tasks]
        for task in tasks:
            self._set_running(task)
        try:
            shared = self._shared_pass()
            for name in self._asked.pipelines:
                self._announce(name, shared)
            looks = [look for task in tasks for look in task.looks]
            self._count = shared.run(looks, lambda done, total: self._telling.passed(names, done, total))
        except Canceled:
            raise
        except Exception as error:  # noqa: BLE001  the other lane goes on
            for task in tasks:
                self._fail(task.name, error, task)
            return
        finally:
            self._telling.passed_all()
        self._run_each(tasks, after_pass=True)

    def _run_each(self, tasks: list[_Task], *, after_pass: bool) -> None:
        for task in tasks:
            self._context.check()
            if not after_pass:
                self._set_running(task)
            self._telling.begin(task.name, after_pass=after_pass)
            try:
                self._run_one(task)
            except Canceled:
                self._context.check()
                self._fail(task.name, RushesError("It stopped itself.", action=RETRY_ACTION), task)
            except Exception as error:  # noqa: BLE001  what fails in a pipeline stays with it
                self._fail(task.name, error, task)

    def _run_one(self, task: _Task) -> None:
        work_dir = self._work_dir / "pipelines" / task.name
        work_dir.mkdir(parents=True, exist_ok=True)
        context = RunningPipeline(
            task.name,
            job=self._context,
            models=self._models,
            pool=self._pool,
            work_dir=work_dir,
            device=self._asked.device,
            telling=self._telling,
            shared_pass=self._shared_pass,
            sound=self._shared_sound,
        )
        found = task.pipeline.run(self._video, task.config, context)
        self._context.check()
        published = self._publish(task, context, found)
        for text in published.refused:
            context.log(text, level="warning")
        for text in published.notes:
            context.log(text)
        context.log(f"{published.annotation_count} annotations in {published.took_s:.1f} s.")
        self._telling.ended(task.name)

    # ------------------------------------------------------------------ what is shared

    def _shared_pass(self) -> SharedPass:
        with self._lock:
            if self._shared is None:
                self._shared = SharedPass(
                    self._video,
                    models=self._models,
                    pool=self._pool,
                    context=self._context,
                    work_dir=self._work_dir / "frames",
                    stamp=self._stamp,
                    device=self._asked.device,
                )
            return self._shared

    def _shared_sound(self) -> SharedSound:
        with self._lock:
            if self._sound is None:
                self._sound = JobSound(
                    self._video.path,
                    self._work_dir / f"sound-{self._stamp}",
                    check=self._context.check,
                    told=self._context.log,
                )
            return self._sound

    def _announce(self, name: str, shared: SharedPass) -> None:
        """Also for pipelines that ended before: what was seen for them serves those that are left."""
        config = self._asked.config.get(name, {})
        try:
            pipeline = self._known.get(name)
            needed = pipeline.models_needed(config)
            looks = pipeline.looks(self._video, config)
        except Exception as error:  # noqa: BLE001  code of third parties; if it is to run, it failed already
            log.debug("pipeline %s announced nothing: %s", name, error)
            return
        versions = [f"{model_id} {model_version(self._models, model_id)}" for model_id in needed]
        for look in looks:
            shared.announce(look, f"{name} {pipeline.spec.version} {versions}")

    # ------------------------------------------------------------------ how it ends

    def _publish(self, task: _Task, context: RunningPipeline, found: Found) -> Published:
        facts = replace(self._video.facts, sha256=self._checksum())
        provenance = made_by(
            task.pipeline.spec,
            config=dict(task.config),
            input_sha256=facts.sha256,
            models=models_used(self._models, context.model_ids),
            device=device_used(self._asked.device, context.model_ids),
            started_at=task.started_at,
            ended_at=now_text(),
            warnings=tuple(self._as_known(text) for text in (*self._video.info.warnings, *context.warnings)),
        )
        document = Document(facts, tuple(found.tiers), (provenance,))
        staging = self._work_dir / "publish" / task.name
        took_s = time.monotonic() - task.began_s
        formats = task.config.get(OUTPUT_FORMATS) or task.pipeline.spec.default_formats
        final = self._final(task.name)
        try:
            published = write_result(
                staging, document, formats, found.extra_files, took_s=took_s, extra_paths=found.extra_paths
            )
            self._context.check()
            place(staging, final)
        finally:
            shutil.rmtree(staging, ignore_errors=True)  # nothing half written stays, as when the disk is full
        if not self._note_published(task.name, published):
            remove_tree(final)
            raise Canceled(f"The job {self._job_id} was deleted.")
        return published

    def _checksum(self) -> str:
        while not self._sha256.done():
            self._context.check()
            time.sleep(_WAIT_S)
        return self._sha256.result()

    def _note_published(self, name: str, published: Published) -> bool:
        """Whether the result is still wanted."""
        return self._library.store.write(
            lambda connection: result_rows.set_published(
                connection,
                self._job_id,
                name,
                files=published.files,
                annotation_count=published.annotation_count,
                started_at=published.started_at,
                ended_at=published.ended_at,
                took_s=published.took_s,
            )
        )

    def _set_running(self, task: _Task) -> None:
        task.started_at, task.began_s = now_text(), time.monotonic()
        there = self._library.store.write(
            lambda connection: result_rows.set_running(connection, self._job_id, task.name)
        )
        if not there:
            self._context.check()
            raise NotFound(f"The result of {task.name} was deleted.", action="Start a new job.")
        self._telling.changed()

    def _fail(self, name: str, error: Exception, task: _Task | None) -> None:
        if isinstance(error, RushesError):
            message, action = error.message, error.action
        else:
            log.error("pipeline %s failed in job %s", name, self._job_id, exc_info=error)
            self._context.log(f"{name}: {_traceback_of(error)}", level="debug")
            kind, text = (error.kind, error.text) if isinstance(error, UnitFailed) else _words(error)
            message, action = f"The pipeline {name} failed: {kind}{f' {text}' if text else ''}.", RETRY_ACTION
        message = self._as_known(message)
        self._context.log(f"{name}: {message}", level="error")
        took_s = None if task is None else time.monotonic() - task.began_s
        self._library.store.write(
            lambda connection: result_rows.set_failed(
                connection, self._job_id, name, error=message, action=action, took_s=took_s
            )
        )
        self._telling.ended(name)

    def _as_known(self, text: str) -> str:
        """An upload lies here under a name that tells its sender nothing."""
        return text.replace(str(self._video.path), f"“{self._called}”") if self._called else text

    def _final(self, name: str) -> Path:
        return result_folder(self._library.path, self._job_id, name)


def _words(error: Exception) -> tuple[str, str]:
    return type(error).__name__, str(error).strip().rstrip(".")


def _traceback_of(error: Exception) -> str:
    text = "".join(traceback.format_exception(error))
    return f"{error.traceback_text}\n{text}" if isinstance(error, UnitFailed) else text
