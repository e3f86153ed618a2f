"""Clips of a recording of a procedure: how well each can be judged, and steps as a proposal."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from core.annotate.face_parameters import available_with
from core.annotate.spec import Availability, OutputSpec, Parameter, PipelineSpec, Preset

if TYPE_CHECKING:
    from core.annotate.pipeline import Found, FrameLook, PipelineContext, Video
    from models.store import ModelStore

FRAME_ENCODER = "mobilenet-v2"  # models.frame_encoder.DEFAULT_FRAME_ENCODER, which loads onnxruntime

SPEC = PipelineSpec(
    name="procedure_clips",
    display_name="Clips and steps of a procedure",
    description=(
        "Cuts a recording of a task into clips of equal length and says which are hard to judge: dark, over-exposed, "
        "blurred or frozen; the others are clear. Proposes the steps of the task from what is seen: where somebody "
        "comes back to a rest, or where the picture changes in kind. Looks at four pictures a second."
    ),
    version="1.0.0",
    family="procedure",
    variant="clips",
    tasks=("clip_segmentation", "quality_assessment", "step_segmentation"),
    modalities=("video",),
    capabilities=("clips", "quality_flags", "steps"),
    backends=("onnxruntime", "opencv"),
    stability="beta",
    outputs=(
        OutputSpec("json", ("intervals", "series")),
        OutputSpec("csv", ("intervals", "series")),
        OutputSpec("tsv", ("intervals", "series")),
        OutputSpec("eaf", ("intervals",)),
        OutputSpec("textgrid", ("intervals",)),
        OutputSpec("boris", ("intervals",)),
        OutputSpec("datavyu_csv", ("intervals",)),
        OutputSpec("webvtt", ("intervals",)),
        OutputSpec("parquet", ("intervals", "series")),
    ),
    default_formats=("json", "csv"),
    parameters=(
        Parameter(
            "clip_s",
            "float",
            4.0,
            "How long a clip is. What is left at the end makes a shorter clip when it is at least 60 % as long.",
            minimum=0.25,
            maximum=3600.0,
            unit="s",
            title="Length of a clip",
        ),
        Parameter(
            "overlap",
            "float",
            0.0,
            "The part of each clip that the next one shows again: 0.5 begins a clip every half clip. Programs that "
            "hold no overlapping intervals, such as Praat and ELAN, need 0.",
            minimum=0.0,
            maximum=0.9,
            title="Overlap",
        ),
        Parameter(
            "steps",
            "bool",
            True,
            "Propose the steps of the task, as the intervals steps. Takes longest; off, no model is needed.",
            title="Propose steps",
        ),
        Parameter(
            "quality_series",
            "bool",
            True,
            "Write brightness, sharpness and change of each picture as series from 0 to 1.",
            title="Write quality over time",
        ),
    ),
    presets=(
        Preset("usual", "Usual", {}),
        Preset("quality", "Quality only", {"steps": False}),
        Preset("fine", "Short clips, half overlapping", {"clip_s": 2.0, "overlap": 0.5}),
    ),
    examples=(
        "rushes annotate task.mp4 --pipelines procedure_clips -o results",
        '{"procedure_clips": {"clip_s": 2, "steps": false}}',
    ),
)


class ProcedureClips:
    """See :class:`core.annotate.pipeline.Pipeline`."""

    @property
    def spec(self) -> PipelineSpec:
        """What it is."""
        return SPEC

    def availability(self, models: "ModelStore") -> Availability:
        """With the model by which steps are proposed."""
        return available_with(models, FRAME_ENCODER)

    def models_needed(self, config: Mapping[str, Any]) -> Sequence[str]:
        """The encoder, when steps are to be proposed."""
        return (FRAME_ENCODER,) if config["steps"] else ()

    def looks(self, video: "Video", config: Mapping[str, Any]) -> "Sequence[FrameLook]":  # noqa: ARG002
        """Four frames a second."""
        from core.annotate.vision.clips import moment_look_of  # noqa: PLC0415  listing pipelines loads no OpenCV

        return (moment_look_of(config),)

    def run(self, video: "Video", config: Mapping[str, Any], context: "PipelineContext") -> "Found":  # noqa: ARG002
        """Clips, steps and series. Raises ModelMissing, UnsupportedMedia, Canceled."""
        from core.annotate.vision.clips import cut_clips  # noqa: PLC0415

        return cut_clips(config, context)


PIPELINE = ProcedureClips()
