"""Which identities are shown on the board: six kinds, a search, and searches that a person kept."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QCoreApplication

from app.desktop.identities_page.board_data import BoardData
from app.desktop.settings import AppSettings
from core.review.types import IdentityRow


class Kind(StrEnum):
    """A filter that is always there."""

    ALL = "all"
    UNNAMED = "unnamed"
    NAMED = "named"
    MIXED = "mixed"
    LOCKED = "locked"
    SINGLETONS = "singletons"


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A kind and a text that a person gave a name."""

    name: str
    kind: Kind
    text: str


def kind_title(kind: Kind) -> str:
    """A kind in the person's language."""
    tr = QCoreApplication.translate
    return {
        Kind.ALL: tr("filters", "All"),
        Kind.UNNAMED: tr("filters", "Unnamed"),
        Kind.NAMED: tr("filters", "Named"),
        Kind.MIXED: tr("filters", "Mixed"),
        Kind.LOCKED: tr("filters", "Locked"),
        Kind.SINGLETONS: tr("filters", "Singletons"),
    }[kind]


def fits(data: BoardData, identity: IdentityRow, kind: Kind) -> bool:
    """Whether an identity is of a kind."""
    match kind:
        case Kind.ALL:
            return True
        case Kind.UNNAMED:
            return not identity.name
        case Kind.NAMED:
            return bool(identity.name)
        case Kind.MIXED:
            return data.is_mixed(identity)
        case Kind.LOCKED:
            return identity.locked
        case Kind.SINGLETONS:
            return len(identity.track_ids) == 1


def fitting(data: BoardData, kind: Kind) -> list[str]:
    """Ids of a kind, in the order of the cards."""
    return [one for one in data.shown_order() if fits(data, data.identities[one], kind)]


def saved_searches(settings: AppSettings) -> list[SavedSearch]:
    """What the person kept; what is not understood is left out."""
    return [
        SavedSearch(one["name"], Kind(one["kind"]), one["text"])
        for one in settings.saved_searches()
        if {"name", "kind", "text"} <= one.keys() and one["kind"] in set(Kind)
    ]


def keep_searches(settings: AppSettings, searches: list[SavedSearch]) -> None:
    """Remember these."""
    settings.set_saved_searches([{"name": one.name, "kind": one.kind.value, "text": one.text} for one in searches])


class KindCounts:
    """How many people each kind has, counted anew only for those that changed."""

    def __init__(self) -> None:
        self._kinds: dict[str, frozenset[Kind]] = {}
        self._counts: Counter[Kind] = Counter()

    def of(self, kind: Kind) -> int:
        """How many."""
        return self._counts[kind]

    def update(self, data: BoardData, identity_ids: Iterable[str]) -> None:
        """Some people are other than before, or gone."""
        for identity_id in identity_ids:
            self._counts.subtract(self._kinds.pop(identity_id, ()))
            identity = data.identities.get(identity_id)
            if identity is not None:
                kinds = frozenset(kind for kind in Kind if fits(data, identity, kind))
                self._kinds[identity_id] = kinds
                self._counts.update(kinds)
