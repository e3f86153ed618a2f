"""Plans, requests and presets as JSON and back."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidRequest
from core.render.plan import make_plan
from core.render.plan_json import (
    plan_from_json,
    plan_to_json,
    preset_from_json,
    preset_to_json,
    request_from_json,
    request_to_json,
)
from core.render.presets import load_presets
from core.render.types import Archetype, Captions, EnginePolicy, RenderRequest

PRESETS = load_presets().presets
TEXTS = st.text(max_size=40)  # any character, halves of surrogate pairs too
PATHS = st.none() | TEXTS
POINTS = st.none() | st.tuples(st.floats(0, 1), st.floats(0, 1))
REQUESTS = st.builds(
    RenderRequest,
    preset_id=TEXTS,
    prompt=TEXTS,
    target_duration_s=st.integers(1, 60),
    brand_safe=st.none() | st.booleans(),
    engine_policy=st.none() | st.sampled_from(EnginePolicy),
    archetype=st.none() | st.sampled_from(Archetype),
    images=st.lists(TEXTS, max_size=3).map(tuple),
    mask=PATHS,
    music=PATHS,
    voice=PATHS,
    captions=st.none() | st.builds(Captions, TEXTS, st.lists(TEXTS, max_size=3).map(tuple), TEXTS),
    focus=st.lists(POINTS, max_size=3).map(tuple),
    title=TEXTS,
    remote_allowed=st.booleans(),
)


@given(REQUESTS)
def test_that_every_request_comes_back_as_it_was(request: RenderRequest) -> None:
    text = request_to_json(request)
    assert text.isascii()
    assert request_from_json(text) == request


@given(st.sampled_from(PRESETS), st.integers(1, 60), TEXTS.map(lambda text: text + " x."))
def test_that_every_plan_comes_back_as_it_was(preset: object, duration_s: int, prompt: str) -> None:
    look = next(one for one in PRESETS if one is preset)
    plan = make_plan(RenderRequest(look.id, prompt=prompt, target_duration_s=duration_s), look)
    assert plan_from_json(plan_to_json(plan)) == plan


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.id)
def test_that_every_preset_comes_back_as_it_was(preset: object) -> None:
    look = next(one for one in PRESETS if one is preset)
    own = replace(look, own=True)
    assert preset_from_json(preset_to_json(own)) == own


def test_that_an_older_text_gets_defaults_and_a_newer_one_is_read() -> None:
    assert request_from_json('{"preset_id": "x", "sparkle": 3}') == RenderRequest("x")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[", "request is not JSON"),
        ("[]", "request is no object"),
        ("{}", "request lacks preset_id"),
        ('{"preset_id": 3}', "request.preset_id is no str"),
        ('{"preset_id": "x", "target_duration_s": true}', "request.target_duration_s is no int"),
        ('{"preset_id": "x", "archetype": "Y"}', "request.archetype is 'Y'"),
        ('{"preset_id": "x", "images": "a.png"}', "request.images is no list"),
        ('{"preset_id": "x", "focus": [[0.5]]}', "must have 2 parts"),
        ("[" * 100_000, "request is not JSON"),
    ],
)
def test_that_broken_text_is_told_by_its_field(text: str, told: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        request_from_json(text)
    assert told in caught.value.message


def test_that_the_words_of_enums_are_the_documents() -> None:
    request = RenderRequest("x", engine_policy=EnginePolicy.API_ONLY, archetype=Archetype.OVERLAY)
    written = json.loads(request_to_json(request))
    assert (written["engine_policy"], written["archetype"]) == ("api_only", "OVERLAY")
