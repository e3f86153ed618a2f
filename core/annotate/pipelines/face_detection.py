"""Faces picture by picture."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from core.annotate.face_parameters import (
    DETECTION_PARAMETERS,
    DETECTORS,
    FACE_OUTPUTS,
    SPEED_PRESETS,
    available_with,
    face_models,
)
from core.annotate.spec import Availability, PipelineSpec

if TYPE_CHECKING:
    from core.annotate.pipeline import Found, FrameLook, PipelineContext, Video
    from models.store import ModelStore

SPEC = PipelineSpec(
    name="face_detection",
    display_name="Faces",
    description=(
        "Finds faces in several pictures a second: a box, a confidence and the places of eyes, nose and mouth of each, "
        "and how many there are over time. Says nothing about who they are: see face_recognition."
    ),
    version="1.0.0",
    family="face",
    variant="detection",
    tasks=("face_detection", "face_landmarks"),
    modalities=("video",),
    capabilities=("detection", "landmarks", "counting"),
    backends=("onnxruntime",),
    stability="stable",
    outputs=FACE_OUTPUTS,
    default_formats=("coco", "csv"),
    parameters=DETECTION_PARAMETERS,
    presets=SPEED_PRESETS,
    examples=(
        "rushes annotate study.mp4 --pipelines face_detection -o results",
        '{"face_detection": {"detection_confidence": 0.7, "pictures_per_second": 2}}',
    ),
)


class FaceDetection:
    """See :class:`core.annotate.pipeline.Pipeline`."""

    @property
    def spec(self) -> PipelineSpec:
        """What it is."""
        return SPEC

    def availability(self, models: "ModelStore") -> Availability:
        """With its default detector."""
        return available_with(models, DETECTORS[0])

    def models_needed(self, config: Mapping[str, Any]) -> Sequence[str]:
        """The detector."""
        return face_models(config)

    def looks(self, video: "Video", config: Mapping[str, Any]) -> "Sequence[FrameLook]":
        """The faces of some frames."""
        from core.annotate.vision.face_rows import face_look_of  # noqa: PLC0415  listing pipelines loads no OpenCV

        return (face_look_of(video, config),)

    def run(self, video: "Video", config: Mapping[str, Any], context: "PipelineContext") -> "Found":
        """Boxes and counts. Raises ModelMissing and the other errors of models, Canceled."""
        from core.annotate.vision.face_counts import find_faces  # noqa: PLC0415

        return find_faces(video, config, context)


PIPELINE = FaceDetection()
