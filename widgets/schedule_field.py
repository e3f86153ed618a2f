"""When something is done by itself: never, every so often, daily at a time, or by a cron expression."""

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QSignalBlocker, Qt, QTime, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QRadioButton,
    QSpinBox,
    QTimeEdit,
    QVBoxLayout,
    QWidget,
)

from widgets.flow.labels import label

ScheduleKind = Literal["off", "interval", "daily", "cron"]
KINDS: tuple[ScheduleKind, ...] = ("off", "interval", "daily", "cron")
MINUTES_OF_HOUR = 60
MOST_COUNT = 999


@dataclass(frozen=True, slots=True)
class ScheduleChoice:
    """What was chosen: ``minutes`` counts for interval, ``at`` (``HH:MM``) for daily, ``cron`` for cron."""

    kind: ScheduleKind = "off"
    minutes: int = 360
    at: str = "02:00"
    cron: str = "0 2 * * *"


class ScheduleField(QWidget):
    """Radio buttons with a field each; below them the next times, or what is wrong."""

    changed = Signal()
    """The person chose something else."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons: dict[ScheduleKind, QRadioButton] = {
            "off": QRadioButton(self.tr("Off")),
            "interval": QRadioButton(self.tr("Every")),
            "daily": QRadioButton(self.tr("Every day at")),
            "cron": QRadioButton(self.tr("Cron expression")),
        }
        self._group = QButtonGroup(self)
        self.count = QSpinBox()
        self.unit = QComboBox()
        self.at = QTimeEdit()
        self.cron = QLineEdit()
        self._next = label("", "small", wrap=True)
        self._problem = label("", "error", wrap=True)
        self._build()
        self.set_choice(ScheduleChoice())
        self._group.buttonClicked.connect(lambda _button: self._on_change())
        self.count.valueChanged.connect(lambda _value: self._on_change())
        self.unit.currentIndexChanged.connect(lambda _index: self._on_change())
        self.at.timeChanged.connect(lambda _time: self._on_change())
        self.cron.textEdited.connect(lambda _text: self._on_change())
        self.show_next((), "")

    @property
    def choice(self) -> ScheduleChoice:
        """As the fields stand."""
        kind: ScheduleKind = next((kind for kind, button in self.buttons.items() if button.isChecked()), KINDS[0])
        minutes = self.count.value() * int(self.unit.currentData())
        return ScheduleChoice(kind, minutes, self.at.time().toString("HH:mm"), self.cron.text().strip())

    @property
    def problem_text(self) -> str:
        """What is said to be wrong."""
        return self._problem.text()

    @property
    def next_text(self) -> str:
        """What is said of the next times."""
        return self._next.text()

    def set_choice(self, choice: ScheduleChoice) -> None:
        """Show a choice."""
        whole_hours = choice.minutes % MINUTES_OF_HOUR == 0
        with (
            QSignalBlocker(self.count),
            QSignalBlocker(self.unit),
            QSignalBlocker(self.at),
            QSignalBlocker(self.cron),
        ):
            self.buttons[choice.kind].setChecked(True)
            self.unit.setCurrentIndex(1 if whole_hours else 0)
            self.count.setValue(choice.minutes // MINUTES_OF_HOUR if whole_hours else choice.minutes)
            self.at.setTime(QTime.fromString(choice.at, "HH:mm"))
            if self.cron.text().strip() != choice.cron:
                self.cron.setText(choice.cron)
        self._enable()

    def show_next(self, times: tuple[str, ...], problem: str) -> None:
        """Say when it happens next, or what is wrong with what was chosen."""
        self._next.setText(self.tr("Next: {times}").format(times="  ·  ".join(times)) if times else "")
        self._next.setVisible(bool(times) and not problem)
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        invalid = bool(problem) and self.buttons["cron"].isChecked()
        if self.cron.property("invalid") != invalid:
            self.cron.setProperty("invalid", invalid)
            self.cron.style().unpolish(self.cron)
            self.cron.style().polish(self.cron)

    def _on_change(self) -> None:
        self._enable()
        self.changed.emit()

    def _enable(self) -> None:
        kind = self.choice.kind
        self.count.setEnabled(kind == "interval")
        self.unit.setEnabled(kind == "interval")
        self.at.setEnabled(kind == "daily")
        self.cron.setEnabled(kind == "cron")

    def _build(self) -> None:
        self.count.setRange(1, MOST_COUNT)
        self.count.setFixedWidth(90)
        self.count.setAccessibleName(self.tr("How often"))
        self.unit.addItem(self.tr("minutes"), 1)
        self.unit.addItem(self.tr("hours"), MINUTES_OF_HOUR)
        self.unit.setAccessibleName(self.tr("Unit of time"))
        self.at.setDisplayFormat("HH:mm")
        self.at.setFixedWidth(90)
        self.at.setAccessibleName(self.tr("Time of day"))
        self.cron.setFixedWidth(220)
        self.cron.setPlaceholderText("0 2 * * *")
        self.cron.setAccessibleName(self.tr("Cron expression: minute, hour, day, month, day of week"))
        fields: dict[ScheduleKind, tuple[QWidget, ...]] = {
            "off": (),
            "interval": (self.count, self.unit),
            "daily": (self.at,),
            "cron": (self.cron, label(self.tr("minute  hour  day  month  weekday"), "caption")),
        }
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        for row, kind in enumerate(KINDS):
            self._group.addButton(self.buttons[kind])
            self.buttons[kind].setMinimumHeight(30)
            grid.addWidget(self.buttons[kind], row, 0, Qt.AlignmentFlag.AlignVCenter)
            line = QHBoxLayout()
            line.setSpacing(8)
            for field in fields[kind]:
                line.addWidget(field)
            line.addStretch(1)
            grid.addLayout(line, row, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(grid)
        column.addWidget(self._next)
        column.addWidget(self._problem)
