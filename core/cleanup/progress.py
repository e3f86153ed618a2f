"""How far a cleanup is, in its own words."""

from typing import Any

from core.cleanup.parameters import ACTIONS
from core.jobs.types import Job, JobState


def cleanup_progress(job: Job) -> dict[str, Any]:
    """``phase``, ``phase_index`` (from 1), ``phase_total`` and ``phase_progress`` in [0, 1] of a job episode_cleanup.

    Before it begins it stands at the start of its first phase.
    """
    wanted = job.params.get("actions") or ACTIONS
    actions = [one for one in ACTIONS if one in wanted]
    if job.state == JobState.SUCCEEDED:
        index, within = len(actions), 1.0
    else:
        index = actions.index(job.stage) + 1 if job.stage in actions else 1
        within = min(1.0, job.done / job.total) if job.total and job.stage in actions else 0.0
    return {
        "phase": actions[index - 1],
        "phase_index": index,
        "phase_total": len(actions),
        "phase_progress": round(within, 4),
    }
