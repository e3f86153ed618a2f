"""How failures of several pipelines are told."""

from core.annotate.failures import told_together
from core.annotate.types import PipelineResult, ResultState


def test_that_pipelines_that_fail_for_one_reason_are_named_together() -> None:
    def failed(pipeline: str, error: str) -> PipelineResult:
        return PipelineResult(1, "job", 1, pipeline, ResultState.FAILED, {}, error=error)

    results = [failed("a", "No sound."), failed("b", "No face."), failed("c", "No sound.")]
    assert told_together(results) == "a, c: No sound. b: No face."
