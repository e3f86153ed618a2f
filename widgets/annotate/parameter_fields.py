"""One field for each kind of parameter: it shows a value, gives it back, and tells when it was changed."""

from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QFontMetrics, QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QSpinBox,
    QWidget,
)

from core.annotate.spec import Parameter
from widgets.flow.buttons import Chip
from widgets.flow.chip_flow import ChipFlow
from widgets.switch import Switch

_FAR = 1_000_000_000
_LINES = 3


class ParameterField(QWidget):
    """Base of the fields."""

    changed = Signal()

    def __init__(self, parameter: Parameter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.parameter = parameter
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8)

    def value(self) -> Any:
        """What is in the field."""
        raise NotImplementedError

    def set_value(self, value: Any) -> None:
        """Show a value; nothing is told."""
        raise NotImplementedError

    def name_it(self, words: str) -> None:
        """The accessible name."""
        for part in self.findChildren(QWidget):
            if part.focusPolicy() != Qt.FocusPolicy.NoFocus and not part.accessibleName():
                part.setAccessibleName(words)


def field_of(parameter: Parameter) -> ParameterField:
    """The field for a parameter."""
    if parameter.type == "bool":
        return _Flag(parameter)
    if parameter.type == "list":
        return _Choices(parameter) if parameter.choices else _Lines(parameter)
    if parameter.type == "str":
        return _Choice(parameter) if parameter.choices else _Words(parameter)
    return _Number(parameter)


