"""One model of the catalogue as a card."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton

from app.desktop.library_page.fetch_dialog import describe_fetch
from core.jobs.events import ModelProgress
from widgets.flow import Badge, Card, ProgressLine, label, push_button
from widgets.time_text import format_size

if TYPE_CHECKING:
    from app.desktop.settings_page.models import ModelLine


class ModelCard(Card):
    """Shows a ``ModelLine`` and emits what a person asks for it."""

    fetch_requested = Signal(object)
    cancel_requested = Signal()
    accept_requested = Signal(object)
    remove_requested = Signal(object)
    verify_requested = Signal(object)
    folder_requested = Signal(object)

    def __init__(self, line: "ModelLine") -> None:
        super().__init__(spacing_px=6)
        self._line = line
        self._fetching = False
        self._state = Badge("")
        self._default = Badge(self.tr("Default") if line.default else "", "accent")
        self._size = label("", "small")
        self._licence = label("", "body", wrap=True)
        self._progress = ProgressLine()
        self._progress_text = label("", "small")
        self._problem = label("", "error", wrap=True)
        self.fetch = self._button(self.tr("Download"), "download", lambda: self.fetch_requested.emit(self._line))
        self.cancel = self._button(self.tr("Cancel"), "cancel", self.cancel_requested.emit)
        self.accept = self._button(self.tr("Accept licence"), "check", lambda: self.accept_requested.emit(self._line))
        self.folder = self._button(self.tr("Use a folder…"), "folder", lambda: self.folder_requested.emit(self._line))
        self.verify = self._button(self.tr("Verify"), "check-circle", lambda: self.verify_requested.emit(self._line))
        self.remove = self._button(self.tr("Remove"), "trash", lambda: self.remove_requested.emit(self._line))
        self._build()
        self.show_line(line)

    def show_line(self, line: "ModelLine") -> None:
        """Show a new state of the same model."""
        self._line = line
        state, tone = {
            "ready": (self.tr("Ready"), "success"),
            "missing": (self.tr("Not downloaded"), "plain"),
            "corrupt": (self.tr("Damaged"), "error"),
            "needs_acceptance": (self.tr("Licence not accepted"), "warning"),
        }.get(line.state, (line.state, "plain"))
        self._state.set_badge(state, tone)  # type: ignore[arg-type]
        self._size.setText(f"{line.model_id} · {self._sizes()}")
        self._licence.setText(f"{line.licence}. {line.consequence}")
        if line.state == "ready":
            self._problem.hide()
        self._show_buttons()

    def _sizes(self) -> str:
        """Size on the disk, and what travels when that is another."""
        line = self._line
        travels = format_size(line.download_bytes) if line.download_bytes else ""
        if not line.size_bytes:
            return self.tr("{size} to download").format(size=travels) if travels else self.tr("size not published")
        size = format_size(line.size_bytes)
        if line.state == "ready" or travels in {"", size}:
            return size
        return self.tr("{size}, {travels} to download").format(size=size, travels=travels)

    def show_fetching(self, fetching: bool, *, waiting: bool) -> None:
        """Whether the model is being downloaded now, or waits for another."""
        begins = fetching and not self._fetching
        self._fetching = fetching or waiting
        self._progress.setVisible(self._fetching)
        self._progress_text.setVisible(self._fetching)
        if begins or waiting:
            self._progress.set_fraction(None)
            self._progress_text.setText(self.tr("waiting for another download") if waiting else self.tr("asking"))
            self._problem.hide()
        self._show_buttons()

    def show_progress(self, event: ModelProgress) -> None:
        """A step of the download."""
        self._progress.set_fraction(event.done / event.total if event.total > 0 else None)
        self._progress_text.setText(describe_fetch(event))

    def show_problem(self, text: str) -> None:
        """Why the download failed and what to do."""
        self._problem.setText(text)
        self._problem.show()

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(label(self._line.title, "strong"))
        head.addWidget(self._default)
        head.addWidget(self._state)
        head.addStretch(1)
        head.addWidget(self._size)
        self.body.addLayout(head)
        self.body.addWidget(self._licence)
        self.body.addWidget(self._progress)
        self.body.addWidget(self._progress_text)
        self.body.addWidget(self._problem)
        self._problem.hide()
        self._progress.hide()
        self._progress_text.hide()
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in (self.accept, self.fetch, self.cancel, self.folder, self.verify, self.remove):
            row.addWidget(button)
        row.addStretch(1)
        self.body.addLayout(row)

    def _show_buttons(self) -> None:
        state, busy = self._line.state, self._fetching
        self.accept.setVisible(state == "needs_acceptance" and not busy)
        self.fetch.setVisible(state in {"missing", "corrupt"} and not busy)
        self.fetch.setText(self.tr("Download again") if state == "corrupt" else self.tr("Download"))
        self.cancel.setVisible(busy)
        self.folder.setVisible(state in {"missing", "corrupt"} and not busy)
        self.verify.setVisible(state == "ready" and not busy)
        self.remove.setVisible(state in {"ready", "corrupt"} and not busy)

    def _button(self, text: str, icon: str, press: object) -> QPushButton:
        button = push_button(text, icon, small=True)
        button.setAccessibleName(f"{text}: {self._line.title}")
        button.clicked.connect(press)
        return button
