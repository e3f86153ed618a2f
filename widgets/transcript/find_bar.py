"""Find and replace: what to look for, how many there are, next and previous."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLineEdit, QWidget

from core.errors import InvalidRequest
from core.transcript.find_query import Pattern
from widgets.flow import Chip, IconButton, label, push_button
from widgets.transcript.matching import FindQuery


class FindBar(QFrame):
    """Shows; the panel looks. Enter = next, Shift+Enter = previous, Escape closes."""

    query_changed = Signal()
    step_requested = Signal(int)
    """1 the next place, -1 the one before."""
    preview_requested = Signal(str)
    """The new text: show what replacing would do."""
    replace_one_requested = Signal(str)
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "bar")
        self.field = QLineEdit()
        self.field.setPlaceholderText(self.tr("Find in this transcript"))
        self.field.setAccessibleName(self.tr("Find in this transcript"))
        self.field.setClearButtonEnabled(True)
        self.new_text = QLineEdit()
        self.new_text.setPlaceholderText(self.tr("Replace with"))
        self.new_text.setAccessibleName(self.tr("Replace with"))
        self.match_case = Chip(self.tr("Aa"))
        self.match_case.setToolTip(self.tr("Upper and lower case count"))
        self.whole_word = Chip(self.tr("Word"))
        self.whole_word.setToolTip(self.tr("Only whole words"))
        self.regex = Chip(self.tr(".*"))
        self.regex.setToolTip(self.tr("A regular expression"))
        self._count = label("", "small")
        self.previous = IconButton("chevron-up", self.tr("Previous place (Shift+Enter)"))
        self.next = IconButton("chevron-down", self.tr("Next place (Enter)"))
        self.close_button = IconButton("close", self.tr("Close (Escape)"))
        self.replace_one = push_button(self.tr("Replace"), "replace", small=True)
        self.preview = push_button(self.tr("Replace all…"), "", small=True)
        self.preview.setToolTip(self.tr("Shows every place before anything changes"))
        self._build()
        self._connect()
        self.show_replace(False)
        self.show_count(0, -1)

    def query(self) -> FindQuery:
        """What is looked for."""
        return FindQuery(
            self.field.text(), self.match_case.isChecked(), self.whole_word.isChecked(), self.regex.isChecked()
        )

    def pattern(self) -> Pattern | None:
        """The query compiled; an expression that cannot be read marks the field and finds nothing."""
        try:
            pattern, problem = self.query().pattern(), ""
        except InvalidRequest as error:
            pattern, problem = None, error.message
        self.show_problem(problem)
        return pattern

    def show_problem(self, problem: str) -> None:
        """Mark the field when what stands in it cannot be looked for; "" = it can."""
        if bool(self.field.property("invalid")) != bool(problem):
            self.field.setProperty("invalid", bool(problem))
            self.field.style().unpolish(self.field)
            self.field.style().polish(self.field)
        self.field.setToolTip(problem)

    def open(self, *, replace: bool, text: str = "") -> None:
        """Show the bar, with the field to write in."""
        self.show()
        self.show_replace(replace or self.new_text.isVisibleTo(self))
        if text:
            self.field.setText(text)
        self.field.setFocus()
        self.field.selectAll()

    def show_replace(self, shown: bool) -> None:
        """With or without the second row."""
        for part in (self.new_text, self.replace_one, self.preview):
            part.setVisible(shown)

    def show_count(self, count: int, at: int) -> None:
        """How many there are, and at which one the search stands."""
        if not self.field.text():
            words = ""
        elif self.field.property("invalid"):
            words = self.tr("not readable")
        elif not count:
            words = self.tr("nothing found")
        elif at >= 0:
            words = self.tr("{at} of {count}").format(at=f"{at + 1:,}", count=f"{count:,}")
        else:
            words = self.tr("1 place") if count == 1 else self.tr("{count} places").format(count=f"{count:,}")
        self._count.setText(words)
        for part in (self.previous, self.next, self.preview):
            part.setEnabled(count > 0)
        self.replace_one.setEnabled(at >= 0)

    @property
    def count_text(self) -> str:
        """What is said of the count."""
        return self._count.text()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """See the class."""
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
            self.closed.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.new_text.hasFocus():
                self.replace_one_requested.emit(self.new_text.text())
            else:
                back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
                self.step_requested.emit(-1 if back else 1)
        else:
            super().keyPressEvent(event)

    def _build(self) -> None:
        options = QHBoxLayout()
        options.setSpacing(4)
        for chip in (self.match_case, self.whole_word, self.regex):
            options.addWidget(chip)
        steps = QHBoxLayout()
        steps.setSpacing(2)
        for part in (self._count, self.previous, self.next, self.close_button):
            steps.addWidget(part)
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        buttons.addWidget(self.replace_one)
        buttons.addWidget(self.preview)
        buttons.addStretch(1)
        grid = QGridLayout(self)
        grid.setContentsMargins(12, 8, 12, 8)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        grid.addWidget(self.field, 0, 0)
        grid.addLayout(options, 0, 1)
        grid.addLayout(steps, 0, 2)
        grid.addWidget(self.new_text, 1, 0)
        grid.addLayout(buttons, 1, 1, 1, 2)
        grid.setColumnStretch(0, 1)

    def _connect(self) -> None:
        self.field.textChanged.connect(lambda _text: self.query_changed.emit())
        for chip in (self.match_case, self.whole_word, self.regex):
            chip.toggled.connect(lambda _on: self.query_changed.emit())
        self.previous.clicked.connect(lambda: self.step_requested.emit(-1))
        self.next.clicked.connect(lambda: self.step_requested.emit(1))
        self.close_button.clicked.connect(self.hide)
        self.close_button.clicked.connect(self.closed)
        self.replace_one.clicked.connect(lambda: self.replace_one_requested.emit(self.new_text.text()))
        self.preview.clicked.connect(lambda: self.preview_requested.emit(self.new_text.text()))
