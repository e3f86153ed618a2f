"""The Review page: who is on screen in one episode."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout

from app.desktop.edit_follow import EditFollower, FreshRows
from app.desktop.message import Button, PageMessage
from app.desktop.page import Page
from app.desktop.review.body import ReviewBody
from app.desktop.review.changes import merged_review
from app.desktop.review.edit_actions import edit_records
from app.desktop.review.editing import ReviewEditing
from app.desktop.review.go_to import GoToDialog, Place
from app.desktop.review.lane_book import LaneBook
from app.desktop.review.loading import EpisodeLoader, LoadedEpisode
from app.desktop.review.open_episode import OpenEpisode
from app.desktop.review.page_actions import review_records
from app.desktop.review.playback import Playback
from app.desktop.review.reader import Boxes, Peaks, ReviewReader, Thumbs, core_reader
from app.desktop.review.selection import Selection
from app.desktop.review.speech import ReviewSpeech
from app.desktop.services import Services
from core.errors import MediaMissing
from core.jobs.events import EpisodeChanged
from core.jobs.types import Job
from models.errors import RushesError
from widgets.time_text import format_time

if TYPE_CHECKING:
    from core.media.types import MediaInfo

POSITION_KEPT_EVERY_MS = 3000
ANALYSIS_JOBS = frozenset({"analyse", "detect_track", "faces_embed", "cluster"})


class ReviewPage(Page):
    """Player, timeline and lists of one episode; ``open_episode`` shows one."""

    status_changed = Signal(str, str)
    """``h:mm:ss.mmm`` and the decoded-frame index on screen, in words."""

    def __init__(
        self, services: Services, reader: ReviewReader | None = None, playback: Playback | None = None
    ) -> None:
        super().__init__()
        self.setObjectName("reviewPage")
        self.setAccessibleName(self.tr("Review"))
        self._services = services
        reader = reader or core_reader()
        self._loader = EpisodeLoader(services.library, services.background, reader, self)
        self._follower = EditFollower(services.library, services.background, services.bridge, self, reader)
        self._ep_id: str | None = None
        self._wanted_s: float | None = None
        self._episode: OpenEpisode | None = None
        self._info: MediaInfo | None = None
        self._media: Path | None = None
        self._kept_s: float | None = None
        self._is_old, self._lanes = False, LaneBook()
        self.body = ReviewBody(playback or Playback())
        self.player = self.body.player
        self.timeline = self.body.timeline
        self.dock = self.body.dock
        self.selection = Selection(self.body, self._loader, services, self)
        self.editing = ReviewEditing(self.body, self.selection, services, self)
        self.speech = ReviewSpeech(self.body, self._loader, services, self)
        self.message = PageMessage()
        self.stack = QStackedWidget()
        self.stack.addWidget(self.message)
        self.stack.addWidget(self.body)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.stack)
        self._keep_timer = QTimer(self)
        self._keep_timer.setInterval(POSITION_KEPT_EVERY_MS)
        self._keep_timer.timeout.connect(self._keep_position)
        self._records = (*review_records(self), *edit_records(self), *self.speech.records())
        services.actions.add(*self._records)
        self._connect()
        sizes = services.settings.place(services.library.path).get("review_sizes")
        if isinstance(sizes, dict):
            self.body.restore_sizes(sizes)
        self._show_nothing_open()

    # ------------------------------------------------------------------ what others ask

    @property
    def episode(self) -> OpenEpisode | None:
        """What is open and read."""
        return self._episode

    def open_episode(self, ep_id: str, t_s: float | None = None) -> None:
        """Show an episode at a second, or where the person left it."""
        if ep_id == self._ep_id and self._episode is not None:
            if t_s is not None:
                self.player.seek(t_s)
            return
        self._leave_episode()
        self._ep_id, self._wanted_s = ep_id, t_s
        self._follower.set_episode(ep_id)
        self._services.navigator.take_in_hand(ep_id)
        self.body.show_loading(self.tr("Opening…"))
        self.stack.setCurrentWidget(self.body)
        self._loader.load(ep_id)
        self._show_jobs(self._services.jobs.jobs)

    def close_episode(self) -> None:
        """Show no episode."""
        self._leave_episode()
        self._services.navigator.take_in_hand("")
        self._show_nothing_open()

    def left(self) -> None:
        """Another page is shown now: nothing plays unseen."""
        self.player.playback.pause()
        self._keep_position()

    def entered(self) -> None:
        """The page is shown now, with the episode in hand."""
        in_hand = self._services.navigator.ep_id
        if in_hand and in_hand != self._ep_id:
            self.open_episode(in_hand)
        elif self._is_old and self._episode is not None:
            self._is_old = False
            self._show_people(self._episode)
            self.selection.show_episode(self._episode)
        if self.player.shown is not None:
            self._tell_place(self.player.shown.t_s, self.player.shown.index)
            self.player.view.setFocus()

    def state_to_save(self) -> dict[str, Any]:
        """The episode in hand, and where the bars between the parts are."""
        ep_id = self._services.navigator.ep_id
        return {"review_sizes": self.body.sizes(), **({"ep_id": ep_id} if ep_id else {})}

    def close_page(self) -> None:
        """The library is being closed."""
        self._keep_timer.stop()
        self._keep_position(for_good=True)
        self.speech.close()
        self.player.stop()
        self.body.stop()

    # ---- for the action table

    def has_episode(self) -> bool:
        """Whether an episode is open."""
        return self._episode is not None

    def has_film(self) -> bool:
        """Whether there is a picture to move in."""
        return self.player.facts is not None

    def is_analysed(self) -> bool:
        """Whether there are tracks."""
        return self._episode is not None and bool(self._episode.review.tracks)

    def analyse(self) -> None:
        """Ask how to analyse this episode."""
        if self._ep_id is not None:
            self._services.navigator.analyse((self._ep_id,))

    def ask_place(self) -> None:
        """Ask for a time or a frame and go there."""
        facts = self.player.facts
        if facts is None:
            return
        dialog = GoToDialog(self.player.t_s, self.player.frame, facts.end_s, facts.frame_count, self)
        dialog.place_chosen.connect(self._go_to)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    # ------------------------------------------------------------------ opening

    def _leave_episode(self) -> None:
        self._keep_position()
        self._loader.forget()
        self._ep_id = self._episode = self._info = self._media = self._kept_s = None
        self._is_old, self._lanes = False, LaneBook()
        self._follower.set_episode(None)
        self.editing.set_episode(None)
        self.selection.clear()
        self._keep_timer.stop()
        self.player.close_film()
        self.player.set_episode(None)
        self.timeline.clear()
        self.status_changed.emit("", "")
        self._services.actions.refresh()

    def _on_loaded(self, ep_id: str, loaded: LoadedEpisode) -> None:
        if ep_id != self._ep_id:
            return
        episode, first = self._episode, self._episode is None
        if episode is None:
            episode = self._episode = OpenEpisode(loaded.review, self.tr("Unassigned"))
            self.editing.set_episode(episode)
        elif episode.review == loaded.review:
            self._open_media(loaded)
            return
        else:
            # the old boxes stay until the new ones are read, so that nothing blinks
            episode.take(loaded.review)
        self._info = loaded.facts.info
        self._show_review(episode, fresh=first)
        self._open_media(loaded)
        self._loader.load_extras(ep_id)
        self._services.actions.refresh()

    def _open_media(self, loaded: LoadedEpisode) -> None:
        """Show the film; after a relink, where it is now."""
        path = loaded.review.media_path
        self.body.head.set_film_there(not loaded.facts.media_missing)
        if loaded.facts.media_missing:
            self._media = None
            self.player.show_missing(path)
        elif path != self._media:
            self._media = path
            at_s = self._wanted_s if self._wanted_s is not None else loaded.facts.last_position_s or 0.0
            self.player.open(path, at_s, loaded.facts.info)

    def _show_review(self, episode: OpenEpisode, *, fresh: bool) -> None:
        review = episode.review
        self.body.head.show_episode(episode)
        if fresh:
            self.timeline.set_duration(review.duration_s)
        self.timeline.set_shots(review.shots)
        self.timeline.set_lanes(self._lanes.lanes(review, self.tr("Unassigned")))
        if self._info is not None:
            self.dock.show_episode(episode, self._info)
        self.player.set_episode(episode)
        self.selection.show_episode(episode)

    def _on_boxes(self, ep_id: str, boxes: Boxes) -> None:
        if ep_id == self._ep_id and self._episode is not None:
            self._episode.take_boxes(boxes)
            self.player.refresh_boxes()

    def _on_thumbs(self, ep_id: str, thumbs: Thumbs | None) -> None:
        if ep_id != self._ep_id or self._episode is None:
            return
        review = self._episode.review
        if thumbs is None:
            self.timeline.set_thumbnails((), None)
        else:
            self.timeline.set_thumbnails(thumbs.times_s, thumbs.jpeg, review.width_px / max(1, review.height_px))

    def _on_waveform(self, ep_id: str, peaks: Peaks | None) -> None:
        if ep_id == self._ep_id:
            self.timeline.set_waveform(peaks)

    # ------------------------------------------------------------------ states

    def _show_nothing_open(self) -> None:
        self._show_message(
            "review",
            self.tr("No episode is open"),
            self.tr("Open one from the library to see who is in it, when and for how long."),
            (self.tr("Go to the library"), "library", lambda: self._services.navigator.go("library")),
        )

    def _on_load_failed(self, ep_id: str, error: Exception) -> None:
        if ep_id != self._ep_id:
            return
        self._ep_id = None
        if isinstance(error, RushesError):
            text = f"{error.message}\n\n{error.action}".strip()
        else:
            self._services.notices.error(error)
            text = self.tr("Reading it failed. The log file has the details.")
        self._show_message(
            *("warning", self.tr("This episode did not open"), text),
            (self.tr("Try again"), "retry", lambda: self.open_episode(ep_id)),
            (self.tr("Go to the library"), "library", lambda: self._services.navigator.go("library")),
        )

    def _show_message(self, icon: str, title: str, text: str, *buttons: Button) -> None:
        self.message.say(icon, title, text, *buttons)
        self.stack.setCurrentWidget(self.message)

    # ------------------------------------------------------------------ jobs, edits, events

    def _show_jobs(self, jobs: Sequence[Job]) -> None:
        mine = [job for job in jobs if job.ep_id == self._ep_id and job.type in ANALYSIS_JOBS and not job.state.ended]
        # the one at work first, then the one that waits longest
        mine.sort(key=lambda job: (job.started_at is None, job.created_at))
        self.body.head.show_job(mine[0] if mine else None)
        self.dock.set_busy(bool(mine))

    def _cancel_job(self, job_id: str) -> None:
        library = self._services.library
        self._services.background.run_edit(lambda: library.jobs.cancel(job_id), owner=self)

    def _on_fresh(self, rows: FreshRows) -> None:
        """An edit, by whoever: show what it touched."""
        episode = self._episode
        if episode is None or rows.ep_id != self._ep_id:
            return
        review = merged_review(episode.review, rows)
        changed = review != episode.review
        if changed:
            episode.take(review)
        if rows.tracks_came_or_went:
            self._loader.load_boxes(rows.ep_id)
        if not self.isVisible():
            self._is_old = True  # shown when the person comes back
            return
        if changed:
            self._show_people(episode)
        self.selection.show_rows(rows)

    def _show_people(self, episode: OpenEpisode) -> None:
        """Names, lanes and boxes again: edits changed them."""
        self.body.head.show_episode(episode)
        self.timeline.set_lanes(self._lanes.lanes(episode.review, self.tr("Unassigned")))
        self.dock.show_identities()
        self.player.refresh_boxes()

    def _on_episode_changed(self, event: EpisodeChanged) -> None:
        if event.ep_id != self._ep_id:
            return
        if event.deleted:
            self.close_episode()
        else:
            self._loader.load(event.ep_id)

    # ------------------------------------------------------------------ places

    def _go_to(self, place: Place) -> None:
        if place.frame is not None:
            self.player.playback.seek_frame(place.frame)
        elif place.t_s is not None:
            self.player.seek(place.t_s)

    def _on_place(self, t_s: float, frame: int) -> None:
        self.timeline.set_position(t_s)
        if self.isVisible():
            self._tell_place(t_s, frame)

    def _tell_place(self, t_s: float, frame: int) -> None:
        self.status_changed.emit(format_time(t_s), self.tr("frame {index}").format(index=f"{frame:,}"))

    def _keep_position(self, *, for_good: bool = False) -> None:
        if self._ep_id is None or self.player.shown is None or self.player.t_s == self._kept_s:
            return
        self._kept_s = self.player.t_s
        self._loader.keep_position(self._ep_id, self._kept_s, for_good=for_good)

    def _on_film_opened(self) -> None:
        self._keep_timer.start()
        self._services.actions.refresh()

    def _on_film_failed(self, error: Exception) -> None:
        if isinstance(error, MediaMissing) and self._media is not None:
            self.player.show_missing(self._media)
            self._media = None
        else:
            self._services.notices.error(error)
        self._services.actions.refresh()

    def _on_sound_trouble(self, why: str) -> None:
        if why:
            self._services.notices.info(why)

    def _show_file(self) -> None:
        if self._episode is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._episode.review.media_path.parent)))

    def _relink(self) -> None:
        if self._ep_id is not None:
            self._services.navigator.relink(self._ep_id)

    # ------------------------------------------------------------------ assembly

    def _connect(self) -> None:
        loader, player, timeline, dock, head = self._loader, self.player, self.timeline, self.dock, self.body.head
        loader.loaded.connect(self._on_loaded)
        loader.failed.connect(self._on_load_failed)
        loader.boxes_loaded.connect(self._on_boxes)
        loader.thumbs_loaded.connect(self._on_thumbs)
        loader.waveform_loaded.connect(self._on_waveform)
        player.place_changed.connect(self._on_place)
        player.film_opened.connect(self._on_film_opened)
        player.film_failed.connect(self._on_film_failed)
        player.sound_trouble.connect(self._on_sound_trouble)
        player.relink_requested.connect(self._relink)
        timeline.seek_requested.connect(player.seek)
        dock.rename_requested.connect(self.editing.edits.rename)
        dock.analyse_requested.connect(self.analyse)
        dock.info.show_file_requested.connect(self._show_file)
        head.analyse_requested.connect(self.analyse)
        head.cancel_requested.connect(self._cancel_job)
        self._services.jobs.changed.connect(self._show_jobs)
        self._follower.fresh.connect(self._on_fresh)
        self._follower.reload_wanted.connect(self._loader.load)
        self._services.bridge.episode_changed.connect(self._on_episode_changed)
