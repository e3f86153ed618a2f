"""The middle: the cut as it will be at any moment, and what a finished one really is."""

from pathlib import Path

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QImage, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from app.desktop.review.player_area import PlayerArea
from core.render.types import HEIGHT_PX, WIDTH_PX, RenderPlan
from widgets.flow import Chip, ElidedLabel, label, push_button
from widgets.render import CutMarks, Message, PreviewBar, PreviewCanvas, marks_of

PREVIEW, RESULT = "preview", "result"
MOST_NOTES_PX = 76


class PreviewPane(QWidget):
    """Owns the canvas and the player. ``shown`` is PREVIEW or RESULT."""

    part_changed = Signal(str)
    overlays_changed = Signal()

    def __init__(self, player: PlayerArea, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.player = player
        self.canvas = PreviewCanvas()
        self.bar = PreviewBar()
        self.parts = {PREVIEW: Chip(self.tr("Preview")), RESULT: Chip(self.tr("Result"))}
        self.summary = ElidedLabel("", "small")
        self.notes = label("", "small", wrap=True)
        self.notes_area = QScrollArea()
        self.result_title = ElidedLabel("", "strong")
        self.result_facts = label("", "small", wrap=True)
        self.open_folder = push_button(self.tr("Open folder"), "folder", "plain", small=True)
        self.save_copy = push_button(self.tr("Save a copy…"), "export", "primary", small=True)
        self.use_again = push_button(self.tr("Use again"), "retry", "quiet", small=True)
        self.stack = QStackedWidget()
        self._gap = QWidget()
        self._group = QButtonGroup(self)
        self.safe_zone_shown = True
        self.apps_shown = False
        self._build()
        self.show_overlays(self.safe_zone_shown, self.apps_shown)
        self.show_part(PREVIEW)
        self.parts[RESULT].hide()

    @property
    def has_result(self) -> bool:
        """Whether a finished cut is in the player."""
        return not self.parts[RESULT].isHidden()

    @property
    def shown(self) -> str:
        """PREVIEW or RESULT."""
        return RESULT if self.stack.currentIndex() == 1 else PREVIEW

    def show_part(self, part: str) -> None:
        """Show the preview or the result."""
        self.parts[part].setChecked(True)
        before = self.shown
        self.stack.setCurrentIndex(1 if part == RESULT else 0)
        self.summary.setVisible(part == PREVIEW)
        self._gap.setVisible(part != PREVIEW)
        if part != before:
            self.part_changed.emit(part)

    def show_overlays(self, safe_zone: bool, apps: bool) -> None:
        """What is drawn over the preview, none of which is rendered."""
        self.safe_zone_shown, self.apps_shown = safe_zone, apps
        for part in (self.canvas, self.bar):
            part.set_safe_zone_shown(safe_zone)
            part.set_platform_shown(apps)
        self.overlays_changed.emit()

    # ------------------------------------------------------------------ the preview

    def show_plan(self, plan: RenderPlan, summary: str) -> None:
        """What will be made."""
        self.bar.set_marks(marks_of(plan))
        self.summary.set_text(summary)
        self.notes.setText("\n".join(plan.notes))
        self.notes_area.setVisible(bool(plan.notes))
        self._fit_notes()
        style = plan.preset.caption_style
        across, down = style.safe_margin_px / WIDTH_PX, style.safe_margin_px / HEIGHT_PX
        self.canvas.set_safe_zone(QRectF(across, down, 1 - 2 * across, 1 - 2 * down))
        self.canvas.set_message(Message.NONE)

    def show_frame(self, image: QImage, frame: int, frame_count: int) -> None:
        """A moment of it."""
        self.canvas.set_picture(image)
        self.canvas.set_position(frame / max(frame_count - 1, 1))
        self.bar.set_frame(frame)

    def say(self, message: Message, title: str, text: str = "") -> None:
        """Why there is no picture."""
        self.canvas.set_message(message, title, text)

    def show_nothing(self, title: str, text: str) -> None:
        """There is no draft yet."""
        self._clear()
        self.canvas.set_message(Message.EMPTY, title, text)

    def say_failure(self, title: str, text: str) -> None:
        """The draft cannot be drawn: an old picture would lie."""
        self._clear()
        self.canvas.set_message(Message.ERROR, title, text)

    def _clear(self) -> None:
        self.canvas.set_picture(None)
        self.canvas.set_safe_zone(None)
        self.bar.set_marks(CutMarks())
        self.summary.set_text("")
        self.notes_area.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Notes wrap anew."""
        super().resizeEvent(event)
        self._fit_notes()

    def _fit_notes(self) -> None:
        """As high as they are, up to a few lines: the picture matters more."""
        if self.notes.text():
            wished_px = self.notes.heightForWidth(max(self.width(), 1))
            self.notes_area.setFixedHeight(min(max(wished_px, 0), MOST_NOTES_PX))

    # ------------------------------------------------------------------ the result

    def show_result(self, path: Path, title: str, facts: str) -> None:
        """A finished cut, ready to be played."""
        self.result_title.set_text(title)
        self.result_facts.setText(facts)
        self.parts[RESULT].show()
        self.player.open(path, 0.0)

    def show_result_facts(self, facts: str) -> None:
        """What was read back from the file."""
        self.result_facts.setText(facts)

    def forget_result(self) -> None:
        """It was deleted."""
        self.player.close_film()
        self.player.view.show_empty()
        self.parts[RESULT].hide()
        self.show_part(PREVIEW)

    # ------------------------------------------------------------------ inside

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(14, 8, 14, 8)
        head.setSpacing(6)
        for name, chip in self.parts.items():
            self._group.addButton(chip)
            head.addWidget(chip)
            chip.clicked.connect(lambda _on=False, name=name: self.show_part(name))
        head.addSpacing(8)
        self.summary.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        head.addWidget(self.summary, 1)
        head.addWidget(self._gap, 1)
        self.notes.setContentsMargins(14, 4, 14, 8)
        self.notes_area.setWidget(self.notes)
        self.notes_area.setWidgetResizable(True)
        self.notes_area.setFrameShape(QFrame.Shape.NoFrame)
        self.notes_area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.notes_area.setAccessibleName(self.tr("Notes on this cut"))
        self.notes_area.hide()
        preview = QWidget()
        column = QVBoxLayout(preview)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.canvas, 1)
        column.addWidget(self.bar)
        column.addWidget(self.notes_area)
        self.bar.safe_zone_toggled.connect(lambda on: self.show_overlays(on, self.apps_shown))
        self.bar.platform_toggled.connect(lambda on: self.show_overlays(self.safe_zone_shown, on))
        self.player.transport.set_compact(True)
        self.stack.addWidget(preview)
        self.stack.addWidget(self._result())
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(head)
        whole.addWidget(self.stack, 1)

    def _result(self) -> QWidget:
        result = QWidget()
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.result_title)
        words.addWidget(self.result_facts)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.save_copy)
        buttons.addWidget(self.open_folder)
        buttons.addWidget(self.use_again)
        buttons.addStretch(1)
        below = QVBoxLayout()
        below.setContentsMargins(14, 10, 14, 12)
        below.setSpacing(10)
        below.addLayout(words)
        below.addLayout(buttons)
        column = QVBoxLayout(result)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.player, 1)
        column.addLayout(below)
        return result
