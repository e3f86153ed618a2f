"""The one action table. Menus, tool bars, context menus, the command palette and the shortcut sheet come from it."""

import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QIcon, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

GROUPS = ("File", "Edit", "View", "Go", "Playback", "Jobs", "Help")
"""Menus in their order. A record's ``group`` is one of them; the window translates them."""


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that a person can do.

    - ``id``: stable, dotted: ``library.add_files``. ``title``: translated by whoever makes the record.
    - ``shortcuts``: Qt key sequences in portable text (``Ctrl+K``); the first is shown in menus.
    - ``icon``: a name of ``widgets`` icons, "" for none. ``tip``: one sentence for tool tips and the palette.
    - ``enabled``: asked by ``ActionTable.refresh``; None = always. Must be quick: it runs in the Qt thread.
    - ``title_now``: a title that changes (``Undo rename``); asked by ``refresh`` too.
    - ``page``: the id of the page where it works; "" = everywhere.
    - ``scope``: the shortcut fires only while the focus is in this widget; None = in the whole page.
    - ``checked``: asked by ``refresh``; not None makes it a check item.
    - ``in_menu``: whether it stands in the menu bar (the palette and the sheet have all).
    """

    id: str
    title: str
    group: str
    callback: Callable[[], object]
    shortcuts: tuple[str, ...] = ()
    icon: str = ""
    tip: str = ""
    enabled: Callable[[], bool] | None = None
    title_now: Callable[[], str] | None = None
    page: str = ""
    scope: QWidget | None = None
    checked: Callable[[], bool] | None = None
    in_menu: bool = True


class ActionTable(QObject):
    """All records with the QAction made from each."""

    changed = Signal()
    """Records were added or removed."""

    def __init__(self, window: QWidget, make_icon: Callable[[str], QIcon] | None = None) -> None:
        super().__init__(window)
        self._window = window
        self._make_icon = make_icon
        self._records: dict[str, Action] = {}
        self._qactions: dict[str, QAction] = {}
        self._holders: dict[str, list[Action]] = {}
        """Who has a shortcut, by its portable text."""
        self._page = ""

    def __contains__(self, action_id: str) -> bool:
        return action_id in self._records

    @property
    def records(self) -> tuple[Action, ...]:
        """All records, in the order of their menus, then of their registration."""
        return tuple(sorted(self._records.values(), key=lambda record: GROUPS.index(record.group)))

    def add(self, *records: Action) -> None:
        """Register records and make their QActions. An id or an overlapping shortcut that is taken is a ValueError."""
        for record in records:
            self._check(record)
            self._records[record.id] = record
            for text in record.shortcuts:
                self._holders.setdefault(_portable(text), []).append(record)
            self._qactions[record.id] = self._make(record)
            self._refresh_one(record)
        self.changed.emit()

    def remove(self, action_ids: Iterable[str]) -> None:
        """Forget records: a page is going away."""
        for action_id in action_ids:
            record = self._records.pop(action_id, None)
            if record is not None:
                for text in record.shortcuts:
                    self._holders[_portable(text)].remove(record)
            qaction = self._qactions.pop(action_id, None)
            if qaction is not None:
                qaction.setEnabled(False)
                qaction.deleteLater()
        self.changed.emit()

    def qaction(self, action_id: str) -> QAction:
        """The QAction of a record, for a tool bar, a button or a context menu."""
        return self._qactions[action_id]

    def record(self, action_id: str) -> Action:
        """A record by its id."""
        return self._records[action_id]

    def run(self, action_id: str) -> bool:
        """Do it if it is enabled; returns whether it was."""
        self.refresh()
        qaction = self._qactions[action_id]
        if qaction.isEnabled():
            qaction.trigger()
            return True
        return False

    def is_enabled(self, action_id: str) -> bool:
        """Whether a record can run now."""
        record = self._records[action_id]
        return self._on_page(record) and (record.enabled is None or record.enabled())

    def set_page(self, page_id: str) -> None:
        """Tell which page is shown: actions of other pages are disabled, so that their shortcuts are free."""
        self._page = page_id
        self.refresh()

    def refresh(self) -> None:
        """Ask all records whether they are enabled, checked and how they are titled. Call it when state changed."""
        for record in self._records.values():
            self._refresh_one(record)

    def fill(self, menu: QMenu, action_ids: Iterable[str]) -> None:
        """Put actions into a context menu; "" makes a separator."""
        self.refresh()
        for action_id in action_ids:
            if action_id:
                menu.addAction(self._qactions[action_id])
            else:
                menu.addSeparator()

    def renew_icons(self) -> None:
        """Make all icons anew: the theme changed."""
        for action_id, qaction in self._qactions.items():
            self._set_icon(qaction, self._records[action_id])

    def _refresh_one(self, record: Action) -> None:
        qaction = self._qactions[record.id]
        qaction.setEnabled(self.is_enabled(record.id))
        if record.title_now is not None:
            qaction.setText(record.title_now())
        if record.checked is not None:
            qaction.setChecked(record.checked())

    def _make(self, record: Action) -> QAction:
        holder = record.scope or self._window
        qaction = QAction(record.title, holder)
        qaction.setObjectName(record.id)
        qaction.setShortcuts([QKeySequence(text) for text in record.shortcuts])
        qaction.setShortcutContext(
            Qt.ShortcutContext.WindowShortcut if record.scope is None else Qt.ShortcutContext.WidgetWithChildrenShortcut
        )
        tip = record.tip or record.title
        keys = ", ".join(
            QKeySequence(text).toString(QKeySequence.SequenceFormat.NativeText) for text in record.shortcuts
        )
        qaction.setToolTip(f"{tip} ({keys})" if keys else tip)
        qaction.setStatusTip(record.tip)
        qaction.setCheckable(record.checked is not None)
        self._set_icon(qaction, record)
        qaction.triggered.connect(lambda _checked=False: record.callback())
        holder.addAction(qaction)
        return qaction

    def _set_icon(self, qaction: QAction, record: Action) -> None:
        if record.icon and self._make_icon is not None:
            qaction.setIcon(self._make_icon(record.icon))

    def _on_page(self, record: Action) -> bool:
        return not record.page or record.page == self._page

    def _check(self, record: Action) -> None:
        if record.id in self._records:
            raise ValueError(f"the action {record.id} is registered twice")
        if record.group not in GROUPS:
            raise ValueError(f"the action {record.id} names the unknown group {record.group}")
        for text in record.shortcuts:
            if QKeySequence(text).isEmpty():
                raise ValueError(f"the action {record.id} has the unreadable shortcut {text!r}")
            clash = self._holder_of(text, record)
            if clash is not None:
                raise ValueError(f"the shortcut {text} of {record.id} is taken by {clash.id}")

    def _holder_of(self, text: str, new: Action) -> Action | None:
        for other in self._holders.get(_portable(text), ()):
            apart = bool(other.page and new.page and other.page != new.page)
            different_scopes = other.scope is not None and new.scope is not None and other.scope is not new.scope
            if not apart and not different_scopes:
                return other
        return None


@functools.cache
def _portable(text: str) -> str:
    """The same for all ways to write a key sequence."""
    return QKeySequence(text).toString(QKeySequence.SequenceFormat.PortableText)
