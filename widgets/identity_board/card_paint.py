"""How a card of the board looks."""

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QPainter, QPen

from widgets.cell_paint import paint_picture
from widgets.cell_words import draw_words, elided, text_width
from widgets.flow.labels import BADGE_HEIGHT_PX, badge_width_px, paint_badge
from widgets.icons import paint_icon
from widgets.identity_board.cards import IdentityCard
from widgets.identity_look import identity_colour, identity_pattern, paint_initials, text_on
from widgets.image_loader import ImageLoader
from widgets.item_grid import CellState
from widgets.moderation_mime import tracks_words
from widgets.theme import Theme, current_theme
from widgets.time_text import format_duration, format_span

INSET_PX = 6
STRIPE_PX = 7
COMPACT_BELOW_PX = 132
"""Narrower cards leave the cohesion out."""
LOOSE_BELOW = 0.6
"""Cohesion below this is written in the colour of a warning."""
_NAME_PX = 22
_LINE_PX = 18
_METER_PARTS = 5


@dataclass(frozen=True, slots=True)
class CardPlaces:
    """Where the parts of a card are."""

    card: QRect
    picture: QRect
    stripe: QRect
    name: QRect
    facts: QRect
    meter: QRect | None


def card_height(width_px: int) -> int:
    """The height of a card of a width."""
    lines = _NAME_PX + _LINE_PX + (0 if width_px < COMPACT_BELOW_PX else _LINE_PX)
    return width_px - INSET_PX + STRIPE_PX + lines + 10


def places_in(cell: QRect) -> CardPlaces:
    """The parts of a card in a cell."""
    side = cell.width() - 2 * INSET_PX
    picture = QRect(cell.left() + INSET_PX, cell.top() + INSET_PX, side, side)
    stripe = QRect(picture.left(), picture.bottom() + 1, side, STRIPE_PX)
    name = QRect(picture.left() + 2, stripe.bottom() + 4, side - 4, _NAME_PX)
    facts = QRect(name.left(), name.bottom() + 1, name.width(), _LINE_PX)
    meter = None
    if cell.width() >= COMPACT_BELOW_PX:
        meter = QRect(name.left(), facts.bottom() + 1, name.width(), _LINE_PX)
    return CardPlaces(cell, picture, stripe, name, facts, meter)


def paint_card(painter: QPainter, loader: ImageLoader, card: IdentityCard, cell: QRect, state: CellState) -> None:
    """Paint a card."""
    theme = current_theme()
    places = places_in(cell)
    ground = "accent_surface" if state.selected else "hover" if state.hovered else "raised"
    if not card.confirmed and not state.selected and not state.hovered:
        ground = "surface"
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _paint_frame(painter, places.card, card, state, ground, theme)
    paint_picture(painter, loader, card.image, places.picture, "person", ground=ground, radius_px=theme.radius("s"))
    _paint_stripe(painter, places.stripe, card.colour_index)
    _paint_marks(painter, places.picture, card, theme)
    _paint_name(painter, places.name, card, theme)
    _paint_facts(painter, places.facts, card, theme)
    if places.meter is not None:
        _paint_cohesion(painter, places.meter, card, theme)


def paint_card_outline(painter: QPainter, card: IdentityCard, cell: QRect) -> None:
    """What stands for a card during very fast scrolling."""
    theme = current_theme()
    places = places_in(cell)
    painter.fillRect(places.card, theme.colour("raised" if card.confirmed else "surface"))
    painter.fillRect(places.picture, theme.colour("hover"))
    painter.fillRect(places.stripe.adjusted(0, 2, 0, 0), identity_colour(card.colour_index))


def words_of_card(card: IdentityCard) -> str:
    """A card as a screen reader says it, and as its tool tip."""
    parts = [
        card.label,
        "" if card.named else _tr("not named yet"),
        card.note,
        tracks_words(card.tracks),
        _tr("{span} on screen").format(span=format_span(card.screen_time_s)),
        _tr("cohesion {percent}").format(percent=f"{card.cohesion:.0%}") if card.tracks > 1 else "",
        _tr("locked") if card.locked else "",
        _tr("looks mixed: it may be two people") if card.mixed else "",
        _tr("confirmed") if card.confirmed else "",
    ]
    return ", ".join(part for part in parts if part)


def paint_stripe(painter: QPainter, rect: QRectF, colour_index: int, radius_px: float = 2.0) -> None:
    """Colour and pattern of an identity; the pattern is coarse enough to be told apart at a glance."""
    colour = identity_colour(colour_index)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRoundedRect(rect, radius_px, radius_px)
    pattern = identity_pattern(colour_index)
    if pattern != Qt.BrushStyle.SolidPattern:
        ink = QColor(text_on(colour))
        ink.setAlphaF(0.55)
        painter.setBrush(QBrush(ink, pattern))
        painter.drawRoundedRect(rect, radius_px, radius_px)


def paint_meter(painter: QPainter, place: QPointF, share: float, tone: str, theme: Theme) -> float:
    """Five small steps, filled up to a share; returns their width."""
    filled = round(min(max(share, 0.0), 1.0) * _METER_PARTS)
    painter.setPen(Qt.PenStyle.NoPen)
    for number in range(_METER_PARTS):
        painter.setBrush(theme.colour(tone) if number < filled else theme.colour("border_strong"))
        painter.drawRoundedRect(QRectF(place.x() + number * 8, place.y(), 6, 6), 1.5, 1.5)
    return _METER_PARTS * 8.0


