"""The words of a line with their times: kept compactly, retimed when a person writes others, joined to text."""

import gc
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from difflib import SequenceMatcher
from itertools import chain, islice, repeat
from typing import Any

import orjson

from core.speech.spoken import has_spaces, spread_words
from core.transcript.types import WordRow

_PLACES = 3
_NO_WORDS: tuple[tuple[Any, ...], ...] = ((), (), (), ())
_EMPTY: Callable[[type[WordRow]], WordRow] = object.__new__
_PUT = [getattr(WordRow, column.name).__set__ for column in fields(WordRow)]


def words_to_json(words: Iterable[Any]) -> str:
    """``[[start_s, …], [end_s, …], [text, …], [probability, …]]``, thousandths; ``[]`` without words. Words of a
    segment or of a line.
    """
    columns = [
        (round(word.start_s, _PLACES), round(word.end_s, _PLACES), word.text, round(word.probability, _PLACES))
        for word in words
    ]
    return orjson.dumps(list(zip(*columns, strict=True))).decode()


def words_from_json(text: str) -> tuple[WordRow, ...]:
    """Out of the database."""
    return words_of_lines([text])[0]


def words_of_lines(texts: Sequence[str]) -> list[tuple[WordRow, ...]]:
    """The words of many lines out of the database, each as :func:`words_to_json` wrote it.

    Frozen records are made and filled without a call in Python for each: that is six times as quick, and a long
    transcript is nearly all words.
    """
    with _collector_at_rest():
        columns = [line or _NO_WORDS for line in orjson.loads(f"[{','.join(texts)}]")]
        counts = [len(line[0]) for line in columns]
        rows = list(map(_EMPTY, repeat(WordRow, sum(counts))))
        for at, put in enumerate(_PUT):
            deque(map(put, rows, chain.from_iterable([line[at] for line in columns])), maxlen=0)
        left = iter(rows)
        return [tuple(islice(left, count)) for count in counts]


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """For some milliseconds that make very many objects and no garbage: looking for it would take longest of all."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def text_of(words: Iterable[WordRow]) -> str:
    """Words as the text of a line."""
    return " ".join("".join(word.text for word in words).split())


def spread(text: str, start_s: float, end_s: float, language: str) -> tuple[WordRow, ...]:
    """Words of a text that nobody has timed: each as long as its share of the characters."""
    parts = spread_words(" ".join(text.split()), start_s, max(start_s, end_s), language)
    return tuple(WordRow(round(begin_s, _PLACES), round(stop_s, _PLACES), word, 1.0) for word, begin_s, stop_s in parts)


def retimed(words: Sequence[WordRow], text: str, start_s: float, end_s: float, language: str) -> tuple[WordRow, ...]:
    """The words of ``text``: those that were there before keep their times, new ones share the time between them."""
    old = list(words) or list(spread(text, start_s, end_s, language))
    parts = [part for part, _, _ in spread_words(" ".join(text.split()), 0.0, 1.0, language)]
    matcher = SequenceMatcher(None, [_bare(word.text) for word in old], [_bare(part) for part in parts], autojunk=False)
    found: list[WordRow] = []
    for kind, old_begin, old_end, begin, end in matcher.get_opcodes():
        if kind == "equal":
            found += [
                WordRow(word.start_s, word.end_s, part, word.probability)
                for word, part in zip(old[old_begin:old_end], parts[begin:end], strict=True)
            ]
        elif end > begin:
            begin_s, stop_s = _between(old, old_begin, old_end, start_s, end_s)
            found += _share(parts[begin:end], begin_s, stop_s)
    return tuple(found)


def moved(words: Sequence[WordRow], start_s: float, end_s: float) -> tuple[WordRow, ...]:
    """Words of a line whose times were changed: within the new ones, or drawn there when one would fall outside."""
    if not words:
        return ()
    first_s, last_s = words[0].start_s, max(words[-1].end_s, words[0].start_s)
    inside = all(word.start_s < end_s and word.end_s > start_s for word in words)
    if inside:
        return tuple(
            WordRow(max(word.start_s, start_s), min(word.end_s, end_s), word.text, word.probability) for word in words
        )
    scale = (end_s - start_s) / (last_s - first_s) if last_s > first_s else 0.0

    def place(t_s: float) -> float:
        return round(min(end_s, max(start_s, start_s + (t_s - first_s) * scale)), _PLACES)

    return tuple(WordRow(place(word.start_s), place(word.end_s), word.text, word.probability) for word in words)


def joined_words(parts: Sequence[Sequence[WordRow]], language: str) -> tuple[WordRow, ...]:
    """The words of several lines as those of one: a space between lines where the language has spaces."""
    found: list[WordRow] = []
    for words in parts:
        for at, word in enumerate(words):
            text = word.text
            if at == 0 and found and has_spaces(language) and not text[:1].isspace():
                text = f" {text}"
            found.append(WordRow(word.start_s, word.end_s, text, word.probability))
    return tuple(found)


def _bare(text: str) -> str:
    """A word as it is compared: a comma more or another case make no other word."""
    low = text.strip().casefold()
    return "".join(character for character in low if character.isalnum()) or low


def _between(old: Sequence[WordRow], begin: int, end: int, start_s: float, end_s: float) -> tuple[float, float]:
    """The time of old words that others take the place of; where there were none, the pause between their neighbours,

    which may be of no length: then the new words stand at its moment.
    """
    if end > begin:
        return old[begin].start_s, max(old[end - 1].end_s, old[begin].start_s)
    left_s = old[begin - 1].end_s if begin else min(start_s, old[0].start_s if old else start_s)
    right_s = old[begin].start_s if begin < len(old) else max(end_s, left_s)
    return left_s, max(left_s, right_s)


def _share(parts: Sequence[str], begin_s: float, stop_s: float) -> list[WordRow]:
    total = sum(len(part) for part in parts) or 1
    found, done = [], 0
    for part in parts:
        start_s = begin_s + (stop_s - begin_s) * done / total
        done += len(part)
        end_s = begin_s + (stop_s - begin_s) * done / total
        found.append(WordRow(round(start_s, _PLACES), round(end_s, _PLACES), part, 1.0))
    return found
