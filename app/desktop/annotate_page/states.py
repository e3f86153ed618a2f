"""What the page says where there is nothing to show: why, and the one thing to do."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from app.desktop.annotate_page.book import RUN
from app.desktop.annotate_page.words import error_words

if TYPE_CHECKING:
    from app.desktop.annotate_page.page import AnnotatePage


def _tr(text: str) -> str:
    return QCoreApplication.translate("annotate", text)


def say_first_steps(page: "AnnotatePage") -> None:
    """There is no video."""
    page.message.say(
        "annotate",
        _tr("Annotate videos"),
        _tr(
            "1. Drop videos here.\n"
            "2. Run pipelines over them, or mark in lanes of your own.\n"
            "3. Correct, compare, measure, and export to ELAN, Praat, BORIS, COCO, RTTM, WebVTT or tables."
        ),
        (_tr("Add videos…"), "add", page.commands.add_videos),
    )
    page.stack.setCurrentWidget(page.message)
    page.services.actions.refresh()


def say_failure(page: "AnnotatePage", error: Exception) -> None:
    """The videos could not be read."""
    message, action = error_words(error)
    page.message.say(
        "error",
        _tr("The annotations could not be read"),
        f"{message} {action}".strip(),
        (_tr("Try again"), "retry", page.reload),
    )
    page.stack.setCurrentWidget(page.message)
    page.services.actions.refresh()


def say_no_lanes(page: "AnnotatePage") -> None:
    """Nothing was found or marked in the video in hand."""
    page.body.lanes.say(
        "annotate",
        _tr("No lanes yet"),
        _tr("Mark in a lane of your own, run pipelines over this video, or import what you have."),
        (_tr("New lane…"), "add", page.commands.new_lane),
        (_tr("Run pipelines"), "play", lambda: page.body.show_part(RUN)),
        (_tr("Import…"), "download", page.commands.ask_import),
    )


def say_lanes_failure(page: "AnnotatePage", error: Exception) -> None:
    """The lanes could not be read."""
    message, action = error_words(error)
    page.body.lanes.say(
        "error",
        _tr("The lanes could not be read"),
        f"{message} {action}".strip(),
        (_tr("Try again"), "retry", page.reload),
    )
    page.services.actions.refresh()
