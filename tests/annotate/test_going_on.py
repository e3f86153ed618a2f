"""A job that was interrupted after its pass over the pictures."""

import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from core.annotate.pipeline import Found, PipelineContext, Video
from core.jobs.types import JobState
from tests.annotate.made_jobs import eventually, working
from tests.annotate.made_pipelines import Brightness, made_registry


class Stuck(Brightness):
    """Has seen everything, and thinks about it until it is stopped."""

    def __init__(self) -> None:
        super().__init__("second")
        self.begun = threading.Event()

    def run(self, video: Video, config: Mapping[str, Any], context: PipelineContext) -> Found:  # noqa: ARG002  as the protocol says
        """See Pipeline."""
        self.begun.set()
        while True:
            context.check()
            time.sleep(0.02)


def test_that_what_was_seen_for_a_finished_pipeline_serves_the_one_that_is_left(
    tmp_path: Path, make_video: Callable[..., Path]
) -> None:
    video_path, stuck = make_video(tmp_path / "short.mp4", segments=[{"frames": 50, "moving": True}]), Stuck()
    with working(tmp_path / "library", made_registry(Brightness(), stuck), tmp_path / "models") as desk:
        job = desk.ask(desk.add(video_path), ["brightness", "second"])
        assert eventually(stuck.begun.is_set)
        assert desk.states(job.job_id)["brightness"] == "succeeded"
    known = made_registry(Brightness(), Brightness("second"))
    with working(tmp_path / "library", known, tmp_path / "models") as desk:
        ended = desk.ended(job.job_id)
        assert ended.state is JobState.SUCCEEDED
        assert ended.result["decoded"] == 0
        assert desk.result(job.job_id, "second").annotation_count == 50
