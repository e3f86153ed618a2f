"""What a score says, in words. Steps count from 1 for people."""

from collections.abc import Sequence

from core.procedures.types import Finding, FindingType, StepOutcome, Stretch, Verdict
from core.reports.words import length_words
from core.screen_time.tables import clock_text

CAUSE_WORDS = {
    FindingType.STEP_MISSING.value: "Step missing",
    FindingType.ORDER_SWAP.value: "Wrong order",
    FindingType.EXECUTION_DEVIATION.value: "Done differently",
    FindingType.STEP_EXTRA.value: "Extra step",
    FindingType.OVER_TIME.value: "Over time",
}
VERDICT_WORDS = {Verdict.NONE: "", Verdict.CONFIRMED: "Confirmed", Verdict.DISMISSED: "Dismissed"}


def points_words(points: float) -> str:
    """``12.5``, ``100``: hundredths where they are needed."""
    return f"{points:.2f}".rstrip("0").rstrip(".")


def cause_words(cause: str) -> str:
    """A cause of lost points."""
    return CAUSE_WORDS.get(cause, cause.replace("_", " ").capitalize())


def span_words(stretch: Stretch) -> str:
    """``0:00:10.000 to 0:00:15.000``."""
    return f"{clock_text(stretch.start_s)} to {clock_text(stretch.end_s)}"


def lasting_words(stretch: Stretch | None) -> str:
    """How long a stretch is."""
    return "–" if stretch is None else length_words(max(0.0, stretch.end_s - stretch.start_s))


def step_words(index: int, steps: Sequence[StepOutcome]) -> str:
    """``Step 3, Basketball``; a step that nobody has named is only counted. ``index`` counts from 0."""
    name = next((one.name.strip() for one in steps if one.gold_step == index), "")
    counted = f"Step {index + 1}"
    return f"{counted}, {name}" if name not in {"", counted} else counted


def finding_words(finding: Finding, steps: Sequence[StepOutcome]) -> str:
    """What was found, with the names of the steps."""
    if finding.type is FindingType.STEP_EXTRA:
        if finding.repeats is None:
            return "Something that is no step"
        return f"{step_words(finding.repeats, steps)}: done again"
    if finding.gold_step is None:
        return cause_words(finding.type.value)
    name = step_words(finding.gold_step, steps)
    if finding.type is FindingType.ORDER_SWAP and finding.other_step is not None:
        return f"{name}: changed places with {step_words(finding.other_step, steps).replace('Step', 'step', 1)}"
    return f"{name}: {cause_words(finding.type.value).removeprefix('Step ').lower()}"
