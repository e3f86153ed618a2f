"""A lane of one's own: its name, what it holds, and the labels that are meant to be used."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from app.desktop.annotate_page.words import vocabulary_of
from core.annotate.types import OwnTier, TierKind
from widgets.flow import Chip, label

VOCABULARY_PX = 150


class LaneDialog(QDialog):
    """``name``, ``kind``, ``labels`` and ``whose`` after it was accepted. ``tier``: the one to change, None = new."""

    def __init__(self, coder: str, tier: OwnTier | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("New lane") if tier is None else self.tr("Lane “{name}”").format(name=tier.name))
        self.setMinimumWidth(440)
        self.name_field = QLineEdit(tier.name if tier is not None else "")
        self.name_field.setPlaceholderText(self.tr("Gaze, Gesture, Speech…"))
        self.coder_field = QLineEdit(tier.coder if tier is not None else coder)
        self.coder_field.setEnabled(tier is None)
        self.kinds = {
            TierKind.INTERVALS: Chip(self.tr("Intervals")),
            TierKind.POINTS: Chip(self.tr("Points")),
        }
        self.vocabulary_field = QPlainTextEdit("\n".join(tier.vocabulary) if tier is not None else "")
        self.vocabulary_field.setPlaceholderText(self.tr("One label a line. The first nine have the keys 1 to 9."))
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel, Qt.Orientation.Horizontal
        )
        self._kind_group = QButtonGroup(self)
        self._build(tier)
        self.name_field.textChanged.connect(lambda _text: self._show_ready())
        self._show_ready()

    @property
    def name(self) -> str:
        """What it is called."""
        return self.name_field.text().strip()

    @property
    def kind(self) -> TierKind:
        """Intervals or points."""
        return TierKind.POINTS if self.kinds[TierKind.POINTS].isChecked() else TierKind.INTERVALS

    @property
    def labels(self) -> tuple[str, ...]:
        """The vocabulary; () = any label."""
        return vocabulary_of(self.vocabulary_field.toPlainText())

    @property
    def whose(self) -> str:
        """The coder."""
        return self.coder_field.text().strip()

    def _show_ready(self) -> None:
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(bool(self.name))

    def _build(self, tier: OwnTier | None) -> None:
        kinds = QHBoxLayout()
        kinds.setSpacing(6)
        for kind, chip in self.kinds.items():
            chip.setChecked(kind is (tier.kind if tier is not None else TierKind.INTERVALS))
            chip.setEnabled(tier is None)
            self._kind_group.addButton(chip)
            kinds.addWidget(chip)
        kinds.addStretch(1)
        self.vocabulary_field.setFixedHeight(VOCABULARY_PX)
        self.vocabulary_field.setTabChangesFocus(True)
        for field, words in (
            (self.name_field, self.tr("Name")),
            (self.coder_field, self.tr("Coder")),
            (self.vocabulary_field, self.tr("Labels")),
        ):
            field.setAccessibleName(words)
        form = QFormLayout()
        form.setSpacing(10)
        form.addRow(self.tr("Name"), self.name_field)
        form.addRow(self.tr("Holds"), kinds)
        form.addRow(self.tr("Coder"), self.coder_field)
        form.addRow(self.tr("Labels"), self.vocabulary_field)
        ok = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        ok.setText(self.tr("Add the lane") if tier is None else self.tr("Save"))
        ok.setProperty("role", "primary")
        note = self.tr("Other labels can be written too. Marks that have a label keep it when the list changes.")
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 12)
        column.setSpacing(12)
        column.addLayout(form)
        column.addWidget(label(note, "small", wrap=True))
        column.addWidget(self.buttons)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
