"""The reference photos of one cast member."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from core.cast.types import CastMember, Seed
from widgets.cast_list import pictures_of
from widgets.crop_grid import CropGrid, GridItem
from widgets.flow import ElidedLabel, label, push_button

GOOD_QUALITY = 0.5
"""Below this a photo is kept, but a better one is asked for."""


class PhotosTab(QWidget):
    """Photos with their quality; add by the button or by dropping them on the member."""

    add_requested = Signal()
    delete_requested = Signal(list)
    """Ids of photos."""
    photos_dropped = Signal(list)
    """list[Path]."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._seeds: Sequence[Seed] = ()
        self._title = ElidedLabel("", "strong")
        self._count = label("", "small")
        self.grid = CropGrid(note_line=True)
        self.grid.set_cell_width(132)
        self.grid.setAccessibleName(self.tr("Reference photos"))
        self.add = push_button(self.tr("Add photos"), "add", small=True)
        self.delete = push_button(self.tr("Remove"), "trash", small=True)
        head = QHBoxLayout()
        head.setContentsMargins(16, 8, 12, 4)
        head.setSpacing(8)
        head.addWidget(self._title, 1)
        head.addWidget(self._count)
        head.addWidget(self.add)
        head.addWidget(self.delete)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.grid, 1)
        self.setFocusProxy(self.grid)
        self.setAcceptDrops(True)
        self.add.clicked.connect(self.add_requested)
        self.delete.clicked.connect(lambda: self.delete_requested.emit(self.selected()))
        self.grid.selection_changed.connect(self._show_buttons)
        self.show_member(None)

    def selected(self) -> list[str]:
        """Ids of the selected photos."""
        return [self._seeds[at].seed_id for at in self.grid.selected()]

    def show_member(self, member: CastMember | None) -> None:
        """Show a member's photos; None = nobody is selected."""
        self._seeds = member.seeds if member is not None else ()
        self._title.set_text(member.name if member is not None else "")
        count = len(self._seeds)
        words = self.tr("1 photo") if count == 1 else self.tr("{count} photos").format(count=count)
        self._count.setText(words if count else "")
        self.grid.set_empty_text(
            self.tr("Drop photos of {name} here, or on the name in the list.").format(name=member.name)
            if member is not None
            else self.tr("Select a member to see the reference photos.")
        )
        self.grid.set_items([self._item(seed) for seed in self._seeds])
        self.add.setEnabled(member is not None)
        self._show_buttons()

    def stop(self) -> None:
        """End the threads that load pictures."""
        self.grid.stop()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take pictures."""
        event.setAccepted(bool(pictures_of(event.mimeData())))

    def dropEvent(self, event: QDropEvent) -> None:
        """They are photos of the member who is shown."""
        paths = pictures_of(event.mimeData())
        event.setAccepted(bool(paths))
        if paths:
            self.photos_dropped.emit(paths)

    def _item(self, seed: Seed) -> GridItem:
        weak = seed.quality < GOOD_QUALITY
        return GridItem(
            image=seed.display_path,
            caption=seed.source,
            note=self.tr("{quality}, face {size} px").format(quality=f"{seed.quality:.0%}", size=f"{seed.size_px:.0f}"),
            badge=self.tr("weak") if weak else "",
            badge_tone="warning",
            tip=self.tr("{source}\nA sharper, larger or more frontal photo would tell people apart better.").format(
                source=seed.source
            )
            if weak
            else seed.source,
        )

    def _show_buttons(self) -> None:
        self.delete.setEnabled(bool(self.grid.selected()))
