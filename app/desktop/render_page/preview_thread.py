"""The thread that plans drafts and draws their frames with the code that renders them."""

import logging
import threading
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QThread, Signal
from PySide6.QtGui import QImage

from app.desktop.render_page.preview_wishes import (
    CaptionCheck,
    CardWish,
    Checked,
    DrawnFrame,
    FrameWish,
    Planned,
    Refused,
    WishDesk,
)
from core.render.types import HEIGHT_PX, WIDTH_PX, CaptionRole, RenderPlan, Rgb

if TYPE_CHECKING:
    from core.render.compose.composer import Composer

log = logging.getLogger(__name__)

MOST_CHECKS_KEPT = 200


class PreviewThread(QThread):
    """Takes wishes from its desk until that is closed. Every signal is sent from this thread: connect them queued."""

    planned = Signal(object)
    """Planned"""
    drawn = Signal(object)
    """DrawnFrame"""
    checked = Signal(object)
    """Checked"""
    refused = Signal(object)
    """Refused"""
    card_drawn = Signal(str, QImage)
    """A preset's id and its picture, a null image where it cannot be drawn."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("render-preview")
        self.desk = WishDesk()
        self._composer: Composer | None = None
        self._plan: RenderPlan | None = None
        self._made_for: object = None
        self._told: int | None = None
        self._unchecked: int | None = None
        self._kept_checks: dict[object, CaptionCheck] = {}

    def run(self) -> None:
        threading.current_thread().name = self.objectName()
        try:
            while not self.desk.closed:
                wish = self.desk.take(wait=self._unchecked is None)
                if isinstance(wish, FrameWish):
                    self._do_frame(wish)
                elif isinstance(wish, CardWish):
                    self._do_card(wish)
                elif self._unchecked is not None:
                    self._check_captions(self._unchecked)
        finally:
            self._let_go()

    def _do_frame(self, wish: FrameWish) -> None:
        try:
            self._prepare(wish)
            if self._composer is None or self._plan is None:
                return
            frame = min(max(wish.frame, 0), self._plan.frame_count - 1)
            self.drawn.emit(DrawnFrame(wish.ticket, frame, image_of(self._composer.frame(frame))))
        except Exception as error:  # noqa: BLE001 - handed to the page, which says it
            self._let_go()
            self.refused.emit(Refused(wish.ticket, error))

    def _prepare(self, wish: FrameWish) -> None:
        """The plan and the composer of a draft; those in hand are used again while the draft is the same."""
        from core.render.compose.composer import Composer
        from core.render.plan import make_plan

        wanted = (wish.request, wish.preset, wish.width_px, wish.height_px)
        if wanted != self._made_for:
            plan = make_plan(wish.request, wish.preset)
            composer = Composer(plan, width_px=wish.width_px, height_px=wish.height_px)
            self._let_go()
            self._made_for, self._plan, self._composer = wanted, plan, composer
        if self._plan is not None and self._told != wish.ticket:
            self._told = self._unchecked = wish.ticket
            self.planned.emit(Planned(wish.ticket, self._plan))

    def _do_card(self, wish: CardWish) -> None:
        from core.render.compose.composer import Composer
        from core.render.plan import make_plan

        image = QImage()
        try:
            plan = make_plan(wish.request, wish.preset)
            composer = Composer(plan, width_px=wish.width_px, height_px=wish.height_px)
            try:
                image = image_of(composer.frame(telling_frame(plan)))
            finally:
                composer.close()
        except Exception:
            log.info("no picture for the preset %s", wish.preset.id, exc_info=True)
        self.card_drawn.emit(wish.preset.id, image)

    def _check_captions(self, ticket: int) -> None:
        """Set each caption at full size, as it will be rendered: was it shortened? Stops where a frame is wanted."""
        from core.render.captions.draw import draw_caption

        plan = self._plan
        if plan is None:
            self._unchecked = None
            return
        found = []
        try:
            for slot in plan.captions:
                if self.desk.has_frame or self.desk.closed:
                    return
                key = (plan.preset.caption_style, plan.archetype, slot.role, slot.text)
                if key not in self._kept_checks:
                    layer = draw_caption(
                        slot.text,
                        plan.preset.caption_style,
                        slot.role,
                        plan.archetype,
                        width_px=WIDTH_PX,
                        height_px=HEIGHT_PX,
                    )
                    self._kept_checks[key] = CaptionCheck(
                        slot.role, slot.text, len(layer.lines), layer.shortened, layer.contrast
                    )
                found.append(self._kept_checks[key])
        except Exception as error:  # noqa: BLE001 - handed to the page, which says it
            self._unchecked = None
            self.refused.emit(Refused(ticket, error))
            return
        self._unchecked = None
        self._kept_checks = dict(list(self._kept_checks.items())[-MOST_CHECKS_KEPT:])
        self.checked.emit(Checked(ticket, tuple(found)))

    def _let_go(self) -> None:
        composer, self._composer = self._composer, None
        self._plan, self._made_for, self._told, self._unchecked = None, None, None, None
        if composer is not None:
            composer.close()


def image_of(picture: Rgb) -> QImage:
    """A picture of its own that Qt can paint."""
    rows = np.ascontiguousarray(picture)
    height_px, width_px = rows.shape[:2]
    return QImage(rows.data, width_px, height_px, 3 * width_px, QImage.Format.Format_RGB888).copy()


def telling_frame(plan: RenderPlan) -> int:
    """The frame that says most: the hook's middle, else the middle of the first segment."""
    hook = next((slot for slot in plan.captions if slot.role is CaptionRole.HOOK), None)
    slot = hook or next(iter(plan.captions), None)
    if slot is not None:
        return (slot.start_frame + slot.end_frame) // 2
    return plan.segments[0].frame_count // 2
