"""Parameters of speech jobs: checked when a job is submitted, read when it runs."""

from collections.abc import Mapping
from typing import Any, cast, get_args

from core.errors import InvalidRequest, RushesError
from core.speech.languages import iso639_2, matches, whisper_code
from core.speech.types import Preset, SpeechParams, Task
from core.subtitling.preferences import Preferences
from core.subtitling.types import AsrOptions

MOST_SPEAKERS = 100


def checked_preset(preset: str) -> Preset:
    """Raises InvalidRequest."""
    if preset not in get_args(Preset):
        raise InvalidRequest(
            f"There is no quality preset “{preset[:100]}”.", action=f"Choose one of: {', '.join(get_args(Preset))}."
        )
    return cast("Preset", preset)


def checked_task(task: str) -> Task:
    """Raises InvalidRequest."""
    if task not in get_args(Task):
        raise InvalidRequest(f"There is no task “{task[:100]}”.", action="Choose transcribe or translate.")
    return cast("Task", task)


def checked_language(text: str | None) -> str | None:
    """ISO 639-2/T code of a language that can be recognised, None for none or ``auto``. Raises InvalidRequest."""
    if text is None or text.strip().lower() in {"", "auto", "und", "unknown"}:
        return None
    whisper_code(text)
    return iso639_2(text)


def checked_target(text: str | None) -> str | None:
    """ISO 639-2/T code of the language that is wanted, whether it can be had or not. Raises InvalidRequest."""
    return iso639_2(text) if text is not None and text.strip() else None


def episode_params(params: Mapping[str, Any]) -> dict[str, Any]:
    """What is known of ``params``, checked. Raises InvalidRequest."""
    checked: dict[str, Any] = {}
    if params.get("preset"):
        checked["preset"] = checked_preset(str(params["preset"]))
    if params.get("task"):
        checked["task"] = checked_task(str(params["task"]))
    if language := checked_language(params.get("language")):
        checked["language"] = language
    if params.get("model"):
        checked["model"] = checked_model(str(params["model"]))
    if params.get("audio_languages"):
        checked["audio_languages"] = [iso639_2(str(one)) for one in params["audio_languages"]]
    if params.get("initial_prompt"):
        checked["initial_prompt"] = str(params["initial_prompt"])
    for name, least, most in (("beam_size", 1, 20), ("stream_index", 0, 10_000)):
        if params.get(name) is not None:
            checked[name] = _whole(name, params[name], least, most)
    for name in ("speakers", "voice_activity"):
        if params.get(name) is not None:
            checked[name] = bool(params[name])
    return {**checked, **speaker_params(params)}


def speaker_params(params: Mapping[str, Any]) -> dict[str, int]:
    """``min_speakers`` and ``max_speakers`` where they are given, checked. Raises InvalidRequest."""
    names = ("min_speakers", "max_speakers")
    given = {name: _whole(name, params[name], 1, MOST_SPEAKERS) for name in names if params.get(name) is not None}
    if given.get("min_speakers", 1) > given.get("max_speakers", MOST_SPEAKERS):
        raise InvalidRequest(
            f"There cannot be at least {given['min_speakers']} and at most {given['max_speakers']} speakers.",
            action="Choose a larger maximum.",
        )
    return given


def checked_model(name: str) -> str:
    """Id of a speech model of the catalogue. Raises InvalidRequest."""
    from core.speech.presets import speech_model  # noqa: PLC0415  reads the catalogue

    try:
        entry = speech_model(name)
    except RushesError as error:
        raise InvalidRequest(error.message, action=error.action) from error
    if entry.purpose != "speech":
        raise InvalidRequest(f"{entry.title} is no speech model.", action="Choose one of the speech models.")
    return entry.id


def asr_options(options: AsrOptions) -> dict[str, Any]:
    """Options of a client as parameters of a job. Raises InvalidRequest."""
    return {
        "preset": checked_preset(options.preset),
        "model": checked_model(options.model) if options.model else None,
        "initial_prompt": options.initial_prompt,
        "voice_activity": options.voice_activity,
        "word_times": options.word_times,
    }


def speech_params(preferences: Preferences, params: Mapping[str, Any]) -> SpeechParams:
    """How a job with these parameters listens; the preferences say what they leave open. Raises InvalidRequest."""
    language = checked_language(params.get("language") or params.get("source_lang"))
    task = checked_task(str(params.get("task") or preferences.text("transcribe_or_translate")))
    return SpeechParams(
        preset=checked_preset(str(params.get("preset") or preferences.text("default_quality_preset"))),
        model=params.get("model") or preferences.text("transcription_model") or None,
        language=whisper_code(language) if language else None,
        task=task,
        stream_index=params.get("stream_index"),
        audio_languages=_track_languages(preferences, params, language, task),
        beam_size=params.get("beam_size"),
        initial_prompt=str(params.get("initial_prompt") or ""),
        word_times=bool(params.get("word_times", True)),
        voice_activity=bool(params.get("voice_activity", True)),
        most_s_per_audio_s=preferences.real("most_seconds_per_audio_second"),
    )


def _track_languages(
    preferences: Preferences, params: Mapping[str, Any], language: str | None, task: Task
) -> tuple[str, ...]:
    """Of several tracks: the one in the language that is said to be spoken, then the one in the wanted language (whose
    words need no translation), then those that the preferences name."""
    if named := params.get("audio_languages"):
        return tuple(str(one) for one in named)
    first = language or (params.get("target_lang") if task == "transcribe" else None)
    preferred = preferences.texts("audio_languages")
    if first is None:
        return preferred
    return (str(first), *(one for one in preferred if not matches(one, str(first))))


def _whole(name: str, value: object, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int | str) or not str(value).strip().lstrip("-").isdigit():
        raise InvalidRequest(f"{name} is no whole number: {str(value)[:100]}.", action="Write a whole number.")
    number = int(value)
    if not least <= number <= most:
        raise InvalidRequest(f"{name} cannot be {number}.", action=f"Choose a number from {least} to {most}.")
    return number
