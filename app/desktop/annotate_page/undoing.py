"""Undo and redo of the page: what was marked in the video in hand."""

from collections.abc import Callable

from app.desktop.annotate_page.book import LaneBook
from app.desktop.annotate_page.doing import AnnotateDoing


class AnnotateUndo:
    """See app.desktop.undo_steps.UndoSource."""

    def __init__(self, doing: AnnotateDoing, book: Callable[[], LaneBook | None]) -> None:
        self._doing = doing
        self._book = book

    def undo_name(self) -> str | None:
        """What Undo takes back."""
        book = self._book()
        return book.undo_name if book is not None else None

    def redo_name(self) -> str | None:
        """What Redo does again."""
        book = self._book()
        return book.redo_name if book is not None else None

    def undo(self) -> None:
        """Take it back."""
        book = self._book()
        if book is not None and book.media_id is not None:
            self._doing.undo(book.media_id)

    def redo(self) -> None:
        """Do it again."""
        book = self._book()
        if book is not None and book.media_id is not None:
            self._doing.redo(book.media_id)
