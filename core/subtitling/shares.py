"""How far a whole job of speech is, from how far its present stage is."""

from core.jobs.types import JobContext

_WITHIN = {"loading": (0.0, 0.02), "listening": (0.02, 0.14), "transcribing": (0.14, 1.0), "speakers": (0.0, 1.0)}
"""Of the time of a usual transcription."""


class Share:
    """The context of a job during a part of it: tells the job's ``overall`` with every progress.

    Stages of ``_WITHIN`` fill their parts of it; of others only ``overall`` counts.
    """

    def __init__(self, context: JobContext, begin: float, end: float) -> None:
        """The part goes from ``begin`` to ``end``, fractions of the job."""
        self._context = context
        self._begin = begin
        self._length = end - begin

    @property
    def job_id(self) -> str:
        """See JobContext."""
        return self._context.job_id

    @property
    def canceled(self) -> bool:
        """See JobContext."""
        return self._context.canceled

    def check(self) -> None:
        """See JobContext."""
        self._context.check()

    def log(self, text: str, *, level: str = "info") -> None:
        """See JobContext."""
        self._context.log(text, level=level)

    def progress(self, stage: str, done: int, total: int = 0, *, unit: str = "", overall: float | None = None) -> None:
        """See JobContext; ``overall`` is that of the part, by default as far as the stage is."""
        if overall is None:
            first, last = _WITHIN.get(stage, (0.0, 0.0))
            overall = first + (last - first) * (min(1.0, done / total) if total else 0.0)
        self._context.progress(stage, done, total, unit=unit, overall=self._begin + self._length * overall)
