"""Where each person appears over the episodes of a show."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.desktop.cast_page.reading import CastView
from widgets.flow import label
from widgets.season_grid import SeasonGrid

MOST_NAMED = 5
"""Names in the line about missing references; the grid marks all of them."""


class SeasonTab(QWidget):
    """The grid: people down, episodes across; and one line on how much is known."""

    episode_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.grid = SeasonGrid()
        self._coverage = label("", "small", wrap=True)
        self._coverage.setContentsMargins(16, 8, 16, 8)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._coverage)
        column.addWidget(self.grid, 1)
        self.setFocusProxy(self.grid)
        self.grid.episode_activated.connect(self.episode_wanted)

    @property
    def coverage_text(self) -> str:
        """What is said of the coverage."""
        return self._coverage.text()

    def show_view(self, view: CastView) -> None:
        """Show a season."""
        self.grid.set_season([(one.ep_id, one.title) for one in view.episodes], view.season)
        self._coverage.setText(self._words(view))

    def _words(self, view: CastView) -> str:
        known = view.coverage
        shares = list(known.named_share.values())
        parts = []
        if shares:
            named = sum(shares) / len(shares)
            parts.append(self.tr("{share} of the time on screen has a name.").format(share=f"{named:.0%}"))
        if known.without_reference:
            names = ", ".join(known.without_reference[:MOST_NAMED])
            more = len(known.without_reference) - MOST_NAMED
            if more > 0:
                names = self.tr("{names} and {count} more").format(names=names, count=more)
            parts.append(self.tr("Without a reference photo: {names}.").format(names=names))
        return " ".join(parts)

    def stop(self) -> None:
        """End the threads that load pictures."""
        self.grid.stop()
