"""How a task is measured and scored, as a form."""

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from app.desktop.procedures_page.masks_form import MasksForm
from core.procedures.types import Task, TaskSettings
from widgets.flow import label, push_button

if TYPE_CHECKING:
    from collections.abc import Mapping

MEASURED = ("clip_s", "clip_overlap")
SHARES = ("clip_overlap", "swap_share", "over_time_share", "deviation_share")


class TaskDialog(QDialog):
    """``values`` after it was accepted. ``bounds``: lowest and highest value of every number, as core has them."""

    def __init__(
        self,
        task: Task,
        bounds: "Mapping[str, tuple[float, float]]",
        encoders: tuple[tuple[str, str], ...],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Settings of “{title}”").format(title=task.title or task.task_id))
        self.setMinimumSize(560, 520)
        self._settings = task.settings
        self.fields = {
            name: self._number(name, *limits, float(getattr(task.settings, name))) for name, limits in bounds.items()
        }
        self._shown = {name: field.value() for name, field in self.fields.items()}
        self.encoder = QComboBox()
        self.masks = MasksForm(task.settings.masks)
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel, Qt.Orientation.Horizontal
        )
        self._fill_encoders(encoders, task.settings.encoder)
        self._build()
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)

    def values(self) -> TaskSettings:
        """What the person set."""
        numbers = {
            name: field.value() / 100 if name in SHARES else field.value()
            for name, field in self.fields.items()
            if field.value() != self._shown[name]  # a field shows few digits: what was not touched stays as it is
        }
        return replace(
            self._settings, **numbers, encoder=str(self.encoder.currentData() or ""), masks=self.masks.values()
        )

    def measures_anew(self) -> bool:
        """Whether recordings must be measured again for it to count."""
        now = self.values()
        return any(getattr(now, name) != getattr(self._settings, name) for name in (*MEASURED, "encoder"))

    def show_still(self, image: QImage | None) -> None:
        """A picture of the task to draw regions on."""
        self.masks.show_still(image)

    # ---- inside

    def _build(self) -> None:
        tabs = QTabWidget()
        tabs.setDocumentMode(True)
        tabs.addTab(self._scoring(), self.tr("Scoring"))
        tabs.addTab(self._measuring(), self.tr("Measuring"))
        tabs.addTab(self._privacy(), self.tr("Privacy"))
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(12)
        column.addWidget(tabs, 1)
        column.addWidget(self.buttons)

    def _scoring(self) -> QWidget:
        words = {
            "pass_mark": (self.tr("Pass mark"), self.tr("Points out of 100 that are needed to pass")),
            "critical_weight": (self.tr("Weight of a critical step"), self.tr("As many ordinary steps as it counts")),
            "over_time_factor": (
                self.tr("Time allowed"),
                self.tr("A step may take this many times as long as in the gold recording, unless it says otherwise"),
            ),
            "swap_share": (self.tr("Steps swapped cost up to"), self.tr("Part of a step's points")),
            "over_time_share": (self.tr("Too slow costs up to"), self.tr("Part of a step's points")),
            "deviation_share": (self.tr("Done differently costs up to"), self.tr("Part of a step's points")),
            "extra_points": (self.tr("Each extra step costs"), self.tr("Points")),
        }
        note = self.tr("Scores that are there stay as they are and are marked as out of date.")
        return self._form(words, note)

    def _measuring(self) -> QWidget:
        words = {
            "clip_s": (self.tr("Length of a clip"), self.tr("Clips are what the search finds and the API counts")),
            "clip_overlap": (self.tr("Overlap of clips"), self.tr("Part of a clip that the next one shows again")),
        }
        note = self.tr(
            "Recordings must be measured again for these to count; recordings measured by different "
            "encoders are never compared."
        )
        page = self._form(words, note)
        layout = page.layout()
        choose = push_button(self.tr("ONNX file…"), "folder", small=True)
        choose.clicked.connect(self._choose_encoder)
        row = QHBoxLayout()
        row.addWidget(self.encoder, 1)
        row.addWidget(choose)
        self.encoder.setAccessibleName(self.tr("Encoder"))
        if isinstance(layout, QFormLayout):
            layout.insertRow(0, self.tr("Encoder"), row)
        return page

    def _privacy(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(12, 12, 12, 12)
        column.addWidget(
            label(
                self.tr(
                    "Hidden before anything is measured, and in every still and report. For recordings that are "
                    "added from now on; others have masks of their own in their menu."
                ),
                "muted",
                wrap=True,
            )
        )
        column.addWidget(self.masks, 1)
        return page

    def _form(self, words: dict[str, tuple[str, str]], note: str) -> QWidget:
        page = QWidget()
        form = QFormLayout(page)
        form.setContentsMargins(12, 12, 12, 12)
        form.setSpacing(10)
        for name, (title, tip) in words.items():
            if name in self.fields:
                field = self.fields[name]
                field.setAccessibleName(title)
                field.setToolTip(tip)
                form.addRow(title, field)
        form.addRow(label(note, "small", wrap=True))
        return page

    def _number(self, name: str, low: float, high: float, value: float) -> QDoubleSpinBox:
        field = QDoubleSpinBox()
        share = name in SHARES
        field.setRange(low * 100 if share else low, high * 100 if share else high)
        field.setDecimals(0 if share or name == "pass_mark" else 2)
        field.setSingleStep(5.0 if share or name == "pass_mark" else 0.5)
        suffixes = {"clip_s": " s", "over_time_factor": " ×", "critical_weight": " ×"}
        field.setSuffix(" %" if share else suffixes.get(name, ""))
        field.setValue(value * 100 if share else value)
        return field

    def _fill_encoders(self, encoders: tuple[tuple[str, str], ...], current: str) -> None:
        for model_id, title in encoders:
            self.encoder.addItem(title, model_id)
        if self.encoder.findData(current) < 0:
            self.encoder.addItem(current, current)
        self.encoder.setCurrentIndex(self.encoder.findData(current))

    def _choose_encoder(self) -> None:
        dialog = QFileDialog(self, self.tr("An ONNX image or clip encoder"), "", self.tr("ONNX models (*.onnx)"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._take_encoder)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _take_encoder(self, path: str) -> None:
        if self.encoder.findData(path) < 0:
            self.encoder.addItem(path, path)
        self.encoder.setCurrentIndex(self.encoder.findData(path))


class MasksDialog(QDialog):
    """What is hidden of one recording."""

    def __init__(self, title: str, form: MasksForm, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Hide parts of “{title}”").format(title=title))
        self.setMinimumSize(560, 480)
        self.form = form
        note = self.tr("The recording is measured again without what is hidden. Its file stays as it is.")
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel, Qt.Orientation.Horizontal
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(12)
        column.addWidget(form, 1)
        column.addWidget(label(note, "small", wrap=True))
        column.addWidget(buttons)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
