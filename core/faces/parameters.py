"""Parameters of the three face stages: names, defaults and bounds of the documented requests, and our own.

A value comes from the first source that gives one: the request itself, the environment (``RUSHES_`` and the name in
capitals: ``RUSHES_STRIDE``), the profile, the stage's settings, the document's default. ``sources`` of the result
says which it was. ``None`` (JSON null) counts as not given.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from core.faces.parameter_rules import Rule, Value, resolve
from core.media.types import FrameTable

DEFAULT_DETECTOR = "blazeface-full-range"
DEFAULT_EMBEDDER = "dlib-resnet-v1"
DEVICES = ("auto", "cpu", "mps", "coreml", "metal", "apple", "cuda", "directml")
PROFILE_ALIASES = {"fast_cpu": "low_power"}
SMALLEST_FACE_PX = 24.0
REFERENCE_LINES = 1080

_DETECT_PROFILES: dict[str, dict[str, Value]] = {
    "low_power": {"stride": 8, "fps": 8.0, "min_face_px": 120.0, "tiled": False},
    "balanced": {"stride": 5, "fps": 24.0, "min_face_px": 90.0, "tiled": True},
    "high_accuracy": {"stride": 1, "fps": 30.0, "min_face_px": 64.0, "tiled": True},
}
_EMBED_PROFILES: dict[str, dict[str, Value]] = {
    "low_power": {"min_face_px": 120.0, "crops_per_track": 5},
    "balanced": {"min_face_px": 90.0, "crops_per_track": 8},
    "high_accuracy": {"min_face_px": 64.0, "crops_per_track": 16},
}
_CLUSTER_PROFILES: dict[str, dict[str, Value]] = {"low_power": {}, "balanced": {}, "high_accuracy": {}}

_SHARED_RULES = (
    Rule("device", str, "auto", choices=DEVICES),
    Rule("save_frames", bool, False),
    Rule("save_crops", bool, False),
    Rule("jpeg_quality", int, 85, low=1, high=100),
    Rule("min_face_px", float, 90.0, low=1, high=4096),
)
_DETECT_RULES = (
    *_SHARED_RULES,
    Rule("stride", int, 6, low=1, high=10_000),
    Rule("fps", float, None, low=0, high=1000, above_low=True),
    # "retinaface" is the document's word for its only detector; here it stands for the one chosen in the settings
    Rule("detector", str, DEFAULT_DETECTOR, stands_for_unset=("retinaface", "auto", "default")),
    Rule("tracker", str, "bytetrack", choices=("bytetrack",)),
    Rule("max_gap", int, 30, low=0, high=100_000),
    Rule("det_thresh", float, None, low=0, high=1),
    Rule("scene_detector", str, "pyscenedetect", choices=("pyscenedetect", "internal", "off")),
    Rule("scene_threshold", float, 27.0, low=0, high=255, above_low=True),
    Rule("scene_min_len", int, 12, low=1, high=100_000),
    Rule("scene_warmup_dets", int, 3, low=0, high=1000),
    Rule("track_high_thresh", float, 0.5, low=0, high=1),
    Rule("new_track_thresh", float, 0.5, low=0, high=1),
    Rule("track_buffer", int, 30, low=1, high=100_000),
    Rule("min_box_area", float, 20.0, low=0, high=1e9),
    Rule("tiled", bool, True),
)
_EMBED_RULES = (
    *_SHARED_RULES,
    Rule("thumb_size", int, 256, low=64, high=512),
    Rule("embedder", str, DEFAULT_EMBEDDER, stands_for_unset=("auto", "default")),
    Rule("crops_per_track", int, 8, low=1, high=1000),
    Rule("max_blur", float, 0.8, low=0, high=1),
    Rule("max_yaw_deg", float, 65.0, low=0, high=90),
    Rule("min_brightness", float, 0.05, low=0, high=1),
    Rule("max_brightness", float, 0.94, low=0, high=1),
    Rule("min_contrast", float, 0.06, low=0, high=1),
    Rule("min_face_score", float, 0.55, low=0, high=1),
    Rule("min_visible", float, 0.7, low=0, high=1),
)
_CLUSTER_RULES = (
    Rule("device", str, "auto", choices=DEVICES),
    Rule("cluster_thresh", float, 0.58, low=0.2, high=0.99),
    Rule("min_cluster_size", int, 2, low=1, high=100_000),
    Rule("min_identity_sim", float, 0.45, low=0.0, high=0.99),
)


@dataclass(frozen=True, slots=True)
class DetectParameters:
    """Detection and tracking. ``max_gap`` and ``track_buffer`` count decoded frames; ``min_box_area`` source pixels.

    The best crops of every track are kept whether ``save_crops`` asks for them or not: views and vectors need them.
    ``fps`` is a cap in searched frames a second, None = no cap; ``det_thresh`` None = the detector's own;
    ``min_face_px`` see :func:`face_gate_px`.
    """

    profile: str | None = None
    stride: int = 6
    fps: float | None = None
    device: str = "auto"
    save_frames: bool = False
    save_crops: bool = False
    jpeg_quality: int = 85
    detector: str = DEFAULT_DETECTOR
    tracker: str = "bytetrack"
    max_gap: int = 30
    det_thresh: float | None = None
    scene_detector: str = "pyscenedetect"
    scene_threshold: float = 27.0
    scene_min_len: int = 12
    scene_warmup_dets: int = 3
    track_high_thresh: float = 0.5
    new_track_thresh: float = 0.5
    track_buffer: int = 30
    min_box_area: float = 20.0
    min_face_px: float = 90.0
    tiled: bool = True
    sources: dict[str, str] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        _check(self, _DETECT_RULES)


@dataclass(frozen=True, slots=True)
class EmbedParameters:
    """Choice and embedding of crops. The gates (``max_blur`` and after) decide which faces may speak for a track."""

    profile: str | None = None
    device: str = "auto"
    save_frames: bool = False
    save_crops: bool = False
    jpeg_quality: int = 85
    thumb_size: int = 256
    embedder: str = DEFAULT_EMBEDDER
    crops_per_track: int = 8
    min_face_px: float = 90.0
    max_blur: float = 0.8
    max_yaw_deg: float = 65.0
    min_brightness: float = 0.05
    max_brightness: float = 0.94
    min_contrast: float = 0.06
    min_face_score: float = 0.55
    min_visible: float = 0.7
    sources: dict[str, str] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        _check(self, _EMBED_RULES)


@dataclass(frozen=True, slots=True)
class ClusterParameters:
    """Clustering; similarities are the document's, mapped to distances by core.faces.compare."""

    profile: str | None = None
    device: str = "auto"
    cluster_thresh: float = 0.58
    min_cluster_size: int = 2
    min_identity_sim: float = 0.45
    sources: dict[str, str] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        _check(self, _CLUSTER_RULES)


