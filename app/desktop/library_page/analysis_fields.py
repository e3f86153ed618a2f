"""The parameters of an analysis that the dialog offers, and what a person's text means. Knows no widget."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from core.errors import InvalidRequest
from core.faces.parameters import (
    ClusterParameters,
    DetectParameters,
    EmbedParameters,
    resolve_cluster,
    resolve_detect,
    resolve_embed,
)

ParameterValue = int | float | bool | str
PROFILES = ("low_power", "balanced", "high_accuracy")


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter as a row of the form. ``choices`` makes a list; ``kind`` is int, float, bool or str."""

    name: str
    title: str
    tip: str
    kind: type[int] | type[float] | type[bool] | type[str]
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """Rows that belong together."""

    title: str
    fields: tuple[Field, ...]


def advanced_sections() -> tuple[Section, ...]:
    """All advanced parameters, in the order of the stages."""
    tr = QCoreApplication.translate
    return (
        Section(
            tr("analysis", "Sampling"),
            (
                Field("stride", tr("analysis", "Every n-th frame"), tr("analysis", "1 looks at every frame."), int),
                Field(
                    "fps",
                    tr("analysis", "Frames a second, at most"),
                    tr("analysis", "A cap on top of the step above, counted by the video's own timestamps."),
                    float,
                ),
            ),
        ),
        Section(
            tr("analysis", "Shots"),
            (
                Field(
                    "scene_detector",
                    tr("analysis", "Cut detector"),
                    tr("analysis", "Off treats the whole video as one shot."),
                    str,
                    ("pyscenedetect", "internal", "off"),
                ),
                Field(
                    "scene_threshold",
                    tr("analysis", "Cut threshold"),
                    tr("analysis", "Lower finds more cuts. 27 suits most material."),
                    float,
                ),
                Field(
                    "scene_min_len",
                    tr("analysis", "Shortest shot, frames"),
                    tr("analysis", "Cuts closer together than this are one."),
                    int,
                ),
            ),
        ),
        Section(
            tr("analysis", "Faces"),
            (
                Field(
                    "det_thresh",
                    tr("analysis", "Detection threshold"),
                    tr("analysis", "0 to 1. Lower finds more faces and more that are none."),
                    float,
                ),
                Field(
                    "min_box_area",
                    tr("analysis", "Smallest box, square pixels"),
                    tr("analysis", "Smaller boxes are dropped."),
                    float,
                ),
                Field(
                    "tiled",
                    tr("analysis", "Search tiles for small faces"),
                    tr("analysis", "Finds faces half as wide at two to three times the time."),
                    bool,
                ),
                Field(
                    "min_face_px",
                    tr("analysis", "Smallest face to recognise, pixels"),
                    tr(
                        "analysis",
                        "In a picture of 1080 lines. Smaller faces are followed but do not name their track.",
                    ),
                    float,
                ),
                Field(
                    "crops_per_track",
                    tr("analysis", "Pictures for each track"),
                    tr("analysis", "How many of its best faces are compared."),
                    int,
                ),
            ),
        ),
        Section(
            tr("analysis", "Tracks"),
            (
                Field(
                    "track_high_thresh",
                    tr("analysis", "Sure match from"),
                    tr("analysis", "Detections above this score are matched first."),
                    float,
                ),
                Field(
                    "new_track_thresh",
                    tr("analysis", "New track from"),
                    tr("analysis", "A detection must score this much to begin a track."),
                    float,
                ),
                Field(
                    "track_buffer",
                    tr("analysis", "Keep a lost track, frames"),
                    tr("analysis", "How long a face may be hidden and still be the same track."),
                    int,
                ),
                Field(
                    "max_gap",
                    tr("analysis", "Fill gaps up to, frames"),
                    tr("analysis", "Boxes in between are interpolated and marked as such."),
                    int,
                ),
            ),
        ),
        Section(
            tr("analysis", "Identities"),
            (
                Field(
                    "cluster_thresh",
                    tr("analysis", "Same person from"),
                    tr("analysis", "Similarity from 0.2 to 0.99. Higher makes more, purer identities."),
                    float,
                ),
                Field(
                    "min_cluster_size",
                    tr("analysis", "Tracks for an identity"),
                    tr("analysis", "Identities with fewer tracks are shown as singletons."),
                    int,
                ),
                Field(
                    "min_identity_sim",
                    tr("analysis", "Outliers below"),
                    tr("analysis", "A track less similar than this to its identity is set apart, with the reason."),
                    float,
                ),
            ),
        ),
    )


def read_value(field: Field, text: str) -> ParameterValue | None:
    """What a text means; None for an empty one. Raises InvalidRequest."""
    text = text.strip()
    if not text:
        return None
    if field.kind is str:
        return text
    if field.kind is bool:
        return text == "yes"
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        raise InvalidRequest(f"“{text}” is not a number.", action="Write a number, or leave the field empty.") from None
    return int(number) if field.kind is int and number == int(number) else number


def check_all(values: Mapping[str, object]) -> tuple[DetectParameters, EmbedParameters, ClusterParameters]:
    """The parameters of the three stages that would be used. Raises InvalidRequest naming the parameter."""
    return (
        resolve_detect(values, os.environ, {}),
        resolve_embed(values, os.environ, {}),
        resolve_cluster(values, os.environ, {}),
    )


def problem_of(field: Field, text: str) -> str:
    """Why a text cannot be used for a field; "" when it can."""
    try:
        value = read_value(field, text)
        if value is not None:
            check_all({field.name: value})
    except InvalidRequest as error:
        return error.message
    return ""


def default_text(field: Field, profile: str) -> str:
    """What is used when the field stays empty."""
    for parameters in check_all({"profile": profile}):
        if hasattr(parameters, field.name):
            value = getattr(parameters, field.name)
            if value is None:
                return QCoreApplication.translate("analysis", "the model's own")
            if isinstance(value, bool):
                return "yes" if value else "no"
            return f"{value:g}" if isinstance(value, float) else str(value)
    return ""
