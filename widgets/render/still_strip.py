"""The stills of a cut: their order, where the subject of each is, and what cuts it out."""

from collections.abc import Hashable, Sequence

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from widgets.flow.buttons import IconButton, push_button
from widgets.flow.labels import ElidedLabel, label
from widgets.image_loader import ImageLoader, Provide
from widgets.render.dropped_files import DropFrame, files_of
from widgets.render.focus_picker import FocusPicker
from widgets.render.parts import StillItem
from widgets.render.still_grid import StillGrid
from widgets.theme import current_theme

PICTURE_SUFFIXES = (".png", ".jpg", ".jpeg", ".webp")


class _DropField(QWidget):
    """What stands in the place of the stills while there are none; a press adds some."""

    pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.button = push_button(self.tr("Add pictures"), "add", small=True)
        self.button.clicked.connect(self.pressed)
        self._text = label(self.tr("Drop pictures here"), "strong")
        self._more = label(
            self.tr("PNG, JPEG or WebP. Without any, captions stand on the preset's background."), "small"
        )
        self._more.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(6)
        for part in (self._text, self._more):
            part.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(part)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A broken frame says that something can be put here."""
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colour("border_strong"), 1.5, Qt.PenStyle.DashLine))
        painter.setBrush(theme.colour("lane"))
        painter.drawRoundedRect(QRect(1, 1, self.width() - 2, self.height() - 2), theme.radius("l"), theme.radius("l"))
        painter.end()


class StillStrip(QWidget):
    """Pictures in their order, and below them the current one with its focus point and its mask."""

    add_requested = Signal()
    files_dropped = Signal(list)
    """list[Path], pictures only."""
    order_changed = Signal(object)
    """Old indices in their new order (a tuple)."""
    removed = Signal(object)
    """Indices (a tuple)."""
    focus_changed = Signal(int, float, float)
    focus_cleared = Signal(int)
    mask_requested = Signal(int)
    """A still that a mask is to be chosen for."""
    mask_cleared = Signal(int)
    current_changed = Signal(int)

    def __init__(self, provide: Provide | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items: tuple[StillItem, ...] = ()
        self._most = 60
        self._asked: tuple[int, ...] = ()
        self.grid = StillGrid(provide)
        self._large = ImageLoader(provide, self, threads=1)
        self.picker = FocusPicker(self._large)
        self.empty = _DropField()
        self._count = label("", "small")
        self.add_button = IconButton("add", self.tr("Add pictures"), size_px=16)
        self.remove_button = IconButton("trash", self.tr("Remove the selected pictures"), size_px=16)
        self._name = ElidedLabel("", "small", mode=Qt.TextElideMode.ElideMiddle)
        self._problem = label("", "error", wrap=True)
        self.mask_button = push_button(self.tr("Mask…"), "mask", "quiet", small=True)
        self.no_mask_button = push_button(self.tr("No mask"), "close", "quiet", small=True)
        self.middle_button = push_button(self.tr("Centre"), "target", "quiet", small=True)
        self._detail = QWidget()
        self.setAcceptDrops(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.setAccessibleName(self.tr("Stills"))
        self._build()
        self._connect()
        self._frame = DropFrame(self)
        self._show_all()

    # ---- what a page says ----

    def set_stills(self, items: Sequence[StillItem]) -> None:
        """Show these; what is selected and current stays: by its key, else by where a person moved it, else by its
        picture.
        """
        before, old, new = self._items, self.grid.selected(), tuple(items)
        places = _followed(before, new, self._asked)
        self._asked, self._items = (), new
        if [item.key for item in new] == [item.key for item in before] and places == list(range(len(new))):
            self.grid.refresh_items(new)
        else:
            current = self.grid.current()
            place = self.grid.verticalScrollBar().value()
            self.grid.blockSignals(True)
            self.grid.set_items(new)
            self._fit_height()
            self.grid.verticalScrollBar().setValue(place)
            at = places[current] if 0 <= current < len(places) else -1
            if new:
                self.grid.set_current(max(at, 0), select=at < 0)
            if not before:  # it was a line high until now: what is current was scrolled to in that line
                self.grid.verticalScrollBar().setValue(0)
            kept = [places[one] for one in old if places[one] >= 0]
            self.grid.set_selected(kept or ([self.grid.current()] if new else []))
            self.grid.blockSignals(False)
        self._show_all()

    def set_limit(self, count: int) -> None:
        """How many there may be."""
        self._most = count
        self._show_all()

    def current(self) -> int:
        """The still whose focus is shown, -1 = none."""
        return self.grid.current()

    def select(self, index: int) -> None:
        """Make a still the current one."""
        self.grid.set_current(index)

    def forget_picture(self, picture: Hashable) -> None:
        """Load a picture anew: its file changed."""
        self.grid.forget_image(picture)
        self._large.forget(picture)
        self.picker.update()

    def stop(self) -> None:
        """End the threads that load pictures."""
        self.grid.stop()
        self._large.stop()

    # ---- what Qt says ----

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take pictures; all else is for the page."""
        paths = files_of(event.mimeData(), PICTURE_SUFFIXES)
        if paths:
            event.acceptProposedAction()
            words = self.tr("Add {count} pictures") if len(paths) != 1 else self.tr("Add the picture")
            self._frame.show_text(words.format(count=len(paths)))
        else:
            event.ignore()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """The drag left."""
        self._frame.show_text("")
        event.accept()

    def dropEvent(self, event: QDropEvent) -> None:
        """Tell the pictures."""
        self._frame.show_text("")
        paths = files_of(event.mimeData(), PICTURE_SUFFIXES)
        if paths:
            event.acceptProposedAction()
            self.files_dropped.emit(paths)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width has other rows."""
        super().resizeEvent(event)
        self._fit_height()

    # ---- inside ----

    def _fit_height(self) -> None:
        """As high as its rows, up to some; then it scrolls. Said from outside: in its own resizing it is too late."""
        # a scroll bar would make the rows narrower, so higher, so that it would be needed: only where it is anyway
        policy, scrolls = Qt.ScrollBarPolicy, self.grid.scrolls_at(self.width())
        self.grid.setVerticalScrollBarPolicy(policy.ScrollBarAsNeeded if scrolls else policy.ScrollBarAlwaysOff)
        self.grid.setFixedHeight(self.grid.height_at(self.width()))

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(12, 0, 8, 0)
        head.setSpacing(4)
        head.addWidget(label(self.tr("Stills"), "strong"))
        head.addSpacing(4)
        head.addWidget(self._count, 1)
        head.addWidget(self.remove_button)
        head.addWidget(self.add_button)
        tools = QHBoxLayout()
        tools.setSpacing(2)
        tools.addWidget(self._name, 1)
        tools.addWidget(self.middle_button)
        tools.addWidget(self.mask_button)
        tools.addWidget(self.no_mask_button)
        detail = QVBoxLayout(self._detail)
        detail.setContentsMargins(12, 8, 12, 0)
        detail.setSpacing(4)
        detail.addWidget(self.picker)
        detail.addLayout(tools)
        detail.addWidget(self._problem)
        frame = QVBoxLayout()
        frame.setContentsMargins(12, 4, 12, 4)
        frame.addWidget(self.empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addLayout(frame)
        column.addWidget(self.grid)
        column.addWidget(self._detail)
        column.addStretch(1)
        self.middle_button.setToolTip(self.tr("Keep the middle of the picture in the frame"))
        self.mask_button.setToolTip(self.tr("Cut the subject out by the alpha of a PNG"))
        self.setFocusProxy(self.grid)

    def _connect(self) -> None:
        self.add_button.clicked.connect(self.add_requested)
        self.empty.pressed.connect(self.add_requested)
        self.remove_button.clicked.connect(lambda: self.removed.emit(tuple(self.grid.selected())))
        self.grid.order_changed.connect(self._ask_order)
        self.grid.removed.connect(self.removed)
        self.grid.current_changed.connect(self._on_current)
        self.grid.selection_changed.connect(self._show_all)
        self.picker.focus_changed.connect(lambda x, y: self.focus_changed.emit(self.current(), x, y))
        self.picker.focus_cleared.connect(lambda: self.focus_cleared.emit(self.current()))
        self.middle_button.clicked.connect(lambda: self.focus_cleared.emit(self.current()))
        self.mask_button.clicked.connect(lambda: self.mask_requested.emit(self.current()))
        self.no_mask_button.clicked.connect(lambda: self.mask_cleared.emit(self.current()))

    def _ask_order(self, order: tuple[int, ...]) -> None:
        self._asked = order
        self.order_changed.emit(order)

    def _on_current(self, at: int) -> None:
        self._show_all()
        self.current_changed.emit(at)

    def _show_all(self) -> None:
        some, at = bool(self._items), self.grid.current()
        item = self._items[at] if 0 <= at < len(self._items) else None
        self.empty.setVisible(not some)
        self.grid.setVisible(some)
        words = self.tr("{count} of {most}").format(count=len(self._items), most=self._most)
        self._count.setText(words if some else "")
        self.add_button.setEnabled(len(self._items) < self._most)
        self.remove_button.setEnabled(bool(self.grid.selected()))
        self.remove_button.setVisible(some)
        self._detail.setVisible(item is not None)
        self.picker.show_still(item.picture if item else None, item.focus if item else None)
        self._name.set_text(item.name if item else "")
        self._problem.setText(item.problem if item else "")
        self._problem.setVisible(bool(item and item.problem))
        self.middle_button.setEnabled(bool(item and item.focus is not None))
        self.mask_button.setVisible(bool(item and not item.masked))
        self.no_mask_button.setVisible(bool(item and item.masked))

    def sizeHint(self) -> QSize:
        """Room for two pictures and the point."""
        return QSize(280, super().sizeHint().height())


def _followed(old: Sequence[StillItem], new: Sequence[StillItem], asked: Sequence[int]) -> list[int]:
    """Where each of the old stills is now, -1 = gone. ``asked``: old indices in the order that a person wished for."""
    if len(asked) == len(old) == len(new) and all(
        old[was].picture == now.picture for was, now in zip(asked, new, strict=True)
    ):
        return [list(asked).index(at) for at in range(len(old))]
    keys = {item.key: at for at, item in enumerate(new)}
    free = {item.picture: at for at, item in reversed(list(enumerate(new)))}
    places = []
    for item in old:
        at = keys.get(item.key, -1)
        if at < 0 or new[at].picture != item.picture:
            at = free.get(item.picture, -1)
        places.append(at)
    return places
