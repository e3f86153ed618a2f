"""Real measurements of drawn recordings, and whether what is said of them is true."""

from pathlib import Path

from core.jobs.inline_pool import InlinePool
from core.media.probe import probe
from core.procedures.clips import clip_times
from core.procedures.compare import Recording
from core.procedures.measuring import measure
from core.procedures.types import Comparison, Finding, FindingType, Masks, Moments, Step, TaskSettings
from models.store import ModelStore
from tests.jobs.still_context import StillContext
from tests.procedures.drawn import Drawn, step_names

SETTINGS = TaskSettings()


def measured(path: Path, models: ModelStore, *, mirrored: bool = False) -> Moments:
    """What the default encoder says of a video."""
    return measure(
        path,
        probe(path),
        "",
        models=models,
        masks=Masks(),
        mirrored=mirrored,
        pool=InlinePool(),
        context=StillContext(),
        work_dir=path.with_suffix(".work"),
    )


def recording(moments: Moments, steps: tuple[Step, ...] = ()) -> Recording:
    """With clips as usual."""
    return Recording(moments, clip_times(moments, clip_s=SETTINGS.clip_s, overlap=SETTINGS.clip_overlap), steps)


def true_steps(gold: Drawn) -> tuple[Step, ...]:
    """The steps of a faultless drawn recording, as a person would mark them: one after the other without gaps."""
    edges = (0.0, *gold.boundaries_s(), gold.duration_s)
    return tuple(
        Step(start_s, end_s, name) for start_s, end_s, name in zip(edges[:-1], edges[1:], step_names(), strict=True)
    )


def named_rightly(drawn: Drawn, outcome: Comparison) -> bool:
    """Whether the fault is among the findings, of the right type and at the right step; of a clean one: no finding."""
    if drawn.fault == "clean":
        return not outcome.findings
    return any(_is_the_fault(drawn, finding) for finding in outcome.findings)


def nothing_else_named(drawn: Drawn, outcome: Comparison) -> bool:
    """Whether all findings are the fault."""
    return all(_is_the_fault(drawn, finding) for finding in outcome.findings)


_TYPES = {
    "missing": FindingType.STEP_MISSING,
    "swapped": FindingType.ORDER_SWAP,
    "repeated": FindingType.STEP_EXTRA,
    "foreign": FindingType.STEP_EXTRA,
    "slow": FindingType.OVER_TIME,
    "wrong": FindingType.EXECUTION_DEVIATION,
}


def _is_the_fault(drawn: Drawn, finding: Finding) -> bool:
    if finding.type is not _TYPES.get(drawn.fault):
        return False
    if drawn.fault == "swapped":
        return {finding.gold_step, finding.other_step} == {drawn.fault_step, drawn.other_step}
    if drawn.fault == "foreign":
        return finding.repeats is None and _overlaps(drawn, finding)
    return (finding.repeats if drawn.fault == "repeated" else finding.gold_step) == drawn.fault_step


def _overlaps(drawn: Drawn, finding: Finding) -> bool:
    """Whether it lies where something foreign was done: half of either is inside the other."""
    (foreign,) = (one for one in drawn.done if one.step is None)
    if finding.trainee is None:
        return False
    shared = min(foreign.end_s, finding.trainee.end_s) - max(foreign.start_s, finding.trainee.start_s)
    shorter = min(foreign.end_s - foreign.start_s, finding.trainee.end_s - finding.trainee.start_s)
    return shared >= 0.5 * shorter
