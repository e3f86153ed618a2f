"""The Identities page: the board of one episode, with everything to put it right."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QMenu, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from app.desktop.edit_follow import EditFollower, FreshRows
from app.desktop.edits import Edits
from app.desktop.identities_page.board_area import BoardArea
from app.desktop.identities_page.board_data import BoardData
from app.desktop.identities_page.carry_bar import CarryBar
from app.desktop.identities_page.carry_keeper import CarryKeeper
from app.desktop.identities_page.doing import BoardDoing
from app.desktop.identities_page.exporting import Exporting
from app.desktop.identities_page.filters import keep_searches, saved_searches
from app.desktop.identities_page.head import BoardHead
from app.desktop.identities_page.page_actions import identities_records
from app.desktop.identities_page.reading import BoardReader, EpisodeChoice
from app.desktop.identities_page.side import BoardSide
from app.desktop.identities_page.side_feed import SideFeed
from app.desktop.identities_page.states import State, no_episode, nobody
from app.desktop.message import Button, PageMessage
from app.desktop.page import Page
from app.desktop.review.stage_words import job_fraction, progress_words
from app.desktop.services import Services
from app.desktop.targets import TargetAsker
from core.jobs.events import EpisodeChanged
from core.jobs.types import Job
from core.review.types import CropRow, EpisodeReview
from models.errors import RushesError

ANALYSIS_JOBS = frozenset({"analyse", "detect_track", "faces_embed", "cluster", "episode_cleanup"})
SIDE_SHARE, SIDE_LEAST_PX, SIDE_MOST_PX = 0.36, 400, 640
"""Of the page's width, until the person moves the bar."""
PERSON_MENU = (
    *("identities.rename", "identities.merge", "identities.assign", "identities.lock", ""),
    *("identities.open_in_review", "identities.use_reference", "identities.revert", "", "identities.delete"),
)
FACE_MENU = (
    *("identities.merge", "identities.split", "", "identities.delete", "identities.not_a_face"),
    "identities.include",
)
BOARD_MENU = ("identities.search", "identities.restore_deleted", "", "identities.export_pdf")


