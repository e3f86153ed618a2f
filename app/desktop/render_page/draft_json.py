"""A draft as plain data that survives a restart; what cannot be read is left at its usual value."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, TypeVar

from app.desktop.render_page.draft import MOST_STILLS, USUAL_DURATION_S, Draft, DraftStill, Focus, with_duration
from core.render.types import Archetype, Captions, EnginePolicy

E = TypeVar("E", bound=StrEnum)


def draft_to_json(draft: Draft) -> dict[str, Any]:
    """Only lists, maps, texts, numbers and truth values."""
    return {
        "preset_id": draft.preset_id,
        "stills": [{"path": one.path, "focus": list(one.focus) if one.focus else None} for one in draft.stills],
        "mask": draft.mask,
        "music": draft.music,
        "voice": draft.voice,
        "duration_s": draft.duration_s,
        "brand_safe": draft.brand_safe,
        "archetype": draft.archetype.value if draft.archetype else None,
        "engine_policy": draft.engine_policy.value if draft.engine_policy else None,
        "remote_allowed": draft.remote_allowed,
        "captions": _captions_to_json(draft.captions),
        "prompt": draft.prompt,
        "title": draft.title,
    }


def draft_from_json(kept: Mapping[str, Any]) -> Draft:
    """The draft that was kept, also by an older or a damaged file: never fails."""
    duration = kept.get("duration_s")
    draft = Draft(
        preset_id=_text(kept, "preset_id"),
        stills=_stills(kept.get("stills")),
        mask=_text(kept, "mask"),
        music=_text(kept, "music"),
        voice=_text(kept, "voice"),
        brand_safe=_truth(kept.get("brand_safe")),
        archetype=_one_of(Archetype, kept.get("archetype")),
        engine_policy=_one_of(EnginePolicy, kept.get("engine_policy")),
        remote_allowed=kept.get("remote_allowed") is True,
        captions=_captions(kept.get("captions")),
        prompt=_text(kept, "prompt"),
        title=_text(kept, "title"),
    )
    known = isinstance(duration, int) and not isinstance(duration, bool)
    return with_duration(draft, int(duration) if known and duration is not None else USUAL_DURATION_S)


def _captions_to_json(captions: Captions | None) -> dict[str, Any] | None:
    if captions is None:
        return None
    return {"hook": captions.hook, "beats": list(captions.beats), "cta": captions.cta}


def _captions(value: object) -> Captions | None:
    if not isinstance(value, Mapping):
        return None
    beats = tuple(str(one) for one in _list(value.get("beats")) if isinstance(one, str))
    return Captions(_text(value, "hook"), beats, _text(value, "cta"))


def _stills(value: object) -> tuple[DraftStill, ...]:
    maps = [one for one in _list(value) if isinstance(one, Mapping)]
    named = [one for one in maps if isinstance(one.get("path"), str) and one["path"]]
    return tuple(DraftStill(one["path"], _focus(one.get("focus"))) for one in named[:MOST_STILLS])


def _focus(value: object) -> Focus | None:
    parts = _list(value)
    if len(parts) != 2 or not all(isinstance(part, int | float) and 0 <= part <= 1 for part in parts):
        return None
    return float(str(parts[0])), float(str(parts[1]))


def _text(kept: Mapping[str, Any], key: str) -> str:
    value = kept.get(key)
    return value if isinstance(value, str) else ""


def _truth(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _one_of(kind: type[E], value: object) -> E | None:
    return next((one for one in kind if one.value == value), None)


def _list(value: object) -> Sequence[object]:
    return value if isinstance(value, list | tuple) else ()
