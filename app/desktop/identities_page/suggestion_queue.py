"""The questions to the person, in order: which is asked now, which were put off. Knows no widget."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from app.desktop.edit_follow import FreshRows
from core.suggestions.types import Suggestion, SuggestionKind


@dataclass(slots=True)
class SuggestionQueue:
    """``asked`` is the key of the question on the screen; what was skipped comes after all others."""

    found: list[Suggestion] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    asked: str | None = None

    def take(self, found: Sequence[Suggestion]) -> None:
        """Newer suggestions; the question on the screen stays if it is still one."""
        keys = {one.key for one in found}
        self.found = list(found)
        self.skipped = [key for key in self.skipped if key in keys]
        if self.asked not in keys:
            self._ask_first()

    @property
    def now(self) -> Suggestion | None:
        """The question on the screen."""
        return next((one for one in self.found if one.key == self.asked), None)

    @property
    def position(self) -> int:
        """Which of all questions that is, from 0."""
        return next((at for at, one in enumerate(self._order()) if one.key == self.asked), 0)

    def skip(self) -> None:
        """Ask it again after all the others."""
        if self.asked is not None and self.asked not in self.skipped:
            self.skipped.append(self.asked)
        elif self.asked is not None:
            self.skipped.remove(self.asked)
            self.skipped.append(self.asked)
        self._ask_first()

    def answered(self, key: str) -> None:
        """It was accepted or rejected: ask the next, without those that the answer made pointless."""
        answered = next((one for one in self.found if one.key == key), None)
        if answered is None:
            return
        self.found = [one for one in self.found if not _pointless_after(answered, one)]
        self.skipped = [other for other in self.skipped if other != key]
        if self.asked == key or self.now is None:
            self._ask_first()

    def drop_touched(self, rows: FreshRows) -> None:
        """An edit took people away: nothing more is asked about them."""
        gone = rows.gone_identities
        if gone:
            self.found = [one for one in self.found if one.identity_id not in gone and one.target_id not in gone]
            if self.now is None:
                self._ask_first()

    def singletons(self) -> list[Suggestion]:
        """Tracks on their own with their best match, the surest first."""
        mine = [one for one in self.found if one.kind == SuggestionKind.SINGLETON]
        return sorted(mine, key=lambda one: (-one.likeness, one.key))

    def find(self, key: str) -> Suggestion | None:
        """A question by its key."""
        return next((one for one in self.found if one.key == key), None)

    def _order(self) -> list[Suggestion]:
        put_off = set(self.skipped)
        by_key = {one.key: one for one in self.found}
        later: Iterable[Suggestion] = (by_key[key] for key in self.skipped if key in by_key)
        return [*(one for one in self.found if one.key not in put_off), *later]

    def _ask_first(self) -> None:
        order = self._order()
        self.asked = order[0].key if order else None


def _pointless_after(answered: Suggestion, other: Suggestion) -> bool:
    """The question itself, and what else was asked about somebody whom a merge would have taken away."""
    return other.key == answered.key
