"""Asking for cuts: what the document allows makes a job, everything else makes nothing."""

from pathlib import Path
from typing import Any

import pytest

from core.render.types import Captions, EnginePolicy, RenderRequest
from tests.server.pytoon.live import (
    JOBS,
    MOMENT,
    Api,
    nothing_came,
    picture,
    refused,
    served,
    sound,
    unprocessable,
)


def request_of(api: Api, job_id: str) -> RenderRequest:
    return api.library.renders.get(job_id).request


def test_that_a_job_is_made_of_every_documented_field(api: Api) -> None:
    images = [api.uploaded(picture(), f"product {number}.png") for number in (1, 2)]
    mask = api.uploaded(picture(mode="RGBA"), "mask.png", "mask")
    music, voice = (api.uploaded(sound(), name, "audio") for name in ("track.wav", "voice.wav"))
    answer = api.submit(
        prompt="Product showcase with elegance",
        target_duration_seconds=14,
        brand_safe=True,
        engine_policy="local_preferred",
        archetype="OVERLAY",
        image_uris=images,
        mask_uri=mask,
        music_uri=music,
        voice_uri=voice,
        captions={"hook": "New Collection", "beats": ["Premium quality", "Limited edition"], "cta": "Shop now"},
        a_field_of_tomorrow=[1, 2],
    )
    assert answer.status == 201, answer.body
    job_id = answer.json["job_id"]
    assert answer.json == {"job_id": job_id, "status": "QUEUED", "segments": 5}
    told = api.get(f"{JOBS}/{job_id}").json
    assert MOMENT.fullmatch(told.pop("created_at"))
    assert MOMENT.fullmatch(told.pop("updated_at"))
    assert told == {
        "job_id": job_id,
        "status": "QUEUED",
        "archetype": "OVERLAY",
        "preset_id": "overlay_classic",
        "target_duration_seconds": 14,
        "progress_pct": 0,
        "output_uri": None,
        "thumbnail_uri": None,
        "metadata_uri": None,
        "fallback_used": False,
        "fallback_reason": None,
        "error": None,
        "failure": None,
        "segments": 5,
        "title": "New Collection",
        "requested_by": "dev-key",
        "took_seconds": None,
    }
    segments = api.get(f"{JOBS}/{job_id}/segments").json
    assert segments["job_id"] == job_id
    assert [one["duration_seconds"] for one in segments["segments"]] == [3, 3, 3, 3, 2]
    assert segments["segments"][4] == {
        "index": 4,
        "status": "QUEUED",
        "duration_seconds": 2,
        "engine_used": None,
        "artifact_uri": None,
        "error": None,
        "fallback_reason": None,
        "progress": 0,
        "seed": segments["segments"][4]["seed"],
        "took_seconds": None,
    }
    asked = request_of(api, job_id)
    assert [Path(one).name for one in asked.images] == ["product 1.png", "product 2.png"]
    assert asked.captions == Captions("New Collection", ("Premium quality", "Limited edition"), "Shop now")
    assert (asked.brand_safe, asked.engine_policy) == (True, EnginePolicy.LOCAL_PREFERRED)
    assert asked.remote_allowed is False


def test_that_all_but_the_preset_may_be_left_out_or_null(api: Api) -> None:
    for fields in ({}, {"brand_safe": None, "captions": None, "mask_uri": None, "archetype": None}):
        made = api.submit(**fields).json
        assert made["segments"] == 5
        told, asked = api.get(f"{JOBS}/{made['job_id']}").json, request_of(api, made["job_id"])
        assert (told["target_duration_seconds"], told["archetype"]) == (15, "OVERLAY")
        assert (asked.brand_safe, asked.engine_policy, asked.captions, asked.images) == (None, None, None, ())
    empty = api.submit(captions={"hook": None, "beats": None})
    assert request_of(api, empty.json["job_id"]).captions == Captions()


