"""A sound of a cut: what it is called, how long and how loud it is; choose, hear, take away."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from widgets.flow.buttons import IconButton, push_button
from widgets.flow.labels import ElidedLabel, label
from widgets.icons import paint_icon
from widgets.render.dropped_files import files_of
from widgets.render.parts import SoundInfo
from widgets.render.waveform import Waveform
from widgets.theme import current_theme
from widgets.time_text import format_span

SOUND_SUFFIXES = (".mp3", ".wav", ".m4a", ".aac", ".flac", ".ogg", ".opus")


class _Mark(QWidget):
    def __init__(self, icon_name: str) -> None:
        super().__init__()
        self._icon_name = icon_name
        self.setFixedSize(QSize(18, 18))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_icon(painter, self._icon_name, QRectF(0, 0, 18, 18), "icon")
        painter.end()


class SoundRow(QWidget):
    """A title with what can be done; the name and the waveform once a sound is chosen. Delete takes it away."""

    choose_requested = Signal()
    cleared = Signal()
    dropped = Signal(object)
    """A ``Path``."""
    play_requested = Signal(bool)
    """True = play, False = stop."""
    sought = Signal(float)
    """A fraction of the length."""

    def __init__(
        self,
        title: str,
        icon_name: str = "music",
        suffixes: Sequence[str] = SOUND_SUFFIXES,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._title_words, self._suffixes = title, tuple(suffixes)
        self._sound: SoundInfo | None = None
        self._playing = False
        self._dropping = False
        self._mark = _Mark(icon_name)
        self._length = label("", "small")
        self._name = ElidedLabel("", "small", mode=Qt.TextElideMode.ElideMiddle)
        self._problem = label("", "error", wrap=True)
        self.wave = Waveform()
        self.play = IconButton("play", "", size_px=16)
        self.choose = push_button(self.tr("Choose…"), role="quiet", small=True)
        self.clear = IconButton("close", self.tr("Take {title} away").format(title=title), size_px=16)
        self.setAcceptDrops(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self._build()
        self._connect()
        self.set_sound(None)

    # ---- what a page says ----

    def set_sound(self, sound: SoundInfo | None) -> None:
        """Show a sound, None = none."""
        self._sound = sound
        good = sound is not None and not sound.problem
        length = format_span(sound.duration_s) if sound is not None and sound.duration_s is not None else ""
        self._length.setText(length if sound is not None else self.tr("drop a file here"))
        self._name.set_text(sound.name if sound is not None else "")
        self._name.setVisible(sound is not None)
        self._problem.setText(sound.problem if sound is not None else "")
        self._problem.setVisible(bool(sound is not None and sound.problem))
        self.wave.setVisible(good)
        self.wave.set_peaks(sound.peaks if sound is not None else ())
        self.play.setVisible(good)
        self.clear.setVisible(sound is not None)
        self.choose.setText(self.tr("Choose…") if sound is None else self.tr("Replace…"))
        if not good:
            self.set_playing(False)
            self.wave.set_position(None)
        state = self.tr("none") if sound is None else f"{sound.name}, {length}"
        self.setAccessibleName(self._title_words)
        self.setAccessibleDescription(f"{state}, {sound.problem}" if sound is not None and sound.problem else state)
        words = self.tr("Choose a file for {title}") if sound is None else self.tr("Choose another file for {title}")
        self.choose.setAccessibleName(words.format(title=self._title_words))

    def sound(self) -> SoundInfo | None:
        """What is shown."""
        return self._sound

    def set_playing(self, playing: bool) -> None:
        """Whether it is heard now."""
        self._playing = playing
        self.play.set_icon("stop" if playing else "play")
        words = self.tr("Stop {title}") if playing else self.tr("Listen to {title}")
        self.play.set_tip(words.format(title=self._title_words))

    def set_position(self, fraction: float | None) -> None:
        """Where it plays, None = it does not."""
        self.wave.set_position(fraction)

    # ---- what Qt says ----

    def event(self, event: QEvent) -> bool:
        """Keep Delete from the window while there is something to take away."""
        asks = event.type() == QEvent.Type.ShortcutOverride
        if asks and isinstance(event, QKeyEvent) and self._deletes(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete takes the sound away, from any of the parts."""
        if self._deletes(event):
            self.cleared.emit()
            return
        super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take one sound; all else is for the page."""
        if files_of(event.mimeData(), self._suffixes):
            event.acceptProposedAction()
            self._set_dropping(True)
        else:
            event.ignore()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """The drag left."""
        self._set_dropping(False)
        event.accept()

    def dropEvent(self, event: QDropEvent) -> None:
        """Tell the first sound."""
        self._set_dropping(False)
        paths = files_of(event.mimeData(), self._suffixes)
        if paths:
            event.acceptProposedAction()
            self.dropped.emit(paths[0])

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ground, lit while a sound is over it."""
        super().paintEvent(event)
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        wrong = self._sound is not None and bool(self._sound.problem)
        edge = "accent" if self._dropping else "error" if wrong else "border"
        painter.setPen(QPen(theme.colour(edge), 2 if self._dropping else 1))
        painter.setBrush(theme.colour("accent_surface" if self._dropping else "raised"))
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(box, theme.radius("l"), theme.radius("l"))
        painter.end()

    # ---- inside ----

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(self._mark)
        head.addWidget(label(self._title_words, "strong"))
        head.addWidget(self._length, 1)
        for part in (self.choose, self.clear):
            head.addWidget(part)
        wave = QHBoxLayout()
        wave.setSpacing(6)
        wave.addWidget(self.play)
        wave.addWidget(self.wave, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 6, 8, 6)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self._name)
        column.addWidget(self._problem)
        column.addLayout(wave)
        self.wave.setAccessibleName(self.tr("Waveform of {title}").format(title=self._title_words))

    def _connect(self) -> None:
        self.choose.clicked.connect(self.choose_requested)
        self.clear.clicked.connect(self.cleared)
        self.play.clicked.connect(lambda: self.play_requested.emit(not self._playing))
        self.wave.play_toggled.connect(lambda: self.play_requested.emit(not self._playing))
        self.wave.sought.connect(self.sought)

    def _deletes(self, event: QKeyEvent) -> bool:
        return event.key() == Qt.Key.Key_Delete and not event.modifiers() and self._sound is not None

    def _set_dropping(self, dropping: bool) -> None:
        self._dropping = dropping
        self.update()
