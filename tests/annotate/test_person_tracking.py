"""People in made videos, found by a network that sees bright rectangles; and what each parameter changes."""

import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from core.annotate.configuring import check, check_one, complete
from core.annotate.formats.write import write
from core.annotate.pipeline import Found
from core.annotate.pipelines.person_tracking import PIPELINE
from core.annotate.registry import registry
from core.annotate.types import Boxes, Document, Tier
from core.errors import ModelMissing, UnknownModel
from core.jobs.executors import local_pool
from models.person_choice import OWN_FOLDER
from models.pose import COCO_KEYPOINTS
from models.store import ModelStore
from tests.annotate.look_bench import Bench, same
from tests.annotate.made_jobs import working
from tests.made_video import write_video
from tests.models.installed import install
from tests.models.person_nets import write_person_net

MakeVideo = Callable[..., Path]
Place = tuple[float, float, float, float]
SIZE = (320, 180)
FPS = 10.0
GREY, BLUE = (70, 70, 70), (20, 30, 90)


def picture(colour: tuple[int, int, int], *people: tuple[Place, int]) -> npt.NDArray[np.uint8]:
    shown = np.empty((SIZE[1], SIZE[0], 3), np.uint8)
    shown[:] = colour
    for (x0, y0, x1, y1), light in people:
        shown[round(y0 * SIZE[1]) : round(y1 * SIZE[1]), round(x0 * SIZE[0]) : round(x1 * SIZE[0])] = light
    return shown


def left(at: float = 0.1) -> Place:
    """Who stands left: 0.15 wide, half as high as the picture."""
    return (at, 0.3, at + 0.15, 0.8)


RIGHT: Place = (0.7, 0.2, 0.85, 0.9)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """5 s at 10 frames a second. Left somebody walks from 0 to 3 s and is hidden from 1.0 to 1.6 s and fainter from 2.0
    to 2.6 s; right somebody less bright stands from 0 to 2 s, and after the cut at 3 s alone for half a second.
    """
    frames = []
    for frame in range(50):
        people = []
        if frame < 30 and not 10 <= frame < 16:
            people.append((left(0.05 + 0.005 * frame), 150 if 20 <= frame < 26 else 250))
        if frame < 20 or 30 <= frame < 35:
            people.append((RIGHT, 190))
        frames.append({"frames": 1, "picture": picture(GREY if frame < 30 else BLUE, *people)})
    return write_video(tmp_path_factory.mktemp("film") / "film.mp4", segments=frames, fps=FPS, size=SIZE)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> ModelStore:
    """A store in which rtmo-t finds bright rectangles."""
    tmp_path = tmp_path_factory.mktemp("models")
    return install(tmp_path / "models", "rtmo-t", write_person_net(tmp_path / "net.onnx", size_px=416))


@pytest.fixture(scope="module")
def bench(film: Path, models: ModelStore) -> Bench:
    """Keeps what looks found, so that only other settings of the detector decode again."""
    return Bench.of(film, film.parent, models)


def run(bench: Bench, **config: Any) -> Found:
    return bench.run(PIPELINE, {"pictures_per_second": FPS, **config})


def tier(found: Found, name: str) -> Tier:
    return next(one for one in found.tiers if one.name == name)


def persons(found: Found) -> Boxes:
    boxes = tier(found, "persons").boxes
    assert boxes is not None
    return boxes


def presence(found: Found) -> list[tuple[str, float, float]]:
    return sorted((one.label, round(one.start_s, 2), round(one.end_s, 2)) for one in tier(found, "presence").marks)


