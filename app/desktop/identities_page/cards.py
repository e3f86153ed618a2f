"""Identities as the cards of the board."""

from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication

from app.desktop.identities_page.board_data import BoardData
from core.review.types import IdentityRow
from widgets.identity_board import IdentityCard


def card_of(data: BoardData, identity: IdentityRow, cast_names: dict[str, str]) -> IdentityCard:
    """The card of one identity; ``cast_names``: cast members by their id."""
    return IdentityCard(
        identity_id=identity.identity_id,
        label=identity.label,
        named=bool(identity.name),
        colour_index=identity.colour_index,
        image=identity.best_crop,
        tracks=len(identity.track_ids),
        screen_time_s=identity.screen_time_s,
        cohesion=data.cohesion_of(identity),
        locked=identity.locked,
        mixed=data.is_mixed(identity),
        confirmed=identity.confirmed,
        note=_note(identity, cast_names),
    )


def cards_of(data: BoardData, identity_ids: Iterable[str], cast_names: dict[str, str]) -> list[IdentityCard]:
    """The cards of some identities, in the order given."""
    return [
        card_of(data, data.identities[identity_id], cast_names)
        for identity_id in identity_ids
        if identity_id in data.identities
    ]


def _note(identity: IdentityRow, cast_names: dict[str, str]) -> str:
    """Which cast member it is, when the name does not say so already."""
    member = cast_names.get(identity.person_id or "", "")
    if not member or member == identity.name:
        return ""
    return QCoreApplication.translate("cards", "is {member}").format(member=member)