def test_that_segments_are_the_duration_over_three_rounded_up(api: Api) -> None:
    for seconds, segments in ((1, 1), (3, 1), (4, 2), (15.0, 5), (59, 20), (60, 20)):
        assert api.submit(target_duration_seconds=seconds).json["segments"] == segments


def test_that_an_upload_is_named_by_its_uri_or_its_key(api: Api) -> None:
    told = api.upload(picture(), "Süd 100%.png").json
    for named in (told["uri"], told["key"], told["uri"].replace("file:///", "file://localhost/")):
        job_id = api.submit(image_uris=[named], target_duration_seconds=1).json["job_id"]
        assert request_of(api, job_id).images == (str((api.library.path / told["key"]).resolve()),)


BAD: tuple[tuple[dict[str, Any], str], ...] = (
    ({"target_duration_seconds": 0}, "target_duration_seconds"),
    ({"target_duration_seconds": 61}, "target_duration_seconds"),
    ({"target_duration_seconds": -1}, "target_duration_seconds"),
    ({"target_duration_seconds": 7.5}, "target_duration_seconds"),
    ({"target_duration_seconds": "15"}, "target_duration_seconds"),
    ({"target_duration_seconds": True}, "target_duration_seconds"),
    ({"target_duration_seconds": None}, "target_duration_seconds"),
    ({"target_duration_seconds": 1e300}, "target_duration_seconds"),
    ({"prompt": "x" * 10_000}, "prompt"),
    ({"prompt": 7}, "prompt"),
    ({"prompt": "\ud800"}, "prompt"),
    ({"captions": {"hook": "x" * 10_000}}, "captions.hook"),
    ({"captions": {"beats": ["ok", "x" * 10_000]}}, "captions.beats.1"),
    ({"captions": {"beats": ["x"] * 61}}, "captions.beats"),
    ({"captions": {"beats": "one"}}, "captions.beats"),
    ({"captions": {"cta": "x" * 1_001}}, "captions.cta"),
    ({"captions": "hello"}, "captions"),
    ({"brand_safe": "yes"}, "brand_safe"),
    ({"brand_safe": 1}, "brand_safe"),
    ({"engine_policy": "cheapest"}, "engine_policy"),
    ({"archetype": "overlay"}, "archetype"),
    ({"image_uris": "file:///a.png"}, "image_uris"),
    ({"image_uris": [None]}, "image_uris.0"),
    ({"image_uris": ["uploads/a"] * 61}, "image_uris"),
    ({"mask_uri": 3}, "mask_uri"),
    ({"music_uri": ["a"]}, "music_uri"),
    ({"preset_id": None}, "preset_id"),
    ({"preset_id": 4}, "preset_id"),
)
"""Fields, and the place that the refusal names."""


def test_that_a_value_out_of_its_bounds_is_a_422_that_names_it(api: Api) -> None:
    for fields, place in BAD:
        assert [named for named, _ in unprocessable(api.submit(**fields))] == [f"body.{place}"]
    assert nothing_came(api)


def test_that_a_body_that_is_no_object_is_a_422(api: Api) -> None:
    for body in (b"", b"{", b"[]", b"null", b"\xff\xfe{}", b'{"preset_id": NaN}', b"[" * 100_000):
        unprocessable(api.ask("POST", JOBS, body, {"Content-Type": "application/json"}))
    assert unprocessable(api.post(JOBS, {})) == [("body.preset_id", "missing")]
    unprocessable(api.ask("POST", JOBS, b'{"preset_id": "meme_fast"}', {"Content-Type": "text/plain"}))
    assert nothing_came(api)


def test_that_a_body_over_its_limit_is_a_413(api: Api) -> None:
    assert refused(api.submit(prompt="x" * 1_100_000), 413)
    assert nothing_came(api)


def test_that_an_unknown_preset_is_a_400(api: Api) -> None:
    for preset_id in ("no_such_preset", "", "../../etc/passwd", "x" * 10_000):
        detail = refused(api.submit(preset_id=preset_id), 400)
        assert detail.startswith("Unknown preset_id: ")
        assert "overlay_classic" in detail
        assert len(detail) < 1000
    assert nothing_came(api)


