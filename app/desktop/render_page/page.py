"""The Render page: what the person makes, how it looks now, and what was rendered."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout

from app.desktop.message import PageMessage
from app.desktop.page import Page
from app.desktop.render_page.body import RenderBody
from app.desktop.render_page.commands import RenderCommands
from app.desktop.render_page.draft import Draft, request_of
from app.desktop.render_page.draft_binding import DraftBinding
from app.desktop.render_page.draft_desk import DraftDesk
from app.desktop.render_page.following import RenderFollow
from app.desktop.render_page.from_episode import FromEpisode
from app.desktop.render_page.hearing import Hearing
from app.desktop.render_page.looks_pane import LooksPane
from app.desktop.render_page.materials_reader import provide_thumb
from app.desktop.render_page.one_undo import OneUndo
from app.desktop.render_page.page_actions import page_records
from app.desktop.render_page.preview_binding import PreviewBinding
from app.desktop.render_page.preview_desk import PreviewDesk
from app.desktop.render_page.preview_pane import RESULT, PreviewPane
from app.desktop.render_page.readiness import Readiness, readiness_of
from app.desktop.render_page.remote_words import remote_words
from app.desktop.render_page.shelf import Shelf
from app.desktop.render_page.texts_pane import TextsPane
from app.desktop.render_page.words import error_words, made_words
from app.desktop.review.playback import Playback
from app.desktop.review.player_area import PlayerArea
from app.desktop.services import Services
from app.desktop.undo_steps import UndoSource
from core.render.records import Render
from core.render.types import Preset

STATE_KEY = "render"
DONE = object()


class RenderPage(Page):
    """The draft is in ``desk``; what the library knows in ``shelf``; the finished cut in the player is ``result``."""

    def __init__(self, services: Services, player: PlayerArea | None = None, hearing: Hearing | None = None) -> None:
        super().__init__()
        self.setObjectName("renderPage")
        self.setAccessibleName(self.tr("Render"))
        self.services = services
        self.shelf = Shelf()
        self.result: Render | None = None
        self.is_old = True
        """Something changed while the page was not to be seen."""
        self._wanted_preset = ""
        settings, folder = services.settings, services.library.path
        self.desk = DraftDesk(settings.render_draft(folder), lambda kept: settings.set_render_draft(folder, kept), self)
        self.preview = PreviewDesk(self)
        self.hearing = hearing or Hearing(self)
        self.commands = RenderCommands(self)
        self.from_episode = FromEpisode(self)
        self.is_built = False
        """Whether the zones are there: they are made when the page is shown for the first time."""
        self.body: RenderBody
        self.binding: DraftBinding
        self.showing: PreviewBinding
        self.follow: RenderFollow
        self.one_undo: OneUndo
        self._player = player
        self._building = self._build()
        self._begun = self._closed = False
        self.message = PageMessage()
        self.stack = QStackedWidget()
        self.stack.addWidget(self.message)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.stack)
        self.message.say("render", self.tr("Reading the presets"), "")
        services.actions.add(*page_records(self))

    # ------------------------------------------------------------------ the zones and what fills them

    def _build(self) -> Iterator[None]:
        """In parts, each a turn of the event loop: a window that never shows this page does not pay for it."""
        looks = LooksPane(provide_thumb)
        yield
        preview = PreviewPane(self._player or PlayerArea(Playback()))
        yield
        texts = TextsPane(provide_thumb)
        yield
        self.body = RenderBody(looks, preview, texts)
        self.stack.addWidget(self.body)
        yield
        self.binding = DraftBinding(self)
        self.showing = PreviewBinding(self)
        self.follow = RenderFollow(self)
        self.one_undo = OneUndo(self.body.texts.editor, self)
        self.is_built = True
        self._connect()
        self._restore()

    def _build_next(self) -> None:
        if next(self._building, DONE) is not DONE:
            QTimer.singleShot(0, self, self._build_next)
        elif not self._closed:
            self._arrive()

    def _build_rest(self) -> None:
        """Now, because it is needed now."""
        for _part in self._building:
            continue

    def _arrive(self) -> None:
        """The page is shown and there."""
        if self.is_old:
            self.reload()
        else:
            self.show_draft()
        self.read_remote()

    # ------------------------------------------------------------------ what the window says

    def entered(self) -> None:
        """The page is shown now."""
        if self.is_built:
            self._arrive()
        else:
            self._begun = True
            QTimer.singleShot(0, self, self._build_next)

    def left(self) -> None:
        """Another page is shown now: nothing plays unseen."""
        if self.is_built:
            self.preview.clock.pause()
            self.hearing.halt()
            self.body.preview.player.playback.pause()

    def show_section(self, section: str) -> None:
        """``preview``, ``result``, ``captions``, ``renders``, ``materials``, ``look``, ``options``."""
        self._build_rest()
        self.body.show_part(section)

    def state_to_save(self) -> dict[str, Any]:
        """Where the person was; the draft is kept at every change."""
        if not self.is_built:
            kept = self._kept_place()
            return {STATE_KEY: kept} if kept else {}
        self.desk.save_now()
        pane = self.body.preview
        return {
            STATE_KEY: {
                "texts": self.body.texts.shown,
                "looks": self.body.looks.shown,
                "frame": self.preview.clock.frame,
                "safe_zone": pane.safe_zone_shown,
                "apps": pane.apps_shown,
                "sizes": self.body.sizes(),
            }
        }

    def close_page(self) -> None:
        """The library is being closed."""
        self._closed = True
        self.desk.save_now()
        self.from_episode.cancel()
        self.commands.close()
        self.preview.stop()
        self.hearing.stop()
        if self._begun:
            self._build_rest()
            self.follow.stop()
            self.showing.stop()
            self.body.stop()

    def takes_files(self) -> bool:
        """Pictures and sounds can be dropped anywhere on this page."""
        return self.is_built and self.stack.currentWidget() is self.body

    def drop_words(self, paths: Sequence[Path]) -> str:
        """What letting go does."""
        return self.commands.drop_words(paths)

    def take_files(self, paths: Sequence[Path]) -> None:
        """Stills, music, voice."""
        self._build_rest()
        self.commands.take_files(paths)

    def undo_source(self) -> UndoSource:
        """Edits of the draft."""
        return self.desk

    # ------------------------------------------------------------------ what is in hand

    @property
    def preset(self) -> Preset | None:
        """The look of the draft; None while it is not there."""
        return self.shelf.preset(self.desk.draft.preset_id)

    def reload(self) -> None:
        """Read everything again."""
        self.is_old = False
        self.follow.reader.read_now()

    def take_shelf(self, shelf: Shelf) -> None:
        """Presets and renders were read."""
        before, self.shelf = self.shelf, shelf
        looks = (shelf.presets, shelf.broken)
        self.stack.setCurrentWidget(self.body)
        if looks != (before.presets, before.broken) or not before.was_read:
            self.body.looks.show_presets(*looks)
            self._take_presets()
        self.show_readiness()

    def take_preset(self, preset_id: str) -> None:
        """Use a preset as soon as it was read."""
        self._wanted_preset = preset_id
        self.reload()

    def read_remote(self) -> None:
        """What is known of the remote engine."""
        self.services.background.run_query(
            remote_words, self.body.looks.show_remote, latest_key="render-remote-words", owner=self
        )

    def watch(self, job_id: str) -> None:
        """Show how far a render is."""
        self.follow.watch(job_id)

    # ------------------------------------------------------------------ showing

    def show_draft(self) -> None:
        """The draft in hand, everywhere."""
        self.binding.show()
        self.showing.show()
        self.follow.draft_changed()
        self.show_readiness()

    def readiness(self) -> Readiness:
        """Whether the draft can be rendered now."""
        error = error_words(self.preview.error)[0] if self.preview.error is not None else ""
        problem = next(iter(self.binding.problems.values()), "")
        return readiness_of(
            self.desk.draft,
            self.preset,
            problem or error,
            asking=self.commands.doing.asking,
            at_work=self.follow.is_at_work(request_of(self.desk.draft)),
        )

    def show_readiness(self) -> None:
        """The Render button and everything else that depends on it."""
        now = self.readiness()
        self.body.texts.show_ready(now.ready, now.why_not, now.button, missing=bool(self.binding.problems))
        self.services.actions.refresh()

    def show_reading(self, count: int) -> None:
        """So many drops of files are being looked at."""
        self.body.looks.show_busy(self.tr("Reading the files") if count else "")

    def show_result(self, render: Render) -> None:
        """A finished cut in the player."""
        self.result = render
        self.preview.clock.pause()
        self.body.preview.show_result(Path(render.output), render.title, made_words(render))
        self.body.show_part(RESULT)
        self.follow.show_facts(render)
        self.services.actions.refresh()

    def forget_result(self) -> None:
        """The cut in the player is gone."""
        self.result = None
        self.body.preview.forget_result()
        self.services.actions.refresh()

    def show_failure(self, error: Exception) -> None:
        """Presets and renders could not be read: why, and trying again."""
        message, action = error_words(error)
        self.message.say(
            "error",
            self.tr("The presets and renders could not be read"),
            f"{message} {action}".strip(),
            (self.tr("Try again"), "retry", self.reload),
        )
        self.stack.setCurrentWidget(self.message)
        self.services.actions.refresh()

    # ------------------------------------------------------------------ inside

    def _take_presets(self) -> None:
        """The draft has a preset that is there."""
        draft, wanted = self.desk.draft, self._wanted_preset
        if wanted and self.shelf.preset(wanted) is not None:
            self._wanted_preset = ""
            self.desk.apply(self.tr("look"), _with_preset(draft, wanted))
        elif self.preset is None and self.shelf.presets:
            self.desk.settle(_with_preset(draft, self.shelf.presets[0].id))
        self.show_draft()

    def _on_part(self, part: str) -> None:
        if part == RESULT:
            self.preview.clock.pause()
        else:
            self.body.preview.player.playback.pause()
        self.services.actions.refresh()

    def _kept_place(self) -> dict[str, Any]:
        kept = self.services.settings.place(self.services.library.path).get(STATE_KEY)
        return kept if isinstance(kept, dict) else {}

    def _restore(self) -> None:
        kept = self._kept_place()
        if not kept:
            return
        for part in ("texts", "looks"):
            self.body.show_part(str(kept.get(part, "")))
        self.body.restore_sizes(kept.get("sizes"))
        self.body.preview.show_overlays(kept.get("safe_zone") is not False, kept.get("apps") is True)
        frame = kept.get("frame")
        if isinstance(frame, int) and frame > 0:
            self.preview.clock.start_at(frame)

    def _connect(self) -> None:
        looks, pane, commands = self.body.looks, self.body.preview, self.commands
        self.desk.changed.connect(self.show_draft)
        self.body.texts.render_requested.connect(commands.render)
        looks.from_episode.clicked.connect(self.from_episode.ask)
        looks.busy_stop.clicked.connect(self.from_episode.cancel)
        looks.presets_menu_wanted.connect(lambda place: commands.preset_menu(self.desk.draft.preset_id, place))
        self.from_episode.busy_changed.connect(lambda words: looks.show_busy(words, can_stop=True))
        pane.part_changed.connect(self._on_part)
        pane.save_copy.clicked.connect(commands.save_copy)
        pane.open_folder.clicked.connect(lambda: commands.reveal(self.result.job_id) if self.result else None)
        pane.use_again.clicked.connect(lambda: commands.use_again(self.result.job_id) if self.result else None)
        pane.overlays_changed.connect(self.services.actions.refresh)
        pane.player.film_failed.connect(self.services.notices.error)


def _with_preset(draft: Draft, preset_id: str) -> Draft:
    return replace(draft, preset_id=preset_id)
