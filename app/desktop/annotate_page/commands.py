"""What a person can do on the page, with the questions that belong to it."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QInputDialog

from app.desktop.annotate_page.anonymising import Anonymising
from app.desktop.annotate_page.book import Entry, Lane, facts_of
from app.desktop.annotate_page.doing import AnnotateDoing
from app.desktop.annotate_page.export_dialog import ExportDialog
from app.desktop.annotate_page.exporting import LaneExport
from app.desktop.annotate_page.frame_times import frame_times_of
from app.desktop.annotate_page.import_dialog import ImportDialog
from app.desktop.annotate_page.joining import joined
from app.desktop.annotate_page.lane_dialog import LaneDialog
from app.desktop.delete_box import delete_box
from app.desktop.library_page.add_flow import AddFlow
from app.desktop.library_page.adding import VIDEO_SUFFIXES
from app.desktop.one_dialog import OneDialog
from app.desktop.services import Services
from core.annotate.formats.catalogue import FORMATS
from core.annotate.types import OwnTier

if TYPE_CHECKING:
    from app.desktop.annotate_page.page import AnnotatePage
    from core.annotate.formats.read import Imported


class AnnotateCommands(OneDialog):
    """Asks, then hands on to ``AnnotateDoing``. One conversation at a time."""

    def __init__(self, services: Services, page: "AnnotatePage") -> None:
        super().__init__(page)
        self._services = services
        self._page = page
        self.doing = AnnotateDoing(services, page, self)
        self.adding = AddFlow(services, self)
        self.exporting = LaneExport(services, page, self)
        self.anonymising = Anonymising(services, page, self)

    def close(self) -> None:
        """The library is being closed: take open dialogs away."""
        for part in (self.doing, self.exporting, self.anonymising):
            part.close()
        super().close()

    # ------------------------------------------------------------------ videos and runs

    def add_videos(self) -> None:
        """Choose files; they become episodes of the library."""
        pattern = " ".join(f"*{suffix}" for suffix in sorted(VIDEO_SUFFIXES))
        dialog = QFileDialog(
            self._page,
            self.tr("Add videos"),
            "",
            self.tr("Videos ({pattern});;All files (*)").format(pattern=pattern),
        )
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(lambda names: self.adding.add([Path(name) for name in names]))
        self._open(dialog)

    def take_files(self, paths: Sequence[Path]) -> None:
        """Files were dropped: annotations are imported into the video in hand, everything else is added."""
        if len(paths) == 1 and is_annotation(paths[0]) and self._page.entry is not None:
            self.read_import(paths[0])
        else:
            self.adding.add(paths)

    def run(self) -> None:
        """Run the chosen pipelines over the chosen videos."""
        part = self._page.body.run
        entries = [one for one in self._page.chosen_entries() if not one.missing]
        if part.can_run() and entries:
            self.doing.run(entries, part.chosen(), part.config())

    def delete_results(self, job_id: str, pipeline: str) -> None:
        """Modal, because files are lost. ``pipeline`` "" = the whole job."""
        results = [one for one in self._page.shelf.results if one.job_id == job_id and pipeline in {"", one.pipeline}]
        if not results:
            return
        text = (
            self.tr("Delete this run with all its results?")
            if not pipeline
            else self.tr("Delete what {pipeline} found?").format(pipeline=self._page.title_of(pipeline))
        )
        self._ask_delete(
            text,
            self.tr("The files of the results are deleted. Lanes that were copied from them stay."),
            lambda: self.doing.delete_result(results[0].result_id) if pipeline else self.doing.delete_job(job_id),
        )

    # ------------------------------------------------------------------ lanes

    def new_lane(self) -> None:
        """Ask for a lane of one's own."""
        entry = self._page.entry
        if entry is None:
            return
        dialog = LaneDialog(self._page.choices.coder, None, self._page)

        def add() -> None:
            if dialog.whose and dialog.whose != self._page.choices.coder:  # said once, it holds for the next lanes too
                self._page.choices.coder = dialog.whose
                self.show_coder()
            self.doing.add_tier(
                entry,
                dialog.name,
                dialog.kind,
                coder=dialog.whose or self._page.choices.coder,
                vocabulary=dialog.labels,
                then=lambda tier: self._page.wait_for_tier(tier.tier_id),
            )

        dialog.accepted.connect(add)
        self._open(dialog)
        dialog.name_field.setFocus()

    def edit_lane(self) -> None:
        """Ask for another name or other labels of the own lane in hand."""
        lane = self._page.desk.own_lane()
        if lane is None or lane.own is None:
            return
        own = lane.own
        dialog = LaneDialog(own.coder, own, self._page)
        dialog.accepted.connect(lambda: self.doing.change_tier(own, dialog.name, dialog.labels))
        self._open(dialog)

    def show_coder(self) -> None:
        """Whose lanes new ones are."""
        choices = self._page.choices
        self._page.body.lanes.show_coder(choices.coder, chosen=choices.has_coder)

    def ask_coder(self) -> None:
        """Ask whose the lanes to come are."""
        dialog = QInputDialog(self._page)
        dialog.setWindowTitle(self.tr("Coder"))
        dialog.setLabelText(self.tr("Your name as a coder. New lanes carry it; two coders can be compared."))
        dialog.setTextValue(self._page.choices.coder)

        def take(name: str) -> None:
            self._page.choices.coder = name
            self.show_coder()

        dialog.textValueSelected.connect(take)
        self._open(dialog)

    # ------------------------------------------------------------------ files

    def export(self) -> None:
        """Ask which lanes of the video in hand go out."""
        book = self._page.book
        if book is None or not book.lanes:
            return
        hidden = self._page.hidden
        self._ask_export(book.lanes, [one.lane_id for one in book.lanes if one.lane_id not in hidden])

    def export_lanes(self, lanes: Sequence[Lane]) -> None:
        """Ask how to export these."""
        self._ask_export(lanes, [one.lane_id for one in lanes])

    def _ask_export(self, lanes: Sequence[Lane], checked: Sequence[str]) -> None:
        entry, book = self._page.entry, self._page.book
        if entry is None or book is None:
            return
        dialog = ExportDialog(lanes, checked, self._page)
        dialog.choose_format(self._page.choices.export_format)

        def save() -> None:
            self._page.choices.export_format = dialog.format.name
            document = joined(book, dialog.chosen)
            if document is not None:
                self.exporting.ask_lanes(document, dialog.format, Path(entry.title).stem or entry.title)

        dialog.accepted.connect(save)
        self._open(dialog)

    def ask_import(self) -> None:
        """Choose a file of annotations for the video in hand."""
        if self._page.entry is None:
            return
        pattern = " ".join(sorted({f"*{suffix}" for suffix in import_suffixes()}))
        dialog = QFileDialog(
            self._page,
            self.tr("Import annotations"),
            str(self.exporting.folder),
            self.tr("Annotations ({pattern});;All files (*)").format(pattern=pattern),
        )
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self.read_import(Path(name)))
        self._open(dialog)

    def read_import(self, path: Path) -> None:
        """Read a file and show what is in it before any of it is taken over."""
        entry = self._page.entry
        if entry is None:
            return
        dialog = ImportDialog(path, self._page.choices.coder, self._page)
        dialog.format_wanted.connect(lambda name: self._read(dialog, entry, name))

        def take() -> None:
            left_out = len(dialog.read.faults) if dialog.read is not None else 0
            self.doing.import_tiers(
                entry, dialog.tiers, origin=path.name, then=lambda tiers: self._imported(path.name, tiers, left_out)
            )

        dialog.accepted.connect(take)
        self._open(dialog)
        self._read(dialog, entry, "")

    def _imported(self, name: str, tiers: Sequence[OwnTier], left_out: int) -> None:
        self._page.wait_for_tier(tiers[0].tier_id)
        words = self.tr("{count} lanes were imported from {name}.")
        words = self.tr("1 lane was imported from {name}.") if len(tiers) == 1 else words
        without = self.tr("1 line was left out.") if left_out == 1 else self.tr("{count} lines were left out.")
        self._services.notices.info(
            words.format(count=len(tiers), name=name), without.format(count=f"{left_out:,}") if left_out else ""
        )

    def _read(self, dialog: ImportDialog, entry: Entry, format_name: str) -> None:
        dialog.show_busy()
        path, book = dialog.path, self._page.book
        facts = book.facts if book is not None and book.facts is not None else facts_of(entry)
        video = entry.path if not entry.missing else None

        def read() -> "Imported":
            from core.annotate.formats.read import read as read_file

            times_s = frame_times_of(video) if video is not None else None
            return read_file(path, format_name=format_name, facts=facts, on_fault="skip", frame_times_s=times_s)

        self._services.background.run_query(
            read, dialog.show_read, latest_key="annotate-import", failed=dialog.show_failure, owner=dialog
        )

    # ------------------------------------------------------------------ inside

    def _ask_delete(self, text: str, more: str, then: Callable[[], object]) -> None:
        self._open(delete_box(self._page, text, more, then))


def import_suffixes() -> tuple[str, ...]:
    """How files of annotations end."""
    found = (suffix for one in FORMATS.values() if one.imports for suffix in (one.suffix, *one.suffixes))
    return tuple(dict.fromkeys(found))


def is_annotation(path: Path) -> bool:
    """Whether a file is named like annotations."""
    name = path.name.casefold()
    return path.is_file() and any(name.endswith(suffix.casefold()) for suffix in import_suffixes())
