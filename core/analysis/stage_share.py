"""How far a whole job is, from how far its present stage is."""

from core.jobs.types import JobContext

# of the time of a usual analysis, searching the film for faces is most; of a cleanup, looking for more faces
_SHARES = {
    "detect_track": 0.86,
    "faces_embed": 0.12,
    "cluster": 0.02,
    "split_tracks": 0.25,
    "reembed": 0.65,
    "recluster": 0.07,
    "group_clusters": 0.03,
}


class StageShare:
    """The context of a job while one of its stages runs: tells the job's ``overall`` with every progress."""

    def __init__(self, context: JobContext, stages: tuple[str, ...], stage: str) -> None:
        """``stages`` are all stages of the job in their order, ``stage`` is the one that runs now."""
        self._context = context
        whole = sum(_SHARES[one] for one in stages)
        self._begin = sum(_SHARES[one] for one in stages[: stages.index(stage)]) / whole
        self._share = _SHARES[stage] / whole

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
        """See JobContext; ``overall`` is that of the stage, by default ``done`` of ``total``."""
        within = overall if overall is not None else (done / total if total else 0.0)
        self._context.progress(stage, done, total, unit=unit, overall=self._begin + self._share * within)
