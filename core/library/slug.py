"""Ids of episodes: short names that are safe as a folder on every system and in a URL."""

import hashlib
import re
import unicodedata
from collections.abc import Callable

from core.errors import InvalidRequest

ID_PATTERN = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_LONGEST_GUESS = 48
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?")  # Windows refuses them as file names
_WITHOUT_ACCENT = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th"})


def slug_of(title: str) -> str:
    """A readable id for a title; titles without any Latin letter or digit get a short hash."""
    plain = unicodedata.normalize("NFKD", title.casefold().translate(_WITHOUT_ACCENT))
    latin = plain.encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9._]+", "-", latin)[:_LONGEST_GUESS].strip("-._")
    slug = re.sub(r"[._-]*-[._-]*", "-", slug)
    if not slug or _RESERVED.fullmatch(slug):
        digest = hashlib.blake2b(title.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()
        return f"{slug or 'episode'}-{digest}"
    return slug


def unique_slug(title: str, taken: Callable[[str], bool]) -> str:
    """The title's id, numbered if another episode has it."""
    slug = slug_of(title)
    candidate, number = slug, 1
    while taken(candidate):
        number += 1
        candidate = f"{slug}-{number}"
    return candidate


def check_id(ep_id: str) -> str:
    """The id itself, or InvalidRequest when it cannot be one."""
    if not ID_PATTERN.fullmatch(ep_id) or ep_id.endswith(".") or _RESERVED.fullmatch(ep_id):
        raise InvalidRequest(
            f"“{ep_id}” cannot be the id of an episode.",
            action="Use up to 64 lower-case letters, digits, dots, dashes and underscores, such as show-s01e02.",
        )
    return ep_id
