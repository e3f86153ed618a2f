"""Which model does a job on which device, when the one that was asked for cannot."""

from dataclasses import dataclass, replace

from core.errors import InvalidRequest
from core.speech.presets import DEFAULT_MODEL, Choice, can_translate, choose, english_only
from core.speech.types import SpeechParams
from models.store import ModelStore

_LARGE_FIRST = ("whisper-large-v3", "whisper-large-v2", "whisper-large-v1", "whisper-medium", "whisper-small")
_TRANSLATORS = {
    "cpu": ("whisper-medium", "whisper-small", DEFAULT_MODEL, "whisper-tiny", *_LARGE_FIRST[:3]),
    "cuda": (*_LARGE_FIRST, DEFAULT_MODEL, "whisper-tiny"),
}
_MANY_LANGUAGES = ("whisper-large-v3-turbo", "whisper-medium", "whisper-small", DEFAULT_MODEL, "whisper-tiny")


@dataclass(frozen=True, slots=True)
class Plan:
    """What is run: ``notes`` say what is otherwise than asked for. ``device`` is ``cpu`` or ``cuda:0``."""

    params: SpeechParams
    choice: Choice
    device: str
    english_only: bool
    notes: tuple[str, ...]


def plan(params: SpeechParams, models: ModelStore, *, default_device: str = "cpu", detect: bool = False) -> Plan:
    """Decide on device and model, and put the language into Whisper's code.

    Raises InvalidRequest (nothing on this machine can do it; unknown language), UnknownModel.
    """
    params = _checked(params)
    device, device_notes = _device(default_device if params.device == "auto" else params.device)
    choice = choose(params, device=device, ready=models.ready)
    choice, model_notes = _able(choice, params, models, device, detect=detect)
    return Plan(params, choice, device, english_only(choice.model_id), (*device_notes, *model_notes))


def _checked(params: SpeechParams) -> SpeechParams:
    if params.beam_size is not None and not 1 <= params.beam_size <= 20:
        raise InvalidRequest(f"A beam of {params.beam_size} is not possible.", action="Choose 1 to 20.")
    if not params.language:
        return replace(params, language=None)
    from core.speech.languages import whisper_code  # noqa: PLC0415  a table of languages

    return replace(params, language=whisper_code(params.language))


def _able(
    choice: Choice, params: SpeechParams, models: ModelStore, device: str, *, detect: bool
) -> tuple[Choice, tuple[str, ...]]:
    """The choice, or another model where this one cannot do what is asked."""
    entry = models.entry(choice.model_id)
    if params.task == "translate" and not can_translate(choice.model_id) and not detect:
        order = _TRANSLATORS["cuda" if device.startswith("cuda") else "cpu"]
        return _instead(choice, order, models, f"{entry.title} cannot translate")
    if english_only(choice.model_id) and (detect or params.language not in {None, "en"}):
        return _instead(choice, _MANY_LANGUAGES, models, f"{entry.title} knows only English")
    if english_only(choice.model_id) and params.language is None:
        return choice, (f"{entry.title} knows only English, so English was taken as spoken.",)
    return choice, ()


def _instead(choice: Choice, order: tuple[str, ...], models: ModelStore, why: str) -> tuple[Choice, tuple[str, ...]]:
    for model_id in order:
        if models.ready(model_id):
            return replace(choice, model_id=model_id), (f"{why}: {models.entry(model_id).title} was used.",)
    raise InvalidRequest(
        f"{why}, and no model that can is on this machine.", action=f"Fetch one: rushes models fetch {DEFAULT_MODEL}"
    )


def _device(wanted: str) -> tuple[str, tuple[str, ...]]:
    """``cpu`` or ``cuda:N``; a card that is not there is answered with the processor and a note."""
    kind, _, index = wanted.partition(":")
    if kind == "cpu":
        return "cpu", ()
    if kind != "cuda" or not (index or "0").isdigit():
        raise InvalidRequest(f"{wanted!r} is no device for speech.", action="Choose auto, cpu, or cuda:0.")
    number = int(index or 0)
    cards = cuda_cards()
    if number < cards:
        return f"cuda:{number}", ()
    there = "there is none" if cards == 0 else f"there are {cards}"
    return "cpu", (f"The graphics card {number} cannot be used for speech ({there}): the processor was used.",)


def cuda_cards() -> int:
    """Graphics cards that CTranslate2 can use here."""
    import ctranslate2  # noqa: PLC0415  heavy

    return int(ctranslate2.get_cuda_device_count())
