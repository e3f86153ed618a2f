"""The Cast page's records of the action table."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from app.desktop.actions import Action

if TYPE_CHECKING:
    from app.desktop.cast_page.page import CastPage

PAGE = "cast"


def cast_records(page: "CastPage") -> tuple[Action, ...]:
    """All of them, in the order of their menus."""
    tr = QCoreApplication.translate
    one = page.has_member
    return (
        Action("cast.add", tr("cast", "Add member…"), "Edit", page.add_member, ("Ctrl+N",), "add", page=PAGE),
        Action(
            "cast.rename", tr("cast", "Rename…"), "Edit", page.rename_member, ("F2",), "rename", enabled=one, page=PAGE
        ),
        Action(
            "cast.photos",
            tr("cast", "Add reference photos…"),
            "Edit",
            page.choose_photos,
            ("Ctrl+Shift+P",),
            "cast",
            tr("cast", "Photos with one clear face; each that cannot be used is told with its reason"),
            enabled=one,
            page=PAGE,
        ),
        Action(
            "cast.delete", tr("cast", "Delete…"), "Edit", page.delete_member, ("Del",), "trash", enabled=one, page=PAGE
        ),
        *(
            Action(
                f"cast.tab_{name}",
                title,
                "View",
                lambda name=name: page.show_section(name),  # type: ignore[misc]
                (f"Alt+{number}",),
                page=PAGE,
            )
            for number, (name, title) in enumerate(
                {
                    "photos": tr("cast", "Reference photos"),
                    "season": tr("cast", "Season"),
                    "matches": tr("cast", "Matches"),
                }.items(),
                1,
            )
        ),
    )
