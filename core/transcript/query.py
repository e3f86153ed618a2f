"""What a person typed into a search field, as terms: words, beginnings of words, phrases, and text without spaces."""

import re
import unicodedata
from dataclasses import dataclass

_TERMS = re.compile(r'"([^"]*)"?|([^\s"]+)')
_MOST_TERMS = 20
# scripts that are written without spaces: SQLite's tokenizer takes a whole sentence of them as one word
_NO_SPACES = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x0F00, 0x0FFF),  # Tibetan
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x2E80, 0x9FFF),  # radicals, kana, Han
    (0xAC00, 0xD7AF),  # Hangul, whose words carry endings
    (0xF900, 0xFAFF),
    (0xFF66, 0xFF9D),
    (0x20000, 0x3FFFF),
)


@dataclass(frozen=True, slots=True)
class Term:
    """Something that a line must hold. ``inside``: anywhere, also inside of words; ``open_end``: words beginning so."""

    text: str
    inside: bool = False
    open_end: bool = False


def terms_of(query: str) -> tuple[Term, ...]:
    """All of them must be found. ``"in quotes"`` is a phrase, ``tor*`` a beginning; so is the last word as it is typed.

    A space or a quote at the end closes the last word.
    """
    found: list[Term] = []
    for match in _TERMS.finditer(query.replace("\x00", " ")):
        phrase, word = match.group(1), match.group(2)
        text = " ".join((word if phrase is None else phrase).split())
        starred = phrase is None and text.endswith("*")
        text = text.rstrip("*") if phrase is None else text
        if not text.strip():
            continue
        last = phrase is None and match.end() == len(query)
        if needs_inside(text):
            found.append(Term(text, inside=True))
        elif any(map(_is_token, text)):
            found.append(Term(text, open_end=starred or last))
        else:
            found.append(Term(text, inside=True))
    return tuple(dict.fromkeys(found))[:_MOST_TERMS]


def match_of(terms: tuple[Term, ...]) -> str:
    """FTS5's expression for the terms that it can look for, "" when there is none.

    Each is a quoted string, so that nothing in it is syntax (sqlite.org, "FTS5", chapter 3.1).
    """
    return " AND ".join(
        '"{}"{}'.format(term.text.replace('"', '""'), "*" if term.open_end else "") for term in terms if not term.inside
    )


def like_of(term: Term) -> str:
    """For ``LIKE ? ESCAPE '\\'``."""
    escaped = re.sub(r"([\\%_])", r"\\\1", term.text)
    return f"%{escaped}%"


def marks_of(terms: tuple[Term, ...], text: str) -> tuple[tuple[int, int], ...]:
    """Where terms stand in a text: (start, end), by place, without overlap."""
    plain = folded(text)
    spans = sorted(span for term in terms for span in _spans(term, plain))
    found: list[tuple[int, int]] = []
    for start, end in spans:
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return tuple(found)


def folded(text: str) -> str:
    """Without case and accents, character for character."""
    return "".join(map(_folded_character, text))


def needs_inside(text: str) -> bool:
    """Whether text holds a script without spaces."""
    return any(low <= ord(character) <= high for character in text for low, high in _NO_SPACES)


def _spans(term: Term, plain: str) -> list[tuple[int, int]]:
    if term.inside:
        pattern = re.escape(folded(term.text))
    else:
        words = re.findall(r"[^\W_]+", folded(term.text))
        if not words:
            return []
        pattern = r"(?<![^\W_])" + r"[\W_]+".join(map(re.escape, words))
        pattern += r"[^\W_]*" if term.open_end else r"(?![^\W_])"
    return [match.span() for match in re.finditer(pattern, plain)]


def _folded_character(character: str) -> str:
    if character.isascii():
        return character.lower()
    base = unicodedata.normalize("NFD", character)[0].casefold()
    return base if len(base) == 1 else character


def _is_token(character: str) -> bool:
    """As SQLite's tokenizer unicode61 has it: letters, numbers, private use."""
    return unicodedata.category(character)[0] in {"L", "N"} or unicodedata.category(character) == "Co"
