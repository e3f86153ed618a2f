"""What is selected on the page: one identity and one track, the same in player, timeline and lists."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, QPoint
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from app.desktop.edit_follow import FreshRows
from app.desktop.review import counted
from app.desktop.review.body import ReviewBody
from app.desktop.review.crop_pane import CropPane
from app.desktop.review.loading import EpisodeLoader
from app.desktop.review.open_episode import OpenEpisode
from app.desktop.services import Services
from core.review.types import CropRow
from widgets.time_text import format_span
from widgets.timeline import UNASSIGNED

IDENTITY_MENU = (
    *("review.rename", "review.merge", "review.assign", "review.lock", "review.revert", ""),
    *("review.go_to_identity", "review.tracks_of_identity", "review.show_on_board"),
)
TRACK_MENU = (
    *("review.move_tracks", "review.split_here", "", "review.must_link", "review.cannot_link", ""),
    *("review.not_a_face", "review.delete_tracks"),
)
DELETED_MENU = ("review.restore_tracks",)


class Selection(QObject):
    """Hears every click on a person and shows it everywhere."""

    def __init__(self, body: ReviewBody, loader: EpisodeLoader, services: Services, parent: QObject) -> None:
        super().__init__(parent)
        self._player, self._timeline, self._dock = body.player, body.timeline, body.dock
        self._loader = loader
        self._services = services
        self._episode: OpenEpisode | None = None
        self.identity_id: str | None = None
        """An identity's id, ``UNASSIGNED`` for the faces without one, None."""
        self.track_id: str | None = None
        self._connect()

    # ---- for the action table

    def has_identity(self) -> bool:
        """Whether an identity is selected."""
        return self._episode is not None and self.identity_id in self._episode.identities

    def begin_rename(self) -> None:
        """Let the person write the selected identity's name."""
        if self.has_identity() and self.identity_id is not None:
            self._dock.go_to_tab(self._dock.identities)
            self._dock.identities.begin_rename(self.identity_id)

    def go_to_identity(self) -> None:
        """Go to where the selected identity is on screen first."""
        if self._episode is not None and self.identity_id is not None:
            t_s = self._episode.first_second_of(self.identity_id)
            if t_s is not None:
                self._player.seek(t_s)

    def show_tracks(self) -> None:
        """The Tracks tab with the selected identity's tracks."""
        self._dock.show_tracks_of(self.identity_id)
        self._dock.go_to_tab(self._dock.tracks)

    def go_to_unreviewed(self, direction: int) -> None:
        """The next or previous identity without a name; in the Tracks tab, the next such track."""
        episode = self._episode
        if episode is None:
            return
        if self._dock.on_tracks:
            track_id = episode.unreviewed_track_from(self.track_id, direction)
            if track_id is not None:
                self.select_track(track_id)
                self._player.seek(episode.tracks[track_id].start_s)
                return
        else:
            identity_id = episode.unnamed_from(self.identity_id, direction)
            if identity_id is not None:
                self.select_identity(identity_id)
                self.go_to_identity()
                return
        self._services.notices.info(self.tr("Everybody has a name."), self.tr("There is nothing left to review here."))

    # ---- selecting

    def clear(self) -> None:
        """The episode is gone."""
        self._episode = None
        self.identity_id = self.track_id = None

    def show_episode(self, episode: OpenEpisode) -> None:
        """Another episode, or newer data of this one: what is still there stays selected."""
        self._episode = episode
        before, self.identity_id = self.identity_id, None
        if before is not None and episode.tracks_of(before):
            self.select_identity(before)
        elif episode.review.identities:
            # its crops show at once; nothing steps back for a choice that the person did not make
            self.select_identity(episode.review.identities[0].identity_id, lit=False)
        else:
            self._dock.identity_crops.clear(self.tr("Select an identity to see its crops."))
        if self.track_id not in episode.tracks and self.track_id not in episode.deleted:
            self.track_id = None
            self._dock.track_crops.clear(self.tr("Select a track to see its crops."))

    def show_names(self) -> None:
        """Names changed; the crops are the same."""
        if self._episode is None:
            return
        if self.identity_id in self._episode.identities and self.identity_id is not None:
            self._dock.select_identity(self.identity_id)
            self._dock.identity_crops.set_title(self._identity_title(self._episode, self.identity_id))
        if self.track_id is not None and self._episode.track(self.track_id) is not None:
            self._dock.track_crops.set_title(self._track_title(self._episode, self.track_id))

    def select_identity(self, lane_id: str, *, lit: bool = True) -> None:
        """Select an identity (or the unassigned faces) and show its crops; ``lit`` = others step back in the film."""
        episode = self._episode
        if episode is None:
            return
        known = lane_id in episode.identities
        self._timeline.set_selected_lane(lane_id if lit else None)
        self._player.view.set_selected_identity(lane_id if known and lit else None)
        if lane_id == self.identity_id:
            return
        self.identity_id = lane_id
        self._dock.select_identity(lane_id if known else None)
        self._services.actions.refresh()
        if known:
            self._dock.identity_crops.set_title(self._identity_title(episode, lane_id))
            self._load_crops(episode, episode.tracks_of(lane_id), self._dock.identity_crops)
        elif lane_id == UNASSIGNED:
            self.show_tracks()

    def select_track(self, track_id: str, *, mark: bool = True) -> None:
        """Select a track and show its crops; ``mark`` = also in the table, alone."""
        episode = self._episode
        if episode is None or track_id == self.track_id:
            return
        if track_id not in episode.tracks and track_id not in episode.deleted:
            return
        self.track_id = track_id
        if mark:
            self._dock.select_track(track_id)
        self._dock.track_crops.set_title(self._track_title(episode, track_id))
        self._load_crops(episode, (track_id,), self._dock.track_crops)
        self._services.actions.refresh()

    def show_rows(self, rows: FreshRows) -> None:
        """Some identities and tracks are other than before; what is still there stays selected."""
        episode = self._episode
        if episode is None:
            return
        identity_id, track_id = self.identity_id, self.track_id
        if identity_id in rows.gone_identities:
            self.identity_id = None
            self.show_episode(episode)
        elif identity_id is not None and (identity_id in rows.identities or rows.crops_changed):
            self.show_names()
            if rows.tracks or rows.gone_tracks or rows.crops_changed:
                self._load_crops(episode, episode.tracks_of(identity_id), self._dock.identity_crops)
        if track_id in rows.gone_tracks:
            self.track_id = None
            self._dock.track_crops.clear(self.tr("Select a track to see its crops."))
        elif track_id is not None and (track_id in rows.tracks or rows.crops_changed):
            self._dock.track_crops.set_title(self._track_title(episode, track_id))
            self._load_crops(episode, (track_id,), self._dock.track_crops)
        self._services.actions.refresh()

    # ---- clicks

    def _on_box(self, track_id: str) -> None:
        """A face in the picture: its identity; where it has none, its track."""
        track = self._episode.tracks.get(track_id) if self._episode is not None else None
        if track is None:
            return
        self.select_track(track_id)
        if track.identity_id is not None:
            self.select_identity(track.identity_id)
            self._dock.go_to_tab(self._dock.identities)
        else:
            self._dock.go_to_tab(self._dock.tracks)

    def _on_bar(self, lane_id: str, _index: int, t_s: float) -> None:
        self.select_identity(lane_id)
        self._player.seek(t_s)

    def _on_lane_activated(self, lane_id: str) -> None:
        self.select_identity(lane_id)
        self.go_to_identity()

    def _on_track_activated(self, track_id: str, start_s: float) -> None:
        self.select_track(track_id)
        self._player.seek(start_s)

    def _on_crop(self, crop: CropRow) -> None:
        self._player.playback.seek_frame(crop.frame)

    def _identity_menu(self, identity_id: str, place: QPoint, more: Sequence[str] = ()) -> None:
        self.select_identity(identity_id)
        if not self.has_identity():
            return
        menu = QMenu(self._dock)
        self._services.actions.fill(menu, (*IDENTITY_MENU, *more))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)

    def _box_menu(self, track_id: str, place: QPoint) -> None:
        track = self._episode.tracks.get(track_id) if self._episode is not None else None
        if track is not None and track.identity_id is not None:
            self.select_track(track_id)
            self._identity_menu(track.identity_id, place, ("", *TRACK_MENU))
        elif track is not None:
            self._tracks_menu([track_id], place)

    def _tracks_menu(self, track_ids: Sequence[str], place: QPoint) -> None:
        episode = self._episode
        if episode is None or not track_ids:
            return
        if track_ids[0] not in self._dock.tracks.selected():
            self.select_track(track_ids[0])
        first = episode.track(track_ids[0])
        menu = QMenu(self._dock)
        self._services.actions.fill(menu, DELETED_MENU if track_ids[0] in episode.deleted else TRACK_MENU)
        menu.addSeparator()
        if first is not None:
            go = menu.addAction(self.tr("Go to its first frame"))
            go.triggered.connect(lambda: self._player.seek(first.start_s))
        copy = menu.addAction(self.tr("Copy track ids"))
        copy.triggered.connect(lambda: QGuiApplication.clipboard().setText("\n".join(track_ids)))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)

    # ---- inside

    def _identity_title(self, episode: OpenEpisode, identity_id: str) -> str:
        identity = episode.identities[identity_id]
        return "  ·  ".join(
            (identity.label, counted.tracks(len(identity.track_ids)), format_span(identity.screen_time_s))
        )

    def _track_title(self, episode: OpenEpisode, track_id: str) -> str:
        track = episode.track(track_id)
        identity = episode.identities.get(track.identity_id or "") if track is not None else None
        if track_id in episode.deleted:
            return f"{track_id}  ·  {self.tr('Deleted')}"
        return f"{track_id}  ·  {identity.label if identity else self.tr('Unassigned')}"

    def _load_crops(self, episode: OpenEpisode, track_ids: Sequence[str], pane: CropPane) -> None:
        self._loader.load_crops(episode.review.ep_id, track_ids, pane.set_crops, pane)

    def _connect(self) -> None:
        player, timeline, dock = self._player, self._timeline, self._dock
        player.track_clicked.connect(self._on_box)
        player.track_menu_requested.connect(self._box_menu)
        timeline.bar_activated.connect(self._on_bar)
        timeline.lane_selected.connect(self.select_identity)
        timeline.lane_activated.connect(self._on_lane_activated)
        timeline.lane_context_menu_requested.connect(self._identity_menu)
        dock.identity_selected.connect(self.select_identity)
        dock.identity_activated.connect(self._on_lane_activated)
        dock.identity_menu_requested.connect(self._identity_menu)
        # the table marks what is selected in it by itself, also several at once
        dock.track_selected.connect(lambda track_id: self.select_track(track_id, mark=False))
        dock.selection_changed.connect(self._services.actions.refresh)
        dock.track_activated.connect(self._on_track_activated)
        dock.track_menu_requested.connect(self._tracks_menu)
        dock.crop_chosen.connect(self._on_crop)
