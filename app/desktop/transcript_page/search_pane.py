"""Who said “torque”? Search over everything that was said in the library."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.desktop.message import PageMessage
from app.desktop.services import Services
from core.transcript.types import Found
from models.errors import RushesError
from widgets.flow import Chip, SearchField, label, separator
from widgets.transcript.marked_rows import MarkedRow, MarkedRows

MOST_FOUND = 300


class SearchPane(QWidget):
    """A field, and the lines that were found with their episodes."""

    chosen = Signal(object)
    """Found: open it there."""

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._ep_id = ""
        self._found: Sequence[Found] = ()
        self.field = SearchField(self.tr("Who said…"))
        self.field.setToolTip(self.tr("Words, or a “phrase in quotes”; in all transcripts of the library"))
        self.here = Chip(self.tr("Only this episode"))
        self.rows = MarkedRows(self.tr("Lines that were found"), rows=1, titles=True)
        self.message = PageMessage()
        self._count = label("", "small")
        self._stack = QStackedWidget()
        self._stack.addWidget(self.message)
        self._stack.addWidget(self.rows)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        top = QVBoxLayout()
        top.setContentsMargins(12, 10, 12, 8)
        top.setSpacing(8)
        top.addWidget(self.field)
        top.addWidget(self.here)
        top.addWidget(self._count)
        column.addLayout(top)
        column.addWidget(separator())
        column.addWidget(self._stack, 1)
        self.field.searched.connect(lambda _text: self.search())
        self.here.toggled.connect(lambda _on: self.search())
        self.rows.clicked.connect(self._choose)
        self.rows.activated.connect(self._choose)
        self.set_episode("")
        self._say_hint()

    @property
    def found(self) -> Sequence[Found]:
        """What is shown."""
        return self._found

    @property
    def count_text(self) -> str:
        """What is said of the count."""
        return self._count.text()

    def set_episode(self, ep_id: str) -> None:
        """The episode in hand, "" = none."""
        if ep_id == self._ep_id and ep_id:
            return
        self._ep_id = ep_id
        self.here.setEnabled(bool(ep_id))
        if self.here.isChecked():
            self.search()

    def search(self) -> None:
        """Look for what is written."""
        query, library = self.field.text().strip(), self._services.library
        ep_id = self._ep_id if self.here.isChecked() and self._ep_id else None
        if not query:
            self._services.background.drop("transcript-search")
            self._found = ()
            self._say_hint()
            return

        def read() -> Sequence[Found]:
            from core.transcript.search import search

            return search(library, query, ep_id=ep_id, limit=MOST_FOUND)

        self._services.background.run_query(
            read, lambda found: self._show(query, found), latest_key="transcript-search", failed=self._fail, owner=self
        )

    def close_pane(self) -> None:
        """The library is being closed."""
        self.rows.stop()

    def _choose(self, index: int) -> None:
        if 0 <= index < len(self._found):
            self.chosen.emit(self._found[index])

    def _show(self, query: str, found: Sequence[Found]) -> None:
        self._found = found
        if not found:
            self._count.hide()
            text = self.tr("Nobody said “{query}” in what was transcribed so far.").format(query=query)
            self.message.say("search", self.tr("Nothing was found"), text)
            self._stack.setCurrentIndex(0)
            return
        episodes = len({one.ep_id for one in found})
        count = f"{len(found):,}+" if len(found) >= MOST_FOUND else f"{len(found):,}"
        lines = self.tr("1 line") if len(found) == 1 else self.tr("{count} lines").format(count=count)
        places = self.tr("1 episode") if episodes == 1 else self.tr("{count} episodes").format(count=episodes)
        self._count.setText(self.tr("{lines} in {episodes}").format(lines=lines, episodes=places))
        self._count.show()
        self.rows.set_items(
            [
                MarkedRow(one.line_id, one.start_s, one.text, one.marks, who=one.speaker, title=one.title)
                for one in found
            ]
        )
        self._stack.setCurrentIndex(1)

    def _fail(self, error: Exception) -> None:
        self._found = ()
        self._count.hide()
        text = f"{error.message}\n\n{error.action}" if isinstance(error, RushesError) else ""
        self.message.say("warning", self.tr("The search failed"), text, (self.tr("Try again"), "retry", self.search))
        self._stack.setCurrentIndex(0)

    def _say_hint(self) -> None:
        self._count.hide()
        self.message.say(
            "search",
            self.tr("Who said it?"),
            self.tr("Search all transcripts of the library for words or a “phrase”."),
        )
        self._stack.setCurrentIndex(0)
