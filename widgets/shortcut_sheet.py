"""All shortcuts on one sheet, made from the records of the actions."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from widgets.action_record import ActionRecord
from widgets.command_palette import native_keys
from widgets.flow.buttons import push_button
from widgets.flow.cards import Card, EmptyState
from widgets.flow.labels import label
from widgets.flow.search_field import SearchField

_COLUMNS = 2


class ShortcutSheet(QDialog):
    """Shortcuts by group, with a search. Only actions that have one are shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._records: tuple[ActionRecord, ...] = ()
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        self.setAccessibleName(self.tr("Keyboard shortcuts"))
        self.resize(860, 620)
        self.search = SearchField(self.tr("Search shortcuts"))
        self.search.textChanged.connect(lambda _text: self._fill())
        self.search.setFixedWidth(260)
        head = QHBoxLayout()
        head.addWidget(label(self.tr("Keyboard shortcuts"), "title"), 1)
        head.addWidget(self.search)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        close = push_button(self.tr("Close"))
        close.clicked.connect(self.accept)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 16, 16)
        column.setSpacing(16)
        column.addLayout(head)
        column.addWidget(self._area, 1)
        column.addLayout(foot)
        self._fill()

    def set_records(self, records: Sequence[ActionRecord]) -> None:
        """What there is."""
        self._records = tuple(record for record in records if record.shortcut)
        self._fill()

    def open_over(self, window: QWidget) -> None:
        """Show it in the middle of a window."""
        self.search.clear()
        self.resize(min(860, max(window.width() - 80, 360)), min(620, max(window.height() - 80, 320)))
        self.move(window.mapToGlobal(window.rect().center()) - self.rect().center())
        self.show()
        self.search.setFocus(Qt.FocusReason.PopupFocusReason)

    def shown_ids(self) -> list[str]:
        """The ids of the records shown, by group."""
        return [record.id for records in self._by_group().values() for record in records]

    def _by_group(self) -> dict[str, list[ActionRecord]]:
        wanted = self.search.text().casefold().strip()
        groups: dict[str, list[ActionRecord]] = {}
        for record in self._records:
            if wanted in f"{record.title} {record.group} {native_keys(record.shortcut)}".casefold():
                groups.setdefault(record.group, []).append(record)
        return groups

    def _fill(self) -> None:
        groups = self._by_group()
        if not groups:
            self._area.setWidget(
                EmptyState("keyboard", self.tr("No shortcut found"), self.tr("Try another word or another key."))
            )
            return
        page = QWidget()
        page.setProperty("role", "scrolled")
        row = QHBoxLayout(page)
        row.setContentsMargins(0, 0, 8, 0)
        row.setSpacing(16)
        columns = [QVBoxLayout() for _ in range(_COLUMNS)]
        heights = [0] * _COLUMNS
        for group, records in groups.items():
            shortest = heights.index(min(heights))
            columns[shortest].addWidget(_group_card(group, records))
            heights[shortest] += len(records) + 2
        for column in columns:
            column.setSpacing(16)
            column.addStretch(1)
            row.addLayout(column, 1)
        self._area.setWidget(page)


def _group_card(group: str, records: list[ActionRecord]) -> Card:
    card = Card(spacing_px=8)
    card.body.addWidget(label(group, "strong"))
    grid = QGridLayout()
    grid.setVerticalSpacing(6)
    grid.setColumnStretch(0, 1)
    for number, record in enumerate(records):
        title = label(record.title, "muted", wrap=True)
        grid.addWidget(title, number, 0)
        keys = QHBoxLayout()
        keys.setSpacing(4)
        for sequence in record.shortcut.split(", "):
            keys.addWidget(label(native_keys(sequence), "key"))
        grid.addLayout(keys, number, 1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    card.body.addLayout(grid)
    return card
