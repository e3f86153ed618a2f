"""A score as the document writes it; what a person said of findings is in it."""

from typing import Any

from app.server.sopilot.job_words import error_message, job_times, progress_of, requested_by, status_word
from app.server.sopilot.times import zulu
from core.jobs.types import Job
from core.procedures.json_forms import versions_to_plain
from core.procedures.types import Finding, FindingVerdict, Score, ScoreSummary, StepOutcome, Stretch, Verdict

METRICS = (
    "miss",
    "swap",
    "deviation",
    "over_time",
    "temporal_warp",
    "path_stretch",
    "duplicate_ratio",
    "order_violation_ratio",
    "temporal_drift",
    "confidence_loss",
    "local_similarity_gap",
    "adaptive_low_similarity_threshold",
    "effective_low_similarity_threshold",
    "hard_miss_ratio",
    "mean_alignment_cost",
)
"""The document's names; an algorithm may add others."""
_COUNTS = frozenset({"miss", "swap"})


def job_record(job: Job, score: Score | None) -> dict[str, Any]:
    """``score`` None = the job has found nothing (yet)."""
    return {
        "score_job_id": job.job_id,
        "status": status_word(job),
        "gold_video_id": _id_in(job, "gold_video_id"),
        "trainee_video_id": _id_in(job, "trainee_video_id"),
        "requested_by": requested_by(job),
        "score": score.score if score is not None else None,
        "error_message": error_message(job),
        **job_times(job),
        **progress_of(job),
        "result": result_record(score) if score is not None else None,
    }


def result_record(score: Score) -> dict[str, Any]:
    """The document's fields, then ours."""
    found = score.comparison
    return {
        "score": score.score,
        "metrics": _metrics(found.metrics),
        "step_boundaries": {"gold": list(found.gold_boundaries), "trainee": list(found.trainee_boundaries)},
        "deviations": [_deviation(one, score.verdicts.get(one.finding_id)) for one in found.findings],
        "alignment_preview": [
            {"gold_clip": gold, "trainee_clip": trainee, "similarity": like}
            for gold, trainee, like in found.clip_preview
        ],
        "clip_count": {"gold": len(found.gold_clip_steps), "trainee": len(found.trainee_clip_steps)},
        "step_map_preview": {"gold": list(found.gold_clip_steps), "trainee": list(found.trainee_clip_steps)},
        "score_id": score.score_id,
        "task_id": score.task_id,
        "version": score.version,
        "machine_score": score.machine_score,
        "passed": score.passed,
        "pass_mark": score.versions.settings.get("pass_mark"),
        "steps": [_step(one) for one in found.steps],
        "lost": dict(found.lost),
        "mirrored": found.mirrored,
        "why_zero": found.why_zero,
        "notes": list(found.notes),
        "versions": versions_to_plain(score.versions),
    }


def line_record(line: ScoreSummary) -> dict[str, Any]:
    """A score in a list."""
    return {
        "score_id": line.score_id,
        "score_job_id": line.job_id,
        "task_id": line.task_id,
        "gold_video_id": line.gold_video_id,
        "trainee_video_id": line.trainee_video_id,
        "version": line.version,
        "score": line.score,
        "machine_score": line.machine_score,
        "passed": line.passed,
        "findings": line.findings,
        "created_at": zulu(line.created_at),
    }


def _metrics(found: dict[str, float]) -> dict[str, float]:
    whole = {name: found.get(name, 0.0) for name in METRICS} | found
    return {name: int(value) if name in _COUNTS else value for name, value in whole.items()}


def _deviation(finding: Finding, said: FindingVerdict | None) -> dict[str, Any]:
    return {
        "type": str(finding.type),
        "gold_step": finding.gold_step,
        "gold_time": _span(finding.gold),
        "trainee_time": _span(finding.trainee),
        "confidence": finding.confidence,
        "reason": finding.reason,
        "finding_id": finding.finding_id,
        "lost_points": finding.lost,
        "other_step": finding.other_step,
        "repeats": finding.repeats,
        "verdict": str(said.verdict if said is not None else Verdict.NONE),
        "comment": said.comment if said is not None else "",
    }


def _step(step: StepOutcome) -> dict[str, Any]:
    return {
        "gold_step": step.gold_step,
        "name": step.name,
        "gold_time": _span(step.gold),
        "trainee_time": _span(step.trainee),
        "similarity": step.similarity,
        "allowed_sec": step.allowed_s,
        "critical": step.critical,
        "optional": step.optional,
        "points": step.points,
        "lost": dict(step.lost),
    }


def _span(stretch: Stretch | None) -> dict[str, float | None]:
    if stretch is None:
        return {"start_sec": None, "end_sec": None}
    return {"start_sec": round(stretch.start_s, 3), "end_sec": round(stretch.end_s, 3)}


def _id_in(job: Job, name: str) -> int | None:
    value = job.params.get(name)
    return value if isinstance(value, int) else None
