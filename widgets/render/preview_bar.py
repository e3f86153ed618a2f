"""The bar below a preview: play, time, and what is drawn over the picture."""

from PySide6.QtCore import QEvent, QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from core.render.types import FPS
from widgets.flow.buttons import IconButton
from widgets.flow.labels import label
from widgets.render.cut_slider import CutSlider
from widgets.render.parts import CutMarks
from widgets.theme import current_theme
from widgets.time_text import format_time

_FRAME_FROM_PX, _LENGTH_FROM_PX = 420, 340


class PreviewBar(QFrame):
    """A slider with the segments and captions of the cut; buttons that ask, the page answers by the setters."""

    frame_sought = Signal(int, bool)
    """A frame; False while it is dragged (a quick picture will do)."""
    play_requested = Signal(bool)
    safe_zone_toggled = Signal(bool)
    platform_toggled = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "footer")
        self._playing = False
        self.slider = CutSlider()
        self.play = IconButton("play", self.tr("Play"), size_px=20)
        self.to_start = IconButton("to-start", self.tr("To the start"), size_px=16)
        self._time = label("")
        self._total = label("", "muted")
        self._frame = label("", "muted")
        self.zone = IconButton("safe-zone", self.tr("Show the safe zone of captions"), checkable=True)
        self.apps = IconButton("phone", self.tr("Show what apps cover"), checkable=True)
        self._build()
        self._connect()
        self._set_fonts()
        self.set_marks(CutMarks())

    # ---- what a page says ----

    def set_marks(self, marks: CutMarks) -> None:
        """Show another cut; one without frames cannot be played."""
        self.slider.set_marks(marks)
        self._total.setText(f"/ {format_time(marks.duration_s)}")
        for part in (self.play, self.to_start, self.slider):
            part.setEnabled(marks.frame_count > 0)
        self._show_time()

    def set_frame(self, frame: int) -> None:
        """Show another moment."""
        self.slider.set_frame(frame)
        self._show_time()

    def frame(self) -> int:
        """The moment that is shown."""
        return self.slider.frame()

    def set_playing(self, playing: bool) -> None:
        """Whether it plays."""
        self._playing = playing
        self.play.set_icon("pause" if playing else "play")
        self.play.set_tip(self.tr("Pause") if playing else self.tr("Play"))

    def set_safe_zone_shown(self, shown: bool) -> None:
        """Whether the safe zone is drawn; nothing is told."""
        self.zone.setChecked(shown)

    def set_platform_shown(self, shown: bool) -> None:
        """Whether that is drawn which apps cover; nothing is told."""
        self.apps.setChecked(shown)

    # ---- what Qt says ----

    def changeEvent(self, event: QEvent) -> None:
        """Set the fonts anew when the theme is switched."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "apps"):
            self._set_fonts()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A narrow bar has no room for the frame's number, a very narrow one none for the length."""
        super().resizeEvent(event)
        self._frame.setVisible(event.size().width() >= _FRAME_FROM_PX)
        self._total.setVisible(event.size().width() >= _LENGTH_FROM_PX)

    def minimumSizeHint(self) -> QSize:
        """Buttons and the time."""
        return QSize(250, super().minimumSizeHint().height())

    # ---- inside ----

    def _build(self) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(8, 0, 8, 0)
        row.setSpacing(4)
        row.addWidget(self.to_start)
        row.addWidget(self.play)
        row.addSpacing(4)
        row.addWidget(self._time)
        row.addWidget(self._total)
        row.addSpacing(8)
        row.addWidget(self._frame)
        row.addStretch(1)
        row.addWidget(self.zone)
        row.addWidget(self.apps)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 4, 4, 6)
        column.setSpacing(2)
        column.addWidget(self.slider)
        column.addLayout(row)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def _connect(self) -> None:
        self.slider.frame_sought.connect(self._on_sought)
        self.slider.play_toggled.connect(lambda: self.play_requested.emit(not self._playing))
        self.play.clicked.connect(lambda: self.play_requested.emit(not self._playing))
        self.to_start.clicked.connect(self._go_to_start)
        self.zone.clicked.connect(self.safe_zone_toggled)
        self.apps.clicked.connect(self.platform_toggled)

    def _on_sought(self, frame: int, final: bool) -> None:
        self._show_time()
        self.frame_sought.emit(frame, final)

    def _go_to_start(self) -> None:
        self.set_frame(0)
        self.frame_sought.emit(0, True)

    def _show_time(self) -> None:
        frame = self.slider.frame()
        self._time.setText(format_time(frame / FPS))
        self._frame.setText(self.tr("frame {number}").format(number=frame))

    def _set_fonts(self) -> None:
        for part in (self._time, self._total, self._frame):
            part.setFont(current_theme().font("mono"))
