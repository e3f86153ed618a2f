"""How far a whole job of speech is, from how far its present stage is."""

from core.jobs.part import PartOfJob

_WITHIN = {"loading": (0.0, 0.02), "listening": (0.02, 0.14), "transcribing": (0.14, 1.0), "speakers": (0.0, 1.0)}
"""Of the time of a usual transcription."""


class Share(PartOfJob):
    """A part with the stages of ``_WITHIN``; others tell how far they are themselves."""

    def within(self, stage: str, done: float) -> float:
        """See PartOfJob."""
        first, last = _WITHIN.get(stage, (0.0, 0.0))
        return first + (last - first) * min(1.0, done)
