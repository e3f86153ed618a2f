"""A person's own ONNX detector or embedder, given by its path.

A TOML file beside it (``model.toml`` for ``model.onnx``) may say how it wants its pictures; all keys are optional:
``mean`` and ``scale`` (three numbers for red, green, blue: (value - mean) * scale), ``bgr`` (true or false);
a detector's ``threshold`` and ``long_side_px``; an embedder's ``metric`` and ``threshold`` (see
:class:`models.faces.TrackCalibration`).
"""

import tomllib
from pathlib import Path
from typing import Any

from models.embedders import ARCFACE, ChipFormat, OnnxEmbedder
from models.errors import ModelCorrupt
from models.faces import FaceDetector, FaceEmbedder, TrackCalibration
from models.grid_detectors import (
    LONG_SIDE_PX,
    RAW_BGR,
    SCRFD_THRESHOLD,
    UNIT_RGB,
    YUNET_THRESHOLD,
    YuNet,
    check_runs,
    layout_of,
)
from models.picture_input import PictureFormat
from models.sessions import open_session

METRICS = ("rms", "unit_rms", "unit")
_DETECTOR_KEYS = {"mean", "scale", "bgr", "threshold", "long_side_px"}
_EMBEDDER_KEYS = {"mean", "scale", "bgr", "threshold", "metric"}


def open_own_detector(path: Path, *, name: str, version: str, device: str, threads: int) -> FaceDetector:
    """A network with YuNet's or SCRFD's outputs. Raises ModelCorrupt, DeviceUnavailable."""
    session = open_session(path, device=device, threads=threads)
    kind = layout_of(session, path)
    form, threshold = (RAW_BGR, YUNET_THRESHOLD) if kind is YuNet else (UNIT_RGB, SCRFD_THRESHOLD)
    values = _side_file(path, _DETECTOR_KEYS)
    try:
        detector = kind(
            session,
            name=name,
            version=version,
            form=PictureFormat(
                _three(values, "mean", form.mean),
                _three(values, "scale", form.scale),
                bool(values.get("bgr", form.bgr)),
            ),
            threshold=float(values.get("threshold", threshold)),
            long_side_px=int(values.get("long_side_px", LONG_SIDE_PX)),
        )
    except (TypeError, ValueError) as error:
        raise _unusable(path, error) from error
    check_runs(detector, path)
    return detector


def open_own_embedder(
    path: Path, *, name: str, version: str, device: str, threads: int, calibration: TrackCalibration
) -> FaceEmbedder:
    """A network that takes 112 px chips in ArcFace's template. Raises ModelCorrupt, DeviceUnavailable."""
    values = _side_file(path, _EMBEDDER_KEYS)
    try:
        chips = ChipFormat(
            ARCFACE.size_px,
            ARCFACE.template_px,
            _three(values, "mean", ARCFACE.mean),
            _three(values, "scale", ARCFACE.scale),
            bool(values.get("bgr", False)),
        )
        own = TrackCalibration(
            _metric(values.get("metric", calibration.metric)), float(values.get("threshold", calibration.threshold))
        )
    except (TypeError, ValueError) as error:
        raise _unusable(path, error) from error
    return OnnxEmbedder(path, name=name, version=version, chips=chips, calibration=own, device=device, threads=threads)


def _side_file(path: Path, known: set[str]) -> dict[str, Any]:
    side_file = path.with_suffix(".toml")
    if not side_file.is_file():
        return {}
    try:
        values = tomllib.loads(side_file.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _unusable(path, error) from error
    strange = sorted(set(values) - known)
    if strange:
        raise _unusable(path, ValueError(f"{', '.join(strange)} is none of {', '.join(sorted(known))}"))
    return values


def _three(values: dict[str, Any], key: str, otherwise: tuple[float, float, float]) -> tuple[float, float, float]:
    given = values.get(key, otherwise)
    if len(given) != 3:
        raise ValueError(f"{key} needs three numbers, for red, green and blue")
    red, green, blue = (float(one) for one in given)
    return red, green, blue


def _metric(value: object) -> str:
    if value not in METRICS:
        raise ValueError(f"metric {value!r} is none of {', '.join(METRICS)}")
    return str(value)


def _unusable(path: Path, error: Exception) -> ModelCorrupt:
    return ModelCorrupt(f"{path.with_suffix('.toml')} cannot be used: {error}.", action="Correct it or remove it.")
