"""Which procedure: a list to choose from, and what can be done with it."""

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from core.procedures.types import Task
from widgets.flow import IconButton, label


class TasksPane(QWidget):
    """The task in hand over what it asks for, new, rename, settings."""

    chosen = Signal(str)
    new_requested = Signal()
    rename_requested = Signal()
    settings_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.list = QComboBox()
        self.list.setAccessibleName(self.tr("Procedure"))
        self.list.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.list.setPlaceholderText(self.tr("No procedure yet"))
        self.new = IconButton("add", self.tr("New procedure"))
        self.rename = IconButton("rename", self.tr("Rename the procedure"))
        self.settings = IconButton("settings", self.tr("How it is measured and scored"))
        self.counts = label("", "small")
        row = QHBoxLayout()
        row.setSpacing(2)
        row.addWidget(self.counts, 1)
        for button in (self.new, self.rename, self.settings):
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 8, 4)
        column.setSpacing(4)
        column.addWidget(self.list)
        column.addLayout(row)
        self.list.activated.connect(lambda at: self.chosen.emit(str(self.list.itemData(at))))
        self.new.clicked.connect(self.new_requested)
        self.rename.clicked.connect(self.rename_requested)
        self.settings.clicked.connect(self.settings_requested)
        self.show_tasks((), None)

    def show_tasks(self, tasks: Sequence[Task], task: Task | None) -> None:
        """All tasks, and the one in hand."""
        with QSignalBlocker(self.list):
            self.list.clear()
            for one in tasks:
                self.list.addItem(one.title or one.task_id, one.task_id)
                self.list.setItemData(self.list.count() - 1, one.task_id, Qt.ItemDataRole.ToolTipRole)
            self.list.setCurrentIndex(self.list.findData(task.task_id) if task is not None else -1)
        self.list.setEnabled(bool(tasks))
        for button in (self.rename, self.settings):
            button.setEnabled(task is not None)
        self.counts.setText(self._count_words(task) if task is not None else "")

    def _count_words(self, task: Task) -> str:
        return self.tr("Pass mark {mark:g}").format(mark=task.settings.pass_mark)
