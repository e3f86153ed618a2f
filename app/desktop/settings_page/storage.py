"""Where the library lies and how large it is."""

import os
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QGridLayout, QHBoxLayout

from app.desktop.services import Services
from app.desktop.settings_page.section import Section
from widgets.flow import Card, ElidedLabel, label, push_button
from widgets.time_text import format_size


@dataclass(frozen=True, slots=True)
class Sizes:
    """Bytes on disk by folder of the library, of the models, and what is free."""

    database: int
    episodes: int
    jobs: int
    videos: int
    backups: int
    models: int
    free: int


def measure(library: Path, models: Path) -> Sizes:
    """Walk the folders. Slow on a large library."""
    import shutil

    return Sizes(
        database=sum(path.stat().st_size for path in library.glob("library.db*")),
        episodes=_size_of(library / "episodes"),
        jobs=_size_of(library / "jobs"),
        videos=_size_of(library / "videos"),
        backups=_size_of(library / "backups"),
        models=_size_of(models),
        free=shutil.disk_usage(library).free,
    )


def _size_of(folder: Path) -> int:
    """Bytes of all files; a file with several hard links counts once."""
    seen: set[tuple[int, int]] = set()
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                stat = (Path(parent) / name).lstat()
            except OSError:
                continue  # it was deleted while we walked
            if (stat.st_dev, stat.st_ino) not in seen or stat.st_ino == 0:
                seen.add((stat.st_dev, stat.st_ino))
                total += stat.st_size
    return total


class StorageSection(Section):
    """The library's place with its sizes, and the models' place."""

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._values = {name: label("…", "body") for name in Sizes.__dataclass_fields__}
        library, models = services.library.path, services.model_store.root
        self.column.addWidget(
            self._card(
                self.tr("Library"),
                library,
                (
                    (self.tr("Analyses, crops and names"), "episodes"),
                    (self.tr("Database"), "database"),
                    (self.tr("Work of jobs"), "jobs"),
                    (self.tr("Videos made or uploaded here"), "videos"),
                    (self.tr("Backups"), "backups"),
                    (self.tr("Free on this disk"), "free"),
                ),
                change=True,
            )
        )
        self.column.addWidget(
            self._card(self.tr("Models"), models, ((self.tr("Downloaded models"), "models"),), change=False)
        )
        note = self.tr("A library is one folder: copy it to move it. Source videos stay where they are.")
        self.column.addWidget(label(note, "small", wrap=True))

    def entered(self) -> None:
        """Measure again."""
        library, models = self.services.library.path, self.services.model_store.root
        self.services.background.run_query(
            lambda: measure(library, models), self._take, latest_key="storage-sizes", owner=self, lane="storage"
        )

    def _take(self, sizes: Sizes) -> None:
        for name, value in self._values.items():
            value.setText(format_size(getattr(sizes, name)))

    def _card(self, title: str, folder: Path, rows: tuple[tuple[str, str], ...], *, change: bool) -> Card:
        card = Card()
        head = QHBoxLayout()
        head.addWidget(label(title, "strong"), 1)
        show = push_button(self.tr("Show folder"), "folder", small=True)
        show.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))))
        head.addWidget(show)
        if change:
            other = push_button(self.tr("Open another…"), "library", small=True)
            other.clicked.connect(lambda: self.services.actions.run("window.open_library"))
            head.addWidget(other)
        card.body.addLayout(head)
        card.body.addWidget(ElidedLabel(str(folder), "muted"))
        grid = QGridLayout()
        grid.setColumnStretch(0, 1)
        grid.setVerticalSpacing(6)
        for at, (text, name) in enumerate(rows):
            grid.addWidget(label(text, "small"), at, 0)
            grid.addWidget(self._values[name], at, 1, Qt.AlignmentFlag.AlignRight)
        card.body.addLayout(grid)
        return card
