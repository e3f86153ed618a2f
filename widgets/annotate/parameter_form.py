"""The parameters of a pipeline as a form made from what the pipeline says of itself."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from core.annotate.spec import Parameter, PipelineSpec, Preset
from widgets.annotate.parameter_fields import ParameterField, field_of
from widgets.flow.buttons import Chip, IconButton, push_button
from widgets.flow.cards import separator
from widgets.flow.chip_flow import ChipFlow
from widgets.flow.labels import label
from widgets.icons import icon


class ParameterRow(QWidget):
    """Title, field, what the parameter does, what is wrong with it, and a button back to the default."""

    changed = Signal()

    def __init__(self, parameter: Parameter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.parameter = parameter
        title = parameter.title or parameter.name.replace("_", " ").capitalize()
        self.field: ParameterField = field_of(parameter)
        self.field.name_it(title)
        self._title = label(title, "body")
        self._title.setToolTip(parameter.name)
        self._note = label(self._note_words(), "small", wrap=True)
        self._fault = label("", "error", wrap=True)
        self._fault.setVisible(False)
        self._reset = IconButton(
            "undo", self.tr("Back to {value}").format(value=self._words(parameter.default)), size_px=14
        )
        self._reset.clicked.connect(self._to_default)
        self.field.changed.connect(self._on_changed)
        wide = parameter.type == "list" or (parameter.type == "str" and not parameter.choices)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._title, 1)
        if not wide:
            head.addWidget(self.field)
        head.addWidget(self._reset)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        if wide:
            column.addWidget(self.field)
        column.addWidget(self._note)
        column.addWidget(self._fault)
        self.set_value(parameter.default)

    def value(self) -> Any:
        """What is in the field."""
        return self.field.value()

    def set_value(self, value: Any) -> None:
        """Show a value; nothing is told. One that the field cannot hold is named as a fault."""
        self.field.set_value(value)
        shown = self.value()
        lost = not _same(self.parameter, shown, value)
        words = self.tr("{value} is not possible here; {shown} is used.")
        self.set_fault(words.format(value=self._words(value), shown=self._words(shown)) if lost else "")
        self._show_reset()

    def set_fault(self, words: str) -> None:
        """What is wrong, "" = nothing."""
        self._fault.setText(words)
        self._fault.setVisible(bool(words))
        self.field.setAccessibleDescription(words or self.parameter.description)

    def fault(self) -> str:
        """What is wrong."""
        return self._fault.text()

    def differs(self) -> bool:
        """Whether the value is another one than the default."""
        return not _same(self.parameter, self.value(), self.parameter.default)

    def _to_default(self) -> None:
        self.field.set_value(self.parameter.default)
        self._on_changed()

    def _on_changed(self) -> None:
        self.set_fault("")
        self._show_reset()
        self.changed.emit()

    def _show_reset(self) -> None:
        """The button keeps its place: nothing moves when a value is changed."""
        self._reset.setEnabled(self.differs())
        policy = self._reset.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._reset.setSizePolicy(policy)
        self._reset.setVisible(self.differs())

    def _note_words(self) -> str:
        low, high, unit = self.parameter.minimum, self.parameter.maximum, self.parameter.unit
        bounds = ""
        if low is not None and high is not None:
            bounds = (
                self.tr("{low} to {high} {unit}").format(low=f"{low:g}", high=f"{high:g}", unit=unit).rstrip() + "."
            )
        elif low is not None:
            bounds = self.tr("At least {low} {unit}").format(low=f"{low:g}", unit=unit).rstrip() + "."
        elif high is not None:
            bounds = self.tr("At most {high} {unit}").format(high=f"{high:g}", unit=unit).rstrip() + "."
        return " ".join(part for part in (self.parameter.description, bounds) if part)

    def _words(self, value: Any) -> str:
        if value is None:
            return self.tr("automatic")
        if isinstance(value, bool):
            return self.tr("on") if value else self.tr("off")
        if isinstance(value, float):
            return f"{value:g} {self.parameter.unit}".rstrip()
        if isinstance(value, list | tuple):
            return ", ".join(str(one) for one in value) or self.tr("nothing")
        return f"{value} {self.parameter.unit}".rstrip() or self.tr("nothing")


class ParameterForm(QWidget):
    """Presets above, then the parameters; those that are rarely changed are folded away."""

    changed = Signal()
    """A person changed a value or chose a preset."""
    preset_chosen = Signal(str)
    preset_save_requested = Signal(object)
    """The values that differ from the defaults (a dict), to be kept under a name."""
    preset_delete_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._spec: PipelineSpec | None = None
        self._rows: dict[str, ParameterRow] = {}
        self._own: tuple[Preset, ...] = ()
        self._chips: dict[str, Chip] = {}
        self._editable = True
        self._title = label("", "heading")
        self._about = label("", "muted", wrap=True)
        self._presets = ChipFlow()
        self._save: QPushButton | None = None
        self._fold = push_button(self.tr("Advanced"), "chevron-right", "quiet", small=True)
        self._fold.setCheckable(True)
        self._fold.toggled.connect(self._on_fold)
        self._plain, self._advanced = QVBoxLayout(), QVBoxLayout()
        for part in (self._plain, self._advanced):
            part.setSpacing(16)
            part.setContentsMargins(0, 0, 0, 0)
        self._folded = QWidget()
        self._folded.setLayout(self._advanced)
        self._nothing = label(self.tr("This pipeline has nothing to set."), "muted", wrap=True)
        self._build()
        self.set_spec(None)

    # ---- what a page says ----

    def set_spec(self, spec: PipelineSpec | None) -> None:
        """Show the parameters of a pipeline with their defaults; None = nothing is chosen."""
        self._spec = spec
        for row in self._rows.values():
            row.hide()
            row.deleteLater()
        self._rows = {}
        self._title.setText(self.tr("Choose a pipeline to see its parameters.") if spec is None else spec.display_name)
        self._about.setText("" if spec is None else spec.description)
        self._about.setVisible(bool(self._about.text()))
        for parameter in spec.parameters if spec is not None else ():
            row = ParameterRow(parameter)
            row.changed.connect(self._on_changed)
            row.setEnabled(self._editable)
            self._rows[parameter.name] = row
            (self._advanced if parameter.advanced else self._plain).addWidget(row)
        folded = sum(row.parameter.advanced for row in self._rows.values())
        self._fold.setVisible(folded > 0)
        self._fold.setText(self.tr("Advanced ({count})").format(count=folded))
        self._nothing.setVisible(spec is not None and not self._rows)
        self._fold.setChecked(False)
        self._on_fold(on=False)
        self._fill_presets()

    def set_values(self, values: Mapping[str, Any]) -> None:
        """Show these, and the defaults of what is not among them; nothing is told. Other names are passed over."""
        for name, row in self._rows.items():
            row.set_value(values.get(name, row.parameter.default))
        self._open_if_needed()
        self._light_preset()

    def values(self) -> dict[str, Any]:
        """What differs from the defaults."""
        return {name: row.value() for name, row in self._rows.items() if row.differs()}

    def complete(self) -> dict[str, Any]:
        """All values."""
        return {name: row.value() for name, row in self._rows.items()}

    def set_faults(self, faults: Mapping[str, str]) -> None:
        """What is wrong, by parameter; what is not named is right."""
        for name, row in self._rows.items():
            row.set_fault(faults.get(name, ""))
        self._open_if_needed()

    def set_own_presets(self, presets: Sequence[Preset]) -> None:
        """The presets that the person keeps for this pipeline, besides those that it brings."""
        self._own = tuple(presets)
        self._fill_presets()

    def set_editable(self, editable: bool) -> None:
        """Whether the values can be changed."""
        self._editable = editable
        for row in self._rows.values():
            row.setEnabled(editable)
        self._presets.setEnabled(editable)

    def row(self, name: str) -> ParameterRow | None:
        """The row of a parameter."""
        return self._rows.get(name)

    # ---- inside ----

    def _all_presets(self) -> list[Preset]:
        if self._spec is None:
            return []
        default = Preset("", self.tr("Defaults"), {})
        # a preset that changes nothing is the defaults by another name
        brought = [one for one in self._spec.presets if not self._is_now(one, {})]
        return [default, *brought, *self._own]

    def _fill_presets(self) -> None:
        self._chips = {}
        own = {preset.name for preset in self._own}
        for preset in self._all_presets():
            chip = Chip(preset.title or preset.name, removable=preset.name in own)
            chip.setToolTip(self._preset_words(preset))
            chip.clicked.connect(lambda _on=False, preset=preset: self._choose(preset))
            chip.removed.connect(lambda preset=preset: self.preset_delete_requested.emit(preset.name))
            self._chips[preset.name] = chip
        self._save = push_button(self.tr("Keep as preset…"), "add", "quiet", small=True)
        self._save.clicked.connect(lambda: self.preset_save_requested.emit(self.values()))
        self._presets.set_parts([*self._chips.values(), self._save])
        for part in (self._presets, self._edge):
            part.setVisible(bool(self._rows))
        self._light_preset()

    def _preset_words(self, preset: Preset) -> str:
        lines = [f"{name}: {value}" for name, value in preset.config.items()]
        return "\n".join(lines) or self.tr("All parameters as the pipeline brings them")

    def _choose(self, preset: Preset) -> None:
        self.set_values(preset.config)
        self.preset_chosen.emit(preset.name)
        self.changed.emit()

    def _light_preset(self) -> None:
        now = self.values()
        for preset in self._all_presets():
            chip = self._chips.get(preset.name)
            if chip is not None:
                with QSignalBlocker(chip):
                    chip.setChecked(self._is_now(preset, now))
        if self._save is not None:
            self._save.setEnabled(bool(now) and not any(chip.isChecked() for chip in self._chips.values()))

    def _is_now(self, preset: Preset, now: Mapping[str, Any]) -> bool:
        wanted = {
            name: value
            for name, value in preset.config.items()
            if (row := self._rows.get(name)) is not None and not _same(row.parameter, value, row.parameter.default)
        }
        return wanted.keys() == now.keys() and all(
            _same(self._rows[name].parameter, value, now[name]) for name, value in wanted.items()
        )

    def _on_changed(self) -> None:
        self._light_preset()
        self.changed.emit()

    def _open_if_needed(self) -> None:
        if any(row.parameter.advanced and (row.fault() or row.differs()) for row in self._rows.values()):
            self._fold.setChecked(True)

    def _on_fold(self, on: bool) -> None:
        self._folded.setVisible(on)
        self._fold.setIcon(icon("chevron-down" if on else "chevron-right"))

    def _build(self) -> None:
        inside = QWidget()
        inside.setProperty("role", "scrolled")
        column = QVBoxLayout(inside)
        column.setContentsMargins(20, 16, 20, 20)
        column.setSpacing(12)
        column.addWidget(self._title)
        column.addWidget(self._about)
        column.addWidget(self._presets)
        self._edge = separator()
        column.addWidget(self._edge)
        column.addWidget(self._nothing)
        column.addLayout(self._plain)
        column.addWidget(self._fold, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._folded)
        column.addStretch(1)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidget(inside)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._area)
        self.setAccessibleName(self.tr("Parameters"))


def _same(parameter: Parameter, one: Any, other: Any) -> bool:
    """Whether two values of a parameter mean the same."""
    if one is None or other is None:
        return one is other
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if parameter.type in ("float", "int"):
        numbers = isinstance(one, int | float) and isinstance(other, int | float)
        return numbers and abs(one - other) < 1e-9
    if parameter.type == "list":
        both = list(one), list(other)
        return sorted(map(str, both[0])) == sorted(map(str, both[1])) if parameter.choices else both[0] == both[1]
    return bool(one == other)
