"""Who is on screen when and for how long; a click on a bar shows the proof."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from app.desktop.identities_page.exporting import TIME_FORMATS
from core.screen_time.types import ScreenTime
from widgets.flow import label, push_button
from widgets.screen_time_chart import ScreenTimeChart

LARGEST_GAP_S = 60.0
GAP_STEP_S = 0.5


class ScreenTimeTab(QWidget):
    """The chart with its totals, the gap that is closed, and the exports."""

    seek_requested = Signal(float)
    people_wanted = Signal(list)
    """Ids of the identities of a person whose name was double-clicked."""
    gap_changed = Signal()
    export_requested = Signal(str)
    """csv, json, edl or otio."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._found: ScreenTime | None = None
        self.chart = ScreenTimeChart()
        self._gap = QDoubleSpinBox()
        self._gap.setRange(0.0, LARGEST_GAP_S)
        self._gap.setSingleStep(GAP_STEP_S)
        self._gap.setDecimals(1)
        self._gap.setSuffix(" s")
        self._gap.setAccessibleName(self.tr("Gaps to be closed"))
        self._gap.setToolTip(self.tr("Somebody who is lost from sight for no longer than this counts as still there."))
        self.export = push_button(self.tr("Export"), "export", small=True)
        menu = QMenu(self.export)
        for kind in TIME_FORMATS:
            menu.addAction(kind.upper()).triggered.connect(
                lambda _checked=False, kind=kind: self.export_requested.emit(kind)
            )
        self.export.setMenu(menu)
        head = QHBoxLayout()
        head.setContentsMargins(12, 8, 12, 8)
        head.setSpacing(8)
        head.addWidget(label(self.tr("Close gaps up to"), "muted"))
        head.addWidget(self._gap)
        head.addStretch(1)
        head.addWidget(self.export)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.chart, 1)
        self.setFocusProxy(self.chart)
        self.chart.seek_requested.connect(self.seek_requested)
        self.chart.person_activated.connect(self._on_person)
        self._gap.valueChanged.connect(lambda _value: self.gap_changed.emit())
        self.clear()

    @property
    def gap_s(self) -> float:
        """Gaps up to this are closed."""
        return self._gap.value()

    def show_time(self, found: ScreenTime) -> None:
        """Show the account of an episode."""
        self._found = found
        self.chart.set_screen_time(found)
        self.export.setEnabled(bool(found.people))

    def clear(self) -> None:
        """No episode is open."""
        self._found = None
        self.chart.set_screen_time(None)
        self.export.setEnabled(False)

    def _on_person(self, key: str) -> None:
        people = self._found.people if self._found is not None else ()
        for person in people:
            if person.key == key:
                self.people_wanted.emit(list(person.identity_ids))

    def stop(self) -> None:
        """End the threads that load pictures."""
        self.chart.stop()