class IdentitiesPage(Page):
    """Shows the episode in hand; every view is refreshed from the change sets of edits alone."""

    def __init__(self, services: Services) -> None:
        super().__init__()
        self.setObjectName("identitiesPage")
        self.setAccessibleName(self.tr("Identities"))
        self._services = services
        self._ep_id = ""
        self._data: BoardData | None = None
        self._job: Job | None = None
        self._episodes: tuple[EpisodeChoice, ...] = ()
        self._refused = False  # why is shown, until something else is opened
        self._reader = BoardReader(services, self)
        self._follower = EditFollower(services.library, services.background, services.bridge, self)
        self.edits = Edits(services, self)
        self.exporting = Exporting(services, self, self)
        self.asker = TargetAsker(services, self)
        self.head = BoardHead()
        self.carry_bar = CarryBar()
        self.area = BoardArea()
        self.board = self.area.board
        self.filters = self.area.filters
        self.side = BoardSide()
        self.feed = SideFeed(self.side, self._reader, self.edits, services, self)
        self.carry = CarryKeeper(self.carry_bar, self.side, self._reader, services, self)
        self.doing = BoardDoing(self, services)
        self.message = PageMessage()
        self._build()
        self._connect()
        self.filters.set_searches(saved_searches(services.settings))
        services.actions.add(*identities_records(self))
        self._wanted = str(services.settings.place(services.library.path).get("ep_id") or "")
        self._show_state()

    # ------------------------------------------------------------------ what the window says

    def entered(self) -> None:
        """Show the episode in hand; the first time, the one of last time."""
        self._reader.read_episodes()
        self._reader.read_cast()
        self.feed.refresh()
        wanted = self._services.navigator.ep_id or self._ep_id or self._wanted
        if wanted:
            self.open_episode(wanted)
        self.focus_board()

    def show_section(self, section: str) -> None:
        """Bring a tab of the right side to the front."""
        self.side.show_tab(section)

    def close_page(self) -> None:
        """The library is being closed."""
        self.exporting.close()
        self.asker.close()
        self.board.stop()
        self.side.stop()

    def open_episode(self, ep_id: str) -> None:
        """Show an episode."""
        if ep_id == self._ep_id and self._data is not None:
            return
        self._leave_episode()
        self._ep_id = ep_id
        self._follower.set_episode(ep_id)
        self.edits.set_episode(ep_id)
        self._services.navigator.take_in_hand(ep_id)
        self.head.choose(ep_id)
        self._show_message("identities", self.tr("Reading the people"), "")
        self._reader.read_review(ep_id)
        self._show_jobs(self._services.jobs.jobs)

    def focus_board(self) -> None:
        """Give the board the keyboard; with nobody selected, the first person is."""
        if self._data is None:
            return
        if not self.selected():
            first = next(iter(self._data.shown_order()), None)
            self.board.set_selected([first] if first is not None else [])
        self.board.setFocus()

    def selected(self) -> list[str]:
        """The people selected on the board who are there."""
        data = self._data
        return [one for one in self.board.selected() if one in data.identities] if data is not None else []

    @property
    def ep_id(self) -> str:
        """The episode that is shown, "" = none."""
        return self._ep_id

    @property
    def data(self) -> BoardData | None:
        """What is open and read."""
        return self._data

    # ------------------------------------------------------------------ data

    def _leave_episode(self) -> None:
        self._reader.forget()
        self._ep_id, self._data, self._refused = "", None, False
        self._follower.set_episode(None)
        self.edits.set_episode(None)
        self.area.clear()
        self.feed.set_episode(None)
        self.carry.set_episode("")
        self.head.show_counts(None)
        self._services.actions.refresh()

    def _on_review(self, ep_id: str, review: EpisodeReview) -> None:
        if ep_id != self._ep_id:
            return
        first = self._data is None
        self._data = BoardData.of(review)
        self.area.show_data(self._data)
        self.feed.set_episode(self._data)
        if self._data.identities and not self.selected():
            self.board.set_selected(self._data.shown_order()[:1])
        self.feed.show_selection(self.selected())
        self.carry.set_episode(ep_id)
        self._show_state()
        if first and self.isVisible():
            self.focus_board()

    def _on_failed(self, ep_id: str, error: Exception) -> None:
        if ep_id != self._ep_id:
            return
        self._leave_episode()
        self._refused = True
        if isinstance(error, RushesError):
            text = f"{error.message}\n\n{error.action}".strip()
        else:
            self._services.notices.error(error)
            text = self.tr("Reading it failed. The log file has the details.")
        self._show_message(
            "warning",
            self.tr("This episode did not open"),
            text,
            (self.tr("Try again"), "retry", lambda: self.open_episode(ep_id)),
            (self.tr("Go to the library"), "library", lambda: self._services.navigator.go("library")),
        )

    def _on_fresh(self, rows: FreshRows) -> None:
        """An edit, by whoever: paint what it touched."""
        data = self._data
        if data is None or rows.ep_id != self._ep_id:
            return
        was_empty = not data.identities
        chosen = self.selected()
        data.take(rows)
        self.area.show_rows(rows)
        self._select_heirs(rows, chosen)
        self.feed.show_rows(rows)
        self.head.show_counts(data.counts())
        if was_empty != (not data.identities):
            self._show_state()
        self._services.actions.refresh()

    def _select_heirs(self, rows: FreshRows, chosen: Sequence[str]) -> None:
        """When those who were selected are gone, whoever holds their tracks now is selected."""
        data = self._data
        if data is None or not chosen or not set(chosen) <= rows.gone_identities:
            return
        heirs = {track.identity_id for track in rows.tracks.values() if track.identity_id in data.identities}
        self.board.set_selected([one for one in data.order if one in heirs][:1])

    def _on_cohesions(self, ep_id: str, found: dict[str, tuple[float, bool]]) -> None:
        data = self._data
        if data is not None and ep_id == self._ep_id:
            data.cohesion.update({one: value for one, value in found.items() if one in data.identities})
            self.area.update_cards(found)

    def _on_episodes(self, episodes: tuple[EpisodeChoice, ...]) -> None:
        self._episodes = episodes
        self.head.set_episodes(episodes, self._ep_id)
        analysed = [one.ep_id for one in episodes if one.analysed]
        if not self._ep_id and not self._refused and len(analysed) == 1 and self.isVisible():
            self.open_episode(analysed[0])  # there is nothing to choose
        self._show_state()

    def _on_episode_changed(self, event: EpisodeChanged) -> None:
        if self.isVisible():
            self._reader.read_episodes()
        if event.ep_id != self._ep_id:
            return
        if event.deleted:
            self._leave_episode()
            self._services.navigator.take_in_hand("")
            self._show_state()
        else:
            self._reader.read_review(event.ep_id)

    def _show_jobs(self, jobs: Sequence[Job]) -> None:
        mine = [job for job in jobs if job.ep_id == self._ep_id and job.type in ANALYSIS_JOBS and not job.state.ended]
        mine.sort(key=lambda job: (job.started_at is None, job.created_at))
        was_busy, self._job = self._job is not None, mine[0] if mine else None
        self._show_busy()
        if was_busy != (self._job is not None):
            self._show_state()

    def _show_busy(self) -> None:
        if self._job is not None:
            self.head.show_busy(progress_words(self._job), job_fraction(self._job))
        elif self.exporting.busy:
            self.head.show_busy(self.tr("Writing"), None)
        else:
            self.head.show_busy("", None)
        self.head.set_export_enabled(self.doing.has_people() and not self.exporting.busy)

    # ------------------------------------------------------------------ states

    def _show_state(self) -> None:
        """The board, or why there is none."""
        data = self._data
        self._show_busy()
        if data is None:
            if not self._ep_id and not self._refused:
                self._show_state_words(no_episode(bool(self._episodes)))
            return
        self.head.show_counts(data.counts() if data.clustered else None)
        if data.identities:
            self.stack.setCurrentWidget(self.body)
        else:
            self._show_state_words(nobody(data, busy=self._job is not None))
        self._services.actions.refresh()

    def _show_state_words(self, state: State) -> None:
        does: dict[str, Callable[[], object]] = {
            "library": lambda: self._services.navigator.go("library"),
            "review": self._open_review,
            "analyse": lambda: self._services.navigator.analyse((self._ep_id,)),
        }
        icons = {"library": "library", "review": "review", "analyse": "person"}
        self._show_message("identities", state.title, state.text, (state.button, icons[state.does], does[state.does]))

    def _show_message(self, icon: str, title: str, text: str, *buttons: Button) -> None:
        self.message.say(icon, title, text, *buttons)
        self.stack.setCurrentWidget(self.message)

    def _open_review(self) -> None:
        self._services.navigator.open_episode(self._ep_id)

    # ------------------------------------------------------------------ menus

    def _board_menu(self, identity_id: str, place: QPoint) -> None:
        if identity_id and identity_id not in self.board.selected():
            self.board.set_selected([identity_id])
        self._open_menu(PERSON_MENU if identity_id else BOARD_MENU, place)

    def _open_menu(self, action_ids: Sequence[str], place: QPoint) -> None:
        menu = QMenu(self)
        self._services.actions.fill(menu, action_ids)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)

    # ------------------------------------------------------------------ assembly

    def _build(self) -> None:
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._split.setObjectName("boardSplit")
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(self.area)
        self._split.addWidget(self.side)
        self._split.setStretchFactor(0, 1)
        self._split.setStretchFactor(1, 0)
        self._split.splitterMoved.connect(self._note_moved)
        self._moved_by_hand = False
        self.body = QWidget()
        inside = QVBoxLayout(self.body)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(0)
        inside.addWidget(self.carry_bar)
        inside.addWidget(self._split, 1)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.message)
        self.stack.addWidget(self.body)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.head)
        column.addWidget(self.stack, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share out the room, until the person moves the bar."""
        super().resizeEvent(event)
        if not self._moved_by_hand:
            side_px = min(max(round(self.width() * SIDE_SHARE), SIDE_LEAST_PX), SIDE_MOST_PX)
            self._split.setSizes([max(1, self.width() - side_px), side_px])

    def _note_moved(self) -> None:
        self._moved_by_hand = True

    def _connect(self) -> None:
        services, reader, board, side = self._services, self._reader, self.board, self.side
        reader.episodes_read.connect(self._on_episodes)
        reader.review_read.connect(self._on_review)
        reader.failed.connect(self._on_failed)
        reader.cohesions_read.connect(self._on_cohesions)
        reader.cast_read.connect(lambda cast: self.area.set_cast_names({one.cast_id: one.name for one in cast}))
        self._follower.fresh.connect(self._on_fresh)
        self._follower.reload_wanted.connect(reader.read_review)
        self.head.episode_chosen.connect(self.open_episode)
        self.head.export_requested.connect(self.doing.export_pdf)
        self.filters.searches_changed.connect(lambda searches: keep_searches(services.settings, searches))
        self.filters.changed.connect(services.actions.refresh)
        self.area.name_given.connect(self.edits.rename)
        board.merge_requested.connect(self._merge)
        board.move_tracks_requested.connect(lambda ids, target: self.edits.move_tracks(ids, target or None))
        board.move_crops_requested.connect(lambda crops, target: self.edits.move_crops(crops, target or None))
        board.assign_requested.connect(self.edits.assign_all)
        board.lock_toggled.connect(self._toggle_lock_of)
        board.context_menu_requested.connect(self._board_menu)
        board.selection_changed.connect(self._on_selection)
        side.crops.menu_requested.connect(lambda place: self._open_menu(FACE_MENU, place))
        side.crops.selection_changed.connect(services.actions.refresh)
        side.crops.target_wanted.connect(self.doing.choose_target)
        side.crops.frame_wanted.connect(self._show_frame)
        side.crops.exclude_requested.connect(lambda: self._with_faces(self.doing.delete))
        side.crops.not_a_face_requested.connect(lambda: self._with_faces(self.doing.not_a_face))
        side.crops.include_requested.connect(self.doing.include)
        side.crops.split_requested.connect(self.doing.split_off)
        side.carry.seek_requested.connect(self._seek)
        side.time.seek_requested.connect(self._seek)
        side.time.people_wanted.connect(self.board.set_selected)
        side.time.export_requested.connect(self.doing.export_screen_time)
        self.exporting.busy_changed.connect(lambda _busy: self._show_busy())
        services.jobs.changed.connect(self._show_jobs)
        services.bridge.cast_changed.connect(lambda _event: reader.read_cast())
        services.bridge.episode_changed.connect(self._on_episode_changed)

    def _merge(self, source_ids: list[str], target_id: str) -> None:
        if self._data is not None:
            self.edits.merge(source_ids, target_id, self._data.seen([*source_ids, target_id]))

    def _toggle_lock_of(self, identity_id: str) -> None:
        if self._data is not None and identity_id in self._data.identities:
            self.edits.set_locked([identity_id], not self._data.identities[identity_id].locked)

    def _on_selection(self) -> None:
        self.feed.show_selection(self.selected())
        self._services.actions.refresh()

    def _with_faces(self, do: Callable[[], object]) -> None:
        """A button below the faces means the faces, wherever the keyboard is."""
        self.side.crops.grid.setFocus()
        do()

    def _show_frame(self, crop: CropRow) -> None:
        self._seek(crop.t_s)

    def _seek(self, t_s: float) -> None:
        self._services.navigator.open_episode(self._ep_id, t_s)
