"""Crops by page and by signed address; reference photos of cast members."""

import io
from urllib.parse import urlsplit

import pytest
from PIL import Image

from models.opencv import cv2
from tests.analysis.films import ASTRONAUT, shipped_picture
from tests.server.screenalytics.client import Client, Reply
from tests.server.screenalytics.live import Live

TRACK = "/episodes/film/tracks/track-00001/crops"


def photo() -> bytes:
    """One woman, well lit."""
    rgb = shipped_picture(*ASTRONAUT)
    return bytes(cv2.imencode(".jpg", rgb[:, :, ::-1])[1])


def fetched(client: Client, address: str) -> Reply:
    """The bytes behind an absolute address."""
    parts = urlsplit(address)
    assert (parts.hostname, parts.port) == (client.host, client.port)
    return Client(f"http://{parts.netloc}").get(f"{parts.path}?{parts.query}")


def test_that_crops_come_with_documented_fields_and_defaults(still: Live) -> None:
    every = still.client.get(f"{TRACK}?sample=1&limit=200").data
    page = still.client.get(TRACK).data
    assert page["track_id"] == "track-00001"
    frames = [one["frame_idx"] for one in every["crops"]]
    assert frames == sorted(frames)
    assert [one["frame_idx"] for one in page["crops"]] == frames[::3][:40]
    assert (page["has_more"], page["next_start_after"]) == (False, None)
    first = page["crops"][0]
    assert {"frame_idx", "crop_path", "presigned_url", "expires_at"} <= first.keys()
    assert first["crop_path"] == f"crops/track-00001/frame_{first['frame_idx']:06d}.jpg"
    assert (still.library.paths.episode("film") / first["crop_path"]).is_file()


def test_that_the_cursor_walks_through_all_crops_once(still: Live) -> None:
    every = [one["frame_idx"] for one in still.client.get(f"{TRACK}?sample=1&limit=200").data["crops"]]
    assert len(every) >= 4
    walked: list[int] = []
    query = f"{TRACK}?sample=1&limit=3"
    page = still.client.get(query).data
    while True:
        walked += [one["frame_idx"] for one in page["crops"]]
        if not page["has_more"]:
            break
        assert page["next_start_after"] == f"frame_{walked[-1]:06d}"
        page = still.client.get(f"{query}&start_after={page['next_start_after']}").data
    assert walked == every


def test_that_a_signed_address_gives_the_picture_and_a_changed_one_nothing(still: Live) -> None:
    one = still.client.get(TRACK).data["crops"][0]
    sent = fetched(still.client, one["presigned_url"])
    assert sent.status == 200
    assert sent.headers["content-type"] == "image/jpeg"
    assert sent.body == (still.library.paths.episode("film") / one["crop_path"]).read_bytes()
    fetched(still.client, one["presigned_url"].replace("track-00001", "track-00002")).refused(403, "FORBIDDEN")
    fetched(still.client, one["presigned_url"].split("?")[0]).refused(403, "FORBIDDEN")
    fetched(still.client, one["presigned_url"].replace("expires=1", "expires=9")).refused(403, "FORBIDDEN")


@pytest.mark.parametrize("query", ["sample=0", "sample=101", "limit=0", "limit=201", "sample=x", "start_after=../x"])
def test_that_pages_out_of_range_are_422(still: Live, query: str) -> None:
    still.client.get(f"{TRACK}?{query}").refused(422, "VALIDATION_ERROR")


def test_that_crops_of_unknown_and_deleted_tracks_are_404(live: Live) -> None:
    live.client.get("/episodes/film/tracks/track-99999/crops").refused(404, "TRACK_NOT_FOUND")
    live.client.get("/episodes/nothing/tracks/track-00001/crops").refused(404, "EPISODE_NOT_FOUND")
    live.client.delete("/episodes/film/tracks/track-00001").done()
    live.client.get(TRACK).refused(404, "TRACK_NOT_FOUND")
    assert live.client.get(f"{TRACK}?include_deleted=true").data["crops"]


def test_that_a_seed_is_stored_with_the_documented_fields(empty: Live) -> None:
    sent = empty.client.upload("/cast/lisa/seeds/upload", photo(), file_name="image.jpg", person_id="lisa-vanderpump")
    seed = sent.data
    assert seed["person_id"] == "lisa-vanderpump"
    assert seed["seed_id"].startswith("seed-")
    assert seed["embedding_extracted"] is True
    for name, ending in (("display_path", "_d.png"), ("embed_path", "_e.png")):
        assert seed[name].startswith("facebank/")
        assert seed[name].endswith(f"{seed['seed_id']}{ending}")
        with Image.open(empty.library.path / seed[name]) as picture:
            assert picture.size[0] >= 64
    cast = empty.client.get("/cast").data["cast"]
    assert [one["seeds"][0]["seed_id"] for one in cast] == [seed["seed_id"]]
    cast_id = cast[0]["cast_id"]
    empty.client.delete(f"/cast/{cast_id}/seeds/{seed['seed_id']}").done()
    assert empty.client.get(f"/cast/{cast_id}").data["seeds"] == []
    empty.client.delete(f"/cast/{cast_id}").done()
    empty.client.get(f"/cast/{cast_id}").refused(404, "CAST_NOT_FOUND")


def huge_png() -> bytes:
    """A hundred megapixels in a few kilobytes."""
    stream = io.BytesIO()
    Image.new("1", (12_000, 9_000)).save(stream, "PNG")
    return stream.getvalue()


def grey_png() -> bytes:
    """A picture without a face."""
    stream = io.BytesIO()
    Image.new("RGB", (320, 240), (128, 128, 128)).save(stream, "PNG")
    return stream.getvalue()


@pytest.mark.parametrize("make", [lambda: b"not an image", lambda: b"", huge_png, grey_png])
def test_that_what_is_no_face_is_refused_with_the_reason_and_nothing_stays(still_empty: Live, make: object) -> None:
    assert callable(make)
    still_empty.client.upload("/cast/lisa/seeds/upload", make(), person_id="lisa").refused(400, "INVALID_REQUEST")
    assert still_empty.client.get("/cast").data["cast"] == []
    assert [one for one in (still_empty.library.path / "facebank").glob("**/*") if one.is_file()] == []


def test_that_a_seed_needs_a_file_and_a_proper_id(still_empty: Live) -> None:
    still_empty.client.upload("/cast/lisa/seeds/upload", b"x", name="photo").refused(422, "VALIDATION_ERROR")
    still_empty.client.post("/cast/lisa/seeds/upload", {"file": "x"}).refused(400, "INVALID_REQUEST")
    sent = still_empty.client.upload("/cast/..%2F..%2Fetc/seeds/upload", photo())
    assert sent.status in {404, 422}
    still_empty.client.upload("/cast/.hidden/seeds/upload", photo()).refused(422, "VALIDATION_ERROR")
    still_empty.client.upload("/cast/lisa/seeds/upload", b"\0" * 41_000_000).refused(413, "PAYLOAD_TOO_LARGE")
    assert still_empty.client.get("/cast").data["cast"] == []
