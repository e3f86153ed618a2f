"""The bar below the picture: play, step, cuts, time, speed, sound."""

from typing import Literal

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLineEdit, QSizePolicy, QSlider, QWidget

from widgets.flow.buttons import IconButton
from widgets.flow.labels import label
from widgets.theme import current_theme
from widgets.time_text import format_time, parse_time

AudioState = Literal["ready", "no_device", "no_audio"]
SPEEDS = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 4.0)


class TransportBar(QFrame):
    """Buttons and fields that ask; the page answers by the setters."""

    play_pause_requested = Signal()
    step_requested = Signal(int)
    cut_requested = Signal(int)
    """-1 the previous cut, +1 the next."""
    seek_requested = Signal(float)
    speed_requested = Signal(float)
    volume_requested = Signal(float)
    """0 to 1."""
    mute_requested = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "footer")
        self._playing = False
        self._muted = False
        self._compact = False
        self._jumps_in_compact = False
        self._audio_state: AudioState = "ready"
        self._t_s = 0.0
        self._previous_cut = IconButton("previous-cut", self.tr("Previous cut"))
        self._step_back = IconButton("step-back", self.tr("Previous frame"))
        self._play = IconButton("play", self.tr("Play"), size_px=22)
        self._step_forward = IconButton("step-forward", self.tr("Next frame"))
        self._next_cut = IconButton("next-cut", self.tr("Next cut"))
        self._time = QLineEdit()
        self._total = label("", "muted")
        self._frame = label("", "muted")
        self._speed = QComboBox()
        self._mute = IconButton("speaker", self.tr("Mute"))
        self._volume = QSlider(Qt.Orientation.Horizontal)
        self._sound_note = label("", "caption")
        self._build()
        self._connect()
        self._set_fonts()
        self.set_position(0.0, 0)
        self.set_duration(0.0, 0)
        self.set_available(False)

    def set_playing(self, playing: bool) -> None:
        """Whether it plays."""
        self._playing = playing
        self._play.set_icon("pause" if playing else "play")
        self._play.set_tip(self.tr("Pause") if playing else self.tr("Play"))

    def set_position(self, t_s: float, frame: int) -> None:
        """The time and the decoded frame of now. A time that is being written stays."""
        self._t_s = t_s
        if not (self._time.hasFocus() and self._time.isModified()):
            self._time.setText(format_time(t_s))
        self._frame.setText(self.tr("frame {number}").format(number=f"{frame:,}"))

    def set_duration(self, t_s: float, frames: int) -> None:
        """The length in seconds and in decoded frames."""
        self._total.setText(f"/ {format_time(t_s)}")
        self._frame.setToolTip(self.tr("{count} frames").format(count=f"{frames:,}") if frames else "")

    def set_speed(self, speed: float) -> None:
        """The speed of now."""
        at = self._speed.findData(speed)
        if at >= 0 and at != self._speed.currentIndex():
            self._speed.blockSignals(True)
            self._speed.setCurrentIndex(at)
            self._speed.blockSignals(False)

    def set_volume(self, volume: float) -> None:
        """The volume of now, 0 to 1."""
        self._volume.blockSignals(True)
        self._volume.setValue(round(min(max(volume, 0.0), 1.0) * 100))
        self._volume.blockSignals(False)

    def set_muted(self, muted: bool) -> None:
        """Whether the sound is off."""
        self._muted = muted
        self._show_sound()

    def set_audio_state(self, state: AudioState, reason: str = "") -> None:
        """``no_device``: it plays silently, ``reason`` says why; ``no_audio``: the video has no sound."""
        self._audio_state = state
        notes = {"ready": "", "no_device": self.tr("No audio device"), "no_audio": self.tr("No sound in this video")}
        self._sound_note.setText(notes[state])
        self._sound_note.setToolTip(reason)
        self._sound_note.setVisible(state != "ready")
        self._volume.setVisible(state == "ready" and not self._compact)
        self._mute.setEnabled(state == "ready" and self._play.isEnabled())
        self._show_sound()

    def set_available(self, available: bool) -> None:
        """Whether there is a video to play."""
        for part in (self._previous_cut, self._step_back, self._play, self._step_forward, self._next_cut):
            part.setEnabled(available)
        for field in (self._time, self._speed, self._volume, self._frame, self._total):
            field.setEnabled(available)
        self._mute.setEnabled(available and self._audio_state == "ready")

    def set_compact(self, compact: bool) -> None:
        """For a small player: without frame, cuts and volume."""
        self._compact = compact
        for part in (self._total, self._frame, self._volume):
            part.setVisible(not compact)
        for button in (self._previous_cut, self._next_cut):
            button.setVisible(not compact or self._jumps_in_compact)

    def set_jump_words(self, previous: str, following: str) -> None:
        """What the buttons at both ends of the row jump to, where it is not cuts; they stay in a small player."""
        for button, words in ((self._previous_cut, previous), (self._next_cut, following)):
            button.set_tip(words)
        self._jumps_in_compact = True

    def changeEvent(self, event: QEvent) -> None:
        """Set the fonts anew when the theme is switched."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_sound_note"):
            self._set_fonts()

    def _build(self) -> None:
        for speed in SPEEDS:
            self._speed.addItem(f"{speed:g}×", speed)
        self._speed.setCurrentIndex(SPEEDS.index(1.0))
        self._speed.setAccessibleName(self.tr("Speed"))
        self._speed.setToolTip(self.tr("Speed"))
        self._speed.setFixedWidth(76)
        self._time.setAccessibleName(self.tr("Time"))
        self._time.setToolTip(self.tr("Write a time and press Enter to go there"))
        self._time.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._volume.setRange(0, 100)
        self._volume.setValue(100)
        self._volume.setFixedWidth(88)
        self._volume.setAccessibleName(self.tr("Volume"))
        self._volume.setToolTip(self.tr("Volume"))
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 12, 6)
        row.setSpacing(4)
        row.addWidget(self._time)
        row.addWidget(self._total)
        row.addSpacing(8)
        row.addWidget(self._frame)
        row.addStretch(1)
        for button in (self._previous_cut, self._step_back, self._play, self._step_forward, self._next_cut):
            row.addWidget(button)
        row.addStretch(1)
        for part in (self._speed, self._mute, self._volume, self._sound_note):
            row.addWidget(part)
        self._sound_note.hide()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._play.setFixedSize(QSize(38, 34))

    def _connect(self) -> None:
        self._previous_cut.clicked.connect(lambda: self.cut_requested.emit(-1))
        self._next_cut.clicked.connect(lambda: self.cut_requested.emit(1))
        self._step_back.clicked.connect(lambda: self.step_requested.emit(-1))
        self._step_forward.clicked.connect(lambda: self.step_requested.emit(1))
        self._play.clicked.connect(self.play_pause_requested)
        self._mute.clicked.connect(lambda: self.mute_requested.emit(not self._muted))
        self._volume.valueChanged.connect(lambda value: self.volume_requested.emit(value / 100))
        self._speed.currentIndexChanged.connect(lambda at: self.speed_requested.emit(self._speed.itemData(at)))
        self._time.returnPressed.connect(self._go)
        self._time.editingFinished.connect(self._restore_time)

    def _set_fonts(self) -> None:
        mono = current_theme().font("mono")
        for part in (self._time, self._total, self._frame):
            part.setFont(mono)
        metrics = QFontMetrics(mono)
        self._time.setFixedWidth(metrics.horizontalAdvance("00:00:00.000") + 24)
        self._frame.setMinimumWidth(metrics.horizontalAdvance("frame 000,000"))

    def _show_sound(self) -> None:
        silent = self._muted or self._audio_state != "ready"
        self._mute.set_icon("no-audio" if self._audio_state != "ready" else "muted" if silent else "speaker")
        self._mute.set_tip(self.tr("Unmute") if self._muted else self.tr("Mute"))

    def _go(self) -> None:
        try:
            t_s = parse_time(self._time.text())
        except ValueError as error:
            self._mark_invalid(str(error))
            return
        self._mark_invalid("")
        self._time.setModified(False)
        self.seek_requested.emit(t_s)

    def _restore_time(self) -> None:
        if not self._time.hasFocus():
            self._mark_invalid("")
            self._time.setModified(False)
            self._time.setText(format_time(self._t_s))

    def _mark_invalid(self, reason: str) -> None:
        self._time.setProperty("invalid", bool(reason))
        self._time.setToolTip(reason or self.tr("Write a time and press Enter to go there"))
        self._time.style().unpolish(self._time)
        self._time.style().polish(self._time)
