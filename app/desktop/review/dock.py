"""The right side: Identities, Tracks, Transcript and Info, the first two with the crops of what is selected."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSplitter, QStackedWidget, QTabWidget, QVBoxLayout, QWidget

from app.desktop.review.crop_pane import CropPane
from app.desktop.review.hint import Hint
from app.desktop.review.info_tab import InfoTab
from app.desktop.review.open_episode import OpenEpisode
from app.desktop.transcript.panel import TranscriptPanel
from core.media.types import MediaInfo
from core.review.types import CropRow
from widgets.flow import SearchField
from widgets.identity_list import IdentityList
from widgets.timeline import UNASSIGNED
from widgets.track_table import TrackTable

KEYS_OF_LISTS = frozenset(
    {
        Qt.Key.Key_Left,
        Qt.Key.Key_Right,
        Qt.Key.Key_Up,
        Qt.Key.Key_Down,
        Qt.Key.Key_Home,
        Qt.Key.Key_End,
        Qt.Key.Key_PageUp,
        Qt.Key.Key_PageDown,
    }
)
"""In a list or a grid these keys move in it; elsewhere on the page they move in the film."""
DELETED = "deleted"
"""The filter of the tracks that a person took out."""


class ReviewDock(QTabWidget):
    """Lists of one episode. Selecting tells the page; the page says what is selected."""

    identity_selected = Signal(str)
    identity_activated = Signal(str)
    rename_requested = Signal(str, str)
    identity_menu_requested = Signal(str, QPoint)
    track_selected = Signal(str)
    track_activated = Signal(str, float)
    track_menu_requested = Signal(object, QPoint)
    selection_changed = Signal()
    """Other tracks are selected in the table."""
    crop_chosen = Signal(object)
    analyse_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("reviewDock")
        self.setDocumentMode(True)
        self.setAccessibleName(self.tr("Details"))
        self.setMinimumWidth(300)
        self.identities = IdentityList()
        self.identity_search = SearchField(self.tr("Find an identity"))
        self.identity_crops = CropPane("identity-crops")
        self.tracks = TrackTable()
        self.track_search = SearchField(self.tr("Find a track"))
        self.track_filter = QComboBox()
        self.track_filter.setAccessibleName(self.tr("Whose tracks"))
        self.track_crops = CropPane("track-crops")
        self.transcript = TranscriptPanel(roomy=False)
        self.info = InfoTab()
        self._identities_empty = Hint("identities")
        self._tracks_empty = Hint("person")
        self._episode: OpenEpisode | None = None
        self._tracks_are_old = True
        self._busy = False
        self._info_to_show: MediaInfo | None = None
        self._build()
        self._connect()

    # ---- what the page says

    def show_episode(self, episode: OpenEpisode, info: MediaInfo) -> None:
        """Show another episode, or newer data of the same one."""
        self._episode = episode
        self.show_identities()
        self._tracks_are_old = True
        self._info_to_show = info
        self._fill_what_is_seen()
        self._show_empty_states(episode)

    def show_identities(self) -> None:
        """Show the identities again: names changed."""
        if self._episode is None:
            return
        selected = self.identities.selected()
        self.identities.set_identities(self._episode.review.identities)
        self.identities.select(selected if selected in self._episode.identities else None)
        self._tracks_are_old = True
        self._fill_what_is_seen()

    def set_busy(self, busy: bool) -> None:
        """Whether an analysis of this episode is waiting or running."""
        self._busy = busy
        if self._episode is not None:
            self._show_empty_states(self._episode)

    def select_identity(self, identity_id: str | None) -> None:
        """Mark an identity in the list; ``UNASSIGNED`` filters the tracks instead."""
        if identity_id == UNASSIGNED:
            self.identities.select(None)
            self.show_tracks_of(UNASSIGNED)
            return
        self.identities.select(identity_id)

    def select_track(self, track_id: str | None) -> None:
        """Mark a track in the table."""
        self._fill_tracks()
        if track_id is not None and self._episode is not None:
            row = self._episode.tracks.get(track_id)
            shown = self.track_filter.currentData()
            if row is not None and shown not in {None, row.identity_id or UNASSIGNED}:
                self.track_filter.setCurrentIndex(0)
        self.tracks.select(track_id)

    def show_tracks_of(self, lane_id: str | None) -> None:
        """Show only the tracks of an identity (or of nobody)."""
        self._fill_tracks()
        at = self.track_filter.findData(lane_id)
        self.track_filter.setCurrentIndex(max(0, at))

    def go_to_tab(self, tab: QWidget) -> None:
        """Bring the tab of one of the dock's widgets to the front."""
        for index in range(self.count()):
            page = self.widget(index)
            if page is tab or page.isAncestorOf(tab):
                self.setCurrentIndex(index)

    @property
    def on_tracks(self) -> bool:
        """Whether the Tracks tab is in front."""
        return self.currentIndex() == 1

    def show_identity_crops(self, title: str, crops: Sequence[CropRow]) -> None:
        """Crops of the selected identity."""
        self.identity_crops.set_title(title)
        self.identity_crops.set_crops(crops)

    def show_track_crops(self, title: str, crops: Sequence[CropRow]) -> None:
        """Crops of the selected track."""
        self.track_crops.set_title(title)
        self.track_crops.set_crops(crops)

    def stop(self) -> None:
        """End the threads that load pictures."""
        self.identities.stop()
        self.identity_crops.stop()
        self.track_crops.stop()

    def event(self, event: QEvent) -> bool:
        """Keep the keys that move in lists from the shortcuts of the film."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() in KEYS_OF_LISTS
        ):
            event.accept()
            return True
        return super().event(event)

    # ---- inside

    def _fill_what_is_seen(self) -> None:
        """Tabs that nobody looks at are filled when they come to the front."""
        if self.on_tracks:
            self._fill_tracks()
        if self.currentWidget() is self.info and self._episode is not None and self._info_to_show is not None:
            self.info.show_episode(self._episode, self._info_to_show)
            self._info_to_show = None

    def _fill_tracks(self) -> None:
        episode = self._episode
        if episode is None or not self._tracks_are_old:
            return
        self._tracks_are_old = False
        self._fill_track_filter(episode)
        self._show_filtered()

    def _show_filtered(self) -> None:
        """The tracks of whoever is chosen above the table; what is still there stays selected."""
        if self._episode is None:
            return
        review, chosen = self._episode.review, self.track_filter.currentData()
        if chosen == DELETED:
            self.tracks.set_filter_identity(None)
            self.tracks.set_tracks(review.deleted_tracks, review.identities)
        else:
            self.tracks.set_tracks(review.tracks, review.identities)
            self.tracks.set_filter_identity(chosen)

    def _fill_track_filter(self, episode: OpenEpisode) -> None:
        chosen = self.track_filter.currentData()
        self.track_filter.blockSignals(True)
        self.track_filter.clear()
        self.track_filter.addItem(self.tr("Everybody"), None)
        for identity in episode.review.identities:
            self.track_filter.addItem(identity.label, identity.identity_id)
        if any(track.identity_id is None for track in episode.review.tracks):
            self.track_filter.addItem(self.tr("Unassigned"), UNASSIGNED)
        if episode.review.deleted_tracks:
            self.track_filter.addItem(self.tr("Deleted"), DELETED)
        self.track_filter.setCurrentIndex(max(0, self.track_filter.findData(chosen)))
        self.track_filter.blockSignals(False)

    def _show_empty_states(self, episode: OpenEpisode) -> None:
        title, text, button = self._words_for_empty(episode)
        for hint in (self._identities_empty, self._tracks_empty):
            hint.say(title, text, button)
        self._identities_stack.setCurrentIndex(0 if episode.review.identities else 1)
        self._tracks_stack.setCurrentIndex(0 if episode.review.tracks else 1)

    def _words_for_empty(self, episode: OpenEpisode) -> tuple[str, str, str]:
        if self._busy:
            return (
                self.tr("The analysis is running"),
                self.tr("What it finds appears here, stage by stage. You can watch the video meanwhile."),
                "",
            )
        if not episode.analysed:
            return (
                self.tr("Not analysed yet"),
                self.tr("The analysis finds the shots, every face, and who is the same person."),
                self.tr("Analyse"),
            )
        if episode.review.tracks:
            return (
                self.tr("No identities yet"),
                self.tr("Faces were found, but not yet sorted into persons."),
                self.tr("Analyse again"),
            )
        return (
            self.tr("No faces were found"),
            self.tr("Nobody is large enough on screen. A more exact profile finds smaller faces."),
            self.tr("Analyse again"),
        )

    def _build(self) -> None:
        identities = _list_over_crops((self.identity_search,), self.identities, self.identity_crops, "identities")
        tracks = _list_over_crops((self.track_search, self.track_filter), self.tracks, self.track_crops, "tracks")
        self._identities_stack = _stacked(identities, self._identities_empty)
        self._tracks_stack = _stacked(tracks, self._tracks_empty)
        self.addTab(self._identities_stack, self.tr("Identities"))
        self.addTab(self._tracks_stack, self.tr("Tracks"))
        self.addTab(self.transcript, self.tr("Transcript"))
        self.addTab(self.info, self.tr("Info"))

    def _connect(self) -> None:
        self._identities_empty.pressed.connect(self.analyse_requested)
        self._tracks_empty.pressed.connect(self.analyse_requested)
        self.identity_search.searched.connect(self.identities.set_filter)
        self.track_search.searched.connect(self.tracks.set_filter)
        self.track_filter.currentIndexChanged.connect(lambda _index: self._show_filtered())
        self.tracks.selection_changed.connect(self.selection_changed)
        self.currentChanged.connect(lambda _index: self._fill_what_is_seen())
        self.identities.identity_selected.connect(self.identity_selected)
        self.identities.identity_activated.connect(self.identity_activated)
        self.identities.rename_requested.connect(self.rename_requested)
        self.identities.context_menu_requested.connect(self.identity_menu_requested)
        self.tracks.track_selected.connect(self.track_selected)
        self.tracks.track_activated.connect(self.track_activated)
        self.tracks.context_menu_requested.connect(self.track_menu_requested)
        self.identity_crops.crop_chosen.connect(self.crop_chosen)
        self.track_crops.crop_chosen.connect(self.crop_chosen)


def _list_over_crops(tools: Sequence[QWidget], rows: QWidget, crops: CropPane, name: str) -> QWidget:
    bar = QHBoxLayout()
    bar.setContentsMargins(12, 8, 12, 8)
    bar.setSpacing(8)
    for tool in tools:
        bar.addWidget(tool, 1)
    top = QWidget()
    column = QVBoxLayout(top)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addLayout(bar)
    column.addWidget(rows, 1)
    split = QSplitter(Qt.Orientation.Vertical)
    split.setObjectName(f"{name}Split")
    split.setChildrenCollapsible(False)
    split.addWidget(top)
    split.addWidget(crops)
    split.setStretchFactor(0, 3)
    split.setStretchFactor(1, 2)
    return split


def _stacked(content: QWidget, empty: QWidget) -> QStackedWidget:
    stack = QStackedWidget()
    stack.addWidget(content)
    stack.addWidget(empty)
    return stack
