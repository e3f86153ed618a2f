"""Sound that programs send to be transcribed: the same question is worked on once, and its answer kept for a while."""

import hashlib
import json
import threading
import time
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import orjson

from core.errors import Canceled, NotFound, RushesError
from core.jobs.events import Event, JobChanged
from core.jobs.types import Job, JobState
from core.library.library import Library
from core.speech.languages import whisper_code
from core.subtitling.answers import Answers, AsrAnswer, remove_file
from core.subtitling.parameters import asr_options, checked_language, checked_task
from core.subtitling.types import ASR, LANGUAGE_DETECTION, AsrOptions, AsrTicket
from core.subtitling.uploads import checked_kind, digest_of, names_in_use, sweep_uploads, take_in, uploads_folder

__all__ = ["AsrAnswer", "AsrOptions", "AsrRequests", "AsrTicket", "RequestFailed", "StillWorking"]

PRIORITY = {ASR: 50, LANGUAGE_DETECTION: 60}
"""Somebody waits for the answer, so it comes before the files of the media library; a language is found quickly."""
_TYPES = frozenset(PRIORITY)
_ENDED = frozenset({JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELED})


class RequestFailed(RushesError):
    """The job failed; the message is its reason."""


class StillWorking(RushesError):
    """The answer is not there yet."""


