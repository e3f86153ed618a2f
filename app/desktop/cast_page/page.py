"""The Cast page: members with their reference photos, where they are over a season, and who they may be."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtWidgets import (
    QFileDialog,
    QInputDialog,
    QMenu,
    QMessageBox,
    QSplitter,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
)

from app.desktop.cast_page.head import CastHead
from app.desktop.cast_page.matches_tab import MatchesTab
from app.desktop.cast_page.page_actions import cast_records
from app.desktop.cast_page.photos_tab import PhotosTab
from app.desktop.cast_page.reading import CastEdits, CastReader, CastView, Match, Refusal
from app.desktop.cast_page.season_tab import SeasonTab
from app.desktop.delete_box import delete_box
from app.desktop.message import Button, PageMessage
from app.desktop.page import Page
from app.desktop.services import Services
from core.cast.types import CastMember
from core.jobs.events import EditApplied
from models.errors import RushesError
from widgets.cast_list import CastList

PICTURES = "*.jpg *.jpeg *.png *.webp *.bmp *.tif *.tiff"
READ_AFTER_MS = 200
"""After a burst of edits or photos the cast is read once."""
LIST_PX = 340


class CastPage(Page):
    """The list on the left; photos, season and matches on the right."""

    def __init__(self, services: Services) -> None:
        super().__init__()
        self.setObjectName("castPage")
        self.setAccessibleName(self.tr("Cast"))
        self._services = services
        self._view: CastView | None = None
        self._select_next = ""
        self._reader = CastReader(services, self)
        self.edits = CastEdits(services, self)
        self.head = CastHead()
        self.list = CastList()
        self.photos = PhotosTab()
        self.season = SeasonTab()
        self.matches = MatchesTab()
        self.tabs = QTabWidget()
        self.message = PageMessage()
        self.stack = QStackedWidget()
        self.dialog: QFileDialog | QInputDialog | QMessageBox | None = None
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(READ_AFTER_MS)
        self._soon.timeout.connect(self.reload)
        self._build()
        self._connect()
        services.actions.add(*cast_records(self))
        self._show_message("cast", self.tr("Reading the cast"), "")

    # ------------------------------------------------------------------ what the window says

    def entered(self) -> None:
        """Show the cast of now."""
        self.reload()
        self.list.setFocus()

    def show_section(self, section: str) -> None:
        """Bring a tab to the front: photos, season or matches."""
        tab = {"photos": self.photos, "season": self.season, "matches": self.matches}.get(section)
        if tab is not None:
            self.tabs.setCurrentWidget(tab)
            tab.setFocus()

    def close_page(self) -> None:
        """The library is being closed."""
        self._soon.stop()
        if self.dialog is not None:
            self.dialog.close()
        self.list.stop()
        self.photos.stop()
        self.season.stop()
        self.matches.stop()

    def reload(self) -> None:
        """Read the cast again."""
        self._reader.read_view(self.head.show_slug)

    @property
    def view(self) -> CastView | None:
        """What is shown."""
        return self._view

    # ------------------------------------------------------------------ what the actions do

    def member(self) -> CastMember | None:
        """The selected member."""
        chosen = self.list.selected()
        members = self._view.members if self._view is not None else ()
        return next((one for one in members if one.cast_id == chosen), None)

    def has_member(self) -> bool:
        """Whether a member is selected."""
        return self.member() is not None

    def add_member(self) -> None:
        """Ask for the name of a new member."""
        self._ask_name(
            self.tr("Add a cast member"),
            "",
            lambda name: self.edits.add(name, self.head.show_slug, self._select_when_read),
        )

    def rename_member(self) -> None:
        """Ask for another name."""
        member = self.member()
        if member is not None:
            self._ask_name(
                self.tr("Rename {name}").format(name=member.name),
                member.name,
                lambda name: self.edits.rename(member.cast_id, name),
            )

    def delete_member(self) -> None:
        """Modal, because the reference photos are lost."""
        member = self.member()
        if member is None:
            return
        title = self.tr("Delete {name} from the cast?").format(name=member.name)
        more = self.tr("The reference photos are deleted and cannot be brought back. Names given in episodes stay.")
        self._open(delete_box(self, title, more, lambda: self.edits.delete(member.cast_id)))

    def choose_photos(self) -> None:
        """Ask for reference photos of the selected member."""
        member = self.member()
        if member is None:
            return
        dialog = QFileDialog(
            self,
            self.tr("Reference photos of {name}").format(name=member.name),
            "",
            self.tr("Pictures ({pattern})").format(pattern=PICTURES),
        )
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(lambda names: self.add_photos(member.cast_id, [Path(name) for name in names]))
        self._open(dialog)

    def add_photos(self, cast_id: str, paths: Sequence[Path]) -> None:
        """Make photos references; dropped on no member, they ask whose they are."""
        if not paths:
            return
        if cast_id:
            self.edits.add_photos(cast_id, paths)
            return
        self._ask_name(
            self.tr("Whose photos are these?"),
            paths[0].stem,
            lambda name: self.edits.add(
                name, self.head.show_slug, lambda made: self._photos_of_new_member(made, paths)
            ),
        )

    def _on_photos_dropped(self, paths: list[Path]) -> None:
        member = self.member()
        self.add_photos(member.cast_id if member is not None else "", paths)

    def delete_photos(self, seed_ids: Sequence[str]) -> None:
        """Forget reference photos."""
        for seed_id in seed_ids:
            self.edits.delete_photo(seed_id)

    # ------------------------------------------------------------------ data

    def _on_view(self, view: CastView) -> None:
        self._view = view
        chosen = self._select_next or self.list.selected()
        self._select_next = ""
        self.head.set_shows(view.shows)
        self.head.show_counts(view)
        self.list.set_members(view.members)
        ids = [member.cast_id for member in view.members]
        self.list.select(chosen if chosen in ids else (ids[0] if ids else None))
        self.photos.show_member(self.member())
        self.season.show_view(view)
        before = self.matches.ep_id
        self.matches.set_episodes(view.episodes, self._services.navigator.ep_id)
        if self.matches.ep_id:
            self._reader.read_matches(self.matches.ep_id)
        elif before:
            self.matches.show_matches([])
        self._show_state(view)

    def show_failure(self, error: Exception) -> None:
        """Say why the cast is not shown."""
        if isinstance(error, RushesError):
            text = f"{error.message}\n\n{error.action}".strip()
        else:
            self._services.notices.error(error)
            text = self.tr("The log file has the details.")
        self._show_message(
            "warning", self.tr("The cast could not be read"), text, (self.tr("Try again"), "retry", self.reload)
        )

    def _show_state(self, view: CastView) -> None:
        if view.members or view.season:
            self.stack.setCurrentIndex(1)
        else:
            self._show_message(
                "cast",
                self.tr("Nobody is in the cast yet"),
                self.tr(
                    "Add the people of a show with a photo or two of each: they are then recognised in every episode."
                ),
                (self.tr("Add member"), "add", self.add_member),
            )
        self._services.actions.refresh()

    def _show_message(self, icon: str, title: str, text: str, *buttons: Button) -> None:
        self.message.say(icon, title, text, *buttons)
        self.stack.setCurrentIndex(0)

    def _on_matches(self, ep_id: str, matches: list[Match]) -> None:
        if ep_id == self.matches.ep_id:
            self.matches.show_matches(matches)

    def _accept_matches(self, keys: list[str]) -> None:
        """One undo step in the episode, however many there are."""
        library, ep_id = self._services.library, self.matches.ep_id

        def work() -> EditApplied:
            from core.suggestions.answer import accept

            return accept(library, ep_id, keys)

        self._services.background.run_edit(work, lambda _done: self.reload(), owner=self)

    def _reject_matches(self, keys: list[str]) -> None:
        """They are not asked again."""
        library, ep_id = self._services.library, self.matches.ep_id

        def work() -> EditApplied:
            from core.suggestions.answer import reject

            return reject(library, ep_id, keys)

        self._services.background.run_edit(work, lambda _done: self.reload(), owner=self)

    def _on_photo_at(self, at: int, count: int) -> None:
        words = self.tr("Photo {at} of {count}").format(at=at + 1, count=count)
        self.head.show_busy(words, at / count if count > 1 else None)

    def _on_photos_done(self, added: int, _refused: list[Refusal]) -> None:
        self.head.show_busy("", None)
        if added:
            self._services.notices.info(
                self.tr("1 reference photo was added.")
                if added == 1
                else self.tr("{count} reference photos were added.").format(count=added)
            )

    def _show_on_board(self, ep_id: str) -> None:
        self._services.navigator.take_in_hand(ep_id)
        self._services.navigator.go("identities")

    def _photos_of_new_member(self, cast_id: str, paths: Sequence[Path]) -> None:
        self._select_when_read(cast_id)
        self.edits.add_photos(cast_id, paths)

    def _select_when_read(self, cast_id: str) -> None:
        self._select_next = cast_id
        self._soon.start()

    # ------------------------------------------------------------------ inside

    def _ask_name(self, title: str, text: str, take: Callable[[str], object]) -> None:
        dialog = QInputDialog(self)
        dialog.setWindowTitle(title)
        dialog.setLabelText(self.tr("Name"))
        dialog.setTextValue(text)
        dialog.textValueSelected.connect(lambda name: take(name.strip()) if name.strip() else None)
        self._open(dialog)

    def _open(self, dialog: QFileDialog | QInputDialog | QMessageBox) -> None:
        self.dialog = dialog
        dialog.finished.connect(lambda _code: self._forget(dialog))
        dialog.open()

    def _forget(self, dialog: QFileDialog | QInputDialog | QMessageBox) -> None:
        if self.dialog is dialog:
            self.dialog = None
        dialog.deleteLater()

    def _open_menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        self._services.actions.fill(
            menu, ("cast.rename", "cast.photos", "", "cast.delete") if self.has_member() else ("cast.add",)
        )
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)

    def _on_selected(self) -> None:
        self.photos.show_member(self.member())
        self._services.actions.refresh()

    def _build(self) -> None:
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.photos, self.tr("Reference photos"))
        self.tabs.addTab(self.season, self.tr("Season"))
        self.tabs.addTab(self.matches, self.tr("Matches"))
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.addWidget(self.list)
        split.addWidget(self.tabs)
        split.setStretchFactor(0, 0)
        split.setStretchFactor(1, 1)
        split.setSizes([LIST_PX, 3 * LIST_PX])
        self.list.setMinimumWidth(260)
        self.stack.addWidget(self.message)
        self.stack.addWidget(split)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.head)
        column.addWidget(self.stack, 1)

    def _connect(self) -> None:
        services, reader, edits = self._services, self._reader, self.edits
        reader.view_read.connect(self._on_view)
        reader.failed.connect(self.show_failure)
        reader.matches_read.connect(self._on_matches)
        edits.changed.connect(self._soon.start)
        edits.photo_at.connect(self._on_photo_at)
        edits.photos_done.connect(self._on_photos_done)
        self.head.show_chosen.connect(lambda _slug: self.reload())
        self.head.add_requested.connect(self.add_member)
        self.list.photos_dropped.connect(self.add_photos)
        self.list.selection_changed.connect(self._on_selected)
        self.list.context_menu_requested.connect(lambda _cast_id, place: self._open_menu(place))
        self.photos.add_requested.connect(self.choose_photos)
        self.photos.photos_dropped.connect(self._on_photos_dropped)
        self.photos.delete_requested.connect(self.delete_photos)
        self.season.episode_wanted.connect(self._show_on_board)
        self.matches.episode_chosen.connect(reader.read_matches)
        self.matches.accept_requested.connect(self._accept_matches)
        self.matches.reject_requested.connect(self._reject_matches)
        services.bridge.cast_changed.connect(lambda _event: self._soon.start() if self.isVisible() else None)
        services.bridge.edit_applied.connect(lambda _event: self._soon.start() if self.isVisible() else None)
        services.bridge.episode_changed.connect(lambda _event: self._soon.start() if self.isVisible() else None)
