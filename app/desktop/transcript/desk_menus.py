"""The menus of the transcript: of a chip, of the selected lines, and of everything else."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QMenu

from app.desktop.transcript.exporting import FORMATS

if TYPE_CHECKING:
    from app.desktop.transcript.desk import TranscriptDesk


class DeskMenus(QObject):
    """Fills and opens them; what they do is the desk's."""

    def __init__(self, desk: "TranscriptDesk") -> None:
        super().__init__(desk)
        self._desk = desk
        panel = desk.panel
        panel.list.speaker_menu_requested.connect(self.open_speaker_menu)
        panel.list.context_menu_requested.connect(self.open_context_menu)
        panel.speakers.menu_requested.connect(self._open_for_speaker)
        panel.more_menu.aboutToShow.connect(self.fill_more)

    def open_speaker_menu(self, line_id: str, place: QPoint) -> None:
        """Who says this line (or all selected ones), and what concerns the speaker."""
        book = self._desk.book
        line = book.line(line_id) if book is not None else None
        if book is not None and line is not None:
            chosen = self._desk.panel.list.selection.ids
            lines = chosen if line_id in chosen else [line_id]
            self._desk.menus.open_for_lines(book, lines, line.speaker_id, place)

    def open_context_menu(self, place: QPoint) -> None:
        """What can be done with the selected lines."""
        desk, bar = self._desk, self._desk.panel.line_bar
        one = desk.has_one()
        menu = QMenu(desk.panel)
        for title, press, enabled in (
            (self.tr("Edit text"), desk.edit_text, one),
            (self.tr("Divide here"), desk.split, one),
            (self.tr("Merge lines"), desk.merge, desk.has_several()),
            (self.tr("Begin where the film is"), bar.start_at_playhead, one),
            (self.tr("End where the film is"), bar.end_at_playhead, one),
            (self.tr("Copy text"), desk.copy, True),
            (self.tr("Delete"), desk.delete, True),
        ):
            action = menu.addAction(title)
            action.setEnabled(enabled)
            action.triggered.connect(press)
        if desk.book is not None:
            ids = desk.panel.list.selection.ids
            line = desk.book.line(ids[0]) if one else None
            speaker_id = line.speaker_id if line is not None else None
            desk.menus.add_line_actions(menu.addMenu(self.tr("Speaker")), desk.book, ids, speaker_id)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)

    def fill_more(self) -> None:
        """Making, what was left out, export."""
        desk, menu = self._desk, self._desk.panel.more_menu
        menu.clear()
        make = menu.addAction(self.tr("Transcribe again…") if desk.has_transcript() else self.tr("Transcribe…"))
        make.setEnabled(desk.can_transcribe())
        make.triggered.connect(desk.transcribe)
        voices = menu.addAction(self.tr("Find speakers again"))
        voices.setEnabled(desk.can_find_speakers())
        voices.triggered.connect(desk.making.find_speakers)
        left_out = menu.addAction(self.tr("What was left out…"))
        left_out.setEnabled(desk.has_left_out())
        left_out.triggered.connect(desk.show_left_out)
        menu.addSeparator()
        export = menu.addMenu(self.tr("Export"))
        export.setEnabled(desk.has_lines())
        for kind in FORMATS:
            export.addAction(desk.exporting.title_of(kind)).triggered.connect(
                lambda _on=False, kind=kind: desk.export(kind)
            )

    def _open_for_speaker(self, speaker_id: str, place: QPoint) -> None:
        if self._desk.book is not None:
            self._desk.menus.open_for_speaker(self._desk.book, speaker_id, place)