class _StillSpin(QDoubleSpinBox):
    """Scrolling a form never changes a value that the pointer happens to be over."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class _StillWholeSpin(QSpinBox):
    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class _StillCombo(QComboBox):
    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class _Number(ParameterField):
    """A number within its bounds; an optional one has a check for "automatic"."""

    def __init__(self, parameter: Parameter) -> None:
        super().__init__(parameter)
        self.spin: QDoubleSpinBox | QSpinBox
        low = -_FAR if parameter.minimum is None else parameter.minimum
        high = _FAR if parameter.maximum is None else parameter.maximum
        if parameter.type == "int":
            whole = _StillWholeSpin()
            whole.setRange(int(low), int(high))
            self.spin = whole
        else:
            part = _StillSpin()
            step = _step(parameter)
            part.setDecimals(4 if step < 0.01 else 3 if step < 0.05 else 2)
            part.setRange(low, high)
            part.setSingleStep(step)
            self.spin = part
        self.spin.setSuffix(f" {parameter.unit}" if parameter.unit else "")
        self.spin.setKeyboardTracking(False)
        self.spin.setFixedWidth(128)
        self.spin.setGroupSeparatorShown(False)
        self.spin.valueChanged.connect(self.changed)
        self.automatic = QCheckBox(self.tr("Automatic"))
        self.automatic.setVisible(parameter.optional)
        self.automatic.toggled.connect(self._on_automatic)
        self._row.addWidget(self.spin)
        self._row.addWidget(self.automatic)
        self._row.addStretch(1)

    def value(self) -> Any:
        """A number, or None for automatic."""
        if self.automatic.isChecked():
            return None
        return self.spin.value() if self.parameter.type == "int" else round(float(self.spin.value()), 9)

    def set_value(self, value: Any) -> None:
        """A number, or None for automatic."""
        with QSignalBlocker(self.spin), QSignalBlocker(self.automatic):
            self.automatic.setChecked(value is None)
            self.spin.setEnabled(value is not None)
            if isinstance(value, int | float) and not isinstance(value, bool):
                if isinstance(self.spin, QSpinBox):
                    self.spin.setValue(round(value))
                else:
                    self.spin.setValue(float(value))

    def _on_automatic(self, on: bool) -> None:
        self.spin.setEnabled(not on)
        self.changed.emit()


class _Flag(ParameterField):
    """A switch; an optional one has three states in a list."""

    def __init__(self, parameter: Parameter) -> None:
        super().__init__(parameter)
        self.switch = Switch("")
        self.switch.setAccessibleName("")
        self.switch.toggled.connect(self.changed)
        self._row.addWidget(self.switch)
        self._row.addStretch(1)

    def value(self) -> Any:
        """Whether it is on."""
        return self.switch.isChecked()

    def set_value(self, value: Any) -> None:
        """On or off."""
        with QSignalBlocker(self.switch):
            self.switch.setChecked(bool(value))
        self.switch.update()


class _Choice(ParameterField):
    """One of some words."""

    def __init__(self, parameter: Parameter) -> None:
        super().__init__(parameter)
        self.combo = _StillCombo()
        if parameter.optional:
            self.combo.addItem(self.tr("Automatic"), None)
        for choice in parameter.choices:
            self.combo.addItem(choice, choice)
        self.combo.setMinimumWidth(160)
        self.combo.currentIndexChanged.connect(lambda _at: self.changed.emit())
        self._row.addWidget(self.combo)
        self._row.addStretch(1)

    def value(self) -> Any:
        """The chosen word, or None for automatic."""
        return self.combo.currentData()

    def set_value(self, value: Any) -> None:
        """A word, or None for automatic."""
        with QSignalBlocker(self.combo):
            self.combo.setCurrentIndex(max(self.combo.findData(value), 0))


class _Words(ParameterField):
    """Any words."""

    def __init__(self, parameter: Parameter) -> None:
        super().__init__(parameter)
        self.line = QLineEdit()
        self.line.setPlaceholderText(self.tr("Automatic") if parameter.optional else "")
        self.line.editingFinished.connect(self._on_finished)
        self._told: Any = None
        self._row.addWidget(self.line)

    def value(self) -> Any:
        """The words; nothing written is None where that is allowed."""
        words = self.line.text().strip()
        return None if not words and self.parameter.optional else words

    def set_value(self, value: Any) -> None:
        """Words, or None."""
        self.line.setText("" if value is None else str(value))
        self._told = self.value()

    def _on_finished(self) -> None:
        if self.value() != self._told:
            self._told = self.value()
            self.changed.emit()


class _Lines(ParameterField):
    """Any number of words, one on a line."""

    def __init__(self, parameter: Parameter) -> None:
        super().__init__(parameter)
        self.text = QPlainTextEdit()
        self.text.setTabChangesFocus(True)
        self.text.setPlaceholderText(self.tr("One on each line"))
        self.text.setFixedHeight(QFontMetrics(self.text.font()).lineSpacing() * _LINES + 14)
        self.text.textChanged.connect(self.changed)
        self._row.addWidget(self.text)

    def value(self) -> Any:
        """The lines that are not empty."""
        lines = [line.strip() for line in self.text.toPlainText().splitlines()]
        kept = [line for line in lines if line]
        return None if not kept and self.parameter.optional and self.parameter.default is None else kept

    def set_value(self, value: Any) -> None:
        """Words."""
        with QSignalBlocker(self.text):
            self.text.setPlainText("\n".join(str(one) for one in value or ()))


class _Choices(ParameterField):
    """Any of some words, as chips."""

    def __init__(self, parameter: Parameter) -> None:
        super().__init__(parameter)
        self._row.setSpacing(0)
        self.chips = {choice: Chip(choice) for choice in parameter.choices}
        for choice, chip in self.chips.items():
            chip.setAccessibleName(choice)
            chip.toggled.connect(lambda _on: self.changed.emit())
        self._row.addWidget(ChipFlow(list(self.chips.values())))

    def value(self) -> Any:
        """The chosen words in the order of the choices."""
        return [choice for choice, chip in self.chips.items() if chip.isChecked()]

    def set_value(self, value: Any) -> None:
        """Words."""
        for choice, chip in self.chips.items():
            with QSignalBlocker(chip):
                chip.setChecked(choice in (value or ()))


def _step(parameter: Parameter) -> float:
    """A twentieth of the range, rounded; small for small defaults."""
    if parameter.minimum is not None and parameter.maximum is not None:
        span = parameter.maximum - parameter.minimum
        return 0.05 if span <= 1.0 else 0.1 if span <= 10 else 0.5 if span <= 100 else 1.0
    return 0.1 if abs(float(parameter.default or 0.0)) < 10 else 1.0
