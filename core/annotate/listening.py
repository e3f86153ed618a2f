"""What the pipelines of sound do with a job: transcribe, and find the speakers, of the sound that all share."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from core.annotate.speech_desk import find_speakers, transcribe
from core.annotate.speech_parameters import speaker_model_needed, speech_params
from core.annotate.speech_tiers import tidy_turns

if TYPE_CHECKING:
    from core.annotate.pipeline import PipelineContext, SharedSound
    from core.speech.types import Transcript, Turn

_MOST_LINES = 50


def transcript_of(config: Mapping[str, Any], context: "PipelineContext") -> "Transcript":
    """What is said; what was left out as invented is told. Raises UnsupportedMedia without sound, Canceled."""
    transcript = transcribe(context.sound().source, speech_params(config, context.device), context)
    context.used(transcript.model)
    for note in transcript.notes:
        context.warn(note)
    for one in transcript.dropped[:_MOST_LINES]:
        context.warn(f"Left out from {one.start_s:.2f} to {one.end_s:.2f} s ({one.reason}): {one.text}")
    if (more := len(transcript.dropped) - _MOST_LINES) > 0:
        context.warn(f"{more} more lines were left out for such reasons.")
    return transcript


def turns_of(
    config: Mapping[str, Any], context: "PipelineContext", speech: Sequence[tuple[float, float]] | None = None
) -> "tuple[Turn, ...]":
    """Who speaks when; ``speech``: where somebody speaks (start_s, end_s), None: where a voice is heard."""
    sound = context.sound()
    bounds = config["min_speakers"], config["max_speakers"]
    found = find_speakers(sound.source, voiced(sound) if speech is None else speech, bounds, context)
    context.used(speaker_model_needed())
    return tidy_turns(found, merge_gap_s=config["merge_gap_s"], min_turn_s=config["min_turn_s"])


def voiced(sound: "SharedSound") -> list[tuple[float, float]]:
    """Stretches (start_s, end_s) in which somebody speaks."""
    from core.speech.sound import RATE_HZ  # noqa: PLC0415  loads av
    from core.speech.voice import spans_of  # noqa: PLC0415  with it

    voice = sound.voice()
    spans = spans_of(voice.probabilities, round(voice.duration_s * RATE_HZ))
    return [(start / RATE_HZ, end / RATE_HZ) for start, end in spans]
