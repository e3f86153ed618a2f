"""The crops of whoever is selected: a head line and a grid that only knows what is on screen."""

from collections.abc import Sequence
from typing import overload

from PySide6.QtCore import QCoreApplication, QPoint, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.desktop.review import counted
from core.review.types import CropRow
from widgets.crop_grid import CropGrid, GridItem
from widgets.flow import ElidedLabel, label
from widgets.time_text import format_time

SMALLEST_CELL_PX = 76


def exclusion_words(crop: CropRow) -> str:
    """Why a person took a face out, "" while it counts."""
    tr = QCoreApplication.translate
    if crop.excluded == "not_a_face":
        return tr("CropPane", "not a face")
    return tr("CropPane", "excluded") if crop.excluded else ""


class CropItems(Sequence[GridItem]):
    """Crops as grid items, made when they are painted."""

    def __init__(self, crops: Sequence[CropRow]) -> None:
        self._crops = crops

    def __len__(self) -> int:
        return len(self._crops)

    @overload
    def __getitem__(self, index: int) -> GridItem: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[GridItem]: ...

    def __getitem__(self, index: int | slice) -> GridItem | Sequence[GridItem]:
        if isinstance(index, slice):
            return CropItems(self._crops[index])
        crop = self._crops[index]
        time = format_time(crop.t_s)
        why = exclusion_words(crop)
        tip = f"{time}\n{crop.track_id}, {crop.frame}\n{crop.overall:.0%}"
        return GridItem(
            image=crop.path,
            caption=time,
            badge=why,
            badge_tone="warning",
            dimmed=bool(why),
            tip=f"{tip}\n{why}" if why else tip,
        )


class CropPane(QWidget):
    """Shows crops; a click on one asks for its frame."""

    crop_chosen = Signal(object)
    """A CropRow."""
    crop_menu_requested = Signal(object, QPoint)
    """A CropRow and the place on the screen."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._crops: Sequence[CropRow] = ()
        self._title = ElidedLabel("", "strong")
        self._count = label("", "small")
        self.grid = CropGrid()
        self.grid.setObjectName(f"{name}-grid")
        self.grid.set_cell_width(SMALLEST_CELL_PX)
        head = QHBoxLayout()
        head.setContentsMargins(12, 8, 12, 4)
        head.addWidget(self._title, 1)
        head.addWidget(self._count)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.grid, 1)
        self.grid.clicked.connect(self._choose)
        self.grid.activated.connect(self._choose)
        self.grid.current_changed.connect(self._choose_by_key)
        self.grid.context_menu_requested.connect(self._ask_menu)
        self.clear(self.tr("Nothing is selected."))

    @property
    def crops(self) -> Sequence[CropRow]:
        """What is shown."""
        return self._crops

    def set_title(self, title: str) -> None:
        """Whose crops these are."""
        self._title.set_text(title)

    def set_crops(self, crops: Sequence[CropRow]) -> None:
        """Show crops, in the order given."""
        self._crops = crops
        self.grid.set_empty_text(self.tr("No crops are stored for this."))
        self.grid.set_items(CropItems(crops))
        self._count.setText(counted.crops(len(crops)) if crops else "")

    def clear(self, why: str) -> None:
        """Show nothing and say why."""
        self._crops = ()
        self._title.set_text("")
        self._count.setText("")
        self.grid.set_empty_text(why)
        self.grid.set_items(())

    def stop(self) -> None:
        """End the threads that load pictures."""
        self.grid.stop()

    def _choose(self, index: int) -> None:
        if 0 <= index < len(self._crops):
            self.crop_chosen.emit(self._crops[index])

    def _choose_by_key(self, index: int) -> None:
        if self.grid.hasFocus():
            self._choose(index)

    def _ask_menu(self, index: int, place: QPoint) -> None:
        if 0 <= index < len(self._crops):
            self.crop_menu_requested.emit(self._crops[index], place)
