"""The Procedures page: a trainee's recording beside the gold one, and what the comparison of both found."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPoint, QSignalBlocker, QTimer
from PySide6.QtWidgets import QMenu, QStackedWidget, QVBoxLayout

from app.desktop.message import PageMessage
from app.desktop.page import Page
from app.desktop.procedures_page.body import ProceduresBody
from app.desktop.procedures_page.book import PageView, Pair, Place, Work, work_of
from app.desktop.procedures_page.commands import ProcedureCommands
from app.desktop.procedures_page.page_actions import page_records
from app.desktop.procedures_page.players import PairPlayers
from app.desktop.procedures_page.pointing import Pointing
from app.desktop.procedures_page.reading import ProcedureReader
from app.desktop.procedures_page.side import TRAINING
from app.desktop.procedures_page.states import show_score
from app.desktop.procedures_page.still_desk import StillDesk
from app.desktop.procedures_page.undoing import ProcedureUndo
from app.desktop.procedures_page.words import error_words
from app.desktop.services import Services
from app.desktop.undo_steps import UndoSource
from core.errors import MediaMissing
from core.jobs.events import ProcedureChanged
from core.jobs.types import Job
from core.procedures.types import PROCEDURE_TYPES, ProcedureVideo, Role, SearchHit

READ_AFTER_MS = 120
"""After a burst of changes everything is read once."""
STATE_KEY = "procedures"


class ProceduresPage(Page):
    """Everything that is shown together was read together; what changes is read again soon."""

    def __init__(self, services: Services, players: PairPlayers | None = None) -> None:
        super().__init__()
        self.setObjectName("proceduresPage")
        self.setAccessibleName(self.tr("Procedures"))
        self._services = services
        self.view: PageView | None = None
        self.work = Work()
        self._place = Place()
        self._is_old = True
        self._acting = Role.TRAINEE
        self.stills = StillDesk(services.library)
        self.body = ProceduresBody(services, self.stills, players or PairPlayers())
        self.players = self.body.players
        self.commands = ProcedureCommands(services, self)
        self.pointing = Pointing(self.body, self)
        self.undo = ProcedureUndo(self.commands.doing, lambda: self.pair, lambda: self.body.lanes == "steps", self)
        self.message = PageMessage()
        self.stack = QStackedWidget()
        self.stack.addWidget(self.message)
        self.stack.addWidget(self.body)
        self._reader = ProcedureReader(services, self)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(READ_AFTER_MS)
        self._soon.timeout.connect(self.reload)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.stack)
        self.message.say("procedures", self.tr("Reading the procedures"), "")
        self._restore()
        self._connect()
        services.actions.add(*page_records(self))

    # ------------------------------------------------------------------ what the window says

    def entered(self) -> None:
        """The page is shown now."""
        if self._is_old:
            self.reload()
        if self.body.side.shown == TRAINING:
            self.body.side.training.reload()
        self._show_work(self._services.jobs.jobs)
        self.players.leader.view.setFocus()

    def left(self) -> None:
        """Another page is shown now: nothing plays unseen."""
        self.players.pause()

    def show_section(self, section: str) -> None:
        """``alignment``, ``map``, ``steps``, ``search``; right ``score``, ``findings``, ``history``, ``training``."""
        self.body.show_lanes(section)
        self.body.side.show_tab(section)

    def state_to_save(self) -> dict[str, Any]:
        """The task and the pair in hand, and where the bars are."""
        place = {"task": self._place.task_id, "gold": self._place.gold_id, "trainee": self._place.trainee_id}
        return {STATE_KEY: {**place, "sizes": self.body.sizes()}}

    def close_page(self) -> None:
        """The library is being closed."""
        self._soon.stop()
        self.commands.close()
        self.body.stop()

    def takes_files(self) -> bool:
        """Recordings can be dropped anywhere on this page."""
        return True

    def drop_words(self, paths: Sequence[Path]) -> str:
        """What letting go does."""
        if len(paths) == 1:
            return self.tr("Compare “{name}”: gold recording or attempt").format(name=paths[0].name)
        return self.tr("Compare {count} files: gold recording or attempts").format(count=len(paths))

    def take_files(self, paths: Sequence[Path]) -> None:
        """Ask which role, then add them."""
        self.commands.take_files(tuple(paths))

    def undo_source(self) -> UndoSource:
        """Steps and verdicts."""
        return self.undo

    # ------------------------------------------------------------------ what is in hand

    @property
    def pair(self) -> Pair:
        """The recordings and the score of now."""
        return self.view.pair if self.view is not None else Pair()

    def reload(self) -> None:
        """Read everything again."""
        self._is_old = False
        self._reader.read(self._place)

    def open_task(self, task_id: str) -> None:
        """Take a task in hand."""
        if task_id != self._place.task_id:
            self._place = Place(task_id)
            self.body.search.forget()
            self.reload()

    def take_in_hand(self, video: ProcedureVideo) -> None:
        """Show a recording on its side, with the newest score of the pair."""
        if video.role is Role.GOLD:
            self._place = replace(self._place, gold_id=video.video_id, score_id=None)
        else:
            self._place = replace(self._place, trainee_id=video.video_id, score_id=None)
        self.reload()

    def show_score(self, score_id: int) -> None:
        """Show a score with its recordings. The newest one makes room for a newer one, an older one stays."""
        book = self.view.book if self.view is not None else None
        newest = next((one for one in book.newest_scores() if one.score_id == score_id), None) if book else None
        if newest is not None and book is not None and book.both_there(newest):
            self._place = Place(self._place.task_id, newest.gold_video_id, newest.trainee_video_id)
        else:
            self._place = replace(self._place, score_id=score_id)
        self.reload()

    def show_newest_score(self) -> None:
        """From now on the newest score of the pair, also one that comes."""
        self._place = replace(self._place, score_id=None)
        self._soon.start()

    def chosen_videos(self) -> list[ProcedureVideo]:
        """Recordings that are selected in the list that was used last."""
        book = self.view.book if self.view is not None else None
        if book is None:
            return []
        found = [book.video(video_id) for video_id in self.body.videos.chosen_ids(self._acting)]
        return [one for one in found if one is not None]

    def find_similar(self) -> None:
        """Look for the moment on screen in all recordings of the task."""
        screen = self.players.screens[self.players.lead]
        if screen.video is not None:
            self.body.show_lanes("search")
            self.body.search.look_for(screen.video, screen.area.t_s)

    def give_verdict(self, verdict: str) -> None:
        """Say of the finding in hand that it is right or not; said again, it is taken back."""
        score, finding = self.pair.score, self.pointing.finding()
        if score is None or finding is None:
            return
        said = score.verdicts.get(finding.finding_id)
        comment = said.comment if said is not None else ""
        again = said is not None and said.verdict.value == verdict
        self.commands.doing.set_verdict(score.score_id, finding.finding_id, "" if again else verdict, comment)

    # ------------------------------------------------------------------ showing

    def _on_view(self, view: PageView) -> None:
        self.view = view
        wanted_score = self._place.score_id
        self._place = view.place if view.book is not None else Place()
        if wanted_score is None:
            self._place = replace(self._place, score_id=None)
        self.work = work_of(self._services.jobs.jobs, self._place.task_id)
        self.body.tasks.show_tasks(view.tasks, view.book.task if view.book is not None else None)
        if view.book is None:
            self._say_first_steps()
        else:
            self._show_book(view)
            self.stack.setCurrentWidget(self.body)
        self._services.actions.refresh()

    def _show_book(self, view: PageView) -> None:
        body, pair, book = self.body, view.pair, view.book
        if book is None:
            return
        self.stills.set_videos(book.videos)
        self.stills.set_pair(pair.gold, pair.trainee)
        score_id = pair.score.score_id if pair.score is not None else None
        self._show_states(view)
        self.pointing.show_pair(pair)
        body.steps.show_pair(pair, over_time_factor=book.task.settings.over_time_factor)
        titles = book.titles()
        trainee_id = pair.trainee.video_id if pair.trainee is not None else None
        with QSignalBlocker(body.side.history):
            body.side.history.set_scores([one for one in book.scores if one.trainee_video_id == trainee_id], titles)
            body.side.history.select(score_id)
        body.search.set_titles(titles)

    def _show_states(self, view: PageView) -> None:
        """What jobs change: badges, progress, and what is said where no score is."""
        body, pair = self.body, view.pair
        score_id = pair.score.score_id if pair.score is not None else None
        body.videos.show_book(view.book, view.place, self.work)
        body.scores.show_book(view.book, score_id, self.work)
        body.side.training.show_book(view.book, self.work)
        show_score(body.side.score, view, self.work, self.commands)
        if not self.commands.adding.busy:
            body.jobs.show_work(self.work)

    def _say_first_steps(self) -> None:
        self.players.show_pair(None, None)
        self.message.say(
            "procedures",
            self.tr("Was the procedure followed?"),
            self.tr(
                "1. Add the gold recording: how it should be done. Its steps are proposed, you correct them.\n"
                "2. Add a trainee's attempt. Drop files anywhere on this page.\n"
                "3. See step by step what is missing, swapped, slow or different, and what each point was lost for."
            ),
            (self.tr("Add the gold recording…"), "add", lambda: self.commands.add_videos(Role.GOLD)),
            (self.tr("New procedure…"), "procedures", self.commands.new_task),
        )
        self.stack.setCurrentWidget(self.message)

    def show_failure(self, error: Exception) -> None:
        """Nothing could be read: why, and trying again."""
        message, action = error_words(error)
        self.view = None
        self.message.say(
            "error",
            self.tr("The procedures could not be read"),
            f"{message} {action}".strip(),
            (self.tr("Try again"), "retry", self.reload),
        )
        self.stack.setCurrentWidget(self.message)
        self._services.actions.refresh()

    def _show_work(self, jobs: tuple[Job, ...]) -> None:
        if self.view is None or self.view.book is None:
            return
        work = work_of(jobs, self._place.task_id)
        if work != self.work:
            self.work = work
            self._show_states(self.view)
            self._services.actions.refresh()

    # ------------------------------------------------------------------ what happens

    def _on_change(self, _event: ProcedureChanged) -> None:
        self._read_soon()

    def _on_ended(self, job: Job) -> None:
        if job.type in PROCEDURE_TYPES:
            self._read_soon()

    def _read_soon(self) -> None:
        """Unseen, it is read when the page is shown again."""
        if self.isVisible():
            self._soon.start()
        else:
            self._is_old = True

    def _on_chosen(self, role: Role, video_ids: list[int]) -> None:
        self._acting = role
        book = self.view.book if self.view is not None else None
        video = book.video(video_ids[0]) if book is not None and len(video_ids) == 1 else None
        in_hand = self._place.gold_id if role is Role.GOLD else self._place.trainee_id
        if video is not None and video.video_id != in_hand:
            self.take_in_hand(video)

    def _on_hit(self, hit: SearchHit) -> None:
        book = self.view.book if self.view is not None else None
        video = book.video(hit.video_id) if book is not None else None
        if video is None:
            self._services.notices.info(self.tr("This recording was deleted."), self.tr("Search again."))
            return
        in_hand = self._place.gold_id if video.role is Role.GOLD else self._place.trainee_id
        if video.video_id != in_hand:
            self.players.screens[video.role].show_video(video)
            self.take_in_hand(video)
        self.pointing.show_hit(hit)

    def _on_steps(self, steps: tuple[Any, ...], name: str) -> None:
        if self.pair.gold is not None:
            self.commands.doing.set_steps(self.pair.gold.video_id, steps, name, self.body.steps.version)

    def _on_verdict(self, finding_id: str, verdict: str, comment: str) -> None:
        if self.pair.score is not None:
            self.commands.doing.set_verdict(self.pair.score.score_id, finding_id, verdict, comment)

    def _on_film_failed(self, error: Exception) -> None:
        if not isinstance(error, MediaMissing):
            self._services.notices.error(error)

    def _open_menu(self, role: Role, place: QPoint) -> None:
        self._acting = role
        if not self.body.videos.chosen_ids(role):
            return
        menu = QMenu(self)
        self._services.actions.fill(
            menu,
            (
                "procedures.accept",
                "procedures.masks",
                "procedures.measure",
                "",
                "procedures.rename_video",
                "procedures.show_in_folder",
                "procedures.relink",
                "",
                "procedures.delete",
            ),
        )
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)

    def _restore(self) -> None:
        kept = self._services.settings.place(self._services.library.path).get(STATE_KEY)
        if not isinstance(kept, dict):
            return
        gold, trainee = kept.get("gold"), kept.get("trainee")
        self._place = Place(
            str(kept.get("task") or ""),
            gold if isinstance(gold, int) else None,
            trainee if isinstance(trainee, int) else None,
        )
        sizes = kept.get("sizes")
        if isinstance(sizes, dict):
            self.body.restore_sizes(sizes)

    def _connect(self) -> None:
        body, commands, services = self.body, self.commands, self._services
        self._reader.view_read.connect(self._on_view)
        self._reader.failed.connect(self.show_failure)
        body.tasks.chosen.connect(self.open_task)
        body.tasks.new_requested.connect(commands.new_task)
        body.tasks.rename_requested.connect(commands.rename_task)
        body.tasks.settings_requested.connect(commands.edit_settings)
        body.videos.add_requested.connect(commands.add_videos)
        body.videos.chosen.connect(self._on_chosen)
        body.videos.menu_requested.connect(self._open_menu)
        body.scores.chosen.connect(self.show_score)
        body.scores.score_stale_requested.connect(commands.score_stale)
        body.jobs.cancel_requested.connect(commands.doing.cancel_job)
        body.steps.edited.connect(self._on_steps)
        body.steps.propose_requested.connect(commands.propose_steps)
        body.steps.undo_requested.connect(self.undo.undo)
        body.steps.redo_requested.connect(self.undo.redo)
        body.tabs.currentChanged.connect(lambda _at: services.actions.refresh())
        body.side.shown_changed.connect(lambda name: body.side.training.reload() if name == TRAINING else None)
        body.side.score.score_requested.connect(commands.score)
        body.side.score.pdf_requested.connect(commands.export_pdf)
        body.side.findings.verdict_given.connect(self._on_verdict)
        body.side.history.chosen.connect(lambda ids: self.show_score(ids[0]) if ids else None)
        body.side.training.train_requested.connect(commands.train)
        body.side.training.use_requested.connect(commands.use_adapter)
        body.side.training.cancel_requested.connect(commands.doing.cancel_job)
        body.search.find_requested.connect(self.find_similar)
        body.search.opened.connect(self._on_hit)
        self.players.available_changed.connect(services.actions.refresh)
        self.players.lead_changed.connect(services.actions.refresh)
        self.players.failed.connect(self._on_film_failed)
        self.players.relink_requested.connect(commands.relink)
        self.pointing.finding_changed.connect(services.actions.refresh)
        commands.doing.changed.connect(self._read_soon)
        commands.adding.progressed.connect(body.jobs.show_adding)
        services.jobs.changed.connect(self._show_work)
        services.jobs.ended.connect(self._on_ended)
        services.bridge.procedure_changed.connect(self._on_change)
