"""The first use: add a folder, choose a rule, make subtitles."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from widgets.flow import Card, label, push_button, separator
from widgets.icons import paint_icon
from widgets.theme import current_theme


class _Number(QWidget):
    """A number in a circle, a check mark once the step is done."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number, self.done, self.next = number, False, False
        self.setFixedSize(QSize(28, 28))

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        ground = "success_surface" if self.done else "accent_fill" if self.next else "pressed"
        painter.setBrush(theme.colour(ground))
        painter.drawEllipse(QRectF(self.rect()))
        if self.done:
            paint_icon(painter, "check", QRectF(7, 7, 14, 14), "success")
        else:
            painter.setPen(theme.colour("on_accent" if self.next else "text_muted"))
            painter.setFont(theme.font("strong"))
            painter.drawText(QRectF(self.rect()), Qt.AlignmentFlag.AlignCenter, str(self.number))
        painter.end()


class _Step(QWidget):
    def __init__(self, number: int, title: str, text: str, action: str, press: Callable[[], object]) -> None:
        super().__init__()
        self._title = title
        self.number = _Number(number)
        self.button: QPushButton = push_button(action, small=True)
        self.button.clicked.connect(lambda _on=False: press())
        self.button.setAccessibleDescription(text)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(label(title, "strong"))
        words.addWidget(label(text, "small", wrap=True))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 8, 0, 8)
        row.setSpacing(14)
        row.addWidget(self.number, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addLayout(words, 1)
        row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignVCenter)

    def show_state(self, *, done: bool, is_next: bool) -> None:
        self.number.done, self.number.next = done, is_next
        self.number.update()
        self.setAccessibleName(f"{self._title}: {self.tr('done')}" if done else self._title)
        self.button.setProperty("role", "primary" if is_next else "plain")
        self.button.style().unpolish(self.button)
        self.button.style().polish(self.button)


class FirstSteps(Card):
    """Three steps; the next one to take stands out. Hides itself once all are done."""

    wanted = Signal(str)
    """What a step leads to: folders, rules or scan."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, padding_px=20, spacing_px=4)
        self.body.addWidget(label(self.tr("Subtitles in three steps"), "heading"))
        text = self.tr("Everything is done on this computer. Nothing is sent anywhere.")
        self.body.addWidget(label(text, "muted", wrap=True))
        self.body.addSpacing(6)
        steps = (
            (
                "folders",
                self.tr("Add a folder"),
                self.tr("Where your films and series are. They are only read; a subtitle is written beside each."),
                self.tr("Add folder…"),
            ),
            (
                "rules",
                self.tr("Choose a rule"),
                self.tr("Which files get a subtitle, for example foreign films without an English one."),
                self.tr("Choose rule"),
            ),
            (
                "scan",
                self.tr("Make subtitles"),
                self.tr("The folders are looked through once; files that match wait in the queue of the workers."),
                self.tr("Scan now"),
            ),
        )
        self.steps: dict[str, _Step] = {}
        for number, (key, title, words, action) in enumerate(steps, 1):
            self.body.addWidget(separator())
            self.steps[key] = _Step(number, title, words, action, partial(self.wanted.emit, key))
            self.body.addWidget(self.steps[key])
        self.show_done(folders=False, rules=False, scanned=False)

    def show_done(self, *, folders: bool, rules: bool, scanned: bool) -> None:
        """Which steps were taken."""
        done = {"folders": folders, "rules": rules, "scan": scanned}
        following = next((key for key, is_done in done.items() if not is_done), "")
        for key, step in self.steps.items():
            step.show_state(done=done[key], is_next=key == following)
        self.steps["scan"].button.setEnabled(folders and rules)
        self.setVisible(bool(following))
