"""The side of the lanes: the lane in hand, its labels, and the mark that is selected."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QCompleter,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.desktop.annotate_page.book import MOST_LABELS, Lane, LaneBook, labels_of
from app.desktop.annotate_page.provenance_words import parameter_lines, provenance_lines
from app.desktop.annotate_page.words import count_words
from core.annotate.types import OwnMark, TierKind
from widgets.annotate import CanvasMark
from widgets.flow import Chip, ChipFlow, ElidedLabel, IconButton, label, push_button, separator
from widgets.time_text import format_span, format_time
from widgets.transcript.line_bar import TimeField

MOST_KEYS = 9
COMMENT_PX = 40


class MarkingPane(QScrollArea):
    """Shows; what is asked for goes out as signals. ``brush`` is the label that new marks get."""

    label_given = Signal(str)
    """For the selected marks; with none selected, for the marks to come."""
    times_given = Signal(float, float)
    comment_given = Signal(str)
    left = Signal()
    """A label was written: the keys belong to the lanes again."""
    edit_lane_requested = Signal()
    correct_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setObjectName("annotateMarking")
        self.setAccessibleName(self.tr("Lane and mark"))
        self.title = ElidedLabel("", "heading")
        self.about = label("", "small", wrap=True)
        self.edit = IconButton("rename", self.tr("Name and labels of this lane…"), size_px=16)
        self.correct = push_button(self.tr("Correct this lane"), "copy", "primary", small=True)
        self.facts = label("", "small", wrap=True)
        self.labels_head = label(
            self.tr("No labels yet. Write one below a mark, or list them at the pencil."), "small", wrap=True
        )
        self._chips = ChipFlow()
        self.mark_head = label("", "strong")
        self.start = TimeField(self.tr("Start"))
        self.end = TimeField(self.tr("End"))
        self.start_words, self.end_words = label(self.tr("From"), "small"), label(self.tr("to"), "small")
        self.length = label("", "small")
        self.name = QLineEdit()
        self.comment = QPlainTextEdit()
        self.machine = label("", "small", wrap=True)
        self.keys = label("", "small", wrap=True)
        self._shown_labels: tuple[str, ...] = ()
        self._label_chips: list[Chip] = []
        self._marks: list[OwnMark] = []
        self._build()
        self._connect()

    def show_lane(
        self, lane: Lane | None, book: LaneBook | None, marks: Sequence[OwnMark], machine: CanvasMark | None, brush: str
    ) -> None:
        """The lane in hand with the selected marks of it; ``machine``: the one that is selected in a found lane."""
        self._marks = list(marks)
        self.title.set_text(lane.title if lane is not None else self.tr("No lane in hand"))
        self.about.setText(self._about(lane))
        self.edit.setVisible(lane is not None and lane.editable)
        can_copy = lane is not None and not lane.editable and lane.kind is not TierKind.SERIES
        self.correct.setVisible(can_copy)
        self.facts.setText("\n".join(provenance_lines(lane, book)))
        self.facts.setToolTip("\n".join(parameter_lines(lane, book)))
        self.facts.setVisible(bool(self.facts.text()))
        self._show_labels(lane, brush)
        self._show_mark(lane, machine)
        self.keys.setText(self._key_words(lane))

    def focus_label(self) -> None:
        """Write the label of the selected marks."""
        self.name.setFocus()
        self.name.selectAll()

    def shown_ids(self) -> tuple[int, ...]:
        """Marks whose fields these are."""
        return tuple(one.mark_id for one in self._marks)

    def label_of_key(self, number: int) -> str | None:
        """The label that a digit gives."""
        return self._shown_labels[number - 1] if 0 < number <= len(self._shown_labels) else None

    # ---- inside

    def _about(self, lane: Lane | None) -> str:
        if lane is None:
            return self.tr("Choose a lane below, or add one of your own.")
        whose = (
            self.tr("marked by {coder}").format(coder=lane.origin or self.tr("nobody named"))
            if lane.editable
            else lane.origin
        )
        words = f"{count_words(lane.kind, len(lane.tier))} · {whose}"
        if lane.own is not None and lane.own.origin:
            words += "\n" + self.tr("from {origin}").format(origin=lane.own.origin)
        return words

    def _show_labels(self, lane: Lane | None, brush: str) -> None:
        own = lane is not None and lane.editable
        names = labels_of(lane.tier) if lane is not None and own else ()
        if names != self._shown_labels:
            self._shown_labels = names
            self._renew_chips()
            self.name.setCompleter(_completer(names, self.name))
        for chip, name in zip(self._label_chips, names, strict=False):
            chip.setChecked(name in ({mark.label for mark in self._marks} or {brush}))
        self.labels_head.setVisible(own and not names)

    def _renew_chips(self) -> None:
        self._label_chips = [self._chip(at, name) for at, name in enumerate(self._shown_labels[:MOST_LABELS], 1)]
        self._chips.set_parts(self._label_chips)
        self._chips.setVisible(bool(self._label_chips))

    def _chip(self, number: int, name: str) -> Chip:
        chip = Chip(f"{number}  {name}" if number <= MOST_KEYS else name)
        chip.setToolTip(self.tr("Label the selected marks, or the marks to come, “{name}”").format(name=name))
        chip.clicked.connect(lambda _on=False: self.label_given.emit(name))
        return chip

    def _show_mark(self, lane: Lane | None, machine: CanvasMark | None) -> None:
        marks, own = self._marks, lane is not None and lane.editable
        one = marks[0] if len(marks) == 1 else None
        self.mark_head.setText(
            self.tr("{count} marks selected").format(count=len(marks))
            if len(marks) > 1
            else self.tr("Selected mark")
            if one is not None or machine is not None
            else self.tr("No mark selected")
        )
        self.mark_head.setVisible(bool(marks) or machine is not None or own)
        point = lane is not None and lane.kind is TierKind.POINTS
        for part in (self.start, self.start_words, self.comment):
            part.setVisible(one is not None and own)
        for part in (self.end, self.end_words, self.length):
            part.setVisible(one is not None and own and not point)
        self.name.setVisible(bool(marks) and own)
        with QSignalBlocker(self.name), QSignalBlocker(self.comment):
            texts = {mark.label for mark in marks}
            if not (self.name.hasFocus() and self.name.isModified()):
                self.name.setText(next(iter(texts)) if len(texts) == 1 else "")
                self.name.setPlaceholderText(self.tr("different labels") if len(texts) > 1 else self.tr("Label"))
            if one is not None and not self.comment.hasFocus():
                self.comment.setPlainText(one.comment)
        if one is not None:
            self.start.set_value_s(one.start_s)
            self.end.set_value_s(one.end_s)
            self.length.setText("" if point else format_span(one.end_s - one.start_s))
        self.machine.setText(_machine_words(machine) if machine is not None and not own else "")
        self.machine.setVisible(bool(self.machine.text()))

    def _key_words(self, lane: Lane | None) -> str:
        if lane is None:
            return ""
        if not lane.editable:
            return ""
        if lane.kind is TierKind.POINTS:
            return self.tr("N: point at the playhead · Enter: label · 1-9: label it · Del: delete")
        return self.tr("Drag to draw · I and O: start and end · S: split · Enter: label · 1-9: label it · Del: delete")

    def _on_time(self) -> None:
        if len(self._marks) == 1:
            start_s, end_s = self.start.value_s, self.end.value_s
            if not self.end.isVisible():
                end_s = start_s
            if (start_s, end_s) != (self._marks[0].start_s, self._marks[0].end_s):
                self.times_given.emit(start_s, end_s)

    def _on_name(self) -> None:
        if self._marks and self.name.isModified():
            self.name.setModified(False)
            self.label_given.emit(self.name.text().strip())

    def _on_comment(self) -> None:
        text = self.comment.toPlainText().strip()
        if len(self._marks) == 1 and text != self._marks[0].comment:
            self.comment_given.emit(text)

    def _build(self) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(14, 10, 14, 8)
        column.setSpacing(6)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.edit)
        column.addLayout(head)
        column.addWidget(self.about)
        column.addWidget(self.correct, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.facts)
        column.addWidget(separator())
        column.addWidget(self.labels_head)
        column.addWidget(self._chips)
        column.addWidget(self.mark_head)
        self.name.setAccessibleName(self.tr("Label of the selected marks"))
        self.comment.setAccessibleName(self.tr("Comment on the mark"))
        self.comment.setPlaceholderText(self.tr("Comment"))
        self.comment.setFixedHeight(COMMENT_PX)
        self.comment.setTabChangesFocus(True)
        column.addWidget(self.name)
        column.addLayout(self._times())
        column.addWidget(self.comment)
        column.addWidget(self.machine)
        column.addStretch(1)
        column.addWidget(self.keys)
        self.setWidget(inside)

    def _times(self) -> QGridLayout:
        times = QGridLayout()
        times.setHorizontalSpacing(8)
        times.setVerticalSpacing(6)
        for row, (words, field) in enumerate(((self.start_words, self.start), (self.end_words, self.end))):
            times.addWidget(words, row, 0)
            times.addWidget(field, row, 1)
        times.addWidget(self.length, 1, 2)
        times.setColumnStretch(2, 1)
        return times

    def _connect(self) -> None:
        self.edit.clicked.connect(self.edit_lane_requested)
        self.correct.clicked.connect(self.correct_requested)
        self.correct.setToolTip(self.tr("What a pipeline found stays as it is: a copy of it is yours to change"))
        self.start.time_committed.connect(lambda _t_s: self._on_time())
        self.end.time_committed.connect(lambda _t_s: self._on_time())
        self.name.editingFinished.connect(self._on_name)
        self.name.returnPressed.connect(self.left)
        self.comment.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A comment is kept when the field is left."""
        if watched is self.comment and event.type() == QEvent.Type.FocusOut:
            self._on_comment()
        return super().eventFilter(watched, event)


def _completer(names: Sequence[str], parent: QLineEdit) -> QCompleter:
    completer = QCompleter(list(names), parent)
    completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
    completer.setFilterMode(Qt.MatchFlag.MatchContains)
    return completer


def _machine_words(mark: CanvasMark) -> str:
    times = format_time(mark.start_s)
    if mark.end_s > mark.start_s:
        times = f"{times} - {format_time(mark.end_s)}  ({format_span(mark.end_s - mark.start_s)})"
    score = f"{mark.score:.0%}" if mark.score is not None else ""
    return "\n".join(part for part in (mark.label, times, score, mark.hint) if part)
