"""The looks that a cut can have, as cards: a picture of each, its name, and what to know before choosing it."""

from collections.abc import Hashable, Sequence
from functools import lru_cache

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QImage, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from widgets.cell_paint import paint_picture
from widgets.cell_words import draw_words
from widgets.flow.labels import paint_badge
from widgets.grid_layout import GridLayout
from widgets.icons import paint_icon
from widgets.image_loader import Provided
from widgets.item_grid import CellState, ItemGrid
from widgets.procedures.own_keys import ARROWS, ENDS, ENTER, keeps
from widgets.render.parts import PresetCard
from widgets.theme import Theme, current_theme

CARD_PX = 132
_INSET_PX, _SIDE_PX, _LINE_PX, _SMALL_PX = 5, 10, 18, 17
_MARK_PX = 22
_OWN_KEYS = ARROWS | ENTER | ENDS | {Qt.Key.Key_Space}


class PresetCards(ItemGrid[PresetCard]):
    """Cards of presets; one is chosen. A click, Space and Enter choose; arrows only go to the next card."""

    chosen = Signal(str)
    """The id of a preset that a person chose."""
    menu_requested = Signal(str, QPoint)
    """A preset and a place on the screen."""

    smallest_cell_px = 112
    largest_cell_px = 260

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(CARD_PX, self._provide, parent)
        self._layout.gap_px = 10
        self._layout.margin_px = 12
        self._pictures: dict[str, QImage] = {}
        self._chosen_id = ""
        self.setAccessibleName(self.tr("Presets"))
        self.set_empty_text(self.tr("No preset could be read."))
        self.clicked.connect(self._choose)
        self.activated.connect(self._choose)
        self.context_menu_requested.connect(self._ask_menu)

    # ---- what a page says ----

    def set_cards(self, cards: Sequence[PresetCard]) -> None:
        """Show these; the chosen one and the one with the keyboard stay, pictures too."""
        current = self._id_of(self.current())
        self._pictures = {card.id: self._pictures[card.id] for card in cards if card.id in self._pictures}
        self.set_items(tuple(cards))
        ids = [card.id for card in cards]
        if current in ids:
            self.set_current(ids.index(current))

    def set_picture(self, preset_id: str, picture: QImage) -> None:
        """The picture of a preset, upright; it is scaled in a worker thread."""
        self._pictures[preset_id] = picture
        self.forget_image(preset_id)

    def set_chosen(self, preset_id: str) -> None:
        """Mark a preset as the chosen one; nothing is told."""
        if preset_id == self._chosen_id:
            return
        self._chosen_id = preset_id
        at = next((at for at in range(self.count) if self.item(at).id == preset_id), -1)
        if at >= 0:
            self.set_current(at)
        self.viewport().update()

    def chosen_id(self) -> str:
        """The chosen preset, "" = none."""
        return self._chosen_id

    def content_height(self, width_px: int) -> int:
        """How high all cards are at a width, in pixels: for a page that scrolls as a whole."""
        layout = GridLayout(self._layout.wished_px, self.height_of_cell)
        layout.gap_px, layout.margin_px = self._layout.gap_px, self._layout.margin_px
        layout.set_width(width_px)
        return layout.total_height(self.count)

    # ---- how a card looks ----

    def height_of_cell(self, width_px: int) -> int:
        """A picture of 4:5, as many lines as the longest name needs (two at most), the kind, and the facts."""
        theme, room_px = current_theme().name, width_px - 2 * _SIDE_PX
        lines = max((len(_name_lines(item.name, room_px, theme)) for item in self._items), default=1)
        words_px = lines * _LINE_PX + 2 * _SMALL_PX
        return _INSET_PX + _picture_height(width_px) + 6 + words_px + 9

    def image_of(self, item: PresetCard, cell: QRect) -> tuple[object, QSize] | None:
        """The picture once there is one."""
        return (item.id, _picture_in(cell).size()) if item.id in self._pictures else None

    def words_of(self, item: PresetCard) -> str:
        """Name, whether it is chosen, kind, badges, hint."""
        state = self.tr("chosen") if item.id == self._chosen_id else ""
        own = self.tr("your own preset") if item.own else ""
        parts = (item.name, state, own, item.kind, *(badge.text for badge in item.badges), item.hint)
        return ", ".join(part for part in parts if part)

    def tip_of(self, item: PresetCard) -> str:
        """Name, kind, badges and hint on lines of their own."""
        badges = " · ".join(badge.text for badge in item.badges)
        own = self.tr("Your own preset") if item.own else ""
        return "\n".join(part for part in (item.name, own, item.kind, badges, item.hint) if part)

    def paint_item(self, painter: QPainter, item: PresetCard, cell: QRect, state: CellState) -> None:
        """Paint a card."""
        theme, chosen = current_theme(), item.id == self._chosen_id
        _paint_ground(painter, cell, state, theme, chosen=chosen)
        picture = _picture_in(cell)
        ground = "accent_surface" if chosen else "raised"
        key: Hashable | None = item.id if item.id in self._pictures else None
        paint_picture(painter, self.loader, key, picture, "render", ground=ground)
        self._paint_badges(painter, item, picture, theme)
        if chosen:
            _paint_mark(painter, picture, theme)
        self._paint_words(
            painter, item, QRect(cell.left() + _SIDE_PX, picture.bottom() + 7, cell.width() - 2 * _SIDE_PX, 0), theme
        )
        if state.focused:
            _paint_focus(painter, cell, theme)

    def _paint_badges(self, painter: QPainter, item: PresetCard, picture: QRect, theme: Theme) -> None:
        """Whose it is, over the picture; facts are words below it, where they cover no caption."""
        if item.own:
            paint_badge(painter, QPointF(picture.left() + 6.0, picture.top() + 6), self.tr("Own"), "accent", theme)

    def _paint_words(self, painter: QPainter, item: PresetCard, place: QRect, theme: Theme) -> None:
        top = place.top()
        for line in _name_lines(item.name, place.width(), theme.name):
            draw_words(painter, QRect(place.left(), top, place.width(), _LINE_PX), line, "strong")
            top += _LINE_PX
        facts = " · ".join(badge.text for badge in item.badges)
        for words, colour in ((item.kind, "text_muted"), (facts, "text_faint")):
            draw_words(painter, QRect(place.left(), top, place.width(), _SMALL_PX), words, "small", colour)
            top += _SMALL_PX

    # ---- what Qt says ----

    def event(self, event: QEvent) -> bool:
        """Keep the own keys from the window."""
        return keeps(event, _OWN_KEYS) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space chooses as Enter does."""
        if event.key() == Qt.Key.Key_Space and not event.modifiers():
            self._choose(self.current())
            return
        super().keyPressEvent(event)

    # ---- inside ----

    def _provide(self, key: Hashable) -> Provided:
        return self._pictures.get(key) if isinstance(key, str) else None

    def _id_of(self, at: int) -> str:
        return self.item(at).id if 0 <= at < self.count else ""

    def _choose(self, at: int) -> None:
        preset_id = self._id_of(at)
        if preset_id and preset_id != self._chosen_id:
            self._chosen_id = preset_id
            self.setAccessibleDescription(self.words_of(self.item(at)))
            self.viewport().update()
            self.chosen.emit(preset_id)

    def _ask_menu(self, at: int, place: QPoint) -> None:
        if 0 <= at < self.count:
            self.menu_requested.emit(self.item(at).id, place)

    def _after_selection(self) -> None:
        """One card at a time."""
        if len(self._selection.chosen) > 1:
            self._selection.choose((self._selection.current,))
        super()._after_selection()


@lru_cache(maxsize=256)
def _name_lines(name: str, width_px: int, _theme_name: str) -> tuple[str, ...]:
    """A name in one line or two; what is over is cut when it is drawn."""
    metrics = QFontMetrics(current_theme().font("strong"))
    words = name.split()
    first = ""
    while words and metrics.horizontalAdvance(f"{first} {words[0]}".strip()) <= width_px:
        first = f"{first} {words.pop(0)}".strip()
    return (first, " ".join(words)) if first and words else (name,)


def _picture_height(width_px: int) -> int:
    return (width_px - 2 * _INSET_PX) * 5 // 4


def _picture_in(cell: QRect) -> QRect:
    width = cell.width() - 2 * _INSET_PX
    return QRect(cell.left() + _INSET_PX, cell.top() + _INSET_PX, width, _picture_height(cell.width()))


def _paint_ground(painter: QPainter, cell: QRect, state: CellState, theme: Theme, *, chosen: bool) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    edge = "accent" if chosen else "border_strong" if state.hovered else "border"
    painter.setPen(QPen(theme.colour(edge), 2 if chosen else 1))
    painter.setBrush(theme.colour("accent_surface" if chosen else "raised"))
    painter.drawRoundedRect(QRectF(cell).adjusted(0.5, 0.5, -0.5, -0.5), theme.radius("l"), theme.radius("l"))


def _paint_mark(painter: QPainter, picture: QRect, theme: Theme) -> None:
    """A check in the corner: colour is not the only sign."""
    disc = QRectF(picture.right() - _MARK_PX - 5, picture.bottom() - _MARK_PX - 5, _MARK_PX, _MARK_PX)
    painter.setPen(QPen(theme.colour("accent_surface"), 2))
    painter.setBrush(theme.colour("accent_fill"))
    painter.drawEllipse(disc)
    paint_icon(painter, "check", disc.adjusted(4, 4, -4, -4), "on_accent")


def _paint_focus(painter: QPainter, cell: QRect, theme: Theme) -> None:
    painter.setPen(QPen(theme.colour("text"), 1, Qt.PenStyle.DotLine))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(QRectF(cell).adjusted(-3.5, -3.5, 3.5, 3.5), 13, 13)
