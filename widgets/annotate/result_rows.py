"""Jobs and what their pipelines gave, as rows of one list."""

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from core.annotate.types import PipelineResult, ResultState
from widgets.flow.labels import Tone
from widgets.time_text import format_span

translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class JobResults:
    """A job: one video and what each of its pipelines gave so far. ``title``: the video; ``detail``: when, or a batch.

    ``state`` None = as the pipelines say. ``progress`` in [0, 1], None = unknown.
    """

    job_id: str
    title: str
    results: tuple[PipelineResult, ...]
    detail: str = ""
    state: ResultState | None = None
    progress: float | None = None
    error: str = ""
    error_action: str = ""

    def state_now(self) -> ResultState:
        """The job's own state, else: running while one runs, succeeded when one did."""
        if self.state is not None:
            return self.state
        states = [one.state for one in self.results]
        order = (ResultState.RUNNING, ResultState.QUEUED, ResultState.SUCCEEDED, ResultState.FAILED)
        if ResultState.QUEUED in states and any(state.ended for state in states):
            return ResultState.RUNNING
        return next((state for state in order if state in states), ResultState.CANCELED)


@dataclass(frozen=True, slots=True)
class ListRow:
    """A row of the list: a job (``result`` None) or one of its pipelines."""

    job: JobResults
    result: PipelineResult | None = None
    title: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from the others."""
        return self.job.job_id, "" if self.result is None else self.result.pipeline

    @property
    def state(self) -> ResultState:
        """How far it is."""
        return self.job.state_now() if self.result is None else self.result.state

    @property
    def progress(self) -> float | None:
        """In [0, 1]; None = unknown."""
        return self.job.progress if self.result is None else self.result.progress

    @property
    def problem(self) -> tuple[str, str]:
        """What went wrong and what to do, "" = nothing."""
        if self.result is not None:
            return self.result.error, self.result.error_action
        return self.job.error, self.job.error_action


def rows_of(job: JobResults, titles: Mapping[str, str], *, folded: bool) -> list[ListRow]:
    """A row for the job, and one for each pipeline while it is open."""
    rows = [ListRow(job, None, job.title)]
    if not folded:
        rows += [ListRow(job, one, titles.get(one.pipeline, one.pipeline)) for one in job.results]
    return rows


def state_words(state: ResultState) -> tuple[str, Tone]:
    """A state and its tone."""
    words: dict[ResultState, tuple[str, Tone]] = {
        ResultState.QUEUED: (translate("Annotate", "Waiting"), "plain"),
        ResultState.RUNNING: (translate("Annotate", "Running"), "accent"),
        ResultState.SUCCEEDED: (translate("Annotate", "Done"), "success"),
        ResultState.FAILED: (translate("Annotate", "Failed"), "error"),
        ResultState.CANCELED: (translate("Annotate", "Cancelled"), "plain"),
    }
    return words[state]


def row_state_words(row: ListRow) -> tuple[str, Tone]:
    """The state of a row and its tone; of a job of which only a part succeeded, that."""
    wrong = any(one.state is ResultState.FAILED for one in row.job.results)
    if row.result is None and row.state is ResultState.SUCCEEDED and wrong:
        return translate("Annotate", "In part"), "warning"
    return state_words(row.state)


def stage_words(stage: str) -> str:
    """The stage of a pipeline."""
    return stage.replace("_", " ").capitalize() or translate("Annotate", "Starting")


def detail_words(row: ListRow) -> str:
    """One line about a row: what it does, what it found and how long that took, or what went wrong."""
    problem, _action = row.problem
    if problem and row.state.ended:
        return problem
    if row.result is None:
        return _job_words(row.job)
    if row.state is ResultState.RUNNING:
        share = "" if row.result.progress is None else f"{min(max(row.result.progress, 0.0), 1.0):.0%}"
        return " · ".join(part for part in (stage_words(row.result.stage), share) if part)
    if row.state is ResultState.QUEUED:
        return translate("Annotate", "Waits for its turn")
    return " · ".join(part for part in (count_words(row.result.annotation_count), took_words(row.result)) if part)


def count_words(count: int | None) -> str:
    """How many annotations."""
    if count is None:
        return ""
    if count == 1:
        return translate("Annotate", "1 annotation")
    return translate("Annotate", "{count} annotations").format(count=f"{count:,}")


def took_words(result: PipelineResult) -> str:
    """How long it took."""
    return "" if result.took_s is None else format_span(result.took_s)


def _job_words(job: JobResults) -> str:
    done = sum(one.state is ResultState.SUCCEEDED for one in job.results)
    failed = sum(one.state is ResultState.FAILED for one in job.results)
    words = translate("Annotate", "{done} of {count} pipelines").format(done=done, count=len(job.results))
    if not done and not failed and not job.state_now().ended:
        words = ""  # nothing is done yet, which the rows below say too
    wrong = translate("Annotate", "{count} failed").format(count=failed) if failed else ""
    return " · ".join(part for part in (job.detail, words, wrong) if part)
