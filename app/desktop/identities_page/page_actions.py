"""The Identities page's records of the action table."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from app.desktop.actions import Action
from app.desktop.identities_page.exporting import TIME_FORMATS

if TYPE_CHECKING:
    from app.desktop.identities_page.doing import BoardDoing
    from app.desktop.identities_page.page import IdentitiesPage
    from app.desktop.identities_page.side import BoardSide

PAGE = "identities"


def _tr(text: str) -> str:
    return QCoreApplication.translate("identities_actions", text)


def identities_records(page: "IdentitiesPage") -> tuple[Action, ...]:
    """All of them, in the order of their menus."""
    doing, side = page.doing, page.side
    return (*_of_people(doing), *_of_faces(doing), *_of_places(page, doing, side), *_of_files(doing))


def _of_people(doing: "BoardDoing") -> tuple[Action, ...]:
    some, one = doing.has_selection, doing.has_one
    return (
        _edit("identities.rename", _tr("Rename"), doing.begin_rename, one, "F2", "rename"),
        _edit(
            "identities.merge",
            _tr("Merge or move to…"),
            doing.choose_target,
            doing.has_something_to_move,
            "M",
            "identities",
            _tr("Merge the selected people, or move the selected faces, to somebody you choose"),
        ),
        _edit("identities.assign", _tr("Assign to a cast member…"), doing.choose_cast, some, "A", "cast"),
        Action(
            "identities.lock",
            _tr("Lock"),
            "Edit",
            doing.toggle_lock,
            ("L",),
            "lock",
            _tr("No edit and no analysis changes the tracks of a locked person"),
            enabled=some,
            title_now=lambda: _tr("Unlock") if doing.all_locked() else _tr("Lock"),
            page=PAGE,
        ),
        _edit("identities.revert", _tr("Revert to machine result"), doing.revert, one, "Ctrl+Shift+R", "undo"),
        _edit(
            "identities.use_reference",
            _tr("Use the best face as reference"),
            doing.use_as_reference,
            one,
            "Ctrl+Shift+P",
            "cast",
            _tr("Make the best face of this person a reference photo of a cast member"),
        ),
    )


def _of_faces(doing: "BoardDoing") -> tuple[Action, ...]:
    faces = doing.has_faces
    return (
        Action(
            "identities.delete",
            _tr("Delete"),
            "Edit",
            doing.delete,
            ("Del",),
            "trash",
            _tr("Take the selected people's tracks, or the selected faces, out; undo brings them back"),
            enabled=doing.has_something_to_move,
            title_now=lambda: _tr("Exclude the selected faces") if doing.faces_first() else _tr("Delete"),
            page=PAGE,
        ),
        _edit(
            "identities.not_a_face",
            _tr("Not a face"),
            doing.not_a_face,
            doing.has_something_to_move,
            "X",
            "unassigned",
            _tr("Take out what shows no face"),
        ),
        _edit("identities.include", _tr("Put excluded faces back"), doing.include, faces, "Shift+Del", "retry"),
        _edit(
            "identities.split",
            _tr("New person from the selected faces"),
            doing.split_off,
            faces,
            "N",
            "add",
            _tr("Move the selected faces out into a new identity"),
        ),
        _edit(
            "identities.restore_deleted",
            _tr("Restore all deleted tracks"),
            doing.restore_deleted,
            doing.has_deleted,
            "",
            "retry",
        ),
    )


def _of_places(page: "IdentitiesPage", doing: "BoardDoing", side: "BoardSide") -> tuple[Action, ...]:
    ready = doing.has_people
    return (
        _edit("identities.search", _tr("Find people"), doing.search, ready, "Ctrl+F", "search"),
        _edit(
            "identities.keep_search",
            _tr("Keep this search…"),
            page.filters.ask_name,
            doing.is_narrowed,
            "Ctrl+S",
            "add",
        ),
        _go(
            "identities.open_in_review",
            _tr("Show in Review"),
            doing.open_in_review,
            doing.has_one,
            "Ctrl+Return",
            "review",
        ),
        _go("identities.next_unnamed", _tr("Next without a name"), doing.go_to_unnamed, ready, "U", "person"),
        _view("identities.board", _tr("The board"), page.focus_board, ready, "Alt+0"),
        *(
            _view(f"identities.{name}", title, lambda name=name: page.show_section(name), ready, f"Alt+{number}")  # type: ignore[misc]
            for number, (name, title) in enumerate(side.titles().items(), 1)
        ),
        _edit(
            "identities.accept_above",
            _tr("Accept all suggestions above the mark"),
            side.suggestions.accept_above,
            side.suggestions.can_accept_above,
            "Ctrl+Shift+Y",
            "check",
        ),
    )


def _of_files(doing: "BoardDoing") -> tuple[Action, ...]:
    ready = doing.has_people
    return (
        _file(
            "identities.export_pdf",
            _tr("Export the report (PDF)…"),
            doing.export_pdf,
            ready,
            ("Ctrl+Shift+E",),
            _tr("Everybody with the best face, time on screen, a timeline and what was corrected"),
        ),
        *(
            _file(
                f"identities.export_{kind}",
                _tr("Export screen time ({kind})…").format(kind=kind.upper()),
                lambda kind=kind: doing.export_screen_time(kind),  # type: ignore[misc]
                ready,
            )
            for kind in TIME_FORMATS
        ),
    )


def _edit(
    action_id: str,
    title: str,
    callback: Callable[[], object],
    enabled: Callable[[], bool],
    shortcut: str = "",
    icon: str = "",
    tip: str = "",
) -> Action:
    keys = (shortcut,) if shortcut else ()
    return Action(action_id, title, "Edit", callback, keys, icon, tip, enabled=enabled, page=PAGE)


def _go(
    action_id: str, title: str, callback: Callable[[], object], enabled: Callable[[], bool], shortcut: str, icon: str
) -> Action:
    return Action(action_id, title, "Go", callback, (shortcut,), icon, enabled=enabled, page=PAGE)


def _view(
    action_id: str, title: str, callback: Callable[[], object], enabled: Callable[[], bool], shortcut: str
) -> Action:
    return Action(action_id, title, "View", callback, (shortcut,), enabled=enabled, page=PAGE)


def _file(
    action_id: str,
    title: str,
    callback: Callable[[], object],
    enabled: Callable[[], bool],
    shortcuts: tuple[str, ...] = (),
    tip: str = "",
) -> Action:
    return Action(action_id, title, "File", callback, shortcuts, "export", tip, enabled=enabled, page=PAGE)