def test_that_files_outside_the_storage_are_a_400(api: Api, tmp_path: Path) -> None:
    outside = tmp_path / "outside.png"
    outside.write_bytes(picture())
    inside = api.library.path
    link = inside / "uploads" / "link" / "a.png"
    link.parent.mkdir(parents=True)
    link.symlink_to(outside)
    for named in (
        outside.as_uri(),
        str(outside),
        link.as_uri(),
        f"{inside.as_uri()}/uploads/../../outside.png",
        f"{inside.as_uri()}/uploads/%2e%2e/%2e%2e/outside.png",
        (inside / "library.db").as_uri(),
        "uploads/../library.db",
        "file:///etc/passwd",
        "file://other-computer/share/a.png",
        "http://127.0.0.1:1/a.png",
        "https://example.org/a.png",
        "ftp://x/a.png",
        "data:image/png;base64,AAAA",
        "/etc/passwd\x00.png",
        "",
        "\n",
    ):
        for field, value in (("image_uris", [named]), ("mask_uri", named), ("music_uri", named), ("voice_uri", named)):
            detail = refused(api.submit(**{field: value}), 400)
            assert detail.startswith(field)
    assert not api.library.renders.list()


def test_that_a_file_that_is_missing_is_a_400(api: Api) -> None:
    told = api.upload(picture(), "a.png").json
    (api.library.path / told["key"]).unlink()
    for named in (told["uri"], told["key"], f"{api.library.path.as_uri()}/uploads/none/b.png"):
        assert "not there" in refused(api.submit(image_uris=[named]), 400)
    assert "image_uris[1]" in refused(
        api.submit(image_uris=[api.uploaded(picture(), "b.png"), (api.library.path / "uploads").as_uri()]), 400
    )
    assert not api.library.renders.list()


def test_that_materials_of_the_wrong_kind_are_a_400(api: Api) -> None:
    image, opaque = api.uploaded(picture(), "a.png"), api.uploaded(picture(), "opaque.png")
    tone = api.uploaded(sound(), "tone.wav", "audio")
    other = api.uploaded(picture(300, 90, mode="RGBA"), "other.png", "mask")
    for named, fields in (
        ("image_uris[1]: “tone.wav”", {"image_uris": [image, tone, tone]}),
        ("mask_uri: “opaque.png”", {"image_uris": [image], "mask_uri": opaque}),
        ("image_uris[0], mask_uri: The mask “other.png”", {"image_uris": [image], "mask_uri": other}),
        ("mask_uri: “tone.wav”", {"mask_uri": tone, "image_uris": [image]}),
        ("music_uri: “a.png”", {"music_uri": image}),
        ("voice_uri: “a.png”", {"voice_uri": image, "music_uri": tone}),
    ):
        detail = refused(api.submit(**fields), 400)
        assert detail.startswith(named)
        assert str(api.library.path) not in detail
    assert not api.library.renders.list()


def test_that_a_sound_of_no_length_is_a_400(api: Api) -> None:
    key = api.upload(sound(), "tone.wav", "audio").json["key"]
    (api.library.path / key).write_bytes(sound(0))
    for field in ("music_uri", "voice_uri"):
        assert "tone.wav" in refused(api.submit(**{field: key}), 400)
    assert not api.library.renders.list()


def test_that_only_the_server_lets_pictures_leave_this_machine(
    tmp_path: Path, no_environment: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(tmp_path / "one", remote=True) as api:
        job_id = api.submit(engine_policy="api_preferred", remote_allowed=False).json["job_id"]
        assert request_of(api, job_id).remote_allowed is True
    with served(tmp_path / "two") as api:
        job_id = api.submit(engine_policy="api_preferred", remote_allowed=True).json["job_id"]
        assert request_of(api, job_id).remote_allowed is False
    monkeypatch.setenv("RUSHES_RENDER_REMOTE_ALLOWED", "true")
    with served(tmp_path / "three") as api:
        assert request_of(api, api.submit().json["job_id"]).remote_allowed is True
