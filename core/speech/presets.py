"""Which model, beam and arithmetic a preset means."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.catalogue import ModelEntry, load_catalogue
from models.speech_choice import DEFAULT_SPEECH_MODEL

if TYPE_CHECKING:
    from core.speech.types import SpeechParams

DEFAULT_MODEL = DEFAULT_SPEECH_MODEL
BEAMS = {"fast": 1, "balanced": 5, "best": 8}

# The best first. On the processor "fast" and "balanced" stay with the default: larger ones take longer than the sound.
_LARGEST = ("whisper-large-v3", "whisper-large-v3-turbo", "whisper-large-v2", "whisper-medium", "whisper-small")
_ON_CPU = {"fast": (), "balanced": (), "best": ("whisper-large-v3-turbo", "whisper-medium", "whisper-small")}
_ON_GPU = {"fast": ("whisper-small",), "balanced": ("whisper-large-v3-turbo", *_LARGEST[3:]), "best": _LARGEST}


@dataclass(frozen=True, slots=True)
class Choice:
    """``model_id`` of the catalogue; ``compute_type`` of CTranslate2, ``auto`` = the best that the device can."""

    model_id: str
    beam_size: int
    compute_type: str


def choose(params: "SpeechParams", *, device: str, ready: Callable[[str], bool] = lambda _model_id: False) -> Choice:
    """What ``params`` mean on ``device`` (``cpu`` or ``cuda:0``): a named model and beam win over the preset.

    A preset takes the best of its models that is ``ready`` on this machine, in the end the default one. Raises
    UnknownModel when the named model is not in the catalogue.
    """
    model_id = speech_model(params.model).id if params.model else _of_preset(params.preset, device, ready)
    return Choice(model_id, params.beam_size or BEAMS[params.preset], params.compute_type)


def can_translate(model_id: str) -> bool:
    """Whether the model writes English for other languages. Raises UnknownModel."""
    return bool(speech_model(model_id).options["translates"])


def english_only(model_id: str) -> bool:
    """Whether the model knows nothing but English. Raises UnknownModel."""
    return bool(speech_model(model_id).options["english_only"])


def speech_models() -> tuple[ModelEntry, ...]:
    """The catalogue's models that transcribe, from the smallest to the largest."""
    entries = [one for one in load_catalogue().models.values() if one.purpose == "speech"]
    return tuple(sorted(entries, key=lambda one: one.download_bytes))


def speech_model(name: str) -> ModelEntry:
    """The entry of ``whisper-base`` or, as other programs call it, ``base``. Raises UnknownModel."""
    catalogue = load_catalogue()
    known = {one.id: one for one in speech_models()}
    short = name.strip().lower()
    for candidate in (short, f"whisper-{short}", _ALIASES.get(short, "")):
        if candidate in known:
            return known[candidate]
    return catalogue.get(name)


_ALIASES = {"large": "whisper-large-v3", "turbo": "whisper-large-v3-turbo", "whisper-1": DEFAULT_MODEL}


def _of_preset(preset: str, device: str, ready: Callable[[str], bool]) -> str:
    wanted = (_ON_GPU if device.startswith("cuda") else _ON_CPU)[preset]
    return next((one for one in wanted if ready(one)), DEFAULT_MODEL)
