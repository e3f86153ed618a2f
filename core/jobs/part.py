"""The context of a job while a part of it runs: what the part tells is told as that share of the whole."""

from core.jobs.types import JobContext


class PartOfJob:
    """A JobContext that goes from ``begin`` to ``end``, fractions of the job."""

    def __init__(self, context: JobContext, begin: float, end: float) -> None:
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
        """See JobContext; ``overall`` is that of the part, by default as :meth:`within` says."""
        part = self.within(stage, done / total if total else 0.0) if overall is None else overall
        self._context.progress(stage, done, total, unit=unit, overall=self._begin + self._length * part)

    def within(self, stage: str, done: float) -> float:  # noqa: ARG002  a part may have several stages
        """How far the part is when ``stage`` is ``done``, both in [0, 1]."""
        return done
