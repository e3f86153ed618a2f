"""Opened fonts of captions: a family's own, and those that step in for other scripts and for emoji."""

import functools
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path

import regex
import uharfbuzz as hb

from core.render.captions.fonts import FONTS, Family, family
from core.render.types import CaptionRole
from core.reports.text.clusters import FaceChooser
from core.reports.text.faces import Face, fallback_files, is_ignorable

EMOJI_FILE = FONTS / "twemoji" / "Twemoji.ttf"
_ONE_COLOUR_EMOJI = "NotoEmoji-Regular"
_USUAL_CAP_EM = 0.714
_SCALE_LIMITS = (0.94, 1.16)
_BOLDER = (0.046, 0.036)
_BOLDER_HAN = (0.034, 0.026)
"""Of the em, across and down: other scripts come in a regular weight, captions are bold."""
_EMOJI_SCALE = 1.05
_LOOKS_LIKE_EMOJI = regex.compile(r"\p{Emoji_Presentation}|\p{Emoji}\uFE0F|[0-9#*]\uFE0F?\u20E3")
_TEXT_LOOK = "\ufe0e"
_SHARED_LETTERS = regex.compile(r"[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}]")


@dataclass(frozen=True, slots=True, eq=False)
class CaptionFace(Face):
    """``colour``: its glyphs bring their own colours; ``marked``: the words it sets are to stand out.

    ``tracking_em``: room between two letters; ``bearing_em``: room on both sides of each glyph.
    """

    colour: bool = False
    marked: bool = False
    tracking_em: float = 0.0
    bearing_em: float = 0.0


def main_family(text: str, wanted: Family) -> Family:
    """The wanted family, or the next one that has every Latin, Greek and Cyrillic letter: words are not patched."""
    letters = {ord(letter) for letter in _SHARED_LETTERS.findall(text)}
    tried: Family | None = wanted
    while tried is not None:
        if _unicodes(tried.file(CaptionRole.HOOK)).issuperset(letters):
            return tried
        tried = family(tried.next) if tried.next else None
    return wanted


def chooser(chosen: Family, role: CaptionRole) -> FaceChooser:
    """How a caption's clusters find their fonts."""
    main = main_face(chosen, role)

    def choose(cluster: str, before: Face | None) -> Face | None:
        needed = frozenset(ord(character) for character in cluster if not is_ignorable(character))
        if not needed:
            return before or main
        if _is_emoji(cluster) and _emoji().unicodes.issuperset(needed):
            return _emoji()
        if main.unicodes.issuperset(needed):
            return main
        shared = not unicodedata.category(cluster[0]).startswith("L")
        if shared and before is not None and before.unicodes.issuperset(needed):
            return before
        return _fallback(needed, chosen.cap_em)

    return choose


@functools.cache
def main_face(chosen: Family, role: CaptionRole) -> CaptionFace:
    """A family's own face for a role."""
    return _opened(chosen.file(role), tracking_em=chosen.tracking_em)


@functools.lru_cache(maxsize=400)
def marked(face: Face) -> CaptionFace:
    """The same face for words that are to stand out."""
    values = {one.name: getattr(face, one.name) for one in fields(face) if one.name != "marked"}
    return CaptionFace(**values, marked=True)


@functools.lru_cache(maxsize=20_000)
def _fallback(needed: frozenset[int], cap_em: float) -> CaptionFace | None:
    return next((_stand_in(path, cap_em) for path in _stand_ins() if _unicodes(path).issuperset(needed)), None)


def _stand_ins() -> Iterable[Path]:
    return (FONTS / "inter" / "Inter-Bold.otf", *fallback_files())


@functools.cache
def _stand_in(path: Path, cap_em: float) -> CaptionFace:
    scale = min(max(cap_em / _USUAL_CAP_EM, _SCALE_LIMITS[0]), _SCALE_LIMITS[1])
    bolder = _BOLDER_HAN if path.parent.name == "droid" else _BOLDER
    if path.stem == _ONE_COLOUR_EMOJI or path.parent.name == "inter":
        bolder = (0.0, 0.0)
    return _opened(path, scale=scale, bolder=bolder)


@functools.cache
def _emoji() -> CaptionFace:
    return _opened(EMOJI_FILE, scale=_EMOJI_SCALE, colour=True, bearing_em=0.05)


def _is_emoji(cluster: str) -> bool:
    return _TEXT_LOOK not in cluster and _LOOKS_LIKE_EMOJI.search(cluster) is not None


@functools.cache
def _unicodes(path: Path) -> frozenset[int]:
    return frozenset(_blob(path).unicodes)


@functools.cache
def _blob(path: Path) -> hb.Face:
    return hb.Face(hb.Blob.from_file_path(str(path)))


def _opened(
    path: Path,
    *,
    scale: float = 1.0,
    bolder: tuple[float, float] = (0.0, 0.0),
    colour: bool = False,
    tracking_em: float = 0.0,
    bearing_em: float = 0.0,
) -> CaptionFace:
    """A face drawn ``scale`` times as large as others at the same size: its em has that many units fewer."""
    face = _blob(path)
    font = hb.Font(face)
    if any(bolder):
        font.synthetic_bold = (*bolder, False)
    extents = font.get_font_extents("ltr")
    return CaptionFace(
        name=path.stem,
        hb_face=face,
        hb_font=font,
        upem=round(face.upem / scale),
        ascent=extents.ascender,
        descent=extents.descender,
        unicodes=_unicodes(path),
        colour=colour,
        tracking_em=tracking_em,
        bearing_em=bearing_em,
    )
