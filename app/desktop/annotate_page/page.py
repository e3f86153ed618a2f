"""The Annotate page: run pipelines, see and correct what they found, mark, compare and measure."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu, QStackedWidget, QVBoxLayout

from app.desktop.annotate_page.body import AnnotateBody
from app.desktop.annotate_page.book import (
    COMPARE,
    LANES,
    MEASURE,
    RUN,
    Entry,
    LaneBook,
    Shelf,
    annotating,
    failed_lately,
    own_lane_id,
)
from app.desktop.annotate_page.choices import Choices
from app.desktop.annotate_page.commands import AnnotateCommands, is_annotation
from app.desktop.annotate_page.following import AnnotateFollow
from app.desktop.annotate_page.frame_times import frame_times_of
from app.desktop.annotate_page.job_rows import job_rows
from app.desktop.annotate_page.lane_desk import LaneDesk
from app.desktop.annotate_page.page_actions import page_records
from app.desktop.annotate_page.reading import AnnotateReader
from app.desktop.annotate_page.result_desk import ResultDesk
from app.desktop.annotate_page.states import say_failure, say_first_steps, say_lanes_failure, say_no_lanes
from app.desktop.annotate_page.undoing import AnnotateUndo
from app.desktop.message import PageMessage
from app.desktop.page import Page
from app.desktop.review.playback import Playback
from app.desktop.review.player_area import PlayerArea
from app.desktop.services import Services
from app.desktop.undo_steps import UndoSource
from core.annotate.types import OwnMark
from core.errors import MediaMissing

STATE_KEY = "annotate"


class AnnotatePage(Page):
    """Everything that is shown together was read together; what changes is read again soon."""

    def __init__(self, services: Services, player: PlayerArea | None = None) -> None:
        super().__init__()
        self.setObjectName("annotatePage")
        self.setAccessibleName(self.tr("Annotate"))
        self.services = services
        self.shelf = Shelf()
        self.book: LaneBook | None = None
        self.entry: Entry | None = None
        self.hidden: frozenset[str] = frozenset()
        """Lanes that the person does not want to see, by their id."""
        self.choices = Choices(services.settings)
        self.wanted_key = ""
        """The video to take in hand once it is read."""
        self._wanted_lane = ""
        self._wanted_mark: tuple[str, int] | None = None
        self.is_old = True
        """Something changed while the page was not to be seen."""
        self._reader = AnnotateReader(services, self)
        player = player or PlayerArea(Playback())
        self.body = AnnotateBody(services, self.choices, self._reader.kept, player)
        self.commands = AnnotateCommands(services, self)
        self.desk = LaneDesk(self, self.commands.doing)
        self.undo = AnnotateUndo(self.commands.doing, lambda: self.book if self.body.shown == LANES else None)
        self.message = PageMessage()
        self.stack = QStackedWidget()
        self.stack.addWidget(self.message)
        self.stack.addWidget(self.body)
        self.follow = AnnotateFollow(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.stack)
        self.message.say("annotate", self.tr("Reading the annotations"), "")
        self.commands.show_coder()
        self._restore()
        self.results = ResultDesk(self)
        self._connect()
        services.actions.add(*page_records(self))
        self.body.lanes.add_tools(services.actions)

    # ------------------------------------------------------------------ what the window says

    def entered(self) -> None:
        """The page is shown now."""
        self.body.run.read()
        if self.is_old:
            self.reload()

    def left(self) -> None:
        """Another page is shown now: nothing plays unseen."""
        self.body.lanes.player.playback.pause()

    def show_section(self, section: str) -> None:
        """``run``, ``lanes``, ``compare``, ``measure``."""
        self.body.show_part(section)

    def state_to_save(self) -> dict[str, Any]:
        """The video in hand, the tab and where the bar is."""
        key = self.entry.key if self.entry is not None else self.wanted_key
        return {STATE_KEY: {"video": key, "part": self.body.shown, "sizes": self.body.sizes()}}

    def close_page(self) -> None:
        """The library is being closed."""
        self.follow.stop()
        self.commands.close()
        self.body.stop()

    def takes_files(self) -> bool:
        """Videos and annotations can be dropped anywhere on this page."""
        return True

    def drop_words(self, paths: Sequence[Path]) -> str:
        """What letting go does."""
        if len(paths) == 1 and is_annotation(paths[0]) and self.entry is not None:
            return self.tr("Import {name} into “{video}”").format(name=paths[0].name, video=self.entry.title)
        if len(paths) == 1:
            return self.tr("Add “{name}” to the library and annotate it").format(name=paths[0].name)
        return self.tr("Add {count} files to the library and annotate them").format(count=len(paths))

    def take_files(self, paths: Sequence[Path]) -> None:
        """Add videos, or import annotations."""
        self.commands.take_files(tuple(paths))

    def undo_source(self) -> UndoSource:
        """What was marked."""
        return self.undo

    # ------------------------------------------------------------------ what is in hand

    def reload(self) -> None:
        """Read everything again."""
        self.is_old = False
        self._reader.read_shelf()

    def chosen_entries(self) -> list[Entry]:
        """Videos that are chosen on the left."""
        found = [self.shelf.entry(key) for key in self.body.videos.chosen_keys()]
        return [one for one in found if one is not None]

    def open_video(self, key: str, *, part: str = LANES, job_id: str = "") -> None:
        """Take a video in hand; ``job_id``: with the results of that job."""
        entry = self.shelf.entry(key)
        if entry is None:
            return
        if entry.media_id is not None and job_id:
            self.results.pin(entry.media_id, job_id)
        self.body.videos.select([key])
        self._take_in_hand(entry)
        self._show_chosen()
        self.body.show_part(part)

    def title_of(self, pipeline: str) -> str:
        """A pipeline as people know it."""
        return self.body.run.catalogue.titles().get(pipeline, pipeline)

    def wait_for_tier(self, tier_id: int) -> None:
        """Take an own lane in hand as soon as it is shown."""
        self._wanted_lane = own_lane_id(tier_id)
        self.body.show_part(LANES)
        self.follow.read_soon()

    def wait_for_mark(self, mark: OwnMark) -> None:
        """Select a mark as soon as it is shown."""
        self._wanted_mark = (own_lane_id(mark.tier_id), mark.mark_id)
        self.read_lanes()

    def hide_lane(self) -> None:
        """Take the lane in hand from sight; its annotations stay."""
        lane = self.body.lanes.lane()
        if lane is not None and self.book is not None:
            self.hidden |= {lane.lane_id}
            self._show_book(self.book)

    def show_all_lanes(self) -> None:
        """Bring hidden lanes back."""
        self.hidden = frozenset()
        if self.book is not None:
            self._show_book(self.book)

    def open_in_review(self) -> None:
        """The same moment of the same episode in Review."""
        if self.entry is not None and self.entry.ep_id is not None:
            self.services.navigator.open_episode(self.entry.ep_id, self.body.lanes.player.t_s)

    def play_mark(self) -> None:
        """Play what is selected, then stand still."""
        self.body.lanes.play_mark()

    # ------------------------------------------------------------------ showing

    def _on_shelf(self, shelf: Shelf) -> None:
        self.shelf = shelf
        if not shelf.entries:
            self.entry, self.book = None, None
            self.body.lanes.open_entry(None)
            say_first_steps(self)
            return
        key = self.wanted_key or (self.entry.key if self.entry is not None else "")
        annotated = next((one for one in shelf.entries if one.results or one.own_tiers), shelf.entries[0])
        entry = shelf.entry(key) or annotated
        self.show_videos()
        if not self.wanted_key and self.chosen_entries():
            entry = shelf.entry(key) or self.chosen_entries()[0]
        else:
            self.body.videos.select([entry.key])
        self.wanted_key = ""
        self.stack.setCurrentWidget(self.body)
        self._take_in_hand(entry)
        self._show_chosen()

    def _take_in_hand(self, entry: Entry) -> None:
        changed = self.entry is None or self.entry.key != entry.key
        self.entry = entry
        if changed:
            self.book = None
            self.body.compare.show_book(None)
            self._read_frame_times(entry)
        self.body.lanes.open_entry(entry)
        if changed or self.results.are_others(self.book, entry):
            self.read_lanes()

    def read_lanes(self) -> None:
        """Read the lanes of the video in hand again."""
        if self.entry is not None:
            self._reader.read_lanes(self.entry, self.results.of(self.entry))

    def _on_lanes(self, book: LaneBook) -> None:
        if self.entry is None or book.key != self.entry.key:
            return
        self.book = book
        self._show_book(book)
        self.body.compare.show_book(book)
        self.services.actions.refresh()

    def _show_book(self, book: LaneBook) -> None:
        lanes = self.body.lanes
        lanes.show_book(book, self.hidden)
        self.results.show_book(book)
        if book.lane(self._wanted_lane) is not None:
            lanes.set_active(self._wanted_lane)
            lanes.canvas.setFocus()  # marking by keys can begin
            self._wanted_lane = ""
        if self._wanted_mark is not None and book.mark(self._wanted_mark[1]) is not None:
            lane_id, mark_id = self._wanted_mark
            self._wanted_mark = None
            if lanes.canvas.pending_start() is None:  # who marks while it plays has begun the next one already
                lanes.canvas.set_selected(lane_id, (mark_id,))
                lanes.refresh_selection()
        if not book.lanes:
            say_no_lanes(self)
        self.services.actions.refresh()

    def show_failure(self, error: Exception) -> None:
        """Nothing could be read: why, and trying again."""
        say_failure(self, error)

    def _on_lanes_failed(self, error: Exception) -> None:
        self.book = None
        self.body.compare.show_book(None)
        self.body.lanes.canvas.set_rows(())
        say_lanes_failure(self, error)

    def show_videos(self) -> None:
        """The list with what jobs do."""
        jobs = annotating(self.services.jobs.jobs)
        self.body.videos.show_entries(self.shelf.entries, jobs, failed_lately(self.shelf.results))

    def _show_chosen(self) -> None:
        chosen = self.chosen_entries()
        self.body.run.show_entries(chosen)
        self.show_runs()
        self.body.measure.show_shelf(self.shelf, chosen)
        self.services.actions.refresh()

    def show_runs(self) -> None:
        """The runs on the chosen videos."""
        media = {one.media_id for one in self.chosen_entries()}
        self.body.run.show_jobs(job_rows(self.shelf, self.services.jobs.jobs, media))

    # ------------------------------------------------------------------ what happens

    def _on_chosen(self, keys: list[str]) -> None:
        in_hand = self.entry.key if self.entry is not None else ""
        entry = self.shelf.entry(in_hand if in_hand in keys else keys[0])
        if entry is not None and entry.key != in_hand:
            self._take_in_hand(entry)
        self._show_chosen()

    def _read_frame_times(self, entry: Entry) -> None:
        canvas = self.body.lanes.canvas
        canvas.set_frame_times(None)
        if entry.missing:
            return
        self.services.background.run_query(
            lambda: frame_times_of(entry.path),
            canvas.set_frame_times,
            latest_key="annotate-frames",
            failed=lambda _error: canvas.set_frame_times(None),
            owner=canvas,
        )

    def _on_film_failed(self, error: Exception) -> None:
        if not isinstance(error, MediaMissing):
            self.services.notices.error(error)

    def _relink(self) -> None:
        if self.entry is not None and self.entry.ep_id is not None:
            self.services.navigator.relink(self.entry.ep_id)

    def _open_menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        self.services.actions.fill(
            menu,
            ("annotate.run", "annotate.import", "annotate.export", "annotate.anonymise", "", "annotate.open_review"),
        )
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)

    def _on_part(self) -> None:
        if self.body.shown == MEASURE:
            self.body.measure.entered()
        if self.body.shown == RUN and self.shelf.entries:
            self.show_runs()
        if self.body.shown != LANES:
            self.body.lanes.player.playback.pause()
        self.services.actions.refresh()

    def export_measures(self, kind: str) -> None:
        """Ask where the measures go."""
        measured = self.body.measure.measured
        if measured is not None:
            self.commands.exporting.ask_table(measured.table, kind, self.tr("measures"))

    def show_agreement(self) -> None:
        """Where the compared lanes agree and differ, beside all others."""
        self.body.lanes.show_extra(self.body.compare.agreement_rows())
        self.body.show_part(LANES)

    def _renew_agreement(self) -> None:
        if self.body.lanes.has_extra:
            self.body.lanes.show_extra(self.body.compare.agreement_rows())

    def _show_place(self, t_s: float) -> None:
        self.body.show_part(LANES)
        self.body.lanes.player.seek(t_s)

    def _restore(self) -> None:
        kept = self.services.settings.place(self.services.library.path).get(STATE_KEY)
        if not isinstance(kept, dict):
            return
        self.wanted_key = str(kept.get("video") or "")
        part = kept.get("part")
        if part in {RUN, LANES, COMPARE, MEASURE}:
            self.body.show_part(str(part))
        sizes = kept.get("sizes")
        if isinstance(sizes, dict):
            self.body.restore_sizes(sizes)

    def _connect(self) -> None:
        body, commands, services = self.body, self.commands, self.services
        self._reader.shelf_read.connect(self._on_shelf)
        self._reader.failed.connect(self.show_failure)
        self._reader.lanes_read.connect(self._on_lanes)
        self._reader.lanes_failed.connect(self._on_lanes_failed)
        body.videos.add_requested.connect(commands.add_videos)
        body.videos.chosen.connect(self._on_chosen)
        body.videos.opened.connect(self.open_video)
        body.videos.menu_requested.connect(self._open_menu)
        body.run.run_requested.connect(commands.run)
        body.run.changed.connect(services.actions.refresh)
        body.run.results.open_requested.connect(self.results.open)
        body.run.results.export_requested.connect(self.results.export)
        body.run.results.retry_requested.connect(commands.doing.retry)
        body.run.results.cancel_requested.connect(commands.doing.cancel)
        body.run.results.delete_requested.connect(commands.delete_results)
        body.lanes.coder_requested.connect(commands.ask_coder)
        body.lanes.hidden_requested.connect(self.show_all_lanes)
        body.lanes.selection_changed.connect(services.actions.refresh)
        body.lanes.player.film_opened.connect(lambda _facts: services.actions.refresh())
        body.lanes.player.film_failed.connect(self._on_film_failed)
        body.lanes.player.relink_requested.connect(self._relink)
        body.compare.place_wanted.connect(self._show_place)
        body.compare.lanes_wanted.connect(self.show_agreement)
        body.compare.compared.connect(self._renew_agreement)
        body.compare.new_lane_requested.connect(commands.new_lane)
        body.compare.import_requested.connect(commands.ask_import)
        body.measure.opened.connect(self.open_video)
        body.measure.export_requested.connect(self.export_measures)
        body.measure.changed.connect(services.actions.refresh)
        body.tabs.currentChanged.connect(lambda _at: self._on_part())
