"""How much moves in the picture, or in parts of it."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from core.annotate.spec import AVAILABLE, Availability, OutputSpec, Parameter, PipelineSpec, Preset, Wrong

if TYPE_CHECKING:
    from core.annotate.pipeline import Found, FrameLook, PipelineContext, Video
    from models.store import ModelStore

SPEC = PipelineSpec(
    name="motion_energy",
    display_name="Motion energy",
    description=(
        "Measures how much moves by comparing each picture with the one before it, in the whole picture or in regions "
        "(one for each person, say), as in motion energy analysis. Gives a series from 0 (nothing changes) to 1 for "
        "each region, and the intervals of movement above a threshold. The camera must stand still: its own movement "
        "counts too."
    ),
    version="1.0.0",
    family="motion",
    variant="frame_difference",
    tasks=("motion_energy", "movement_detection"),
    modalities=("video",),
    capabilities=("series", "intervals", "regions"),
    backends=("opencv",),
    stability="stable",
    outputs=(
        OutputSpec("json", ("series", "intervals")),
        OutputSpec("csv", ("series", "intervals")),
        OutputSpec("tsv", ("series", "intervals")),
        OutputSpec("eaf", ("intervals",)),
        OutputSpec("textgrid", ("intervals",)),
        OutputSpec("boris", ("intervals",)),
        OutputSpec("datavyu_csv", ("intervals",)),
        OutputSpec("parquet", ("series", "intervals")),
    ),
    default_formats=("json", "csv"),
    parameters=(
        Parameter(
            "regions",
            "list",
            (),
            "Parts of the picture to watch, each as name=left,top,right,bottom in fractions of its width and height: "
            "left=0,0,0.5,1 is the left half. They may overlap. None: the whole picture.",
            title="Regions",
        ),
        Parameter(
            "pictures_per_second",
            "float",
            10.0,
            "How many pictures of each second are compared. Fewer compare pictures further apart, so that slow "
            "movement counts more. Never more than the video has.",
            minimum=0.1,
            maximum=120.0,
            unit="1/s",
            title="Pictures per second",
        ),
        Parameter(
            "measure",
            "str",
            "changed_pixels",
            "What a value says. changed_pixels: the share of pixels that change by more than the noise threshold. "
            "mean_difference: how much their light changes on the average, so that strong contrasts count more.",
            choices=("changed_pixels", "mean_difference"),
            title="Measure",
        ),
        Parameter(
            "noise_threshold",
            "float",
            10.0,
            "Smaller changes of a pixel count as noise of the camera, in levels of 0 to 255. Raise it for dark, grainy "
            "recordings.",
            minimum=0.0,
            maximum=254.0,
            title="Noise threshold",
        ),
        Parameter(
            "smoothing_s",
            "float",
            0.5,
            "Values are averaged over this long a window, centred on each. 0 smooths nothing.",
            minimum=0.0,
            maximum=60.0,
            unit="s",
            title="Smoothing",
        ),
        Parameter(
            "movement_threshold",
            "float",
            0.01,
            "Above this value of the smoothed series there is movement. Choose it by the series: it depends on how "
            "large people are in the picture.",
            minimum=0.0,
            maximum=1.0,
            title="Movement threshold",
        ),
        Parameter(
            "min_movement_s",
            "float",
            0.3,
            "Shorter stretches of movement are left out.",
            minimum=0.0,
            maximum=3600.0,
            unit="s",
            title="Shortest movement",
        ),
        Parameter(
            "max_pause_s",
            "float",
            0.5,
            "Two stretches of movement with a pause of at most this long between them count as one.",
            minimum=0.0,
            maximum=3600.0,
            unit="s",
            title="Longest pause",
        ),
        Parameter(
            "ignore_cuts",
            "bool",
            True,
            "Two pictures with a cut between them are not compared: the series has no value there. Off: a cut counts "
            "as movement.",
            title="Ignore cuts",
            advanced=True,
        ),
    ),
    presets=(
        Preset("usual", "Usual", {}),
        Preset("two", "Two people side by side", {"regions": ["left=0,0,0.5,1", "right=0.5,0,1,1"]}),
        Preset("grainy", "Dark or grainy picture", {"noise_threshold": 20.0, "smoothing_s": 1.0}),
    ),
    examples=(
        "rushes annotate study.mp4 --pipelines motion_energy -o results",
        '{"motion_energy": {"regions": ["mother=0,0,0.5,1", "child=0.5,0,1,1"], "movement_threshold": 0.02}}',
    ),
)


class MotionEnergy:
    """See :class:`core.annotate.pipeline.Pipeline`."""

    @property
    def spec(self) -> PipelineSpec:
        """What it is."""
        return SPEC

    def availability(self, models: "ModelStore") -> Availability:  # noqa: ARG002
        """It needs no model."""
        return AVAILABLE

    def models_needed(self, config: Mapping[str, Any]) -> Sequence[str]:  # noqa: ARG002
        """None."""
        return ()

    def wrong_in(self, config: Mapping[str, Any]) -> tuple[Wrong, ...]:
        """Regions that are none."""
        from core.annotate.regions import regions_of  # noqa: PLC0415  listing pipelines needs it not
        from core.errors import InvalidRequest  # noqa: PLC0415  as above

        try:
            regions_of(config["regions"])
        except InvalidRequest as error:
            return (Wrong("regions", error.message, error.action),)
        return ()

    def looks(self, video: "Video", config: Mapping[str, Any]) -> "Sequence[FrameLook]":  # noqa: ARG002
        """Frame differences, and shots where cuts are to be ignored. Raises InvalidRequest: regions that are none."""
        from core.annotate.vision.movement import SHOT_LOOK, motion_look_of  # noqa: PLC0415  loads OpenCV

        look = motion_look_of(config)
        return (look, SHOT_LOOK) if config["ignore_cuts"] else (look,)

    def run(self, video: "Video", config: Mapping[str, Any], context: "PipelineContext") -> "Found":  # noqa: ARG002
        """Series and intervals. Raises InvalidRequest for regions that are none, UnsupportedMedia, Canceled."""
        from core.annotate.vision.movement import measure_motion  # noqa: PLC0415

        return measure_motion(config, context)


PIPELINE = MotionEnergy()
