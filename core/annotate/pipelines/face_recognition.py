"""Faces followed from picture to picture, and who is who."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from core.annotate.face_parameters import (
    DETECTION_PARAMETERS,
    DETECTORS,
    EMBEDDERS,
    FACE_OUTPUTS,
    SPEED_PRESETS,
    TRACK_PARAMETERS,
    available_with,
    face_models,
)
from core.annotate.spec import Availability, OutputSpec, Parameter, PipelineSpec, Preset

if TYPE_CHECKING:
    from core.annotate.pipeline import Found, FrameLook, PipelineContext, Video
    from models.store import ModelStore

SPEC = PipelineSpec(
    name="face_recognition",
    display_name="Faces and identities",
    description=(
        "Finds faces, follows each one through its shot, and puts together the tracks of the same person over the "
        "whole video. Gives the boxes with their track and identity, and when each identity is on screen. Identities "
        "are numbered by their time on screen; nobody is named."
    ),
    version="1.0.0",
    family="face",
    variant="identity",
    tasks=("face_detection", "face_tracking", "face_recognition"),
    modalities=("video",),
    capabilities=("detection", "tracking", "recognition", "landmarks"),
    backends=("onnxruntime",),
    stability="stable",
    outputs=(
        *FACE_OUTPUTS[:2],
        OutputSpec("csv", ("boxes", "intervals")),
        OutputSpec("tsv", ("boxes", "intervals")),
        OutputSpec("eaf", ("intervals",)),
        OutputSpec("textgrid", ("intervals",)),
        OutputSpec("boris", ("intervals",)),
        OutputSpec("datavyu_csv", ("intervals",)),
        OutputSpec("webvtt", ("intervals",)),
        OutputSpec("parquet", ("boxes", "intervals")),
    ),
    default_formats=("coco", "csv"),
    parameters=(
        *DETECTION_PARAMETERS,
        *TRACK_PARAMETERS,
        Parameter(
            "similarity",
            "float",
            0.62,
            "How alike two tracks must be to count as one person. Higher keeps people apart and makes more identities; "
            "lower puts more tracks together, and sooner mixes people up. At 0.58 two tracks are as likely one person "
            "as two, whichever model compares them. Below that, the least similarity within an identity decides.",
            minimum=0.2,
            maximum=0.99,
            title="Similarity of one person",
        ),
        Parameter(
            "min_identity_similarity",
            "float",
            0.45,
            "A track that is less like the rest of its identity than this is taken out of it and stands alone.",
            minimum=0.0,
            maximum=0.99,
            title="Least similarity within an identity",
            advanced=True,
        ),
        Parameter(
            "vectors_per_second",
            "float",
            2.0,
            "In how many pictures of each second faces are compared (the eight largest of each). More makes identities "
            "steadier and takes longer. Never more than the pictures that are searched.",
            minimum=0.1,
            maximum=60.0,
            unit="1/s",
            title="Comparisons per second",
            advanced=True,
        ),
        Parameter(
            "max_yaw_deg",
            "float",
            65.0,
            "Faces turned further to the side are followed, but not compared; a track that has no others stays "
            "unidentified.",
            minimum=0.0,
            maximum=90.0,
            unit="°",
            title="Furthest turn",
            advanced=True,
        ),
        Parameter(
            "embedder",
            "str",
            "dlib-resnet-v1",
            "The model that compares faces. Other than the default, it must be installed in Settings > Models first.",
            choices=EMBEDDERS,
            title="Face comparison",
            advanced=True,
        ),
    ),
    presets=(
        *SPEED_PRESETS,
        Preset("strict", "Rather split than mix", {"similarity": 0.68, "min_identity_similarity": 0.55}),
    ),
    examples=(
        "rushes annotate study.mp4 --pipelines face_recognition -o results",
        '{"openface3_identity": {"detection_confidence": 0.7}}',
        '{"face_recognition": {"similarity": 0.65, "min_track_s": 1.0}}',
    ),
    aliases=("openface3_identity",),
)


class FaceRecognition:
    """See :class:`core.annotate.pipeline.Pipeline`."""

    @property
    def spec(self) -> PipelineSpec:
        """What it is."""
        return SPEC

    def availability(self, models: "ModelStore") -> Availability:
        """With its default models."""
        return available_with(models, DETECTORS[0], EMBEDDERS[0])

    def models_needed(self, config: Mapping[str, Any]) -> Sequence[str]:
        """The detector and the embedder."""
        return face_models(config, str(config["embedder"]))

    def looks(self, video: "Video", config: Mapping[str, Any]) -> "Sequence[FrameLook]":
        """Shots, faces, and vectors of some of them."""
        from core.annotate.vision.face_rows import face_look_of  # noqa: PLC0415  listing pipelines loads no OpenCV
        from core.annotate.vision.face_tracks import SHOT_LOOK  # noqa: PLC0415
        from core.annotate.vision.people import vector_look_of  # noqa: PLC0415

        faces = face_look_of(video, config)
        return (SHOT_LOOK, faces, vector_look_of(faces, config))

    def run(self, video: "Video", config: Mapping[str, Any], context: "PipelineContext") -> "Found":
        """Tracks and identities. Raises ModelMissing and the other errors of models, Canceled."""
        from core.annotate.vision.people import recognise  # noqa: PLC0415

        return recognise(video, config, context)


PIPELINE = FaceRecognition()
