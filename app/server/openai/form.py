"""The fields of a request for a transcription, checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast, get_args

from app.server.openai.refusals import BadParameter
from core.errors import InvalidRequest
from core.speech.languages import whisper_code
from core.speech.presets import speech_model

HOUSE_MODEL = "whisper-1"
"""What clients ask for that know no other: the model that the settings choose."""
Format = Literal["json", "text", "srt", "verbose_json", "vtt"]
Granularity = Literal["word", "segment"]


@dataclass(frozen=True, slots=True)
class SpeechForm:
    """``model`` None = as the settings choose; ``language`` Whisper's code, None = detect."""

    model: str | None
    language: str | None
    prompt: str
    response_format: Format
    granularities: frozenset[Granularity]


def checked(fields: Mapping[str, tuple[str, ...]]) -> SpeechForm:
    """Raises BadParameter, UnknownModel."""
    model = _one(fields, "model")
    if not model:
        raise BadParameter("model", "You must provide a model parameter.")
    _check_temperature(_one(fields, "temperature"))
    wanted = _one(fields, "response_format") or "json"
    if wanted not in get_args(Format):
        raise BadParameter("response_format", f"response_format is none of {', '.join(get_args(Format))}.")
    granularities = frozenset(
        part
        for name in ("timestamp_granularities[]", "timestamp_granularities")
        for value in fields.get(name, ())
        for part in value.replace(",", " ").split()
    )
    if not granularities <= set(get_args(Granularity)):
        raise BadParameter("timestamp_granularities[]", "timestamp_granularities[] is neither word nor segment.")
    return SpeechForm(
        model=None if model == HOUSE_MODEL else speech_model(model).id,
        language=_language(_one(fields, "language")),
        prompt=_one(fields, "prompt")[:10_000],
        response_format=cast("Format", wanted),
        granularities=cast("frozenset[Granularity]", granularities),
    )


def _one(fields: Mapping[str, tuple[str, ...]], name: str) -> str:
    return fields.get(name, ("",))[-1].strip()


def _check_temperature(text: str) -> None:
    try:
        fits = not text or 0.0 <= float(text) <= 1.0
    except ValueError:
        fits = False
    if not fits:
        raise BadParameter("temperature", "temperature is no number from 0 to 1.")


def _language(text: str) -> str | None:
    try:
        return whisper_code(text) if text else None
    except InvalidRequest as error:
        raise BadParameter("language", str(error)) from error