def test_that_people_are_followed_with_boxes_key_points_presence_and_counts(bench: Bench) -> None:
    found = run(bench)
    boxes = persons(found)
    assert [one.name for one in found.tiers] == ["persons", "presence", "person_count"]
    assert presence(found) == [("person 1", 0.0, 3.0), ("person 2", 0.0, 2.0), ("person 3", 3.0, 3.5)]
    first = boxes.track == 1
    assert boxes.bbox[first][0] == pytest.approx(left(0.05), abs=0.02)
    assert boxes.bbox[first][-1] == pytest.approx(left(0.05 + 0.005 * 29), abs=0.02)
    assert boxes.t_s[first][:3] == pytest.approx([0.0, 0.1, 0.2], abs=0.001)
    assert boxes.frame[first][:3].tolist() == [0, 1, 2]
    assert boxes.categories == ("person",)
    assert dict(boxes.track_names) == {1: "person 1", 2: "person 2", 3: "person 3"}
    assert boxes.values["height_px"][first][0] == pytest.approx(90, abs=4)
    assert boxes.keypoint_names == COCO_KEYPOINTS
    assert boxes.keypoints is not None
    assert boxes.keypoints.shape == (len(boxes), 17, 3)
    assert boxes.keypoints[first][0, 16, :2] == pytest.approx(left(0.05)[2:], abs=0.03)
    counts = tier(found, "person_count").series
    assert counts is not None
    assert counts.values[[0, 12, 21, 32, 40]].tolist() == [2, 1, 1, 1, 0]
    assert "rtmo-t" in bench.models_used


def test_that_the_result_does_not_depend_on_how_the_video_is_cut(
    film: Path, tmp_path: Path, models: ModelStore, bench: Bench
) -> None:
    whole = run(bench)
    for range_s in (0.7, 1.5):
        assert same(whole, run(Bench.of(film, tmp_path, models, range_s)))


def test_that_a_higher_confidence_leaves_the_less_sure_ones_out(bench: Bench) -> None:
    assert presence(run(bench, confidence_threshold=0.85)) == [("person 1", 0.0, 3.0)]
    sure = persons(run(bench, confidence_threshold=0.85))
    assert float(sure.score.min()) >= 0.85
    assert len(sure) < len(persons(run(bench, confidence_threshold=0.3)))
    assert not len(persons(run(bench, confidence_threshold=1.0)))


def test_that_key_points_are_written_only_when_they_are_wanted_and_sure(bench: Bench) -> None:
    assert persons(run(bench, enable_keypoints=False)).keypoints is None
    assert persons(run(bench, enable_keypoints=False)).keypoint_names == ()
    everything, sure = (persons(run(bench, keypoint_threshold=least)).keypoints for least in (0.0, 0.5))
    assert everything is not None
    assert sure is not None
    assert (sure[:, :, 2] > 0).sum() < (everything[:, :, 2] > 0).sum()
    unsure = (everything[:, :, 2] < 0.5) & (everything[:, :, 2] > 0)
    assert not sure[unsure].any()
    assert np.array_equal(sure[~unsure], everything[~unsure])


def test_that_fewer_pictures_a_second_give_fewer_boxes(bench: Bench) -> None:
    few = run(bench, pictures_per_second=2.0)
    assert len(persons(few)) < len(persons(run(bench))) / 3
    assert presence(few)[0][0] == "person 1"
    counts = tier(few, "person_count").series
    assert counts is not None
    assert len(counts) == 10


def test_that_small_people_are_left_out(bench: Bench) -> None:
    tall = persons(run(bench, min_height_px=100.0))
    assert float(tall.values["height_px"].min()) >= 100.0
    assert tall.bbox[:, 0] == pytest.approx(0.7, abs=0.02)


def test_that_a_gap_is_bridged_when_it_is_no_longer_than_the_longest(bench: Bench) -> None:
    assert len(presence(run(bench, max_gap_s=1.0))) == 3
    apart = presence(run(bench, max_gap_s=0.2))
    assert ("person 1", 0.0, 1.0) in apart
    times_s = sorted((start_s, end_s) for _, start_s, end_s in apart)
    assert times_s == [(0.0, 1.0), (0.0, 2.0), (1.6, 3.0), (3.0, 3.5)]


