"""The fonts of a report: Inter in four weights, and for what it lacks one font for each other script."""

import functools
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import uharfbuzz as hb

import resources

FONTS = Path(resources.__file__).parent / "fonts"
_LATER = (
    "droid/DroidSansFallbackFull.ttf",
    "nanum/NanumSquareR.ttf",
    "noto-emoji/NotoEmoji-Regular.ttf",
    "dejavu/DejaVuSans.ttf",
)
"""Asked after the fonts of single scripts: Han and kana, Hangul, emoji, everything else."""
_LAST = ("NotoSansSymbols2-Regular", "NotoSansMath-Regular")


class Weight(StrEnum):
    """Weights of Inter; other scripts come in one weight."""

    REGULAR = "Regular"
    MEDIUM = "Medium"
    SEMIBOLD = "SemiBold"
    BOLD = "Bold"


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """An open font. ``ascent`` and ``descent`` (below zero) in units of which ``upem`` make the size."""

    name: str
    hb_face: hb.Face
    hb_font: hb.Font
    upem: int
    ascent: int
    descent: int
    unicodes: frozenset[int]

    def advance(self, glyph: int) -> int:
        """How far a glyph moves the pen, in units."""
        return int(self.hb_font.get_glyph_h_advance(glyph))


def is_ignorable(character: str) -> bool:
    """Whether a character shows nothing by itself and needs no glyph: joiners, variation selectors, tags."""
    code = ord(character)
    return unicodedata.category(character) == "Cf" or 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF


def face_for(cluster: str, weight: Weight, before: Face | None) -> Face | None:
    """The font that has every character of a cluster; None when none has.

    ``before`` is the font of the cluster before: signs that many scripts share stay in it.
    """
    needed = [ord(character) for character in cluster if not is_ignorable(character)]
    if not needed:
        return before or _inter(weight)
    first = _inter(weight)
    if first.unicodes.issuperset(needed):
        return first
    shared = not unicodedata.category(cluster[0]).startswith("L")
    if shared and before is not None and before.unicodes.issuperset(needed):
        return before
    return _fallback(tuple(needed))


@functools.cache
def _inter(weight: Weight) -> Face:
    return _opened(FONTS / "inter" / f"Inter-{weight}.otf")


@functools.lru_cache(maxsize=20_000)
def _fallback(needed: tuple[int, ...]) -> Face | None:
    return next((face for path in fallback_files() if (face := _opened(path)).unicodes.issuperset(needed)), None)


@functools.cache
def fallback_files() -> tuple[Path, ...]:
    """Fonts of the other scripts in the order in which they are asked."""
    folder = FONTS / "fallback"
    noto = sorted((folder / "noto").glob("*.ttf"), key=lambda path: (path.stem in _LAST, path.name))
    scripts = [path for path in noto if path.stem not in _LAST]
    return (*scripts, *(folder / name for name in _LATER), *noto[len(scripts) :])


@functools.cache
def _opened(path: Path) -> Face:
    face = hb.Face(hb.Blob.from_file_path(str(path)))
    font = hb.Font(face)
    extents = font.get_font_extents("ltr")
    return Face(
        name=path.stem,
        hb_face=face,
        hb_font=font,
        upem=face.upem,
        ascent=extents.ascender,
        descent=extents.descender,
        unicodes=frozenset(face.unicodes),
    )
