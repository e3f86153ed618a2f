"""The entries of the audit trail, the newest first: only those on the screen are painted, older ones are read later."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QPainter, QPen
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.desktop.services import Services
from app.desktop.settings_page.audit_words import (
    ICONS,
    KINDS,
    entry_facts,
    entry_text,
    entry_title,
    entry_who,
    exact_time,
    found_in,
    kind_title,
)
from core.audit import log
from core.audit.types import Entry
from core.library.store import Store
from widgets.cell_words import draw_words, text_width
from widgets.flow import Card, IconButton, SearchField, label
from widgets.flow.labels import badge_width_px, paint_badge
from widgets.icons import paint_icon
from widgets.item_grid import CellState
from widgets.row_list import RowList
from widgets.theme import current_theme

ROW_PX, LIST_PX = 46, 368
PAGE_ENTRIES = 300
_READ_AT_ONCE = 1_000
_MOST_SEARCHED = 200_000


@dataclass(frozen=True, slots=True)
class TrailPage:
    """Some entries, newest first. ``next_before``: where older ones begin, None = these were the last."""

    entries: tuple[Entry, ...]
    next_before: int | None


def read_page(
    store: Store, kinds: Collection[str] | None, wanted: str, before: int | None, stopped: Callable[[], bool]
) -> TrailPage:
    """The next PAGE_ENTRIES entries that hold a text; older ones are looked through until there are enough."""
    found: list[Entry] = []
    looked = 0
    while not stopped():
        some = log.read(store, limit=_READ_AT_ONCE if wanted else PAGE_ENTRIES, before=before, kinds=kinds)
        for entry in some:
            before = entry.entry_id
            if not wanted or found_in(entry, wanted):
                found.append(entry)
            if len(found) >= PAGE_ENTRIES:
                return TrailPage(tuple(found), before)
        looked += len(some)
        if len(some) < (_READ_AT_ONCE if wanted else PAGE_ENTRIES):
            return TrailPage(tuple(found), None)
        if looked >= _MOST_SEARCHED:
            break
    return TrailPage(tuple(found), before)


class TrailList(RowList[Entry]):
    """One row for each entry."""

    end_near = Signal()
    """The last entries are nearly on the screen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(None, parent, gap_px=0, margin_px=4)
        self.setAccessibleName(self.tr("Audit trail"))
        self.setFixedHeight(LIST_PX)
        self.verticalScrollBar().valueChanged.connect(self._on_scroll)

    def height_of_cell(self, _width_px: int) -> int:
        """All rows are of one height."""
        return ROW_PX

    def image_of(self, _item: Entry, _cell: QRect) -> tuple[object, QSize] | None:
        """No pictures."""
        return None

    def words_of(self, item: Entry) -> str:
        """Kind, what, who, when."""
        return ", ".join((kind_title(item.kind), entry_title(item), entry_who(item), exact_time(item.at)))

    def tip_of(self, item: Entry) -> str:
        """The title in full."""
        return f"{entry_title(item)}\n{entry_who(item)}  ·  {exact_time(item.at)}"

    def paint_item(self, painter: QPainter, item: Entry, cell: QRect, state: CellState) -> None:
        """Paint a row."""
        theme = current_theme()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if state.selected or state.hovered:
            painter.setBrush(theme.colour("accent_surface" if state.selected else "hover"))
            painter.drawRoundedRect(QRectF(cell).adjusted(0, 1, 0, -1), theme.radius("m"), theme.radius("m"))
        colour = "error" if item.kind == "deletion" else "icon"
        paint_icon(
            painter, ICONS.get(item.kind, "log"), QRectF(cell.left() + 10, cell.center().y() - 9, 18, 18), colour
        )
        left, right = cell.left() + 40, cell.right() - 10
        when = exact_time(item.at)
        room = right - left - text_width(when, "monosmall") - 14
        top = QRect(left, cell.top() + 4, room, 20)
        draw_words(painter, top, entry_title(item), "body", "text")
        time = QRect(left, cell.top() + 4, right - left, 20)
        draw_words(painter, time, when, "monosmall", "text_faint", Qt.AlignmentFlag.AlignRight)
        title = kind_title(item.kind)
        paint_badge(painter, QPointF(left, cell.top() + 24), title, "plain", theme)
        under = QRect(left, cell.top() + 24, right - left, 18)
        words = entry_who(item)
        draw_words(
            painter, under.adjusted(round(badge_width_px(title, theme)) + 8, 0, 0, 0), words, "small", "text_muted"
        )
        if state.focused:
            painter.setPen(QPen(theme.colour("focus"), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(cell).adjusted(1, 1.5, -1, -1.5), theme.radius("m"), theme.radius("m"))

    def _after_selection(self) -> None:
        if len(self._selection.chosen) > 1:
            self._selection.choose((self._selection.current,))
        super()._after_selection()

    def _on_scroll(self, value_px: int) -> None:
        if value_px >= self.verticalScrollBar().maximum() - 2 * LIST_PX:
            self.end_near.emit()


class EntryDetails(QWidget):
    """Everything that one entry holds."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entry: Entry | None = None
        self._shown: list[QWidget] = []
        self.copy = IconButton("copy", self.tr("Copy this entry"))
        self.copy.clicked.connect(self._copy)
        self._title = label("", "strong", wrap=True)
        self._grid = QGridLayout()
        self._grid.setColumnStretch(1, 1)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(3)
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self.copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 8, 4)
        column.addLayout(head)
        column.addLayout(self._grid)
        self.setAccessibleName(self.tr("Details of the entry"))
        self.show_entry(None)

    def show_entry(self, entry: Entry | None) -> None:
        """Show an entry; None hides the details."""
        self._entry = entry
        for widget in self._shown:
            self._grid.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self._shown = []
        self.setVisible(entry is not None)
        if entry is None:
            return
        self._title.setText(entry_title(entry))
        self.copy.set_icon("copy")
        for row, (name, value) in enumerate(entry_facts(entry)):
            shown = label(value, "small", wrap=True)
            shown.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
            caption = label(name, "muted")
            self._shown += [caption, shown]
            self._grid.addWidget(caption, row, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(shown, row, 1)

    @property
    def facts(self) -> dict[str, str]:
        """What is shown, by name."""
        return {} if self._entry is None else dict(entry_facts(self._entry))

    def _copy(self) -> None:
        if self._entry is not None:
            QGuiApplication.clipboard().setText(entry_text(self._entry))
            self.copy.set_icon("check")


class TrailCard(Card):
    """Search, filter by kind, the list, and the details of the selected entry."""

    def __init__(self, services: Services) -> None:
        super().__init__(padding_px=12)
        self._services = services
        self._next_before: int | None = None
        self._reading = False
        self._empty_text = self.tr("Nothing was noted yet.")
        self.search = SearchField(self.tr("Search in the trail"))
        self.kind = QComboBox()
        self.again = IconButton("retry", self.tr("Read the trail again"))
        self.list = TrailList()
        self.details = EntryDetails()
        self._count = label("", "small")
        self.problem = label("", "error", wrap=True)
        self._build()
        self.search.searched.connect(lambda _text: self.refresh())
        self.kind.currentIndexChanged.connect(lambda _index: self.refresh())
        self.again.clicked.connect(self.refresh)
        self.list.end_near.connect(self._read_on)
        self.list.selection_changed.connect(self._on_selection)

    def refresh(self) -> None:
        """Read from the newest entry on."""
        self._next_before, self._reading = None, True
        self._ask(None, self._take_first)

    def _read_on(self) -> None:
        if self._next_before is not None and not self._reading:
            self._reading = True
            self._ask(self._next_before, self._take_more)

    def _ask(self, before: int | None, take: Callable[[TrailPage], None]) -> None:
        store, stopped = self._services.library.store, self._services.background.stopping.is_set
        kind, wanted = str(self.kind.currentData()), self.search.text().strip()
        kinds = (kind,) if kind else None
        self._services.background.run_query(
            lambda: read_page(store, kinds, wanted, before, stopped),
            take,
            latest_key="audit-trail",
            failed=self._failed,
            owner=self,
            lane="audit",
        )

    def _take_first(self, page: TrailPage) -> None:
        chosen = self._chosen()
        self._show(page, ())
        ids = [entry.entry_id for entry in page.entries]
        if chosen is not None and chosen.entry_id in ids:
            self.list.set_current(ids.index(chosen.entry_id))
        else:
            self._on_selection()

    def _take_more(self, page: TrailPage) -> None:
        self._show(page, tuple(self.list.item(at) for at in range(self.list.count)))

    def _show(self, page: TrailPage, before: Sequence[Entry]) -> None:
        self.problem.hide()
        self._reading, self._next_before = False, page.next_before
        entries = (*before, *page.entries)
        if before:
            self.list.refresh_items(entries)
        else:
            self.list.set_items(entries)
        filtered = bool(self.search.text().strip() or self.kind.currentData())
        self.list.set_empty_text(self.tr("No entry matches.") if filtered else self._empty_text)
        words = (
            self.tr("1 entry") if len(entries) == 1 else self.tr("{count} entries").format(count=f"{len(entries):,}")
        )
        more = self.tr("{words}, scroll for older ones").format(words=words)
        self._count.setText(more if page.next_before is not None else words)

    def _failed(self, error: Exception) -> None:
        self._reading = False
        self.problem.setText(str(error))
        self.problem.show()

    def _chosen(self) -> Entry | None:
        rows = self.list.selected()
        return self.list.item(rows[0]) if rows else None

    def _on_selection(self) -> None:
        self.details.show_entry(self._chosen())

    def _build(self) -> None:
        self.kind.addItem(self.tr("Everything"), "")
        for kind in KINDS:
            self.kind.addItem(kind_title(kind), kind)
        self.kind.setAccessibleName(self.tr("Kind of entry"))
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.search, 1)
        row.addWidget(self.kind)
        row.addWidget(self.again)
        self.body.addLayout(row)
        self.body.addWidget(self.problem)
        self.body.addWidget(self.list)
        self.body.addWidget(self._count)
        self.body.addWidget(self.details)
        self.problem.hide()
