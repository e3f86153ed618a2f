"""The faces of the selected people: to be dragged to somebody else, taken out, or put back."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.desktop.identities_page import words
from app.desktop.review.crop_pane import CropItems
from core.review.types import CropRow
from widgets.drag_crop_grid import DragCropGrid
from widgets.flow import ElidedLabel, label, push_button


class CropsTab(QWidget):
    """A head line, the grid and the four things to do with faces."""

    frame_wanted = Signal(object)
    """CropRow: show it in Review."""
    exclude_requested = Signal()
    not_a_face_requested = Signal()
    include_requested = Signal()
    split_requested = Signal()
    menu_requested = Signal(QPoint)
    selection_changed = Signal()
    target_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._crops: Sequence[CropRow] = ()
        self._title = ElidedLabel("", "strong")
        self._count = label("", "small")
        self.grid = DragCropGrid()
        self.grid.setObjectName("board-crops")
        self._exclude = push_button(self.tr("Exclude"), "close", small=True)
        self._no_face = push_button(self.tr("Not a face"), "unassigned", small=True)
        self._include = push_button(self.tr("Put back"), "retry", small=True)
        self._split = push_button(self.tr("New person"), "add", small=True)
        self._build()
        self._connect()
        self.clear()

    @property
    def crops(self) -> Sequence[CropRow]:
        """What is shown."""
        return self._crops

    def selected(self) -> list[tuple[str, int]]:
        """The selected faces as (track, frame)."""
        return [(self._crops[at].track_id, self._crops[at].frame) for at in self.grid.selected()]

    def selected_rows(self) -> list[CropRow]:
        """The selected faces."""
        return [self._crops[at] for at in self.grid.selected()]

    def show_title(self, title: str) -> None:
        """Whose faces these are."""
        self._title.set_text(title)

    def show_crops(self, ep_id: str, crops: Sequence[CropRow]) -> None:
        """Show faces; those that were selected stay so."""
        chosen = set(self.selected())
        self._crops = crops
        self.grid.set_crops(ep_id, [(crop.track_id, crop.frame) for crop in crops], CropItems(crops))
        self.grid.set_empty_text(self.tr("No faces are stored for this person."))
        self.grid.set_selected(
            [at for at, crop in enumerate(crops) if (crop.track_id, crop.frame) in chosen] if chosen else ()
        )
        excluded = sum(bool(crop.excluded) for crop in crops)
        text = words.faces(len(crops)) if crops else ""
        if excluded:
            text = self.tr("{faces}, {count} excluded").format(faces=text, count=excluded)
        self._count.setText(text)
        self._show_buttons()

    def clear(self) -> None:
        """Nobody is selected."""
        self._crops = ()
        self._title.set_text("")
        self._count.setText("")
        self.grid.set_items(())
        self.grid.set_empty_text(self.tr("Select somebody on the board to see all their faces."))
        self._show_buttons()

    def stop(self) -> None:
        """End the threads that load pictures."""
        self.grid.stop()

    def _show_buttons(self) -> None:
        rows = self.selected_rows()
        there = [row for row in rows if not row.excluded]
        for button in (self._exclude, self._no_face, self._split):
            button.setEnabled(bool(there))
        self._include.setEnabled(len(there) < len(rows))
        self.selection_changed.emit()

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(12, 8, 12, 4)
        head.addWidget(self._title, 1)
        head.addWidget(self._count)
        foot = QHBoxLayout()
        foot.setContentsMargins(12, 8, 12, 8)
        foot.setSpacing(6)
        for button in (self._split, self._exclude, self._no_face, self._include):
            foot.addWidget(button)
        foot.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.grid, 1)
        column.addLayout(foot)

    def _connect(self) -> None:
        self.grid.selection_changed.connect(self._show_buttons)
        self.grid.activated.connect(self._activate)
        self.grid.target_wanted.connect(self.target_wanted)
        self.grid.context_menu_requested.connect(lambda _at, place: self.menu_requested.emit(place))
        self._exclude.clicked.connect(self.exclude_requested)
        self._no_face.clicked.connect(self.not_a_face_requested)
        self._include.clicked.connect(self.include_requested)
        self._split.clicked.connect(self.split_requested)

    def _activate(self, index: int) -> None:
        if 0 <= index < len(self._crops):
            self.frame_wanted.emit(self._crops[index])
