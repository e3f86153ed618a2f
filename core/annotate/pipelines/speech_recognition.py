"""What is said: utterances, words and languages, by the speech model of ``core.speech``."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from core.annotate.spec import Availability, OutputSpec, PipelineSpec, Preset

if TYPE_CHECKING:
    from core.annotate.pipeline import Found, FrameLook, PipelineContext, Video
    from models.store import ModelStore

_INTERVALS = ("intervals",)


class SpeechRecognition:
    """See Pipeline."""

    @cached_property
    def spec(self) -> PipelineSpec:
        """See Pipeline."""
        from core.annotate.speech_parameters import transcript_parameters  # noqa: PLC0415  tables of languages

        return PipelineSpec(
            name="speech_recognition",
            display_name="Speech recognition",
            description="Writes down what is said, with the time of every word and the language that is spoken.",
            version="1.0.0",
            family="audio",
            variant="whisper",
            tasks=("speech-recognition", "language-identification"),
            modalities=("audio",),
            capabilities=("transcription", "translation", "word-timestamps", "language-detection"),
            backends=("ctranslate2",),
            stability="stable",
            outputs=tuple(
                OutputSpec(name, _INTERVALS)
                for name in (
                    "webvtt", "srt", "json", "csv", "tsv", "eaf", "textgrid", "boris", "datavyu_csv", "parquet",
                )
            ),
            default_formats=("webvtt", "json"),
            parameters=transcript_parameters(),
            presets=(
                Preset("quick", "Quick", {"preset": "fast"}),
                Preset("accurate", "Most accurate", {"preset": "best"}),
                Preset("english", "Into English", {"task": "translate"}),
            ),
            examples=("rushes annotate interview.mp4 --pipelines speech_recognition",),
            aliases=("whisper_transcription",),
        )  # fmt: skip

    def availability(self, models: "ModelStore") -> Availability:
        """See Pipeline."""
        from core.annotate.speech_parameters import can_have  # noqa: PLC0415  as above
        from models.speech_choice import DEFAULT_SPEECH_MODEL  # noqa: PLC0415  as above

        return can_have(models, DEFAULT_SPEECH_MODEL)

    def models_needed(self, config: Mapping[str, Any]) -> Sequence[str]:
        """See Pipeline."""
        from core.annotate.speech_parameters import speech_model_needed  # noqa: PLC0415  as above

        return (speech_model_needed(config),)

    def looks(self, _video: "Video", _config: Mapping[str, Any]) -> "Sequence[FrameLook]":
        """It reads no pictures."""
        return ()

    def run(self, _video: "Video", config: Mapping[str, Any], context: "PipelineContext") -> "Found":
        """See Pipeline."""
        from core.annotate.listening import transcript_of  # noqa: PLC0415  listing pipelines needs it not
        from core.annotate.pipeline import Found  # noqa: PLC0415  loads av
        from core.annotate.speech_tiers import transcript_tiers  # noqa: PLC0415  as above

        transcript = transcript_of(config, context)
        return Found(transcript_tiers(transcript, words=config["word_timestamps"]))


PIPELINE = SpeechRecognition()
