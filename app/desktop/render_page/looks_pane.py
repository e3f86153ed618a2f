"""The left side: the looks to choose among, the materials, and how the cut is to be made."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path

from PySide6.QtCore import QPoint, QSignalBlocker, Qt, Signal, SignalInstance
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QSlider,
    QSpinBox,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from app.desktop.render_page.draft import Draft
from app.desktop.render_page.materials_reader import SOUND_SUFFIXES, Sound
from app.desktop.render_page.words import archetype_words, card_of, policy_words
from core.render.types import LONGEST_S, SHORTEST_S, Archetype, BrokenPreset, EnginePolicy, Preset
from widgets.flow import ElidedLabel, IconButton, ProgressLine, label, push_button, separator
from widgets.image_loader import Provide
from widgets.render import PresetCards, SoundInfo, SoundRow, StillItem, StillStrip

MATERIALS, LOOK, OPTIONS = "materials", "look", "options"
PARTS = (MATERIALS, LOOK, OPTIONS)


class LooksPane(QWidget):
    """Shows a draft; every wish is a signal, nothing is changed here."""

    duration_wanted = Signal(int)
    brand_safe_wanted = Signal(object)
    """bool, or None = as the preset says."""
    archetype_wanted = Signal(object)
    """Archetype, or None = the preset's."""
    policy_wanted = Signal(object)
    """EnginePolicy, or None = the preset's."""
    remote_allowed_wanted = Signal(bool)
    presets_menu_wanted = Signal(QPoint)
    """A place on the screen."""

    def __init__(self, provide: Provide, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cards = PresetCards()
        self.stills = StillStrip(provide)
        suffixes = tuple(sorted(SOUND_SUFFIXES))
        self.music = SoundRow(self.tr("Music"), "waveform", suffixes)
        self.voice = SoundRow(self.tr("Voice"), "speaker", suffixes)
        self.duration = QSpinBox()
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.brand_safe = QComboBox()
        self.archetype = QComboBox()
        self.policy = QComboBox()
        self.consent = QCheckBox(self.tr("Pictures and texts may leave this machine"))
        self.remote = push_button(self.tr("Remote engine…"), "", "link", small=True)
        self.remote_note = label("", "small", wrap=True)
        self.broken = label("", "warning", wrap=True)
        self.from_episode = push_button(self.tr("From an episode…"), "library", "quiet", small=True)
        self.presets_menu = IconButton("more", self.tr("Presets…"))
        self.busy_words = ElidedLabel("", "small")
        self.busy_line = ProgressLine(height_px=4)
        self.busy_stop = push_button(self.tr("Stop"), "", "link", small=True)
        self.looks_note = ElidedLabel("", "small")
        self.tabs = QTabWidget()
        self._build()
        self._connect()

    # ------------------------------------------------------------------ what the page says

    def show_presets(self, presets: Sequence[Preset], broken: Sequence[BrokenPreset]) -> None:
        """The looks there are, and which files are none."""
        self.cards.set_cards([card_of(one) for one in presets])
        names = "\n".join(f"{Path(one.path).name}: {one.reason}" for one in broken)
        self.broken.setText(self.tr("Preset files that were left out:\n{names}").format(names=names) if broken else "")
        self.broken.setVisible(bool(broken))
        own = sum(1 for one in presets if one.own)
        words = self.tr("{count} looks, {own} of your own") if own else self.tr("{count} looks")
        self.looks_note.set_text(words.format(count=len(presets), own=own))

    def show_draft(
        self, draft: Draft, preset: Preset | None, problems: Mapping[str, str], masked: Sequence[bool]
    ) -> None:
        """Everything as the draft has it. ``problems``: by the path of a file, why it cannot be used; ``masked``: which
        stills the mask cut out in the last plan.
        """
        self.cards.set_chosen(draft.preset_id)
        self.stills.set_stills(
            [
                StillItem(
                    key=(number, still.path),
                    picture=Path(still.path),
                    name=Path(still.path).name,
                    masked=bool(draft.mask) and (number == 0 or (number < len(masked) and masked[number])),
                    focus=still.focus,
                    problem=problems.get(still.path, "") or (problems.get(draft.mask, "") if number == 0 else ""),
                )
                for number, still in enumerate(draft.stills)
            ]
        )
        for part in (self.duration, self.slider):
            with QSignalBlocker(part):
                part.setValue(draft.duration_s)
        _choose(self.brand_safe, draft.brand_safe)
        _choose(self.archetype, draft.archetype)
        _choose(self.policy, draft.engine_policy)
        self._name_usual(preset)
        policy = draft.engine_policy or (preset.engine_policy if preset is not None else EnginePolicy.LOCAL_ONLY)
        self.consent.setVisible(policy is not EnginePolicy.LOCAL_ONLY)
        with QSignalBlocker(self.consent):
            self.consent.setChecked(draft.remote_allowed)

    @property
    def shown(self) -> str:
        """MATERIALS, LOOK or OPTIONS."""
        return PARTS[self.tabs.currentIndex()]

    def show_part(self, part: str) -> None:
        """Show one of PARTS."""
        self.tabs.setCurrentIndex(PARTS.index(part))

    def show_remote(self, words: str) -> None:
        """What is known of the remote engine; "" = nothing to say."""
        self.remote_note.setText(words)
        self.remote_note.setVisible(bool(words))

    def show_busy(self, words: str, *, can_stop: bool = False) -> None:
        """What is being looked for; "" = nothing."""
        self.busy_words.set_text(words)
        self.busy_line.set_fraction(None if words else 0.0)
        for part in (self.busy_words, self.busy_line):
            part.setVisible(bool(words))
        self.busy_stop.setVisible(bool(words) and can_stop)

    def stop(self) -> None:
        """End the threads that load pictures."""
        self.cards.stop()
        self.stills.stop()

    # ------------------------------------------------------------------ inside

    @staticmethod
    def _tell(signal: SignalInstance, box: QComboBox, kind: type[StrEnum]) -> None:
        """Qt keeps the members of an enumeration of texts as plain texts."""
        chosen = box.currentData()
        signal.emit(None if chosen is None else kind(chosen))

    def _name_usual(self, preset: Preset | None) -> None:
        """The first choice of each list says what the preset has."""
        usual = self.tr("As the preset: {words}")
        safe = self.tr("brand safe") if preset is not None and preset.brand_safe else self.tr("free")
        if preset is not None:
            self.brand_safe.setItemText(0, usual.format(words=safe))
            self.archetype.setItemText(0, usual.format(words=archetype_words(preset.archetype).lower()))
            self.policy.setItemText(0, usual.format(words=policy_words(preset.engine_policy).lower()))

    def _build(self) -> None:
        for part in (self.duration, self.slider):
            part.setRange(SHORTEST_S, LONGEST_S)
            part.setAccessibleName(self.tr("Length in seconds"))
        self.duration.setSuffix(self.tr(" s"))
        self.slider.setPageStep(5)
        usual = self.tr("As the preset")
        _fill(self.brand_safe, usual, ((True, self.tr("Brand safe")), (False, self.tr("Free"))))
        _fill(self.archetype, usual, [(one, archetype_words(one)) for one in Archetype])
        _fill(self.policy, usual, [(one, policy_words(one)) for one in EnginePolicy])
        self.brand_safe.setAccessibleName(self.tr("Brand safety"))
        self.brand_safe.setToolTip(self.tr("Brand safe: calm motion, no pulses, no turning, soft fades"))
        self.archetype.setAccessibleName(self.tr("How the cut is built up"))
        self.policy.setAccessibleName(self.tr("Where it is drawn"))
        self.consent.setToolTip(self.tr("Without this tick nothing is ever sent to a remote engine."))
        for box in (self.brand_safe, self.archetype, self.policy):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(10)
        self.broken.hide()
        self.remote_note.hide()
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setAccessibleName(self.tr("What the cut is made of"))
        self.tabs.addTab(self._materials(), self.tr("Materials"))
        self.tabs.addTab(self._looks(), self.tr("Look"))
        self.tabs.addTab(self._options(), self.tr("Options"))
        length = QHBoxLayout()
        length.setContentsMargins(14, 10, 14, 12)
        length.setSpacing(10)
        length.addWidget(label(self.tr("Length"), "strong"))
        length.addWidget(self.slider, 1)
        length.addWidget(self.duration)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.tabs, 1)
        whole.addWidget(separator())
        whole.addLayout(length)

    def _materials(self) -> QScrollArea:
        source = QHBoxLayout()
        source.setContentsMargins(2, 4, 12, 8)
        source.addWidget(self.from_episode)
        source.addStretch(1)
        sounds = QVBoxLayout()
        sounds.setContentsMargins(12, 4, 12, 12)
        sounds.setSpacing(8)
        sounds.addWidget(self.music)
        sounds.addWidget(self.voice)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.stills)
        column.addLayout(source)
        column.addLayout(self._busy())
        column.addLayout(sounds)
        column.addStretch(1)
        return _scrolled(inside)

    def _looks(self) -> QWidget:
        wrapped = QVBoxLayout()
        wrapped.setContentsMargins(14, 0, 14, 0)
        wrapped.addWidget(self.broken)
        foot = QHBoxLayout()
        foot.setContentsMargins(14, 6, 8, 6)
        foot.addWidget(self.looks_note, 1)
        foot.addWidget(self.presets_menu)
        looks = QWidget()
        column = QVBoxLayout(looks)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.cards, 1)
        column.addLayout(wrapped)
        column.addLayout(foot)
        return looks

    def _busy(self) -> QVBoxLayout:
        words = QHBoxLayout()
        words.addWidget(self.busy_words, 1)
        words.addWidget(self.busy_stop)
        column = QVBoxLayout()
        column.setContentsMargins(14, 0, 14, 0)
        column.setSpacing(4)
        column.addLayout(words)
        column.addWidget(self.busy_line)
        self.show_busy("")
        return column

    def _options(self) -> QScrollArea:
        form = QFormLayout()
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(8)
        form.addRow(self.tr("Layout"), self.archetype)
        form.addRow(self.tr("Safety"), self.brand_safe)
        form.addRow(self.tr("Engine"), self.policy)
        remote = QHBoxLayout()
        remote.addWidget(self.remote_note, 1)
        remote.addWidget(self.remote)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(14, 14, 14, 14)
        column.setSpacing(10)
        column.addLayout(form)
        column.addWidget(self.consent)
        column.addLayout(remote)
        column.addStretch(1)
        return _scrolled(inside)

    def _connect(self) -> None:
        self.duration.valueChanged.connect(self.duration_wanted)
        self.slider.valueChanged.connect(self.duration_wanted)
        self.brand_safe.activated.connect(lambda _at: self.brand_safe_wanted.emit(self.brand_safe.currentData()))
        self.archetype.activated.connect(lambda _at: self._tell(self.archetype_wanted, self.archetype, Archetype))
        self.policy.activated.connect(lambda _at: self._tell(self.policy_wanted, self.policy, EnginePolicy))
        self.consent.toggled.connect(self.remote_allowed_wanted)
        self.presets_menu.clicked.connect(
            lambda: self.presets_menu_wanted.emit(self.presets_menu.mapToGlobal(self.presets_menu.rect().bottomLeft()))
        )


def sound_info(path: str, sound: Sound | None, problem: str) -> SoundInfo | None:
    """A chosen sound as its row shows it; "" = none is chosen."""
    if not path:
        return None
    if sound is None:
        return SoundInfo(Path(path).name, problem=problem)
    return SoundInfo(Path(path).name, sound.duration_s, sound.peaks, problem)


def _scrolled(inside: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidget(inside)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # what is inside has the focus
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return area


def _fill(box: QComboBox, usual: str, choices: Sequence[tuple[object, str]]) -> None:
    box.addItem(usual, None)
    for value, words in choices:
        box.addItem(words, value)


def _choose(box: QComboBox, value: object) -> None:
    with QSignalBlocker(box):
        at = next((at for at in range(box.count()) if box.itemData(at) == value), 0)
        box.setCurrentIndex(at)
