"""Who called it what: a matrix of labels, painted with its figures."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from widgets.annotate.agreement_data import amount_words, cell_figure, label_words
from widgets.cell_words import draw_words, text_width
from widgets.identity_look import text_on
from widgets.painted_canvas import PaintedCanvas
from widgets.procedures.outcome_look import mixed
from widgets.procedures.own_keys import ARROWS, ENTER, keeps
from widgets.theme import Theme, current_theme

CELL_H_PX, LEAST_CELL_PX, MOST_CELL_PX = 34, 46, 84
HEAD_PX, MOST_HEAD_PX, MOST_LABEL_PX, SUM_PX = 48, 150, 132, 64
_MIDDLE, _RIGHT = Qt.AlignmentFlag.AlignHCenter, Qt.AlignmentFlag.AlignRight


class ConfusionMatrix(PaintedCanvas):
    """Rows are what the first said, columns what the second said. The diagonal, where they agree, is blue, the rest
    orange, the stronger the larger its share of the row; the figures stand in the cells. Arrows move, Enter and a click
    choose a cell.
    """

    cell_chosen = Signal(str, str)
    """The label of the first and that of the second."""
    cell_reached = Signal(QRect)
    """The keyboard moved to a cell: it is to be brought into view."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._labels: tuple[str, ...] = ()
        self._values: npt.NDArray[np.float64] = np.zeros((0, 0))
        self._unit = ""
        self._titles = ("", "")
        self._at = (0, 0)
        self._hover: tuple[int, int] | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Who called it what"))

    def set_matrix(
        self, labels: Sequence[str], matrix: Sequence[Sequence[float]], unit: str, first: str, second: str
    ) -> None:
        """Show a square matrix; ``first`` and ``second`` are the names of the two."""
        self._labels = tuple(labels)
        count = len(self._labels)
        self._values = np.array(matrix, dtype=np.float64).reshape(count, count) if count else np.zeros((0, 0))
        self._unit, self._titles = unit, (first, second)
        self._at, self._hover = (0, 0), None
        self._describe()
        self.updateGeometry()
        self.update()

    def cell_rect(self, row: int, column: int) -> QRectF:
        """Where a cell is."""
        side = self._cell_px()
        return QRectF(self._label_px() + column * side, self.head_px() + row * CELL_H_PX, side, CELL_H_PX)

    # ---- what Qt says ----

    def sizeHint(self) -> QSize:
        """Room for all cells."""
        count = len(self._labels)
        return QSize(self._label_px() + count * LEAST_CELL_PX + SUM_PX, self.head_px() + (count + 1) * CELL_H_PX + 4)

    def minimumSizeHint(self) -> QSize:
        """As the hint: what is larger is scrolled."""
        return self.sizeHint()

    def event(self, event: QEvent) -> bool:
        """Keep the own keys from the window; say what a cell means."""
        if keeps(event, ARROWS | ENTER):
            return True
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            cell = self._cell_at(event.pos())
            QToolTip.showText(event.globalPos(), self._words(*cell) if cell is not None else "", self)
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move, Enter chooses."""
        steps = {
            Qt.Key.Key_Left: (0, -1),
            Qt.Key.Key_Right: (0, 1),
            Qt.Key.Key_Up: (-1, 0),
            Qt.Key.Key_Down: (1, 0),
        }
        key = Qt.Key(event.key())
        if not self._labels or (key not in steps and key not in ENTER):
            super().keyPressEvent(event)
        elif key in steps:
            last = len(self._labels) - 1
            self._at = (
                min(max(self._at[0] + steps[key][0], 0), last),
                min(max(self._at[1] + steps[key][1], 0), last),
            )
            self._describe()
            self.update()
            self.cell_reached.emit(self.cell_rect(*self._at).toRect())
        else:
            self._choose(self._at)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose a cell."""
        cell = self._cell_at(event.position().toPoint())
        if cell is not None and event.button() == Qt.MouseButton.LeftButton:
            self._at = cell
            self._describe()
            self.update()
            self._choose(cell)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Light up the cell under the pointer."""
        self._set_hover(self._cell_at(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the pointer."""
        super().leaveEvent(event)
        self._set_hover(None)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Headings, cells, sums."""
        theme = current_theme()
        painter = QPainter(self)
        if self._labels:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_headings(painter)
            self._paint_cells(painter, theme)
            self._paint_sums(painter)
        painter.end()

    # ---- inside ----

    def _paint_headings(self, painter: QPainter) -> None:
        left, side = self._label_px(), self._cell_px()
        width = side * len(self._labels)
        words = self.tr("{name} says").format(name=self._titles[1] or self.tr("The second"))
        draw_words(painter, QRect(left, 0, max(round(width), 120), 20), words, "caption", "text_muted")
        words = self.tr("{name} says").format(name=self._titles[0] or self.tr("The first"))
        head = self.head_px()
        draw_words(painter, QRect(0, head - 24, left - 10, 20), words, "caption", "text_muted")
        for at, label in enumerate(self._labels):
            lit = self._hover is not None and self._hover[1] == at
            self._paint_column(painter, at, label_words(label), "strong" if lit else "small", _ink(label))
            lit = self._hover is not None and self._hover[0] == at
            place = QRect(0, round(self.cell_rect(at, 0).top()), left - 10, CELL_H_PX)
            draw_words(painter, place, label_words(label), "strong" if lit else "small", _ink(label))

    def _paint_column(self, painter: QPainter, at: int, words: str, role: str, ink: str) -> None:
        """The name of a column: upright where it is too long for the cell."""
        cell = self.cell_rect(0, at).toRect()
        if self.head_px() == HEAD_PX:
            draw_words(
                painter, QRect(cell.left() + 3, cell.top() - 24, cell.width() - 6, 22), words, role, ink, _MIDDLE
            )
            return
        painter.save()
        painter.translate(cell.left(), cell.top() - 4)
        painter.rotate(-90)
        draw_words(painter, QRect(0, 0, self.head_px() - 26, cell.width()), words, role, ink)
        painter.restore()

    def _paint_cells(self, painter: QPainter, theme: Theme) -> None:
        sums = np.maximum(self._values.sum(axis=1), 1e-12)
        ground = theme.colour("lane_alternate")
        for row in range(len(self._labels)):
            for column in range(len(self._labels)):
                value = float(self._values[row, column])
                tone = theme.colour("step_done" if row == column else "step_deviation")
                share = 0.0 if value <= 0 else 0.14 + 0.72 * value / float(sums[row])
                colour = mixed(tone, ground, share)
                rect = self.cell_rect(row, column).adjusted(1, 1, -1, -1)
                painter.setPen(QPen(theme.colour("step_done"), 1.5) if row == column else Qt.PenStyle.NoPen)
                painter.setBrush(colour)
                painter.drawRoundedRect(rect, 4, 4)
                self._paint_figure(painter, rect, value, theme, strong=row == column, ink=text_on(colour).name())
                if self._hover == (row, column) or (self.hasFocus() and self._at == (row, column)):
                    painter.setBrush(Qt.BrushStyle.NoBrush)
                    painter.setPen(QPen(theme.colour("focus" if self._at == (row, column) else "text"), 2))
                    painter.drawRoundedRect(rect, 4, 4)

    def _paint_figure(
        self, painter: QPainter, rect: QRectF, value: float, theme: Theme, *, strong: bool, ink: str
    ) -> None:
        painter.setFont(theme.font("strong" if strong and value > 0 else "monosmall"))
        painter.setPen(theme.colour("text_faint") if value <= 0 else ink)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, cell_figure(value, self._unit))

    def _paint_sums(self, painter: QPainter) -> None:
        count, rows, columns = len(self._labels), self._values.sum(axis=1), self._values.sum(axis=0)
        for at in range(count):
            place = self.cell_rect(at, count).toRect()
            place.setWidth(SUM_PX - 6)
            draw_words(painter, place, cell_figure(float(rows[at]), self._unit), "monosmall", "text_muted", _RIGHT)
            place = self.cell_rect(count, at).toRect()
            draw_words(painter, place, cell_figure(float(columns[at]), self._unit), "monosmall", "text_muted", _MIDDLE)
        place = self.cell_rect(count, count).toRect()
        place.setWidth(SUM_PX - 6)
        whole = cell_figure(float(self._values.sum()), self._unit)
        draw_words(painter, place, f"{whole} {self._unit}".rstrip(), "monosmall", "text", _RIGHT)
        words = self.tr("Sum")
        draw_words(painter, QRect(0, place.top(), self._label_px() - 10, CELL_H_PX), words, "caption", "text_faint")

    def head_px(self) -> int:
        """The height of the names of the columns."""
        longest = max((text_width(label_words(label), "strong") for label in self._labels), default=0)
        return HEAD_PX if longest + 8 <= self._cell_px() else min(longest + 34, MOST_HEAD_PX)

    def _label_px(self) -> int:
        names = [label_words(label) for label in self._labels]
        names.append(self.tr("{name} says").format(name=self._titles[0] or self.tr("The first")))
        return min(max((text_width(name, "strong") for name in names), default=40) + 14, MOST_LABEL_PX)

    def _cell_px(self) -> float:
        room = (self.width() - self._label_px() - SUM_PX) / max(len(self._labels), 1)
        return min(max(room, LEAST_CELL_PX), MOST_CELL_PX)

    def _cell_at(self, place: QPoint) -> tuple[int, int] | None:
        column = int((place.x() - self._label_px()) // self._cell_px())
        row = (place.y() - self.head_px()) // CELL_H_PX
        inside = 0 <= row < len(self._labels) and 0 <= column < len(self._labels)
        return (row, column) if inside and place.x() >= self._label_px() else None

    def _choose(self, cell: tuple[int, int]) -> None:
        self.cell_chosen.emit(self._labels[cell[0]], self._labels[cell[1]])

    def _set_hover(self, cell: tuple[int, int] | None) -> None:
        if cell != self._hover:
            self._hover = cell
            self.update()

    def _words(self, row: int, column: int) -> str:
        value, whole = float(self._values[row, column]), float(self._values[row].sum())
        words = self.tr("{first} says {one}, {second} says {other}: {amount} ({share} of the row)")
        return words.format(
            first=self._titles[0] or self.tr("The first"),
            second=self._titles[1] or self.tr("The second"),
            one=label_words(self._labels[row]),
            other=label_words(self._labels[column]),
            amount=amount_words(value, self._unit),
            share=f"{value / whole if whole > 0 else 0.0:.0%}",
        )

    def _describe(self) -> None:
        self.setAccessibleDescription(self._words(*self._at) if self._labels else "")


def _ink(label: str) -> str:
    return "text" if label else "text_faint"
