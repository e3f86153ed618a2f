"""What the window expects of a page, and which pages there are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from app.desktop.services import Services
from app.desktop.undo_steps import UndoSource


class Page(QWidget):
    """A page of the window; each method may be left as it is."""

    def entered(self) -> None:
        """The page is shown now."""

    def left(self) -> None:
        """Another page is shown now."""

    def show_section(self, section: str) -> None:
        """Show a part of the page: what follows the slash in ``settings/models``."""

    def state_to_save(self) -> dict[str, Any]:
        """Plain data to find the same place again at the next start."""
        return {}

    def close_page(self) -> None:
        """The library is being closed: stop timers, loaders and threads now."""

    def takes_files(self) -> bool:
        """Whether files that are dropped on the window while this page is shown are for it, not for the library."""
        return False

    def drop_words(self, paths: Sequence[Path]) -> str:
        """What letting go of these files does."""
        return ", ".join(path.name for path in paths)

    def take_files(self, paths: Sequence[Path]) -> None:
        """Files were dropped on the window."""

    def undo_source(self) -> UndoSource | None:
        """What Undo and Redo work on while this page is shown; None = the edits of the episode in hand."""
        return None


@dataclass(frozen=True, slots=True)
class PageSpec:
    """A page as the rail and the Go menu show it."""

    id: str
    title: str
    icon: str
    shortcut: str
    make: Callable[[Services], QWidget]


def page_specs() -> tuple[PageSpec, ...]:
    """All pages in the order of the rail; a new page is one more line here."""
    tr = QCoreApplication.translate
    return (
        PageSpec("library", tr("pages", "Library"), "library", "Ctrl+1", _library_page),
        PageSpec("review", tr("pages", "Review"), "review", "Ctrl+2", _review_page),
        PageSpec("identities", tr("pages", "Identities"), "identities", "Ctrl+3", _identities_page),
        PageSpec("cast", tr("pages", "Cast"), "cast", "Ctrl+4", _cast_page),
        PageSpec("transcript", tr("pages", "Transcript"), "transcript", "Ctrl+5", _transcript_page),
        PageSpec("procedures", tr("pages", "Procedures"), "procedures", "Ctrl+6", _procedures_page),
        PageSpec("annotate", tr("pages", "Annotate"), "annotate", "Ctrl+7", _annotate_page),
        PageSpec("render", tr("pages", "Render"), "render", "Ctrl+8", _render_page),
        PageSpec("automation", tr("pages", "Automation"), "automation", "Ctrl+9", _automation_page),
        PageSpec("jobs", tr("pages", "Jobs"), "jobs", "Ctrl+0", _jobs_page),
        PageSpec("settings", tr("pages", "Settings"), "settings", "Ctrl+,", _settings_page),
    )


def _library_page(services: Services) -> QWidget:
    from app.desktop.library_page.page import LibraryPage

    return LibraryPage(services)


def _review_page(services: Services) -> QWidget:
    from app.desktop.review.page import ReviewPage

    return ReviewPage(services)


def _identities_page(services: Services) -> QWidget:
    from app.desktop.identities_page.page import IdentitiesPage

    return IdentitiesPage(services)


def _cast_page(services: Services) -> QWidget:
    from app.desktop.cast_page.page import CastPage

    return CastPage(services)


def _transcript_page(services: Services) -> QWidget:
    from app.desktop.transcript_page.page import TranscriptPage

    return TranscriptPage(services)


def _procedures_page(services: Services) -> QWidget:
    from app.desktop.procedures_page.page import ProceduresPage

    return ProceduresPage(services)


def _annotate_page(services: Services) -> QWidget:
    from app.desktop.annotate_page.page import AnnotatePage

    return AnnotatePage(services)


def _render_page(services: Services) -> QWidget:
    from app.desktop.render_page.page import RenderPage

    return RenderPage(services)


def _automation_page(services: Services) -> QWidget:
    from app.desktop.automation_page.page import AutomationPage

    return AutomationPage(services)


def _jobs_page(services: Services) -> QWidget:
    from app.desktop.jobs_page.page import JobsPage

    return JobsPage(services)


def _settings_page(services: Services) -> QWidget:
    from app.desktop.settings_page.page import SettingsPage

    return SettingsPage(services)