def resolve_detect(
    explicit: Mapping[str, object], env: Mapping[str, str], stage_config: Mapping[str, object]
) -> DetectParameters:
    """Parameters of detect_track. Raises InvalidRequest naming parameter, value and bound."""
    values, sources = _resolve(_DETECT_RULES, _DETECT_PROFILES, explicit, env, stage_config)
    return DetectParameters(**values, sources=sources)


def resolve_embed(
    explicit: Mapping[str, object], env: Mapping[str, str], stage_config: Mapping[str, object]
) -> EmbedParameters:
    """Parameters of faces_embed. Raises InvalidRequest naming parameter, value and bound."""
    values, sources = _resolve(_EMBED_RULES, _EMBED_PROFILES, explicit, env, stage_config)
    return EmbedParameters(**values, sources=sources)


def resolve_cluster(
    explicit: Mapping[str, object], env: Mapping[str, str], stage_config: Mapping[str, object]
) -> ClusterParameters:
    """Parameters of cluster. Raises InvalidRequest naming parameter, value and bound."""
    values, sources = _resolve(_CLUSTER_RULES, _CLUSTER_PROFILES, explicit, env, stage_config)
    return ClusterParameters(**values, sources=sources)


def sampled_frames(table: FrameTable, stride: int, fps: float | None) -> npt.NDArray[np.bool_]:
    """bool (n,): which decoded frames are searched for faces. The first always is.

    Every ``stride``-th frame, thinned so that no 1/``fps`` long slot of time (by PTS, counted from the first frame)
    holds more than one.
    """
    chosen = np.zeros(len(table), np.bool_)
    chosen[::stride] = True
    if fps is None or not len(table):
        return chosen
    ticks_per_slot = 1 / (Fraction(fps).limit_denominator(100_000) * table.time_base)
    candidates = np.flatnonzero(chosen)
    elapsed = table.pts[candidates] - table.pts[0]
    slots = elapsed * ticks_per_slot.denominator // ticks_per_slot.numerator
    repeats = np.diff(slots, prepend=-1) == 0
    chosen[candidates[repeats]] = False
    return chosen


def face_gate_px(min_face_px: float, *, width_px: int, height_px: int) -> float:
    """Smallest face side that may speak for its track: ``min_face_px`` of a 1080-line picture, never below 24 px.

    ``width_px`` and ``height_px`` are the upright picture's; the shorter one counts as its lines. Smaller faces are
    still followed and shown.
    """
    scaled = min_face_px * min(width_px, height_px) / REFERENCE_LINES
    return max(SMALLEST_FACE_PX, scaled) if math.isfinite(scaled) else SMALLEST_FACE_PX


def _check(parameters: DetectParameters | EmbedParameters | ClusterParameters, rules: tuple[Rule, ...]) -> None:
    for rule in rules:
        value = getattr(parameters, rule.name)
        if value is not None or rule.fallback is not None:
            rule.check(value, source=parameters.sources.get(rule.name, "explicit"))


def _resolve(
    rules: tuple[Rule, ...],
    profiles: Mapping[str, Mapping[str, Value]],
    explicit: Mapping[str, object],
    env: Mapping[str, str],
    stage_config: Mapping[str, object],
) -> tuple[dict[str, Any], dict[str, str]]:
    values, sources = resolve(
        rules, profiles, PROFILE_ALIASES, explicit=explicit, environment=env, stage_config=stage_config
    )
    return dict(values), sources
