"""The pipelines that can run on a video: a check, what each does, and why one cannot run here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from core.annotate.spec import AVAILABLE, Availability, PipelineSpec
from widgets.cell_paint import paint_row_focus, paint_row_ground
from widgets.cell_words import draw_words, text_width
from widgets.flow.buttons import push_button
from widgets.flow.labels import Tone, badge_width_px, label, paint_badge
from widgets.icons import paint_icon
from widgets.item_grid import CellState
from widgets.procedures.own_keys import ARROWS, ENTER, keeps
from widgets.row_list import RowList
from widgets.theme import Theme, current_theme

ROW_PX = 76
_CHECK_PX = 18
_STABILITY: dict[str, Tone] = {"beta": "info", "experimental": "warning"}


@dataclass(frozen=True, slots=True)
class PipelineRow:
    """A pipeline. ``fault``: what is wrong with its parameters, "" = nothing."""

    spec: PipelineSpec
    availability: Availability = AVAILABLE
    fault: str = ""


class _Rows(RowList[PipelineRow]):
    """The rows. Space or a click on the check chooses one."""

    toggled = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(None, parent, gap_px=2, margin_px=8)
        self.chosen: set[str] = set()
        self.setAccessibleName(self.tr("Pipelines"))
        self.set_empty_text(self.tr("No pipeline is installed."))

    # ---- how a row looks ----

    def height_of_cell(self, _width_px: int) -> int:
        """All rows are of one height."""
        return ROW_PX

    def image_of(self, _item: PipelineRow, _cell: QRect) -> tuple[object, QSize] | None:
        """No pictures."""
        return None

    def words_of(self, item: PipelineRow) -> str:
        """Name, whether it is chosen, what it does, why it cannot run."""
        state = self.tr("chosen") if item.spec.name in self.chosen else self.tr("not chosen")
        can = "" if item.availability.available else self.tr("not available")
        why = (item.availability.reason, item.availability.hint)
        parts = (item.spec.display_name, state, can, *why, item.fault, item.spec.description)
        return ", ".join(part for part in parts if part)

    def tip_of(self, item: PipelineRow) -> str:
        """The words on lines of their own."""
        why = (item.availability.reason, item.availability.hint)
        tasks = ", ".join(one.replace("-", " ") for one in item.spec.tasks)
        version = self.tr("{name}, version {version}").format(name=item.spec.name, version=item.spec.version)
        parts = (item.spec.display_name, item.spec.description, *why, item.fault, tasks, version)
        return "\n".join(part for part in parts if part)

    def paint_item(self, painter: QPainter, item: PipelineRow, cell: QRect, state: CellState) -> None:
        """Paint a row."""
        theme = current_theme()
        paint_row_ground(painter, cell, state)
        can = item.availability.available
        _paint_check(painter, self.check_in(cell), theme, on=item.spec.name in self.chosen, enabled=can)
        left, right = cell.left() + 42, cell.right() - 12
        right_of_name = right - self._paint_stability(painter, item, cell, theme)
        name = QRect(left, cell.top() + 6, right_of_name - left, 22)
        draw_words(painter, name, item.spec.display_name, "strong", "text" if can else "text_muted")
        line = QRect(left, cell.top() + 28, right - left, 18)
        self._paint_line(painter, item, line)
        self._paint_tasks(painter, item, QRect(left, cell.top() + 50, right - left, 20), theme)
        paint_row_focus(painter, cell, state)

    def _paint_stability(self, painter: QPainter, item: PipelineRow, cell: QRect, theme: Theme) -> int:
        tone = _STABILITY.get(item.spec.stability)
        if tone is None:
            return 0
        words = self.tr("beta") if item.spec.stability == "beta" else self.tr("experimental")
        width = badge_width_px(words, theme)
        paint_badge(painter, QPointF(cell.right() - 12 - width, cell.top() + 8), words, tone, theme)
        return round(width) + 8

    def _paint_line(self, painter: QPainter, item: PipelineRow, place: QRect) -> None:
        if not item.availability.available:
            paint_icon(painter, "lock", QRectF(place.left(), place.top() + 2, 14, 14), "warning")
            draw_words(painter, place.adjusted(20, 0, 0, 0), item.availability.reason, "small", "warning")
        elif item.fault:
            paint_icon(painter, "error", QRectF(place.left(), place.top() + 2, 14, 14), "error")
            draw_words(painter, place.adjusted(20, 0, 0, 0), item.fault, "small", "error")
        else:
            draw_words(painter, place, item.spec.description, "small", "text_muted")

    def _paint_tasks(self, painter: QPainter, item: PipelineRow, place: QRect, theme: Theme) -> None:
        """The tasks as badges; of a pipeline that cannot run, what to do."""
        if not item.availability.available and item.availability.hint:
            draw_words(painter, place.adjusted(20, -4, 0, -4), item.availability.hint, "small", "text_muted")
            return
        left = float(place.left())
        for at, task in enumerate(item.spec.tasks):
            words = task.replace("-", " ").replace("_", " ")
            more = len(item.spec.tasks) - at
            room = place.right() - left - (0 if more == 1 else text_width(f"+{more}", "caption") + 8)
            if badge_width_px(words, theme) > room:
                draw_words(painter, QRect(round(left), place.top(), 40, 18), f"+{more}", "caption", "text_faint")
                return
            left += paint_badge(painter, QPointF(left, place.top()), words, "plain", theme) + 5

    def check_in(self, cell: QRect) -> QRectF:
        """Where the check is."""
        return QRectF(cell.left() + 12, cell.top() + 8, _CHECK_PX, _CHECK_PX)

    # ---- mouse and keys ----

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The check chooses; elsewhere a press shows the parameters."""
        place = event.position().toPoint()
        row = self.index_at(place)
        super().mousePressEvent(event)
        on_check = row >= 0 and place.x() < self.rect_of(row).left() + 38
        if on_check and event.button() == Qt.MouseButton.LeftButton:
            self.toggled.emit(self.item(row).spec.name)

    def event(self, event: QEvent) -> bool:
        """Keep the own keys from the window."""
        return keeps(event, ARROWS | ENTER | {Qt.Key.Key_Space}) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space and Enter choose; one row is selected at a time."""
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current() >= 0:
            self.toggled.emit(self.item(self.current()).spec.name)
            return
        super().keyPressEvent(event)

    def _after_selection(self) -> None:
        if len(self._selection.chosen) > 1:
            self._selection.choose((self._selection.current,))
        super()._after_selection()


class PipelineList(QWidget):
    """Pipelines with a check each. Arrows move, Space chooses; a row that cannot run says why and what to do."""

    chosen_changed = Signal(object)
    """The names of the chosen pipelines (a tuple), in the order of the list."""
    current_changed = Signal(str)
    """The pipeline whose parameters are to be shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.list = _Rows()
        self._count = label("", "small")
        self._all = push_button(self.tr("All"), role="quiet", small=True)
        self._none = push_button(self.tr("None"), role="quiet", small=True)
        self._all.setToolTip(self.tr("Choose all pipelines that can run here"))
        self._none.setToolTip(self.tr("Choose no pipeline"))
        self._all.clicked.connect(self._choose_all)
        self._none.clicked.connect(lambda: self._choose(()))
        self.list.toggled.connect(self.toggle)
        self.list.current_changed.connect(self._on_current)
        head = QHBoxLayout()
        head.setContentsMargins(20, 4, 8, 4)
        head.setSpacing(4)
        head.addWidget(self._count, 1)
        head.addWidget(self._all)
        head.addWidget(self._none)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.list, 1)
        self.setFocusProxy(self.list)
        self._show_count()

    def set_pipelines(self, rows: Sequence[PipelineRow]) -> None:
        """Show these; what was chosen and can still run stays chosen, the current one stays current."""
        before, current = self.chosen(), self.current()
        names = [self.list.item(at).spec.name for at in range(self.list.count)]
        if names == [row.spec.name for row in rows]:
            self.list.refresh_items(tuple(rows))
        else:
            self.list.blockSignals(True)
            self.list.set_items(tuple(rows))
            self.list.blockSignals(False)
            self.set_current(current or "")
        self.list.chosen &= set(self._can_run())
        self._show_count()
        if self.chosen() != before:
            self.chosen_changed.emit(self.chosen())

    def set_chosen(self, names: Iterable[str]) -> None:
        """Choose these, as far as they can run; nothing is told."""
        self.list.chosen = set(names) & set(self._can_run())
        self._show_count()

    def chosen(self) -> tuple[str, ...]:
        """The chosen pipelines, in the order of the list."""
        return tuple(name for name in self._names() if name in self.list.chosen)

    def set_current(self, name: str) -> None:
        """Select a row and bring it into view."""
        if name in self._names():
            self.list.set_current(self._names().index(name))

    def current(self) -> str | None:
        """The pipeline whose row is selected."""
        at = self.list.current()
        return self.list.item(at).spec.name if 0 <= at < self.list.count else None

    def toggle(self, name: str) -> None:
        """Choose a pipeline or leave it out."""
        if name in self._can_run():
            self._choose(self.list.chosen ^ {name})

    def _choose(self, names: Iterable[str]) -> None:
        before = self.chosen()
        self.set_chosen(names)
        if self.chosen() != before:
            self.chosen_changed.emit(self.chosen())

    def _choose_all(self) -> None:
        self._choose(self._can_run())

    def _names(self) -> list[str]:
        return [self.list.item(at).spec.name for at in range(self.list.count)]

    def _can_run(self) -> list[str]:
        rows = (self.list.item(at) for at in range(self.list.count))
        return [row.spec.name for row in rows if row.availability.available]

    def _on_current(self, row: int) -> None:
        if 0 <= row < self.list.count:
            self.current_changed.emit(self.list.item(row).spec.name)

    def _show_count(self) -> None:
        words = self.tr("{chosen} of {count} chosen")
        self._count.setText(words.format(chosen=len(self.chosen()), count=self.list.count))
        self._all.setEnabled(len(self.chosen()) < len(self._can_run()))
        self._none.setEnabled(bool(self.chosen()))
        self.list.viewport().update()


def _paint_check(painter: QPainter, box: QRectF, theme: Theme, *, on: bool, enabled: bool) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    edge = "accent_fill" if on else "border_strong" if enabled else "border"
    painter.setPen(QPen(theme.colour(edge), 1.5))
    painter.setBrush(theme.colour("accent_fill" if on else "field" if enabled else "hover"))
    painter.drawRoundedRect(box.adjusted(0.75, 0.75, -0.75, -0.75), 4, 4)
    if on:
        paint_icon(painter, "check", box.adjusted(2, 2, -2, -2), "on_accent")
