"""Which subtitle beside a film belongs to it, and what its name tells: ``Film.en.forced.srt``.

The schemes are those of Plex, Jellyfin, Kodi and Bazarr: the film's name, then language and marks parted by dots.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePath

from core.scanning.media_names import SUBTITLE_EXTENSIONS, extension_of
from core.speech.languages import iso639_1, known

SUBTITLE_FOLDERS = frozenset({"subs", "sub", "subtitles"})

_FORCED = frozenset({"forced", "foreign"})
_MARKS = _FORCED | {"cc", "default", "full", "sdh", "signs", "songs"}
_HEARING_IMPAIRED = "hi"  # also Hindi: a mark only where the name tells another language as well
_WORDS = re.compile(r"[\s_()\[\]]+")
_TAG = re.compile(r"[a-z]{2,3}([-_][a-z0-9]{2,8})*", re.IGNORECASE)
_NUMBERED = re.compile(r"\d+[_\- .]+")
_LEAST_NAME_LETTERS = 4
# codes of ISO 639-2 that have no two-letter sister, but subtitles
_THREE_LETTERS_ONLY = frozenset({"fil", "haw", "hsb", "dsb", "gsw", "chr", "nds", "yue", "cmn", "ast", "mni", "sat"})


@dataclass(frozen=True, slots=True)
class NamedSubtitle:
    """A file's name with the language (ISO 639-2/T, "" = the name does not tell) and the mark that it holds."""

    name: str
    language: str
    forced: bool


def subtitles_of(media_names: Collection[str], names: Iterable[str]) -> dict[str, list[NamedSubtitle]]:
    """Of the ``names`` in a folder, the subtitles of each of its media files; of several owners the longest counts.

    ``Film.2.en.srt`` belongs to ``Film.2.mkv`` where that is there, otherwise to ``Film.mkv``.
    """
    owners: dict[str, list[str]] = {}
    for media in media_names:
        for stem in (PurePath(media).stem, media):
            owners.setdefault(stem.casefold(), []).append(media)
    found: dict[str, list[NamedSubtitle]] = {media: [] for media in media_names}
    for name in sorted(names):
        if extension_of(name) not in SUBTITLE_EXTENSIONS:
            continue
        parts = name.split(".")[:-1]
        for count in range(len(parts), 0, -1):
            if (media_of := owners.get(".".join(parts[:count]).casefold())) is not None:
                language, forced = read_tail(tuple(parts[count:]))
                for media in media_of:
                    found[media].append(NamedSubtitle(name, language, forced))
                break
    return found


def loose_subtitle(name: str) -> NamedSubtitle:
    """A subtitle in a folder of one film alone, named by its language: ``2_English.srt``, ``eng.forced.srt``."""
    stem = _NUMBERED.sub("", PurePath(name).stem, count=1)
    language, forced = read_tail(tuple(stem.split(".")))
    return NamedSubtitle(name, language, forced)


@lru_cache(maxsize=4096)
def read_tail(parts: tuple[str, ...]) -> tuple[str, bool]:
    """Language and whether it is forced, of what stands between the film's name and the extension."""
    words = [word for part in parts for word in _WORDS.split(part) if word]
    forced = any(word.casefold() in _FORCED for word in words)
    languages = [named for part in reversed(parts) for named in _languages_in(part)]
    sure = [code for word, code in languages if word != _HEARING_IMPAIRED]
    if sure:
        return sure[0], forced
    return (languages[0][1] if languages else ""), forced


def _languages_in(part: str) -> list[tuple[str, str]]:
    """Words of a part that name a language, with its code; ``pt_BR`` is one word, ``Brazilian Portuguese`` two."""
    candidates = [part] if language_of(part) else reversed(_WORDS.split(part))
    named = [(word.casefold(), language_of(word)) for word in candidates if word.casefold() not in _MARKS]
    return [(word, code) for word, code in named if code]


@lru_cache(maxsize=4096)
def language_of(word: str) -> str:
    """ISO 639-2/T code of a word in a file's name, "" when it is none.

    Stricter than for tags inside files: of the 7,000 codes with three letters (``web``, ``dub``, ``pal`` …) only those
    of languages that subtitles are named by.
    """
    low = word.casefold()
    if _TAG.fullmatch(low):
        first = re.split("[-_]", low)[0]
        code = known(first)
        if not code or (len(first) == 3 and first not in _THREE_LETTERS_ONLY and iso639_1(code) is None):
            return ""
        return code
    return known(low) if len(low) >= _LEAST_NAME_LETTERS and low.isalpha() else ""
