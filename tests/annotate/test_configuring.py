"""Configs are checked against the pipelines' own schemas: every fault is named, defaults are filled in."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.annotate.configuring import Checked, check, check_one, schema_of
from core.annotate.model_faults import missing_models
from core.annotate.registry import Registry, with_output_formats
from core.annotate.spec import Parameter, Wrong
from core.errors import NotFound
from models.store import ModelStore
from tests.annotate.made_pipelines import MadePipeline, Missing, NeedsModel, made_registry, made_spec

MODELS = ModelStore(Path("nowhere"))
PARAMETERS = (
    Parameter("share", "float", 0.5, "A share.", 0.0, 1.0),
    Parameter("count", "int", 3, "How many.", 1, 9, unit="frames"),
    Parameter("on", "bool", True, "Whether."),
    Parameter("word", "str", "a", "A word.", choices=("a", "b"), title="Word"),
    Parameter("words", "list", [], "Words."),
    Parameter("kinds", "list", ["x"], "Kinds.", choices=("x", "y")),
    Parameter("sizes", "list", [1.0, 2.0], "Sizes.", 0.0, 10.0),
    Parameter("limit", "float", None, "A limit.", 0.0, optional=True, advanced=True),
    Parameter("free", "int", 0, "Any number."),
)
KNOWN = made_registry(MadePipeline(made_spec("made", *PARAMETERS, aliases=("other",))), Missing())


def _one(config: object, known: Registry = KNOWN) -> Checked:
    return check_one("made", config, models=MODELS, known=known)


def _codes(checked: Checked) -> list[tuple[str, str]]:
    return [(fault.field, fault.code) for fault in checked.errors]


def test_that_the_complete_config_comes_back_with_all_defaults() -> None:
    resolved = check({"made": {"share": 1, "word": "b"}}, ["made"], models=MODELS, known=KNOWN).resolved["made"]
    assert resolved["share"] == 1.0
    assert isinstance(resolved["share"], float)
    assert resolved["word"] == "b"
    assert resolved["count"] == 3
    assert resolved["limit"] is None
    assert resolved["output_formats"] == ["json"]
    assert set(resolved) == {one.name for one in PARAMETERS} | {"output_formats"}


@pytest.mark.parametrize(
    ("config", "code"),
    [
        ({"share": 1.01}, "out_of_bounds"),
        ({"share": -0.01}, "out_of_bounds"),
        ({"share": True}, "wrong_type"),
        ({"share": "0.5"}, "wrong_type"),
        ({"share": math.nan}, "wrong_type"),
        ({"share": math.inf}, "wrong_type"),
        ({"share": None}, "wrong_type"),
        ({"count": 0}, "out_of_bounds"),
        ({"count": 10}, "out_of_bounds"),
        ({"count": 2.5}, "wrong_type"),
        ({"count": False}, "wrong_type"),
        ({"on": 1}, "wrong_type"),
        ({"on": "true"}, "wrong_type"),
        ({"word": "c"}, "not_a_choice"),
        ({"word": 1}, "wrong_type"),
        ({"words": "a"}, "wrong_type"),
        ({"words": [1]}, "wrong_type"),
        ({"words": [None]}, "wrong_type"),
        ({"kinds": ["x", "z"]}, "not_a_choice"),
        ({"sizes": [1, 11]}, "out_of_bounds"),
        ({"sizes": [True]}, "wrong_type"),
        ({"sizes": [math.nan]}, "wrong_type"),
        ({"limit": -1}, "out_of_bounds"),
        ({"free": 10**400}, "out_of_bounds"),
        ({"limit": 10**400}, "out_of_bounds"),
        ({"output_formats": ["docx"]}, "not_a_choice"),
    ],
)
def test_that_a_value_that_cannot_be_is_a_fault_of_its_field(config: Mapping[str, Any], code: str) -> None:
    checked = _one(config)
    assert _codes(checked) == [(next(iter(config)), code)]
    assert checked.errors[0].hint
    assert checked.errors[0].value == next(iter(config.values())) or code == "wrong_type"


@pytest.mark.parametrize(
    "config",
    [
        {"share": 0},
        {"share": 1},
        {"count": 1},
        {"count": 9},
        {"limit": None},
        {"limit": 7},
        {"words": ["a", "b"]},
        {"sizes": [1, 2.5]},
        {"kinds": []},
        {"free": -5},
    ],
)
def test_that_bounds_are_inclusive_and_null_is_a_value_where_it_may_be(config: Mapping[str, Any]) -> None:
    assert _one(config).valid
    assert _one(config).resolved["made"] | config == _one(config).resolved["made"]


def test_that_all_faults_are_told_at_once() -> None:
    checked = _one({"share": 2, "count": "x", "word": "c", "strange": 1})
    assert _codes(checked) == [("share", "out_of_bounds"), ("count", "wrong_type"), ("word", "not_a_choice")]
    assert [(fault.field, fault.code) for fault in checked.warnings] == [("strange", "unknown_parameter")]


def test_that_all_unknown_pipelines_are_named_with_the_available_ones() -> None:
    checked = check({}, ["nope", "made", "nada"], models=MODELS, known=KNOWN)
    assert [(fault.pipeline, fault.code) for fault in checked.errors] == [
        ("nope", "unknown_pipeline"),
        ("nada", "unknown_pipeline"),
    ]
    assert "made, missing" in checked.errors[0].hint


def test_that_a_pipeline_that_is_not_available_is_refused_with_reason_and_hint() -> None:
    checked = check({}, ["missing"], models=MODELS, known=KNOWN)
    assert checked.errors[0].code == "unavailable_pipeline"
    assert "not installed" in checked.errors[0].message
    assert checked.errors[0].hint == "rushes models fetch made"


@pytest.mark.parametrize("config", [[], "text", 5, True, 1.5])
def test_that_a_config_must_be_an_object(config: object) -> None:
    assert [fault.code for fault in check(config, ["made"], models=MODELS, known=KNOWN).errors] == ["not_an_object"]
    assert [fault.code for fault in _one(config).errors] == ["not_an_object"]
    inside = check({"made": config}, ["made"], models=MODELS, known=KNOWN)
    assert [(fault.pipeline, fault.code) for fault in inside.errors] == [("made", "not_an_object")]


def test_that_an_alias_names_the_pipeline_in_the_choice_and_in_the_config() -> None:
    checked = check({"other": {"count": 5}}, ["other", "made"], models=MODELS, known=KNOWN)
    assert checked.valid
    assert checked.pipelines == ("made",)
    assert checked.resolved["made"]["count"] == 5


def test_that_a_config_that_is_not_used_is_a_warning() -> None:
    checked = check({"missing": {}, "nobody": {}, "made": {}, "other": {}}, ["made"], models=MODELS, known=KNOWN)
    assert checked.valid
    codes = [(fault.pipeline, fault.code) for fault in checked.warnings]
    assert codes == [("missing", "unused_config"), ("nobody", "unused_config"), ("other", "unused_config")]


def test_that_nothing_chosen_and_nothing_available_is_a_fault() -> None:
    checked = check(None, None, models=MODELS, known=KNOWN)
    assert [fault.code for fault in checked.errors] == ["unavailable_pipeline"]


def test_that_an_unknown_pipeline_is_not_found_when_it_is_checked_alone() -> None:
    with pytest.raises(NotFound):
        check_one("nope", {}, models=MODELS, known=KNOWN)


def test_that_the_schema_tells_type_default_bounds_choices_and_description() -> None:
    schema = schema_of(with_output_formats(made_spec("made", *PARAMETERS)))
    assert schema["share"] == {
        "type": "float",
        "default": 0.5,
        "description": "A share.",
        "minimum": 0.0,
        "maximum": 1.0,
    }
    assert schema["word"]["choices"] == ["a", "b"]
    assert schema["word"]["title"] == "Word"
    assert schema["count"]["unit"] == "frames"
    assert schema["limit"]["optional"] is True
    assert schema["output_formats"]["choices"] == ["json"]


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(PLAIN | st.dictionaries(st.sampled_from([one.name for one in PARAMETERS]), PLAIN))
def test_that_any_plain_data_is_checked_without_an_error_and_what_is_resolved_is_valid(config: object) -> None:
    checked = _one(config)
    again = _one(checked.resolved["made"])
    assert again.valid
    assert again.resolved == checked.resolved


class Paired(MadePipeline):
    """Its ``count`` may not be above its ``free``."""

    def wrong_in(self, config: Mapping[str, Any]) -> tuple[Wrong, ...]:
        if config["free"] == 13:
            raise RuntimeError("a defect of a plug-in")
        return (Wrong("count", "count is above free.", "Lower it."),) if config["count"] > config["free"] else ()


def test_that_values_are_looked_at_together_once_each_is_in_its_bounds() -> None:
    known = made_registry(Paired(made_spec("paired", *PARAMETERS, aliases=("two",))))

    def faults(config: object) -> list[tuple[str, str, str, Any]]:
        return [
            (one.pipeline, one.field, one.code, one.value)
            for one in check_one("two", config, models=MODELS, known=known).errors
        ]

    assert faults({"count": 5, "free": 4}) == [("two", "count", "impossible_value", 5)]
    assert faults({"count": 4, "free": 4}) == []
    assert faults({"count": 50, "free": 4}) == [("two", "count", "out_of_bounds", 50)]
    assert faults({"free": 13}) == []  # what a plug-in raises is for its job to tell


@pytest.mark.parametrize(
    ("pipeline", "config", "field"),
    [
        ("motion_energy", {"regions": ["left=0,0,0.5,1", "bad"]}, "regions"),
        ("motion_energy", {"regions": ["a=0,0,0.5,1", "a=0.5,0,1,1"]}, "regions"),
        ("speaker_diarization", {"min_speakers": 3, "max_speakers": 2}, "min_speakers"),
        ("audio_processing", {"min_speakers": 3, "max_speakers": 2}, "min_speakers"),
    ],
)
def test_that_a_config_that_would_fail_in_the_job_is_refused_before(
    pipeline: str, config: dict[str, Any], field: str
) -> None:
    faults = [one for one in check_one(pipeline, config, models=MODELS).errors if one.field]
    assert [(one.field, one.code) for one in faults] == [(field, "impossible_value")]
    assert faults[0].hint


def test_that_models_which_no_job_fetches_are_named() -> None:
    known = made_registry(NeedsModel())

    def wanting(**config: Any) -> list[tuple[str, str, str]]:
        checked = check({"modelled": config}, ["modelled"], models=MODELS, known=known)
        assert checked.valid
        faults = missing_models(checked, models=MODELS, known=known, written={"modelled": "other"})
        assert all(one.code == "missing_model" and one.hint for one in faults)
        return [(one.pipeline, one.field, str(one.value)) for one in faults]

    assert wanting() == []  # a default one is fetched by the job
    assert wanting(model="whisper-tiny") == [("other", "model", "whisper-tiny")]
    assert wanting(model="never-heard-of") == [("other", "model", "never-heard-of")]
    assert wanting(model="/nowhere/own.onnx") == [("other", "model", "/nowhere/own.onnx")]
