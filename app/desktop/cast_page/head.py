"""The bar above the cast: which show, how many members, who is missing a reference, adding."""

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QWidget

from app.desktop.cast_page.reading import CastView
from widgets.flow import ProgressLine, label, push_button


class CastHead(QFrame):
    """Shows; knows no library."""

    show_chosen = Signal(object)
    """A show's slug, None = all."""
    add_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "bar")
        self.chooser = QComboBox()
        self.chooser.setAccessibleName(self.tr("Show"))
        self._counts = label("", "small")
        self._busy_words = label("", "small")
        self._busy_line = ProgressLine()
        self._busy_line.setFixedWidth(120)
        self.add = push_button(self.tr("Add member"), "add", "primary")
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 12, 24, 12)
        row.setSpacing(12)
        row.addWidget(label(self.tr("Cast"), "title"))
        row.addWidget(self.chooser)
        row.addWidget(self._counts)
        row.addStretch(1)
        row.addWidget(self._busy_words)
        row.addWidget(self._busy_line)
        row.addWidget(self.add)
        self.chooser.activated.connect(lambda _index: self.show_chosen.emit(self.show_slug))
        self.add.clicked.connect(self.add_requested)
        self.show_busy("", None)
        self.set_shows(())

    @property
    def show_slug(self) -> str | None:
        """The chosen show; None = all."""
        return self.chooser.currentData() or None

    @property
    def counts_text(self) -> str:
        """What is said of the counts."""
        return self._counts.text()

    def set_shows(self, shows: tuple[str, ...]) -> None:
        """Offer these shows; with none there is nothing to choose."""
        if [self.chooser.itemData(at) for at in range(self.chooser.count())] == ["", *shows]:
            return
        chosen = self.chooser.currentData()
        with QSignalBlocker(self.chooser):
            self.chooser.clear()
            self.chooser.addItem(self.tr("All shows"), "")
            for show in shows:
                self.chooser.addItem(show, show)
            self.chooser.setCurrentIndex(max(0, self.chooser.findData(chosen)))
        self.chooser.setVisible(bool(shows))

    def show_counts(self, view: CastView) -> None:
        """How many members, how many photos, who has none."""
        if not view.members:
            self._counts.setText("")
            return
        count = len(view.members)
        parts = [self.tr("1 member") if count == 1 else self.tr("{count} members").format(count=f"{count:,}")]
        without = sum(not member.seeds for member in view.members)
        if without:
            parts.append(self.tr("{count} without a reference").format(count=f"{without:,}"))
        self._counts.setText(", ".join(parts))

    def show_busy(self, words: str, fraction: float | None) -> None:
        """Photos that are being looked at, "" = none."""
        self._busy_words.setText(words)
        self._busy_line.set_fraction(fraction)
        self._busy_words.setVisible(bool(words))
        self._busy_line.setVisible(bool(words))
