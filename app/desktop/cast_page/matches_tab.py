"""Who the people of one episode may be, to be accepted one by one or all that are sure."""

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from app.desktop.cast_page.reading import Match
from core.library.types import Episode
from widgets.flow import push_button
from widgets.singleton_tray import SingletonTray


class MatchesTab(QWidget):
    """People beside the member they look like. Y or Enter: it is; N: it is not, which is remembered."""

    episode_chosen = Signal(str)
    accept_requested = Signal(list)
    """list[str]: keys of suggestions."""
    reject_requested = Signal(list)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._matches: Sequence[Match] = ()
        self.chooser = QComboBox()
        self.chooser.setAccessibleName(self.tr("Episode"))
        self.chooser.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.chooser.setMinimumContentsLength(20)
        self.accept_sure = push_button("", "check", "primary", small=True)
        self.tray = SingletonTray()
        self.tray.setAccessibleName(self.tr("Matches with the cast"))
        self.tray.set_empty_text(self.tr("Nobody here looks like a cast member who is not assigned yet."))
        head = QHBoxLayout()
        head.setContentsMargins(16, 8, 12, 8)
        head.setSpacing(8)
        head.addWidget(self.chooser)
        head.addStretch(1)
        head.addWidget(self.accept_sure)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.tray, 1)
        self.setFocusProxy(self.tray)
        self.chooser.activated.connect(lambda _index: self.episode_chosen.emit(self.chooser.currentData()))
        self.accept_sure.clicked.connect(lambda: self.accept_requested.emit(self.sure_keys()))
        self.tray.accepted.connect(lambda key: self.accept_requested.emit([key]))
        self.tray.rejected.connect(lambda key: self.reject_requested.emit([key]))
        self.show_matches([])

    @property
    def ep_id(self) -> str:
        """The episode whose people are shown, "" = none."""
        return self.chooser.currentData() or ""

    def set_episodes(self, episodes: Sequence[Episode], chosen: str) -> None:
        """Offer the episodes of the show that were analysed."""
        before = self.ep_id or chosen
        with QSignalBlocker(self.chooser):
            self.chooser.clear()
            for episode in episodes:
                if episode.stages["cluster"].state != "missing":
                    self.chooser.addItem(episode.title, episode.ep_id)
            self.chooser.setCurrentIndex(max(0, self.chooser.findData(before)))
        self.chooser.setVisible(self.chooser.count() > 0)
        self.tray.set_episode(self.ep_id)

    def show_matches(self, matches: Sequence[Match]) -> None:
        """Show these, the most alike first."""
        self._matches = matches
        self.tray.set_singletons([match.suggestion for match in matches])
        count = len(self.sure_keys())
        self.accept_sure.setText(
            self.tr("Accept all that are sure ({count})").format(count=count)
            if count
            else self.tr("Accept all that are sure")
        )
        self.accept_sure.setEnabled(bool(count))

    def sure_keys(self) -> list[str]:
        """Keys of those that are clearly somebody."""
        return [match.suggestion.key for match in self._matches if match.sure]

    def stop(self) -> None:
        """End the threads that load pictures."""
        self.tray.stop()