class AsrRequests:
    """``uploads`` is the folder for sound that comes in: write a file there under any name, then submit it.

    Submitted files are moved or deleted. Every method may be called from any thread.
    """

    def __init__(self, library: Library) -> None:
        self.uploads: Path = uploads_folder(library)
        self._library = library
        self._answers = Answers(library)
        self._began_s = time.time()
        self._lock = threading.RLock()  # what is in the folder and in the queue change together
        self._waiting: dict[str, list[Future[None]]] = {}
        self._unsubscribe = library.events.subscribe(self._hear)

    def submit(
        self,
        upload: Path,
        *,
        raw_pcm: bool,
        task: str = "transcribe",
        language: str | None = None,
        options: AsrOptions | None = None,
        sha256: str | None = None,
    ) -> AsrTicket:
        """Ask for a transcript. ``raw_pcm``: s16le, mono, 16 kHz, nothing else; ``sha256`` of the file, if known.

        Raises InvalidRequest (nothing in it, unknown language, task, preset or model), StorageFull, StorageUnwritable.
        """
        wishes = options or AsrOptions()
        try:
            code = checked_language(language)
            params = {
                "task": checked_task(task),
                "language": whisper_code(code) if code else None,
                **asr_options(wishes),
            }
        except RushesError:
            remove_file(upload)
            raise
        return self._submit(ASR, upload, params, wishes.video_file, raw_pcm=raw_pcm, sha256=sha256)

    def detect(
        self, upload: Path, *, raw_pcm: bool, options: AsrOptions | None = None, sha256: str | None = None
    ) -> AsrTicket:
        """Ask what language is spoken: ``language`` of the answer, which has no segments. Raises as ``submit``."""
        video_file = options.video_file if options is not None else ""
        return self._submit(LANGUAGE_DETECTION, upload, {}, video_file, raw_pcm=raw_pcm, sha256=sha256)

    def wait(self, ticket: AsrTicket, timeout_s: float | None = None) -> AsrAnswer:
        """Wait for the answer. Raises StillWorking after ``timeout_s``, and what ``answer`` raises."""
        try:
            self.ended(ticket).result(timeout_s)
        except TimeoutError:
            raise StillWorking(f"The job {ticket.job_id} is still at work.", action="Ask again later.") from None
        return self.answer(ticket)

    def ended(self, ticket: AsrTicket) -> "Future[None]":
        """Done as soon as the job ended, in whatever way: then ask ``answer``. For asyncio.wrap_future."""
        future: Future[None] = Future()
        if ticket.cached:
            future.set_result(None)
            return future
        with self._lock:
            self._waiting.setdefault(ticket.job_id, []).append(future)
        if self._has_ended(ticket.job_id):
            self._resolve(ticket.job_id)
        return future

    def answer(self, ticket: AsrTicket) -> AsrAnswer:
        """The answer. Raises RequestFailed with the job's reason, Canceled, StillWorking."""
        answer = self._answers.read(ticket.key)
        if answer is not None:
            return answer
        try:
            job = self._library.jobs.get(ticket.job_id)
        except NotFound:
            raise RequestFailed("The answer is not kept any more.", action="Send the sound again.") from None
        if job.state == JobState.FAILED:
            raise RequestFailed(job.error, action=job.error_action)
        if job.state == JobState.CANCELED:
            raise Canceled(f"The job {job.job_id} was canceled.", action="Send the sound again.")
        if job.state == JobState.SUCCEEDED:
            raise RequestFailed("The answer is not kept any more.", action="Send the sound again.")
        raise StillWorking(f"The job {ticket.job_id} is still at work.", action="Ask again later.")

    def sweep(self) -> None:
        """At the start: remove sound that a dead process left, and answers that were kept long enough."""
        with self._lock:
            sweep_uploads(self._library, self._began_s)
        self._answers.sweep()

    def close(self) -> None:
        """Hear no more; whoever waits is let go."""
        self._unsubscribe()
        with self._lock:
            waiting = list(self._waiting)
        for job_id in waiting:
            self._resolve(job_id)

    # ------------------------------------------------------------------ asking

    def _submit(
        self, type_: str, upload: Path, wishes: dict[str, Any], video_file: str, *, raw_pcm: bool, sha256: str | None
    ) -> AsrTicket:
        taken = False
        try:
            bare = checked_kind(upload, raw_pcm=raw_pcm)
            digest = sha256 or digest_of(upload)
            key = _key(type_, digest, wishes, bare=bare)
            self._answers.sweep()
            with self._lock:
                if (made_by := self._answers.fresh(key)) is not None:
                    return AsrTicket(made_by, key, cached=True)
                if (working := self._working_on(key)) is not None:
                    return AsrTicket(working, key, cached=False)
                name = f"{digest}.{'pcm' if bare else 'media'}"
                take_in(self._library, upload, name)
                taken = True
                params = {**wishes, "upload": name, "raw_pcm": bare, "cache_key": key, "video_file": video_file}
                job = self._library.jobs.submit(type_, params=params, priority=PRIORITY[type_])
                return AsrTicket(job.job_id, key, cached=False)
        finally:
            if not taken:
                remove_file(upload)

    def _working_on(self, key: str) -> str | None:
        rows = self._library.store.read().execute(
            "SELECT job_id, params FROM jobs WHERE state IN ('queued', 'running') AND cancel_asked = 0 "
            "AND type IN ('asr', 'language_detection')"
        )
        return next((str(row["job_id"]) for row in rows if json.loads(row["params"]).get("cache_key") == key), None)

    # ------------------------------------------------------------------ hearing that jobs ended

    def _hear(self, event: Event) -> None:
        if isinstance(event, JobChanged) and event.type in _TYPES and event.state in _ENDED:
            self._remove_unused(event.job_id)
            self._resolve(event.job_id)

    def _resolve(self, job_id: str) -> None:
        with self._lock:
            futures = self._waiting.pop(job_id, [])
        for future in futures:
            if future.set_running_or_notify_cancel():
                future.set_result(None)

    def _has_ended(self, job_id: str) -> bool:
        try:
            return self._library.jobs.get(job_id).state.ended
        except NotFound:
            return True

    def _remove_unused(self, job_id: str) -> None:
        """The sound goes with the last job that needs it; a failed one can only be sent again."""
        try:
            job: Job = self._library.jobs.get(job_id)
        except RushesError:
            return  # it was taken off the list, so it had ended before; after the library's end the next start sweeps
        name = str(job.params.get("upload") or "")
        with self._lock:
            if name and name not in names_in_use(self._library):
                remove_file(self.uploads / name)


def _key(type_: str, digest: str, wishes: dict[str, Any], *, bare: bool) -> str:
    """The same for the same question."""
    question = orjson.dumps([type_, digest, bare, wishes], option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(question).hexdigest()
