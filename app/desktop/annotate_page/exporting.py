"""From "export" to a file: lanes of a video in a format, and tables of measures."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from app.desktop.annotate_page.doing import ACTOR
from app.desktop.identities_page.exporting import Exporting
from app.desktop.services import Services
from core.annotate.formats.catalogue import Format
from core.annotate.types import Document

if TYPE_CHECKING:
    from core.annotate.measures.types import Table

TABLE_FORMATS = ("csv", "tsv", "parquet", "json")


class LaneExport(Exporting):
    """Writes lanes and measures; one file after the other, each in the audit trail."""

    def __init__(self, services: Services, dialog_parent: QWidget, parent: QObject) -> None:
        super().__init__(services, dialog_parent, parent)
        self._notes: dict[Path, tuple[str, ...]] = {}

    def ask_lanes(self, document: Document, target: Format, title: str) -> None:
        """Ask where lanes go, then write them; what the format does not carry is told."""
        store = self._services.library.store

        def write(path: Path) -> Path:
            from core.annotate.formats.write import write_noted
            from core.audit.notes import note_export

            written = write_noted(document, target.name, path)
            note_export(store, "annotations", title, path, actor=ACTOR)
            self._notes[path] = written.notes
            return path

        self._ask(self.tr("Export lanes"), title, target.suffix.lstrip("."), target.title, write)

    def ask_table(self, table: "Table", kind: str, title: str) -> None:
        """Ask where measures go, then write them as one of TABLE_FORMATS."""
        store = self._services.library.store
        kinds = {"csv": self.tr("Table (CSV)"), "tsv": self.tr("Table (TSV)"), "json": "JSON", "parquet": "Parquet"}

        def write(path: Path) -> Path:
            from core.annotate.measures.tables import write_table
            from core.audit.notes import note_export

            write_table(table, path, kind)
            note_export(store, "measures", title, path, actor=ACTOR)
            return path

        self._ask(self.tr("Export the measures"), title, kind, kinds[kind], write)

    def _tell(self, path: Path) -> None:
        """Notices belong to the Qt thread: what the file does not carry is told once it is there."""
        super()._tell(path)
        notes = self._notes.pop(path, ())
        if notes:
            self._services.notices.warning(
                self.tr("Not everything fits into {name}.").format(name=path.name), " ".join(notes)
            )
