"""What a cleanup may be asked, and what it says of its progress."""

import dataclasses
from typing import Any

import pytest

from core.cleanup.parameters import ACTIONS, resolve_cleanup
from core.cleanup.progress import cleanup_progress
from core.errors import InvalidRequest
from core.jobs.types import Job, JobState


def test_that_the_documented_defaults_hold() -> None:
    found = resolve_cleanup({}, {})
    assert found.actions == ACTIONS
    assert found.write_back
    assert (found.cluster.cluster_thresh, found.cluster.min_cluster_size, found.cluster.min_identity_sim) == (
        0.58, 2, 0.45,
    )  # fmt: skip
    assert (found.detect.scene_detector, found.detect.scene_threshold, found.embed.thumb_size) == (
        "pyscenedetect", 27.0, 256,
    )  # fmt: skip


def test_that_actions_run_in_their_order_and_once() -> None:
    found = resolve_cleanup({"actions": ["recluster", "split_tracks", "recluster"]}, {})
    assert found.actions == ("split_tracks", "recluster")


def test_that_faces_are_embedded_where_embed_device_says() -> None:
    found = resolve_cleanup({"device": "cuda", "embed_device": "cpu"}, {})
    assert (found.detect.device, found.embed.device) == ("cuda", "cpu")


@pytest.mark.parametrize(
    ("params", "named"),
    [
        ({"actions": []}, "actions"),
        ({"actions": "reembed"}, "actions"),
        ({"actions": ["tidy"]}, "actions"),
        ({"actions": [1]}, "actions"),
        ({"actions": [["reembed"]]}, "actions"),
        ({"write_back": 1}, "write_back"),
        ({"write_back": "no"}, "write_back"),
        ({"embed_device": "gpu"}, "embed_device"),
        ({"cluster_thresh": 0.1}, "cluster_thresh"),
        ({"thumb_size": 10}, "thumb_size"),
        ({"stride": 0}, "stride"),
    ],
)
def test_that_what_cannot_be_used_is_named(params: dict[str, Any], named: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        resolve_cleanup(params, {})
    assert named in caught.value.message
    assert caught.value.action


def test_that_progress_counts_the_phases_that_run() -> None:
    job = Job("job-1", "episode_cleanup", "ep", JobState.QUEUED, 0, {"actions": ["recluster", "reembed"]}, "")
    assert cleanup_progress(job) == progress("reembed", 1, 2, 0.0)
    running = dataclasses.replace(job, state=JobState.RUNNING, stage="recluster", done=3, total=4)
    assert cleanup_progress(running) == progress("recluster", 2, 2, 0.75)
    fetching = dataclasses.replace(running, stage="models: dlib", done=3, total=4)
    assert cleanup_progress(fetching) == progress("reembed", 1, 2, 0.0)
    ended = dataclasses.replace(running, state=JobState.SUCCEEDED)
    assert cleanup_progress(ended) == progress("recluster", 2, 2, 1.0)


def progress(phase: str, index: int, total: int, within: float) -> dict[str, Any]:
    return {"phase": phase, "phase_index": index, "phase_total": total, "phase_progress": within}
