"""Shots: where a video cuts from one picture to another."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from core.annotate.spec import AVAILABLE, Availability, OutputSpec, Parameter, PipelineSpec, Preset

if TYPE_CHECKING:
    from core.annotate.pipeline import Found, FrameLook, PipelineContext, Video
    from models.store import ModelStore

SPEC = PipelineSpec(
    name="scene_detection",
    display_name="Shots and cuts",
    description=(
        "Finds hard cuts and the shots between them by comparing every frame with the one before it. Flashes, camera "
        "swings and flicker are told from cuts. Gives the shots as intervals that cover the whole video, and the cuts "
        "as points. With words to choose among, and a model that compares pictures with words, each shot is labelled "
        "with the word that fits it best."
    ),
    version="1.0.0",
    family="scene",
    variant="content",
    tasks=("scene_detection", "shot_boundary_detection", "scene_classification"),
    modalities=("video",),
    capabilities=("shots", "cuts", "labels"),
    backends=("pyscenedetect", "opencv", "onnxruntime"),
    stability="stable",
    outputs=(
        OutputSpec("json", ("intervals", "points", "series")),
        OutputSpec("csv", ("intervals", "points", "series")),
        OutputSpec("tsv", ("intervals", "points", "series")),
        OutputSpec("eaf", ("intervals", "points")),
        OutputSpec("textgrid", ("intervals", "points")),
        OutputSpec("boris", ("intervals", "points")),
        OutputSpec("datavyu_csv", ("intervals", "points")),
        OutputSpec("webvtt", ("intervals",)),
        OutputSpec("parquet", ("intervals", "points", "series")),
    ),
    default_formats=("json", "csv"),
    parameters=(
        Parameter(
            "threshold",
            "float",
            27.0,
            "How much a frame must differ from the one before it to count as a cut: mean difference of hue, saturation "
            "and brightness, as PySceneDetect measures it. Lower finds more and softer cuts, higher only clear ones. A "
            "change that stands far out of its surroundings counts from about a third of this.",
            minimum=1.0,
            maximum=255.0,
            title="Threshold",
        ),
        Parameter(
            "min_shot_s",
            "float",
            0.5,
            "Shots are at least this long: of two cuts that lie closer together only the stronger one is kept. "
            "0 keeps every cut.",
            minimum=0.0,
            maximum=3600.0,
            unit="s",
            title="Shortest shot",
        ),
        Parameter(
            "labels",
            "list",
            (),
            "Words or short phrases in English, such as kitchen, playground, a child at a table. Each shot that shows "
            "one of them gets the best one, as the tier labels. Needs a model that compares pictures with words "
            "(CLIP), which must be installed first. Empty: no labels.",
            title="Labels",
        ),
        Parameter(
            "label_threshold",
            "float",
            0.5,
            "How sure a label must be, as a share of all labels together: a shot whose best label is less sure gets "
            "none. With many labels that are much alike, take less.",
            minimum=0.0,
            maximum=1.0,
            title="Confidence of labels",
            advanced=True,
        ),
        Parameter(
            "label_pictures_per_second",
            "float",
            1.0,
            "How many pictures of each second are compared with the labels; of every shot at least one.",
            minimum=0.05,
            maximum=30.0,
            unit="1/s",
            title="Pictures for labels per second",
            advanced=True,
        ),
        Parameter(
            "label_model",
            "str",
            "clip-vit-base-patch32",
            "The model that compares pictures with words.",
            choices=("clip-vit-base-patch32", "clip-vit-base-patch32-int8"),
            title="Model for labels",
            advanced=True,
        ),
        Parameter(
            "detector",
            "str",
            "pyscenedetect",
            "How two frames are compared. pyscenedetect: by hue, saturation and brightness, place by place. internal: "
            "by place and by the share of pixels in new colours, steadier when the camera or people move fast.",
            choices=("pyscenedetect", "internal"),
            title="Method",
            advanced=True,
        ),
        Parameter(
            "change_series",
            "bool",
            False,
            "Also write how much every frame differs from the one before it, as the series frame_change: helps to "
            "choose the threshold.",
            title="Write the change of every frame",
            advanced=True,
        ),
    ),
    presets=(
        Preset("usual", "Usual", {}),
        Preset("soft", "Also soft cuts", {"threshold": 15.0}),
        Preset("long", "Long takes only", {"threshold": 32.0, "min_shot_s": 3.0}),
    ),
    examples=(
        "rushes annotate study.mp4 --pipelines scene_detection -o results",
        '{"scene_detection": {"threshold": 20, "min_shot_s": 1.0}}',
        '{"scene_detection": {"labels": ["kitchen", "garden", "a child at a table"]}}',
    ),
)


class SceneDetection:
    """See :class:`core.annotate.pipeline.Pipeline`."""

    @property
    def spec(self) -> PipelineSpec:
        """What it is."""
        return SPEC

    def availability(self, models: "ModelStore") -> Availability:  # noqa: ARG002
        """It needs no model, but for labels."""
        return AVAILABLE

    def models_needed(self, config: Mapping[str, Any]) -> Sequence[str]:
        """That for labels, when there are any."""
        return (str(config["label_model"]),) if config.get("labels") else ()

    def looks(self, video: "Video", config: Mapping[str, Any]) -> "Sequence[FrameLook]":  # noqa: ARG002
        """Every frame, very small; for labels some of them larger."""
        from core.annotate.vision.shots import look_of  # noqa: PLC0415  listing pipelines loads no OpenCV

        if not config.get("labels"):
            return (look_of(config),)
        from core.annotate.vision.shot_labels import vector_look_of  # noqa: PLC0415  loads onnxruntime

        vectors = vector_look_of(config)
        return (look_of(config),) if vectors is None else (look_of(config), vectors)

    def run(self, video: "Video", config: Mapping[str, Any], context: "PipelineContext") -> "Found":  # noqa: ARG002
        """Shots, cuts, labels. Raises UnsupportedMedia, ModelMissing and the other errors of models, Canceled."""
        from core.annotate.vision.shots import find_scenes  # noqa: PLC0415

        return find_scenes(config, context)


PIPELINE = SceneDetection()
