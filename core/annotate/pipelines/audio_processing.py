"""Who says what: speech recognition and speakers in one, the speaker noted on every utterance and word."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from core.annotate.spec import Availability, OutputSpec, Parameter, PipelineSpec, Preset, Wrong

if TYPE_CHECKING:
    from core.annotate.pipeline import Found, FrameLook, PipelineContext, Video
    from models.store import ModelStore

_INTERVALS = ("intervals",)
_SOUND_FILE = "audio_processing.wav"
_OWN_PARAMETERS = (
    Parameter(
        "split_by_speaker",
        "bool",
        True,
        "Divide an utterance where another speaker goes on; needs the times of words.",
        title="Divide by speaker",
    ),
    Parameter(
        "export_audio",
        "bool",
        False,
        "Write the sound as audio_processing.wav too: mono, 16 bit, its second 0 is second 0 of the video.",
        title="Write the sound",
    ),
    Parameter(
        "sample_rate",
        "int",
        16_000,
        "Samples a second of the written sound (export_audio). What is recognised does not depend on it: the models "
        "listen at 16 kHz.",
        minimum=8_000,
        maximum=48_000,
        unit="Hz",
        title="Sample rate",
    ),
)


class AudioProcessing:
    """See Pipeline."""

    @cached_property
    def spec(self) -> PipelineSpec:
        """See Pipeline."""
        from core.annotate.speech_parameters import speaker_parameters, transcript_parameters  # noqa: PLC0415  slow

        return PipelineSpec(
            name="audio_processing",
            display_name="Speech and speakers",
            description="Writes down what is said and by whom: speech recognition and speakers in one.",
            version="1.0.0",
            family="audio",
            variant="whisper+ge2e",
            tasks=("speech-recognition", "speaker-diarization", "language-identification"),
            modalities=("audio",),
            capabilities=("transcription", "translation", "word-timestamps", "speaker-turns", "speaker-attribution"),
            backends=("ctranslate2", "onnxruntime"),
            stability="stable",
            outputs=tuple(
                OutputSpec(name, _INTERVALS)
                for name in (
                    "json", "webvtt", "srt", "rttm", "csv", "tsv", "eaf", "textgrid", "boris", "datavyu_csv", "parquet",
                )
            ),
            default_formats=("json", "webvtt", "rttm"),
            parameters=(*transcript_parameters(), *speaker_parameters(), *_OWN_PARAMETERS),
            presets=(
                Preset("quick", "Quick", {"preset": "fast"}),
                Preset("interview", "Interview of two", {"min_speakers": 2, "max_speakers": 2, "merge_gap_s": 0.3}),
            ),
            examples=("rushes annotate interview.mp4 --pipelines audio_processing",),
        )  # fmt: skip

    def availability(self, models: "ModelStore") -> Availability:
        """See Pipeline."""
        from core.annotate.speech_parameters import can_have, speaker_model_needed  # noqa: PLC0415  as above
        from models.speech_choice import DEFAULT_SPEECH_MODEL  # noqa: PLC0415  as above

        return can_have(models, DEFAULT_SPEECH_MODEL, speaker_model_needed())

    def models_needed(self, config: Mapping[str, Any]) -> Sequence[str]:
        """See Pipeline."""
        from core.annotate.speech_parameters import speaker_model_needed, speech_model_needed  # noqa: PLC0415  as above

        return (speech_model_needed(config), speaker_model_needed())

    def wrong_in(self, config: Mapping[str, Any]) -> tuple[Wrong, ...]:
        """Fewer speakers at most than at least."""
        from core.annotate.speech_parameters import speakers_wrong_in  # noqa: PLC0415  as above

        return speakers_wrong_in(config)

    def looks(self, _video: "Video", _config: Mapping[str, Any]) -> "Sequence[FrameLook]":
        """It reads no pictures."""
        return ()

    def run(self, video: "Video", config: Mapping[str, Any], context: "PipelineContext") -> "Found":
        """See Pipeline."""
        from core.annotate.listening import transcript_of, turns_of  # noqa: PLC0415  listing pipelines needs it not
        from core.annotate.pipeline import Found  # noqa: PLC0415  loads av
        from core.annotate.sound_file import write_wav  # noqa: PLC0415  as above
        from core.annotate.speech_tiers import (  # noqa: PLC0415  as above
            cut_by_speaker,
            speaker_tier,
            transcript_tiers,
            with_speakers,
        )

        transcript = transcript_of(config, context)
        turns = turns_of(config, context)
        if config["split_by_speaker"]:
            transcript = cut_by_speaker(transcript, turns)
        tiers = with_speakers(transcript_tiers(transcript, words=config["word_timestamps"]), turns)
        sound = {}
        if config["export_audio"]:
            context.progress("writing the sound", 0.0)
            target = context.work_dir / _SOUND_FILE
            sound[_SOUND_FILE] = write_wav(video.path, target, rate_hz=config["sample_rate"], check=context.check)
        return Found((*tiers, speaker_tier(turns)), extra_paths=sound)


PIPELINE = AudioProcessing()
