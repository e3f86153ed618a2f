"""Presets as TOML text: reading one with every field checked, and writing one that a person can start from."""

import json
import math
import re
import tomllib
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, TypeVar

from core.errors import InvalidRequest
from core.render.types import (
    Archetype,
    AudioLevels,
    Backing,
    CaptionPosition,
    CaptionStyle,
    EnginePolicy,
    Look,
    MotionProfile,
    Preset,
    SizeRule,
    Transition,
)

FONTS = ("Inter", "Bebas Neue", "Montserrat", "Anton", "Archivo Black", "Impact", "Arial Black")
"""What a caption can be set in; Impact is drawn with Anton and Arial Black with Archivo Black, which are open."""
LONGEST_TRANSITION_MS = 1000
_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_MOST_BACKGROUND_COLOURS = 6

_Word = TypeVar("_Word", bound=StrEnum)


class _Table:
    """One table of a preset's file. Every value is taken out once; what is left at the end is a misspelt name."""

    def __init__(self, values: Mapping[str, Any], path: str = "") -> None:
        self._values = dict(values)
        self._path = path

    def table(self, name: str, *, required: bool = True) -> "_Table":
        value = self._values.pop(name, None if required else {})
        if value is None:
            raise self._wrong(name, "is missing")
        if not isinstance(value, dict):
            raise self._wrong(name, "must be a table")
        return _Table(value, f"{self._path}{name}.")

    def text(self, name: str, default: str | None = None, *, most: int = 500) -> str:
        value = self._take(name, default)
        if not isinstance(value, str) or len(value) > most or any(ord(sign) < 32 for sign in value):
            raise self._wrong(name, f"must be a line of text of at most {most} characters")
        return value.strip()

    def flag(self, name: str, default: bool | None = None) -> bool:
        value = self._take(name, default)
        if not isinstance(value, bool):
            raise self._wrong(name, "must be true or false")
        return value

    def number(self, name: str, least: float, most: float, default: float | None = None) -> float:
        value = self._take(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise self._wrong(name, f"must be a number from {least:g} to {most:g}")
        if not least <= value <= most:
            raise self._wrong(name, f"is {value:g} and must lie between {least:g} and {most:g}")
        return float(value)

    def whole(self, name: str, least: int, most: int, default: int | None = None) -> int:
        value = self.number(name, least, most, default)
        if value != int(value):
            raise self._wrong(name, f"is {value:g} and must be a whole number")
        return int(value)

    def word(self, name: str, words: type[_Word], default: _Word | None = None) -> _Word:
        value = self._take(name, default)
        try:
            return words(value)
        except ValueError:
            raise self._wrong(name, f"is {value!r} and must be one of {', '.join(words)}") from None

    def colour(self, name: str, default: str | None = None, *, may_be_empty: bool = False) -> str:
        value = self._take(name, default)
        if may_be_empty and value == "":
            return ""
        return self._as_colour(name, value)

    def colours(self, name: str, default: tuple[str, ...]) -> tuple[str, ...]:
        value = self._take(name, list(default))
        if not isinstance(value, list) or not 1 <= len(value) <= _MOST_BACKGROUND_COLOURS:
            raise self._wrong(name, f"must be a list of 1 to {_MOST_BACKGROUND_COLOURS} colours, the top one first")
        return tuple(self._as_colour(name, colour) for colour in value)

    def end(self) -> None:
        if self._values:
            known = ", ".join(sorted(self._path + name for name in self._values))
            raise _bad(f"{known}: no preset has that", "Correct the spelling, or take the line out.")

    def _take(self, name: str, default: Any) -> Any:
        value = self._values.pop(name, default)
        if value is None:
            raise self._wrong(name, "is missing")
        return value

    def _as_colour(self, name: str, value: Any) -> str:
        if not isinstance(value, str) or not _COLOUR.fullmatch(value):
            raise self._wrong(name, f"is {value!r} and must be a colour such as #ffd54a")
        return value.lower()

    def _wrong(self, name: str, what: str) -> InvalidRequest:
        return _bad(f"{self._path}{name} {what}", "Correct that line of the preset's file.")


def _bad(message: str, action: str) -> InvalidRequest:
    return InvalidRequest(f"{message}.", action=action)


def parse_preset(text: str, *, own: bool = False) -> Preset:
    """The preset that a file describes; fields of the look and of the letters have defaults, the rest is required.

    Raises InvalidRequest, whose message names the line's key and what it may be.
    """
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _bad(f"it is not TOML: {error}", "Correct that place of the preset's file.") from error
    table = _Table(values)
    preset = Preset(
        id=_identifier(table.text("id", most=64)),
        name=_named(table.text("name", most=80)),
        description=table.text("description", ""),
        archetype=table.word("archetype", Archetype),
        brand_safe=table.flag("brand_safe"),
        engine_policy=table.word("engine_policy", EnginePolicy),
        motion_profile=table.word("motion_profile", MotionProfile),
        caption_style=_read(table.table("caption_style"), _caption_style),
        transitions=_read(table.table("transitions"), _transition),
        audio=_read(table.table("audio"), _audio),
        look=_read(table.table("look", required=False), _look),
        own=own,
    )
    table.end()
    return preset


_Part = TypeVar("_Part")


def _read(table: _Table, make: Callable[[_Table], _Part]) -> _Part:
    part = make(table)
    table.end()
    return part


def _identifier(text: str) -> str:
    if not _ID.fullmatch(text):
        raise _bad(
            f"id is {text!r} and must be small letters, digits, _ and -",
            "Give the preset an id such as my_summer_look.",
        )
    return text


def _named(text: str) -> str:
    if not text:
        raise _bad("name is empty", "Give the preset a name.")
    return text


def _caption_style(table: _Table) -> CaptionStyle:
    font = table.text("font", most=80)
    if font not in FONTS:
        raise _bad(f"caption_style.font is {font!r}, which is not here", f"Use one of {', '.join(FONTS)}.")
    return CaptionStyle(
        font=font,
        size_rules=table.word("size_rules", SizeRule),
        position=table.word("position", CaptionPosition),
        safe_margin_px=table.whole("safe_margin_px", 0, 320),
        colour=table.colour("colour", "#ffffff"),
        accent=table.colour("accent", "#ffd54a"),
        uppercase=table.flag("uppercase", default=False),
        shadow=table.flag("shadow", default=True),
        glow=table.flag("glow", default=False),
        stroke_px=table.number("stroke_px", 0, 16, 0.0),
        backing=table.word("backing", Backing, Backing.SOFT),
    )


def _transition(table: _Table) -> Transition:
    kind = table.text("type", most=20)
    if kind not in {"crossfade", "cut"}:
        raise _bad(f"transitions.type is {kind!r} and must be crossfade or cut", "Correct that line.")
    duration_ms = table.whole("duration_ms", 0, LONGEST_TRANSITION_MS)
    if kind == "cut" and duration_ms:
        raise _bad("transitions.duration_ms must be 0 for a cut", "Use 0, or the type crossfade.")
    return Transition(kind, duration_ms)


def _audio(table: _Table) -> AudioLevels:
    return AudioLevels(table.number("music_level_db", -60, 6), table.number("voice_level_db", -60, 6))


def _look(table: _Table) -> Look:
    usual = Look()
    return Look(
        background=table.colours("background", usual.background),
        subject_width=table.number("subject_width", 0.3, 0.95, usual.subject_width),
        backdrop_light=table.number("backdrop_light", 0, 1, usual.backdrop_light),
        backdrop_tint=table.number("backdrop_tint", 0, 1, usual.backdrop_tint),
        corner_px=table.whole("corner_px", 0, 240, usual.corner_px),
        shadow=table.flag("shadow", default=usual.shadow),
        glow=table.colour("glow", usual.glow, may_be_empty=True),
        band=table.colour("band", usual.band),
        vignette=table.number("vignette", 0, 1, usual.vignette),
        grade_contrast=table.number("grade_contrast", 0.5, 1.6, usual.grade_contrast),
        grade_saturation=table.number("grade_saturation", 0, 2, usual.grade_saturation),
    )


def preset_text(preset: Preset) -> str:
    """The file of a preset, every field written out with what it may be: to start an own one from."""
    style, look = preset.caption_style, preset.look
    return "\n".join(
        [
            "# A preset of Rushes. Put this file into the folder presets of your library and give it an id of its own.",
            _line("id", preset.id, "small letters, digits, _ and -"),
            _line("name", preset.name),
            _line("description", preset.description),
            _line("archetype", preset.archetype, _or(Archetype)),
            _line("brand_safe", preset.brand_safe),
            _line("engine_policy", preset.engine_policy, _or(EnginePolicy)),
            _line("motion_profile", preset.motion_profile, _or(MotionProfile)),
            "",
            "[caption_style]",
            _line("font", style.font, ", ".join(FONTS)),
            _line("size_rules", style.size_rules, _or(SizeRule)),
            _line("position", style.position, _or(CaptionPosition)),
            _line("safe_margin_px", style.safe_margin_px, "kept free at each edge, of 1080 x 1920"),
            _line("colour", style.colour),
            _line("accent", style.accent, "the plate of a call to action"),
            _line("uppercase", style.uppercase),
            _line("shadow", style.shadow),
            _line("glow", style.glow),
            _line("stroke_px", style.stroke_px, "an edge around the letters, 0 to 16"),
            _line("backing", style.backing, _or(Backing)),
            "",
            "[transitions]",
            _line("type", preset.transitions.type, "crossfade or cut"),
            _line("duration_ms", preset.transitions.duration_ms, f"0 to {LONGEST_TRANSITION_MS}; 0 for a cut"),
            "",
            "[audio]",
            _line("music_level_db", preset.audio.music_level_db),
            _line("voice_level_db", preset.audio.voice_level_db),
            "",
            "[look]",
            _line("background", look.background, "from top to bottom"),
            _line("subject_width", look.subject_width, "of the frame's width, for OVERLAY"),
            _line("backdrop_light", look.backdrop_light, "how much light the blurred copy keeps"),
            _line("backdrop_tint", look.backdrop_tint, "how much of the background's colours lies over that copy"),
            _line("corner_px", look.corner_px),
            _line("shadow", look.shadow),
            _line("glow", look.glow, "a colour, or empty for none"),
            _line("band", look.band, "for MEME_TEXT"),
            _line("vignette", look.vignette),
            _line("grade_contrast", look.grade_contrast),
            _line("grade_saturation", look.grade_saturation),
            "",
        ]
    )


def _or(words: type[StrEnum]) -> str:
    return ", ".join(words)


def _line(name: str, value: Any, says: str = "") -> str:
    return f"{name} = {_toml(value)}" + (f"  # {says}" if says else "")


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return f"[{', '.join(_toml(item) for item in value)}]"
    if isinstance(value, int | float):
        return repr(value)
    # JSON's escapes are TOML's, but for DEL, which TOML wants escaped too
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
