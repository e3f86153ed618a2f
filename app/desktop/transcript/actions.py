"""Records of the action table for a transcript, on its page and in Review."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from app.desktop.actions import Action
from app.desktop.transcript.exporting import FORMATS

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from app.desktop.transcript.desk import TranscriptDesk

Press = Callable[[], object]
Enabled = Callable[[], bool]


def _tr(text: str) -> str:
    return QCoreApplication.translate("transcript_actions", text)


def transcript_records(
    desk: "TranscriptDesk", page: str, prefix: str, scope: "QWidget | None" = None
) -> tuple[Action, ...]:
    """All of them; ``prefix`` begins their ids. With ``scope`` shortcuts work only inside that widget."""

    def made(
        name: str,
        title: str,
        group: str,
        press: Press,
        enabled: Enabled,
        keys: str = "",
        icon: str = "",
        tip: str = "",
    ) -> Action:
        return Action(
            f"{prefix}.{name}",
            title,
            group,
            press,
            (keys,) if keys else (),
            icon,
            tip,
            enabled=enabled,
            page=page,
            scope=scope,
            in_menu=scope is None,
        )

    bar = desk.panel.line_bar
    lines, one, several, some = desk.has_lines, desk.has_one, desk.has_several, desk.has_selection
    editing = (
        made("edit", _tr("Edit text"), "Edit", desk.edit_text, one, "F2" if scope is None else "", "rename"),
        made(
            "split",
            _tr("Divide line"),
            "Edit",
            desk.split,
            one,
            "Ctrl+Shift+S",
            "split",
            _tr("At the word of the keyboard, else at the one that is said"),
        ),
        made("merge", _tr("Merge lines"), "Edit", desk.merge, several, "Ctrl+J", "merge"),
        made("insert", _tr("New line here"), "Edit", desk.insert, desk.has_transcript, "Ctrl+Shift+I", "add"),
        made("delete", _tr("Delete lines"), "Edit", desk.delete, some, "Del" if scope is None else "", "trash"),
        made("copy", _tr("Copy text"), "Edit", desk.copy, some, "Ctrl+C" if scope is None else "", "copy"),
        made("start_here", _tr("Line begins here"), "Edit", bar.start_at_playhead, one, "Alt+[", "to-start"),
        made("end_here", _tr("Line ends here"), "Edit", bar.end_at_playhead, one, "Alt+]", "to-end"),
        made("start_earlier", _tr("Line begins earlier"), "Edit", lambda: bar.nudge(-1, 0), one, "Alt+Left"),
        made("start_later", _tr("Line begins later"), "Edit", lambda: bar.nudge(1, 0), one, "Alt+Right"),
        made("end_earlier", _tr("Line ends earlier"), "Edit", lambda: bar.nudge(0, -1), one, "Alt+Shift+Left"),
        made("end_later", _tr("Line ends later"), "Edit", lambda: bar.nudge(0, 1), one, "Alt+Shift+Right"),
    )
    finding = (
        made("find", _tr("Find"), "Edit", desk.find, lines, "Ctrl+F", "search"),
        made("replace", _tr("Replace"), "Edit", lambda: desk.find(replace=True), lines, "Ctrl+H", "replace"),
        made("follow", _tr("Follow what is said"), "View", desk.follow, lines, "Ctrl+E", "follow"),
        made("left_out", _tr("What was left out…"), "View", desk.show_left_out, desk.has_left_out),
    )
    making = (
        made(
            "transcribe", _tr("Transcribe…"), "Jobs", desk.transcribe, desk.can_transcribe, "Ctrl+Shift+T", "transcript"
        ),
        made(
            "find_speakers",
            _tr("Find speakers again"),
            "Jobs",
            desk.making.find_speakers,
            desk.can_find_speakers,
            "",
            "identities",
        ),
    )
    exports = tuple(
        made(
            f"export_{kind}",
            _tr("Export: {kind}").format(kind=desk.exporting.title_of(kind)),
            "File",
            lambda kind=kind: desk.export(kind),  # type: ignore[misc]
            lines,
            "",
            "export",
        )
        for kind in FORMATS
    )
    return (*editing, *finding, *making, *exports)
