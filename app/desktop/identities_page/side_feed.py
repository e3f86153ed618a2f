"""Feeds the tabs of the right side: only the one in front is read, the others when they come to the front."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from app.desktop.cast_page.reading import CastEdits
from app.desktop.edit_follow import FreshRows
from app.desktop.edits import Edits
from app.desktop.identities_page import side as tabs
from app.desktop.identities_page import words
from app.desktop.identities_page.board_data import BoardData
from app.desktop.identities_page.reading import BoardReader
from app.desktop.identities_page.side import BoardSide
from app.desktop.services import Services
from core.cast.types import CastMember
from core.jobs.events import EditApplied
from core.review.types import CropRow, IdentityRow
from core.screen_time.types import ScreenTime
from core.suggestions.types import Suggestion
from models.errors import RushesError
from widgets.time_text import format_span

if TYPE_CHECKING:
    from core.identities.edit_log import Edit
    from core.identities.moderation import Moderation

AFTER_EDITS_MS = 300
"""Suggestions and screen time are worked out once after a burst of edits."""


class SideFeed(QObject):
    """Reads for the tabs, and hands what is answered there to core."""

    def __init__(self, side: BoardSide, reader: BoardReader, edits: Edits, services: Services, parent: QObject) -> None:
        super().__init__(parent)
        self._side, self._reader, self._edits, self._services = side, reader, edits, services
        self._data: BoardData | None = None
        self._chosen: list[str] = []
        self._stale: set[str] = set()
        self.cast_edits = CastEdits(services, self)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(AFTER_EDITS_MS)
        self._soon.timeout.connect(self._read_shown)
        self._connect()

    # ---- what the page says

    def set_episode(self, data: BoardData | None) -> None:
        """Another episode, or this one read anew; None = none."""
        self._data = data
        self._chosen = []
        self._side.crops.clear()
        self._side.suggestions.clear()
        self._side.singletons.show_found("", [])
        self._side.history.show_steps([])
        self._side.time.clear()
        self._stale = {tabs.SUGGESTIONS, tabs.SINGLETONS, tabs.TIME, tabs.HISTORY}
        if data is not None and data.identities:
            # the count on the tab tells that there is something to answer, wherever the person is
            self._side.suggestions.show_reading()
            self._soon.start()  # after the first cards are painted

    def refresh(self) -> None:
        """The page is shown now: read what became old meanwhile."""
        self._soon.start()

    def show_selection(self, chosen: list[str]) -> None:
        """Show the faces of those who are selected on the board."""
        if chosen != self._chosen:
            self._chosen = chosen
            self._show_crops()

    def show_rows(self, rows: FreshRows) -> None:
        """An edit: what it touched is shown anew."""
        self._stale |= {tabs.SUGGESTIONS, tabs.SINGLETONS, tabs.TIME, tabs.HISTORY}
        self._side.suggestions.drop_touched(rows)
        if rows.crops_changed or set(self._chosen) & (rows.identities.keys() | rows.gone_identities):
            self._show_crops()
        if rows.identities:
            self._reader.read_cohesions(rows.ep_id, rows.identities)
        self._soon.start()

    def use_best_crop(self, identity: IdentityRow, cast_id: str) -> None:
        """Make the best face of an identity a reference of a cast member."""
        data = self._data
        if data is None:
            return
        mine = [data.tracks[one] for one in identity.track_ids if one in data.tracks]
        best = max(mine, key=lambda track: (track.best_crop is not None, track.quality), default=None)
        if best is not None:
            self.cast_edits.use_best_crop(data.ep_id, best.track_id, cast_id)

    # ---- reading

    def _read_shown(self) -> None:
        data, shown = self._data, self._side.shown
        if data is None:
            return
        if {tabs.SUGGESTIONS, tabs.SINGLETONS} & self._stale and self._services.navigator.current_page == "identities":
            self._stale -= {tabs.SUGGESTIONS, tabs.SINGLETONS}
            self._reader.read_suggestions(data.ep_id)
        if shown not in self._stale:
            return
        self._stale.discard(shown)
        if shown == tabs.TIME:
            self._reader.read_screen_time(data.ep_id, self._side.time.gap_s)
        elif shown == tabs.HISTORY:
            self._reader.read_history(data.ep_id)

    def _show_crops(self) -> None:
        data = self._data
        if data is None or not self._chosen:
            self._side.crops.clear()
            return
        track_ids = data.tracks_of(self._chosen)
        self._side.crops.show_title(self._title_of(data))
        self._reader.read_crops(data.ep_id, track_ids)

    def _title_of(self, data: BoardData) -> str:
        people = [data.identities[one] for one in self._chosen if one in data.identities]
        who = people[0].label if len(people) == 1 else words.people(len(people))
        tracks = sum(len(one.track_ids) for one in people)
        span = format_span(sum(one.screen_time_s for one in people))
        return "  ·  ".join((who, words.tracks(tracks), span))

    # ---- what came

    def _on_crops(self, ep_id: str, crops: Sequence[CropRow]) -> None:
        if self._is_open(ep_id):
            self._side.crops.show_crops(ep_id, crops)

    def _on_suggestions(self, ep_id: str, found: Sequence[Suggestion]) -> None:
        data = self._data
        if data is not None and ep_id == data.ep_id:
            self._side.suggestions.show_found(found)
            self._reader.read_above(ep_id, self._side.suggestions.mark())
            self._side.singletons.show_found(ep_id, self._side.suggestions.queue.singletons())
            self._services.actions.refresh()

    def _on_suggestions_failed(self, ep_id: str, error: Exception) -> None:
        if not self._is_open(ep_id):
            return
        if isinstance(error, RushesError):
            self._side.suggestions.show_failed(f"{error.message} {error.action}".strip())
        else:
            self._services.notices.error(error)
            self._side.suggestions.show_failed(self.tr("The log file has the details."))

    def _on_above(self, ep_id: str, likeness: float, count: int) -> None:
        if self._is_open(ep_id) and likeness == self._side.suggestions.mark():
            self._side.suggestions.show_above(count)
            self._services.actions.refresh()

    def _on_mark(self, likeness: float) -> None:
        if self._data is not None:
            self._reader.read_above(self._data.ep_id, likeness)

    def _on_screen_time(self, ep_id: str, found: ScreenTime) -> None:
        if self._is_open(ep_id):
            self._side.time.show_time(found)

    def _on_history(self, ep_id: str, steps: "list[Edit]") -> None:
        if self._is_open(ep_id):
            self._side.history.show_steps(steps)

    def _on_cast(self, members: list[CastMember]) -> None:
        self._side.cast.set_members(members)

    def _is_open(self, ep_id: str) -> bool:
        return self._data is not None and self._data.ep_id == ep_id

    # ---- what was answered

    def _accept(self, key: str) -> None:
        self._answer([key], accepted=True)

    def _reject(self, key: str) -> None:
        self._answer([key], accepted=False)

    def _answer(self, keys: list[str], *, accepted: bool) -> None:
        library = self._services.library

        def edit(_moderation: "Moderation", ep_id: str) -> EditApplied:
            from core.suggestions.answer import accept, reject

            return (accept if accepted else reject)(library, ep_id, keys, actor="desktop")

        self._edits.run(edit)

    def _accept_all(self, likeness: float) -> None:
        library = self._services.library

        def edit(_moderation: "Moderation", ep_id: str) -> EditApplied | None:
            from core.suggestions.answer import accept_all_above

            return accept_all_above(library, ep_id, likeness, actor="desktop")

        self._edits.run(edit)

    def ask_again(self) -> None:
        """Read suggestions and history anew: what was asked about may not be so any more."""
        self._stale |= {tabs.SUGGESTIONS, tabs.SINGLETONS, tabs.HISTORY}
        self._soon.start()

    def _connect(self) -> None:
        side, reader = self._side, self._reader
        reader.crops_read.connect(self._on_crops)
        reader.suggestions_read.connect(self._on_suggestions)
        reader.suggestions_failed.connect(self._on_suggestions_failed)
        reader.screen_time_read.connect(self._on_screen_time)
        reader.history_read.connect(self._on_history)
        reader.cast_read.connect(self._on_cast)
        side.shown_changed.connect(lambda _name: self._read_shown())
        side.suggestions.accepted.connect(self._accept)
        side.suggestions.rejected.connect(self._reject)
        side.suggestions.accept_all_requested.connect(self._accept_all)
        side.suggestions.mark_moved.connect(self._on_mark)
        reader.above_read.connect(self._on_above)
        side.singletons.accepted.connect(self._accept)
        side.singletons.rejected.connect(self._reject)
        side.cast.assign_requested.connect(self._edits.assign_all)
        side.history.undo_to_requested.connect(self._edits.undo_to)
        side.history.redo_to_requested.connect(self._edits.redo_to)
        side.time.gap_changed.connect(self._on_gap)
        self._edits.refused.connect(lambda _error: self.ask_again())
        self.cast_edits.changed.connect(reader.read_cast)

    def _on_gap(self) -> None:
        self._stale.add(tabs.TIME)
        self._read_shown()
