"""What faces do: size, head pose, quality, opening of mouth and eyes."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from core.annotate.face_parameters import (
    DETECTION_PARAMETERS,
    DETECTORS,
    SPEED_PRESETS,
    TRACK_PARAMETERS,
    available_with,
    face_models,
)
from core.annotate.spec import Availability, OutputSpec, Parameter, PipelineSpec, Preset

if TYPE_CHECKING:
    from core.annotate.pipeline import Found, FrameLook, PipelineContext, Video
    from models.store import ModelStore

EMOTION_MODEL = "emotion-ferplus"  # models.attribute_choice.EMOTION_MODEL, which loads the models' store
FACE_MESH = "face-mesh"  # models.face_mesh.DEFAULT_FACE_MESH, which loads onnxruntime

SPEC = PipelineSpec(
    name="face_analysis",
    display_name="Face analysis",
    description=(
        "Measures every face that is found and follows it through its shot: its size, how the head is turned (yaw, "
        "pitch, roll), how well it can be seen, how far the mouth and the eyes are open. The measures are columns of "
        "the face boxes, and series over time. Angles are in degrees: yaw turns to the picture's right, pitch up, roll "
        "clockwise; pitch depends on the shape of the face too, by about 10, so that its changes say more than its "
        "value. The mouth's opening is the gap between the lips as a share of the distance of the eyes' outer corners: "
        "about 0.03 closed, 0.1 and more while somebody speaks."
    ),
    version="1.0.0",
    family="face",
    variant="analysis",
    tasks=(
        "face_detection",
        "face_tracking",
        "head_pose_estimation",
        "face_analysis",
        "age_estimation",
        "emotion_recognition",
    ),
    modalities=("video",),
    capabilities=("detection", "tracking", "landmarks", "head_pose", "mouth_opening", "face_quality", "age", "emotion"),
    backends=("onnxruntime",),
    stability="stable",
    outputs=(
        OutputSpec("json", ("boxes", "keypoints", "series", "intervals")),
        OutputSpec("coco", ("boxes", "keypoints")),
        OutputSpec("csv", ("boxes", "series", "intervals")),
        OutputSpec("tsv", ("boxes", "series", "intervals")),
        OutputSpec("eaf", ("intervals",)),
        OutputSpec("textgrid", ("intervals",)),
        OutputSpec("boris", ("intervals",)),
        OutputSpec("datavyu_csv", ("intervals",)),
        OutputSpec("parquet", ("boxes", "series", "intervals")),
    ),
    default_formats=("coco", "csv"),
    parameters=(
        *DETECTION_PARAMETERS,
        *TRACK_PARAMETERS,
        Parameter(
            "measures",
            "list",
            ("size", "pose", "quality", "mouth"),
            "What is measured of each face. size: side in pixels. pose: yaw, pitch and roll of the head. quality: "
            "overall, blur, brightness, contrast and share that is inside the picture. mouth, eyes: how far open.",
            choices=("size", "pose", "quality", "mouth", "eyes"),
            title="Measures",
        ),
        Parameter(
            "series",
            "str",
            "largest_face",
            "Which faces have series over time. largest_face: one series for each measure, always of the largest face "
            "in the picture. every_track: series of every track. none: only the columns of the boxes.",
            choices=("largest_face", "every_track", "none"),
            title="Series",
        ),
        Parameter(
            "smoothing_s",
            "float",
            0.0,
            "Series are averaged over this long a window, centred on each value; the columns of the boxes stay as they "
            "were measured. 0 smooths nothing.",
            minimum=0.0,
            maximum=60.0,
            unit="s",
            title="Smoothing",
        ),
        Parameter(
            "age",
            "bool",
            False,
            "Also guess the age of every face: the column age_years, and a series. It is rough: take the mean of a "
            "track. Needs an InsightFace pack with a model for ages (buffalo_l, buffalo_m, buffalo_s or antelopev2), "
            "which must be installed first and may be used for non-commercial research only.",
            title="Age",
            advanced=True,
        ),
        Parameter(
            "emotion",
            "bool",
            False,
            "Also name the emotion that every face shows, as the columns emotion and emotion_chance, and as the tier "
            "emotions of each track: neutral, happiness, surprise, sadness, anger, disgust, fear or contempt. What a "
            "face shows is not what a person feels. Needs the model emotion-ferplus, which must be installed first.",
            title="Emotion",
            advanced=True,
        ),
    ),
    presets=(
        *SPEED_PRESETS,
        Preset("lips", "Lip movement", {"pictures_per_second": 25.0, "measures": ["mouth"], "series": "every_track"}),
        Preset(
            "head",
            "Head movement",
            {"pictures_per_second": 12.5, "measures": ["pose"], "series": "every_track", "smoothing_s": 0.3},
        ),
    ),
    examples=(
        "rushes annotate study.mp4 --pipelines face_analysis -o results",
        '{"face_analysis": {"measures": ["mouth", "pose"], "pictures_per_second": 25}}',
    ),
)


class FaceAnalysis:
    """See :class:`core.annotate.pipeline.Pipeline`."""

    @property
    def spec(self) -> PipelineSpec:
        """What it is."""
        return SPEC

    def availability(self, models: "ModelStore") -> Availability:
        """With its default models."""
        return available_with(models, DETECTORS[0], FACE_MESH)

    def models_needed(self, config: Mapping[str, Any]) -> Sequence[str]:
        """The detector, the mesh where a measure needs it, and the model for emotions. A pack for ages is there."""
        more = [FACE_MESH] if {"pose", "mouth", "eyes"} & set(config["measures"]) else []
        more += [EMOTION_MODEL] if config.get("emotion") else []
        return face_models(config, *more)

    def looks(self, video: "Video", config: Mapping[str, Any]) -> "Sequence[FrameLook]":
        """Shots, faces, the points of their mesh where a measure needs them, and what they tell."""
        from core.annotate.vision import face_signals  # noqa: PLC0415  listing pipelines loads no OpenCV
        from core.annotate.vision.face_attributes import attribute_look_of  # noqa: PLC0415
        from core.annotate.vision.face_rows import face_look_of  # noqa: PLC0415
        from core.annotate.vision.face_tracks import SHOT_LOOK  # noqa: PLC0415

        looks: list[FrameLook] = [SHOT_LOOK, face_look_of(video, config)]
        if face_signals.needs_mesh(config):
            looks.append(face_signals.mesh_look_of(video, config))
        attributes = attribute_look_of(video, config)
        return looks if attributes is None else [*looks, attributes]

    def run(self, video: "Video", config: Mapping[str, Any], context: "PipelineContext") -> "Found":
        """Boxes with measures, and series. Raises ModelMissing and the other errors of models, Canceled."""
        from core.annotate.vision.face_signals import analyse  # noqa: PLC0415

        return analyse(video, config, context)


PIPELINE = FaceAnalysis()
