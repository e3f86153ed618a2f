"""The Render page's records of the action table."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from app.desktop.actions import Action
from app.desktop.render_page.asking import MUSIC, VOICE
from app.desktop.render_page.looks_pane import LOOK, MATERIALS, OPTIONS
from app.desktop.render_page.preview_pane import PREVIEW, RESULT, PreviewPane
from app.desktop.render_page.texts_pane import CAPTIONS, RENDERS
from app.desktop.review.player_area import SECOND_S, PlayerArea
from core.render.types import FPS

if TYPE_CHECKING:
    from app.desktop.render_page.page import RenderPage

PAGE = "render"
_Simple = tuple[str, str, str, Callable[[], object], tuple[str, ...], str, str, Callable[[], bool] | None]


def _tr(text: str) -> str:
    return QCoreApplication.translate("render", text)


def page_records(page: "RenderPage") -> tuple[Action, ...]:
    """All of them, in the order of their menus."""
    return tuple(
        _once_built(one, page) for one in (*_made((*_files(page), *_renders(page))), *_playing(page), *_views(page))
    )


def _once_built(record: Action, page: "RenderPage") -> Action:
    """The window asks all actions before the page was ever shown: then there is nothing to act on."""
    enabled, checked = record.enabled, record.checked
    return replace(
        record,
        enabled=lambda: page.is_built and (enabled is None or enabled()),
        checked=None if checked is None else lambda: page.is_built and checked(),
    )


def _made(simple: tuple[_Simple, ...]) -> tuple[Action, ...]:
    return tuple(
        Action(f"render.{name}", title, group, callback, keys, icon, tip, enabled=enabled, page=PAGE)
        for name, title, group, callback, keys, icon, tip, enabled in simple
    )


def _files(page: "RenderPage") -> tuple[_Simple, ...]:
    commands = page.commands
    there = page.takes_files

    return (
        (
            "new",
            _tr("New cut"),
            "File",
            commands.new_cut,
            ("Ctrl+N",),
            "add",
            _tr("Begin with nothing; Undo brings the cut in hand back"),
            lambda: not page.desk.draft.is_empty,
        ),
        ("add_stills", _tr("Add stills…"), "File", commands.choose_stills, ("Ctrl+I",), "add", "", there),
        (
            "from_episode",
            _tr("Stills from an episode…"),
            "File",
            page.from_episode.ask,
            ("Ctrl+E",),
            "library",
            _tr("The best frames of people of an episode, captions from what is said"),
            lambda: there() and not page.from_episode.busy,
        ),
        (
            "music",
            _tr("Choose the music…"),
            "File",
            lambda: commands.choose_sound(MUSIC),
            ("Ctrl+M",),
            "waveform",
            "",
            there,
        ),
        (
            "voice",
            _tr("Choose the voice…"),
            "File",
            lambda: commands.choose_sound(VOICE),
            ("Ctrl+Shift+M",),
            "speaker",
            "",
            there,
        ),
        (
            "mask",
            _tr("Choose a mask…"),
            "File",
            commands.choose_mask,
            (),
            "",
            _tr("A PNG whose transparency cuts the subject out of the first still"),
            lambda: bool(page.desk.draft.stills),
        ),
    )


def _renders(page: "RenderPage") -> tuple[_Simple, ...]:
    commands = page.commands

    def result() -> bool:
        return page.result is not None

    def watched() -> str:
        return page.follow.watched

    def at_work() -> bool:
        return any(one.job_id == watched() for one in page.shelf.at_work())

    def used() -> str:
        """The render that is meant: the chosen one of the list, else the one in the player."""
        return page.body.texts.renders.current_id() or (page.result.job_id if page.result is not None else "")

    return (
        (
            "save_copy",
            _tr("Save a copy of the result…"),
            "File",
            commands.save_copy,
            ("Ctrl+S",),
            "export",
            "",
            result,
        ),
        (
            "open_folder",
            _tr("Open the folder of the result"),
            "File",
            lambda: commands.reveal(used()),
            ("Ctrl+Shift+F",),
            "folder",
            "",
            lambda: bool(used()),
        ),
        (
            "use_again",
            _tr("Use a render again"),
            "Edit",
            lambda: commands.use_again(used()),
            ("Ctrl+U",),
            "retry",
            _tr("Its stills, sounds, texts and look become the cut in hand"),
            lambda: bool(used()),
        ),
        (
            "render",
            _tr("Render the cut"),
            "Jobs",
            commands.render,
            ("Ctrl+Return",),
            "render",
            _tr("1080 × 1920, 30 frames a second, H.264, as one file"),
            lambda: page.readiness().ready,
        ),
        (
            "cancel",
            _tr("Cancel the render"),
            "Jobs",
            lambda: commands.doing.cancel(watched()),
            ("Ctrl+.",),
            "cancel",
            "",
            at_work,
        ),
        ("read_presets", _tr("Read the presets again"), "View", page.reload, ("F5",), "retry", "", None),
        (
            "own_preset",
            _tr("Make an own preset from this look…"),
            "Edit",
            lambda: commands.own_preset_from(page.desk.draft.preset_id),
            (),
            "palette",
            "",
            lambda: page.preset is not None,
        ),
        ("remote_engine", _tr("Remote engine…"), "Edit", commands.ask_remote, (), "server", "", None),
    )


def _playing(page: "RenderPage") -> tuple[Action, ...]:
    clock = page.preview.clock

    def player() -> PlayerArea:
        return page.body.preview.player

    def in_preview() -> bool:
        return page.body.preview.shown == PREVIEW

    def plays() -> bool:
        return page.preview.plan is not None if in_preview() else player().facts is not None

    def toggle() -> None:
        clock.toggle() if in_preview() else player().playback.toggle()

    def step(count: int) -> None:
        clock.go(clock.frame + count) if in_preview() else player().playback.step(count)

    def skip(seconds: float) -> None:
        clock.go(clock.frame + round(seconds * FPS)) if in_preview() else player().skip(seconds)

    def to_start() -> None:
        clock.go(0) if in_preview() else player().seek(0.0)

    def to_end() -> None:
        clock.go(clock.frame_count - 1) if in_preview() else player().to_end()

    def segment(direction: int) -> None:
        plan = page.preview.plan
        if plan is None:
            return
        borders = [0, *(one.start_frame for one in plan.segments), plan.frame_count - 1]
        later = [one for one in borders if one > clock.frame]
        earlier = [one for one in borders if one < clock.frame]
        clock.go(min(later, default=clock.frame) if direction > 0 else max(earlier, default=0))

    simple: tuple[tuple[str, str, Callable[[], object], tuple[str, ...], str], ...] = (
        ("play_pause", _tr("Play or pause"), toggle, ("Space", "K"), "play"),
        ("frame_back", _tr("One frame back"), lambda: step(-1), ("Left",), "step-back"),
        ("frame_forward", _tr("One frame forward"), lambda: step(1), ("Right",), "step-forward"),
        ("second_back", _tr("One second back"), lambda: skip(-SECOND_S), ("Shift+Left",), ""),
        ("second_forward", _tr("One second forward"), lambda: skip(SECOND_S), ("Shift+Right",), ""),
        ("to_start", _tr("To the start"), to_start, ("Home",), "to-start"),
        ("to_end", _tr("To the end"), to_end, ("End",), "to-end"),
        ("previous_segment", _tr("Previous segment"), lambda: segment(-1), ("[",), "previous-cut"),
        ("next_segment", _tr("Next segment"), lambda: segment(1), ("]",), "next-cut"),
    )
    return tuple(
        Action(f"render.{name}", title, "Playback", callback, keys, icon, enabled=plays, page=PAGE)
        for name, title, callback, keys, icon in simple
    )


def _views(page: "RenderPage") -> tuple[Action, ...]:

    def pane() -> PreviewPane:
        return page.body.preview

    tabs = (
        (MATERIALS, _tr("Materials")),
        (LOOK, _tr("Look")),
        (OPTIONS, _tr("Options")),
        (PREVIEW, _tr("Preview")),
        (RESULT, _tr("Result")),
        (CAPTIONS, _tr("Captions")),
        (RENDERS, _tr("Renders")),
    )
    return (
        *(
            Action(
                f"render.tab_{name}",
                title,
                "View",
                lambda name=name: page.show_section(name),  # type: ignore[misc]
                (f"Alt+{number}",),
                enabled=(lambda: page.result is not None) if name == RESULT else None,
                page=PAGE,
            )
            for number, (name, title) in enumerate(tabs, 1)
        ),
        Action(
            "render.safe_zone",
            _tr("Safe zone of captions"),
            "View",
            lambda: pane().show_overlays(not pane().safe_zone_shown, pane().apps_shown),
            ("S",),
            checked=lambda: pane().safe_zone_shown,
            page=PAGE,
        ),
        Action(
            "render.apps",
            _tr("What apps cover"),
            "View",
            lambda: pane().show_overlays(pane().safe_zone_shown, not pane().apps_shown),
            ("A",),
            checked=lambda: pane().apps_shown,
            page=PAGE,
        ),
    )
