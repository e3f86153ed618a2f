"""The preview from the Qt thread's side: a draft goes in, its plan, frames and captions' checks come out."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QImage

from app.desktop.render_page.preview_clock import PreviewClock
from app.desktop.render_page.preview_thread import PreviewThread
from app.desktop.render_page.preview_wishes import CardWish, Checked, DrawnFrame, FrameWish, Planned, Refused
from core.render.types import HEIGHT_PX, WIDTH_PX, Preset, RenderPlan, RenderRequest

PREVIEW_PX = (WIDTH_PX // 2, HEIGHT_PX // 2)
CARD_PX = (WIDTH_PX // 5, HEIGHT_PX // 5)


class PreviewDesk(QObject):
    """Owns the drawing thread, which starts with the first draft. ``stop`` before dropping it."""

    planned = Signal(object)
    """RenderPlan of the draft in hand."""
    frame_ready = Signal(QImage, int)
    """The picture of a frame of the draft in hand."""
    checked = Signal(object)
    """tuple[CaptionCheck, ...]"""
    refused = Signal(object)
    """The exception that says why the draft in hand cannot be drawn."""
    card_ready = Signal(str, QImage)
    """A preset's id and its picture."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.clock = PreviewClock(self)
        self.plan: RenderPlan | None = None
        self.error: Exception | None = None
        self.drawn = DrawnFrame(-1, -1, QImage())
        self._thread = PreviewThread()
        self._asked: tuple[RenderRequest, Preset] | None = None
        self._ticket = 0
        self._stopped = False
        queued = Qt.ConnectionType.QueuedConnection
        self._thread.planned.connect(self._on_planned, queued)
        self._thread.drawn.connect(self._on_drawn, queued)
        self._thread.checked.connect(self._on_checked, queued)
        self._thread.refused.connect(self._on_refused, queued)
        self._thread.card_drawn.connect(self.card_ready, queued)
        self.clock.moved.connect(lambda _frame: self._want_frame())

    @property
    def is_current(self) -> bool:
        """Whether what is on screen is the draft in hand."""
        return self.drawn.ticket == self._ticket and self._ticket > 0

    def show(self, request: RenderRequest, preset: Preset) -> None:
        """Take a draft in hand; its frame at the present place is drawn."""
        if self._asked == (request, preset) and self.error is None:
            return
        self._asked = (request, preset)
        self._ticket += 1
        self._want_frame()

    def forget(self) -> None:
        """There is nothing to draw."""
        self._asked, self.plan, self.error = None, None, None
        self._ticket += 1
        self._thread.desk.drop_frame()
        self.clock.pause()

    def draw_cards(self, wishes: Sequence[tuple[Preset, RenderRequest]]) -> None:
        """Draw the cards' pictures when nothing more pressing is wanted."""
        if self._stopped:
            return
        self._start()
        cards = {preset.id: CardWish(request, preset, *CARD_PX) for preset, request in wishes}
        self._thread.desk.put_cards(cards)

    def stop(self) -> None:
        """End the thread."""
        self._stopped = True
        self.clock.pause()
        self._thread.desk.close()
        self._thread.wait()

    # ------------------------------------------------------------------ inside

    def _want_frame(self) -> None:
        if self._asked is None or self._stopped:
            return
        self._start()
        request, preset = self._asked
        self._thread.desk.put_frame(FrameWish(request, preset, self.clock.frame, *PREVIEW_PX, self._ticket))

    def _start(self) -> None:
        if not self._thread.isRunning():
            self._thread.start()

    def _on_planned(self, planned: Planned) -> None:
        if planned.ticket != self._ticket:
            return
        self.plan, self.error = planned.plan, None
        self.clock.set_frame_count(planned.plan.frame_count)
        self.planned.emit(planned.plan)

    def _on_drawn(self, drawn: DrawnFrame) -> None:
        if drawn.ticket == self._ticket:
            self.drawn = drawn
            self.frame_ready.emit(drawn.image, drawn.frame)

    def _on_checked(self, checked: Checked) -> None:
        if checked.ticket == self._ticket:
            self.checked.emit(checked.captions)

    def _on_refused(self, refused: Refused) -> None:
        if refused.ticket == self._ticket:
            self.plan, self.error = None, refused.error
            self.clock.pause()
            self.refused.emit(refused.error)
