"""Who speaks: chips with speech times, and who they may be."""

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from core.transcript.types import SpeakerLink, SpeakerRow
from widgets.cell_words import draw_words, text_width
from widgets.flow import ElidedLabel, IconButton, label, push_button
from widgets.identity_look import identity_colour, paint_initials
from widgets.theme import current_theme
from widgets.time_text import format_span
from widgets.transcript.looks import SpeakerLook

ROW_PX = 34


class SpeakerLine(QWidget):
    """A speaker with speech time as a bar; a click or Enter opens the menu."""

    menu_requested = Signal(str, QPoint)

    def __init__(self, speaker: SpeakerRow, look: SpeakerLook, share: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._speaker, self._look, self._share = speaker, look, share
        self._hovered = False
        self.setFixedHeight(ROW_PX)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(f"{look.label}, {format_span(speaker.speech_s)}")
        self.setToolTip(self.tr("Rename, link to a person, merge…"))

    def sizeHint(self) -> QSize:
        """Any width."""
        return QSize(220, ROW_PX)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Mark, name, bar, time."""
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._hovered or self.hasFocus():
            painter.setPen(QPen(theme.colour("focus"), 1) if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("hover", 0.6))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        mark = QRectF(8, 7, 24, 19)
        paint_initials(painter, mark, self._look.label, self._look.colour_index, theme.font("caption"))
        words = format_span(self._speaker.speech_s)
        time_px = text_width(words, "small") + 10
        name = self.rect().adjusted(40, 2, -time_px - 8, -9)
        draw_words(painter, name, self._look.label, "strong")
        place = self.rect().adjusted(0, 2, -10, -9)
        draw_words(painter, place, words, "small", "text_muted", Qt.AlignmentFlag.AlignRight)
        groove = QRectF(40, ROW_PX - 8, self.width() - 50, 3)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("border"))
        painter.drawRoundedRect(groove, 1.5, 1.5)
        groove.setWidth(max(groove.width() * self._share, 3))
        painter.setBrush(identity_colour(self._look.colour_index))
        painter.drawRoundedRect(groove, 1.5, 1.5)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Open the menu."""
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            self._open()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens the menu."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Menu):
            self._open()
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Light up."""
        super().enterEvent(event)
        self._hovered = True
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """And no more."""
        super().leaveEvent(event)
        self._hovered = False
        self.update()

    def _open(self) -> None:
        self.menu_requested.emit(self._speaker.speaker_id, self.mapToGlobal(QPoint(8, ROW_PX)))


class SpeakerPanel(QWidget):
    """All speakers, longest first."""

    menu_requested = Signal(str, QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines: list[SpeakerLine] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(8, 4, 8, 8)
        self._column.setSpacing(2)

    def set_speakers(self, speakers: Sequence[SpeakerRow], looks: Mapping[str, SpeakerLook]) -> None:
        """Show these."""
        for line in self.lines:
            self._column.removeWidget(line)
            line.hide()
            line.deleteLater()
        longest_s = max((speaker.speech_s for speaker in speakers), default=0.0) or 1.0
        self.lines = []
        for speaker in sorted(speakers, key=lambda one: -one.speech_s):
            line = SpeakerLine(speaker, looks[speaker.speaker_id], speaker.speech_s / longest_s)
            line.menu_requested.connect(self.menu_requested)
            self._column.addWidget(line)
            self.lines.append(line)
        self.setVisible(bool(speakers))


class LinkCard(QFrame):
    """A slim card: this speaker looks like that person."""

    accepted = Signal(str, str)
    """A speaker and an identity."""
    refused = Signal(str, str)
    show_requested = Signal(float, float)
    """The stretch that shows it best, in seconds."""

    def __init__(self, parent: QWidget | None = None, *, narrow: bool = False) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self._link: SpeakerLink | None = None
        self._words = ElidedLabel("", "strong")
        self._facts = label("", "small")
        self.accept = push_button(self.tr("Accept"), "check", "primary", small=True)
        self.refuse = push_button(self.tr("Never"), "", small=True)
        self.show_it = IconButton("play", self.tr("Show where it is heard and seen"))
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(self._words)
        names.addWidget(self._facts)
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        for part in (self.show_it, self.refuse, self.accept):
            buttons.addWidget(part)
        direction = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        row = QBoxLayout(direction, self)
        row.setContentsMargins(10, 6, 8, 6)
        row.setSpacing(6)
        row.addLayout(names, 1)
        row.addLayout(buttons)
        if narrow:
            buttons.insertStretch(0, 1)
        self.accept.clicked.connect(lambda: self._tell(self.accepted.emit))
        self.refuse.clicked.connect(lambda: self._tell(self.refused.emit))
        self.show_it.clicked.connect(self._show_stretch)
        self.show_links((), {})

    @property
    def words(self) -> str:
        """What is asked."""
        return self._words.whole_text

    def show_links(self, links: Sequence[SpeakerLink], looks: Mapping[str, SpeakerLook]) -> None:
        """Ask the likeliest of them; none = the card is gone."""
        self._link = max(links, key=lambda one: one.likeness, default=None)
        self.setVisible(self._link is not None)
        if self._link is None:
            return
        look = looks.get(self._link.speaker_id)
        name = look.label if look is not None else self._link.speaker_id
        words = self.tr("{speaker} looks like {person}")
        self._words.set_text(words.format(speaker=name, person=self._link.identity_label))
        facts = self.tr("{percent}, {span} of speech").format(
            percent=f"{self._link.likeness:.0%}", span=format_span(self._link.seconds)
        )
        more = len(links) - 1
        self._facts.setText(facts + (self.tr("  ·  {count} more").format(count=more) if more else ""))

    def _tell(self, tell: Callable[[str, str], object]) -> None:
        if self._link is not None:
            tell(self._link.speaker_id, self._link.identity_id)

    def _show_stretch(self) -> None:
        if self._link is not None:
            self.show_requested.emit(self._link.start_s, self._link.end_s)