def _tr(text: str) -> str:
    return QCoreApplication.translate("identity_board", text)


def _paint_frame(
    painter: QPainter, rect: QRect, card: IdentityCard, state: CellState, ground: str, theme: Theme
) -> None:
    """Unnamed cards have a broken line around them; selection is a thick ring, the keyboard's place a dotted one."""
    radius = theme.radius("l")
    shape = QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5)
    pen = QPen(theme.colour("border_strong" if card.named or state.hovered else "text_faint"), 1)
    if state.selected:
        pen = QPen(theme.colour("accent"), 2)
    elif not card.named:
        pen.setStyle(Qt.PenStyle.CustomDashLine)
        pen.setDashPattern([4, 3])
    painter.setPen(pen)
    painter.setBrush(theme.colour(ground))
    painter.drawRoundedRect(shape, radius, radius)
    if state.focused:
        painter.setPen(QPen(theme.colour("text"), 1, Qt.PenStyle.DotLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(rect).adjusted(-3.5, -3.5, 3.5, 3.5), radius + 3, radius + 3)


def _paint_stripe(painter: QPainter, rect: QRect, colour_index: int) -> None:
    paint_stripe(painter, QRectF(rect).adjusted(0, 2, 0, 0), colour_index)


def _paint_marks(painter: QPainter, picture: QRect, card: IdentityCard, theme: Theme) -> None:
    """What lies over the picture: mixed, lock, the note, the initials."""
    right = picture.right() - 5.0
    if card.locked:
        mark = QRectF(picture.left() + 5, picture.top() + 5, 22, 22)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("scrim"))
        painter.drawRoundedRect(mark, 5, 5)
        paint_icon(painter, "lock", mark.adjusted(4, 4, -4, -4), "on_scrim")
    if card.mixed:
        words = _tr("looks mixed") if picture.width() > 110 else _tr("mixed")
        width = badge_width_px(words, theme) + 17
        _paint_warning(painter, QRectF(right - width, picture.top() + 6, width, BADGE_HEIGHT_PX + 2), words, theme)
    mark = QRectF(picture.left() + 5, picture.bottom() - 23, 26, 19)
    paint_initials(painter, mark, card.label, card.colour_index, theme.font("caption"))
    if card.note:
        room = picture.width() - 48
        words = elided(card.note, "caption", max(room - 14, 10))
        place = QPointF(right - badge_width_px(words, theme), picture.bottom() - 22.0)
        paint_badge(painter, place, words, "accent", theme)


def _paint_warning(painter: QPainter, rect: QRectF, words: str, theme: Theme) -> None:
    painter.setPen(QPen(theme.colour("warning"), 1))
    painter.setBrush(theme.colour("warning_surface"))
    painter.drawRoundedRect(rect, theme.radius("s"), theme.radius("s"))
    paint_icon(painter, "warning", QRectF(rect.left() + 5, rect.top() + 3.5, 13, 13), "warning")
    painter.setPen(theme.colour("warning"))
    painter.setFont(theme.font("caption"))
    painter.drawText(rect.adjusted(17, 0, 0, 0), Qt.AlignmentFlag.AlignCenter, words)


def _paint_name(painter: QPainter, rect: QRect, card: IdentityCard, theme: Theme) -> None:
    font = QFont(theme.font("strong" if card.named else "body"))
    font.setItalic(not card.named)
    room = rect.width() - (20 if card.confirmed else 0)
    painter.setFont(font)
    painter.setPen(theme.colour("text" if card.named else "text_muted"))
    shown = elided(card.label, "strong", room)
    painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
    if card.confirmed:
        paint_icon(painter, "check-circle", QRectF(rect.right() - 15, rect.center().y() - 7, 15, 15), "success")


def _paint_facts(painter: QPainter, rect: QRect, card: IdentityCard, theme: Theme) -> None:
    """Tracks and time; in words where there is room, else a sign and figures."""
    words, span = tracks_words(card.tracks), format_span(card.screen_time_s)
    if text_width(words, "small") + text_width(span, "monosmall") + 8 > rect.width():
        words, span = f"{card.tracks:,}", format_duration(card.screen_time_s)
        paint_icon(painter, "track", QRectF(rect.left(), rect.center().y() - 6, 13, 13), "text_muted")
        rect = rect.adjusted(17, 0, 0, 0)
    painter.setFont(theme.font("monosmall"))
    painter.setPen(theme.colour("text"))
    painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, span)
    painter.setFont(theme.font("small"))
    painter.setPen(theme.colour("text_muted"))
    painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)


def _paint_cohesion(painter: QPainter, rect: QRect, card: IdentityCard, theme: Theme) -> None:
    if card.tracks < 2:
        draw_words(painter, rect, _tr("single track"), "caption", "text_faint")
        return
    loose = card.cohesion < LOOSE_BELOW
    used = paint_meter(
        painter,
        QPointF(rect.left(), rect.center().y() - 2.5),
        card.cohesion,
        "warning" if loose else "success",
        theme,
    )
    painter.setFont(theme.font("caption"))
    painter.setPen(theme.colour("warning" if loose else "text_faint"))
    percent = f"{card.cohesion:.0%}"
    words = _tr("loose {percent}") if loose else _tr("alike {percent}")
    shown = elided(words.format(percent=percent), "caption", max(rect.width() - round(used) - 4, 8))
    painter.drawText(rect.adjusted(round(used) + 4, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, shown)
