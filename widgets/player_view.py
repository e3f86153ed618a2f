"""The picture of now, with what is known about it drawn over it."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QStackedLayout, QWidget

from widgets.flow.cards import EmptyState
from widgets.masked_regions import Region, hide_regions
from widgets.overlay_paint import paint_box, paint_hud, paint_subtitle
from widgets.theme import current_theme
from widgets.time_text import format_time


@dataclass(frozen=True, slots=True)
class OverlayBox:
    """A face box to draw. ``bbox`` is x0 y0 x1 y1 in [0, 1]; ``colour_index`` None = without identity."""

    track_id: str
    identity_id: str | None
    label: str
    colour_index: int | None
    bbox: tuple[float, float, float, float]
    interpolated: bool = False


class _Screen(QWidget):
    """Paints the frame and what lies over it."""

    def __init__(self, view: "PlayerView") -> None:
        super().__init__(view)
        self._view = view
        self.image: QImage | None = None
        self.boxes: tuple[OverlayBox, ...] = ()
        self.hover: str | None = None
        self.focus_box: str | None = None
        self.subtitle = ("", "")
        self.hud: str = ""
        self.selected_identity: str | None = None
        self.masks: tuple[tuple[Region, ...], str] = ((), "pixelate")
        self._scaled: QImage | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(self.tr("Video"))

    def set_image(self, image: QImage | None) -> None:
        self.image = image
        self._scaled = None
        self.update()

    def set_masks(self, regions: Sequence[Region], mode: str) -> None:
        self.masks = tuple(regions), mode
        self._scaled = None
        self.update()

    def frame_rect(self) -> QRectF:
        """Where the frame is: as large as fits, its shape kept."""
        if self.image is None or self.image.isNull():
            return QRectF(self.rect())
        size = QSize(self.image.width(), self.image.height()).scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        left, top = (self.width() - size.width()) // 2, (self.height() - size.height()) // 2
        return QRectF(left, top, size.width(), size.height())

    def rect_of(self, box: OverlayBox) -> QRectF:
        """Where a box is."""
        frame = self.frame_rect()
        x0, y0, x1, y1 = box.bbox
        return QRectF(
            frame.left() + x0 * frame.width(),
            frame.top() + y0 * frame.height(),
            (x1 - x0) * frame.width(),
            (y1 - y0) * frame.height(),
        )

    def box_at(self, place: QPointF) -> OverlayBox | None:
        """The smallest box under a place."""
        found = [box for box in self.boxes if self.rect_of(box).contains(place)]
        return min(found, key=lambda box: self.rect_of(box).width() * self.rect_of(box).height(), default=None)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = current_theme()
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour("video_backdrop"))
        if self.image is not None and not self.image.isNull():
            frame = self.frame_rect()
            painter.drawImage(frame.topLeft(), self._scaled_image(frame))
            for box in sorted(self.boxes, key=lambda box: box.track_id == self.hover):
                chosen = self.selected_identity is not None and box.identity_id == self.selected_identity
                lit = box.track_id in (self.hover, self.focus_box if self.hasFocus() else None)
                faded = self.selected_identity is not None and not chosen and not lit
                paint_box(
                    painter,
                    self.rect_of(box),
                    box.label,
                    box.colour_index,
                    frame,
                    dashed=box.interpolated,
                    lit=lit,
                    faded=faded,
                )
            paint_subtitle(painter, frame, *self.subtitle)
            if self.hud:
                paint_hud(painter, frame, self.hud)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(theme.colour("focus"))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._scaled = None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        box = self.box_at(event.position())
        hover = box.track_id if box is not None else None
        if hover != self.hover:
            self.hover = hover
            self.setCursor(Qt.CursorShape.PointingHandCursor if hover else Qt.CursorShape.ArrowCursor)
            self.update()

    def leaveEvent(self, _event: QEvent) -> None:
        self.hover = None
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or not self.rect().contains(event.position().toPoint()):
            return
        box = self.box_at(event.position())
        if box is not None:
            self._view.box_clicked.emit(box.track_id)
        else:
            self._view.picture_clicked.emit()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        box = self.box_at(QPointF(event.pos()))
        self._view.box_context_menu_requested.emit(box.track_id if box is not None else "", event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+Tab goes from box to box, Enter opens the one that is lit."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.focus_box is not None:
            self._view.box_clicked.emit(self.focus_box)
        elif event.key() == Qt.Key.Key_Tab and event.modifiers() & Qt.KeyboardModifier.ControlModifier and self.boxes:
            ids = [box.track_id for box in sorted(self.boxes, key=lambda box: box.bbox[0])]
            at = ids.index(self.focus_box) + 1 if self.focus_box in ids else 0
            self.focus_box = ids[at % len(ids)]
            self.setAccessibleDescription(next(box.label for box in self.boxes if box.track_id == self.focus_box))
            self.update()
        else:
            super().keyPressEvent(event)

    def _scaled_image(self, frame: QRectF) -> QImage:
        if self._scaled is None and self.image is not None:
            ratio = self.devicePixelRatioF()
            size = frame.size().toSize() * ratio
            self._scaled = self.image.scaled(
                size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
            self._scaled = hide_regions(self._scaled, *self.masks)
            self._scaled.setDevicePixelRatio(ratio)
        return self._scaled if self._scaled is not None else QImage()


class PlayerView(QWidget):
    """Shows a frame with face boxes and subtitles, or says why there is none.

    A click on a box tells its track; Ctrl+Tab and Enter do the same by keyboard.
    """

    box_clicked = Signal(str)
    box_context_menu_requested = Signal(str, QPoint)
    """A track, or "" beside all boxes, and the place on the screen."""
    picture_clicked = Signal()
    relink_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._screen = _Screen(self)
        self._message = EmptyState("video")
        self._with_hud = False
        self._stack = QStackedLayout(self)
        self._stack.setContentsMargins(0, 0, 0, 0)
        self._stack.addWidget(self._screen)
        self._stack.addWidget(self._message)
        self.setFocusProxy(self._screen)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(QSize(240, 135))
        self.show_empty()

    def set_frame(self, image: QImage | None, t_s: float = 0.0, frame_index: int = 0) -> None:
        """Show a frame. The picture must own its pixels (``QImage.copy`` when it was made over a NumPy array)."""
        self._screen.hud = self.tr("{time}  ·  frame {frame}").format(time=format_time(t_s), frame=f"{frame_index:,}")
        if not self._with_hud:
            self._screen.hud = ""
        self._screen.set_image(image)
        if image is not None:
            self._stack.setCurrentWidget(self._screen)

    def set_masks(self, regions: Sequence[Region], mode: str) -> None:
        """Hide regions of every frame, from this one on."""
        self._screen.set_masks(regions, mode)

    def shown_image(self) -> QImage:
        """The frame as it is on the screen, with what is hidden; a null image where there is none."""
        return self._screen.grab(self._screen.frame_rect().toRect()).toImage() if self.has_frame() else QImage()

    def set_boxes(self, boxes: Sequence[OverlayBox]) -> None:
        """The faces of this frame."""
        self._screen.boxes = tuple(boxes)
        if self._screen.hover not in {box.track_id for box in boxes}:
            self._screen.hover = None
        self._screen.update()

    def set_selected_identity(self, identity_id: str | None) -> None:
        """Light up the boxes of an identity; the others step back."""
        self._screen.selected_identity = identity_id
        self._screen.update()

    def set_subtitle(self, text: str, speaker: str = "") -> None:
        """What is said now, and by whom."""
        self._screen.subtitle = (text, speaker)
        self._screen.update()

    def subtitle(self) -> tuple[str, str]:
        """The text that lies over the picture, and who says it."""
        return self._screen.subtitle

    def set_hud(self, shown: bool) -> None:
        """Whether time and frame number lie over the picture (from the next frame on)."""
        self._with_hud = shown
        if not shown:
            self._screen.hud = ""
            self._screen.update()

    def has_frame(self) -> bool:
        """Whether a frame is on the screen."""
        return self._screen.image is not None and self._stack.currentWidget() is self._screen

    def frame_rect(self) -> QRectF:
        """Where the frame is in this widget."""
        return self._screen.frame_rect()

    def rect_of_box(self, track_id: str) -> QRectF | None:
        """Where a box is in this widget."""
        return next((self._screen.rect_of(box) for box in self._screen.boxes if box.track_id == track_id), None)

    def show_empty(self, title: str = "", text: str = "") -> None:
        """No video is open."""
        self._say("video", title or self.tr("No video"), text or self.tr("Open an episode from the library."))

    def show_loading(self, text: str = "") -> None:
        """The video is being opened."""
        self._say("clock", text or self.tr("Opening…"), "")

    def show_error(self, message: str, action: str = "") -> None:
        """The video cannot be shown: why, and what to do."""
        self._say("error", message, action, tone="error")

    def show_missing(self, path_text: str, text: str = "") -> None:
        """The file is not where it was; offers to look for it. ``text`` says what is kept, where it is no episode."""
        self._say(
            "missing",
            self.tr("The video is not where it was"),
            text
            or self.tr("{path}\nShow where it is now; everything else of this episode is kept.").format(path=path_text),
            tone="warning",
        )
        relink = self._message.add_action(self.tr("Relink…"), "relink", primary=True)
        relink.clicked.connect(self.relink_requested)

    def _say(self, icon_name: str, title: str, text: str, *, tone: str = "accent") -> None:
        self._screen.set_image(None)
        self._screen.boxes = ()
        self._screen.subtitle = ("", "")
        self._message.clear_actions()
        self._message.set_content(icon_name, title, text, tone=tone)
        self._stack.setCurrentWidget(self._message)
