"""What the pipelines that look at pictures say of themselves: true, complete and quick to read."""

import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from core.annotate.configuring import check, check_one, complete
from core.annotate.face_parameters import DETECTORS, EMBEDDERS
from core.annotate.pipeline import Pipeline
from core.annotate.registry import registry
from models.catalogue import load_catalogue
from models.store import ModelStore
from tests.annotate.look_bench import video_of

NAMES = (
    "scene_detection",
    "face_detection",
    "face_recognition",
    "face_analysis",
    "motion_energy",
    "procedure_clips",
)


@pytest.fixture(params=NAMES)
def pipeline(request: pytest.FixtureRequest) -> Pipeline:
    return registry().get(request.param)


def test_that_every_parameter_has_a_title_a_sentence_and_a_default_within_its_bounds(pipeline: Pipeline) -> None:
    for parameter in pipeline.spec.parameters:
        assert parameter.title, parameter.name
        assert parameter.description.endswith("."), parameter.name
        assert len(parameter.description) > 20, parameter.name
        if parameter.type in {"float", "int"}:
            assert parameter.minimum is not None, parameter.name
            assert parameter.maximum is not None, parameter.name
        if parameter.name.endswith("_s"):
            assert parameter.unit == "s", parameter.name
    checked = check_one(pipeline.spec.name, complete(pipeline.spec), models=ModelStore())
    assert checked.errors == ()
    assert checked.warnings == ()


def test_that_presets_and_examples_are_configs_that_the_pipeline_takes(pipeline: Pipeline) -> None:
    for preset in pipeline.spec.presets:
        checked = check_one(pipeline.spec.name, dict(preset.config), models=ModelStore())
        assert (checked.errors, checked.warnings) == ((), ()), preset.name
    for example in pipeline.spec.examples:
        if example.startswith("{"):
            checked = check(orjson.loads(example), [pipeline.spec.name], models=ModelStore())
            assert (checked.errors, checked.warnings) == ((), ()), example
        else:
            assert example.startswith("rushes annotate ")
            assert f"--pipelines {pipeline.spec.name}" in example


def test_that_models_that_come_with_set_up_count_as_there(pipeline: Pipeline, tmp_path: Path) -> None:
    assert pipeline.availability(ModelStore(tmp_path)).available
    needed = pipeline.models_needed(complete(pipeline.spec))
    assert all(load_catalogue().get(one).default for one in needed)


def test_that_looks_travel_to_workers_and_are_known_again(
    pipeline: Pipeline, tmp_path: Path, make_video: Callable[..., Path]
) -> None:
    video = video_of(make_video(tmp_path / "film.mp4", segments=[{"frames": 3}]))
    looks = pipeline.looks(video, complete(pipeline.spec))
    assert looks
    for look in looks:
        again = pickle.loads(pickle.dumps(look))  # noqa: S301  our own bytes
        assert again == look
        assert hash(again) == hash(look)


def test_that_detectors_and_embedders_are_those_of_the_catalogue() -> None:
    entries = load_catalogue().models.values()
    assert set(DETECTORS) == {one.id for one in entries if one.purpose in {"face_detector", "face_pack"}}
    assert set(EMBEDDERS) == {one.id for one in entries if one.purpose in {"face_embedder", "face_pack"}}


def test_that_the_names_of_the_document_work() -> None:
    assert registry().get("openface3_identity").spec.name == "face_recognition"
    for name in ("face_detection", "face_recognition", "face_analysis"):
        defaults = complete(registry().get(name).spec)
        assert defaults["detection_confidence"] == 0.5
        assert defaults["enable_landmarks"] is True


def test_that_reading_what_pipelines_are_loads_nothing_heavy() -> None:
    heavy = ("av", "numpy", "cv2", "onnxruntime", "scipy", "scenedetect")
    modules = ", ".join(f"core.annotate.pipelines.{name}" for name in NAMES)
    program = f"import sys, {modules}; print([one for one in {heavy!r} if one in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
