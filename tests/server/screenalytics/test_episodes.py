"""Episodes over HTTP, as the document shows them."""

from pathlib import Path

import pytest

from core.library.library import Library
from models.store import ModelStore
from tests.analysis.films import faces_film
from tests.made_video import write_video
from tests.server.screenalytics.client import Client
from tests.server.screenalytics.live import Live
from tests.server.screenalytics.serving import served

DOCUMENTED = {
    "ep_id": "rhobh-s05e02",
    "show_slug": "rhobh",
    "season": 5,
    "episode": 2,
    "title": "Reunion Part 2",
    "air_date": "2015-04-14",
}


def other_film(path: Path) -> Path:
    """A short film that no other test has."""
    return write_video(path, segments=[{"seconds": 1, "colour": (200, len(path.name), 0)}], fps=25, size=(320, 180))


def test_that_an_episode_is_created_with_the_documented_fields(empty: Live) -> None:
    created = empty.client.post("/episodes", DOCUMENTED).data
    assert {name: created[name] for name in DOCUMENTED} == DOCUMENTED
    assert created["created_at"].endswith("Z")
    assert len(created["created_at"]) == len("2025-11-18T12:34:56Z")


def test_that_the_same_id_again_gives_the_same_record(empty: Live) -> None:
    first = empty.client.post("/episodes", DOCUMENTED).data
    again = empty.client.post("/episodes", {"ep_id": DOCUMENTED["ep_id"], "title": "Another", "unknown": float("inf")})
    assert again.data == first


def test_that_only_the_id_is_needed_and_null_is_nothing(empty: Live) -> None:
    record = empty.client.post("/episodes", {"ep_id": "bare", "title": None, "season": None}).data
    assert (record["ep_id"], record["title"], record["season"], record["has_video"]) == ("bare", None, None, False)


def test_that_an_episode_is_fetched_with_what_it_has(live: Live) -> None:
    record = live.client.get("/episodes/film").data
    assert (record["has_video"], record["has_tracks"], record["has_identities"]) == (True, True, True)
    live.client.post("/episodes", DOCUMENTED)
    announced = live.client.get("/episodes/rhobh-s05e02").data
    assert (announced["has_video"], announced["has_tracks"], announced["has_identities"]) == (False, False, False)
    assert {name: announced[name] for name in ("ep_id", "show_slug", "season", "episode", "title")} == {
        name: DOCUMENTED[name] for name in ("ep_id", "show_slug", "season", "episode", "title")
    }


def test_that_the_api_answers_at_the_root_of_the_server_too(live: Live) -> None:
    root = Client(f"http://{live.client.host}:{live.client.port}")
    assert root.get("/episodes/film").data == live.client.get("/episodes/film").data
    crop = root.get("/episodes/film/tracks/track-00001/crops").data["crops"][0]
    assert crop["presigned_url"].startswith(f"{root.base_url}/files/")
    assert root.request("GET", crop["presigned_url"].removeprefix(root.base_url)).status == 200


def test_that_an_unknown_episode_is_404(still_empty: Live) -> None:
    for path in ("/episodes/nothing", "/episodes/nothing/identities", "/episodes/nothing/progress"):
        still_empty.client.get(path).refused(404, "EPISODE_NOT_FOUND")
    still_empty.client.delete("/episodes/nothing").refused(404, "EPISODE_NOT_FOUND")


def test_that_episodes_are_listed_with_and_without_a_video(live: Live) -> None:
    live.client.post("/episodes", DOCUMENTED)
    listing = live.client.get("/episodes").data
    assert [one["ep_id"] for one in listing["episodes"]] == ["film", "rhobh-s05e02"]
    assert listing["total"] == 2
    assert [one["ep_id"] for one in live.client.get("/episodes?offset=1&limit=1").data["episodes"]] == ["rhobh-s05e02"]
    assert [one["ep_id"] for one in live.client.get("/episodes?show_slug=rhobh").data["episodes"]] == ["rhobh-s05e02"]


def test_that_a_video_is_attached_by_its_path_and_stays_where_it_is(empty: Live, tmp_path: Path) -> None:
    video = other_film(tmp_path / "by path.mp4")
    announced = empty.client.post("/episodes", DOCUMENTED).data
    attached = empty.client.post("/episodes", {**DOCUMENTED, "video_path": str(video)}).data
    assert attached["has_video"] is True
    assert {name: attached[name] for name in (*DOCUMENTED, "created_at")} == {
        name: announced[name] for name in (*DOCUMENTED, "created_at")
    }
    assert empty.library.episodes.get("rhobh-s05e02").media_path == video
    assert empty.client.post("/episodes", {**DOCUMENTED, "video_path": str(video)}).data == attached
    assert empty.client.post("/episodes", DOCUMENTED).data == attached


def test_that_one_video_is_one_episode(empty: Live, tmp_path: Path) -> None:
    video = other_film(tmp_path / "one.mp4")
    empty.client.post("/episodes", {"ep_id": "first", "video_path": str(video)})
    error = empty.client.post("/episodes", {"ep_id": "second", "video_path": str(video)}).refused(409, "CONFLICT")
    assert "first" in error["message"]
    empty.client.get("/episodes/second").refused(404, "EPISODE_NOT_FOUND")


