"""What is wrong with the automation now, each with its cause and what to do."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from app.desktop.automation_page.bazarr_door import BazarrDoor, DoorState
from app.desktop.automation_page.feed import Snapshot
from app.desktop.automation_page.keys import Key
from app.desktop.automation_page.overview import Problem
from app.desktop.automation_page.values import as_list
from widgets.folder_list import FolderRow

translate = QCoreApplication.translate


def problems_now(snapshot: Snapshot, folders: Sequence[FolderRow], door: BazarrDoor) -> list[Problem]:
    """In the order of how much they stop."""
    found = [*_of_workers(snapshot), *_of_folders(folders)]
    has_folder, used = bool(as_list(snapshot.values, Key.FOLDERS)), snapshot.scanner.total_scans > 0
    if has_folder and used and not snapshot.rules_on:
        words = translate("AutomationProblems", "No rule is on, so no file gets a subtitle.")
        found.append(Problem(words, translate("AutomationProblems", "Show rules"), "rules"))
    if snapshot.scanner.problem and not any(row.problem for row in folders):
        action = translate("AutomationProblems", "Show schedule")
        found.append(Problem(snapshot.scanner.problem, action, "schedule"))
    if door.state is DoorState.FAILED:
        words = translate("AutomationProblems", "The port for Bazarr did not open: {problem}")
        action = translate("AutomationProblems", "Show Bazarr")
        found.append(Problem(words.format(problem=door.problem), action, "bazarr"))
    return found


def _of_workers(snapshot: Snapshot) -> list[Problem]:
    broken = [one for one in snapshot.workers if one.problem and one.state == "error"]
    found = [Problem(one.problem, translate("AutomationProblems", "Show jobs"), "jobs") for one in broken]
    if not snapshot.workers and snapshot.waiting:
        words = translate("AutomationProblems", "{count} jobs wait, and no worker runs. Add a worker below.")
        found.append(Problem(words.format(count=f"{snapshot.waiting:,}")))
    return found


def _of_folders(rows: Sequence[FolderRow]) -> list[Problem]:
    troubled = [row for row in rows if row.problem]
    action = translate("AutomationProblems", "Show folders")
    if len(troubled) > 1:
        words = translate("AutomationProblems", "{count} folders cannot be read: {paths}.")
        paths = ", ".join(row.path for row in troubled)
        return [Problem(words.format(count=len(troubled), paths=paths), action, "folders")]
    return [Problem(f"{row.path}: {row.problem}", action, "folders") for row in troubled]
