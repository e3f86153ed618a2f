"""The Procedures page's records of the action table."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from app.desktop.actions import Action
from app.desktop.review.player_area import SECOND_S
from core.procedures.types import ProcedureVideo, Role

if TYPE_CHECKING:
    from app.desktop.procedures_page.page import ProceduresPage

PAGE = "procedures"


def _tr(text: str) -> str:
    return QCoreApplication.translate("procedures", text)


def page_records(page: "ProceduresPage") -> tuple[Action, ...]:
    """All of them, in the order of their menus."""
    return (*_tasks(page), *_videos(page), *_scores(page), *_findings(page), *_playing(page), *_views(page))


def _tasks(page: "ProceduresPage") -> tuple[Action, ...]:
    commands = page.commands

    def has_task() -> bool:
        return page.view is not None and page.view.book is not None

    return (
        Action(
            "procedures.new_task",
            _tr("New procedure…"),
            "File",
            commands.new_task,
            ("Ctrl+N",),
            "procedures",
            page=PAGE,
        ),
        Action(
            "procedures.add_gold",
            _tr("Add a gold recording…"),
            "File",
            lambda: commands.add_videos(Role.GOLD),
            ("Ctrl+Shift+G",),
            "add",
            _tr("The recording that shows the procedure as it should be"),
            page=PAGE,
        ),
        Action(
            "procedures.add_attempt",
            _tr("Add trainees' attempts…"),
            "File",
            lambda: commands.add_videos(Role.TRAINEE),
            ("Ctrl+Shift+A",),
            "person",
            page=PAGE,
        ),
        Action(
            "procedures.export_pdf",
            _tr("Export the score report…"),
            "File",
            commands.export_pdf,
            ("Ctrl+E",),
            "export",
            _tr("A PDF with the score, the steps, and both stills of every finding"),
            enabled=lambda: page.pair.score is not None,
            page=PAGE,
        ),
        Action(
            "procedures.rename_task",
            _tr("Rename the procedure…"),
            "Edit",
            commands.rename_task,
            ("Shift+F2",),
            "rename",
            enabled=has_task,
            page=PAGE,
        ),
        Action(
            "procedures.settings",
            _tr("Settings of the procedure…"),
            "Edit",
            commands.edit_settings,
            ("Ctrl+Shift+P",),
            "settings",
            _tr("Clips, encoder, pass mark, weights, times and what is hidden"),
            enabled=has_task,
            page=PAGE,
        ),
    )


def _videos(page: "ProceduresPage") -> tuple[Action, ...]:
    commands = page.commands

    def some() -> bool:
        return bool(page.chosen_videos())

    def one() -> ProcedureVideo | None:
        chosen = page.chosen_videos()
        return chosen[0] if len(chosen) == 1 else None

    def all_accepted() -> bool:
        return some() and all(video.accepted for video in page.chosen_videos())

    def with_one(action: str) -> None:
        video = one()
        if video is not None:
            getattr(commands, action)(video)

    return (
        Action(
            "procedures.accept",
            _tr("Use for training"),
            "Edit",
            lambda: commands.doing.set_accepted(page.chosen_videos(), not all_accepted()),
            ("Ctrl+T",),
            "check",
            _tr("Say that a recording shows the procedure done well, so that training may learn from it"),
            enabled=some,
            page=PAGE,
            checked=all_accepted,
        ),
        Action(
            "procedures.masks",
            _tr("Hide parts of the picture…"),
            "Edit",
            lambda: with_one("edit_masks"),
            ("Ctrl+H",),
            "",
            _tr("Faces and regions that must not be seen; the recording is measured again"),
            enabled=lambda: one() is not None,
            page=PAGE,
        ),
        Action(
            "procedures.measure",
            _tr("Measure again"),
            "Jobs",
            lambda: commands.measure(page.chosen_videos()),
            (),
            "waveform",
            enabled=some,
            page=PAGE,
        ),
        Action(
            "procedures.rename_video",
            _tr("Rename the recording…"),
            "Edit",
            lambda: with_one("rename_video"),
            ("F2",),
            "rename",
            enabled=lambda: one() is not None,
            page=PAGE,
            scope=page.body.videos,
        ),
        Action(
            "procedures.show_in_folder",
            _tr("Show in folder"),
            "File",
            lambda: with_one("show_in_folder"),
            (),
            "folder",
            enabled=lambda: one() is not None,
            page=PAGE,
        ),
        Action(
            "procedures.relink",
            _tr("Relink…"),
            "File",
            lambda: with_one("relink"),
            (),
            "relink",
            enabled=lambda: (video := one()) is not None and not video.owned,
            page=PAGE,
        ),
        Action(
            "procedures.delete",
            _tr("Delete the recording…"),
            "Edit",
            lambda: commands.delete_videos(page.chosen_videos()),
            ("Del",),
            "trash",
            enabled=some,
            page=PAGE,
            scope=page.body.videos,
        ),
    )


def _scores(page: "ProceduresPage") -> tuple[Action, ...]:
    commands = page.commands
    return (
        Action(
            "procedures.score",
            _tr("Score this attempt"),
            "Jobs",
            commands.score,
            ("Ctrl+Return",),
            "check-circle",
            _tr("Compare the attempt with the gold recording; asked again it makes the next version"),
            enabled=commands.can_score,
            title_now=lambda: _tr("Score again") if page.pair.score is not None else _tr("Score this attempt"),
            page=PAGE,
        ),
        Action(
            "procedures.propose",
            _tr("Propose the steps again"),
            "Jobs",
            commands.propose_steps,
            (),
            "sample",
            enabled=lambda: page.pair.gold is not None and page.pair.gold.embedding_id is not None,
            page=PAGE,
        ),
        Action(
            "procedures.train",
            _tr("Train now"),
            "Jobs",
            commands.train,
            (),
            "procedures",
            enabled=lambda: page.view is not None and page.view.book is not None and page.work.training is None,
            page=PAGE,
        ),
        Action(
            "procedures.find_similar",
            _tr("Find similar moments"),
            "Go",
            page.find_similar,
            ("Ctrl+F",),
            "search",
            _tr("Look for the moment on screen in all recordings of this procedure"),
            enabled=page.players.has_film,
            page=PAGE,
        ),
    )


def _findings(page: "ProceduresPage") -> tuple[Action, ...]:
    pointing = page.pointing

    def some() -> bool:
        return bool(pointing.findings())

    def one() -> bool:
        return pointing.finding() is not None

    return (
        Action(
            "procedures.next_finding",
            _tr("Next finding"),
            "Go",
            lambda: pointing.go_to_finding(1),
            ("N",),
            "arrow-down",
            enabled=some,
            page=PAGE,
        ),
        Action(
            "procedures.previous_finding",
            _tr("Previous finding"),
            "Go",
            lambda: pointing.go_to_finding(-1),
            ("P",),
            "arrow-up",
            enabled=some,
            page=PAGE,
        ),
        Action(
            "procedures.confirm",
            _tr("Confirm the finding"),
            "Edit",
            lambda: page.give_verdict("confirmed"),
            ("C",),
            "check",
            enabled=one,
            page=PAGE,
        ),
        Action(
            "procedures.dismiss",
            _tr("Dismiss the finding"),
            "Edit",
            lambda: page.give_verdict("dismissed"),
            ("D",),
            "close",
            _tr("It costs no points then"),
            enabled=one,
            page=PAGE,
        ),
    )


def _playing(page: "ProceduresPage") -> tuple[Action, ...]:
    players, plays = page.players, page.players.has_film
    simple = (
        ("play_pause", _tr("Play or pause"), players.toggle, ("Space", "K"), "play"),
        ("faster", _tr("Play forwards, faster"), lambda: players.shuttle(1), ("L",), ""),
        ("backwards", _tr("Play backwards, faster"), lambda: players.shuttle(-1), ("J",), ""),
        ("moment_back", _tr("One moment back"), lambda: players.step_moment(-1), ("Left",), "step-back"),
        ("moment_forward", _tr("One moment forward"), lambda: players.step_moment(1), ("Right",), "step-forward"),
        ("second_back", _tr("One second back"), lambda: players.skip(-SECOND_S), ("Shift+Left",), ""),
        ("second_forward", _tr("One second forward"), lambda: players.skip(SECOND_S), ("Shift+Right",), ""),
        ("previous_step", _tr("Previous step"), lambda: players.jump_step(-1), ("[",), "previous-cut"),
        ("next_step", _tr("Next step"), lambda: players.jump_step(1), ("]",), "next-cut"),
    )
    return (
        *(
            Action(f"procedures.{name}", title, "Playback", callback, keys, icon, enabled=plays, page=PAGE)
            for name, title, callback, keys, icon in simple
        ),
        Action(
            "procedures.swap_lead",
            _tr("Play the other recording"),
            "Playback",
            players.swap_lead,
            ("G",),
            "replace",
            _tr("The one that plays goes at its own pace; the other shows the same moment"),
            enabled=lambda: all(screen.video is not None for screen in players.screens.values()),
            page=PAGE,
        ),
    )


def _views(page: "ProceduresPage") -> tuple[Action, ...]:
    titles = {**page.body.titles(), **page.body.side.titles()}
    return tuple(
        Action(
            f"procedures.tab_{name}",
            title,
            "View",
            lambda name=name: page.show_section(name),  # type: ignore[misc]
            (f"Alt+{number}",),
            page=PAGE,
        )
        for number, (name, title) in enumerate(titles.items(), 1)
    )
