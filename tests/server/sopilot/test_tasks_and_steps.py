"""Ours: tasks with their settings, steps of gold videos, and what people accept."""

import pytest

from tests.server.sopilot.live import Api, refused
from tests.server.sopilot.made_task import TASK, MadeTask, make_task


@pytest.fixture
def made(api: Api) -> MadeTask:
    return make_task(api.server.library)


def test_that_settings_of_a_task_change_one_by_one(api: Api, made: MadeTask) -> None:
    assert [one["task_id"] for one in api.get("/tasks").json["items"]] == [TASK]
    before = api.get(f"/tasks/{TASK}").json
    assert (before["golds"], before["trainees"]) == (1, 1)
    body = {"title": "Line 1", "settings": {"pass_mark": 85, "masks": {"faces": True}, "unknown": 1}, "unknown": 2}
    after = api.put(f"/tasks/{TASK}", body).json
    assert (after["title"], after["settings"]["pass_mark"]) == ("Line 1", 85)
    assert after["settings"]["masks"]["faces"] is True
    assert after["settings"]["clip_s"] == before["settings"]["clip_s"]
    for settings in ({"pass_mark": 101}, {"clip_overlap": 1}, {"masks": {"regions": [[0, 0, 5, 5]]}}):
        refused(api.put(f"/tasks/{TASK}", {"settings": settings}), 400)
    for no_number in ("high", "85", True):
        refused(api.put(f"/tasks/{TASK}", {"settings": {"pass_mark": no_number}}), 422)
    refused(api.put(f"/tasks/{TASK}/adapters/current", {"version": True}), 422)
    refused(api.put(f"/tasks/{TASK}", {"title": "half of a letter: \ud800"}), 422)
    refused(api.put("/tasks/new", {"settings": {"pass_mark": 101}}), 400)
    refused(api.put("/tasks/no%20id", {"title": "x"}), 400)
    refused(api.get("/tasks/new"), 404)
    assert api.put("/tasks/new", {"settings": {"masks": {"faces": True}}}).json["settings"]["masks"]["faces"] is True
    assert api.get(f"/tasks/{TASK}").json == after


def test_that_steps_are_edited_undone_and_redone(api: Api, made: MadeTask) -> None:
    path = f"/videos/{made.gold.video_id}/steps"
    proposed = api.get(path).json
    assert [one["name"] for one in proposed["steps"]] == [f"Step {number}" for number in range(1, 6)]
    steps = [
        {"name": "Open", "start_sec": 0, "end_sec": 10},
        {"name": "Close", "start_sec": 10, "end_sec": 25, "critical": True, "allowed_sec": 20},
    ]
    body = {"steps": steps, "name": "Two steps", "seen_version": proposed["version"]}
    edited = api.as_role("operator").put(path, body)
    assert edited.status == 200, edited.body
    assert [(one["name"], one["critical"], one["allowed_sec"]) for one in edited.json["steps"]] == [
        ("Open", False, None),
        ("Close", True, 20.0),
    ]
    assert (edited.json["actor"], edited.json["can_undo"]) == ("token:operator", "Two steps")
    refused(api.put(path, body), 409)
    assert api.post(f"{path}/undo").json["steps"] == proposed["steps"]
    assert api.post(f"{path}/redo").json["steps"] == edited.json["steps"]
    refused(api.post(f"{path}/redo"), 400)


def test_that_impossible_steps_are_refused(api: Api, made: MadeTask) -> None:
    path = f"/videos/{made.gold.video_id}/steps"
    one = {"name": "Open", "start_sec": 0, "end_sec": 10}
    for steps, status in (
        ([], 400),
        ([{**one, "end_sec": 99}], 400),
        ([one, {**one, "start_sec": 5, "end_sec": 12}], 400),
        ([{**one, "start_sec": -1}], 422),
        ([{**one, "end_sec": True}], 422),
        ([{"name": "Open", "start_sec": 0}], 422),
        ([{**one, "critical": "perhaps"}], 422),
    ):
        refused(api.put(path, {"steps": steps}), status)
    refused(api.put(f"/videos/{made.trainee.video_id}/steps", {"steps": [one]}), 400)
    refused(api.get("/videos/9999/steps"), 404)
    assert len(api.get(path).json["steps"]) == 5


def test_that_videos_are_accepted_and_masked(api: Api, made: MadeTask) -> None:
    path = f"/videos/{made.trainee.video_id}"
    assert api.put(f"{path}/accepted", {"accepted": True}).json["accepted"] is True
    refused(api.put(f"{path}/accepted", {"accepted": "yes"}), 422)
    refused(api.put("/videos/9999/accepted", {"accepted": True}), 404)
    assert api.put(f"{path}/masks", {"regions": [[0, 0, 0.5, 0.5]], "mode": "black"}).status == 200
    assert api.server.library.procedures.video(made.trainee.video_id).masks.mode == "black"
    refused(api.put(f"{path}/masks", {"regions": [[0, 0, 2, 2]]}), 400)
    for no_box in ([0, 0], [0, 0, True, True], [0, 0, "1", "1"]):
        refused(api.put(f"{path}/masks", {"regions": [no_box]}), 422)