def test_that_short_tracks_are_left_out(bench: Bench) -> None:
    assert presence(run(bench, min_track_s=1.0)) == [("person 1", 0.0, 3.0), ("person 2", 0.0, 2.0)]
    assert len(persons(run(bench, min_track_s=60.0))) == 0


def test_that_somebody_less_sure_stays_on_a_track_but_begins_none(bench: Bench) -> None:
    strict = persons(run(bench, confidence_threshold=0.85))
    lenient = persons(run(bench, confidence_threshold=0.85, keep_threshold=0.5))
    fainter = (lenient.t_s > 1.95) & (lenient.t_s < 2.55)
    assert fainter.sum() == 6
    assert float(lenient.score[fainter].max()) < 0.85
    assert not ((strict.t_s > 1.95) & (strict.t_s < 2.55)).any()
    assert set(lenient.track.tolist()) == {1}, "the one on the right is never sure enough to begin"


def test_that_overlapping_boxes_count_once_unless_more_overlap_is_allowed(
    tmp_path: Path, make_video: MakeVideo, models: ModelStore
) -> None:
    from tests.models.person_nets import write_grid_net

    write_grid_net(models.root / OWN_FOLDER / "cells.onnx")
    bright = np.full((96, 96, 3), 250, np.uint8)
    path = make_video(tmp_path / "bright.mp4", segments=[{"frames": 3, "picture": bright}], size=(96, 96))
    bench = Bench.of(path, tmp_path, models)
    lenient = persons(run(bench, model="cells.onnx", iou_threshold=1.0))
    strict = persons(run(bench, model="cells.onnx", iou_threshold=0.3))
    assert len(strict) < len(lenient)


def test_that_a_model_of_ones_own_is_used_and_one_without_key_points_says_so(bench: Bench, models: ModelStore) -> None:
    own = write_person_net(models.root / OWN_FOLDER / "own.onnx", "rows", points=0)
    own.with_suffix(".toml").write_text('family = "rows"\nperson_class = 1\nsize_px = [320, 320]', encoding="utf-8")
    boxes = persons(run(bench, model="own.onnx"))
    assert boxes.bbox[:, 0] == pytest.approx(0.7, abs=0.02)
    assert boxes.keypoints is None
    assert bench.models_used[-1] == str(own)
    assert any("without key points" in one for one in bench.warnings)
    assert PIPELINE.models_needed({"model": "own.onnx"}) == ()
    assert PIPELINE.models_needed({"model": "rtmo-m"}) == ("rtmo-m",)


def test_that_a_model_of_another_kind_or_from_another_place_is_refused(
    bench: Bench, tmp_path: Path, models: ModelStore
) -> None:
    elsewhere = write_person_net(tmp_path / "elsewhere.onnx")
    for name in ("sface", "no-such-model", str(elsewhere), "../net.onnx", "gone.onnx"):
        with pytest.raises(UnknownModel) as raised:
            run(bench, model=name)
        assert raised.value.action
    with pytest.raises(ModelMissing, match="RTMO-m"):
        run(bench, model="rtmo-m")


def test_that_it_is_available_with_any_detector_and_says_what_to_do_without(tmp_path: Path, models: ModelStore) -> None:
    bare = ModelStore(tmp_path / "bare")
    state = PIPELINE.availability(bare)
    assert not state.available
    assert "No model that finds people" in state.reason
    assert "rushes models fetch rtmo-s" in state.hint
    assert "person_tracking" not in registry().defaults(bare)
    assert PIPELINE.availability(models).available
    write_person_net(bare.root / OWN_FOLDER / "ours.onnx")
    assert PIPELINE.availability(bare).available


def test_that_without_any_model_it_fails_with_words(film: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="finds people") as raised:
        run(Bench.of(film, tmp_path))
    assert "rushes models fetch" in raised.value.action


