"""Annotations from the command line: pipelines over videos by the library's own jobs, and where their files go."""

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.analysis_run import PRIORITY, jobs_running
from app.job_following import follow_job

if TYPE_CHECKING:
    from core.annotate.configuring import Checked
    from core.annotate.types import AnnotatedVideo, PipelineResult
    from core.jobs.types import Job
    from core.library.library import Library
    from models.store import ModelStore

ACTOR = "command line"
CONFIG_SHAPE = 'Write {"PIPELINE": {"PARAMETER": VALUE, …}, …}; `rushes pipelines NAME` lists the parameters.'


class AnnotationRunner:
    """Runs annotation jobs one after another; use it in :func:`annotation_runner`."""

    def __init__(self, library: "Library", thread: threading.Thread) -> None:
        self._library = library
        self._thread = thread

    def submit(self, path: Path, checked: "Checked", device: str) -> "Job":
        """Put a file into the queue. Raises UnsupportedMedia, MediaMissing, InvalidRequest with every fault."""
        annotations = self._library.annotations
        media_id = annotations.add_video(path, actor=ACTOR).media_id
        job = self._left_over(media_id, checked, device) or annotations.request(
            media_id, checked.pipelines, checked.resolved, requested_by=ACTOR, device=device
        )
        self._library.jobs.set_priority(job.job_id, PRIORITY)
        return job

    def _left_over(self, media_id: int, checked: "Checked", device: str) -> "Job | None":
        """The job that a killed command left waiting goes on where it stopped; one that asked for others is dropped."""
        from core.annotate.types import ANNOTATE
        from core.jobs.types import JobState

        asked = {"pipelines": list(checked.pipelines), "config": dict(checked.resolved), "device": device}
        for job in self._library.jobs.list(states=[JobState.QUEUED, JobState.RUNNING]):
            mine = job.params.get("media_id") == media_id and job.params.get("requested_by") == ACTOR
            if job.type != ANNOTATE or not mine:
                continue
            if all(job.params.get(name) == value for name, value in asked.items()):
                return job
            self._library.jobs.cancel(job.job_id)
        return None

    def follow(self, job_id: str, what: str) -> None:
        """Wait for a job with progress on the console. Raises as :func:`app.job_following.follow_job`."""
        follow_job(self._library, job_id, alive=self._thread.is_alive, what=what, kept="Finished pipelines are kept.")

    def cancel(self, job_ids: Sequence[str]) -> None:
        """Take back what still waits."""
        for job_id in job_ids:
            self._library.jobs.cancel(job_id)

    def results(self, job_id: str) -> "list[PipelineResult]":
        """What each pipeline gave."""
        return self._library.annotations.results(job_id=job_id)

    def video(self, job: "Job") -> "AnnotatedVideo":
        """The video of a job."""
        return self._library.annotations.video(int(job.params["media_id"]))

    def files(self, result: "PipelineResult") -> Sequence[Path]:
        """The files that a pipeline wrote."""
        return self._library.annotations.file_paths(result)


@contextmanager
def annotation_runner(library: "Library", store: "ModelStore") -> Iterator[AnnotationRunner]:
    """A runner at work on the library's jobs."""
    with jobs_running(library, store) as thread:
        yield AnnotationRunner(library, thread)


def read_config(path: Path | None, settings: Sequence[str]) -> dict[str, Any]:
    """The config of a JSON file, and ``PIPELINE.PARAMETER=VALUE`` on top of it; a VALUE is JSON, or else text.

    Raises NotFound, InvalidRequest.
    """
    from core.errors import InvalidRequest

    config: dict[str, Any] = {} if path is None else _config_of_file(path)
    for setting in settings:
        name, equals, text = setting.partition("=")
        pipeline, dot, parameter = name.partition(".")
        if not (equals and dot and pipeline and parameter):
            raise InvalidRequest(f"“{setting}” sets nothing.", action="Write --set PIPELINE.PARAMETER=VALUE.")
        given = config.setdefault(pipeline, {})
        if not isinstance(given, dict):
            raise InvalidRequest(f"The config of {pipeline} is no object.", action=CONFIG_SHAPE)
        given[parameter] = _value_of(text)
    return config


def _config_of_file(path: Path) -> dict[str, Any]:
    from core.errors import InvalidRequest, NotFound

    try:
        config = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise NotFound(f"There is no file {path}.", action="Check its name.") from None
    except (ValueError, RecursionError) as error:
        raise InvalidRequest(f"{path} is no JSON: {error}.", action=CONFIG_SHAPE) from error
    if not isinstance(config, dict):
        raise InvalidRequest(f"{path} holds no JSON object.", action=CONFIG_SHAPE)
    return config


def _value_of(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def deliver(files: Sequence[Path], folder: Path) -> list[Path]:
    """Copy files into a folder, each whole or not at all. Raises StorageFull, StorageUnwritable."""
    from core.library.durable import copy_atomically

    copied = [folder / path.name for path in files]
    for source, target in zip(files, copied, strict=True):
        copy_atomically(source, target)
    return copied


def folders_for(videos: Sequence[Path], target: Path) -> list[Path]:
    """A folder in ``target`` for each video, called like it; a second of one name gets a number."""
    taken: set[str] = set()
    folders: list[Path] = []
    for video in videos:
        name, number = video.stem or "video", 1
        while name.casefold() in taken:
            number += 1
            name = f"{video.stem or 'video'}-{number}"
        taken.add(name.casefold())
        folders.append(target / name)
    return folders
