"""What was worked out about an episode, kept until something changes."""

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from core.library.library import Library
from core.suggestions.people import People
from core.suggestions.read import Key, read_people, state_key
from core.suggestions.together import Together
from core.suggestions.types import Suggestion

EPISODES_KEPT = 4


@dataclass(slots=True)
class Present:
    """The people of an episode; ``suggestions`` is filled in by those who find them, ranked, without pictures."""

    key: Key
    people: People
    together: Together
    suggestions: list[Suggestion] | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


class _Kept:
    """The episodes of one library that were looked at last."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.episodes: OrderedDict[str, Present] = OrderedDict()


_KEPT: WeakKeyDictionary[Library, _Kept] = WeakKeyDictionary()
_ONE_AT_A_TIME = threading.Lock()


def present(library: Library, ep_id: str) -> Present | None:
    """The people of an episode as they are now; None before its first clustering. Raises NotFound."""
    library.episodes.get(ep_id)
    with _ONE_AT_A_TIME:
        kept = _KEPT.setdefault(library, _Kept())
    with kept.lock:  # two that ask at once wait for one answer
        known = kept.episodes.get(ep_id)
        if known is not None and known.key == state_key(library.store.read(), ep_id):
            kept.episodes.move_to_end(ep_id)
            return known
        read = read_people(library, ep_id, known.together if known else None)
        if read is None:
            kept.episodes.pop(ep_id, None)
            return None
        kept.episodes[ep_id] = found = Present(*read)
        kept.episodes.move_to_end(ep_id)
        while len(kept.episodes) > EPISODES_KEPT:
            kept.episodes.popitem(last=False)
        return found