def test_that_the_result_is_written_as_coco_with_tracks_and_key_points(bench: Bench, tmp_path: Path) -> None:
    assert PIPELINE.spec.default_formats == ("coco",)
    document = Document(bench.video.facts, run(bench).tiers)
    (path, *_) = write(document, "coco", tmp_path / "person_tracking.json")
    written = json.loads(path.read_bytes())
    assert written["categories"][0]["name"] == "person"
    assert written["categories"][0]["keypoints"] == list(COCO_KEYPOINTS)
    assert len(written["categories"][0]["skeleton"]) == 19
    assert len(written["annotations"]) == len(persons(run(bench)))
    first = written["annotations"][0]
    assert first["track_id"] == 1
    assert len(first["keypoints"]) == 51
    assert first["bbox"][3] == pytest.approx(90, abs=4)


def test_that_every_format_it_names_can_be_written(bench: Bench, tmp_path: Path) -> None:
    document = Document(bench.video.facts, run(bench).tiers)
    for output in PIPELINE.spec.outputs:
        files = write(document, output.format, tmp_path / f"result.{output.format}")
        assert files[0].stat().st_size > 0, output.format


def test_that_its_parameters_presets_and_examples_are_what_it_takes(models: ModelStore) -> None:
    spec = registry().get("person_tracking").spec
    for parameter in spec.parameters:
        assert parameter.title, parameter.name
        assert parameter.description.endswith("."), parameter.name
    configs = [complete(spec), *(dict(one.config) for one in spec.presets)]
    configs += [json.loads(one)["person_tracking"] for one in spec.examples if one.startswith("{")]
    for config in configs:
        checked = check_one("person_tracking", config, models=models)
        assert (checked.errors, checked.warnings) == ((), ())
    assert complete(spec)["confidence_threshold"] == 0.5
    for wrong in ({"confidence_threshold": 1.5}, {"confidence_threshold": "much"}, {"keep_threshold": -1}):
        assert check_one("person_tracking", wrong, models=models).errors
    refused = check({}, ["person_tracking"], models=ModelStore(models.root / "bare")).errors
    assert [one.code for one in refused] == ["unavailable_pipeline"]
    assert "rushes models fetch" in refused[0].hint


def test_that_reading_what_it_is_and_whether_it_is_there_loads_nothing_heavy(tmp_path: Path) -> None:
    program = (
        "import sys; from core.annotate.pipelines.person_tracking import PIPELINE;"
        "print([one for one in ('numpy', 'av', 'cv2', 'onnxruntime', 'scipy') if one in sys.modules]);"
        "from models.store import ModelStore; from pathlib import Path;"
        f"PIPELINE.availability(ModelStore(Path({str(tmp_path)!r})));"
        "print([one for one in ('av', 'cv2', 'onnxruntime', 'scipy') if one in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["[]", "[]"]


def test_that_a_job_runs_it_in_workers_with_one_decoding_pass_and_true_provenance(
    film: Path, tmp_path: Path, models: ModelStore, bench: Bench
) -> None:
    names = ["scene_detection", "person_tracking"]
    with (
        closing(local_pool(2)) as pool,
        working(tmp_path / "library", registry(), models.root, pool) as desk,
    ):
        job = desk.ask(desk.add(film), names, {"person_tracking": {"pictures_per_second": FPS}})
        ended = desk.ended(job.job_id)
        assert desk.states(job.job_id) == dict.fromkeys(names, "succeeded"), ended
        result = desk.result(job.job_id, "person_tracking")
        document = desk.library.annotations.document(result.result_id)
    assert result.files == ("person_tracking.json",)
    assert [(one.model, len(one.version), one.licence) for one in document.provenance[0].models] == [
        ("rtmo-t", 12, "Apache-2.0")
    ]
    expected = persons(run(bench))
    found = document.tier("persons")
    assert found is not None
    assert found.boxes is not None
    assert np.allclose(found.boxes.bbox, expected.bbox, atol=1e-6)
    assert np.array_equal(found.boxes.track, expected.track)
