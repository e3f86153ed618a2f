"""Presets as the document shows them, health, and how the API is reached."""

from tests.server.asking import Answer
from tests.server.pytoon.live import JOBS, Api, refused

EXAMPLE = {
    "id": "product_hero_clean",
    "name": "Product Hero Clean",
    "archetype": "PRODUCT_HERO",
    "brand_safe": True,
    "engine_policy": "local_preferred",
    "caption_style": {"font": "Inter", "size_rules": "auto", "position": "lower_third", "safe_margin_px": 120},
    "motion_profile": "subtle",
    "transitions": {"type": "crossfade", "duration_ms": 150},
    "audio": {"music_level_db": -18, "voice_level_db": -6},
}
BUILT_IN = [
    *("product_hero_clean", "product_hero_punchy", "overlay_classic", "overlay_glow", "overlay_bold"),
    *("meme_fast", "meme_smooth", "brand_safe_minimal"),
]


def test_that_presets_are_those_of_the_document(api: Api) -> None:
    answer = api.get("/api/v1/presets")
    assert answer.status == 200
    presets = answer.json["presets"]
    assert [one["id"] for one in presets] == BUILT_IN
    assert {name: presets[0][name] for name in EXAMPLE} == EXAMPLE
    assert all(EXAMPLE.keys() <= one.keys() for one in presets)
    assert all(one["own"] is False for one in presets)
    assert answer.json["broken"] == []
    assert api.get("/api/v1/presets/").body == answer.body


def test_that_own_presets_are_listed_and_broken_ones_named(api: Api) -> None:
    from core.render.presets import preset_text

    renders = api.library.renders
    renders.presets_folder.mkdir()
    text = preset_text(renders.presets().get("overlay_glow")).replace("overlay_glow", "our_look")
    (renders.presets_folder / "our_look.toml").write_text(text, encoding="utf-8")
    (renders.presets_folder / "bad.toml").write_text("name = 3", encoding="utf-8")
    told = api.get("/api/v1/presets").json
    assert [one["id"] for one in told["presets"]] == [*BUILT_IN, "our_look"]
    assert told["presets"][-1]["own"] is True
    assert told["broken"][0]["path"].endswith("bad.toml")
    assert told["broken"][0]["reason"]
    assert api.submit(preset_id="our_look", prompt="Ours", target_duration_seconds=1).status == 201


def test_that_health_is_the_documents_and_really_looks(api: Api) -> None:
    answer = api.get("/health")
    assert (answer.status, answer.body) == (200, b'{"status":"ok"}')
    moved = api.library.path.with_name("moved")
    api.library.path.rename(moved)
    try:
        gone = api.get("/health")
    finally:
        moved.rename(api.library.path)
    assert (gone.status, gone.json["status"]) == (503, "error")
    assert "library.db" in gone.json["detail"]


def test_that_the_own_port_and_the_prefix_reach_the_same(among_others: Api) -> None:
    own, main = among_others, among_others.at_main
    for path in ("/api/v1/presets", JOBS, "/health"):
        for slash in ("", "/"):
            here, there = own.get(path + slash), main.get(f"/pytoon{path}{slash}")
            assert (here.status, here.json) == (there.status, there.json) == (200, here.json)
    job = own.submit(prompt="One for both", target_duration_seconds=4).json
    assert job["segments"] == 2
    for path in (f"{JOBS}/{job['job_id']}", f"{JOBS}/{job['job_id']}/segments"):
        answers: list[Answer] = [
            *(own.get(path), own.get(f"{path}/"), main.get(f"/pytoon{path}"), main.get(f"/pytoon{path}/"))
        ]
        assert {one.body for one in answers} == {answers[0].body}
        assert answers[0].status == 200
    assert main.ask("POST", f"/pytoon{JOBS}/", {"preset_id": "meme_fast", "target_duration_seconds": 1}).status == 201
    foreign = main.get("/api/v1/presets").json
    assert foreign["error"]["code"] == "UNAUTHORIZED"  # these paths are VideoAnnotator's at the main server's root
    assert main.get("/health").json["status"] == "ok"


def test_that_unknown_paths_and_methods_are_told_in_the_documents_form(api: Api) -> None:
    assert "/openapi.json" in refused(api.get("/api/v1/nothing"), 404)
    for method, path, allowed in (
        ("PUT", JOBS, "GET, POST"),
        ("GET", "/api/v1/assets/upload", "POST"),
        ("POST", f"{JOBS}/job-000001", "GET, DELETE"),
    ):
        answer = api.ask(method, path)
        refused(answer, 405)
        assert answer.headers["allow"] == allowed
