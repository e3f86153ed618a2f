"""The gold recording's steps on its own timeline: proposed by the machine, edited by people, undone by name."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from app.desktop.message import PageMessage
from app.desktop.procedures_page.book import Pair
from core.procedures.types import ProcedureVideo, Step
from widgets.flow import ElidedLabel, push_button
from widgets.image_loader import Provided
from widgets.procedures import StepForm, StepTimeline

THUMBS = 24
TIMELINE_PX, MOST_TIMELINE_PX = 176, 260
"""Pictures of the film side by side tell more than one that is large."""


class StepsTab(QWidget):
    """Timeline, form and the line above them."""

    edited = Signal(object, str)
    """tuple[Step, ...] and the name of the edit."""
    propose_requested = Signal()
    undo_requested = Signal()
    redo_requested = Signal()
    seek_requested = Signal(float, bool)

    def __init__(self, provide_still: Callable[[float], Provided], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._provide_still = provide_still
        self._thumbs_of: int | None = None
        self._steps: tuple[Step, ...] = ()
        self._length_s = 0.0
        self.version = 0
        self.timeline = StepTimeline()
        self.form = StepForm()
        self.message = PageMessage()
        self.title = ElidedLabel("", "small")
        self.propose = push_button(self.tr("Propose again"), "sample", "quiet", small=True)
        self.undo = push_button(self.tr("Undo"), "undo", "quiet", small=True)
        self.redo = push_button(self.tr("Redo"), "redo", "quiet", small=True)
        self._stack = QStackedWidget()
        self._build()
        self._connect()
        self.show_pair(Pair(), over_time_factor=1.5)

    def show_pair(self, pair: Pair, *, over_time_factor: float) -> None:
        """The gold recording's steps of now; the selected step stays selected."""
        gold, listed = pair.gold, pair.steps
        if gold is None or listed is None or gold.embedding_id is None:
            self._steps, self.version = (), 0
            self._say_nothing(gold)
            return
        selected = self.timeline.selected()
        self._steps, self.version = listed.steps, listed.version
        self._stack.setCurrentIndex(1)
        self._show_film(gold)
        self.timeline.set_snap_times(pair.changes_s)
        self.timeline.set_steps(listed.steps)
        self.form.set_over_time_factor(over_time_factor)
        self.timeline.set_selected(selected if selected is not None and selected < len(listed.steps) else None)
        self._show_step(self.timeline.selected())
        self._show_names(listed.name, listed.actor, listed.can_undo, listed.can_redo)

    def set_position(self, gold_s: float | None) -> None:
        """The second of the gold recording on screen."""
        if gold_s is not None:
            self.timeline.set_position(gold_s)

    def select(self, index: int) -> None:
        """Show a step."""
        if 0 <= index < len(self._steps):
            self.timeline.set_selected(index)
            self._show_step(index)

    @property
    def steps(self) -> tuple[Step, ...]:
        """As they are stored."""
        return self._steps

    def stop(self) -> None:
        """End the threads that load pictures."""
        self.timeline.stop()

    # ---- inside

    def _show_film(self, gold: ProcedureVideo) -> None:
        if self._thumbs_of == gold.video_id:
            return
        self._thumbs_of = gold.video_id
        duration_s = self._length_s = gold.info.duration_s
        times_s = [(number + 0.5) * duration_s / THUMBS for number in range(THUMBS)]
        provide_still = self._provide_still
        self.timeline.clear()
        self.timeline.set_duration(duration_s)
        aspect = gold.info.width_px / max(gold.info.height_px, 1)
        self.timeline.set_thumbnails(times_s, lambda at: provide_still(times_s[at]), aspect)
        self.timeline.set_editable(True)
        self.form.set_editable(True)

    def _say_nothing(self, gold: ProcedureVideo | None) -> None:
        self._thumbs_of = None
        self.timeline.clear()
        self._stack.setCurrentIndex(0)
        self._show_names("", "", None, None)
        if gold is None:
            self.message.say(
                "procedures", self.tr("No steps yet"), self.tr("Steps belong to a gold recording: add one first.")
            )
        else:
            self.message.say(
                "clock",
                self.tr("The gold recording is not measured yet"),
                self.tr("When it is, its steps are proposed here; you name and correct them."),
            )

    def _show_step(self, index: int | None) -> None:
        if index is None or not 0 <= index < len(self._steps):
            self.form.set_step(-1, None)
            return
        earliest_s = self._steps[index - 1].end_s if index else 0.0
        latest_s = self._steps[index + 1].start_s if index + 1 < len(self._steps) else self._length_s
        self.form.set_bounds(earliest_s, latest_s)
        self.form.set_step(index, self._steps[index])

    def _show_names(self, name: str, actor: str, can_undo: str | None, can_redo: str | None) -> None:
        by = self.tr("by the machine") if actor == "machine" else self.tr("by {actor}").format(actor=actor)
        count = self.tr("{count} steps").format(count=len(self._steps))
        self.title.set_text("  ·  ".join(part for part in (count, name, by if actor else "") if part) if name else "")
        self.propose.setEnabled(self._stack.currentIndex() == 1)
        for button, step, words in (
            (self.undo, can_undo, self.tr("Undo {step} (Ctrl+Z)")),
            (self.redo, can_redo, self.tr("Redo {step} (Ctrl+Shift+Z)")),
        ):
            button.setEnabled(step is not None)
            button.setToolTip(words.format(step=step) if step is not None else "")

    def _on_form(self, index: int, step: Step) -> None:
        if not 0 <= index < len(self._steps) or step == self._steps[index]:
            return
        changed = (*self._steps[:index], step, *self._steps[index + 1 :])
        self.edited.emit(changed, self._name_of_change(self._steps[index], step))

    def _name_of_change(self, before: Step, after: Step) -> str:
        if before.name != after.name:
            return self.tr("rename step “{name}”").format(name=after.name)
        if (before.start_s, before.end_s) != (after.start_s, after.end_s):
            return self.tr("times of “{name}”").format(name=after.name)
        return self.tr("change “{name}”").format(name=after.name)

    def _on_steps(self, steps: Sequence[Step], name: str) -> None:
        self.edited.emit(tuple(steps), name)

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(12, 4, 8, 4)
        head.setSpacing(4)
        head.addWidget(self.title, 1)
        for button in (self.undo, self.redo, self.propose):
            head.addWidget(button)
        split = QSplitter(Qt.Orientation.Vertical)
        self.timeline.setMaximumHeight(MOST_TIMELINE_PX)
        split.setChildrenCollapsible(False)
        split.addWidget(self.timeline)
        split.addWidget(self._framed(self.form))
        split.setStretchFactor(0, 0)
        split.setStretchFactor(1, 1)
        split.setSizes([TIMELINE_PX, TIMELINE_PX])
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(split, 1)
        self._stack.addWidget(self.message)
        self._stack.addWidget(whole)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._stack)

    @staticmethod
    def _framed(form: QWidget) -> QWidget:
        """In a small window the form scrolls."""
        inner = QWidget()
        inner.setProperty("scrolled", True)
        column = QVBoxLayout(inner)
        column.setContentsMargins(12, 4, 12, 8)
        column.addWidget(form)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inner)
        return area

    def _connect(self) -> None:
        self.timeline.steps_changed.connect(self._on_steps)
        self.timeline.step_selected.connect(self._show_step)
        self.timeline.seek_requested.connect(self.seek_requested)
        self.form.step_changed.connect(self._on_form)
        self.propose.clicked.connect(self.propose_requested)
        self.undo.clicked.connect(self.undo_requested)
        self.redo.clicked.connect(self.redo_requested)
