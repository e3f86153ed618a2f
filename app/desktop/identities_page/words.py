"""Counts and places of the Identities page in words."""

from PySide6.QtCore import QCoreApplication

from app.desktop.identities_page.board_data import Counts


def _tr(text: str) -> str:
    return QCoreApplication.translate("identities_words", text)


def _said(count: int, one: str, many: str) -> str:
    return one if count == 1 else many.format(count=f"{count:,}")


def people(count: int) -> str:
    """``7 people``."""
    return _said(count, _tr("1 person"), _tr("{count} people"))


def tracks(count: int) -> str:
    """``31 tracks``."""
    return _said(count, _tr("1 track"), _tr("{count} tracks"))


def faces(count: int) -> str:
    """``4 faces``."""
    return _said(count, _tr("1 face"), _tr("{count} faces"))


def counts(found: Counts) -> str:
    """``7 people, 2 unnamed, 3 singletons``."""
    parts = [people(found.people)]
    if found.unnamed:
        parts.append(_tr("{count} unnamed").format(count=f"{found.unnamed:,}"))
    elif found.people:
        parts.append(_tr("all named"))
    if found.singletons:
        parts.append(_said(found.singletons, _tr("1 singleton"), _tr("{count} singletons")))
    if found.deleted:
        parts.append(_tr("{count} deleted").format(count=tracks(found.deleted)))
    return ", ".join(parts)


def corrections(count: int) -> str:
    """``5 corrections``."""
    return _said(count, _tr("1 correction"), _tr("{count} corrections"))


def carried(kept: int, lost: int) -> str:
    """``The new analysis kept 5 corrections, 1 was lost.``"""
    if not lost:
        return _tr("The new analysis kept {kept}.").format(kept=corrections(kept))
    gone = _said(lost, _tr("1 was lost"), _tr("{count} were lost"))
    return _tr("The new analysis kept {kept}, {gone}.").format(kept=corrections(kept), gone=gone)
