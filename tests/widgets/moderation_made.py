"""Made people, suggestions and drags for the tests of the widgets of moderation."""

from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QAbstractScrollArea, QApplication

from core.suggestions.types import Suggestion, SuggestionKind
from widgets.identity_board import IdentityCard

MOVE = Qt.DropAction.MoveAction
LEFT, NO_MODIFIER = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def card(number: int, name: str = "", *, tracks: int = 1, locked: bool = False, mixed: bool = False) -> IdentityCard:
    return IdentityCard(
        identity_id=f"identity-{number:04}",
        label=name or f"Person {number}",
        named=bool(name),
        colour_index=number,
        image=None,
        tracks=tracks,
        screen_time_s=number * 1.5,
        cohesion=0.9,
        locked=locked,
        mixed=mixed,
        confirmed=bool(name),
    )


def suggestion(number: int, likeness: float, kind: SuggestionKind = SuggestionKind.MERGE) -> Suggestion:
    return Suggestion(
        key=f"key-{number}",
        kind=kind,
        identity_id=f"identity-{number:04}",
        identity_label=f"Person {number}",
        target_id="identity-0001",
        target_label="Lisa",
        track_ids=(f"track-{number:05}",),
        likeness=likeness,
        margin=0.1,
        work_saved=3,
        from_confirmed=True,
        reason="Their faces are alike.",
        left=(Path("nowhere-left.jpg"),),
        right=(Path("nowhere-right.jpg"),),
    )


def hover(area: QAbstractScrollArea, mime: QMimeData, place: QPoint) -> bool:
    """Drag over a place; returns whether a drop there is accepted."""
    enter = QDragEnterEvent(place, MOVE, mime, LEFT, NO_MODIFIER)
    QApplication.sendEvent(area.viewport(), enter)
    move = QDragMoveEvent(place, MOVE, mime, LEFT, NO_MODIFIER)
    move.setAccepted(False)
    QApplication.sendEvent(area.viewport(), move)
    return move.isAccepted()


def drop(area: QAbstractScrollArea, mime: QMimeData, place: QPoint) -> bool:
    """Hover and let go; returns whether the drop was taken."""
    hover(area, mime, place)
    event = QDropEvent(QPointF(place), MOVE, mime, LEFT, NO_MODIFIER)
    event.setAccepted(False)
    QApplication.sendEvent(area.viewport(), event)
    return event.isAccepted()


def leave(area: QAbstractScrollArea) -> None:
    QApplication.sendEvent(area.viewport(), QDragLeaveEvent())
