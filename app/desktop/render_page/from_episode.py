"""From "from an episode" to stills and captions in the draft: asking, working with a way out, taking it over."""

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.desktop.render_page.draft import MOST_STILLS
from app.desktop.render_page.episode_source import EpisodeMaterials, EpisodeWish, gather
from core.errors import Canceled

if TYPE_CHECKING:
    from app.desktop.render_page.page import RenderPage

LANE = "render-episode"


class FromEpisode(QObject):
    """One at a time."""

    busy_changed = Signal(str)
    """What is being done, "" = nothing."""

    def __init__(self, page: "RenderPage") -> None:
        super().__init__(page)
        self._page = page
        self._stop = threading.Event()
        self.busy = False

    def ask(self) -> None:
        """Ask which episode; the one in hand comes first."""
        if not self.busy:
            self._page.commands.asking.episode(self._page.services.navigator.ep_id, self.begin)

    def begin(self, wish: EpisodeWish) -> None:
        """Look for stills and captions."""
        services = self._page.services
        library, stopping = services.library, services.background.stopping
        self._stop = stop = threading.Event()

        def check() -> None:
            if stop.is_set() or stopping.is_set():
                raise Canceled("Looking for stills was stopped.")

        self._set_busy(self.tr("Choosing stills of “{title}”").format(title=wish.title))
        services.background.run_edit(
            lambda: gather(library, wish, check), self._take, failed=self._fail, owner=self, lane=LANE
        )

    def cancel(self) -> None:
        """Look no further."""
        self._stop.set()

    def _take(self, found: EpisodeMaterials) -> None:
        self._set_busy("")
        if not found.stills:
            self._page.services.notices.info(
                self.tr("No frame of “{title}” shows them well enough.").format(title=found.wish.title),
                self.tr("Choose other people, or another part."),
            )
            return
        draft = self._page.desk.draft
        stills = (*draft.stills, *found.stills)[:MOST_STILLS]
        edited = replace(draft, stills=stills)
        if found.captions is not None:
            edited = replace(edited, captions=found.captions)
        self._page.desk.apply(self.tr("stills of “{title}”").format(title=found.wish.title), edited)

    def _fail(self, error: Exception) -> None:
        self._set_busy("")
        if not isinstance(error, Canceled):
            self._page.services.notices.error(error)

    def _set_busy(self, words: str) -> None:
        self.busy = bool(words)
        self.busy_changed.emit(words)
