"""What people read about procedures: names of things, and sentences that several places say."""

from core.errors import Conflict, InvalidRequest, NotFound
from core.procedures.types import QualityFlag

QUALITY_WORDS = {
    QualityFlag.DARK: "dark",
    QualityFlag.OVER_EXPOSED: "over-exposed",
    QualityFlag.BLURRED: "blurred",
    QualityFlag.FROZEN: "frozen",
}
LOOK_AT_VIDEOS = "Look at the list of the task's videos."


def no_task(task_id: str) -> NotFound:
    """An id that names no task."""
    return NotFound(f"There is no task “{task_id}” in this library.", action="Look at the list of tasks.")


def no_video(video_id: int) -> NotFound:
    """An id that never named a video."""
    return NotFound(f"There is no procedure video {video_id} in this library.", action=LOOK_AT_VIDEOS)


def deleted_video(video_id: int, deleted_at: str) -> NotFound:
    """A video that is not there any more."""
    return NotFound(f"The procedure video {video_id} was deleted at {deleted_at}.", action=LOOK_AT_VIDEOS)


def no_score(score_id: int) -> NotFound:
    """An id that names no score."""
    return NotFound(f"There is no score {score_id} in this library.", action="Look at the list of scores.")


def not_gold(video_id: int) -> InvalidRequest:
    """Steps and comparisons need a gold recording."""
    return InvalidRequest(
        f"The video {video_id} is a trainee's: only a gold recording has steps.", action="Choose a gold recording."
    )


def not_measured(video_id: int) -> InvalidRequest:
    """Nothing was measured of a video yet."""
    return InvalidRequest(
        f"The video {video_id} is not measured yet.", action="Wait until its ingest ends, or have it measured."
    )


def no_steps(video_id: int) -> InvalidRequest:
    """A gold recording that nothing can be compared with."""
    return InvalidRequest(
        f"The gold recording {video_id} has no steps.", action="Mark its steps, or have it measured again."
    )


def busy_video(video_id: int, job_type: str, job_id: str, state: str) -> Conflict:
    """A job of a video waits or runs."""
    return Conflict(
        f"The video {video_id} already has a job: {job_type} ({job_id}, {state}).",
        action="Wait until it ends, or cancel it first.",
    )


def flag_sentence(video_id: int, flagged: dict[str, int], num_clips: int) -> str:
    """How many clips of a video are hard to judge, and why; "" when none is."""
    parts = [f"{flagged[flag]} {word}" for flag, word in QUALITY_WORDS.items() if flagged.get(flag)]
    return f"Video {video_id}: of {num_clips} clips {', '.join(parts)}." if parts else ""
