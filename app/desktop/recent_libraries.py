"""Libraries opened before, as records of the action table."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from app.desktop.actions import Action, ActionTable


def renew_recent(table: ActionTable, folders: tuple[Path, ...], now: Path, open_folder: Callable[[Path], None]) -> None:
    """Offer all but the one that is open."""
    table.remove([record.id for record in table.records if record.id.startswith("recent.")])
    tr = QCoreApplication.translate
    others = [folder for folder in folders if folder != now]
    table.add(
        *(
            Action(
                f"recent.{number}",
                tr("recent", "Open library {folder}").format(folder=folder),
                "File",
                lambda folder=folder: open_folder(folder),  # type: ignore[misc]
                icon="library",
            )
            for number, folder in enumerate(others, 1)
        )
    )
