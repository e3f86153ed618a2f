"""What failed in a job, in as few words as will do: pipelines that failed for one reason are named together."""

from collections.abc import Sequence

from core.annotate.types import PipelineResult


def told_together(failed: Sequence[PipelineResult], between: str = " ") -> str:
    """``a, b: The video has no sound.`` for each reason, in the order in which it first comes up."""
    reasons: dict[str, list[str]] = {}
    for one in failed:
        reasons.setdefault(one.error, []).append(one.pipeline)
    return between.join(f"{', '.join(names)}: {error}" for error, names in reasons.items())
