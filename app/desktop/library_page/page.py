"""The Library page."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QMenu, QMessageBox, QStackedWidget, QVBoxLayout

from app.desktop.actions import Action
from app.desktop.library_page.add_flow import AddFlow
from app.desktop.library_page.adding import VIDEO_SUFFIXES, AddReport
from app.desktop.library_page.header import LibraryHeader
from app.desktop.library_page.posters import Posters, Shelf, StatusFilter, matches, provide_picture
from app.desktop.library_page.sample_flow import SampleFlow
from app.desktop.page import Page
from app.desktop.services import Services
from core.jobs.events import EpisodeChanged
from core.jobs.types import Job
from core.library.types import Episode
from widgets.flow import ElidedLabel, EmptyState, ProgressLine
from widgets.poster_grid import PosterGrid


class LibraryPage(Page):
    """Posters of all episodes with search, filters and everything that can be done to an episode."""

    def __init__(self, services: Services) -> None:
        super().__init__()
        self.setObjectName("libraryPage")
        self.setAccessibleName(self.tr("Library"))
        self._services = services
        self._shelf = Shelf((), (), 0)
        self._loaded = False
        self._select_next: str | None = None
        self.adding = AddFlow(services, self)
        self.sample = SampleFlow(services, self)
        services.actions.add(*self._records())
        self.header = LibraryHeader(services.actions)
        self.grid = PosterGrid(provide_picture)
        self.stack = QStackedWidget()
        self._build()
        self._connect()
        self.reload()

    # ------------------------------------------------------------------ what others ask

    @property
    def episodes(self) -> tuple[Episode, ...]:
        """What is shown, in its order."""
        return self._shelf.episodes

    def selected(self) -> tuple[Episode, ...]:
        """The selected episodes."""
        return tuple(self._shelf.episodes[index] for index in self.grid.selected() if index < len(self.episodes))

    def add_paths(self, paths: Sequence[Path]) -> None:
        """Add dropped files and folders."""
        self.adding.add(paths)

    def reload(self) -> None:
        """Read the episodes again, for the filters of now."""
        library, text = self._services.library, self.header.search.text().strip()
        show, status = self.header.show_slug, self.header.status
        busy = frozenset(job.ep_id for job in self._services.jobs.jobs if job.ep_id and not job.state.ended)

        def read() -> Shelf:
            everything = library.episodes.list()
            found = library.episodes.list(text=text, show=show) if text or show else everything
            return Shelf(
                tuple(episode for episode in found if matches(episode, status, busy)),
                tuple(sorted({episode.show_slug for episode in everything if episode.show_slug})),
                len(everything),
            )

        self._services.background.run_query(read, self._take, latest_key="library-shelf", owner=self)

    def entered(self) -> None:
        """The keyboard is in the grid."""
        if self.stack.currentWidget() is self.grid:
            self.grid.setFocus()

    def close_page(self) -> None:
        """Stop the threads that load posters."""
        self.grid.stop()

    # ------------------------------------------------------------------ assembly

    def _build(self) -> None:
        self._empty = EmptyState(
            "video",
            self.tr("Drop a video here, or try the sample"),
            self.tr(
                "Files stay where they are. The sample is a short video with several people, "
                "made on this machine in a few seconds."
            ),
        )
        add = self._empty.add_action(self.tr("Add videos"), "add", primary=True)
        add.clicked.connect(self.choose_files)
        self._try = self._empty.add_action(self.tr("Try the sample"), "sample")
        self._try.clicked.connect(self.sample.begin)
        self._nothing = EmptyState(
            "search", self.tr("Nothing matches"), self.tr("No video has this text, show and status.")
        )
        self._nothing.add_action(self.tr("Show all"), "close").clicked.connect(self.header.reset)
        self._reading = EmptyState("library", self.tr("Reading the library"), "")
        for widget in (self._reading, self._empty, self._nothing, self.grid):
            self.stack.addWidget(widget)
        self._strip = QFrame()
        self._strip.setProperty("role", "footer")
        row = QHBoxLayout(self._strip)
        row.setContentsMargins(24, 8, 24, 8)
        row.setSpacing(16)
        self._strip_text = ElidedLabel("", "small")
        self._strip_line = ProgressLine()
        row.addWidget(self._strip_text, 2)
        row.addWidget(self._strip_line, 1)
        self._strip.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self.stack, 1)
        column.addWidget(self._strip)

    def _connect(self) -> None:
        self.header.filter_changed.connect(self.reload)
        self.grid.activated.connect(self._open_index)
        self.grid.selection_changed.connect(self._services.actions.refresh)
        self.grid.context_menu_requested.connect(self._open_menu)
        self.adding.progressed.connect(self._show_adding)
        self.adding.busy_changed.connect(self._show_busy)
        self.adding.finished.connect(self._on_added)
        self.sample.progressed.connect(self._show_sample)
        self.sample.busy_changed.connect(self._show_busy)
        self._services.bridge.episode_changed.connect(self._on_episode_changed)
        self._services.jobs.changed.connect(self._show_jobs)

    def _records(self) -> tuple[Action, ...]:
        some = self._has_selection
        return (
            Action(
                "library.add_files",
                self.tr("Add videos…"),
                "File",
                self.choose_files,
                ("Ctrl+O",),
                "add",
                self.tr("Add video files; they stay where they are"),
            ),
            Action(
                "library.add_folder",
                self.tr("Add a folder…"),
                "File",
                self.choose_folder,
                ("Ctrl+Alt+O",),
                "folder",
                self.tr("Add all videos inside a folder"),
            ),
            Action(
                "library.sample",
                self.tr("Try the sample"),
                "File",
                self.sample.begin,
                (),
                "sample",
                self.tr("Build a short video with several people, analyse it and show it"),
                enabled=lambda: not self.sample.busy,
            ),
            Action(
                "library.search",
                self.tr("Search the library"),
                "Edit",
                self._search,
                ("Ctrl+F",),
                "search",
                page="library",
            ),
            Action(
                "library.open",
                self.tr("Open in Review"),
                "File",
                self._open_selected,
                ("Ctrl+Return",),
                "review",
                page="library",
                enabled=lambda: len(self.grid.selected()) == 1,
            ),
            Action(
                "library.analyse",
                self.tr("Analyse…"),
                "Jobs",
                self._analyse_selected,
                ("Ctrl+R",),
                "play",
                self.tr("Find shots, faces and people in the selected videos"),
                page="library",
                enabled=lambda: some() and not any(one.media_missing for one in self.selected()),
            ),
            Action(
                "library.relink",
                self.tr("Find the moved video…"),
                "File",
                self._relink_selected,
                (),
                "relink",
                self.tr("Tell where the video is now; others that moved along are found too"),
                page="library",
                enabled=lambda: len(self.grid.selected()) == 1,
            ),
            Action(
                "library.remove",
                self.tr("Remove from the library…"),
                "Edit",
                self._remove_selected,
                ("Del",),
                "trash",
                self.tr("Forget the selected videos with their analyses; the video files stay"),
                page="library",
                enabled=some,
            ),
        )

    # ------------------------------------------------------------------ what the actions do

    def choose_files(self) -> None:
        """Ask for video files."""
        pattern = " ".join(f"*{suffix}" for suffix in sorted(VIDEO_SUFFIXES))
        chosen, _ = QFileDialog.getOpenFileNames(
            self, self.tr("Add videos"), "", self.tr("Videos ({pattern});;All files (*)").format(pattern=pattern)
        )
        self.add_paths([Path(name) for name in chosen])

    def choose_folder(self) -> None:
        """Ask for a folder of videos."""
        chosen = QFileDialog.getExistingDirectory(self, self.tr("Add a folder"))
        if chosen:
            self.add_paths([Path(chosen)])

    def _has_selection(self) -> bool:
        return bool(self.grid.selected())

    def _search(self) -> None:
        self.header.search.setFocus()
        self.header.search.selectAll()

    def _open_index(self, index: int) -> None:
        self._services.navigator.open_episode(self._shelf.episodes[index].ep_id)

    def _open_selected(self) -> None:
        for episode in self.selected()[:1]:
            self._services.navigator.open_episode(episode.ep_id)

    def _analyse_selected(self) -> None:
        self._services.navigator.analyse([episode.ep_id for episode in self.selected()])

    def _relink_selected(self) -> None:
        for episode in self.selected()[:1]:
            self._services.navigator.relink(episode.ep_id)

    def _remove_selected(self) -> None:
        """Modal, because the analyses and the names that were given are lost."""
        chosen = self.selected()
        box = QMessageBox(self)
        box.setIcon(QMessageBox.Icon.Warning)
        box.setWindowTitle(self.tr("Remove"))
        box.setText(
            self.tr("Remove “{title}” from the library?").format(title=chosen[0].title)
            if len(chosen) == 1
            else self.tr("Remove {count} videos from the library?").format(count=len(chosen))
        )
        box.setInformativeText(
            self.tr(
                "Their analyses and the names you gave are deleted and cannot be brought back. The video files stay."
            )
        )
        remove = box.addButton(self.tr("Remove"), QMessageBox.ButtonRole.DestructiveRole)
        box.addButton(QMessageBox.StandardButton.Cancel).setFocus()
        box.setDefaultButton(QMessageBox.StandardButton.Cancel)
        box.finished.connect(lambda _code: self._remove(chosen) if box.clickedButton() is remove else None)
        box.finished.connect(box.deleteLater)
        box.open()

    def _remove(self, episodes: Sequence[Episode]) -> None:
        library, ep_ids = self._services.library, [episode.ep_id for episode in episodes]

        def work() -> None:
            for ep_id in ep_ids:
                library.episodes.delete(ep_id, files=True)

        self._services.background.run_edit(work, lambda _none: self.reload(), owner=self, lane="removing")

    def _open_menu(self, index: int, place: QPoint) -> None:
        menu = QMenu(self)
        if index >= 0:
            self._services.actions.fill(
                menu, ("library.open", "library.analyse", "library.relink", "", "library.remove")
            )
        else:
            self._services.actions.fill(menu, ("library.add_files", "library.add_folder", "", "library.sample"))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)

    # ------------------------------------------------------------------ showing

    def _take(self, shelf: Shelf) -> None:
        before = [episode.ep_id for episode in self._shelf.episodes]
        self._shelf = shelf
        self.header.set_shows(shelf.shows)
        self.header.set_count(len(shelf.episodes), shelf.total)
        items = Posters(shelf.episodes, self._services.jobs.jobs)
        if before == [episode.ep_id for episode in shelf.episodes] and self._loaded:
            self.grid.refresh_items(items)
        else:
            kept = {episode.ep_id for episode in self.selected()}
            self.grid.set_items(items)
            self.grid.set_selected([at for at, one in enumerate(shelf.episodes) if one.ep_id in kept])
        self._loaded = True
        self._show_which()
        self._select_added()
        self._services.actions.refresh()

    def _show_which(self) -> None:
        if self._shelf.episodes:
            self.stack.setCurrentWidget(self.grid)
        elif self.header.narrowed and self._shelf.total:
            self.stack.setCurrentWidget(self._nothing)
        else:
            self.stack.setCurrentWidget(self._empty)

    def _select_added(self) -> None:
        for at, episode in enumerate(self._shelf.episodes):
            if episode.ep_id == self._select_next:
                self._select_next = None
                self.grid.set_current(at)
                return

    def _on_episode_changed(self, event: EpisodeChanged) -> None:
        for episode in self._shelf.episodes:
            if episode.ep_id == event.ep_id and episode.poster is not None:
                self.grid.forget_image(episode.poster)
        self.reload()

    def _show_jobs(self, jobs: tuple[Job, ...]) -> None:
        self.grid.refresh_items(Posters(self._shelf.episodes, jobs))
        if self.header.status == StatusFilter.BUSY:
            self.reload()

    def _show_adding(self, done: int, total: int, name: str) -> None:
        self._strip_text.set_text(self.tr("Adding {at} of {total}: {name}").format(at=done + 1, total=total, name=name))
        self._strip_line.set_fraction(done / total if total > 1 else None)

    def _show_sample(self, done: int, total: int) -> None:
        self._strip_text.set_text(self.tr("Building the sample on this machine"))
        self._strip_line.set_fraction(done / total if total else None)

    def _show_busy(self, _busy: bool) -> None:
        busy = self.adding.busy or self.sample.busy
        if busy and self._strip.isHidden():
            self._strip_text.set_text(self.tr("Preparing"))
            self._strip_line.set_fraction(None)
        self._strip.setVisible(busy)
        self._try.setEnabled(not self.sample.busy)
        self._services.actions.refresh()

    def _on_added(self, report: AddReport) -> None:
        found = (*report.added, *report.already_there)
        self._select_next = found[0].ep_id if found else None
        self.reload()
