"""Every moment of the gold against every moment of the trainee: how alike they are, and the path that was found."""

from collections.abc import Iterator, Sequence

import numpy as np
from PySide6.QtCore import QEvent, QLineF, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.procedures.types import PathPoint, Step, StepOutcome
from widgets.cell_words import draw_words, text_width
from widgets.painted_canvas import PaintedCanvas
from widgets.procedures.correspondence import Correspondence
from widgets.procedures.finding_words import step_title
from widgets.procedures.heat_colours import heat_image, similarities
from widgets.procedures.map_axes import BOTTOM_PX, LEFT_PX, RIGHT_PX, TOP_PX, paint_axes, paint_scale, thinned
from widgets.procedures.own_keys import ARROWS, ENTER, keeps
from widgets.procedures.sliced_layer import SlicedLayer
from widgets.theme import Theme, current_theme
from widgets.time_text import format_time

_CHIP_LINE_PX, _ROWS_AT_ONCE = 18, 64
_PATH_ON_MAP = QColor("#ffffff")
_PATH_HALO = QColor(0, 0, 0, 170)


class SimilarityMap(PaintedCanvas):
    """Gold time downwards, trainee time to the right; brighter = more alike. The line is the path of the alignment.

    Mouse: the cross tells both times and the similarity, a click or drag goes there. Keyboard: arrows move the cross
    (Shift: ten times as far), Enter goes there, Escape lets it go.
    """

    seek_requested = Signal(float, float)
    """Gold seconds and trainee seconds."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values = similarities(())
        self._image = heat_image(self._values)
        self._gold_s = self._trainee_s = 0.0
        self._match = Correspondence()
        self._outcomes: Sequence[StepOutcome] = ()
        self._names: tuple[str, ...] = ()
        self._steps: Sequence[Step] = ()
        self._now: tuple[float | None, float | None] = (None, None)
        self._cross: tuple[float, float] | None = None
        self._pressed = False
        self._layer = SlicedLayer(self, self._layer_slices)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(QSize(240, 180))
        self.setAccessibleName(self.tr("Similarity map"))
        self._describe()

    # ---- what a page says ----

    def set_map(
        self,
        rows: Sequence[Sequence[int]],
        gold_duration_s: float,
        trainee_duration_s: float,
        path: Sequence[PathPoint],
        gold_steps: Sequence[Step] = (),
        outcomes: Sequence[StepOutcome] = (),
    ) -> None:
        """Rows of 0 … 255, gold down, trainee across; the path, the gold's steps and what became of them."""
        self._values = similarities(rows)
        self._image = heat_image(self._values)
        self._gold_s, self._trainee_s = max(gold_duration_s, 0.0), max(trainee_duration_s, 0.0)
        self._match = Correspondence(path, outcomes)
        self._outcomes, self._steps = outcomes, gold_steps
        self._names = tuple(one.name for one in (gold_steps or outcomes))
        self._cross = None
        self._describe()
        self.renew()

    def set_position(self, gold_s: float | None, trainee_s: float | None) -> None:
        """Where both players are; None = not shown."""
        if (gold_s, trainee_s) != self._now:
            self._now = (gold_s, trainee_s)
            self.update()

    def clear(self) -> None:
        """Show nothing."""
        self._now = (None, None)
        self.set_map((), 0.0, 0.0, ())

    @property
    def painted(self) -> bool:
        """Whether all of it is on the screen; a large picture takes some frames."""
        return self._layer.ready

    @property
    def has_map(self) -> bool:
        """Whether anything is shown."""
        return self._gold_s > 0 and self._trainee_s > 0 and self._values.size > 0

    # ---- where things are ----

    def area(self) -> QRectF:
        """Where the map is on the widget."""
        return QRectF(LEFT_PX, TOP_PX, self.width() - LEFT_PX - RIGHT_PX, self.height() - TOP_PX - BOTTOM_PX)

    def place_of(self, gold_s: float, trainee_s: float) -> QPointF:
        """Where a pair of times is on the widget."""
        area = self.area()
        across = trainee_s / self._trainee_s if self._trainee_s else 0.0
        down = gold_s / self._gold_s if self._gold_s else 0.0
        return QPointF(area.left() + across * area.width(), area.top() + down * area.height())

    def times_at(self, place: QPointF) -> tuple[float, float]:
        """Gold and trainee seconds at a place, within the map."""
        area = self.area()
        across = min(max((place.x() - area.left()) / max(area.width(), 1.0), 0.0), 1.0)
        down = min(max((place.y() - area.top()) / max(area.height(), 1.0), 0.0), 1.0)
        return down * self._gold_s, across * self._trainee_s

    def similarity_at(self, gold_s: float, trainee_s: float) -> float | None:
        """The similarity of two moments in [0, 1]; None without a map."""
        if not self.has_map:
            return None
        height, width = self._values.shape
        row = min(int(gold_s / self._gold_s * height), height - 1)
        column = min(int(trainee_s / self._trainee_s * width), width - 1)
        return float(self._values[row, column]) / 255.0

    def hover_words(self) -> tuple[str, ...]:
        """What the cross tells: gold time with its step, trainee time, similarity."""
        if self._cross is None:
            return ()
        gold_s, trainee_s = self._cross
        step = self._step_at(gold_s)
        gold = self.tr("Gold  {time}").format(time=format_time(gold_s))
        likeness = self.similarity_at(gold_s, trainee_s)
        words = [gold, self.tr("Trainee  {time}").format(time=format_time(trainee_s))]
        if likeness is not None:
            words.append(self.tr("{percent} alike").format(percent=f"{likeness:.0%}"))
        if step is not None:
            words.append(step_title(step, self._names))
        return tuple(words)

    # ---- what Qt says ----

    def sizeHint(self) -> QSize:
        """A square looks best."""
        return QSize(420, 380)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out anew."""
        super().resizeEvent(event)
        self.renew()

    def event(self, event: QEvent) -> bool:
        """Own keys."""
        if self.has_map and keeps(event, ARROWS | ENTER):
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go there."""
        if event.button() == Qt.MouseButton.LeftButton and self.has_map:
            self._pressed = True
            self._set_cross(self.times_at(event.position()))
            self._go()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The cross follows; while pressed the players do too."""
        if not self.has_map:
            return
        inside = self._pressed or self.area().contains(event.position())
        self._set_cross(self.times_at(event.position()) if inside else None)
        self.setCursor(Qt.CursorShape.CrossCursor if inside else Qt.CursorShape.ArrowCursor)
        if self._pressed:
            self._go()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The drag ends."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = False

    def leaveEvent(self, event: QEvent) -> None:
        """The cross goes with the pointer."""
        super().leaveEvent(event)
        self._set_cross(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """See the class."""
        moves = {
            Qt.Key.Key_Up: (-1, 0),
            Qt.Key.Key_Down: (1, 0),
            Qt.Key.Key_Left: (0, -1),
            Qt.Key.Key_Right: (0, 1),
        }
        key = Qt.Key(event.key())
        if key in moves and self.has_map:
            self._step_cross(*moves[key], 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._cross is not None:
            self._go()
        elif key == Qt.Key.Key_Escape and self._cross is not None:
            self._set_cross(None)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The kept picture, and over it what moves."""
        theme = current_theme()
        painter = QPainter(self)
        self._layer.paint(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.has_map:
            self._paint_now(painter, theme)
            self._paint_cross(painter, theme)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour("focus"), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)
        painter.end()

    # ---- the cross ----

    def _set_cross(self, cross: tuple[float, float] | None) -> None:
        if cross != self._cross:
            self._cross = cross
            if self.hasFocus() and cross is not None:
                self.setAccessibleDescription(", ".join(self.hover_words()))
            self.update()

    def _step_cross(self, down: int, across: int, steps: int) -> None:
        gold_s, trainee_s = self._cross or (self._now[0] or 0.0, self._now[1] or 0.0)
        height, width = self._values.shape
        gold_s += down * steps * self._gold_s / height
        trainee_s += across * steps * self._trainee_s / width
        self._set_cross((min(max(gold_s, 0.0), self._gold_s), min(max(trainee_s, 0.0), self._trainee_s)))

    def _go(self) -> None:
        if self._cross is not None:
            self.seek_requested.emit(*self._cross)

    def _step_at(self, gold_s: float) -> int | None:
        spans = [(step.start_s, step.end_s) for step in self._steps] or [
            (outcome.gold.start_s, outcome.gold.end_s) for outcome in self._outcomes
        ]
        return next((at for at, (start_s, end_s) in enumerate(spans) if start_s <= gold_s < end_s), None)

    # ---- painting ----

    def _layer_slices(self, painter: QPainter, ratio: float) -> Iterator[None]:
        theme = current_theme()
        if self.has_map:
            area = self.area()
            # cells stay crisp where they are larger than a pixel
            smaller = self._image.width() > area.width() * ratio or self._image.height() > area.height() * ratio
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, on=smaller)
            for top in range(0, self.height(), _ROWS_AT_ONCE):
                painter.setClipRect(QRectF(0, top, self.width(), _ROWS_AT_ONCE))
                painter.drawImage(area, self._image)
                yield
            painter.setClipping(False)
            paint_axes(painter, area, self._gold_s, self._trainee_s, theme)
            painter.setClipRect(area)
            yield
            self._paint_steps(painter, area)
            yield from self._path_slices(painter)
            painter.setClipping(False)
            paint_scale(painter, area, theme)
            painter.setPen(QPen(theme.colour("border_strong"), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(area)
        else:
            words = self.tr("The similarity map appears with a score.")
            draw_words(painter, self.rect(), words, "body", "text_muted", Qt.AlignmentFlag.AlignHCenter)

    def _paint_steps(self, painter: QPainter, area: QRectF) -> None:
        """Boundaries of the gold's steps as lines across, and the stretches that were matched as boxes."""
        edges = [outcome.gold for outcome in self._outcomes]
        painter.setPen(QPen(QColor(255, 255, 255, 80), 1))
        lines = []
        for stretch in edges:
            y = self.place_of(stretch.start_s, 0.0).y()
            lines.append(QLineF(area.left(), y, area.right(), y))
        painter.drawLines(lines)
        painter.setPen(QPen(QColor(255, 255, 255, 150), 1, Qt.PenStyle.DotLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for outcome in self._outcomes:
            if outcome.trainee is not None:
                box = QRectF(
                    self.place_of(outcome.gold.start_s, outcome.trainee.start_s),
                    self.place_of(outcome.gold.end_s, outcome.trainee.end_s),
                )
                painter.drawRect(box)

    def _path_slices(self, painter: QPainter) -> Iterator[None]:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = self.area()
        for colour, width_px in ((_PATH_HALO, 5.0), (_PATH_ON_MAP, 2.2)):
            pen = QPen(colour, width_px, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
            painter.setPen(pen)
            for piece in self._match.pieces:
                xs = area.left() + piece.trainee_s / self._trainee_s * area.width()
                ys = area.top() + piece.gold_s / self._gold_s * area.height()
                points = np.column_stack((xs, ys))
                painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in thinned(points).tolist()]))
                yield
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)

    def _paint_now(self, painter: QPainter, theme: Theme) -> None:
        area, (gold_s, trainee_s) = self.area(), self._now
        painter.setPen(QPen(theme.colour("playhead"), 1.5))
        if gold_s is not None:
            y = self.place_of(min(max(gold_s, 0.0), self._gold_s), 0.0).y()
            painter.drawLine(QPointF(area.left() - 6, y), QPointF(area.right(), y))
        if trainee_s is not None:
            x = self.place_of(0.0, min(max(trainee_s, 0.0), self._trainee_s)).x()
            painter.drawLine(QPointF(x, area.top() - 6), QPointF(x, area.bottom()))
        if gold_s is not None and trainee_s is not None:
            painter.setBrush(theme.colour("playhead"))
            painter.setPen(QPen(QColor("#ffffff"), 1.5))
            painter.drawEllipse(self.place_of(gold_s, trainee_s), 4.5, 4.5)

    def _paint_cross(self, painter: QPainter, theme: Theme) -> None:
        if self._cross is None:
            return
        area, middle = self.area(), self.place_of(*self._cross)
        for colour, width_px in ((QColor(0, 0, 0, 140), 3.0), (QColor(255, 255, 255, 220), 1.0)):
            painter.setPen(QPen(colour, width_px))
            painter.drawLine(QPointF(area.left(), middle.y()), QPointF(area.right(), middle.y()))
            painter.drawLine(QPointF(middle.x(), area.top()), QPointF(middle.x(), area.bottom()))
        words = self.hover_words()
        width = min(max(text_width(line, "small") for line in words) + 20, round(area.width()))
        height = len(words) * _CHIP_LINE_PX + 10
        left = middle.x() + 12 if middle.x() + 14 + width < self.width() else middle.x() - 12 - width
        top = middle.y() + 12 if middle.y() + 14 + height < self.height() else middle.y() - 12 - height
        chip = QRectF(max(left, 2.0), max(top, 2.0), width, height)
        painter.setPen(QPen(theme.colour("border_strong"), 1))
        painter.setBrush(theme.colour("tooltip"))
        painter.drawRoundedRect(chip, theme.radius("m"), theme.radius("m"))
        for at, line in enumerate(words):
            row = QRect(round(chip.left()) + 10, round(chip.top()) + 5 + at * _CHIP_LINE_PX, width - 18, _CHIP_LINE_PX)
            draw_words(painter, row, line, "small", "text" if at < 2 else "text_muted")

    def _describe(self) -> None:
        words = self.tr("Brighter is more alike. Arrows move the cross, Enter goes there.")
        self.setAccessibleDescription(words if self.has_map else self.tr("Empty"))

    def renew(self) -> None:
        """Paint everything anew."""
        self._layer.renew()
