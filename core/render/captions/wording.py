"""A caption's text made ready for setting: cleaned, in capitals where asked, cut into clusters with their fonts."""

import re
import unicodedata
from dataclasses import dataclass

from core.render.captions.faces import chooser, main_family, marked
from core.render.captions.fonts import Family
from core.render.types import CaptionRole
from core.reports.text.clusters import Cluster, base_level, clusters_by

_MARKED = re.compile(r"(?<![\w*])(\*{1,2})(?=[^\s*])([^*\n]*[^\s*])\1(?![\w*])")
_LINE_ENDS = re.compile(r"\r\n|[\n\r\v\f\x85\u2028\u2029]")
_SHOWN_FORMATS = frozenset("\u200b\u200c\u200d")
_GREEK_ACCENTS = frozenset("\u0300\u0301\u0342\u0313\u0314")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Clusters in logical order and the level (1: right to left) that an ellipsis at the end takes."""

    clusters: tuple[Cluster, ...]
    level: int


@dataclass(frozen=True, slots=True)
class Wording:
    """``family`` is the one that has the text's letters; without text there are no paragraphs."""

    paragraphs: tuple[Paragraph, ...]
    family: Family
    role: CaptionRole
    capitals: bool

    def joined(self) -> "Wording":
        """The same as one paragraph, for a text with more line ends than there is room for lines."""
        if len(self.paragraphs) < 2:
            return self
        space = Cluster(" ", " ", self.paragraphs[0].clusters[0].face, self.paragraphs[0].level)
        clusters = list(self.paragraphs[0].clusters)
        for paragraph in self.paragraphs[1:]:
            clusters += [space, *paragraph.clusters]
        whole = Paragraph(tuple(clusters), self.paragraphs[0].level)
        return Wording((whole,), self.family, self.role, self.capitals)


def worded(text: str, wanted: Family, role: CaptionRole, *, uppercase: bool) -> Wording:
    """A caption's text. Words in asterisks (``*free* today``) are marked; the asterisks themselves are not shown."""
    lines = [line for line in (_clean(line) for line in _LINE_ENDS.split(text)) if _shows(line)]
    if uppercase:
        lines = [in_capitals(line) for line in lines]
    shown = [_without_marks(line) for line in lines]
    chosen = main_family("".join(line for line, _ in shown), wanted)
    paragraphs = tuple(_paragraph(line, spans, chosen, role) for line, spans in shown)
    kinds = {unicodedata.category(character) for line, _ in shown for character in line}
    capitals = "Lo" not in kinds and ("Ll" not in kinds or chosen.capitals_only)
    return Wording(paragraphs, chosen, role, capitals)


def in_capitals(text: str) -> str:
    """Letters in upper case by Unicode's rules, signs such as ⓐ as they are; Greek capitals lose their accents."""
    upper = "".join(sign.upper() if unicodedata.category(sign).startswith("L") else sign for sign in text)
    if not any("\u0370" <= character <= "\u03ff" or "\u1f00" <= character <= "\u1fff" for character in upper):
        return upper
    parts: list[str] = []
    for character in unicodedata.normalize("NFD", upper):
        if character in _GREEK_ACCENTS and parts and "\u0370" <= parts[-1][0] <= "\u03ff":
            continue
        parts.append(character)
    return unicodedata.normalize("NFC", "".join(parts))


def _clean(line: str) -> str:
    """Without what shows nothing: control characters, marks of direction, soft hyphens, lone surrogates."""
    kept = [
        character
        for character in line
        if character in "\t "
        or character in _SHOWN_FORMATS
        or 0xE0020 <= ord(character) <= 0xE007F
        or unicodedata.category(character) not in {"Cc", "Cf", "Cs"}
    ]
    return " ".join("".join(kept).split())


def _shows(line: str) -> bool:
    """Whether anything of it can be seen."""
    return any(
        sign != " " and unicodedata.category(sign) != "Cf" and not 0xFE00 <= ord(sign) <= 0xFE0F for sign in line
    )


def _without_marks(line: str) -> tuple[str, list[tuple[int, int]]]:
    """The text that is shown and the stretches of it that were marked."""
    shown, spans, end = "", [], 0
    for match in _MARKED.finditer(line):
        shown += line[end : match.start()]
        spans.append((len(shown), len(shown) + len(match[2])))
        shown += match[2]
        end = match.end()
    return shown + line[end:], spans


def _paragraph(line: str, spans: list[tuple[int, int]], chosen: Family, role: CaptionRole) -> Paragraph:
    clusters = clusters_by(line, chooser(chosen, role))
    if spans:
        place = 0
        for index, one in enumerate(clusters):
            if any(start <= place < end for start, end in spans):
                clusters[index] = one._replace(face=marked(one.face))
            place += len(one.text)
    return Paragraph(tuple(clusters), base_level(line))
