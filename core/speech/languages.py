"""Languages by any of their names: codes of ISO 639-1, 639-2 (T and B), 639-3 and Whisper, tags like pt-BR, English.

Tables of ISO 639 come from the library iso639-lang; which languages Whisper knows, and what it calls them, from
OpenAI's Whisper (tokenizer.py).
"""

import functools
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from core.errors import InvalidRequest

if TYPE_CHECKING:
    from iso639 import Lang

LANGUAGES: Mapping[str, str] = MappingProxyType(
    {
        "en": "English",
        "zh": "Chinese",
        "de": "German",
        "es": "Spanish",
        "ru": "Russian",
        "ko": "Korean",
        "fr": "French",
        "ja": "Japanese",
        "pt": "Portuguese",
        "tr": "Turkish",
        "pl": "Polish",
        "ca": "Catalan",
        "nl": "Dutch",
        "ar": "Arabic",
        "sv": "Swedish",
        "it": "Italian",
        "id": "Indonesian",
        "hi": "Hindi",
        "fi": "Finnish",
        "vi": "Vietnamese",
        "he": "Hebrew",
        "uk": "Ukrainian",
        "el": "Greek",
        "ms": "Malay",
        "cs": "Czech",
        "ro": "Romanian",
        "da": "Danish",
        "hu": "Hungarian",
        "ta": "Tamil",
        "no": "Norwegian",
        "th": "Thai",
        "ur": "Urdu",
        "hr": "Croatian",
        "bg": "Bulgarian",
        "lt": "Lithuanian",
        "la": "Latin",
        "mi": "Maori",
        "ml": "Malayalam",
        "cy": "Welsh",
        "sk": "Slovak",
        "te": "Telugu",
        "fa": "Persian",
        "lv": "Latvian",
        "bn": "Bengali",
        "sr": "Serbian",
        "az": "Azerbaijani",
        "sl": "Slovenian",
        "kn": "Kannada",
        "et": "Estonian",
        "mk": "Macedonian",
        "br": "Breton",
        "eu": "Basque",
        "is": "Icelandic",
        "hy": "Armenian",
        "ne": "Nepali",
        "mn": "Mongolian",
        "bs": "Bosnian",
        "kk": "Kazakh",
        "sq": "Albanian",
        "sw": "Swahili",
        "gl": "Galician",
        "mr": "Marathi",
        "pa": "Punjabi",
        "si": "Sinhala",
        "km": "Khmer",
        "sn": "Shona",
        "yo": "Yoruba",
        "so": "Somali",
        "af": "Afrikaans",
        "oc": "Occitan",
        "ka": "Georgian",
        "be": "Belarusian",
        "tg": "Tajik",
        "sd": "Sindhi",
        "gu": "Gujarati",
        "am": "Amharic",
        "yi": "Yiddish",
        "lo": "Lao",
        "uz": "Uzbek",
        "fo": "Faroese",
        "ht": "Haitian Creole",
        "ps": "Pashto",
        "tk": "Turkmen",
        "nn": "Nynorsk",
        "mt": "Maltese",
        "sa": "Sanskrit",
        "lb": "Luxembourgish",
        "my": "Myanmar",
        "bo": "Tibetan",
        "tl": "Tagalog",
        "mg": "Malagasy",
        "as": "Assamese",
        "tt": "Tatar",
        "haw": "Hawaiian",
        "ln": "Lingala",
        "ha": "Hausa",
        "ba": "Bashkir",
        "jw": "Javanese",
        "su": "Sundanese",
        "yue": "Cantonese",
    }
)
"""Every language that Whisper knows: its code and its English name."""

_ALIASES = {
    "burmese": "my",
    "castilian": "es",
    "farsi": "fa",
    "filipino": "fil",
    "flemish": "nl",
    "haitian": "ht",
    "mandarin": "zh",
    "moldavian": "ro",
    "moldovan": "ro",
    "panjabi": "pa",
    "pushto": "ps",
    "sinhalese": "si",
    "valencian": "ca",
}
# languages that are others' members or parts to Whisper
_WHISPERS = {"jav": "jw", "nob": "no", "cmn": "zh", "fil": "tl", "pes": "fa", "arb": "ar", "iw": "he", "in": "id"}
_NOT_A_LANGUAGE = frozenset({"", "und", "unknown", "mul", "mis", "zxx", "qaa"})
_TAG = re.compile(r"[-_]")


