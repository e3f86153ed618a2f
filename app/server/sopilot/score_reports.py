"""Reports that were asked for, each made once for a score with its verdicts, and forgotten with its videos."""

import hashlib
import json
import logging
import threading
from collections.abc import Callable
from pathlib import Path

from app.version import rushes_version
from core.errors import NotFound
from core.jobs.events import Event, ProcedureChanged
from core.library.durable import remove_tree
from core.library.library import Library
from core.procedures.json_forms import masks_to_plain
from core.procedures.types import Score
from core.storage import storage_error

log = logging.getLogger(__name__)

_FOLDER = "score-reports"
"""Among the work folders of jobs: opening a library takes those away that belong to none, so no crash leaves one."""


class ScoreReports:
    """``start`` before the first request, ``stop`` after the last one. Any thread may ask."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._folder = library.paths.jobs / _FOLDER
        self._making = threading.Lock()
        self._unsubscribe: Callable[[], None] | None = None

    def start(self) -> None:
        """Forget what an earlier server made."""
        remove_tree(self._folder)
        self._unsubscribe = self._library.events.subscribe(self._receive)

    def stop(self) -> None:
        """Forget everything."""
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        remove_tree(self._folder)

    def path_of(self, score: Score, actor: str) -> Path:
        """The PDF of a score as it is now; others of the same score go. Raises what writing a report raises.

        The audit trail names ``actor`` when it had to be made.
        """
        with self._making:  # reports are large; two of one score at once would be one too many
            path = self._path_now(score)
            while not path.is_file():
                self._make(score, path, actor)
                made, path = path, self._path_now(score)
                if made != path:  # a video was deleted or masked meanwhile, and its pictures may be in it
                    made.unlink(missing_ok=True)
        return path

    def _path_now(self, score: Score) -> Path:
        videos = f"{score.gold_video_id}-{score.trainee_video_id}"
        return self._folder / f"score-{score.score_id}-{videos}-{self._state_of(score)}.pdf"

    def _make(self, score: Score, path: Path, actor: str) -> None:
        from core.reports.procedure import write_score_report  # loads what draws

        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            for older in self._folder.glob(f"score-{score.score_id}-*.pdf"):
                older.unlink(missing_ok=True)
        except OSError as error:
            raise storage_error(error, self._folder) from error
        write_score_report(self._library, score.score_id, path, actor=actor)

    def _state_of(self, score: Score) -> str:
        """Everything in a report that can change after the score was made."""
        state = {
            "verdicts": [
                (one.finding_id, str(one.verdict), one.comment, one.actor, one.created_at)
                for _, one in sorted(score.verdicts.items())
            ],
            "videos": [self._video_state(video_id) for video_id in (score.gold_video_id, score.trainee_video_id)],
            "task": self._library.procedures.task(score.task_id).title,
            "version": rushes_version(),
        }
        return hashlib.sha256(json.dumps(state).encode()).hexdigest()[:16]

    def _video_state(self, video_id: int) -> object:
        try:
            video = self._library.procedures.video(video_id)
        except NotFound:
            return None
        return [video.title, masks_to_plain(video.masks), video.media_missing, str(video.media_path)]

    def _receive(self, event: Event) -> None:
        """No picture of a deleted video stays, nor one from before its masks; other videos' reports do."""
        if not isinstance(event, ProcedureChanged) or event.what != "video":
            return
        for path in self._folder.glob("score-*.pdf"):
            if event.subject in path.stem.split("-")[2:4]:
                try:
                    path.unlink(missing_ok=True)
                except OSError as error:
                    log.warning("%s could not be removed: %s", path, error)
