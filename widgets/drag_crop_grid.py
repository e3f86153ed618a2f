"""Faces that can be dragged: single ones, or the whole track with Alt."""

from collections.abc import Sequence

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QGuiApplication, QImage, QKeyEvent
from PySide6.QtWidgets import QWidget

from widgets.crop_grid import CropGrid, GridItem
from widgets.drag_gesture import DragGesture
from widgets.image_loader import Provide
from widgets.moderation_mime import crops_mime, tracks_mime


class DragCropGrid(CropGrid):
    """A CropGrid as the source of drags, with a rubber band. Alt while dragging takes the whole tracks of the faces.

    The same by keyboard: M = ``target_wanted``.
    """

    target_wanted = Signal()
    """M: the page asks to whom the selected faces go."""

    def __init__(
        self, provide: Provide | None = None, parent: QWidget | None = None, *, note_line: bool = False
    ) -> None:
        super().__init__(provide, parent, note_line=note_line)
        self._ep_id = ""
        self._crops: Sequence[tuple[str, int]] = ()
        self._gesture = DragGesture(self, self.mime_of, self._picture_of)

    def set_crops(self, ep_id: str, crops: Sequence[tuple[str, int]], items: Sequence[GridItem]) -> None:
        """Show faces; ``crops`` gives (track id, decoded-frame index) of each item and may be lazy like the items.
        ValueError: not one crop for each item.
        """
        if len(crops) != len(items):
            raise ValueError(f"there are {len(crops)} crops and {len(items)} items")
        self._ep_id, self._crops = ep_id, crops
        super().set_items(items)

    def set_items(self, items: Sequence[GridItem]) -> None:
        """Show pictures that cannot be dragged."""
        self._ep_id, self._crops = "", ()
        super().set_items(items)

    def crops_of(self, indices: Sequence[int]) -> list[tuple[str, int]]:
        """(track id, decoded-frame index) of some items."""
        return [self._crops[index] for index in indices if index < len(self._crops)]

    def selected_crops(self) -> list[tuple[str, int]]:
        """(track id, decoded-frame index) of the selected faces."""
        return self.crops_of(self.selected())

    def mime_of(self, indices: Sequence[int], *, whole_tracks: bool | None = None) -> QMimeData | None:
        """Mime data of some items; None = they cannot be dragged. ``whole_tracks`` None = as Alt says."""
        crops = self.crops_of(indices)
        if not crops:
            return None
        if whole_tracks is None:
            whole_tracks = bool(QGuiApplication.queryKeyboardModifiers() & Qt.KeyboardModifier.AltModifier)
        if whole_tracks:
            return tracks_mime(self._ep_id, list(dict.fromkeys(track_id for track_id, _frame in crops)))
        return crops_mime(self._ep_id, crops)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """M asks to whom."""
        if event.key() == Qt.Key.Key_M and not event.modifiers() and self.selected():
            self.target_wanted.emit()
        else:
            super().keyPressEvent(event)

    def _picture_of(self, index: int) -> QImage | None:
        return self.loader.peek(self.item(index).image)