def whisper_code(text: str) -> str:
    """Whisper's code of a language: ``en`` for eng, English, en-GB. Raises InvalidRequest when it knows no such one."""
    wanted = text.strip().lower()
    if wanted in LANGUAGES:
        return wanted
    language = _language(text)
    for candidate in (_WHISPERS.get(wanted, ""), _WHISPERS.get(language.pt3, ""), language.pt1, language.pt3):
        if candidate in LANGUAGES:
            return candidate
    raise InvalidRequest(
        f"Whisper knows no {language.name} (“{text}”).", action="Choose another language, or leave it to be recognised."
    )


def iso639_2(text: str) -> str:
    """The code of ISO 639-2/T: ``deu`` for de, ger, German; that of ISO 639-3 where there is none. InvalidRequest."""
    language = _language(text)
    return str(language.pt2t or language.pt3)


def iso639_1(text: str) -> str | None:
    """The code of ISO 639-1, None for a language without one. Raises InvalidRequest."""
    return _language(text).pt1 or None


def name(text: str) -> str:
    """What people call it in English, as Whisper does where it knows it. Raises InvalidRequest."""
    wanted = text.strip().lower()
    try:
        code = wanted if wanted in LANGUAGES else whisper_code(text)
    except InvalidRequest:
        return _plain_name(_language(text).name)
    return LANGUAGES[code]


def known(text: str) -> str:
    """The code of ISO 639-2/T of a file's tag, "" for one that says nothing or that nobody knows."""
    if text.strip().lower() in _NOT_A_LANGUAGE:
        return ""
    try:
        return iso639_2(text)
    except InvalidRequest:
        return ""


def matches(first: str, second: str) -> bool:
    """Whether two tags name one language, whatever their forms, or what is one to Whisper (zho and cmn, nor and nob).

    Tags that nobody knows match nothing.
    """
    one, other = known(first), known(second)
    return bool(one) and (one == other or (bool(other) and _heard_as(one) == _heard_as(other)))


def listed(text: str) -> tuple[str, ...]:
    """Codes of ISO 639-2/T of languages separated by commas, each once. Raises InvalidRequest."""
    return tuple(dict.fromkeys(iso639_2(one) for one in text.split(",") if one.strip()))


def _heard_as(code: str) -> str:
    """Whisper's code of a language, or the code itself."""
    try:
        return whisper_code(code)
    except InvalidRequest:
        return code


@functools.lru_cache(maxsize=1024)
def _language(text: str) -> "Lang":
    from iso639 import Lang  # noqa: PLC0415  its tables are slow to load, and the list above needs none of them
    from iso639.exceptions import DeprecatedLanguageValue, InvalidLanguageValue  # noqa: PLC0415  as above

    wanted = text.strip()
    low = wanted.lower()
    by_name = _names().get(low) or _ALIASES.get(low)
    for candidate in (by_name, low, wanted, wanted.title(), _TAG.split(low)[0]):
        if not candidate or candidate in _NOT_A_LANGUAGE:
            continue
        try:
            return Lang({"jw": "jv", "iw": "he", "in": "id"}.get(candidate, candidate))
        except (InvalidLanguageValue, DeprecatedLanguageValue):
            continue
    raise InvalidRequest(
        f"“{text}” is no language.", action="Write a code such as en, eng or pt-BR, or its English name."
    )


@functools.cache
def _names() -> dict[str, str]:
    return {full.lower(): code for code, full in LANGUAGES.items()}


def _plain_name(official: str) -> str:
    """Without what ISO adds in brackets: ``Occitan (post 1500)``."""
    return re.sub(r"\s*\(.*?\)", "", official)
