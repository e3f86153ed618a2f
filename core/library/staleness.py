"""Which stages of an episode are missing, current or stale: read from the runs, never stored."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.library.types import SPEECH_STAGES, STAGES, SUPPLEMENTS
from core.review.types import StageState


@dataclass(frozen=True, slots=True)
class CurrentRun:
    """As much of a current run as staleness depends on."""

    run_id: int
    created_at: str
    inputs: Mapping[str, int]


def stage_states(current: Mapping[str, CurrentRun]) -> dict[str, StageState]:
    """The state of every stage of STAGES in their order, then of further stages that have a run, but SUPPLEMENTS.

    A stage is stale when a run that it was made from is not the current one any more, when a stage before it is newer
    without being among its inputs, or when a stage that it was made from is stale itself.
    """
    states: dict[str, StageState] = {}
    further = set(current) - set(STAGES) - SUPPLEMENTS
    spoken = [stage for stage in SPEECH_STAGES if stage in further]
    for stage in (*STAGES, *spoken, *sorted(further - set(spoken))):
        run = current.get(stage)
        if run is None:
            states[stage] = StageState(stage, "missing", None, None)
        else:
            word = "stale" if _is_stale(stage, run, current, states) else "current"
            states[stage] = StageState(stage, word, run.run_id, run.created_at)
    return states


def _is_stale(stage: str, run: CurrentRun, current: Mapping[str, CurrentRun], states: Mapping[str, StageState]) -> bool:
    for upstream, used in run.inputs.items():
        now = current.get(upstream)
        if now is None or now.run_id != used:
            return True
        if upstream in states and states[upstream].state == "stale":
            return True
    before = STAGES[: STAGES.index(stage)] if stage in STAGES else ()
    return any(
        upstream not in run.inputs and upstream in current and current[upstream].run_id > run.run_id
        for upstream in before
    )
