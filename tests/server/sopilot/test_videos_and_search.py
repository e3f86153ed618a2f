"""Videos: lists, files, deletion; and clips that look alike."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.types import Message

from app.server.sopilot.files import FileAnswer
from tests.procedures.made_moments import add_measured, made_moments
from tests.server.sopilot.live import Api, refused
from tests.server.sopilot.made_task import TASK, MadeTask, make_task, media


@pytest.fixture
def made(api: Api) -> MadeTask:
    return make_task(api.server.library)


def test_that_videos_are_listed_newest_first_within_bounds(api: Api, made: MadeTask) -> None:
    other = add_measured(api.server.library, made_moments(), task_id="packaging")
    ids = [one["video_id"] for one in api.get("/videos").json["items"]]
    assert ids == [other.video_id, made.trainee.video_id, made.gold.video_id]
    items = api.get(f"/sopilot/videos/?task_id={TASK}&limit=1&unknown=1").json["items"]
    assert [one["video_id"] for one in items] == [made.trainee.video_id]
    assert [one["video_id"] for one in api.get("/videos?role=gold").json["items"]] == [made.gold.video_id]
    for query in ("limit=0", "limit=501", "limit=many", "role=boss"):
        refused(api.get(f"/videos?{query}"), 422)


def test_that_a_video_has_the_documented_fields(api: Api, made: MadeTask) -> None:
    video = api.get(f"/videos/{made.gold.video_id}").json
    expected = {"video_id": made.gold.video_id, "task_id": TASK, "role": "gold", "site_id": None, "camera_id": None}
    assert video.items() >= (expected | {"num_clips": 6, "embedding_model": "made"}).items()
    assert video["created_at"].endswith("Z")
    for wrong, status in (("9999", 404), ("0", 404), ("-1", 404), ("abc", 422), (str(2**70), 422)):
        refused(api.get(f"/videos/{wrong}"), status)
        refused(api.get(f"/videos/{wrong}/file"), status)


def test_that_files_come_whole_and_in_ranges(api: Api, tmp_path: Path) -> None:
    content = media(tmp_path)
    video_id = api.upload("/videos", {"task_id": "a"}, content).json["video_id"]
    whole = api.get(f"/videos/{video_id}/file")
    assert (whole.status, whole.body) == (200, content)
    assert whole.headers["content-type"] == "video/mp4"
    part = api.get(f"/videos/{video_id}/file", headers={"Range": "bytes=10-19"})
    assert (part.status, part.body) == (206, content[10:20])
    assert part.headers["content-range"] == f"bytes 10-19/{len(content)}"
    outside = api.get(f"/videos/{video_id}/file", headers={"Range": f"bytes={len(content) + 5}-"})
    refused(outside, 416)
    assert outside.headers["content-range"].endswith(f"/{len(content)}")
    refused(api.get(f"/videos/{video_id}/file", headers={"Range": "bytes=a-b"}), 400)


def test_that_a_file_that_goes_before_it_is_sent_is_not_found(tmp_path: Path) -> None:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    answer = FileAnswer(tmp_path / "gone.mp4", media_type="video/mp4", filename="gone.mp4")
    asyncio.run(answer({"type": "http", "method": "GET", "headers": []}, receive, send))
    assert sent[0]["status"] == 404
    assert b"not there any more" in sent[1]["body"]


def test_that_another_container_is_named_as_what_it_is(
    api: Api, tmp_path: Path, make_video: Callable[..., Path]
) -> None:
    path = make_video(tmp_path / "film.mkv", size=(64, 48))
    video_id = api.upload("/videos", {"task_id": "a"}, path.read_bytes(), "film.mkv").json["video_id"]
    assert api.get(f"/videos/{video_id}/file").headers["content-type"] == "video/x-matroska"


def test_that_a_deletion_takes_the_files_and_indexes_again(api: Api, tmp_path: Path) -> None:
    made = make_task(api.server.library)
    owned = api.upload("/videos", {"task_id": TASK}, media(tmp_path)).json
    refused(api.delete(f"/videos/{owned['video_id']}"), 409)
    api.post(f"/videos/jobs/{owned['ingest_job_id']}/cancel")
    gone = api.delete(f"/videos/{owned['video_id']}")
    assert gone.status == 200
    assert (gone.json["video_id"], gone.json["task_id"], gone.json["reindexed_clips"]) == (owned["video_id"], TASK, 12)
    assert [Path(name).name for name in gone.json["removed_files"]] == ["source.mp4"]
    assert not any(Path(name).exists() for name in gone.json["removed_files"])
    for answer in (api.get(f"/videos/{owned['video_id']}"), api.delete(f"/videos/{owned['video_id']}")):
        refused(answer, 404)
    assert api.delete(f"/videos/{made.trainee.video_id}").json["reindexed_clips"] == 6
    assert made.trainee.media_path.exists()  # it lies outside the library


def test_that_search_finds_the_same_step_in_the_other_video(api: Api, made: MadeTask) -> None:
    gold, trainee = made.gold.video_id, made.trainee.video_id
    answer = api.as_role("viewer").get(f"/search?task_id={TASK}&video_id={trainee}&clip_idx=2&k=50")
    assert answer.status == 200, answer.body
    told = answer.json
    assert (told["task_id"], told["query_video_id"], told["query_clip_idx"]) == (TASK, trainee, 2)
    assert len(told["items"]) == 11
    best = next(item for item in told["items"] if item["video_id"] == gold)
    assert (best["clip_idx"], best["role"], best["start_sec"], best["end_sec"]) == (2, "gold", 8.0, 12.0)
    assert (trainee, 2) not in {(item["video_id"], item["clip_idx"]) for item in told["items"]}
    similarities = [item["similarity"] for item in told["items"]]
    assert similarities == sorted(similarities, reverse=True)
    assert max(similarities) <= 1
    assert len(api.get(f"/search?task_id={TASK}&video_id={trainee}&clip_idx=0").json["items"]) == 5


def test_that_what_cannot_be_searched_is_refused(api: Api, made: MadeTask) -> None:
    add_measured(api.server.library, made_moments(), task_id="packaging")
    gold = made.gold.video_id
    for query, status in (
        (f"task_id={TASK}&video_id={gold}&clip_idx=0&k=51", 422),
        (f"task_id={TASK}&video_id={gold}&clip_idx=0&k=0", 422),
        (f"task_id={TASK}&video_id={gold}&clip_idx=-1", 422),
        (f"task_id={TASK}&video_id={gold}", 422),
        (f"video_id={gold}&clip_idx=0", 422),
        (f"task_id={TASK}&video_id={gold}&clip_idx=6", 400),
        (f"task_id=packaging&video_id={gold}&clip_idx=0", 400),
        (f"task_id={TASK}&video_id=9999&clip_idx=0", 404),
        (f"task_id=nothing&video_id={gold}&clip_idx=0", 404),
    ):
        refused(api.get(f"/search?{query}"), status)
