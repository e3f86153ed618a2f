"""The menu bar, made from the action table."""

from PySide6.QtCore import QCoreApplication, QObject, QTimer
from PySide6.QtWidgets import QMenu, QMenuBar

from app.desktop.actions import GROUPS, ActionTable
from widgets.action_record import ActionRecord


def group_titles() -> dict[str, str]:
    """The groups in the person's language."""
    tr = QCoreApplication.translate
    return {
        "File": tr("menus", "File"),
        "Edit": tr("menus", "Edit"),
        "View": tr("menus", "View"),
        "Go": tr("menus", "Go"),
        "Playback": tr("menus", "Playback"),
        "Jobs": tr("menus", "Jobs"),
        "Help": tr("menus", "Help"),
    }


def shown_records(table: ActionTable) -> list[ActionRecord]:
    """The table as the palette and the shortcut sheet show it."""
    table.refresh()
    titles = group_titles()
    return [
        ActionRecord(
            id=record.id,
            title=table.qaction(record.id).text(),
            group=titles[record.group],
            shortcut=", ".join(sequence.toString() for sequence in table.qaction(record.id).shortcuts()),
            icon=record.icon,
            enabled=table.qaction(record.id).isEnabled(),
            tip=record.tip,
        )
        for record in table.records
    ]


class Menus(QObject):
    """Keeps the menu bar in step with the table; groups with nothing in them have no menu."""

    def __init__(self, bar: QMenuBar, table: ActionTable) -> None:
        super().__init__(bar)
        self._bar = bar
        self._table = table
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self.rebuild)
        table.changed.connect(self._later.start)
        self.rebuild()

    def rebuild(self) -> None:
        """Make all menus anew."""
        for old in self._bar.findChildren(QMenu):
            old.deleteLater()
        self._bar.clear()
        titles = group_titles()
        for group in GROUPS:
            records = [record for record in self._table.records if record.group == group and record.in_menu]
            if not records:
                continue
            menu = self._bar.addMenu(titles[group])
            menu.setToolTipsVisible(True)
            menu.aboutToShow.connect(self._table.refresh)
            room = records[0].id.partition(".")[0]
            for record in records:
                if record.id.partition(".")[0] != room:
                    menu.addSeparator()
                    room = record.id.partition(".")[0]
                menu.addAction(self._table.qaction(record.id))
