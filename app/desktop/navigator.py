"""How a page asks for another place or a conversation without knowing the window."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QObject, Signal


class Navigator(QObject):
    """Requests that the window answers."""

    page_wanted = Signal(str)
    """A page's id: ``library``, ``review``, ``identities``, ``cast``, ``jobs``, ``settings`` or ``settings/models``."""
    episode_wanted = Signal(str, object)
    """An episode's id and a time in seconds, or None for the last place in it."""
    analysis_wanted = Signal(object)
    """tuple[str, ...]: ids of episodes."""
    start_wanted = Signal(object, object)
    """tuple[str, ...] of episodes' ids, and the parameters of the analysis."""
    relink_wanted = Signal(str)
    """An episode's id."""
    episode_in_hand = Signal(str)
    """The id of the episode that the pages show from now on, "" = none."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.current_page = ""
        """The id of the page that is shown; the window keeps it."""
        self.ep_id = ""
        """The episode in hand: Review and Identities show the same one, and undo works on it."""

    def go(self, page_id: str) -> None:
        """Show a page; ``settings/models`` also picks the section."""
        self.page_wanted.emit(page_id)

    def open_episode(self, ep_id: str, t_s: float | None = None) -> None:
        """Show an episode in Review, at ``t_s`` or where the person left it."""
        self.episode_wanted.emit(ep_id, t_s)

    def take_in_hand(self, ep_id: str) -> None:
        """Tell which episode is worked on now, "" = none."""
        if ep_id != self.ep_id:
            self.ep_id = ep_id
            self.episode_in_hand.emit(ep_id)

    def analyse(self, ep_ids: Sequence[str]) -> None:
        """Ask how to analyse episodes, then do it."""
        self.analysis_wanted.emit(tuple(ep_ids))

    def start_analysis(self, ep_ids: Sequence[str], params: dict[str, Any]) -> None:
        """Analyse with these parameters, without asking how; missing models are announced and fetched first."""
        self.start_wanted.emit(tuple(ep_ids), params)

    def relink(self, ep_id: str) -> None:
        """Ask where the moved video of an episode is now."""
        self.relink_wanted.emit(ep_id)
