"""Parameters: order of sources, bounds, profiles, sampling by time."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidRequest
from core.faces.parameters import (
    ClusterParameters,
    DetectParameters,
    EmbedParameters,
    face_gate_px,
    resolve_cluster,
    resolve_detect,
    resolve_embed,
    sampled_frames,
)
from core.media.types import FrameTable


def make_table(pts: list[int] | np.ndarray, time_base: Fraction = Fraction(1, 1000)) -> FrameTable:
    array = np.array(pts, np.int64)
    return FrameTable(array, np.ones(len(array), np.bool_), time_base, int(array[0]), int(array[-1]) + 1)


def test_that_without_any_source_the_documents_defaults_hold() -> None:
    found = resolve_detect({"ep_id": "e", "unknown": 1}, {}, {})
    assert found == DetectParameters()
    assert (found.stride, found.fps, found.max_gap, found.scene_threshold) == (6, None, 30, 27.0)
    assert set(found.sources.values()) == {"fallback"}
    assert resolve_cluster({}, {}, {}) == ClusterParameters(cluster_thresh=0.58, min_cluster_size=2)
    assert resolve_embed({}, {}, {}) == EmbedParameters(thumb_size=256)


def test_that_the_first_source_in_the_documented_order_wins() -> None:
    config = {"stride": 9, "max_gap": 11, "fps": 5.0, "scene_min_len": 7}
    environment = {"RUSHES_STRIDE": "4", "RUSHES_FPS": " ", "RUSHES_MAX_GAP": "12"}
    found = resolve_detect({"profile": "balanced", "stride": 2}, environment, config)
    assert (found.stride, found.sources["stride"]) == (2, "explicit")
    assert (found.max_gap, found.sources["max_gap"]) == (12, "environment")
    assert (found.fps, found.sources["fps"]) == (24.0, "profile:balanced")
    assert (found.scene_min_len, found.sources["scene_min_len"]) == (7, "stage_config")
    assert (found.track_buffer, found.sources["track_buffer"]) == (30, "fallback")
    assert resolve_detect({}, environment, config).stride == 4
    assert resolve_detect({}, {}, config).fps == 5.0


@pytest.mark.parametrize(
    ("profile", "stride", "fps", "face_px"),
    [("low_power", 8, 8, 120), ("fast_cpu", 8, 8, 120), ("balanced", 5, 24, 90), ("high_accuracy", 1, 30, 64)],
)
def test_that_profiles_set_what_the_document_says(profile: str, stride: int, fps: float, face_px: float) -> None:
    found = resolve_detect({"profile": profile}, {}, {"stride": 3})
    assert (found.stride, found.fps, found.min_face_px) == (stride, fps, face_px)
    assert found.profile == ("low_power" if profile == "fast_cpu" else profile)
    assert resolve_embed({"profile": profile}, {}, {}).min_face_px == face_px


def test_that_a_profile_may_come_from_the_environment() -> None:
    found = resolve_detect({}, {"RUSHES_PROFILE": "fast_cpu"}, {"profile": "balanced"})
    assert (found.profile, found.sources["profile"], found.stride) == ("low_power", "environment", 8)


def test_that_null_counts_as_not_given() -> None:
    assert resolve_detect({"profile": "balanced", "fps": None, "det_thresh": None}, {}, {}).fps == 24.0


def test_that_the_documents_detector_name_stands_for_the_chosen_one() -> None:
    assert resolve_detect({"detector": "retinaface"}, {}, {"detector": "yunet-2023mar"}).detector == "yunet-2023mar"
    assert resolve_detect({"detector": "retinaface"}, {}, {}).detector == DetectParameters().detector
    assert resolve_detect({"detector": "/models/own.onnx"}, {}, {}).detector == "/models/own.onnx"


@pytest.mark.parametrize(
    ("name", "value", "bound"),
    [
        ("stride", 0, "between 1 and"),
        ("stride", 2.5, "whole number"),
        ("stride", True, "whole number"),
        ("stride", "6", "whole number"),
        ("fps", 0, "above 0"),
        ("fps", float("nan"), "a number"),
        ("jpeg_quality", 101, "between 1 and 100"),
        ("det_thresh", 1.5, "between 0 and 1"),
        ("device", "tpu", "one of auto"),
        ("tracker", "sort", "one of bytetrack"),
        ("scene_detector", "ffmpeg", "one of pyscenedetect"),
        ("save_crops", 1, "true or false"),
        ("profile", "fastest", "one of low_power"),
        ("track_buffer", -1, "between 1"),
        ("min_box_area", -0.1, "between 0"),
    ],
)
def test_that_a_value_out_of_bounds_is_refused_by_name_value_and_bound(name: str, value: object, bound: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        resolve_detect({name: value}, {}, {})
    assert name in caught.value.message
    assert bound in caught.value.message
    assert str(value) in caught.value.message
    assert caught.value.action


@pytest.mark.parametrize(
    ("name", "value"), [("cluster_thresh", 0.19), ("cluster_thresh", 1.0), ("min_identity_sim", 1), ("thumb_size", 63)]
)
def test_that_cluster_and_embed_bounds_are_the_documents(name: str, value: float) -> None:
    resolver = resolve_embed if name == "thumb_size" else resolve_cluster
    with pytest.raises(InvalidRequest, match=name):
        resolver({name: value}, {}, {})


def test_that_a_bad_environment_variable_is_named() -> None:
    with pytest.raises(InvalidRequest, match="RUSHES_STRIDE"):
        resolve_detect({}, {"RUSHES_STRIDE": "often"}, {})


def test_that_words_for_flags_in_the_environment_are_understood() -> None:
    assert resolve_detect({}, {"RUSHES_SAVE_CROPS": "Yes"}, {}).save_crops
    assert not resolve_detect({}, {"RUSHES_SAVE_CROPS": "0"}, {"save_crops": True}).save_crops


def test_that_parameters_made_directly_are_checked_too() -> None:
    with pytest.raises(InvalidRequest, match="stride"):
        DetectParameters(stride=0)


@given(st.integers(1, 400), st.integers(1, 20), st.one_of(st.none(), st.floats(0.1, 60)), st.integers(0, 2**32 - 1))
def test_that_sampling_keeps_to_stride_and_to_fps_per_second(
    count: int, stride: int, fps: float | None, seed: int
) -> None:
    steps = np.random.default_rng(seed).integers(1, 120, count)
    table = make_table(np.cumsum(steps) - 5000)
    chosen = sampled_frames(table, stride, fps)
    picked = np.flatnonzero(chosen)
    assert chosen[0]
    assert not (picked % stride).any()
    if fps is not None:
        elapsed_s = (table.pts[picked] - table.pts[0]) / 1000
        for start_s in np.unique(np.floor(elapsed_s)):
            inside = ((elapsed_s >= start_s) & (elapsed_s < start_s + 1)).sum()
            assert inside <= int(np.ceil(fps)) + 1
        assert len(picked) <= elapsed_s[-1] * fps + 1.001


def test_that_an_fps_cap_just_under_the_rate_does_not_halve_it() -> None:
    table = make_table(list(range(0, 4000, 40)))
    assert int(sampled_frames(table, 1, 24).sum()) == 96
    assert int(sampled_frames(table, 1, 25).sum()) == 100
    assert int(sampled_frames(table, 1, None).sum()) == 100
    assert int(sampled_frames(table, 5, 24).sum()) == 20


def test_that_the_face_gate_follows_the_lines_of_the_picture() -> None:
    assert face_gate_px(90, width_px=1920, height_px=1080) == 90
    assert face_gate_px(90, width_px=1080, height_px=1920) == 90
    assert face_gate_px(90, width_px=640, height_px=360) == 30
    assert face_gate_px(64, width_px=320, height_px=240) == 24
