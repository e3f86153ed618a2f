"""The bar above the posters: search, filters, adding."""

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QMenu, QWidget

from app.desktop.actions import ActionTable
from app.desktop.library_page.posters import StatusFilter
from widgets.flow import SearchField, label, push_button


class LibraryHeader(QFrame):
    """Tells what to show; knows nothing of episodes."""

    filter_changed = Signal()

    def __init__(self, actions: ActionTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "bar")
        self.search = SearchField(self.tr("Search titles and files"))
        self.search.setMaximumWidth(320)
        self._show = QComboBox()
        self._show.setAccessibleName(self.tr("Show"))
        self._status = QComboBox()
        self._status.setAccessibleName(self.tr("Status"))
        for status, text in (
            (StatusFilter.ALL, self.tr("Any status")),
            (StatusFilter.NEW, self.tr("Not analysed")),
            (StatusFilter.ANALYSED, self.tr("Analysed")),
            (StatusFilter.STALE, self.tr("Outdated")),
            (StatusFilter.BUSY, self.tr("In work")),
            (StatusFilter.MISSING, self.tr("Video missing")),
        ):
            self._status.addItem(text, status)
        self._count = label("", "small")
        self._add = push_button(self.tr("Add"), "add", "primary")
        menu = QMenu(self._add)
        actions.fill(menu, ("library.add_files", "library.add_folder", "", "library.sample"))
        self._add.setMenu(menu)
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 12, 24, 12)
        row.setSpacing(12)
        row.addWidget(label(self.tr("Library"), "title"))
        row.addWidget(self._count)
        row.addStretch(1)
        row.addWidget(self.search, 2)
        row.addWidget(self._show)
        row.addWidget(self._status)
        row.addWidget(self._add)
        self.search.searched.connect(lambda _text: self.filter_changed.emit())
        self._show.currentIndexChanged.connect(lambda _index: self.filter_changed.emit())
        self._status.currentIndexChanged.connect(lambda _index: self.filter_changed.emit())
        self.set_shows(())

    @property
    def show_slug(self) -> str | None:
        """The chosen show; None = all."""
        return self._show.currentData() or None

    @property
    def status(self) -> StatusFilter:
        """The chosen status."""
        return StatusFilter(self._status.currentData())

    @property
    def narrowed(self) -> bool:
        """Whether anything is filtered out."""
        return bool(self.search.text()) or self.show_slug is not None or self.status != StatusFilter.ALL

    def set_shows(self, shows: tuple[str, ...]) -> None:
        """Offer these shows; with none there is nothing to choose."""
        if [self._show.itemData(index) for index in range(self._show.count())] == ["", *shows]:
            return
        chosen = self._show.currentData()
        with QSignalBlocker(self._show):
            self._show.clear()
            self._show.addItem(self.tr("All shows"), "")
            for show in shows:
                self._show.addItem(show, show)
            self._show.setCurrentIndex(max(0, self._show.findData(chosen)))
        self._show.setVisible(bool(shows))

    def set_count(self, shown: int, total: int) -> None:
        """How many of how many are shown."""
        if not total:
            self._count.setText("")
        elif shown == total:
            self._count.setText(self.tr("{count} videos").format(count=total) if total > 1 else self.tr("1 video"))
        else:
            self._count.setText(self.tr("{shown} of {total}").format(shown=shown, total=total))

    def reset(self) -> None:
        """Show everything again."""
        with QSignalBlocker(self._show), QSignalBlocker(self._status):
            self._show.setCurrentIndex(0)
            self._status.setCurrentIndex(0)
        self.search.clear()
        self.filter_changed.emit()
