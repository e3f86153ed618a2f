"""The lines above the board: which episode, how far the work is, which people are shown."""

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QInputDialog, QWidget

from app.desktop.identities_page import words
from app.desktop.identities_page.board_data import Counts
from app.desktop.identities_page.filters import Kind, SavedSearch, kind_title
from app.desktop.identities_page.reading import EpisodeChoice
from widgets.flow import Chip, IconButton, ProgressLine, SearchField, label, push_button

CHOOSER_PX = 300


class BoardHead(QFrame):
    """Shows; knows no library."""

    episode_chosen = Signal(str)
    export_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "bar")
        self.chooser = QComboBox()
        self.chooser.setAccessibleName(self.tr("Episode"))
        self.chooser.setMaximumWidth(CHOOSER_PX)
        self.chooser.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.chooser.setMinimumContentsLength(22)
        self._counts = label("", "small")
        self.export = push_button(self.tr("Export PDF"), "export", "primary")
        self._busy_words = label("", "small")
        self._busy_line = ProgressLine()
        self._busy_line.setFixedWidth(120)
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 12, 24, 12)
        row.setSpacing(12)
        row.addWidget(label(self.tr("Identities"), "title"))
        row.addWidget(self.chooser)
        row.addWidget(self._counts)
        row.addStretch(1)
        row.addWidget(self._busy_words)
        row.addWidget(self._busy_line)
        row.addWidget(self.export)
        self.chooser.activated.connect(lambda _index: self.episode_chosen.emit(self.chooser.currentData()))
        self.export.clicked.connect(self.export_requested)
        self.show_busy("", None)

    def set_episodes(self, episodes: tuple[EpisodeChoice, ...], chosen: str) -> None:
        """Offer these episodes."""
        with QSignalBlocker(self.chooser):
            self.chooser.clear()
            for episode in episodes:
                self.chooser.addItem(episode.title, episode.ep_id)
                if not episode.analysed:
                    at = self.chooser.count() - 1
                    self.chooser.setItemData(at, self.tr("Not analysed yet"), Qt.ItemDataRole.ToolTipRole)
        self.chooser.setVisible(bool(episodes))
        self.choose(chosen)

    def choose(self, ep_id: str) -> None:
        """Show which episode is open; no signal comes back."""
        with QSignalBlocker(self.chooser):
            self.chooser.setCurrentIndex(self.chooser.findData(ep_id))

    def show_counts(self, counts: Counts | None) -> None:
        """How many people, and how many need a look."""
        self._counts.setText(words.counts(counts) if counts is not None else "")

    @property
    def counts_text(self) -> str:
        """What is said of the counts."""
        return self._counts.text()

    def set_export_enabled(self, enabled: bool) -> None:
        """Whether there is anything to report."""
        self.export.setEnabled(enabled)

    def show_busy(self, text: str, fraction: float | None) -> None:
        """An analysis or an export that runs, "" = none."""
        self._busy_words.setText(text)
        self._busy_line.set_fraction(fraction)
        self._busy_words.setVisible(bool(text))
        self._busy_line.setVisible(bool(text))


class FilterBar(QFrame):
    """Search field, chips of the kinds with their counts, and the searches that were kept."""

    changed = Signal()
    searches_changed = Signal(object)
    """list[SavedSearch]: the person kept or removed one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._searches: list[SavedSearch] = []
        self._saved_chips: list[Chip] = []
        self.search = SearchField(self.tr("Find people"))
        self.search.setMinimumWidth(140)
        self.search.setMaximumWidth(260)
        self.chips: dict[Kind, Chip] = {}
        self._row = QHBoxLayout()
        self._row.setSpacing(4)
        for kind in Kind:
            chip = Chip(kind_title(kind))
            chip.clicked.connect(lambda _checked=False, kind=kind: self.choose(kind))
            self.chips[kind] = chip
            self._row.addWidget(chip)
        self._keep = IconButton("add", self.tr("Keep this search"), size_px=16)
        self._keep.clicked.connect(self.ask_name)
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 4, 12, 8)
        row.setSpacing(12)
        row.addWidget(self.search, 1)
        row.addLayout(self._row)
        row.addWidget(self._keep)
        row.addStretch(1)
        self.search.searched.connect(self._on_search)
        self.kind = Kind.ALL
        self._mark()

    @property
    def text(self) -> str:
        """What is searched for."""
        return self.search.text().strip()

    @property
    def narrowed(self) -> bool:
        """Whether anybody may be left out."""
        return self.kind != Kind.ALL or bool(self.text)

    def choose(self, kind: Kind) -> None:
        """Show only these people; choosing the same kind again shows all."""
        self.kind = Kind.ALL if kind == self.kind else kind
        self._mark()
        self.changed.emit()

    def reset(self) -> None:
        """Show everybody."""
        self.kind = Kind.ALL
        self.search.clear()
        self._mark()
        self.changed.emit()

    def set_counts(self, counts: dict[Kind, int]) -> None:
        """How many people each kind has."""
        for kind, chip in self.chips.items():
            count = counts.get(kind, 0)
            chip.setText(f"{kind_title(kind)} {count:,}" if count and kind != Kind.ALL else kind_title(kind))

    def set_searches(self, searches: list[SavedSearch]) -> None:
        """Offer the searches that were kept."""
        for chip in self._saved_chips:
            self._row.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self._searches = list(searches)
        self._saved_chips = [self._saved_chip(search) for search in searches]
        for chip in self._saved_chips:
            self._row.addWidget(chip)
        self._mark()

    def keep(self, name: str) -> None:
        """Keep what is searched for now under a name; the same name again replaces it."""
        wanted = name.strip()
        if wanted:
            search = SavedSearch(wanted, self.kind, self.text)
            self.set_searches([*(one for one in self._searches if one.name != wanted), search])
            self.searches_changed.emit(list(self._searches))

    def ask_name(self) -> None:
        """Ask what the search is to be called."""
        dialog = QInputDialog(self)
        dialog.setWindowTitle(self.tr("Keep this search"))
        dialog.setLabelText(self.tr("Name of the search"))
        dialog.setTextValue(self.text or kind_title(self.kind))
        dialog.textValueSelected.connect(self.keep)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _saved_chip(self, search: SavedSearch) -> Chip:
        chip = Chip(search.name, "search", removable=True)
        chip.setToolTip(self.tr("{kind}: “{text}”").format(kind=kind_title(search.kind), text=search.text))
        chip.clicked.connect(lambda: self._use(search))
        chip.removed.connect(lambda: self._remove(search))
        return chip

    def _use(self, search: SavedSearch) -> None:
        self.kind = search.kind
        self.search.setText(search.text)
        self._mark()
        self.changed.emit()

    def _remove(self, search: SavedSearch) -> None:
        self.set_searches([one for one in self._searches if one != search])
        self.searches_changed.emit(list(self._searches))

    def _on_search(self, _text: str) -> None:
        self._mark()
        self.changed.emit()

    def _mark(self) -> None:
        for kind, chip in self.chips.items():
            chip.setChecked(kind == self.kind)
        for search, chip in zip(self._searches, self._saved_chips, strict=True):
            chip.setChecked((search.kind, search.text) == (self.kind, self.text))
        self._keep.setVisible(self.narrowed)
