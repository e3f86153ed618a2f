"""How far a render is: what it does, when it ends, and each of its segments."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from core.render.types import Phase, SegmentState
from widgets.flow.buttons import push_button
from widgets.flow.labels import Badge, label
from widgets.flow.progress_line import ProgressLine
from widgets.render.parts import RenderProgress
from widgets.render.render_words import phase_tone, phase_words
from widgets.render.segment_blocks import SegmentBlocks
from widgets.time_text import format_eta, format_span


class SegmentStrip(QWidget):
    """Hidden while there is nothing to show."""

    cancel_requested = Signal()
    retry_requested = Signal()
    """A render that failed is to be tried again."""
    segment_activated = Signal(int)
    """The index of a segment that is to be shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cancelable = True
        self._progress: RenderProgress | None = None
        self._phase = Badge()
        self._detail = label("", "small")
        self._pace = label("", "small")
        self._took = label("", "small")
        self._line = ProgressLine()
        self.blocks = SegmentBlocks()
        self._note = label("", "warning", wrap=True)
        self._error = label("", "error", wrap=True)
        self._action = label("", "muted", wrap=True)
        self.cancel = push_button(self.tr("Cancel"), "cancel", small=True)
        self.retry = push_button(self.tr("Try again"), "retry", small=True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.setAccessibleName(self.tr("Progress of the render"))
        self._build()
        self.cancel.clicked.connect(self._on_cancel)
        self.retry.clicked.connect(self.retry_requested)
        self.blocks.segment_activated.connect(self.segment_activated)
        self.set_progress(None)

    # ---- what a page says ----

    def set_progress(self, progress: RenderProgress | None) -> None:
        """Show a render, None = none."""
        before, self._progress = self._progress, progress
        self.setVisible(progress is not None)
        if progress is None:
            return
        ended = progress.phase.ended
        if before is None or before.phase.ended or ended:
            self.cancel.setEnabled(True)
            self.cancel.setText(self.tr("Cancel"))
        words = phase_words(progress.phase, canceled=progress.canceled)
        self._phase.set_badge(words, phase_tone(progress.phase, canceled=progress.canceled))
        self._detail.setText(self._detail_words(progress))
        self._pace.setText("" if ended else self._pace_words(progress))
        self._took.setText(self._pace_words(progress) if ended else "")
        for part in (self._detail, self._pace, self._took):
            part.setVisible(bool(part.text()))
        self._line.setVisible(not ended)
        share = None if progress.progress_pct is None else progress.progress_pct / 100
        self._line.set_fraction(0.0 if progress.phase is Phase.QUEUED else share)
        self.blocks.set_segments(progress.segments, fell_back=bool(progress.fallback_reason))
        self.blocks.setVisible(bool(progress.segments))
        self.cancel.setVisible(self._cancelable and not ended)
        self.retry.setVisible(progress.phase is Phase.FAILED)
        self._say(progress)
        told = (words, self._detail.text(), self._pace_words(progress), self._note.text(), self._error.text())
        self.setAccessibleDescription(", ".join(part for part in told if part))

    def progress(self) -> RenderProgress | None:
        """What is shown."""
        return self._progress

    def set_cancelable(self, cancelable: bool) -> None:
        """Whether there is a button to cancel."""
        self._cancelable = cancelable
        self.set_progress(self._progress)

    # ---- inside ----

    def _detail_words(self, progress: RenderProgress) -> str:
        if progress.phase.ended or not progress.segments:
            return ""
        done = sum(one.state is SegmentState.DONE for one in progress.segments)
        return self.tr("{done} of {count} segments").format(done=done, count=len(progress.segments))

    def _pace_words(self, progress: RenderProgress) -> str:
        if progress.phase.ended:
            took = progress.took_s
            return self.tr("took {span}").format(span=format_span(took)) if took is not None else ""
        if progress.phase is Phase.QUEUED:
            return ""
        percent = "" if progress.progress_pct is None else f"{min(max(progress.progress_pct, 0.0), 100.0):.0f} %"
        return " · ".join(part for part in (percent, format_eta(progress.eta_s)) if part)

    def _say(self, progress: RenderProgress) -> None:
        """What went another way than asked, and what went wrong."""
        reason = progress.fallback_reason
        self._note.setText(self.tr("Drawn on this machine instead: {reason}").format(reason=reason) if reason else "")
        failed = progress.phase is Phase.FAILED and not progress.canceled
        self._error.setText(progress.error if failed else "")
        self._action.setText(progress.error_action if failed else "")
        for part in (self._note, self._error, self._action):
            part.setVisible(bool(part.text()))

    def _on_cancel(self) -> None:
        """It takes a moment."""
        self.cancel.setEnabled(False)
        self.cancel.setText(self.tr("Cancelling…"))
        self.cancel_requested.emit()

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._phase)
        head.addWidget(self._took)
        head.addStretch(1)
        head.addWidget(self.cancel)
        head.addWidget(self.retry)
        foot = QHBoxLayout()  # a narrow place has no room for all of it in one line
        foot.addWidget(self._detail)
        foot.addStretch(1)
        foot.addWidget(self._pace)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self._line)
        column.addLayout(foot)
        for part in (self.blocks, self._note, self._error, self._action):
            column.addWidget(part)
