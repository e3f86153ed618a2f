"""Where somebody speaks, and how sure that is: Silero VAD over the whole sound."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from core.annotate.spec import AVAILABLE, Availability, OutputSpec, Parameter, PipelineSpec, Preset

if TYPE_CHECKING:
    from core.annotate.pipeline import Found, FrameLook, PipelineContext, Video, Voice
    from core.annotate.types import Tier
    from core.speech.voice import Voicing
    from models.store import ModelStore

VOICE, PROBABILITY = "voice", "speech_probability"
_LABEL = "speech"
_BELOW = 0.15  # Silero's own distance between beginning and end of speech
_BOTH = ("intervals", "series")
_SPEC = PipelineSpec(
    name="voice_activity",
    display_name="Voice activity",
    description="Finds where somebody speaks, and gives the probability of speech for every 32 ms.",
    version="1.0.0",
    family="audio",
    variant="silero",
    tasks=("voice-activity-detection",),
    modalities=("audio",),
    capabilities=("speech-intervals", "speech-probability"),
    backends=("onnxruntime",),
    stability="stable",
    outputs=(
        OutputSpec("rttm", ("intervals",)),
        *(OutputSpec(name, _BOTH) for name in ("json", "csv", "tsv", "parquet")),
        *(OutputSpec(name, ("intervals",)) for name in ("webvtt", "eaf", "textgrid", "boris", "datavyu_csv")),
    ),
    default_formats=("rttm", "json"),
    parameters=(
        Parameter(
            "threshold",
            "float",
            0.5,
            "Speech begins where its probability reaches this.",
            minimum=0.05,
            maximum=0.95,
            title="Threshold",
        ),
        Parameter(
            "end_threshold",
            "float",
            None,
            "Speech ends where its probability falls below this; null: 0.15 below the threshold.",
            minimum=0.01,
            maximum=0.95,
            optional=True,
            advanced=True,
            title="Threshold of the end",
        ),
        Parameter(
            "min_speech_s",
            "float",
            0.09,
            "Stretches of speech shorter than this are left out.",
            minimum=0.0,
            maximum=10.0,
            unit="s",
            title="Shortest speech",
        ),
        Parameter(
            "min_silence_s",
            "float",
            0.4,
            "Pauses shorter than this belong to the speech around them.",
            minimum=0.0,
            maximum=10.0,
            unit="s",
            title="Shortest pause",
        ),
        Parameter(
            "padding_s",
            "float",
            0.15,
            "So much is added before and after each stretch of speech.",
            minimum=0.0,
            maximum=2.0,
            unit="s",
            title="Padding",
        ),
    ),
    presets=(
        Preset("strict", "Only clear speech", {"threshold": 0.7, "min_speech_s": 0.25}),
        Preset("sensitive", "Quiet speech too", {"threshold": 0.3}),
    ),
    examples=("rushes annotate interview.mp4 --pipelines voice_activity",),
)


class VoiceActivity:
    """See Pipeline."""

    @property
    def spec(self) -> PipelineSpec:
        """See Pipeline."""
        return _SPEC

    def availability(self, _models: "ModelStore") -> Availability:
        """Its network comes with Rushes."""
        return AVAILABLE

    def models_needed(self, _config: Mapping[str, Any]) -> Sequence[str]:
        """See Pipeline."""
        return ()

    def looks(self, _video: "Video", _config: Mapping[str, Any]) -> "Sequence[FrameLook]":
        """It reads no pictures."""
        return ()

    def run(self, _video: "Video", config: Mapping[str, Any], context: "PipelineContext") -> "Found":
        """See Pipeline."""
        from core.annotate.pipeline import Found  # noqa: PLC0415  loads av

        context.progress("listening", 0.0, 1.0)
        voice = context.sound().voice()
        context.check()
        context.progress("listening", 1.0, 1.0)
        return Found((_intervals(voice, _voicing(config)), _series(voice)))


def _voicing(config: Mapping[str, Any]) -> "Voicing":
    from core.speech.voice import Voicing  # noqa: PLC0415  loads av

    enter, leave = float(config["threshold"]), config["end_threshold"]
    return Voicing(
        enter=enter,
        leave=min(enter, max(0.01, enter - _BELOW) if leave is None else float(leave)),
        pause_s=float(config["min_silence_s"]),
        shortest_s=float(config["min_speech_s"]),
        pad_s=float(config["padding_s"]),
    )


def _intervals(voice: "Voice", voicing: "Voicing") -> "Tier":
    from core.annotate.types import Mark, Tier, TierKind  # noqa: PLC0415  loads NumPy
    from core.speech.sound import RATE_HZ  # noqa: PLC0415  loads av
    from core.speech.voice import mean_probability, spans_of  # noqa: PLC0415  as above

    marks = []
    for start, end in spans_of(voice.probabilities, round(voice.duration_s * RATE_HZ), voicing):
        start_s, end_s = start / RATE_HZ, end / RATE_HZ
        score = round(mean_probability(voice.probabilities, start_s, end_s), 4)
        marks.append(Mark(round(start_s, 3), round(end_s, 3), _LABEL, min(1.0, score)))
    return Tier(VOICE, TierKind.INTERVALS, marks=tuple(marks), vocabulary=(_LABEL,))


def _series(voice: "Voice") -> "Tier":
    """A sample stands in the middle of the stretch of sound that it is about."""
    import numpy as np  # noqa: PLC0415  only for a run

    from core.annotate.types import Series, Tier, TierKind  # noqa: PLC0415  loads NumPy

    times_s = (np.arange(len(voice.probabilities), dtype=np.float64) + 0.5) * voice.step_s
    return Tier(PROBABILITY, TierKind.SERIES, series=Series(times_s, voice.probabilities))


PIPELINE = VoiceActivity()
