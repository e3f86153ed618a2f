"""Follows the edits of one episode: reads just the rows that a change set names, one read after the other."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, cast

from PySide6.QtCore import QObject, Signal

from app.desktop.background import Background
from app.desktop.bridge import EventBridge
from core.jobs.events import EditApplied
from core.review.types import IdentityRow, TrackRow

if TYPE_CHECKING:
    from core.library.library import Library

TRACK_KEYS = ("tracks", "tracks_gone", "tracks_back")


class RowReader(Protocol):
    """The functions of core.review.read that give single rows. Called off the Qt thread."""

    def read_identities(self, library: "Library", ep_id: str, identity_ids: Iterable[str], /) -> Iterable[IdentityRow]:
        """Identities as they are now."""

    def read_tracks(self, library: "Library", ep_id: str, track_ids: Iterable[str], /) -> Iterable[TrackRow]:
        """Tracks as they are now."""


@dataclass(frozen=True, slots=True)
class FreshRows:
    """The rows that some edits touched, as they are now; those asked for and not there are gone."""

    ep_id: str
    identities: dict[str, IdentityRow]
    tracks: dict[str, TrackRow]
    gone_identities: frozenset[str]
    gone_tracks: frozenset[str]
    edits: tuple[EditApplied, ...]

    @property
    def tracks_came_or_went(self) -> bool:
        """Whether a track was deleted, brought back, split or joined."""
        return any(edit.change.get("tracks_gone") or edit.change.get("tracks_back") for edit in self.edits)

    @property
    def crops_changed(self) -> bool:
        """Whether single faces were taken out or put back."""
        return any(edit.change.get("crops") for edit in self.edits)


@dataclass(slots=True)
class _Touched:
    """What is to be read next."""

    identities: set[str] = field(default_factory=set)
    tracks: set[str] = field(default_factory=set)
    edits: list[EditApplied] = field(default_factory=list)


class EditFollower(QObject):
    """Emits ``fresh`` after each edit of the episode, ``reload_wanted`` when rows are not enough."""

    fresh = Signal(object)
    """FreshRows."""
    reload_wanted = Signal(str)
    """The episode's id: its current runs changed."""

    def __init__(
        self,
        library: "Library",
        background: Background,
        bridge: EventBridge,
        parent: QObject,
        reader: RowReader | None = None,
    ) -> None:
        super().__init__(parent)
        self._library = library
        self._background = background
        self._reader = reader
        self._ep_id: str | None = None
        self._touched = _Touched()
        self._reading = False
        bridge.edit_applied.connect(self._on_edit)

    def set_episode(self, ep_id: str | None) -> None:
        """Follow this episode from now on, None = none."""
        self._ep_id = ep_id
        self._touched = _Touched()

    def _on_edit(self, event: EditApplied) -> None:
        if event.ep_id != self._ep_id:
            return
        if event.change.get("runs") or not names_rows(event.change):
            self._touched = _Touched()
            self.reload_wanted.emit(event.ep_id)
            return
        if "transcript" in event.change and not identities_in(event.change) | tracks_in(event.change):
            return  # only words changed
        self._touched.identities |= identities_in(event.change)
        self._touched.tracks |= tracks_in(event.change)
        self._touched.edits.append(event)
        self._read()

    def _read(self) -> None:
        """One read at a time, so that an older answer never overtakes a newer one."""
        if self._reading or self._ep_id is None or not self._touched.edits:
            return
        self._reading = True
        ep_id, touched, self._touched = self._ep_id, self._touched, _Touched()
        library, reader = self._library, self._reader or _core_reader()

        def read() -> FreshRows:
            identities = {row.identity_id: row for row in reader.read_identities(library, ep_id, touched.identities)}
            tracks = {row.track_id: row for row in reader.read_tracks(library, ep_id, touched.tracks)}
            return FreshRows(
                ep_id,
                identities,
                tracks,
                frozenset(touched.identities - identities.keys()),
                frozenset(touched.tracks - tracks.keys()),
                tuple(touched.edits),
            )

        self._background.run_query(read, self._take, failed=lambda _error: self._fail(ep_id), owner=self)

    def _take(self, rows: FreshRows) -> None:
        self._reading = False
        if rows.ep_id == self._ep_id:
            self.fresh.emit(rows)
        self._read()

    def _fail(self, ep_id: str) -> None:
        """What could not be read row by row is read as a whole, which also says why."""
        self._reading = False
        if ep_id == self._ep_id:
            self.reload_wanted.emit(ep_id)
        self._read()


def names_rows(change: Mapping[str, Any]) -> bool:
    """Whether a change set says which rows it touched."""
    return "identities" in change or "removed" in change


def identities_in(change: Mapping[str, Any]) -> set[str]:
    """Ids of the identities that an edit touched."""
    named = {*change.get("identities", ()), *change.get("removed", ()), *change.get("names", {})}
    return named | {identity_id for identity_id in dict(change.get("tracks", {})).values() if identity_id}


def tracks_in(change: Mapping[str, Any]) -> set[str]:
    """Ids of the tracks that an edit touched."""
    return {track_id for key in TRACK_KEYS for track_id in change.get(key, ())}


def _core_reader() -> RowReader:
    from core.review import read

    return cast("RowReader", cast("Any", read))
