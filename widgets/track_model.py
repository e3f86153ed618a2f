"""Tracks as the rows of a table: sorted and filtered by index arrays, so that ten thousand cost nothing."""

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFont

from core.faces.types import TrackFlag
from core.review.types import IdentityRow, TrackRow
from widgets.theme import current_theme
from widgets.time_text import format_time
from widgets.timeline.lanes import UNASSIGNED

Index = QModelIndex | QPersistentModelIndex
COLOUR_ROLE = int(Qt.ItemDataRole.UserRole) + 1
QUALITY_ROLE = int(Qt.ItemDataRole.UserRole) + 2
TRACK, IDENTITY, START, DURATION, FRAMES, QUALITY, FLAGS = range(7)
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_NUMBERS = (START, DURATION, FRAMES)


class TrackModel(QAbstractTableModel):
    """Shows tracks; the identities give names and colours."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tracks: tuple[TrackRow, ...] = ()
        self._identities: Mapping[str, IdentityRow] = {}
        self._order: list[int] = []
        self._row_of: dict[str, int] = {}
        self._sorted_by = START
        self._descending = False
        self._identity: str | None = None
        self._text = ""
        self._columns: dict[int, Callable[[TrackRow], str]] = {
            TRACK: lambda track: track.track_id,
            IDENTITY: lambda track: self._name(track) or self.tr("unassigned"),
            START: lambda track: format_time(track.start_s),
            DURATION: lambda track: f"{track.end_s - track.start_s:.2f} s",
            FRAMES: lambda track: f"{track.frames:,}",
            QUALITY: lambda track: f"{track.quality:.2f}",
            FLAGS: lambda track: ", ".join(self._flag_words[flag] for flag in track.flags),
        }
        self._answers: dict[int, Callable[[TrackRow, int], object]] = {
            Qt.ItemDataRole.DisplayRole: self._words,
            Qt.ItemDataRole.TextAlignmentRole: lambda _track, column: int(_RIGHT) if column in _NUMBERS else None,
            Qt.ItemDataRole.FontRole: lambda _track, column: self._font(column),
            Qt.ItemDataRole.ForegroundRole: self._ink,
            Qt.ItemDataRole.ToolTipRole: lambda track, _column: track.unassigned_reason or None,
            COLOUR_ROLE: lambda track, _column: self._colour_index(track),
            QUALITY_ROLE: lambda track, _column: min(max(track.quality, 0.0), 1.0),
        }
        self._flag_words = {
            TrackFlag.SHORT: self.tr("short"),
            TrackFlag.MIXED: self.tr("mixed?"),
            TrackFlag.NO_USABLE_FACE: self.tr("no usable face"),
            TrackFlag.INTERPOLATED: self.tr("interpolated"),
        }

    def set_tracks(self, tracks: Sequence[TrackRow], identities: Sequence[IdentityRow]) -> None:
        """Show these."""
        self.beginResetModel()
        self._tracks = tuple(tracks)
        self._identities = {row.identity_id: row for row in identities}
        self._arrange()
        self.endResetModel()

    def set_filter(self, *, identity: str | None, text: str) -> None:
        """Show only tracks of an identity (None = all, UNASSIGNED = those without) whose words hold the text."""
        self.beginResetModel()
        self._identity, self._text = identity, text.casefold().strip()
        self._arrange()
        self.endResetModel()

    def track(self, row: int) -> TrackRow:
        """The track of a row."""
        return self._tracks[self._order[row]]

    def row_of(self, track_id: str) -> int:
        """The row of a track, -1 = not shown."""
        return self._row_of.get(track_id, -1)

    @property
    def total(self) -> int:
        """How many tracks there are, shown or not."""
        return len(self._tracks)

    def rowCount(self, parent: Index | None = None) -> int:
        """How many are shown."""
        return 0 if parent is not None and parent.isValid() else len(self._order)

    def columnCount(self, parent: Index | None = None) -> int:
        """Seven."""
        return 0 if parent is not None and parent.isValid() else FLAGS + 1

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Titles of the columns."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(_RIGHT if section in _NUMBERS else Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        titles = (
            self.tr("Track"),
            self.tr("Identity"),
            self.tr("Start"),
            self.tr("Length"),
            self.tr("Faces"),
            self.tr("Quality"),
            self.tr("Flags"),
        )
        return titles[section]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Words, alignment, colours, the reason as a tool tip."""
        if not index.isValid():
            return None
        track, column = self.track(index.row()), index.column()
        answer = self._answers.get(role)
        return answer(track, column) if answer is not None else None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; what is selected stays selected."""
        self.layoutAboutToBeChanged.emit()
        kept = self.persistentIndexList()
        ids = [self.track(index.row()).track_id for index in kept]
        self._sorted_by, self._descending = column, order == Qt.SortOrder.DescendingOrder
        self._arrange()
        moved = [self.index(self.row_of(track_id), index.column()) for track_id, index in zip(ids, kept, strict=True)]
        self.changePersistentIndexList(kept, moved)
        self.layoutChanged.emit()

    def _arrange(self) -> None:
        keys: dict[int, Callable[[TrackRow], tuple[object, ...]]] = {
            TRACK: lambda track: (track.track_id,),
            IDENTITY: lambda track: (track.identity_id is None, self._name(track).casefold(), track.start_s),
            START: lambda track: (track.start_s, track.track_id),
            DURATION: lambda track: (track.end_s - track.start_s,),
            FRAMES: lambda track: (track.frames,),
            QUALITY: lambda track: (track.quality,),
            FLAGS: lambda track: (self._words(track, FLAGS),),
        }
        key = keys.get(self._sorted_by, keys[START])
        shown = [at for at, track in enumerate(self._tracks) if self._fits(track)]
        self._order = sorted(shown, key=lambda at: key(self._tracks[at]), reverse=self._descending)
        self._row_of = {self._tracks[at].track_id: row for row, at in enumerate(self._order)}

    def _fits(self, track: TrackRow) -> bool:
        if self._identity is not None and track.identity_id != (
            None if self._identity == UNASSIGNED else self._identity
        ):
            return False
        return (
            not self._text
            or self._text in f"{track.track_id} {self._name(track)} {self._words(track, FLAGS)}".casefold()
        )

    def _name(self, track: TrackRow) -> str:
        identity = self._identities.get(track.identity_id or "")
        return identity.label if identity is not None else ""

    def _words(self, track: TrackRow, column: int) -> str:
        return self._columns[column](track)

    def _font(self, column: int) -> QFont | None:
        return current_theme().font("monosmall") if column in (*_NUMBERS, TRACK) else None

    def _colour_index(self, track: TrackRow) -> int | None:
        identity = self._identities.get(track.identity_id or "")
        return identity.colour_index if identity is not None else None

    def _ink(self, track: TrackRow, column: int) -> QColor | None:
        theme = current_theme()
        if column == FLAGS and track.flags:
            return theme.colour("warning")
        if column == IDENTITY and track.identity_id is None:
            return theme.colour("text_faint")
        return None
