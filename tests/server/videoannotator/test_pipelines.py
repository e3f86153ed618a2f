"""Pipelines and the checks of configs."""

from pathlib import Path

import pytest

from core.annotate.registry import registry
from tests.server.videoannotator.live import Api, refused, served

LIST = "/api/v1/pipelines/"
VALIDATE = "/api/v1/config/validate"


def test_that_all_pipelines_are_listed_with_their_schemas(api: Api) -> None:
    told = api.get(LIST).json
    assert api.get(LIST.rstrip("/")).json == told
    assert [one["name"] for one in told["pipelines"]] == ["brightness", "ticks", "failing", "missing"]
    assert told["total"] == 4
    brightness, _, _, missing = told["pipelines"]
    assert (brightness["display_name"], brightness["pipeline_family"], brightness["variant"]) == (
        "Brightness",
        "tests",
        "made",
    )
    assert brightness["outputs"][:2] == [
        {"format": "JSON", "types": ["intervals"], "name": "json"},
        {"format": "CSV", "types": ["intervals"], "name": "csv"},
    ]
    assert brightness["config_schema"]["step"] == {
        "type": "int",
        "default": 1,
        "description": "Every how many frames it looks.",
        "minimum": 1,
        "maximum": 100,
    }
    assert brightness["config_schema"]["output_formats"]["choices"] == ["json", "csv"]
    assert brightness["enabled"] is True
    assert (missing["enabled"], missing["unavailable_reason"]) == (False, "Its model is not installed.")
    assert missing["install_hint"] == "rushes models fetch made"


def test_that_one_pipeline_is_found_by_name_and_alias(api: Api) -> None:
    record = api.get(f"{LIST}brightness").json
    assert (record["name"], record["aliases"], record["alias_of"]) == ("brightness", ["luma"], None)
    alias = api.get(f"{LIST}luma").json
    assert (alias["name"], alias["alias_of"]) == ("luma", "brightness")
    for name in ("invalid_name", "x" * 300, "%00", "Brightness"):
        error = refused(api.get(LIST + name), 404, "PIPELINE_NOT_FOUND")
        assert error["detail"]["available"] == ["brightness", "ticks", "failing", "missing"]
        assert "brightness, ticks" in error["hint"]


def test_that_the_documents_own_pipelines_are_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with served(tmp_path / "library", monkeypatch, registry()) as api:
        told = {one["name"]: one for one in api.get(LIST).json["pipelines"]}
        assert len(told) == len(registry().names())
        for alias in ("openface3_identity", "whisper_transcription", "diarization_pyannote"):
            if any(alias in one["aliases"] for one in told.values()):
                assert api.get(LIST + alias).json["name"] == alias
        for one in told.values():
            assert one["description"]
            assert all({"type", "default", "description"} <= set(field) for field in one["config_schema"].values())


def test_that_every_fault_of_one_pipelines_config_is_listed(api: Api) -> None:
    path = f"{LIST}ticks/validate"
    good = api.post(path, {"config": {"every_s": 2}}).json
    assert (good["valid"], good["errors"], good["warnings"]) == (True, [], [])
    assert good["config"]["ticks"]["every_s"] == pytest.approx(2.0)
    bad = api.post(path, {"config": {"every_s": True, "word": "tack", "colour": 1}, "selected_pipelines": None}).json
    assert bad["valid"] is False
    assert [(one["field"], one["code"]) for one in bad["errors"]] == [
        ("every_s", "wrong_type"),
        ("word", "not_a_choice"),
    ]
    assert [(one["field"], one["code"]) for one in bad["warnings"]] == [("colour", "unknown_parameter")]
    assert "2 errors, 1 warning" in bad["message"]
    assert "tick, tock" in bad["errors"][1]["hint"]
    nested = api.post(path, {"config": {"ticks": {"every_s": 0}}}).json
    assert [one["code"] for one in nested["errors"]] == ["out_of_bounds"]
    assert api.post(f"{LIST}luma/validate", {"config": {"luma": {"step": 1}}}).json["valid"] is True
    assert api.post(f"{LIST}missing/validate", {"config": {}}).json["errors"][0]["code"] == "unavailable_pipeline"
    refused(api.post(f"{LIST}nothing/validate", {"config": {}}), 404, "PIPELINE_NOT_FOUND")


def test_that_a_config_is_checked_for_all_chosen_pipelines(api: Api) -> None:
    config = {"ticks": {"every_s": -1}, "brightness": {"gain": "x"}, "failing": {}}
    told = api.post(VALIDATE, {"config": config, "selected_pipelines": ["ticks", "luma", "magic"]}).json
    assert told["valid"] is False
    assert {(one["pipeline"], one["code"]) for one in told["errors"]} == {
        ("magic", "unknown_pipeline"),
        ("ticks", "out_of_bounds"),
        ("brightness", "wrong_type"),
    }
    assert [(one["pipeline"], one["code"]) for one in told["warnings"]] == [("failing", "unused_config")]
    assert told["pipelines_validated"] == ["ticks", "brightness"]
    good = api.post(VALIDATE, {"config": {}, "selected_pipelines": ["ticks"]}).json
    assert (good["valid"], good["message"], good["pipelines_validated"]) == (True, "Configuration is valid", ["ticks"])


BAD_BODIES: tuple[object, ...] = (
    None,
    [],
    {},
    {"config": {}},
    {"selected_pipelines": []},
    {"config": [], "selected_pipelines": []},
    {"config": {}, "selected_pipelines": "ticks"},
    {"config": {}, "selected_pipelines": [1]},
    b"{",
)


def test_that_bodies_of_another_shape_are_refused(api: Api) -> None:
    for body in BAD_BODIES:
        problems = refused(api.post(VALIDATE, body), 422, "VALIDATION_ERROR")["detail"]["errors"]
        assert problems, body
        assert problems[0]["loc"][0] == "body", body
    for body in (None, [], {}, {"config": 1}, {"config": None}, b"\xff"):
        assert refused(api.post(f"{LIST}ticks/validate", body), 422, "VALIDATION_ERROR")["detail"]["errors"], body


def test_that_strange_configs_are_answered(api: Api) -> None:
    for value in (
        "NaN",
        "1e999",
        "-1e999",
        "1" * 400,
        '"\\ud800"',
        "[" * 50 + "]" * 50,
        '{"a": 1}',
        "null",
        '"' + "x" * 9000 + '"',
    ):
        body = f'{{"config": {{"ticks": {{"every_s": {value}}}}}, "selected_pipelines": ["ticks"]}}'.encode()
        answer = api.post(VALIDATE, body)
        assert (answer.status, answer.json["valid"]) == (200, False), value[:50]
        assert len(answer.body) < 4000
