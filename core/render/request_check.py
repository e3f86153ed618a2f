"""Whether a request can be planned at all, before any file is opened."""

import math
from enum import StrEnum
from pathlib import Path

from core.errors import InvalidRequest
from core.render.types import LONGEST_S, SHORTEST_S, Archetype, EnginePolicy, Preset, RenderRequest

LONGEST_PROMPT = 5_000
LONGEST_CAPTION = 1_000
MOST_BEATS = 60
MOST_IMAGES = 60
LONGEST_TITLE = 500


def check_request(request: RenderRequest, preset: Preset) -> None:
    """Raises InvalidRequest, which names the field and what it may be."""
    if request.preset_id != preset.id:
        raise InvalidRequest(
            f"The request names the preset “{request.preset_id[:80]}”, not “{preset.id}”.", action="Choose one of them."
        )
    _check_duration(request.target_duration_s)
    _check_word("engine_policy", request.engine_policy, EnginePolicy)
    _check_word("archetype", request.archetype, Archetype)
    _check_texts(request)
    _check_pictures(request)


def _check_duration(duration_s: object) -> None:
    if isinstance(duration_s, bool) or not isinstance(duration_s, int) or not SHORTEST_S <= duration_s <= LONGEST_S:
        raise InvalidRequest(
            f"The duration is {str(duration_s)[:40]} s.", action=f"Use whole seconds from {SHORTEST_S} to {LONGEST_S}."
        )


def _check_word(name: str, value: object, words: type[StrEnum]) -> None:
    if value is not None and value not in set(words):
        raise InvalidRequest(f"{name} is “{str(value)[:80]}”.", action=f"Use one of {', '.join(words)}.")


def _check_texts(request: RenderRequest) -> None:
    _check_length("The prompt", request.prompt, LONGEST_PROMPT)
    _check_length("The title", request.title, LONGEST_TITLE)
    if request.captions is None:
        return
    _check_length("The hook", request.captions.hook, LONGEST_CAPTION)
    _check_length("The call to action", request.captions.cta, LONGEST_CAPTION)
    if len(request.captions.beats) > MOST_BEATS:
        raise InvalidRequest(f"There are {len(request.captions.beats)} beats.", action=f"Use at most {MOST_BEATS}.")
    for number, beat in enumerate(request.captions.beats, 1):
        _check_length(f"Beat {number}", beat, LONGEST_CAPTION)


def _check_length(name: str, text: str, most: int) -> None:
    if len(text) > most:
        raise InvalidRequest(f"{name} has {len(text)} characters.", action=f"Use at most {most}.")


def _check_pictures(request: RenderRequest) -> None:
    if len(request.images) > MOST_IMAGES:
        raise InvalidRequest(f"There are {len(request.images)} pictures.", action=f"Use at most {MOST_IMAGES}.")
    for path in (*request.images, request.mask, request.music, request.voice):
        if path is not None and not Path(path).is_absolute():
            raise InvalidRequest(f"“{path[:200]}” is no absolute path.", action="Name the file with its whole path.")
    if len(request.focus) > len(request.images):
        raise InvalidRequest("There are more focus points than pictures.", action="Give one for each picture at most.")
    for number, focus in enumerate(request.focus, 1):
        if focus is not None and not all(math.isfinite(part) and 0 <= part <= 1 for part in focus):
            raise InvalidRequest(
                f"The focus of picture {number} lies outside of it.", action="Use x and y from 0 to 1."
            )
