"""Windows over the transcript: all places that replacing would change, and what was left out."""

import re
from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from itertools import accumulate

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from core.speech.types import Dropped
from core.transcript.types import Replacement
from widgets.flow import label, push_button
from widgets.transcript.marked_rows import MarkedRow, MarkedRows
from widgets.transcript.matching import Marks

_PIECES = re.compile(r"\w+|\s+|[^\w\s]")


class ReplaceDialog(QDialog):
    """Every line before and after; those that are checked are replaced."""

    replace_requested = Signal(object)
    """list[str]: ids of the lines."""

    def __init__(self, found: Sequence[Replacement], new_text: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Replace"))
        self.resize(720, 520)
        self._found = list(found)
        self._checked = [True] * len(self._found)
        self.rows = MarkedRows(self.tr("Lines that change"), rows=2)
        self.rows.set_empty_text(self.tr("Nothing would change."))
        self._all = push_button(self.tr("All"), "", "quiet", small=True)
        self._none = push_button(self.tr("None"), "", "quiet", small=True)
        self.replace = push_button("", "replace", "primary")
        self._cancel = push_button(self.tr("Cancel"))
        head = label(
            self.tr("Each line as it is, and as it will be with “{text}”. One undo takes all of it back.").format(
                text=new_text
            ),
            "muted",
            wrap=True,
        )
        buttons = QHBoxLayout()
        buttons.addWidget(self._all)
        buttons.addWidget(self._none)
        buttons.addStretch(1)
        buttons.addWidget(self._cancel)
        buttons.addWidget(self.replace)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(head)
        column.addWidget(self.rows, 1)
        column.addLayout(buttons)
        self.rows.toggled.connect(self._toggle)
        self.rows.activated.connect(self._toggle)
        self._all.clicked.connect(lambda: self._set_all(True))
        self._none.clicked.connect(lambda: self._set_all(False))
        self._cancel.clicked.connect(self.reject)
        self.replace.clicked.connect(self._accept)
        self.replace.setDefault(True)
        self._show()

    def checked_ids(self) -> list[str]:
        """The lines that will be replaced."""
        return [one.line_id for one, on in zip(self._found, self._checked, strict=True) if on]

    def done(self, code: int) -> None:
        """Close, however."""
        self.rows.stop()
        super().done(code)

    def _toggle(self, index: int) -> None:
        self._checked[index] = not self._checked[index]
        self._show()

    def _set_all(self, on: bool) -> None:
        self._checked = [on] * len(self._found)
        self._show()

    def _accept(self) -> None:
        chosen = self.checked_ids()
        self.accept()
        self.replace_requested.emit(chosen)

    def _show(self) -> None:
        rows = [replace(_row(one), checked=on) for one, on in zip(self._found, self._checked, strict=True)]
        self.rows.refresh_items(rows) if self.rows.count == len(rows) else self.rows.set_items(rows)
        count = sum(self._checked)
        words = self.tr("Replace in 1 line") if count == 1 else self.tr("Replace in {count} lines")
        self.replace.setText(words.format(count=f"{count:,}"))
        self.replace.setEnabled(count > 0)


class DroppedDialog(QDialog):
    """Text that the model invented in all likelihood, with the reason of each; a click goes there."""

    seek_requested = Signal(float)

    def __init__(self, dropped: Sequence[Dropped], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Left out"))
        self.resize(640, 480)
        self.rows = MarkedRows(self.tr("Text that was left out"), rows=2)
        self.rows.set_empty_text(self.tr("Nothing was left out."))
        self.rows.set_items(
            [MarkedRow(str(at), one.start_s, one.text, below=one.reason) for at, one in enumerate(dropped)]
        )
        self.rows.activated.connect(lambda index: self.seek_requested.emit(dropped[index].start_s))
        words = self.tr("Speech models invent text over silence and music. This was recognised as such and left out.")
        close = push_button(self.tr("Close"), "", "primary")
        close.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(label(words, "muted", wrap=True))
        column.addWidget(self.rows, 1)
        column.addLayout(buttons)

    def done(self, code: int) -> None:
        """Close, however."""
        self.rows.stop()
        super().done(code)


def _row(one: Replacement) -> MarkedRow:
    before, after = differing(one.before, one.after)
    return MarkedRow(one.line_id, one.start_s, one.before, before, below=one.after, below_marks=after)


def differing(before: str, after: str) -> tuple[Marks, Marks]:
    """Where two texts differ, word by word: (start, end) in the one and in the other."""
    old, new = _PIECES.findall(before), _PIECES.findall(after)
    old_at, new_at = _starts(old), _starts(new)
    gone: list[tuple[int, int]] = []
    come: list[tuple[int, int]] = []
    for tag, old_from, old_to, new_from, new_to in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            if old_to > old_from:
                gone.append((old_at[old_from], old_at[old_to]))
            if new_to > new_from:
                come.append((new_at[new_from], new_at[new_to]))
    return tuple(gone), tuple(come)


def _starts(pieces: Sequence[str]) -> list[int]:
    return [0, *accumulate(len(piece) for piece in pieces)]
