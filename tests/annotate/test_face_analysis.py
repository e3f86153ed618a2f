"""What faces do in real pictures, and what each parameter of face_analysis changes."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import simplejpeg

from core.annotate.pipelines.face_analysis import PIPELINE
from core.errors import ModelMissing
from models.opencv import cv2
from models.store import ModelStore
from tests.annotate.face_bench import boxes, does_not_depend_on_ranges, montage, run, series
from tests.annotate.look_bench import Bench

ALL = ["size", "pose", "quality", "mouth", "eyes"]


@pytest.fixture
def bench(shared_testdata: Path, default_models: ModelStore) -> Bench:
    return montage(shared_testdata, default_models.root)


def test_that_every_face_has_plausible_measures(bench: Bench) -> None:
    values = boxes(run(bench, PIPELINE, measures=ALL)).values
    assert set(values) == {
        *("size_px", "yaw_deg", "pitch_deg", "roll_deg", "mouth_opening", "eye_opening"),
        *("quality", "blur", "brightness", "contrast", "visible"),
    }
    assert all(len(column) == 290 or len(column) > 280 for column in values.values())
    for name in ("yaw_deg", "pitch_deg", "roll_deg"):
        assert float(np.nanpercentile(np.abs(values[name]), 95)) < 40.0, name
        assert abs(float(np.nanmedian(values[name]))) < 15.0, name
    assert float(np.nanmin(values["mouth_opening"])) >= 0.0
    assert float(np.nanpercentile(values["mouth_opening"], 10)) < 0.04
    assert float(np.nanpercentile(values["mouth_opening"], 95)) > 0.12
    assert 0.1 < float(np.nanmedian(values["eye_opening"])) < 0.5


def test_that_the_result_does_not_depend_on_how_the_video_is_cut(
    shared_testdata: Path, default_models: ModelStore
) -> None:
    assert does_not_depend_on_ranges(PIPELINE, shared_testdata, default_models, detection_confidence=0.3)


def test_that_measures_are_columns_and_series_only_when_they_are_asked_for(bench: Bench) -> None:
    found = run(bench, PIPELINE, measures=["size"])
    assert set(boxes(found).values) == {"size_px"}
    assert [one.name for one in found.tiers] == ["faces", "size_px"]
    found = run(bench, PIPELINE, measures=["pose", "mouth"])
    assert set(boxes(found).values) == {"yaw_deg", "pitch_deg", "roll_deg", "mouth_opening"}
    assert [one.name for one in found.tiers][1:] == ["yaw_deg", "pitch_deg", "roll_deg", "mouth_opening"]
    assert [one.unit for one in found.tiers][1:] == ["°", "°", "°", "share"]
    assert boxes(run(bench, PIPELINE, measures=[])).values == {}


def test_that_the_mesh_is_loaded_only_for_measures_that_need_it() -> None:
    config = {"detector": "blazeface-full-range"}
    assert PIPELINE.models_needed({**config, "measures": ["size", "quality"]}) == ("blazeface-full-range",)
    assert PIPELINE.models_needed({**config, "measures": ["mouth"]}) == ("blazeface-full-range", "face-mesh")


def test_that_series_are_of_the_largest_face_of_every_track_or_of_none(bench: Bench) -> None:
    largest = run(bench, PIPELINE, measures=["mouth"])
    assert [one.name for one in largest.tiers] == ["faces", "mouth_opening"]
    values = series(largest, "mouth_opening")
    assert len(values) == pytest.approx(316, abs=1)
    nobody = (values.times_s > 24.1) & (values.times_s < 27.3)
    assert np.isnan(values.values[nobody]).all()
    every = run(bench, PIPELINE, measures=["mouth"], series="every_track")
    assert [one.name for one in every.tiers[1:]] == [f"mouth_opening track {number}" for number in range(1, 12)]
    assert series(every, "mouth_opening track 2").times_s[[0, -1]] == pytest.approx([6.0, 9.8], abs=0.21)
    assert [one.name for one in run(bench, PIPELINE, measures=["mouth"], series="none").tiers] == ["faces"]


def test_that_smoothing_evens_out_series_and_leaves_the_columns(bench: Bench) -> None:
    rough, smooth = (run(bench, PIPELINE, measures=["mouth"], smoothing_s=window_s) for window_s in (0.0, 2.0))
    jumps = [float(np.nanstd(np.diff(series(found, "mouth_opening").values))) for found in (rough, smooth)]
    assert jumps[1] < jumps[0] / 2
    columns = [boxes(found).values["mouth_opening"] for found in (rough, smooth)]
    assert np.array_equal(columns[0], columns[1])


def test_that_short_tracks_and_small_faces_are_left_out(bench: Bench) -> None:
    everything = boxes(run(bench, PIPELINE, measures=["mouth"]))
    long = boxes(run(bench, PIPELINE, measures=["mouth"], min_track_s=6.5))
    large = boxes(run(bench, PIPELINE, measures=["mouth", "size"], min_face_px=100.0))
    assert len(long) < len(everything)
    assert float(large.values["size_px"].min()) >= 100.0
    kept = np.isin(everything.t_s, long.t_s)
    assert np.array_equal(everything.values["mouth_opening"][kept], long.values["mouth_opening"])


@pytest.mark.parametrize("name", ["age", "emotion"])
def test_that_a_measure_without_its_model_is_refused_with_words(bench: Bench, name: str) -> None:
    with pytest.raises(ModelMissing, match=name) as raised:
        run(bench, PIPELINE, **{name: True})
    assert raised.value.action


def test_that_angles_follow_the_head(
    shared_testdata: Path, tmp_path: Path, make_video: Callable[..., Path], default_models: ModelStore
) -> None:
    """A face in the mirror turns to the other side; turned clockwise by 20°, it rolls by as much."""
    photo = shared_testdata / "faces" / "lfw10x10" / "Colin_Powell" / "Colin_Powell_0002.jpg"
    picture = simplejpeg.decode_jpeg(photo.read_bytes(), colorspace="RGB")
    turn = cv2.getRotationMatrix2D((125, 125), -20, 1.0)
    turned = np.asarray(cv2.warpAffine(picture, turn, (250, 250)), np.uint8)
    values = {
        name: _measured(tmp_path / f"{name}.mp4", shown, make_video, default_models)
        for name, shown in (("plain", picture), ("mirror", np.ascontiguousarray(picture[:, ::-1])), ("turned", turned))
    }
    assert values["mirror"]["yaw_deg"] == pytest.approx(-values["plain"]["yaw_deg"], abs=4.0)
    assert values["mirror"]["roll_deg"] == pytest.approx(-values["plain"]["roll_deg"], abs=3.0)
    assert values["mirror"]["pitch_deg"] == pytest.approx(values["plain"]["pitch_deg"], abs=4.0)
    assert values["turned"]["roll_deg"] - values["plain"]["roll_deg"] == pytest.approx(20.0, abs=4.0)
    assert values["mirror"]["mouth_opening"] == pytest.approx(values["plain"]["mouth_opening"], abs=0.02)


def _measured(
    path: Path, picture: npt.NDArray[np.uint8], make_video: Callable[..., Path], models: ModelStore
) -> dict[str, float]:
    bench = Bench.of(
        make_video(path, segments=[{"frames": 1, "picture": picture}], size=(500, 500)), path.parent, models
    )
    faces = boxes(run(bench, PIPELINE))
    assert len(faces) == 1
    return {name: float(column[0]) for name, column in faces.values.items()}
