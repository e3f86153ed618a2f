"""The rows of advanced parameters, each checked while it is written."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from app.desktop.library_page.analysis_fields import (
    Field,
    ParameterValue,
    advanced_sections,
    default_text,
    problem_of,
    read_value,
)
from widgets.flow import label

INPUT_PX = 230


class FieldRow:
    """The widgets of one parameter: title, input, what is wrong with it."""

    def __init__(self, field: Field) -> None:
        self.field = field
        self.title = label(field.title, "body")
        self.title.setToolTip(field.tip)
        self.problem = label("", "error", wrap=True)
        self.problem.hide()
        self.line: QLineEdit | None = None
        self.combo: QComboBox | None = None
        if field.choices or field.kind is bool:
            self.combo = QComboBox()
            for choice in ("", *(field.choices or ("yes", "no"))):
                self.combo.addItem(choice, choice)
        else:
            self.line = QLineEdit()
        self.input: QWidget = self.line or self.combo or QWidget()
        self.input.setFixedWidth(INPUT_PX)
        self.input.setToolTip(field.tip)
        self.input.setAccessibleName(field.title)
        self.input.setAccessibleDescription(field.tip)
        self.title.setBuddy(self.input)

    @property
    def text(self) -> str:
        """What the person chose; "" = as the profile."""
        if self.line is not None:
            return self.line.text()
        return str(self.combo.currentData()) if self.combo is not None else ""

    def set_text(self, text: str) -> None:
        """Fill in a value; "" = as the profile."""
        if self.line is not None:
            self.line.setText(text)
        elif self.combo is not None:
            self.combo.setCurrentIndex(max(0, self.combo.findData(text)))

    def show_default(self, text: str, as_profile: str) -> None:
        """What an empty field means now."""
        if self.line is not None:
            self.line.setPlaceholderText(text)
        elif self.combo is not None:
            self.combo.setItemText(0, as_profile.format(value=text))

    def check(self) -> bool:
        """Show what is wrong, if anything is."""
        problem = problem_of(self.field, self.text)
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        self.input.setProperty("invalid", bool(problem))
        self.input.style().unpolish(self.input)
        self.input.style().polish(self.input)
        return not problem


class AdvancedForm(QWidget):
    """All sections; empty fields follow the profile."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "scrolled")
        self.rows: dict[str, FieldRow] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 12, 0)
        column.setSpacing(6)
        for section in advanced_sections():
            column.addSpacing(8)
            column.addWidget(label(section.title, "strong"))
            grid = QGridLayout()
            grid.setHorizontalSpacing(16)
            grid.setVerticalSpacing(6)
            grid.setColumnStretch(0, 1)
            for field in section.fields:
                self._add_row(grid, FieldRow(field))
            column.addLayout(grid)
        column.addStretch(1)

    def first_problem(self) -> str:
        """The first field that cannot be used, and why; "" when all can."""
        for row in self.rows.values():
            problem = problem_of(row.field, row.text)
            if problem:
                return f"{row.field.title}: {problem}"
        return ""

    def values(self) -> dict[str, ParameterValue]:
        """What the person filled in, without the empty fields. Only call it while there is no problem."""
        read = {name: read_value(row.field, row.text) for name, row in self.rows.items()}
        return {name: value for name, value in read.items() if value is not None}

    def set_values(self, values: dict[str, ParameterValue]) -> None:
        """Fill in earlier choices."""
        for name, row in self.rows.items():
            value = values.get(name)
            row.set_text(
                "" if value is None else {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
            )

    def show_profile(self, profile: str) -> None:
        """Show in the empty fields what the profile uses."""
        for row in self.rows.values():
            row.show_default(default_text(row.field, profile), self.tr("As the profile: {value}"))

    def _add_row(self, grid: QGridLayout, row: FieldRow) -> None:
        at = grid.rowCount()
        grid.addWidget(row.title, at, 0)
        grid.addWidget(row.input, at, 1)
        grid.addWidget(row.problem, at + 1, 0, 1, 2)
        if row.line is not None:
            row.line.textChanged.connect(lambda _text: self._on_change(row))
        elif row.combo is not None:
            row.combo.currentIndexChanged.connect(lambda _index: self._on_change(row))
        self.rows[row.field.name] = row

    def _on_change(self, row: FieldRow) -> None:
        row.check()
        self.changed.emit()


def muted(text: str) -> QLabel:
    """A second line in small, muted letters."""
    return label(text, "small", wrap=True)
