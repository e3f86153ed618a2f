"""How speakers look: the colour of the identity that they are, else one of their own, always with initials."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPen

from core.transcript.types import SpeakerRow
from widgets.cell_words import draw_words
from widgets.identity_look import identity_colour, paint_initials
from widgets.theme import Theme

MARK_PX = 22.0
CHIP_PX = 18.0
_GAP_PX = 6.0
UNLINKED_FROM = 5
"""Speakers without an identity begin at this colour: the first identities of an episode have the ones before it."""


@dataclass(frozen=True, slots=True)
class SpeakerLook:
    """What a chip shows. ``linked``: the speaker is an identity, whose name and colour these are."""

    speaker_id: str
    label: str
    colour_index: int
    linked: bool = False


def looks_of(speakers: Sequence[SpeakerRow], colours: Mapping[str, int]) -> dict[str, SpeakerLook]:
    """A look for each speaker; ``colours`` gives the colour index of identities by their ids."""
    found: dict[str, SpeakerLook] = {}
    for place, speaker in enumerate(speakers):
        linked = speaker.identity_id is not None
        number = _number_of(speaker.speaker_id, place)
        own = colours.get(speaker.identity_id or "", UNLINKED_FROM + number)
        found[speaker.speaker_id] = SpeakerLook(speaker.speaker_id, speaker.label, own, linked)
    return found


def chip_width_px(look: SpeakerLook, font: QFont) -> float:
    """How wide a chip with the whole name is."""
    return MARK_PX + _GAP_PX + QFontMetricsF(font).horizontalAdvance(look.label) + _GAP_PX


def paint_chip(painter: QPainter, rect: QRectF, look: SpeakerLook, theme: Theme, *, lit: bool, faint: bool) -> None:
    """Paint the mark with initials and the name beside it. ``faint``: the same speaker goes on."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if lit:
        painter.setPen(QPen(theme.colour("border_strong"), 1))
        painter.setBrush(theme.colour("raised"))
        painter.drawRoundedRect(rect.adjusted(-3, -2, 3, 2), 6, 6)
    painter.setOpacity(0.45 if faint and not lit else 1.0)
    mark = QRectF(rect.left(), rect.center().y() - CHIP_PX / 2, MARK_PX, CHIP_PX)
    paint_initials(painter, mark, look.label, look.colour_index, theme.font("caption"))
    words = rect.adjusted(MARK_PX + _GAP_PX, 0, 0, 0).toRect()
    draw_words(painter, words, look.label, "small" if faint else "strong", "text" if not faint else "text_muted")
    painter.restore()


def paint_stripe(painter: QPainter, rect: QRectF, look: SpeakerLook | None, theme: Theme) -> None:
    """The thin stripe beside a line, in the speaker's colour."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(identity_colour(look.colour_index) if look is not None else theme.colour("border_strong"))
    painter.drawRoundedRect(rect, 1.5, 1.5)


def _number_of(speaker_id: str, place: int) -> int:
    """The number in the id, so that a speaker keeps the colour when others come and go."""
    digits = "".join(character for character in speaker_id if character.isdigit())
    return int(digits) - 1 if digits and int(digits) > 0 else place
