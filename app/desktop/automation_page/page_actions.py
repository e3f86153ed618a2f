"""The records of the Automation page in the action table."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from app.desktop.actions import Action

if TYPE_CHECKING:
    from app.desktop.automation_page.page import AutomationPage

tr = QCoreApplication.translate


def automation_records(page: "AutomationPage") -> tuple[Action, ...]:
    """Scan, add a folder, new rule."""
    return (
        Action(
            "automation.scan",
            tr("AutomationActions", "Scan the media folders"),
            "Jobs",
            page.scan_now,
            (),
            "retry",
            tr("AutomationActions", "Look for files that match a rule, and make their subtitles"),
            enabled=page.can_scan,
        ),
        Action(
            "automation.add_folder",
            tr("AutomationActions", "Add a media folder…"),
            "Jobs",
            page.add_folder,
            (),
            "folder",
            tr("AutomationActions", "A folder of films or series that get subtitles by rules"),
            page="automation",
        ),
        Action(
            "automation.new_rule",
            tr("AutomationActions", "New subtitle rule"),
            "Jobs",
            page.new_rule,
            (),
            "filter",
            tr("AutomationActions", "Which files get a subtitle, and how it is made"),
            page="automation",
        ),
    )
