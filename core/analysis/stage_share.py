"""How far a whole job is, from how far its present stage is."""

from core.jobs.part import PartOfJob
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


class StageShare(PartOfJob):
    """The part of a job that is one of its stages."""

    def __init__(self, context: JobContext, stages: tuple[str, ...], stage: str) -> None:
        """``stages`` are all stages of the job in their order, ``stage`` is the one that runs now."""
        whole = sum(_SHARES[one] for one in stages)
        begin = sum(_SHARES[one] for one in stages[: stages.index(stage)]) / whole
        super().__init__(context, begin, begin + _SHARES[stage] / whole)
