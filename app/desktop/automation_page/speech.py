"""How files are transcribed: what the presets mean on this machine, audio languages, when the model is let go."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QSignalBlocker, QTimer
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QPushButton, QSpinBox, QVBoxLayout, QWidget

from app.desktop.automation_page.feed import AutomationFeed, Snapshot
from app.desktop.automation_page.frame import ScrolledSection, card_head, empty
from app.desktop.automation_page.keys import Key
from app.desktop.automation_page.languages import Languages
from app.desktop.automation_page.saving import Saver
from app.desktop.automation_page.values import as_list, as_number, list_text
from app.desktop.library_page.model_choices import DEFAULT_MARK
from app.desktop.services import Services
from widgets.flow import Badge, Card, ElidedLabel, label, push_button, separator
from widgets.language_field import LanguageField
from widgets.rule_words import preset_title
from widgets.time_text import format_size

if TYPE_CHECKING:
    from models.store import ModelStore

translate = QCoreApplication.translate
PRESETS = ("fast", "balanced", "best")
SAVE_AFTER_MS = 700
MOST_IDLE_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class PresetLine:
    """What a preset means on a device: the model that is used now, and a better one that could be fetched."""

    preset: str
    model: str
    ready: bool
    size_bytes: int
    beam: int
    better: str = ""
    better_bytes: int = 0


def read_presets(store: "ModelStore", device: str) -> tuple[PresetLine, ...]:
    """Slow: checks files. Never in the Qt thread."""
    from core.speech.presets import choose
    from core.speech.types import SpeechParams

    def ready(model_id: str) -> bool:
        return str(store.status(model_id).state) == "ready"

    lines = []
    for preset in PRESETS:
        params = SpeechParams(preset=preset)  # type: ignore[arg-type]
        chosen = choose(params, device=device, ready=ready)
        wished = choose(params, device=device, ready=lambda _model_id: True)
        entry, better = store.entry(chosen.model_id), store.entry(wished.model_id)
        another = better.id != entry.id
        lines.append(
            PresetLine(
                preset,
                _short(entry.title),
                ready(entry.id),
                entry.size_bytes,
                chosen.beam_size,
                _short(better.title) if another else "",
                better.download_bytes if another else 0,
            )
        )
    return tuple(lines)


def read_models(store: "ModelStore") -> tuple[tuple[str, str], ...]:
    """Ids and titles of the speech models that are on this machine. Slow: checks files."""
    from core.speech.presets import speech_models

    ready = [one for one in speech_models() if str(store.status(one.id).state) == "ready"]
    return tuple((one.id, _short(one.title)) for one in ready)


def _short(title: str) -> str:
    """A model's name without what is said of it."""
    return title.removesuffix(DEFAULT_MARK).split(":")[0].strip()


