"""How to analyse: profile, models, device, and the advanced parameters."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QDialog,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QRadioButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.desktop.library_page.analysis_fields import PROFILES
from app.desktop.library_page.analysis_form import AdvancedForm, muted
from app.desktop.library_page.model_choices import ModelChoice, Offers
from widgets.flow import label, push_button, separator
from widgets.time_text import format_size

OWN_FILE = "own-file"


class AnalysisDialog(QDialog):
    """Gives the parameters of an analysis: only what differs from the profile and the defaults."""

    def __init__(self, subject: str, offers: Offers, chosen: dict[str, Any], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Analyse"))
        self.setMinimumWidth(620)
        self._offers = offers
        self._profiles = QButtonGroup(self)
        self._detector = QComboBox()
        self._embedder = QComboBox()
        self._device = QComboBox()
        self._notes: dict[QComboBox, QLabel] = {}
        self.form = AdvancedForm()
        self._toggle = push_button(self.tr("Advanced parameters"), "chevron-right", "quiet")
        self._toggle.setCheckable(True)
        self._problem = label("", "error", wrap=True)
        self.analyse = push_button(self.tr("Analyse"), "play", "primary")
        self.analyse.setDefault(True)
        self._build(subject)
        self._fill(chosen)
        self._connect()
        self._refresh()
        self.analyse.setFocus()

    def values(self) -> dict[str, Any]:
        """Parameters for the job. Only call it while the button Analyse is enabled."""
        params: dict[str, Any] = {"profile": self.profile, **self.form.values()}
        for name, combo in (("detector", self._detector), ("embedder", self._embedder), ("device", self._device)):
            value = combo.currentData()
            if value:
                params[name] = value
        return params

    @property
    def profile(self) -> str:
        """The chosen profile's name."""
        button = self._profiles.checkedButton()
        return str(button.property("profile")) if button is not None else "balanced"

    def choose_profile(self, name: str) -> None:
        """Choose a profile."""
        for button in self._profiles.buttons():
            button.setChecked(button.property("profile") == name)

    # ------------------------------------------------------------------ assembly

    def _build(self, subject: str) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(10)
        title = label(subject, "heading", wrap=True)
        column.addWidget(title)
        column.addWidget(
            muted(self.tr("Finds shots and faces, follows each face through its shot, and groups the faces by person."))
        )
        column.addSpacing(4)
        column.addWidget(self._profile_row())
        column.addSpacing(4)
        column.addLayout(self._choices())
        column.addWidget(self._toggle, 0, Qt.AlignmentFlag.AlignLeft)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setWidget(self.form)
        self._area.setMinimumHeight(260)
        self._area.setAccessibleName(self.tr("Advanced parameters"))
        self._area.hide()
        column.addWidget(self._area, 1)
        column.addWidget(self._problem)
        column.addWidget(separator())
        column.addLayout(self._footer())

    def _profile_row(self) -> QWidget:
        texts = {
            "low_power": (self.tr("Low power"), self.tr("Fastest. Few frames, large faces.")),
            "balanced": (self.tr("Balanced"), self.tr("For most videos. Also small faces.")),
            "high_accuracy": (self.tr("High accuracy"), self.tr("Every frame. Several times slower.")),
        }
        box = QWidget()
        box.setAccessibleName(self.tr("Profile"))
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(20)
        for name in PROFILES:
            title, sentence = texts[name]
            button = QRadioButton(title)
            button.setProperty("profile", name)
            button.setAccessibleDescription(sentence)
            self._profiles.addButton(button)
            cell = QVBoxLayout()
            cell.setSpacing(2)
            cell.addWidget(button)
            hint = muted(sentence)
            hint.setIndent(24)
            cell.addWidget(hint)
            cell.addStretch(1)
            row.addLayout(cell, 1)
        return box

    def _choices(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        rows = (
            (self.tr("Finds faces"), self._detector),
            (self.tr("Compares faces"), self._embedder),
            (self.tr("Runs on"), self._device),
        )
        for at, (title, combo) in enumerate(rows):
            name = label(title)
            name.setBuddy(combo)
            combo.setAccessibleName(title)
            self._notes[combo] = muted("")
            grid.addWidget(name, at * 2, 0)
            grid.addWidget(combo, at * 2, 1)
            grid.addWidget(self._notes[combo], at * 2 + 1, 1)
            self._notes[combo].setContentsMargins(0, 0, 0, 6)
        return grid

    def _footer(self) -> QHBoxLayout:
        row = QHBoxLayout()
        cancel = push_button(self.tr("Cancel"))
        cancel.clicked.connect(self.reject)
        self._reset = push_button(self.tr("Reset"), "undo", "quiet")
        self._reset.setToolTip(self.tr("Back to the profile's own parameters"))
        row.addWidget(self._reset)
        row.addStretch(1)
        row.addWidget(cancel)
        row.addWidget(self.analyse)
        return row

    def _fill(self, chosen: dict[str, Any]) -> None:
        for combo, purpose, key in (
            (self._detector, "face_detector", "detector"),
            (self._embedder, "face_embedder", "embedder"),
        ):
            for model in self._offers.of(purpose):
                combo.addItem(_titled(model, self.tr("(default)")), "" if model.default else model.model_id)
            wanted = chosen.get(key, "")
            if wanted and combo.findData(wanted) < 0:
                combo.addItem(Path(wanted).name, wanted)
            combo.addItem(self.tr("An ONNX file of my own…"), OWN_FILE)
            combo.setCurrentIndex(max(0, combo.findData(wanted)))
        self._device.addItem(self.tr("Automatic"), "")
        for device in self._offers.devices:
            if device.available and device.name != "auto":
                self._device.addItem(device.name.upper(), device.name)
        self._device.setCurrentIndex(max(0, self._device.findData(chosen.get("device", ""))))
        self.choose_profile(chosen.get("profile", "balanced"))
        self.form.set_values(chosen)
        self._toggle.setChecked(not self.form.first_problem() and bool(self.form.values()))

    def _connect(self) -> None:
        self._profiles.buttonToggled.connect(lambda _button, on: self._refresh() if on else None)
        for combo in (self._detector, self._embedder):
            combo.activated.connect(lambda _index, combo=combo: self._on_model(combo))
        self._device.currentIndexChanged.connect(self._refresh)
        self.form.changed.connect(self._refresh)
        self._toggle.toggled.connect(self._show_advanced)
        self._reset.clicked.connect(self._on_reset)
        self.analyse.clicked.connect(self.accept)
        self._show_advanced(self._toggle.isChecked())

    # ------------------------------------------------------------------ behaviour

    def _show_advanced(self, shown: bool) -> None:
        self._area.setVisible(shown)
        if shown and self.height() < 680:
            self.resize(self.width(), 700)
        elif not shown:
            self.adjustSize()

    def _on_reset(self) -> None:
        self.form.set_values({})
        self.choose_profile("balanced")
        for combo in (self._detector, self._embedder, self._device):
            combo.setCurrentIndex(0)
        self._refresh()

    def _on_model(self, combo: QComboBox) -> None:
        if combo.currentData() == OWN_FILE:
            chosen, _ = QFileDialog.getOpenFileName(
                self, self.tr("Choose a model"), "", self.tr("ONNX models (*.onnx)")
            )
            if chosen:
                combo.insertItem(combo.count() - 1, Path(chosen).name, chosen)
                combo.setCurrentIndex(combo.findData(chosen))
            else:
                combo.setCurrentIndex(0)
        self._refresh()

    def _refresh(self) -> None:
        self.form.show_profile(self.profile)
        for combo, purpose in ((self._detector, "face_detector"), (self._embedder, "face_embedder")):
            self._notes[combo].setText(self._note_of(combo, purpose))
        self._notes[self._device].setText(self._note_of_device())
        problem = self.form.first_problem()
        self.analyse.setEnabled(not problem)
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))

    def _note_of(self, combo: QComboBox, purpose: str) -> str:
        chosen = combo.currentData()
        models = self._offers.of(purpose)
        model = self._offers.find(chosen) if chosen else (models[0] if models else None)
        if model is None:
            return str(chosen or "")
        state = {
            "ready": self.tr("ready"),
            "missing": self.tr("{size} to download first").format(size=format_size(model.size_bytes)),
            "corrupt": self.tr("damaged: {size} to download again").format(size=format_size(model.size_bytes)),
            "needs_acceptance": self.tr("its licence must be accepted first"),
        }.get(model.state, model.state)
        return f"{model.licence}, {state}. {model.consequence}"

    def _note_of_device(self) -> str:
        wanted = self._device.currentData() or "auto"
        for device in self._offers.devices:
            if device.name == wanted:
                return device.reason
        usable = [device.name.upper() for device in self._offers.devices if device.available and device.name != "auto"]
        return self.tr("Takes the fastest of: {devices}.").format(devices=", ".join(usable)) if usable else ""


def _titled(model: ModelChoice, default_word: str) -> str:
    return f"{model.title} {default_word}" if model.default else model.title
