"""Text cut into what is never torn apart, with the direction of each part.

Clusters follow Unicode Standard Annex 29 as far as names need it; directions follow Annex 9 (python-bidi).
"""

import unicodedata
from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

from bidi import algorithm

from core.reports.text.faces import Face, Weight, face_for

_DIRECTIONS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that turn the direction of what follows: a name that holds one could disorder the line it stands in."""
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
_BRACKETS = {"(": ")", "[": "]", "{": "}", "«": "»", "⟨": "⟩", "（": "）"}
_ZWJ = "\u200d"
_VIRAMA_CLASS = 9
_THAI_BEFORE = frozenset("เแโใไເແໂໃໄ")
_THAI_AFTER = frozenset("ะาำๅะາຳ")


FaceChooser: TypeAlias = Callable[[str, Face | None], Face | None]
"""Gives the font for a cluster, from its text and the font of the cluster before it; None when no font has it."""


class Cluster(NamedTuple):
    """``text`` as it was written, ``shown`` as it is drawn, the font, and the bidi level (odd: right to left)."""

    text: str
    shown: str
    face: Face
    level: int


def clusters_of(text: str, weight: Weight) -> list[Cluster]:
    """Clusters in logical order. What no font has is shown as its code point, ``[U+1F9FF]``."""
    return clusters_by(text, lambda cluster, before: face_for(cluster, weight, before))


def clusters_by(text: str, choose: FaceChooser) -> list[Cluster]:
    """The same with fonts chosen by ``choose``."""
    clean = "".join(character for character in " ".join(text.split()) if character not in _DIRECTIONS)
    parts = _split(clean)
    levels = _levels(clean)
    found: list[Cluster] = []
    place = 0
    for part in parts:
        before = found[-1].face if found else None
        face = choose(part, before)
        if face is not None:
            found.append(Cluster(part, part, face, levels[place]))
        else:
            found += _in_pieces(part, choose, levels[place])
        place += len(part)
    return found


def _in_pieces(part: str, choose: FaceChooser, level: int) -> list[Cluster]:
    """A cluster that no font has as a whole: its characters one by one, code points for those that none has."""
    found: list[Cluster] = []
    for character in part:
        face = choose(character, None)
        if face is not None:
            found.append(Cluster(character, character, face, level))
            continue
        signs = f"[U+{ord(character):04X}]"
        plain = choose("U", None)
        if plain is not None:
            found += [Cluster("" if index else character, sign, plain, level) for index, sign in enumerate(signs)]
    return found


def base_level(text: str) -> int:
    """1 when the first strong character runs from right to left."""
    return int(algorithm.get_base_level(text)) if _has_rtl(text) else 0


def _split(text: str) -> list[str]:
    parts: list[str] = []
    for character in text:
        if parts and _sticks(parts[-1], character):
            parts[-1] += character
        else:
            parts.append(character)
    return parts


def _sticks(before: str, character: str) -> bool:
    last, code = before[-1], ord(character)
    if character == " " or last == " ":
        return False
    if unicodedata.category(character).startswith("M") or character == _ZWJ or _extends(code):
        return True
    if last == _ZWJ or unicodedata.combining(last) == _VIRAMA_CLASS:
        return unicodedata.category(character)[0] in "LS"
    if 0x1F1E6 <= code <= 0x1F1FF:
        flags = sum(0x1F1E6 <= ord(one) <= 0x1F1FF for one in before)
        return flags == len(before) == 1
    if 0x1160 <= code <= 0x11FF:
        return 0x1100 <= ord(last) <= 0x11FF or 0xAC00 <= ord(last) <= 0xD7A3
    return character in _THAI_AFTER or (last in _THAI_BEFORE and len(before) == 1)


def _extends(code: int) -> bool:
    """Variation selectors, skin tones, tags, the non-joiner."""
    return 0xFE00 <= code <= 0xFE0F or 0x1F3FB <= code <= 0x1F3FF or 0xE0020 <= code <= 0xE01EF or code == 0x200C


def _has_rtl(text: str) -> bool:
    return any(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in text)


def _levels(text: str) -> list[int]:
    """The embedding level of every character."""
    if not _has_rtl(text):
        return [0] * len(text)
    kept = [index for index, character in enumerate(text) if unicodedata.bidirectional(character) != "BN"]
    storage: dict[str, Any] = algorithm.get_empty_storage()
    storage["base_level"] = base_level(text)
    storage["base_dir"] = ("L", "R")[storage["base_level"]]
    algorithm.get_embedding_levels("".join(_with_direction(text[index]) for index in kept), storage, False, False)
    algorithm.explicit_embed_and_overrides(storage, False)
    algorithm.resolve_weak_types(storage, False)
    algorithm.resolve_neutral_types(storage, False)
    algorithm.resolve_implicit_levels(storage, False)
    base = int(storage["base_level"])
    levels = [base] * len(text)
    for index, character in zip(kept, storage["chars"], strict=True):
        levels[index] = int(character["level"])
    for index in sorted(set(range(len(text))) - set(kept)):
        levels[index] = levels[index - 1] if index else levels[index]
    _pair_brackets(text, levels, base)
    return levels


def _with_direction(character: str) -> str:
    """A character; a letter for one without a direction in Unicode (yet), which runs left to right (Annex 9)."""
    return character if unicodedata.bidirectional(character) else "a"


def _pair_brackets(text: str, levels: list[int], base: int) -> None:
    """Rule N0 of Annex 9, which python-bidi lacks: both brackets of a pair run in the same direction.

    That of the line when something inside does; else that of what is inside when what stands before does too.
    """
    for opening, closing in _pairs(text):
        inside = {_direction(character) for character in text[opening + 1 : closing]} - {None}
        before = next((way for one in reversed(text[:opening]) if (way := _direction(one)) is not None), base % 2)
        other = 1 - base % 2
        if inside:
            against = inside == {other} and before == other
            levels[opening] = levels[closing] = base + 1 if against else base


def _pairs(text: str) -> list[tuple[int, int]]:
    waiting: list[int] = []
    found: list[tuple[int, int]] = []
    for index, character in enumerate(text):
        if character in _BRACKETS:
            waiting.append(index)
        elif waiting and character == _BRACKETS[text[waiting[-1]]]:
            found.append((waiting.pop(), index))
    return sorted(found)


def _direction(character: str) -> int | None:
    """0 for a strong left-to-right character, 1 for right-to-left, None for one that takes any direction."""
    kind = unicodedata.bidirectional(character)
    return 0 if kind == "L" else 1 if kind in _RIGHT_TO_LEFT else None