class SpeechSection(ScrolledSection):
    """Presets with their models, preferred audio languages, idle time."""

    def __init__(self, services: Services, feed: AutomationFeed, languages: Languages) -> None:
        super().__init__(
            services,
            translate("SpeechSection", "Speech recognition"),
            translate(
                "SpeechSection",
                "Rules and programs ask for a preset; what it means depends on the models that are on this machine.",
            ),
        )
        self._feed = feed
        self._presets = QVBoxLayout()
        self.rows: dict[str, QWidget] = {}
        self.models: QPushButton = push_button(self.tr("Models…"), "model", small=True)
        self.audio = LanguageField(languages.names, self.tr("Preferred audio languages"), many=True)
        self.idle = QSpinBox()
        self.preset = QComboBox()
        self.bazarr_preset = QComboBox()
        self.model = QComboBox()
        self._audio_problem = label("", "error", wrap=True)
        self._problem = label("", "error", wrap=True)
        self._saver = Saver(services, feed, self._problem)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(SAVE_AFTER_MS)
        self._soon.timeout.connect(self._save)
        self._shown_audio: list[str] | None = None
        self._build()
        self._connect()

    def entered(self) -> None:
        """Models may have been fetched."""
        store = self.services.model_store
        snapshot = self._feed.snapshot
        on_gpu = snapshot is not None and any(one.worker_type == "gpu" for one in snapshot.workers)
        self.services.background.run_query(
            lambda: (read_presets(store, "cuda:0" if on_gpu else "cpu"), read_models(store)),
            self._take,
            latest_key="automation-presets",
            owner=self,
            lane="model-checks",
        )

    def close_section(self) -> None:
        """What was chosen in the last moment is saved now."""
        if self._soon.isActive():
            self._soon.stop()
            self._save()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Settings may have been changed by another program."""
        if self._soon.isActive():
            return
        audio = as_list(snapshot.values, Key.AUDIO_LANGUAGES)
        if audio != self._shown_audio and not self.audio.hasFocus():
            self._shown_audio = audio
            with QSignalBlocker(self.audio):
                self.audio.set_codes(audio)
        self._show_choices(snapshot)
        with QSignalBlocker(self.idle):
            self.idle.setValue(round(as_number(snapshot.values, Key.MODEL_IDLE_MINUTES, 5)))

    def _show_choices(self, snapshot: Snapshot) -> None:
        shown = ((self.preset, Key.PRESET), (self.bazarr_preset, Key.BAZARR_PRESET), (self.model, Key.MODEL))
        for box, key in shown:
            at = box.findData(snapshot.values.get(key, ""))
            if at >= 0 and at != box.currentIndex():
                with QSignalBlocker(box):
                    box.setCurrentIndex(at)

    def _save_choice(self, key: str, box: QComboBox) -> None:
        self._saver.save({str(key): str(box.currentData())})

    def _save(self) -> None:
        unknown = self.audio.unknown
        self._audio_problem.setText(self.tr("“{text}” is no language that is known.").format(text=unknown))
        self._audio_problem.setVisible(bool(unknown))
        values = {str(Key.MODEL_IDLE_MINUTES): str(self.idle.value())}
        if not unknown:
            self._shown_audio = list(self.audio.codes)
            values[Key.AUDIO_LANGUAGES] = list_text(self._shown_audio)
        self._saver.save(values)

    def _take(self, found: tuple[tuple[PresetLine, ...], tuple[tuple[str, str], ...]]) -> None:
        lines, models = found
        self._fill_models(models)
        empty(self._presets)
        self.rows = {}
        for at, line in enumerate(lines):
            if at:
                self._presets.addWidget(separator())
            self.rows[line.preset] = self._row(line)
            self._presets.addWidget(self.rows[line.preset])

    def _fill_models(self, models: tuple[tuple[str, str], ...]) -> None:
        """Models that were fetched; one that is chosen and gone stays in the list."""
        snapshot = self._feed.snapshot
        chosen = snapshot.values.get(Key.MODEL, "") if snapshot is not None else ""
        offered = [("", self.tr("As the quality says")), *models]
        if chosen and chosen not in dict(offered):
            offered.append((chosen, self.tr("{model} (not on this machine)").format(model=chosen)))
        if [(self.model.itemData(at), self.model.itemText(at)) for at in range(self.model.count())] != offered:
            with QSignalBlocker(self.model):
                self.model.clear()
                for model_id, title in offered:
                    self.model.addItem(title, model_id)
                self.model.setCurrentIndex(max(0, self.model.findData(chosen)))

    def _choices_card(self) -> Card:
        card = Card()
        card_head(card, self.tr("Where nothing else is said"))
        for box in (self.preset, self.bazarr_preset):
            for preset in PRESETS:
                box.addItem(preset_title(preset), preset)
            box.setCurrentIndex(PRESETS.index("balanced"))
        self._fill_models(())
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(2, 1)
        for row, (title, box) in enumerate(
            (
                (self.tr("Quality of new jobs"), self.preset),
                (self.tr("Quality for Bazarr and programs"), self.bazarr_preset),
                (self.tr("Model"), self.model),
            )
        ):
            box.setAccessibleName(title)
            box.setMinimumWidth(240)
            grid.addWidget(label(title, "body"), row, 0)
            grid.addWidget(box, row, 1)
        card.body.addLayout(grid)
        return card

    def _row(self, line: PresetLine) -> QWidget:
        row = QWidget()
        column = QVBoxLayout(row)
        column.setContentsMargins(0, 8, 0, 8)
        column.setSpacing(2)
        head = QHBoxLayout()
        head.setSpacing(10)
        name = label(preset_title(line.preset), "strong")
        name.setFixedWidth(90)
        head.addWidget(name)
        head.addWidget(ElidedLabel(line.model, "body"), 1)
        head.addWidget(label(format_size(line.size_bytes), "small"))
        head.addWidget(
            Badge(self.tr("On this machine"), "success") if line.ready else Badge(self.tr("Not fetched"), "warning")
        )
        column.addLayout(head)
        note = self.tr("Looks at {beam} readings of each sentence.").format(beam=line.beam)
        if line.beam == 1:
            note = self.tr("Takes the first reading of each sentence.")
        if line.better:
            note += " " + self.tr("With “{model}” ({size} to fetch) it would be more exact.").format(
                model=line.better, size=format_size(line.better_bytes)
            )
        words = label(note, "small", wrap=True)
        words.setContentsMargins(100, 0, 0, 0)
        column.addWidget(words)
        row.setAccessibleName(f"{preset_title(line.preset)}: {line.model}. {note}")
        return row

    def _connect(self) -> None:
        self.models.clicked.connect(lambda: self.services.navigator.go("settings/models"))
        self.audio.codes_changed.connect(self._soon.start)
        for box, key in ((self.preset, Key.PRESET), (self.bazarr_preset, Key.BAZARR_PRESET), (self.model, Key.MODEL)):
            box.activated.connect(lambda _index, key=key, box=box: self._save_choice(key, box))
        self.idle.valueChanged.connect(lambda _value: self._soon.start())
        self.services.fetch.ended.connect(lambda _ids, _error: self.entered() if self.isVisible() else None)

    def _build(self) -> None:
        card = Card(spacing_px=4)
        card_head(card, self.tr("Presets"), self.models)
        self._presets.setSpacing(0)
        card.body.addLayout(self._presets)
        self.column.addWidget(card)
        self.column.addWidget(self._choices_card())
        audio = Card()
        card_head(audio, self.tr("Audio track"))
        text = self.tr(
            "Of several audio tracks the first one in these languages is transcribed, "
            "without a match the file's default."
        )
        audio.body.addWidget(label(text, "small", wrap=True))
        self.audio.setPlaceholderText(self.tr("Any language"))
        audio.body.addWidget(self.audio)
        audio.body.addWidget(self._audio_problem)
        self._audio_problem.hide()
        self.column.addWidget(audio)
        memory = Card()
        card_head(memory, self.tr("Memory"))
        self.idle.setRange(1, MOST_IDLE_MINUTES)
        self.idle.setSuffix(self.tr(" min"))
        self.idle.setFixedWidth(110)
        self.idle.setAccessibleName(self.tr("Idle minutes until the model is released"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setColumnStretch(2, 1)
        grid.addWidget(label(self.tr("Release the model after"), "body"), 0, 0)
        grid.addWidget(self.idle, 0, 1)
        grid.addWidget(label(self.tr("without a job"), "muted"), 0, 2)
        memory.body.addLayout(grid)
        self.column.addWidget(memory)
        self.column.addWidget(self._problem)