@pytest.mark.parametrize("path", ["relative.mp4", "/nowhere/at/all.mp4", "/dev/zero", "/etc", "/etc/hostname"])
def test_that_a_path_without_a_video_creates_nothing(still_empty: Live, path: str) -> None:
    still_empty.client.post("/episodes", {"ep_id": "wrong", "video_path": path}).refused(400, "INVALID_REQUEST")
    still_empty.client.get("/episodes/wrong").refused(404, "EPISODE_NOT_FOUND")


def test_that_a_video_is_uploaded_into_the_library(empty: Live, tmp_path: Path) -> None:
    content = faces_film(tmp_path / "a film.mp4", tone=False).read_bytes()
    announced = empty.client.post("/episodes", DOCUMENTED).data
    sent = empty.client.upload("/episodes/rhobh-s05e02/video", content, file_name="../../a film.mp4")
    assert sent.data["has_video"] is True
    assert sent.data["created_at"] == announced["created_at"]
    stored = empty.library.path / "videos" / "rhobh-s05e02" / "a film.mp4"
    assert stored.read_bytes() == content
    again = empty.client.upload("/episodes/rhobh-s05e02/video", content, file_name="a film.mp4")
    assert again.data == sent.data
    assert [one.name for one in stored.parent.iterdir()] == ["a film.mp4"]


def test_that_an_upload_that_is_no_video_leaves_nothing_behind(empty: Live) -> None:
    empty.client.post("/episodes", DOCUMENTED)
    path = "/episodes/rhobh-s05e02/video"
    empty.client.upload(path, b"not a video" * 1000, file_name="x.mp4").refused(400, "INVALID_REQUEST")
    empty.client.upload(path, b"", file_name="x.mp4").refused(400, "INVALID_REQUEST")
    empty.client.upload(path, b"x", name="video").refused(422, "VALIDATION_ERROR")
    empty.client.post(path, {"file": "x"}).refused(400, "INVALID_REQUEST")
    empty.client.upload("/episodes/nothing/video", b"x" * 100).refused(404, "EPISODE_NOT_FOUND")
    assert empty.client.get("/episodes/rhobh-s05e02").data["has_video"] is False
    assert list((empty.library.path / "videos").glob("**/*")) == []


def test_that_an_upload_broken_off_leaves_nothing_behind(empty: Live) -> None:
    empty.client.post("/episodes", DOCUMENTED)
    body = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n\r\nhalf of a film'
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    empty.client.request("POST", "/episodes/rhobh-s05e02/video", body, headers).refused(400, "INVALID_REQUEST")
    assert list((empty.library.path / "videos").glob("**/*")) == []


def test_that_an_upload_over_the_limit_is_413(empty: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    empty.client.post("/episodes", DOCUMENTED)
    empty.limit_uploads(monkeypatch, 100_000)
    sent = empty.client.upload("/episodes/rhobh-s05e02/video", b"\0" * 900_000)
    sent.refused(413, "PAYLOAD_TOO_LARGE")
    assert list((empty.library.path / "videos").glob("**/*")) == []


def test_that_deleting_counts_the_files_and_the_video_in_place_stays(live: Live) -> None:
    media_path = live.library.episodes.get("film").media_path
    folder = live.library.paths.episode("film")
    expected = sum(len(names) for _, _, names in folder.walk()) if hasattr(folder, "walk") else None
    answer = live.client.delete("/episodes/film?delete_s3=true").data
    assert (answer["ep_id"], answer["s3_objects_deleted"]) == ("film", 0)
    assert answer["local_files_deleted"] > 20
    assert expected is None or answer["local_files_deleted"] == expected
    assert media_path.exists()
    assert not folder.exists()
    live.client.get("/episodes/film").refused(404, "EPISODE_NOT_FOUND")


def test_that_deleting_removes_an_uploaded_video(empty: Live, tmp_path: Path) -> None:
    empty.client.post("/episodes", DOCUMENTED)
    empty.client.upload(
        "/episodes/rhobh-s05e02/video", other_film(tmp_path / "upl.mp4").read_bytes(), file_name="u.mp4"
    )
    assert empty.client.delete("/episodes/rhobh-s05e02").data["local_files_deleted"] == 1
    assert not (empty.library.path / "videos" / "rhobh-s05e02").exists()


def test_that_an_announced_episode_is_deleted_too(empty: Live) -> None:
    empty.client.post("/episodes", DOCUMENTED)
    assert empty.client.delete("/episodes/rhobh-s05e02").data["local_files_deleted"] == 0
    empty.client.get("/episodes/rhobh-s05e02").refused(404, "EPISODE_NOT_FOUND")


def test_that_what_a_dying_server_left_half_done_goes_at_the_next_start(tmp_path: Path) -> None:
    folder = tmp_path / "library"
    with Library.open(folder, holder="test") as library:
        partial = folder / "videos" / "x" / ".trash-upload-1234"
        report = folder / "reports" / ".trash-x-1234.pdf"
        kept = folder / "videos" / "y" / "film.mp4"
        for path in (partial, report, kept):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"half")
        with served(library, ModelStore()):
            assert not partial.parent.exists()
            assert not report.exists()
            assert kept.exists()
