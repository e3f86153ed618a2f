"""What the page shows, as plain data: the tasks, one task's things, and the pair in hand."""

from dataclasses import dataclass, field
from typing import TypeVar

from core.jobs.types import Job
from core.procedures.records import Adapter
from core.procedures.types import INGEST, SCORE, TRAINING, ProcedureVideo, Role, Score, ScoreSummary, StepList, Task

REPORT = "procedure_report"
Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Place:
    """What the person looks at. ``score_id`` None = the newest score of the pair."""

    task_id: str = ""
    gold_id: int | None = None
    trainee_id: int | None = None
    score_id: int | None = None


@dataclass(frozen=True, slots=True)
class TaskBook:
    """A task with everything that belongs to it. ``scores`` are newest first, ``stale`` says why one is out of date.

    ``adapter_version`` is the one in use, None = none.
    """

    task: Task
    videos: tuple[ProcedureVideo, ...]
    scores: tuple[ScoreSummary, ...]
    stale: dict[int, tuple[str, ...]]
    adapters: tuple[Adapter, ...]
    adapter_version: int | None

    def video(self, video_id: int | None) -> ProcedureVideo | None:
        """A video that is there."""
        return next((one for one in self.videos if one.video_id == video_id), None)

    def of_role(self, role: Role) -> tuple[ProcedureVideo, ...]:
        """The gold recordings, or the trainees' ones."""
        return tuple(one for one in self.videos if one.role is role)

    def both_there(self, score: ScoreSummary) -> bool:
        """Whether neither recording of a score was deleted."""
        return self.video(score.gold_video_id) is not None and self.video(score.trainee_video_id) is not None

    def titles(self) -> dict[int, str]:
        """Names by video id."""
        return {one.video_id: one.title or one.media_path.name for one in self.videos}

    def newest_scores(self) -> tuple[ScoreSummary, ...]:
        """The last version of each pair."""
        newest: dict[tuple[int, int], ScoreSummary] = {}
        for score in self.scores:
            pair = (score.gold_video_id, score.trainee_video_id)
            if pair not in newest or newest[pair].version < score.version:
                newest[pair] = score
        return tuple(newest.values())


@dataclass(frozen=True, slots=True)
class Pair:
    """The recordings in hand, with the gold's steps and the score that is shown."""

    gold: ProcedureVideo | None = None
    trainee: ProcedureVideo | None = None
    steps: StepList | None = None
    score: Score | None = None
    stale: tuple[str, ...] = ()
    changes_s: tuple[float, ...] = ()
    """Where the picture of the gold recording changes."""

    @property
    def measured(self) -> bool:
        """Whether both can be compared."""
        return all(one is not None and one.embedding_id is not None for one in (self.gold, self.trainee))

    @property
    def unlike(self) -> bool:
        """Whether both are measured, but by different encoders: such are never compared."""
        if self.gold is None or self.trainee is None or not self.measured:
            return False
        encoders = {(one.embedding_model, one.embedding_version) for one in (self.gold, self.trainee)}
        return len(encoders) > 1


@dataclass(frozen=True, slots=True)
class PageView:
    """All that is shown. ``book`` None = there is no task."""

    tasks: tuple[Task, ...]
    book: TaskBook | None
    pair: Pair
    place: Place = field(default_factory=Place)


@dataclass(frozen=True, slots=True)
class Work:
    """Jobs of a task that are not ended, and what failed last, by what they work on."""

    measuring: dict[int, Job] = field(default_factory=dict)
    not_measured: dict[int, Job] = field(default_factory=dict)
    scoring: dict[tuple[int, int], Job] = field(default_factory=dict)
    not_scored: dict[tuple[int, int], Job] = field(default_factory=dict)
    training: Job | None = None
    trained: Job | None = None

    def first(self) -> Job | None:
        """The job to tell of: the one at work, else the one that waits longest."""
        waiting = [*self.scoring.values(), *self.measuring.values(), *([self.training] if self.training else [])]
        return min(waiting, key=lambda job: (job.state != "running", job.created_at), default=None)


def work_of(jobs: tuple[Job, ...], task_id: str) -> Work:
    """Sort the jobs of a task, newest first; a later job of the same thing hides what came before it."""
    work = Work()
    training: Job | None = None
    for job in jobs:
        if job.type == TRAINING and training is None and job.params.get("task_id") in {None, task_id}:
            training = job
        if job.params.get("task_id") != task_id:
            continue
        if job.type == INGEST and (video_id := _number(job, "video_id")) is not None:
            _sort(job, video_id, work.measuring, work.not_measured)
        elif job.type == SCORE:
            gold, trainee = _number(job, "gold_video_id"), _number(job, "trainee_video_id")
            if gold is not None and trainee is not None:
                _sort(job, (gold, trainee), work.scoring, work.not_scored)
    ended = training is not None and training.state.ended
    return Work(
        work.measuring,
        {key: job for key, job in work.not_measured.items() if job.state == "failed"},
        work.scoring,
        {key: job for key, job in work.not_scored.items() if job.state == "failed"},
        None if ended else training,
        training if ended else None,
    )


def _sort(job: Job, key: Key, active: dict[Key, Job], ended: dict[Key, Job]) -> None:
    if key in active or key in ended:
        return
    (ended if job.state.ended else active)[key] = job


def _number(job: Job, name: str) -> int | None:
    value = job.params.get(name)
    return value if isinstance(value, int) else None
