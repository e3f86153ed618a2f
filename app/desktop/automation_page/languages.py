"""The languages that fields offer: names by ISO 639-2/T code."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from app.desktop.automation_page.rule_draft import ENGLISH, own_language


@dataclass(frozen=True, slots=True)
class Languages:
    """``names`` by code; ``own`` is the code of this machine's language."""

    names: Mapping[str, str]
    own: str

    def name_of(self, code: str) -> str:
        """The name of a code; one that is not known stays as it is."""
        return self.names.get(code, code)


@lru_cache(maxsize=1)
def known_languages() -> Languages:
    """All that speech recognition knows."""
    from core.errors import InvalidRequest
    from core.speech.languages import LANGUAGES, iso639_2, name

    names = {iso639_2(code): name(code) for code in LANGUAGES}
    try:
        own = iso639_2(own_language())
    except InvalidRequest:
        own = ENGLISH  # a language that speech recognition does not know
    return Languages(names, own if own in names else ENGLISH)
