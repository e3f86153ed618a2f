"""Reads of the page, away from the Qt thread."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.desktop.procedures_page.book import PageView, Pair, Place, TaskBook
from app.desktop.procedures_page.change_points import change_times_s
from app.desktop.procedures_page.staleness import why_stale
from app.desktop.services import Services
from core.errors import NotFound
from core.procedures.records import Adapter
from core.procedures.types import ProcedureVideo, Role, ScoreSummary, Task

if TYPE_CHECKING:
    from core.library.library import Library

MOST_SCORES = 200
MOST_CHECKED = 60
"""So many of the newest scores are looked at for whether they are out of date."""


class ProcedureReader(QObject):
    """One read for everything: what is shown together was read together."""

    view_read = Signal(object)
    """PageView."""
    failed = Signal(object)
    """The exception that kept it from being read."""

    def __init__(self, services: Services, parent: QObject) -> None:
        super().__init__(parent)
        self._library = services.library
        self._background = services.background

    def read(self, place: Place) -> None:
        """Read what is shown at a place; what is gone is replaced by the nearest thing that is there."""
        library = self._library
        self._background.run_query(
            lambda: read_view(library, place),
            self.view_read.emit,
            latest_key="procedures-view",
            failed=self.failed.emit,
            owner=self,
        )


def read_view(library: "Library", place: Place) -> PageView:
    """The tasks, the task of the place, and its pair. Slow."""
    tasks = tuple(library.procedures.tasks())
    task = next((one for one in tasks if one.task_id == place.task_id), tasks[0] if tasks else None)
    if task is None:
        return PageView(tasks, None, Pair())
    book = _read_book(library, task)
    shown = _settled(book, place)
    return PageView(tasks, book, _read_pair(library, book, shown), shown)


def _read_book(library: "Library", task: Task) -> TaskBook:
    procedures = library.procedures
    videos = tuple(procedures.videos(task_id=task.task_id))
    adapter = procedures.current_adapter(task.task_id)
    version = adapter.version if adapter is not None else None
    scores = tuple(
        sorted(
            procedures.scores(task_id=task.task_id, limit=MOST_SCORES), key=lambda score: score.score_id, reverse=True
        )
    )
    book = TaskBook(task, videos, scores, {}, tuple(procedures.adapters(task.task_id)), version)
    for summary in book.newest_scores()[:MOST_CHECKED]:
        reasons = _why_stale(library, book, summary, adapter)
        if reasons:
            book.stale[summary.score_id] = reasons
    return book


def _why_stale(library: "Library", book: TaskBook, summary: ScoreSummary, adapter: Adapter | None) -> tuple[str, ...]:
    pair = (book.video(summary.gold_video_id), book.video(summary.trainee_video_id))
    if None in pair:
        return ()
    return why_stale(library.procedures.versions_of(summary.score_id), book.task, pair, book.videos, adapter)


def _settled(book: TaskBook, place: Place) -> Place:
    """The place with ids that are there. A score brings its pair; at first it is the pair that was scored last, else
    the oldest gold recording with the newest attempt.
    """
    task_id = book.task.task_id
    same_task = place.task_id == task_id
    wanted = next((one for one in book.scores if same_task and one.score_id == place.score_id), None)
    if wanted is not None:
        return Place(task_id, wanted.gold_video_id, wanted.trainee_video_id, wanted.score_id)
    gold = book.video(place.gold_id) if same_task else None
    trainee = book.video(place.trainee_id) if same_task else None
    scored = next((one for one in book.scores if book.both_there(one)), None)
    if gold is None:
        golds = sorted(book.of_role(Role.GOLD), key=lambda one: one.video_id)
        last_used = book.video(scored.gold_video_id) if scored is not None else None
        gold = last_used or next(iter(golds), None)
    if trainee is None:
        newest_first = sorted(book.of_role(Role.TRAINEE), key=lambda one: one.video_id, reverse=True)
        last_scored = book.video(scored.trainee_video_id) if scored is not None else None
        trainee = last_scored or next(iter(newest_first), None)
    return Place(
        task_id,
        gold.video_id if gold is not None else None,
        trainee.video_id if trainee is not None else None,
        None,
    )


def _read_pair(library: "Library", book: TaskBook, place: Place) -> Pair:
    procedures = library.procedures
    gold, trainee = book.video(place.gold_id), book.video(place.trainee_id)
    steps = procedures.steps(gold.video_id) if gold is not None else None
    of_pair = [
        one
        for one in book.scores
        if (one.gold_video_id, one.trainee_video_id) == (place.gold_id, place.trainee_id)
        and place.score_id in {None, one.score_id}
    ]
    newest = max(of_pair, key=lambda one: one.version, default=None)
    changes_s = _changes_s(library, gold)
    if newest is None:
        return Pair(gold, trainee, steps, changes_s=changes_s)
    score = procedures.score(newest.score_id)
    adapter = next((one for one in book.adapters if one.version == book.adapter_version), None)
    stale = why_stale(score.versions, book.task, (gold, trainee), book.videos, adapter)
    return Pair(gold, trainee, steps, score, stale, changes_s)


def _changes_s(library: "Library", gold: ProcedureVideo | None) -> tuple[float, ...]:
    if gold is None or gold.embedding_id is None:
        return ()
    try:
        return change_times_s(library.procedures.embedding_of(gold.video_id).folder)
    except NotFound:  # deleted or measured anew since the list was read: it is read again at once
        return ()
