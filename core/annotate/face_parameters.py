"""What people can set about finding and following faces, alike for every pipeline that does."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from core.annotate.spec import AVAILABLE, Availability, OutputSpec, Parameter, Preset

if TYPE_CHECKING:
    from models.store import ModelStore

PACKS = (
    "insightface-buffalo_l",
    "insightface-buffalo_m",
    "insightface-buffalo_s",
    "insightface-buffalo_sc",
    "insightface-antelopev2",
)
DETECTORS = ("blazeface-full-range", "yunet-2023mar", *PACKS)
EMBEDDERS = ("dlib-resnet-v1", "mobilefacenet-foamliu", "sface", *PACKS)

FACE_OUTPUTS = (
    OutputSpec("json", ("boxes", "keypoints", "series")),
    OutputSpec("coco", ("boxes", "keypoints")),
    OutputSpec("csv", ("boxes", "series")),
    OutputSpec("tsv", ("boxes", "series")),
    OutputSpec("parquet", ("boxes", "series")),
)

DETECTION_PARAMETERS = (
    Parameter(
        "detection_confidence",
        "float",
        0.5,
        "Minimum confidence threshold for face detection (0.0-1.0). Lower finds more faces, small and turned ones too, "
        "and more of what is none; higher keeps only clear faces. Less than 0.05 counts as 0.05: below it, "
        "everything is a face.",
        minimum=0.0,
        maximum=1.0,
        title="Confidence",
    ),
    Parameter(
        "enable_landmarks",
        "bool",
        True,
        "Extract facial landmarks for alignment: eyes, nose and mouth of each face, written as keypoints.",
        title="Landmarks",
    ),
    Parameter(
        "pictures_per_second",
        "float",
        5.0,
        "How many pictures of each second are searched for faces. 5 follows people in conversation; 12 to 25 catch lip "
        "movement and quick turns, and take as many times longer. Never more than the video has.",
        minimum=0.1,
        maximum=120.0,
        unit="1/s",
        title="Pictures per second",
    ),
    Parameter(
        "min_face_px",
        "float",
        0.0,
        "Smaller faces are left out: the side of a square as large as the face's box, in pixels of the video. "
        "0 keeps all.",
        minimum=0.0,
        maximum=4096.0,
        unit="px",
        title="Smallest face",
    ),
    Parameter(
        "small_faces",
        "str",
        "auto",
        "Also search the two halves of each picture, which finds faces half as large at three times the cost. auto: "
        "from 540 lines on. Only BlazeFace makes a difference here; the other detectors find small faces anyway.",
        choices=("auto", "on", "off"),
        title="Small faces",
        advanced=True,
    ),
    Parameter(
        "detector",
        "str",
        "blazeface-full-range",
        "The model that finds faces. YuNet is quicker and finds smaller ones; the InsightFace packs find the most and "
        "may be used for non-commercial research only. Other than the default, it must be installed in Settings > "
        "Models first.",
        choices=DETECTORS,
        title="Detector",
        advanced=True,
    ),
)

TRACK_PARAMETERS = (
    Parameter(
        "max_gap_s",
        "float",
        1.0,
        "A face that is not found for up to this long, as behind a hand, goes on as the same track when it is there "
        "again. Tracks always end at cuts, and one missed picture is always bridged.",
        minimum=0.0,
        maximum=60.0,
        unit="s",
        title="Longest gap",
    ),
    Parameter(
        "min_track_s",
        "float",
        0.0,
        "Tracks that are shorter are left out with all their boxes. 0 keeps all, also a face seen in a single picture.",
        minimum=0.0,
        maximum=3600.0,
        unit="s",
        title="Shortest track",
    ),
)

SPEED_PRESETS = (
    Preset("usual", "Usual", {}),
    Preset("quick", "Quick look", {"pictures_per_second": 1.0}),
    Preset("crowd", "Small and many faces", {"small_faces": "on", "detection_confidence": 0.4}),
)


def available_with(models: "ModelStore", *model_ids: str) -> Availability:
    """Whether these models are installed, or come with set-up."""
    entries = [models.entry(one) for one in model_ids]
    absent = [one for one in entries if not one.default and not models.ready(one.id)]
    if not absent:
        return AVAILABLE
    names = ", ".join(one.title for one in absent)
    commands = " ".join(one.id for one in absent)
    return Availability(
        False, f"Not installed: {names}.", f"Install it in Settings > Models, or: rushes models fetch {commands}"
    )


def face_models(config: Mapping[str, Any], *more: str) -> tuple[str, ...]:
    """Ids of the models that a run loads, each once."""
    return tuple(dict.fromkeys((str(config["detector"]), *more)))
