"""What a file holds before any of it is taken over: its lanes, and every line that cannot be read with the reason."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.desktop.annotate_page.check_rows import CheckRow, CheckRows
from app.desktop.annotate_page.words import count_words, error_words
from core.annotate.formats.catalogue import FORMATS
from core.annotate.types import Tier, TierKind
from widgets.flow import label, push_button, separator

if TYPE_CHECKING:
    from core.annotate.formats.read import Imported

MOST_SHOWN = 500


def _tr(text: str) -> str:
    return QCoreApplication.translate("annotate", text)


class ImportDialog(QDialog):
    """``tiers`` and ``whose`` after it was accepted. The page reads the file again for another format."""

    format_wanted = Signal(str)
    """The name of a format, "" = by suffix and content."""

    def __init__(self, path: Path, coder: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Import {name}").format(name=path.name))
        self.setMinimumSize(680, 520)
        self.path = path
        self.read: Imported | None = None
        self.formats = QComboBox()
        self.formats.setAccessibleName(self.tr("Format"))
        self.formats.addItem(self.tr("By its content"), "")
        for one in FORMATS.values():
            if one.imports:
                self.formats.addItem(f"{one.title}  ({one.suffix})", one.name)
        self.coder_field = QLineEdit()
        self.coder_field.setPlaceholderText(self.tr("as the file says, else {name}").format(name=coder))
        self.coder_field.setAccessibleName(self.tr("Coder"))
        self._coder = coder
        self.rows = CheckRows(self.tr("Lanes of the file"))
        self.words = label("", "small", wrap=True)
        self.faults_head = label("", "warning", wrap=True)
        self.faults = QTableWidget(0, 3)
        self.copy = push_button(self.tr("Copy the list"), "copy", "quiet", small=True)
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel, Qt.Orientation.Horizontal
        )
        self._faulty = QWidget()
        self._build()
        self._connect()
        self.show_busy()

    @property
    def tiers(self) -> tuple[Tier, ...]:
        """The ticked lanes, each with a coder."""
        wanted = set(self.rows.checked())
        whose = self.coder_field.text().strip()
        found = self.read.tiers if self.read is not None else ()
        return tuple(
            replace(tier, coder=whose or tier.coder or self._coder)
            for number, tier in enumerate(found)
            if str(number) in wanted
        )

    def show_busy(self) -> None:
        """The file is being read."""
        self.read = None
        self.words.setText(self.tr("Reading {name}…").format(name=self.path.name))
        self.rows.set_rows((), ())
        self._faulty.hide()
        self._show_ready()

    def show_failure(self, error: Exception) -> None:
        """The file cannot be read at all."""
        message, action = error_words(error)
        self.read = None
        self.words.setText(f"{message} {action}".strip())
        self.words.setProperty("role", "error")
        self._polish()
        self._show_ready()

    def show_read(self, imported: "Imported") -> None:
        """What is in the file."""
        self.read = imported
        title = FORMATS[imported.format_name].title
        words = self.tr("{format}, 1 lane.") if len(imported.tiers) == 1 else self.tr("{format}, {count} lanes.")
        found = words.format(format=title, count=len(imported.tiers))
        self.words.setText(" ".join([found, *imported.notes]))
        self.words.setProperty("role", "small")
        self._polish()
        rows = [_row(number, tier) for number, tier in enumerate(imported.tiers)]
        self.rows.set_rows(rows, [row.key for row in rows])
        self._show_faults()
        self._show_ready()

    def _show_faults(self) -> None:
        faults = self.read.faults if self.read is not None else ()
        self._faulty.setVisible(bool(faults))
        self.faults_head.setText(
            self.tr("1 line cannot be read. Correct it in the file and import again, or import the rest.")
            if len(faults) == 1
            else self.tr(
                "{count} lines cannot be read. Correct them in the file and import again, or import the rest."
            ).format(count=f"{len(faults):,}")
        )
        self.faults.setRowCount(min(len(faults), MOST_SHOWN))
        for row, fault in enumerate(faults[:MOST_SHOWN]):
            for column, text in enumerate((f"{fault.unit} {fault.line}", fault.why, fault.text)):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                self.faults.setItem(row, column, item)

    def _copy_faults(self) -> None:
        faults = self.read.faults if self.read is not None else ()
        QGuiApplication.clipboard().setText(
            "\n".join(f"{one.unit} {one.line}\t{one.why}\t{one.text}" for one in faults)
        )

    def _show_ready(self) -> None:
        """The button says what is left out: pressing it is the consent."""
        faults = len(self.read.faults) if self.read is not None else 0
        count = len(self.rows.checked())
        ok = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        ok.setEnabled(bool(count))
        lanes = self.tr("Import 1 lane") if count == 1 else self.tr("Import {count} lanes").format(count=count)
        without = self.tr("without this line") if faults == 1 else self.tr("without these {count} lines")
        ok.setText(f"{lanes} {without.format(count=f'{faults:,}')}" if faults else lanes)

    def _polish(self) -> None:
        self.words.style().unpolish(self.words)
        self.words.style().polish(self.words)

    def _build(self) -> None:
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setProperty("role", "primary")
        self.faults.setAccessibleName(self.tr("Lines that cannot be read"))
        self.faults.setHorizontalHeaderLabels([self.tr("Where"), self.tr("Why"), self.tr("Text")])
        self.faults.verticalHeader().hide()
        self.faults.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.faults.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.faults.setWordWrap(False)
        header = self.faults.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        top = QHBoxLayout()
        top.setSpacing(8)
        for words, field in ((self.tr("Format"), self.formats), (self.tr("Coder"), self.coder_field)):
            top.addWidget(label(words, "strong"))
            top.addWidget(field, 1)
        inside = QVBoxLayout(self._faulty)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(6)
        inside.addWidget(separator())
        head = QHBoxLayout()
        head.addWidget(self.faults_head, 1)
        head.addWidget(self.copy)
        inside.addLayout(head)
        inside.addWidget(self.faults, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 12)
        column.setSpacing(10)
        column.addLayout(top)
        column.addWidget(self.words)
        column.addWidget(self.rows, 1)
        column.addWidget(self._faulty, 2)
        column.addWidget(self.buttons)

    def _connect(self) -> None:
        self.formats.currentIndexChanged.connect(lambda _at: self.format_wanted.emit(str(self.formats.currentData())))
        self.rows.changed.connect(self._show_ready)
        self.copy.clicked.connect(self._copy_faults)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)


def _row(number: int, tier: Tier) -> CheckRow:
    parts: Sequence[str] = [part for part in (count_words(tier.kind, len(tier)), tier.coder) if part]
    series = tier.kind is TierKind.SERIES
    return CheckRow(
        str(number),
        tier.name,
        "  ·  ".join(parts),
        enabled=not series,
        tip=_tr("Values over time cannot be edited: they are not imported") if series else "",
    )
