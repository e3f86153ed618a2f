"""Who is who in real pictures, and what each parameter of face_recognition changes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import simplejpeg

from core.annotate.pipeline import Found
from core.annotate.pipelines.face_recognition import PIPELINE
from models.opencv import cv2
from models.store import ModelStore
from tests.annotate.face_bench import boxes, does_not_depend_on_ranges, montage, run, tier, truth
from tests.annotate.look_bench import Bench


@pytest.fixture
def bench(shared_testdata: Path, default_models: ModelStore) -> Bench:
    return montage(shared_testdata, default_models.root)


def identities(found: Found) -> set[str]:
    return {one.label for one in tier(found, "identities").marks}


def test_that_five_people_are_told_apart_and_known_again(bench: Bench, shared_testdata: Path) -> None:
    found = run(bench, PIPELINE)
    marks = tier(found, "identities").marks
    people: dict[str, set[str]] = {}
    for shot in truth(shared_testdata):
        here = [one for one in marks if shot["start"] <= (one.start_s + one.end_s) / 2 < shot["end"]]
        assert len(here) == len(shot["faces"])
        for mark in here:
            assert mark.start_s == pytest.approx(shot["start"], abs=0.25)
            assert mark.end_s == pytest.approx(shot["end"], abs=0.25)
            people.setdefault(shot["faces"][0], set()).add(mark.label)
    assert [len(labels) for labels in people.values()] == [1] * 5
    assert len(set.union(*people.values())) == 5
    faces = boxes(found)
    assert {faces.track_names[int(track)] for track in np.unique(faces.track)} == identities(found)
    assert marks[0].label == "identity-00001"  # the man who is longest on screen
    assert bench.models_used[-2:] == ["blazeface-full-range", "dlib-resnet-v1"]


def test_that_the_result_does_not_depend_on_how_the_video_is_cut(
    shared_testdata: Path, default_models: ModelStore
) -> None:
    assert does_not_depend_on_ranges(PIPELINE, shared_testdata, default_models, detection_confidence=0.3)


def test_that_a_higher_similarity_makes_more_identities(bench: Bench) -> None:
    loose = run(bench, PIPELINE, similarity=0.2, min_identity_similarity=0.0)
    usual = run(bench, PIPELINE, min_identity_similarity=0.0)
    strict = run(bench, PIPELINE, similarity=0.97, min_identity_similarity=0.0)
    assert len(identities(loose)) < len(identities(usual)) == 5 < len(identities(strict))


def test_that_tracks_unlike_the_rest_of_their_identity_are_taken_out(bench: Bench) -> None:
    marks = tier(run(bench, PIPELINE, min_identity_similarity=0.99), "identities").marks
    assert any(one.attributes.get("reason") == "outlier" for one in marks)
    assert all(one.attributes.get("reason") != "outlier" for one in tier(run(bench, PIPELINE), "identities").marks)


def test_that_faces_turned_further_than_asked_for_do_not_speak(bench: Bench) -> None:
    marks = tier(run(bench, PIPELINE, max_yaw_deg=0.0), "identities").marks
    assert {one.label for one in marks} == {"unidentified"}
    assert {one.attributes["reason"] for one in marks} == {"profile"}


def test_that_shorter_tracks_are_left_out_with_their_boxes(bench: Bench) -> None:
    found = run(bench, PIPELINE, min_track_s=6.5)
    marks = tier(found, "identities").marks
    assert len(marks) == 3
    assert all(one.end_s - one.start_s >= 6.5 for one in marks)
    assert set(boxes(found).track.tolist()) == {1, 2, 3}
    assert len(boxes(found)) < len(boxes(run(bench, PIPELINE)))


def test_that_more_comparisons_a_second_use_more_vectors(bench: Bench) -> None:
    full = run(bench, PIPELINE)
    sparse = run(bench, PIPELINE, vectors_per_second=0.5)
    similar = [[one.attributes["similarity"] for one in tier(found, "identities").marks] for found in (full, sparse)]
    assert similar[0] != similar[1]
    looks = [one for one in bench.passes if type(one).__name__ == "FaceVectorLook"]
    vectors = {(one.faces.fps, one.fps): len(bench.passes[one].arrays["vectors"]) for one in looks}  # type: ignore[attr-defined]
    assert vectors[5.0, 0.5] < vectors[5.0, 2.0] / 2


def test_that_another_embedder_compares_otherwise(
    shared_testdata: Path, tmp_path: Path, make_video: Callable[..., Path], default_models: ModelStore
) -> None:
    weights = shared_testdata / "weights"
    if not (weights / "mobilefacenet_foamliu.onnx").is_file():
        pytest.skip("the weights of MobileFaceNet are not there")
    store = ModelStore(tmp_path / "models")
    store.root.mkdir()
    for model_id in ("blazeface-full-range", "dlib-resnet-v1"):
        (store.root / model_id).symlink_to(default_models.root / model_id)
    store.use_local_folder("mobilefacenet-foamliu", weights)
    photos = [
        simplejpeg.decode_jpeg(photo.read_bytes(), colorspace="RGB")
        for photo in sorted((shared_testdata / "faces" / "lfw10x10" / "Colin_Powell").glob("*.jpg"))[:3]
    ]
    path = make_video(
        tmp_path / "photos.mp4", segments=[{"seconds": 1, "picture": one} for one in photos], size=(400, 400)
    )
    bench = Bench.of(path, tmp_path, store)
    config = {"min_identity_similarity": 0.0, "similarity": 0.2}
    usual = run(bench, PIPELINE, **config)
    assert bench.models_used == ["blazeface-full-range", "dlib-resnet-v1"]
    other = run(bench, PIPELINE, **config, embedder="mobilefacenet-foamliu")
    assert bench.models_used[-1] == "mobilefacenet-foamliu"
    similar = [[one.attributes["similarity"] for one in tier(found, "identities").marks] for found in (usual, other)]
    assert len(similar[0]) == len(similar[1]) == 3
    assert similar[0] != similar[1]
    assert PIPELINE.models_needed({"detector": "a", "embedder": "b"}) == ("a", "b")


def test_that_a_face_hidden_for_longer_than_the_longest_gap_begins_another_track(
    shared_testdata: Path, tmp_path: Path, make_video: Callable[..., Path], default_models: ModelStore
) -> None:
    photo = next((shared_testdata / "faces" / "lfw10x10" / "Colin_Powell").glob("*.jpg"))
    picture = simplejpeg.decode_jpeg(photo.read_bytes(), colorspace="RGB")
    blurred = np.asarray(cv2.GaussianBlur(picture, (0, 0), 25), np.uint8)
    shown: dict[str, Any] = {"frames": 20, "picture": picture, "place": (0.35, 0.2, 0.65, 0.2 + 0.3 * 16 / 9)}
    hidden = {**shown, "picture": blurred}  # in the same colours, so that there is no cut
    path = make_video(tmp_path / "hidden.mp4", segments=[shown, hidden, shown], size=(640, 360))
    bench = Bench.of(path, tmp_path, default_models)
    config = {"pictures_per_second": 12.5, "vectors_per_second": 1.0}
    assert set(boxes(run(bench, PIPELINE, **config, max_gap_s=2.0)).track.tolist()) == {1}
    assert set(boxes(run(bench, PIPELINE, **config, max_gap_s=0.2)).track.tolist()) == {1, 2}


def test_that_equal_settings_of_the_detector_give_equal_looks_in_all_face_pipelines(bench: Bench) -> None:
    from core.annotate.configuring import complete
    from core.annotate.pipelines import face_analysis, face_detection

    looks = [
        set(one.looks(bench.video, complete(one.spec) | {"min_face_px": 40.0 * number}))
        for number, one in enumerate((PIPELINE, face_detection.PIPELINE, face_analysis.PIPELINE))
    ]
    assert len(looks[0] & looks[1] & looks[2]) == 1
    assert len(set.union(*looks)) == 4  # shots, faces, vectors, meshes
