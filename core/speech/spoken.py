"""What is said as pieces that a subtitle may be cut between: words, or characters where a language has no spaces."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

_NO_SPACES = frozenset({"ja", "zh", "yue", "th", "lo", "my", "km", "bo"})
_ENDS_SENTENCE = tuple(".?!…。！？｡؟۔।")
_ENDS_CLAUSE = tuple(",;:—–、，；：،؛")
_CLOSING = frozenset("\"'”’»)]}」』）】》〉")
NEVER_FIRST = frozenset("。、，．！？…：；)）」』】》〉”’ー～,.!?;:%％")
"""Characters that may not begin a line in Chinese and Japanese."""
_LONGEST_LABEL = 24


class SpokenWord(Protocol):
    """A word with its times in seconds."""

    @property
    def start_s(self) -> float: ...
    @property
    def end_s(self) -> float: ...
    @property
    def text(self) -> str: ...


class Spoken(Protocol):
    """A segment of a transcript, or a line of one in the library."""

    @property
    def start_s(self) -> float: ...
    @property
    def end_s(self) -> float: ...
    @property
    def text(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def words(self) -> Sequence[SpokenWord]: ...


@dataclass(frozen=True, slots=True)
class Piece:
    """What stays on one line. ``text`` has no space around it; ``spaced``: a space goes before it within a line.

    ``width``: columns (wide East Asian characters take two). ``ending``: 2 = a sentence ends here, 1 = a clause, 0 = a
    word, -1 = the inside of a word.
    """

    text: str
    start_s: float
    end_s: float
    spaced: bool
    width: int
    ending: int


def has_spaces(language: str) -> bool:
    """Whether a language (code of Whisper) puts spaces between words."""
    return language not in _NO_SPACES


def width_of(text: str) -> int:
    """Columns that text takes: 2 for wide East Asian characters, 0 for marks that combine with others."""
    if text.isascii():
        return len(text)
    return sum(_character_width(character) for character in text)


def clean(text: str) -> str:
    """Text on one line, without control characters and double spaces."""
    shown = (" " if one.isspace() else one for one in text)
    return " ".join("".join(one for one in shown if unicodedata.category(one) not in {"Cc", "Cs", "Co"}).split())


def pieces_of(spoken: Spoken, widest: int, label: str = "") -> list[Piece]:
    """Pieces of a segment, each at most ``widest`` columns wide; empty when it says nothing.

    ``label``: who speaks, put before the first word.
    """
    timed = _timed(spoken)
    pieces: list[Piece] = []
    for text, start_s, end_s in timed:
        spaced = text[:1].isspace()
        for part, part_start_s, part_end_s, inside in _narrow(clean(text), start_s, end_s, widest):
            pieces.append(_piece(part, part_start_s, part_end_s, spaced, inside))
            spaced = False
    pieces = _joined_marks(pieces, widest)
    if label and pieces:
        pieces = [_label(label, pieces[0].start_s, widest), *_with_space(pieces)]
    return pieces


def joined(pieces: Sequence[Piece]) -> str:
    """Pieces as a line."""
    return "".join(f" {piece.text}" if piece.spaced and at else piece.text for at, piece in enumerate(pieces))


def spread_words(text: str, start_s: float, end_s: float, language: str) -> list[tuple[str, float, float]]:
    """Words with the space before them, and times in proportion to their length."""
    if has_spaces(language):
        words = [f" {word}" if at else word for at, word in enumerate(text.split())]
    else:
        words = _tokens(text)
    return _timed_parts(words, start_s, end_s)


def _timed(spoken: Spoken) -> list[tuple[str, float, float]]:
    """Words as the model gave them, or made of the text where it gave none."""
    if not spoken.words:
        return spread_words(clean(spoken.text), spoken.start_s, max(spoken.start_s, spoken.end_s), spoken.language)
    found: list[tuple[str, float, float]] = []
    space = False
    for word in spoken.words:
        bare = clean(word.text)
        if not bare:
            space = space or bool(word.text)
            continue
        text = f" {bare}" if space or word.text[:1].isspace() else bare
        space = word.text[-1:].isspace()
        start_s = max(word.start_s, found[-1][1]) if found else word.start_s
        found += _words_in(text, start_s, max(start_s, word.end_s))
    return found


def _words_in(text: str, start_s: float, end_s: float) -> list[tuple[str, float, float]]:
    """A "word" of a model may hold spaces."""
    parts = text.split()
    if len(parts) == 1:
        return [(text, start_s, end_s)]
    first = f" {parts[0]}" if text[:1].isspace() else parts[0]
    return _timed_parts([first, *(f" {part}" for part in parts[1:])], start_s, end_s)


def _timed_parts(parts: Sequence[str], start_s: float, end_s: float) -> list[tuple[str, float, float]]:
    """Parts one after the other, each as long as its share of the characters."""
    total = sum(len(part) for part in parts) or 1
    found, done = [], 0
    for part in parts:
        begin_s = start_s + (end_s - start_s) * done / total
        done += len(part)
        found.append((part, begin_s, start_s + (end_s - start_s) * done / total))
    return found


def _narrow(text: str, start_s: float, end_s: float, widest: int) -> list[tuple[str, float, float, bool]]:
    """A word cut where it is wider than a line: (text, start, end, whether it goes on)."""
    if width_of(text) <= widest:
        return [(text, start_s, end_s, False)]
    parts, part = [], ""
    for character in _characters(text):
        if part and width_of(part + character) > widest:
            parts.append(part)
            part = ""
        part += character
    timed = _timed_parts([*parts, part], start_s, end_s)
    return [(*one, at < len(timed) - 1) for at, one in enumerate(timed)]


def _characters(text: str) -> list[str]:
    """Characters with the marks that combine with them; at most a few marks each, whatever the text holds."""
    found: list[str] = []
    for character in text:
        if found and _character_width(character) == 0:
            found[-1] += character
        else:
            found.append(character)
    return found


def _tokens(text: str) -> list[str]:
    """Characters of a language without spaces; foreign words and numbers in it stay whole, with the space before."""
    found: list[str] = []
    for character in _characters(text):
        latin = character.isascii() and character.isalnum()
        if found and (found[-1].isspace() or (latin and found[-1][-1:].isascii() and found[-1][-1:].isalnum())):
            found[-1] += character
        else:
            found.append(character)
    return found


def _joined_marks(pieces: list[Piece], widest: int) -> list[Piece]:
    """Closing marks stay with what they close."""
    found: list[Piece] = []
    for piece in pieces:
        before = found[-1] if found else None
        alone = all(character in NEVER_FIRST or character in _CLOSING for character in piece.text)
        if before is not None and alone and not piece.spaced and before.width + piece.width <= widest:
            found[-1] = _piece(before.text + piece.text, before.start_s, piece.end_s, before.spaced, False)
        else:
            found.append(piece)
    return found


def _piece(text: str, start_s: float, end_s: float, spaced: bool, inside: bool) -> Piece:
    return Piece(text, start_s, end_s, spaced, width_of(text), -1 if inside else _ending(text))


def _ending(text: str) -> int:
    bare = text.rstrip("".join(_CLOSING)) or text
    if bare.endswith(_ENDS_SENTENCE):
        return 2
    return 1 if bare.endswith(_ENDS_CLAUSE) else 0


def _label(label: str, start_s: float, widest: int) -> Piece:
    """Who speaks, never so long that no word fits beside it."""
    most = min(_LONGEST_LABEL, widest - 2)
    name = clean(label).rstrip(":")
    if width_of(name) > most:
        kept = ""
        for character in _characters(name):
            if width_of(kept + character) > most - 1:
                break
            kept += character
        name = f"{kept.rstrip()}…"
    return Piece(f"{name}:", start_s, start_s, False, width_of(name) + 1, -1)


def _with_space(pieces: list[Piece]) -> list[Piece]:
    first = pieces[0]
    return [Piece(first.text, first.start_s, first.end_s, True, first.width, first.ending), *pieces[1:]]


def _character_width(character: str) -> int:
    if character.isascii():
        return 1
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1
