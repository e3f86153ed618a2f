"""Counts in words."""

from PySide6.QtCore import QCoreApplication


def _said(count: int, one: str, many: str) -> str:
    return one if count == 1 else many.format(count=f"{count:,}")


def _tr(text: str) -> str:
    return QCoreApplication.translate("counted", text)


def shots(count: int) -> str:
    """``12 shots``."""
    return _said(count, _tr("1 shot"), _tr("{count} shots"))


def tracks(count: int) -> str:
    """``27 tracks``."""
    return _said(count, _tr("1 track"), _tr("{count} tracks"))


def identities(count: int) -> str:
    """``5 identities``."""
    return _said(count, _tr("1 identity"), _tr("{count} identities"))


def crops(count: int) -> str:
    """``240 crops``."""
    return _said(count, _tr("1 crop"), _tr("{count} crops"))
