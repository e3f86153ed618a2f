"""What people can set about speech, for every pipeline that transcribes or tells speakers apart."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from core.annotate.spec import AVAILABLE, Availability, Parameter, Wrong
from core.speech.languages import LANGUAGES
from models.speech_choice import DEFAULT_SPEECH_MODEL, SPEECH_MODELS

if TYPE_CHECKING:
    from core.speech.types import SpeechParams
    from models.store import ModelStore

MOST_SPEAKERS = 20
_SPEAKER_MODEL = "ge2e-resemblyzer"  # models.speaker_embedder.DEFAULT_SPEAKER_MODEL, which loads onnxruntime


def transcript_parameters() -> tuple[Parameter, ...]:
    """Parameters of a transcription; :func:`speech_params` reads them."""
    return (
        Parameter(
            "preset",
            "str",
            "balanced",
            "Speed against accuracy: chooses the model and the beam where they are not set.",
            choices=("fast", "balanced", "best"),
            title="Preset",
        ),
        Parameter(
            "model",
            "str",
            None,
            "Speech model of the catalogue; null: the preset's.",
            choices=SPEECH_MODELS,
            optional=True,
            title="Model",
        ),
        Parameter(
            "language",
            "str",
            None,
            "Language that is spoken, as Whisper's code (en, de, pt …); null: it is recognised, also where it changes.",
            choices=tuple(LANGUAGES),
            optional=True,
            title="Spoken language",
        ),
        Parameter(
            "task",
            "str",
            "transcribe",
            "transcribe writes the spoken language, translate writes English.",
            choices=("transcribe", "translate"),
            title="Task",
        ),
        Parameter(
            "word_timestamps",
            "bool",
            True,
            "Times of every word: adds the tier words, and makes utterances end with their last word.",
            title="Times of words",
        ),
        Parameter(
            "beam_size",
            "int",
            None,
            "Number of wordings that are followed at once; null: the preset's (1, 5 or 8).",
            minimum=1,
            maximum=20,
            optional=True,
            advanced=True,
            title="Beam",
        ),
        Parameter(
            "skip_silence",
            "bool",
            True,
            "Transcribe only where a voice is heard; false puts everything to the model, which may invent words.",
            advanced=True,
            title="Skip silence",
        ),
        Parameter(
            "initial_prompt",
            "str",
            "",
            "Names and terms as they should be spelled; the model reads them before it listens.",
            advanced=True,
            title="Names and terms",
        ),
    )


def speaker_parameters() -> tuple[Parameter, ...]:
    """Parameters of telling speakers apart."""
    bounds: dict[str, Any] = {"minimum": 1, "maximum": MOST_SPEAKERS, "optional": True}
    return (
        Parameter(
            "min_speakers", "int", None, "At least so many people speak; null: as many as are heard.", **bounds,
            title="Least speakers",
        ),
        Parameter(
            "max_speakers", "int", None, "At most so many people speak; null: as many as are heard.", **bounds,
            title="Most speakers",
        ),
        Parameter(
            "merge_gap_s",
            "float",
            0.0,
            "Turns of one speaker with a shorter pause between them become one turn.",
            minimum=0.0,
            maximum=10.0,
            unit="s",
            title="Bridge pauses",
        ),
        Parameter(
            "min_turn_s",
            "float",
            0.0,
            "Turns shorter than this are left out.",
            minimum=0.0,
            maximum=10.0,
            unit="s",
            title="Shortest turn",
        ),
    )  # fmt: skip


def speakers_wrong_in(config: Mapping[str, Any]) -> tuple[Wrong, ...]:
    """Fewer speakers at most than at least."""
    least, most = config["min_speakers"], config["max_speakers"]
    if least is None or most is None or least <= most:
        return ()
    words = f"min_speakers {least} is more than max_speakers {most}."
    return (Wrong("min_speakers", words, f"Give at most {most}, or raise max_speakers."),)


def speech_params(config: Mapping[str, Any], device: str) -> "SpeechParams":
    """What the speech engine is told."""
    from core.speech.types import SpeechParams  # noqa: PLC0415  light, but only for a run

    return SpeechParams(
        preset=config["preset"],
        model=config["model"],
        language=config["language"],
        task=config["task"],
        beam_size=config["beam_size"],
        device=device,
        initial_prompt=config["initial_prompt"],
        word_times=config["word_timestamps"],
        voice_activity=config["skip_silence"],
    )


def speech_model_needed(config: Mapping[str, Any]) -> str:
    """Id of the model that a run loads; a preset may take a better one that is there."""
    return str(config["model"] or DEFAULT_SPEECH_MODEL)


def speaker_model_needed() -> str:
    """Id of the model that knows voices."""
    return _SPEAKER_MODEL


def can_have(models: "ModelStore", *model_ids: str) -> Availability:
    """Available when each model is there or is one that set-up fetches."""
    for model_id in model_ids:
        entry = models.entry(model_id)
        if not entry.default and not models.ready(model_id):
            return Availability(
                False, f"The model {entry.title} is not on this machine.", f"Fetch it: rushes models fetch {model_id}"
            )
    return AVAILABLE
