"""A rule as a form: its sentence on top, conditions, action, and what is wrong with it next to the field."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QGridLayout, QHBoxLayout, QLineEdit, QSpinBox, QVBoxLayout, QWidget

from app.desktop.automation_page.rule_draft import Draft, advice_for, target_of
from app.desktop.automation_page.rule_fields import ConditionFields
from core.scanning.types import RuleAction
from widgets.flow import label, push_button
from widgets.rule_words import preset_title, rule_sentence
from widgets.switch import Switch

MOST_PRIORITY = 100
PRESETS = ("fast", "balanced", "best")


class RuleEditor(QWidget):
    """Shows a draft and takes what the person writes; saves nothing itself."""

    changed = Signal()
    save_requested = Signal()
    revert_requested = Signal()

    def __init__(self, languages: Mapping[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name_of: Callable[[str], str] = lambda code: languages.get(code, code)
        self._rule_id: int | None = None
        self._showing = False
        self._sentence = label("", "heading", wrap=True)
        self._advice = label("", "warning", wrap=True)
        self.name = QLineEdit()
        self.enabled = Switch(self.tr("On"))
        self.fields = ConditionFields(languages)
        self.action = QComboBox()
        self.preset = QComboBox()
        self.priority = QSpinBox()
        self.save = push_button(self.tr("Save rule"), "check", "primary")
        self.revert = push_button(self.tr("Discard changes"), "undo")
        self._state = label("", "small")
        self._problems = {key: label("", "error", wrap=True) for key in ("name", "conditions", "language", "saving")}
        self._build()
        self._connect()

    # ------------------------------------------------------------------ what the section says

    @property
    def draft(self) -> Draft:
        """As the fields stand."""
        conditions = self.fields.conditions
        action_type = self.action.currentData()
        action = RuleAction(
            action_type, target_of(conditions, action_type), self.preset.currentData(), self.priority.value()
        )
        return Draft(self._rule_id, self.name.text().strip(), self.enabled.isChecked(), conditions, action)

    @property
    def unknown_language(self) -> str:
        """What was written as a language and is none."""
        return self.fields.unknown

    @property
    def sentence(self) -> str:
        """The rule in words."""
        return self._sentence.text()

    def problem_text(self, key: str) -> str:
        """What is said to be wrong: key name, conditions, language or saving."""
        return self._problems[key].text()

    def show_draft(self, draft: Draft) -> None:
        """Fill the form."""
        self._showing = True
        self._rule_id = draft.rule_id
        self.name.setText(draft.name)
        self.enabled.setChecked(draft.enabled)
        self.fields.show_conditions(draft.conditions)
        self.action.setCurrentIndex(max(0, self.action.findData(draft.action.action_type)))
        self.preset.setCurrentIndex(max(0, self.preset.findData(draft.action.quality_preset)))
        self.priority.setValue(draft.action.job_priority)
        self._showing = False
        self._show_sentence()

    def show_problems(self, problems: Mapping[str, str]) -> None:
        """Say what is wrong, each beside its field; fields that are right say nothing."""
        for key, shown in self._problems.items():
            shown.setText(problems.get(key, ""))
            shown.setVisible(bool(problems.get(key)))
        invalid = "name" in problems
        if self.name.property("invalid") != invalid:
            self.name.setProperty("invalid", invalid)
            self.name.style().unpolish(self.name)
            self.name.style().polish(self.name)

    def show_state(self, *, dirty: bool, valid: bool, is_new: bool) -> None:
        """What can be saved or taken back."""
        self.save.setEnabled((dirty or is_new) and valid)
        self.revert.setEnabled(dirty or is_new)
        self.revert.setText(self.tr("Discard this rule") if is_new else self.tr("Discard changes"))
        self._state.setText(self.tr("Not saved yet") if dirty or is_new else self.tr("Saved"))

    # ------------------------------------------------------------------ parts

    def _on_change(self) -> None:
        if not self._showing:
            self._show_sentence()
            self.changed.emit()

    def _show_sentence(self) -> None:
        draft = self.draft
        self._sentence.setText(rule_sentence(draft.conditions, draft.action, self._name_of))
        advice = advice_for(draft, self._name_of)
        self._advice.setText(advice)
        self._advice.setVisible(bool(advice))

    def _connect(self) -> None:
        self.name.textEdited.connect(lambda _text: self._on_change())
        self.enabled.toggled.connect(lambda _on: self._on_change())
        self.fields.changed.connect(self._on_change)
        for box in (self.action, self.preset):
            box.currentIndexChanged.connect(lambda _index: self._on_change())
        self.priority.valueChanged.connect(lambda _value: self._on_change())
        self.save.clicked.connect(self.save_requested)
        self.revert.clicked.connect(self.revert_requested)
        self.name.returnPressed.connect(lambda: self.save_requested.emit() if self.save.isEnabled() else None)

    def _build(self) -> None:
        said = QFrame()
        said.setProperty("role", "card")
        words = QVBoxLayout(said)
        words.setContentsMargins(16, 12, 16, 12)
        words.setSpacing(6)
        words.addWidget(self._sentence)
        words.addWidget(self._advice)
        self._sentence.setAccessibleName(self.tr("The rule in words"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(said)
        column.addLayout(self._head())
        column.addWidget(self._problems["name"])
        column.addWidget(label(self.tr("When all of these hold"), "strong"))
        column.addWidget(self.fields)
        for key in ("language", "conditions"):
            column.addWidget(self._problems[key])
        column.addWidget(label(self.tr("Then"), "strong"))
        column.addLayout(self._then())
        column.addWidget(self._problems["saving"])

    def _head(self) -> QHBoxLayout:
        self.name.setAccessibleName(self.tr("Name of the rule"))
        self.name.setPlaceholderText(self.tr("Name of the rule"))
        self.name.setMaxLength(200)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.name, 1)
        row.addWidget(self.enabled)
        return row

    def _then(self) -> QGridLayout:
        self.action.addItem(self.tr("Transcribe what is spoken"), "transcribe")
        self.action.addItem(self.tr("Translate into English"), "translate")
        self.action.setAccessibleName(self.tr("What to do"))
        for preset in PRESETS:
            self.preset.addItem(preset_title(preset), preset)
        self.preset.setAccessibleName(self.tr("Quality"))
        self.priority.setRange(-MOST_PRIORITY, MOST_PRIORITY)
        self.priority.setFixedWidth(90)
        self.priority.setAccessibleName(self.tr("Priority of the jobs"))
        self.priority.setToolTip(self.tr("Jobs with a higher priority run first."))
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setColumnStretch(0, 3)
        grid.setColumnStretch(1, 2)
        for at, (title, field) in enumerate(
            (
                (self.tr("What to do"), self.action),
                (self.tr("Quality"), self.preset),
                (self.tr("Priority"), self.priority),
            )
        ):
            grid.addWidget(label(title, "caption"), 0, at)
            grid.addWidget(field, 1, at)
        return grid

    def foot(self) -> QHBoxLayout:
        """Save, discard, and whether it was saved: for a place that does not scroll away."""
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._state, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.revert)
        row.addWidget(self.save)
        return row
