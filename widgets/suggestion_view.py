"""One question to a person: two strips of faces side by side, answered by one key."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QSlider, QVBoxLayout, QWidget

from core.suggestions.types import Suggestion, SuggestionKind
from widgets.cell_words import text_width
from widgets.crop_grid import CropGrid, GridItem
from widgets.flow import Badge, ElidedLabel, label, push_button, separator
from widgets.image_loader import Provide
from widgets.suggestion_words import answers, kind_words, question, sides
from widgets.theme import current_theme

DEFAULT_THRESHOLD = 0.8
LEAST_THRESHOLD = 0.5
_ANSWER_PX = 44
_FACE_PX = 72
_LARGEST_FACE_PX = 168


class SuggestionView(QWidget):
    """Y accepts, N rejects for good, S asks again later. Below: accept all above a mark, with how many they are."""

    accepted = Signal()
    rejected = Signal()
    skipped = Signal()
    threshold_changed = Signal(float)
    """The least likeness in [0.5, 1], while the mark is moved: answer with ``set_above``."""
    accept_all_requested = Signal(float)

    def __init__(self, provide: Provide | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._suggestion: Suggestion | None = None
        self._above: int | None = None
        self._place = label("", "caption")
        self._kind = Badge("", "info")
        self._question = label("", "title", wrap=True)
        self.left = _Strip(provide)
        self.right = _Strip(provide)
        self._likeness = LikenessBar()
        self._margin = label("", "small")
        self._reason = label("", "muted", wrap=True)
        self.yes = AnswerButton("Y", "primary")
        self.no = AnswerButton("N")
        self.later = AnswerButton("S")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self._mark = label("", "strong")
        self.accept_all = push_button("", "check", "primary", small=True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Suggestion"))
        self._build()
        self._connect()
        self.set_threshold(DEFAULT_THRESHOLD)
        self.set_above(None)

    # ---- what a page says ----

    def show_suggestion(self, suggestion: Suggestion, position: int = 0, count: int = 1) -> None:
        """Ask this; it is question ``position`` (from 0) of ``count``."""
        self._suggestion = suggestion
        self._place.setText(self.tr("{at} of {count}").format(at=f"{position + 1:,}", count=f"{count:,}"))
        self._kind.set_badge(kind_words(suggestion.kind), "warning" if _doubts(suggestion) else "info")
        asked = question(suggestion)
        self._question.setText(asked)
        left_title, right_title = sides(suggestion)
        self.left.show_faces(left_title, suggestion.left)
        self.right.show_faces(right_title, suggestion.right)
        self._likeness.set_likeness(suggestion.likeness, doubt=_doubts(suggestion))
        self._margin.setText(self._margin_words(suggestion))
        self._reason.setText(suggestion.reason)
        for button, words in zip((self.yes, self.no, self.later), answers(suggestion), strict=True):
            button.set_words(words)
        self.setAccessibleDescription(f"{asked} {self._likeness.accessibleName()}. {suggestion.reason}")

    def suggestion(self) -> Suggestion | None:
        """What is asked now."""
        return self._suggestion

    def threshold(self) -> float:
        """The least likeness that is to be accepted in bulk."""
        return self.slider.value() / 100

    def set_threshold(self, likeness: float) -> None:
        """Move the mark."""
        self.slider.setValue(round(likeness * 100))
        self._show_mark()

    def set_above(self, count: int | None) -> None:
        """How many would be accepted in bulk now; None = being counted."""
        self._above = count
        counted = self.tr("Accept all ({count})").format(count=f"{count or 0:,}")
        self.accept_all.setText(self.tr("Accept all") if count is None else counted)
        self.accept_all.setEnabled(bool(count))

    def stop(self) -> None:
        """End the threads that load pictures."""
        self.left.grid.stop()
        self.right.grid.stop()

    # ---- keys ----

    def event(self, event: QEvent) -> bool:
        """The three answers go before the shortcuts of the window while this has the keyboard."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._answer_of(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Y, N and S answer."""
        button = self._answer_of(event)
        if button is not None:
            button.click()
        else:
            super().keyPressEvent(event)

    def _answer_of(self, event: QKeyEvent) -> "AnswerButton | None":
        plain = not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier
        answers_of = {int(Qt.Key.Key_Y): self.yes, int(Qt.Key.Key_N): self.no, int(Qt.Key.Key_S): self.later}
        return answers_of.get(event.key()) if plain else None

    # ---- parts ----

    def _margin_words(self, suggestion: Suggestion) -> str:
        parts = []
        if suggestion.margin is not None:
            parts.append(self.tr("{margin} ahead of the next").format(margin=f"{suggestion.margin:.0%}"))
        if suggestion.work_saved > 0:
            parts.append(
                self.tr("settles 1 track")
                if suggestion.work_saved == 1
                else self.tr("settles {count} tracks").format(count=f"{suggestion.work_saved:,}")
            )
        return "  ·  ".join(parts)

    def _show_mark(self) -> None:
        self._mark.setText(f"{self.threshold():.0%}")
        self.slider.setAccessibleDescription(self._mark.text())

    def _on_slider(self) -> None:
        self._show_mark()
        self.set_above(None)
        self.threshold_changed.emit(self.threshold())

    def _connect(self) -> None:
        self.yes.clicked.connect(self.accepted)
        self.no.clicked.connect(self.rejected)
        self.later.clicked.connect(self.skipped)
        self.slider.valueChanged.connect(lambda _value: self._on_slider())
        self.accept_all.clicked.connect(lambda: self.accept_all_requested.emit(self.threshold()))

    def _build(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self._kind)
        head.addStretch(1)
        head.addWidget(self._place)
        strips = QHBoxLayout()
        strips.setSpacing(12)
        strips.addWidget(self.left, 1)
        strips.addWidget(separator(vertical=True))
        strips.addWidget(self.right, 1)
        answer_row = QHBoxLayout()
        answer_row.setSpacing(8)
        for button, stretch in ((self.yes, 3), (self.no, 3), (self.later, 2)):
            answer_row.addWidget(button, stretch)
        inside = QVBoxLayout()
        inside.setContentsMargins(16, 12, 16, 12)
        inside.setSpacing(10)
        inside.addLayout(head)
        inside.addWidget(self._question)
        inside.addLayout(strips, 1)
        inside.addWidget(self._likeness)
        inside.addWidget(self._margin)
        inside.addWidget(self._reason)
        inside.addLayout(answer_row)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(inside, 1)
        column.addWidget(self._made_footer())

    def _made_footer(self) -> QFrame:
        self.slider.setRange(round(LEAST_THRESHOLD * 100), 100)
        self.slider.setSingleStep(1)
        self.slider.setPageStep(5)
        self.slider.setAccessibleName(self.tr("Accept all above this likeness"))
        self._mark.setMinimumWidth(40)
        tip = self.tr("Only suggestions that start from somebody confirmed are accepted in bulk, as one undo step.")
        self.accept_all.setToolTip(tip)
        footer = QFrame()
        footer.setProperty("role", "footer")
        row = QHBoxLayout(footer)
        row.setContentsMargins(16, 8, 12, 8)
        row.setSpacing(8)
        row.addWidget(label(self.tr("Likeness from"), "muted"))
        row.addWidget(self.slider, 1)
        row.addWidget(self._mark)
        row.addWidget(self.accept_all)
        return footer


