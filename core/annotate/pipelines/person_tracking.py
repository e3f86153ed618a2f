"""People followed through shots, with the key points of their bodies where the model gives them."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from core.annotate.spec import AVAILABLE, Availability, OutputSpec, Parameter, PipelineSpec, Preset

if TYPE_CHECKING:
    from core.annotate.pipeline import Found, FrameLook, PipelineContext, Video
    from models.store import ModelStore

SPEC = PipelineSpec(
    name="person_tracking",
    display_name="People and poses",
    description=(
        "Finds people in several pictures a second and follows each one through the shot: a box with a confidence, 17 "
        "key points of the body where the model gives them, when each person is there, and how many there are over "
        "time. Numbers begin anew at every cut; who is who says face_recognition."
    ),
    version="1.0.0",
    family="person",
    variant="tracking",
    tasks=("person_detection", "person_tracking", "pose_estimation"),
    modalities=("video",),
    capabilities=("detection", "tracking", "keypoints", "counting"),
    backends=("onnxruntime",),
    stability="beta",
    outputs=(
        OutputSpec("coco", ("boxes", "keypoints")),
        OutputSpec("json", ("boxes", "keypoints", "intervals", "series")),
        OutputSpec("csv", ("boxes", "intervals", "series")),
        OutputSpec("tsv", ("boxes", "intervals", "series")),
        OutputSpec("eaf", ("intervals",)),
        OutputSpec("textgrid", ("intervals",)),
        OutputSpec("boris", ("intervals",)),
        OutputSpec("datavyu_csv", ("intervals",)),
        OutputSpec("webvtt", ("intervals",)),
        OutputSpec("parquet", ("boxes", "intervals", "series")),
    ),
    default_formats=("coco",),
    parameters=(
        Parameter(
            "confidence_threshold",
            "float",
            0.5,
            "Minimum confidence for a person (0.0-1.0). Lower finds more people, small and half hidden ones too, and "
            "more of what is none; higher keeps only those that can be seen clearly.",
            minimum=0.0,
            maximum=1.0,
            title="Confidence",
        ),
        Parameter(
            "enable_keypoints",
            "bool",
            True,
            "Write the key points of each body: nose, eyes, ears, shoulders, elbows, wrists, hips, knees and ankles. "
            "Only models for poses give them (RTMO).",
            title="Key points",
        ),
        Parameter(
            "pictures_per_second",
            "float",
            5.0,
            "How many pictures of each second are searched for people. 5 follows people who walk and sit; 12 to 25 "
            "catch quick movements of the arms, and take as many times longer. Never more than the video has.",
            minimum=0.1,
            maximum=120.0,
            unit="1/s",
            title="Pictures per second",
        ),
        Parameter(
            "min_height_px",
            "float",
            0.0,
            "People whose box is less high are left out, in pixels of the video. 0 keeps all.",
            minimum=0.0,
            maximum=8192.0,
            unit="px",
            title="Smallest person",
        ),
        Parameter(
            "max_gap_s",
            "float",
            1.0,
            "A person who is not found for up to this long, as behind somebody else, goes on as the same track when "
            "they are there again. Tracks always end at cuts, and one missed picture is always bridged.",
            minimum=0.0,
            maximum=60.0,
            unit="s",
            title="Longest gap",
        ),
        Parameter(
            "min_track_s",
            "float",
            0.0,
            "Tracks that are shorter are left out with all their boxes. 0 keeps all, also a person seen in a single "
            "picture.",
            minimum=0.0,
            maximum=3600.0,
            unit="s",
            title="Shortest track",
        ),
        Parameter(
            "keypoint_threshold",
            "float",
            0.3,
            "Key points that are less sure than this count as not seen.",
            minimum=0.0,
            maximum=1.0,
            title="Confidence of key points",
            advanced=True,
        ),
        Parameter(
            "keep_threshold",
            "float",
            None,
            "A person whose confidence sinks, as one who is half hidden, stays on their track while it is at least "
            "this much; a new track still needs confidence_threshold. Empty: confidence_threshold holds for all.",
            minimum=0.0,
            maximum=1.0,
            optional=True,
            title="Confidence to keep a track",
            advanced=True,
        ),
        Parameter(
            "iou_threshold",
            "float",
            0.65,
            "Of two boxes that overlap by more than this share of both together, only the surer one counts. Lower "
            "takes two boxes for one person sooner; higher keeps people apart who stand close to each other.",
            minimum=0.05,
            maximum=1.0,
            title="Overlap of two boxes",
            advanced=True,
        ),
        Parameter(
            "model",
            "str",
            "",
            "The model that finds people: rtmo-s, rtmo-m or rtmo-t (with key points), yolox-s, yolox-tiny or "
            "yolos-tiny (without); or the name of an ONNX file of your own, as ours.onnx, that lies with a .toml that "
            "says its layout in the folder person_detector of the models. Empty: the first of these that is installed.",
            title="Model",
            advanced=True,
        ),
    ),
    presets=(
        Preset("usual", "Usual", {}),
        Preset("quick", "Quick look", {"pictures_per_second": 1.0, "enable_keypoints": False}),
        Preset("movement", "Movement of the body", {"pictures_per_second": 25.0, "keep_threshold": 0.3}),
        Preset("crowd", "Many people", {"confidence_threshold": 0.35, "iou_threshold": 0.8}),
    ),
    examples=(
        "rushes annotate study.mp4 --pipelines person_tracking -o results",
        '{"person_tracking": {"confidence_threshold": 0.7, "pictures_per_second": 10}}',
    ),
)


class PersonTracking:
    """See :class:`core.annotate.pipeline.Pipeline`."""

    @property
    def spec(self) -> PipelineSpec:
        """What it is."""
        return SPEC

    def availability(self, models: "ModelStore") -> Availability:
        """With any person detector that is installed."""
        from models.person_choice import FETCH_ONE, OWN_FOLDER, installed_person_detector  # noqa: PLC0415  on demand

        if installed_person_detector(models):
            return AVAILABLE
        return Availability(
            False,
            "No model that finds people is installed.",
            f"{FETCH_ONE}. An ONNX file of your own, with a .toml beside it that says its layout, belongs into "
            f"{models.root / OWN_FOLDER}.",
        )

    def models_needed(self, config: Mapping[str, Any]) -> Sequence[str]:
        """The one that was chosen of the catalogue; if none was, or an own one, it is there already."""
        model = str(config["model"]).strip()
        return (model,) if model and not model.lower().endswith(".onnx") else ()

    def looks(self, video: "Video", config: Mapping[str, Any]) -> "Sequence[FrameLook]":  # noqa: ARG002
        """Shots, and the people of some frames."""
        from core.annotate.vision.person_tracks import person_look_of  # noqa: PLC0415  listing loads no OpenCV
        from core.annotate.vision.tracking import SHOT_LOOK  # noqa: PLC0415

        return (SHOT_LOOK, person_look_of(config))

    def run(self, video: "Video", config: Mapping[str, Any], context: "PipelineContext") -> "Found":
        """Boxes, presence and counts. Raises ModelMissing and the other errors of models, Canceled."""
        from core.annotate.vision.person_tracks import track_people  # noqa: PLC0415

        return track_people(video, config, context)


PIPELINE = PersonTracking()
