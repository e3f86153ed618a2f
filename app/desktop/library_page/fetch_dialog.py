"""Announces a download of models with its size and licences, then shows its progress."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.desktop.library_page.model_choices import DEFAULT_MARK
from app.desktop.model_fetch import ModelFetch
from core.jobs.events import ModelProgress
from models.errors import FetchCanceled, RushesError
from widgets.flow import Card, ElidedLabel, ProgressLine, label, push_button, separator
from widgets.time_text import format_size

if TYPE_CHECKING:
    from models.store import ModelStore


@dataclass(frozen=True, slots=True)
class NeededModel:
    """A model that an analysis needs and that is not usable yet."""

    model_id: str
    title: str
    size_bytes: int
    licence: str
    consequence: str
    must_accept: bool


def needed_from(store: "ModelStore", model_ids: Sequence[str]) -> tuple[NeededModel, ...]:
    """Which of these models of the catalogue are not usable yet. Files of the person's own are left out. Slow."""
    needed = []
    for model_id in model_ids:
        entry = store.catalogue.models.get(model_id)
        if entry is None:
            continue
        state = str(store.status(model_id).state)
        if state != "ready":
            needed.append(
                NeededModel(
                    model_id,
                    entry.title.removesuffix(DEFAULT_MARK),
                    entry.download_bytes,
                    entry.licence,
                    entry.consequence,
                    state == "needs_acceptance",
                )
            )
    return tuple(needed)


def describe_fetch(event: ModelProgress) -> str:
    """The present step of a download in words."""
    if event.total > 0:
        return f"{event.stage} {format_size(min(event.done, event.total))} / {format_size(event.total)}"
    return f"{event.stage} {format_size(event.done)}" if event.done else event.stage


class FetchDialog(QDialog):
    """Asks once, then downloads; ``ready`` tells that all models are there."""

    ready = Signal()

    def __init__(
        self, needed: tuple[NeededModel, ...], store: "ModelStore", fetch: ModelFetch, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Models to download"))
        self.setMinimumWidth(540)
        self._needed = needed
        self._store = store
        self._fetch = fetch
        self._busy = False
        self._lines: dict[str, tuple[ProgressLine, QLabel]] = {}
        self._accepts: list[QCheckBox] = []
        self._message = label("", "error", wrap=True)
        self.download = push_button(self._download_text(), "download", "primary")
        self.cancel = push_button(self.tr("Cancel"))
        self._build()
        self.download.clicked.connect(self._begin)
        self.cancel.clicked.connect(self.reject)
        fetch.progressed.connect(self._show_progress)
        fetch.ended.connect(self._on_end)
        self._refresh()

    def reject(self) -> None:
        """Cancel: a download at work stops."""
        if self._busy:
            self._fetch.cancel()
        super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        """The same as Cancel."""
        if self._busy:
            self._fetch.cancel()
        super().closeEvent(event)

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(12)
        column.addWidget(
            label(self.tr("The analysis needs models that are not on this machine yet"), "heading", wrap=True)
        )
        column.addWidget(
            label(
                self.tr(
                    "They are downloaded once, checked against the checksums of the catalogue, and then work offline."
                ),
                "muted",
                wrap=True,
            )
        )
        for model in self._needed:
            column.addWidget(self._card(model))
        column.addWidget(self._message)
        self._message.hide()
        column.addWidget(separator())
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.cancel)
        row.addWidget(self.download)
        column.addLayout(row)

    def _card(self, model: NeededModel) -> Card:
        card = Card(padding_px=12, spacing_px=4)
        head = QHBoxLayout()
        head.addWidget(ElidedLabel(model.title, "strong"), 1)
        head.addWidget(label(format_size(model.size_bytes), "small"))
        card.body.addLayout(head)
        card.body.addWidget(label(f"{model.licence}. {model.consequence}", "small", wrap=True))
        if model.must_accept:
            accept = QCheckBox(self.tr("I accept this licence"))
            accept.setAccessibleName(self.tr("I accept the licence of {model}").format(model=model.title))
            accept.toggled.connect(self._refresh)
            self._accepts.append(accept)
            card.body.addWidget(accept)
        line, text = ProgressLine(), label("", "small")
        line.hide()
        text.hide()
        card.body.addWidget(line)
        card.body.addWidget(text)
        self._lines[model.model_id] = (line, text)
        return card

    def _download_text(self) -> str:
        total = sum(model.size_bytes for model in self._needed)
        return self.tr("Download {size}").format(size=format_size(total)) if total else self.tr("Continue")

    def _refresh(self) -> None:
        self.download.setEnabled(not self._busy and all(accept.isChecked() for accept in self._accepts))

    def _begin(self) -> None:
        self._busy = True
        self._message.hide()
        for accept in self._accepts:
            accept.setEnabled(False)
        for line, text in self._lines.values():
            line.set_fraction(None)
            line.show()
            text.setText(self.tr("waiting"))
            text.show()
        self._refresh()
        self._fetch.fetch(
            [model.model_id for model in self._needed],
            accept=[model.model_id for model in self._needed if model.must_accept],
        )

    def _show_progress(self, event: ModelProgress) -> None:
        if event.model_id in self._lines:
            line, text = self._lines[event.model_id]
            line.set_fraction(event.done / event.total if event.total > 0 else None)
            text.setText(describe_fetch(event))

    def _on_end(self, ids: tuple[str, ...], error: Exception | None) -> None:
        if not self._busy or set(ids) != set(self._lines):
            return
        self._busy = False
        if error is None:
            self.ready.emit()
            self.accept()
            return
        for line, text in self._lines.values():
            line.hide()
            text.hide()
        if not isinstance(error, FetchCanceled):
            shown = f"{error.message}\n{error.action}" if isinstance(error, RushesError) else str(error)
            self._message.setText(shown.strip())
            self._message.show()
            self.download.setText(self.tr("Try again"))
        self._refresh()
