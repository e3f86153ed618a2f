"""Ages and emotions in face_analysis: a real face in made light, and networks that tell how bright it is."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import simplejpeg

from core.annotate.formats.write import write
from core.annotate.pipelines.face_analysis import PIPELINE
from core.annotate.types import Boxes, Document, TierKind
from models.attribute_choice import EMOTION_MODEL
from models.digests import write_json
from models.face_attributes import EMOTIONS
from models.fetch import sha256_of
from models.packs import AGE, RECORD
from models.store import ModelStore
from tests.annotate.look_bench import Bench, same
from tests.made_video import write_video
from tests.models.attribute_nets import write_age_net, write_emotion_net
from tests.models.installed import install, known

PACK = "insightface-buffalo_s"


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same face for 2 s, which slowly goes dark."""
    photo = Path(__file__).parents[3] / "shared" / "testdata" / "faces" / "lfw10x10" / "Colin_Powell"
    files = sorted(photo.glob("*_0002.jpg"))
    if not files:
        pytest.skip("no test data")
    picture = simplejpeg.decode_jpeg(files[0].read_bytes(), colorspace="RGB").astype(np.float32)
    lights = np.linspace(1.6, 0.4, 20)
    segments = [{"frames": 1, "picture": np.clip(picture * light, 0, 255).astype(np.uint8)} for light in lights]
    return write_video(tmp_path_factory.mktemp("film") / "film.mp4", segments=segments, fps=10, size=(320, 320))


@pytest.fixture
def models(default_models: ModelStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModelStore:
    """The default models, beside networks for ages and emotions."""
    root = tmp_path / "models"
    for name in ("blazeface-full-range", "face-mesh"):
        shutil.copytree(default_models.root / name, root / name)
    install(root, EMOTION_MODEL, write_emotion_net(tmp_path / "emotion.onnx"))
    path = write_age_net(root / PACK / "genderage.onnx")
    write_json(
        root / PACK / RECORD, {"sha256": "0" * 64, "files": {path.name: sha256_of(path)}, "tasks": {AGE: path.name}}
    )
    catalogue = known(root)
    monkeypatch.setattr("models.catalogue._shipped", lambda: catalogue.models)  # looks open stores of their own
    store = ModelStore(root)
    store.accept_licence(PACK)
    return store


def boxes(bench: Bench, **config: Any) -> Boxes:
    found = bench.run(PIPELINE, {"measures": ["size"], "pictures_per_second": 10.0, **config}).tiers[0].boxes
    assert found is not None
    return found


def test_that_ages_and_emotions_are_columns_series_and_stretches_of_time(
    film: Path, tmp_path: Path, models: ModelStore
) -> None:
    bench = Bench.of(film, tmp_path, models)
    config = {"measures": ["size"], "pictures_per_second": 10.0, "age": True, "emotion": True}
    found = bench.run(PIPELINE, config)
    assert [one.name for one in found.tiers] == ["faces", "emotions", "size_px", "age_years"]
    rows = found.tiers[0].boxes
    assert rows is not None
    years = rows.values["age_years"]
    assert len(rows) >= 18
    assert float(years[0]) > float(years[-1]) + 15
    assert rows.labels["emotion"][0] == "happiness"
    assert rows.labels["emotion"][-1] == "sadness"
    assert 1 / 8 <= float(rows.values["emotion_chance"].min()) < float(rows.values["emotion_chance"].max()) <= 1
    assert found.tiers[3].unit == "years"
    tier = found.tiers[1]
    assert tier.kind is TierKind.INTERVALS
    assert tier.vocabulary == EMOTIONS
    assert (tier.marks[0].label, tier.marks[-1].label) == ("happiness", "sadness")
    assert tier.marks[0].start_s == 0.0
    assert tier.marks[-1].end_s == pytest.approx(2.0, abs=0.01)
    assert all(one.end_s == other.start_s for one, other in zip(tier.marks, tier.marks[1:], strict=False))
    assert set(bench.models_used) >= {PACK, EMOTION_MODEL}
    cut = Bench.of(film, tmp_path, models, 0.5).run(PIPELINE, config)
    assert same(found, cut)


def test_that_each_is_there_only_when_it_is_asked_for(film: Path, tmp_path: Path, models: ModelStore) -> None:
    bench = Bench.of(film, tmp_path, models)
    assert set(boxes(bench).values) == {"size_px"}
    assert boxes(bench).labels == {}
    assert set(boxes(bench, age=True).values) == {"size_px", "age_years"}
    emotions = boxes(bench, emotion=True)
    assert set(emotions.values) == {"size_px", "emotion_chance"}
    assert set(emotions.labels) == {"emotion"}
    names = [one.name for one in bench.run(PIPELINE, {"measures": [], "emotion": True}).tiers]
    assert names == ["faces", "emotions"]


def test_that_the_model_for_emotions_is_asked_for_before_the_job_begins() -> None:
    config = {"detector": "blazeface-full-range", "measures": ["size"]}
    assert EMOTION_MODEL in PIPELINE.models_needed({**config, "emotion": True})
    assert EMOTION_MODEL not in PIPELINE.models_needed({**config, "emotion": False})


def test_that_stretches_of_emotions_are_written_for_coders(film: Path, tmp_path: Path, models: ModelStore) -> None:
    bench = Bench.of(film, tmp_path, models)
    found = bench.run(PIPELINE, {"measures": [], "pictures_per_second": 10.0, "emotion": True})
    for output in PIPELINE.spec.outputs:
        files = write(Document(bench.video.facts, found.tiers), output.format, tmp_path / f"faces.{output.format}")
        assert files[0].stat().st_size > 0, output.format
    assert "happiness" in (tmp_path / "faces.eaf").read_text(encoding="utf-8")
    coco = json.loads((tmp_path / "faces.coco").read_bytes())
    assert coco["annotations"][0]["attributes"]["emotion"] == "happiness"
