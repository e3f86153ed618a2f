"""Who speaks when: turns of as many speakers as are heard, by ``core.speech.speakers``."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from core.annotate.spec import Availability, OutputSpec, PipelineSpec, Preset, Wrong

if TYPE_CHECKING:
    from core.annotate.pipeline import Found, FrameLook, PipelineContext, Video
    from models.store import ModelStore

_INTERVALS = ("intervals",)


class SpeakerDiarization:
    """See Pipeline."""

    @cached_property
    def spec(self) -> PipelineSpec:
        """See Pipeline."""
        from core.annotate.speech_parameters import speaker_parameters  # noqa: PLC0415  tables of languages

        return PipelineSpec(
            name="speaker_diarization",
            display_name="Speakers",
            description="Tells voices apart and says who speaks when; finds by itself how many people speak.",
            version="1.0.0",
            family="audio",
            variant="ge2e",
            tasks=("speaker-diarization",),
            modalities=("audio",),
            capabilities=("speaker-turns", "overlapping-speech", "speaker-count"),
            backends=("onnxruntime",),
            stability="stable",
            outputs=tuple(
                OutputSpec(name, _INTERVALS)
                for name in (
                    "rttm", "json", "csv", "tsv", "webvtt", "eaf", "textgrid", "boris", "datavyu_csv", "parquet",
                )
            ),
            default_formats=("rttm", "json"),
            parameters=speaker_parameters(),
            presets=(
                Preset("two", "Conversation of two", {"min_speakers": 2, "max_speakers": 2}),
                Preset("turns", "Long turns", {"merge_gap_s": 0.5, "min_turn_s": 0.5}),
            ),
            examples=("rushes annotate interview.mp4 --pipelines speaker_diarization",),
            aliases=("diarization_pyannote",),
        )  # fmt: skip

    def availability(self, models: "ModelStore") -> Availability:
        """See Pipeline."""
        from core.annotate.speech_parameters import can_have, speaker_model_needed  # noqa: PLC0415  as above

        return can_have(models, speaker_model_needed())

    def models_needed(self, _config: Mapping[str, Any]) -> Sequence[str]:
        """See Pipeline."""
        from core.annotate.speech_parameters import speaker_model_needed  # noqa: PLC0415  as above

        return (speaker_model_needed(),)

    def wrong_in(self, config: Mapping[str, Any]) -> tuple[Wrong, ...]:
        """Fewer speakers at most than at least."""
        from core.annotate.speech_parameters import speakers_wrong_in  # noqa: PLC0415  as above

        return speakers_wrong_in(config)

    def looks(self, _video: "Video", _config: Mapping[str, Any]) -> "Sequence[FrameLook]":
        """It reads no pictures."""
        return ()

    def run(self, _video: "Video", config: Mapping[str, Any], context: "PipelineContext") -> "Found":
        """See Pipeline."""
        from core.annotate.listening import turns_of  # noqa: PLC0415  listing pipelines needs it not
        from core.annotate.pipeline import Found  # noqa: PLC0415  loads av
        from core.annotate.speech_tiers import speaker_tier  # noqa: PLC0415  as above

        return Found((speaker_tier(turns_of(config, context)),))


PIPELINE = SpeakerDiarization()
