"""The queue of suggestions: one question at a time, answered by one key."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.desktop.edit_follow import FreshRows
from app.desktop.identities_page.suggestion_queue import SuggestionQueue
from app.desktop.review.hint import Hint
from core.suggestions.types import Suggestion
from widgets.suggestion_view import SuggestionView


class SuggestionsTab(QWidget):
    """Shows the question of now; the page asks core to do what was answered."""

    accepted = Signal(str)
    """A suggestion's key."""
    rejected = Signal(str)
    accept_all_requested = Signal(float)
    """The least likeness."""
    mark_moved = Signal(float)
    """The least likeness that is to be accepted in bulk."""
    count_changed = Signal(int)
    asked_changed = Signal(object)
    """The Suggestion on the screen, or None."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.queue = SuggestionQueue()
        self._above = 0
        self.view = SuggestionView()
        self.hint = Hint("check-circle")
        self.stack = QStackedWidget()
        self.stack.addWidget(self.hint)
        self.stack.addWidget(self.view)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.stack)
        self.setFocusProxy(self.view)
        self.view.accepted.connect(lambda: self._answer(self.accepted))
        self.view.rejected.connect(lambda: self._answer(self.rejected))
        self.view.skipped.connect(self._skip)
        self.view.accept_all_requested.connect(self.accept_all_requested)
        self.view.threshold_changed.connect(self.mark_moved)
        self.clear()

    def show_reading(self) -> None:
        """The questions are being worked out; those on the screen stay."""
        if not self.queue.found:
            self.hint.say(self.tr("Looking for suggestions"), self.tr("Everybody is compared with everybody."))
            self.stack.setCurrentWidget(self.hint)

    def show_failed(self, text: str) -> None:
        """They could not be worked out."""
        self.queue.take([])
        self.hint.say(self.tr("No suggestions now"), text)
        self.stack.setCurrentWidget(self.hint)
        self.count_changed.emit(0)

    def show_found(self, found: Sequence[Suggestion]) -> None:
        """Newer questions."""
        self.queue.take(found)
        self._show()

    def drop_touched(self, rows: FreshRows) -> None:
        """An edit took people away."""
        self.queue.drop_touched(rows)
        self._show()

    def clear(self) -> None:
        """No episode is open."""
        self.queue = SuggestionQueue()
        self._show()

    def can_accept_above(self) -> bool:
        """Whether anything lies above the mark."""
        return self._above > 0

    def accept_above(self) -> None:
        """Accept everything above the mark."""
        self.accept_all_requested.emit(self.view.threshold())

    def mark(self) -> float:
        """The least likeness that is to be accepted in bulk."""
        return self.view.threshold()

    def show_above(self, count: int | None) -> None:
        """How many would be accepted now."""
        self._above = count or 0
        self.view.set_above(count)

    def stop(self) -> None:
        """End the threads that load pictures."""
        self.view.stop()

    def _answer(self, signal: object) -> None:
        asked = self.queue.asked
        if asked is None:
            return
        self.queue.answered(asked)
        (self.accepted if signal is self.accepted else self.rejected).emit(asked)
        self._show()

    def _skip(self) -> None:
        self.queue.skip()
        self._show()

    def _show(self) -> None:
        asked = self.queue.now
        if asked is None:
            self.hint.say(
                self.tr("Nothing to ask"),
                self.tr("When two people look alike, or one looks like two, you are asked here."),
            )
            self.stack.setCurrentWidget(self.hint)
        else:
            self.stack.setCurrentWidget(self.view)
            self.view.show_suggestion(asked, self.queue.position, len(self.queue.found))
        self.count_changed.emit(len(self.queue.found))
        self.asked_changed.emit(asked)