class AnswerButton(QPushButton):
    """A large button that shows its key."""

    def __init__(self, key: str, role: str = "plain", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._key = key
        self._words = ""
        self.setProperty("role", role)
        self.setAutoDefault(False)
        self.setMinimumHeight(_ANSWER_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_words(self, words: str) -> None:
        """What it says."""
        self._words = words
        self.setAccessibleName(words)
        self.setToolTip(f"{words} ({self._key})")
        self.updateGeometry()
        self.update()

    def words(self) -> str:
        """What it says."""
        return self._words

    def sizeHint(self) -> QSize:
        """Room for key and words."""
        return QSize(text_width(self._words, "strong") + 58, _ANSWER_PX)

    def minimumSizeHint(self) -> QSize:
        """Room for the key and some letters."""
        return QSize(72, _ANSWER_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The button, and on it the key and the words."""
        super().paintEvent(event)
        theme = current_theme()
        ink = "on_accent" if self.property("role") == "primary" else "text"
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = theme.font("strong")
        room = self.width() - 24
        wide = min(text_width(self._words, "strong") + 34, room)
        left = (self.width() - wide) / 2
        cap = QRectF(left, self.height() / 2 - 11, 22, 22)
        painter.setPen(theme.colour(ink, 0.55))
        painter.setBrush(theme.colour(ink, 0.12))
        painter.drawRoundedRect(cap, 4, 4)
        painter.setPen(theme.colour(ink))
        painter.setFont(theme.font("caption"))
        painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, self._key)
        painter.setFont(font)
        words = QRectF(cap.right() + 10, 0, wide - 32, self.height())
        shown = painter.fontMetrics().elidedText(self._words, Qt.TextElideMode.ElideRight, int(words.width()) + 2)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, shown)
        painter.end()


class LikenessBar(QWidget):
    """Likeness as a number and as a bar. It is a doubt where a high value means that something is wrong."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._likeness = 0.0
        self._doubt = False
        self.setFixedHeight(26)

    def set_likeness(self, likeness: float, *, doubt: bool = False) -> None:
        """In [0, 1]."""
        self._likeness, self._doubt = min(max(likeness, 0.0), 1.0), doubt
        self.setAccessibleName(self._title() + f" {self._likeness:.0%}")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Words, bar, number."""
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font("body"))
        painter.setPen(theme.colour("text_muted"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, self._title())
        painter.setFont(theme.font("strong"))
        painter.setPen(theme.colour("text"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, self._number())
        left = text_width(self._title(), "body") + 12
        groove = QRectF(left, self.height() / 2 - 4, self.width() - left - 54, 8)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("border_strong"))
        painter.drawRoundedRect(groove, 4, 4)
        painter.setBrush(theme.colour("warning" if self._doubt else "accent"))
        done = QRectF(groove.topLeft(), QPointF(groove.left() + groove.width() * self._likeness, groove.bottom()))
        if done.width() > 0:
            painter.drawRoundedRect(done, 4, 4)
        painter.end()

    def _number(self) -> str:
        return f"{self._likeness:.0%}"

    def _title(self) -> str:
        return self.tr("Doubt") if self._doubt else self.tr("Likeness")


class _FaceGrid(CropGrid):
    """Faces without words: nothing shall draw the eye from them."""

    def height_of_cell(self, width_px: int) -> int:
        return width_px


class _Strip(QWidget):
    """A name and faces below it."""

    def __init__(self, provide: Provide | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = ElidedLabel("", "strong")
        self.grid = _FaceGrid(provide)
        self.grid.set_cell_width(_FACE_PX)
        self.grid.set_empty_text(self.tr("No picture"))
        self.grid.setMinimumSize(130, 130)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._title)
        column.addWidget(self.grid, 1)

    def show_faces(self, title: str, faces: Sequence[Path]) -> None:
        self._title.set_text(title)
        self.grid.setAccessibleName(title)
        self.grid.set_items([GridItem(path, tip=title) for path in faces])
        self._fit_faces()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_faces()

    def _fit_faces(self) -> None:
        """As large as all of them can be at once; many are scrolled."""
        width, height, count = self.grid.width() - 24, self.grid.height() - 24, self.grid.count
        for columns in range(1, 7):
            side = min((width - 8 * (columns - 1)) // columns, _LARGEST_FACE_PX)
            if side < _FACE_PX or -(-count // columns) * (side + 8) <= height + 8:
                break
        self.grid.set_cell_width(max(side, _FACE_PX))


def _doubts(suggestion: Suggestion) -> bool:
    return suggestion.kind in (SuggestionKind.MIXED, SuggestionKind.OUTLIER)
