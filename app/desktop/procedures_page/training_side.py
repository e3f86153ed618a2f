"""Training of a task's comparison: what was learned, what is in use, train now, go back, every night or not."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QSpinBox, QVBoxLayout, QWidget

from app.desktop.procedures_page.book import TaskBook, Work
from app.desktop.procedures_page.words import failed_words, job_line
from app.desktop.services import Services
from core.jobs.types import Job
from core.procedures.records import Adapter
from widgets.flow import Badge, Card, ProgressLine, label, push_button
from widgets.history_list import when_words
from widgets.switch import Switch

if TYPE_CHECKING:
    from core.procedures.nightly import NightlySettings

MOST_ADAPTERS = 12
FIELD_PX = 88


class TrainingSide(QWidget):
    """The adapters of a task as cards, newest first."""

    train_requested = Signal()
    use_requested = Signal(object)
    """A version, or None = use no adapter."""
    cancel_requested = Signal(object)
    """Job."""

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._nightly: NightlySettings | None = None
        self._shown: tuple[Adapter, ...] | None = None
        self._in_use: int | None = None
        self._job: Job | None = None
        self.train = push_button(self.tr("Train now"), "play", "primary", small=True)
        self.cancel = push_button(self.tr("Stop"), "cancel", "quiet", small=True)
        self.basis = label("", "muted", wrap=True)
        self.state = label("", "small", wrap=True)
        self.line = ProgressLine()
        self.nightly = Switch(self.tr("Every night"))
        self.hour = QSpinBox()
        self.least = QSpinBox()
        self.next_run = label("", "small", wrap=True)
        self.plain = push_button(self.tr("Use no adapter"), "undo", small=True)
        self.cards = QVBoxLayout()
        self._build()
        self.train.clicked.connect(self.train_requested)
        self.cancel.clicked.connect(lambda: self.cancel_requested.emit(self._job) if self._job is not None else None)
        self.plain.clicked.connect(lambda: self.use_requested.emit(None))
        self.nightly.toggled.connect(lambda on: self._save(enabled=on))
        self.hour.editingFinished.connect(lambda: self._save(hour_local=self.hour.value()))
        self.least.editingFinished.connect(lambda: self._save(min_new_videos=self.least.value()))

    def show_book(self, book: TaskBook | None, work: Work) -> None:
        """The task's adapters and the training at work."""
        self._show_job(work)
        learns_from = [one for one in book.videos if one.role == "gold" or one.accepted] if book is not None else []
        measured = [one for one in learns_from if one.embedding_id is not None]
        self.basis.setText(
            self.tr(
                "Learns from gold recordings and from attempts that you accept for training: {count} now. What it "
                "learns is used only if it ranks known attempts no worse."
            ).format(count=len(measured))
        )
        self.train.setEnabled(book is not None and bool(measured) and work.training is None)
        adapters = book.adapters[:MOST_ADAPTERS] if book is not None else ()
        in_use = book.adapter_version if book is not None else None
        if (adapters, in_use) != (self._shown, self._in_use):
            self._shown, self._in_use = adapters, in_use
            self._show_adapters(adapters)
        self.plain.setVisible(in_use is not None)

    def reload(self) -> None:
        """Read when the next training by night is."""
        nightly = self._services.nightly
        self._services.background.run_query(
            lambda: (nightly.settings(), nightly.status()),
            lambda read: self._show_nightly(*read),
            latest_key="procedures-nightly",
            owner=self,
        )

    # ---- inside

    def _show_job(self, work: Work) -> None:
        self._job = work.training
        words, fraction = job_line(work.training) if work.training is not None else ("", None)
        if work.training is None and work.trained is not None:
            words = self._outcome(work.trained)
        self.state.setText(words)
        self.state.setVisible(bool(words))
        self.line.setVisible(work.training is not None)
        self.cancel.setVisible(work.training is not None)
        self.line.set_fraction(fraction)

    def _outcome(self, job: Job) -> str:
        if job.state == "failed":
            return self.tr("The last training failed: {why}").format(why=failed_words(job))
        if job.result.get("status") == "skipped":
            why = job.result.get("reason") or job.message
            return self.tr("The last training was skipped: {why}").format(why=why)
        return ""

    def _show_adapters(self, adapters: tuple[Adapter, ...]) -> None:
        while self.cards.count():
            item = self.cards.takeAt(0)
            card = item.widget() if item is not None else None
            if card is not None:
                card.hide()
                card.deleteLater()
        if not adapters:
            self.cards.addWidget(label(self.tr("Nothing was learned for this task yet."), "muted", wrap=True))
        for adapter in adapters:
            self.cards.addWidget(self._card(adapter))

    def _card(self, adapter: Adapter) -> Card:
        card = Card(padding_px=10, spacing_px=4)
        head = QHBoxLayout()
        head.addWidget(label(self.tr("Adapter {version}").format(version=adapter.version), "strong"))
        head.addWidget(label(when_words(adapter.created_at), "small"))
        head.addStretch(1)
        if adapter.current:
            head.addWidget(Badge(self.tr("in use"), "success"))
        else:
            use = push_button(self.tr("Use it"), "retry", "quiet", small=True)
            use.setAccessibleName(self.tr("Use adapter {version}").format(version=adapter.version))
            use.clicked.connect(lambda: self.use_requested.emit(adapter.version))
            head.addWidget(use)
        card.body.addLayout(head)
        if adapter.reason:
            card.body.addWidget(label(adapter.reason, "small", wrap=True))
        learned = self.tr("{videos} videos, {clips} clips, {dim} dimensions, {model}").format(
            videos=adapter.videos_used, clips=adapter.clips_used, dim=adapter.dim, model=adapter.model
        )
        card.body.addWidget(label(learned, "caption", wrap=True))
        return card

    def _show_nightly(self, settings: "NightlySettings", status: dict[str, Any]) -> None:
        self._nightly = settings
        with QSignalBlocker(self.nightly):
            self.nightly.setChecked(settings.enabled)
        for field, value in ((self.hour, settings.hour_local), (self.least, settings.min_new_videos)):
            if not field.hasFocus():
                with QSignalBlocker(field):
                    field.setValue(value)
            field.setEnabled(settings.enabled)
        due = status.get("next_run_local")
        self.next_run.setText(
            self.tr("Next: {when}, while this library is open here or served.").format(when=when_words(str(due)))
            if due
            else self.tr("Off.")
        )

    def _save(self, **changes: Any) -> None:
        if self._nightly is None:
            return
        wanted, library = replace(self._nightly, **changes), self._services.library
        if wanted == self._nightly:
            return
        self._nightly = wanted

        def work() -> None:
            from core.procedures.nightly import write_settings

            write_settings(library, wanted, actor="desktop")

        self._services.background.run_edit(work, lambda _none: self.reload(), failed=self._fail, owner=self)

    def _fail(self, error: Exception) -> None:
        self._services.notices.error(error)
        self.reload()

    def _build(self) -> None:
        self.hour.setRange(0, 23)
        self.hour.setSuffix(self.tr(":00"))
        self.hour.setAccessibleName(self.tr("Hour of the nightly training"))
        self.least.setRange(1, 1_000_000)
        for field in (self.hour, self.least):
            field.setMaximumWidth(FIELD_PX)
        self.least.setAccessibleName(self.tr("New videos that are needed"))
        inner = QWidget()
        inner.setProperty("scrolled", True)
        column = QVBoxLayout(inner)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(10)
        column.addWidget(self.basis)
        row = QHBoxLayout()
        row.addWidget(self.train)
        row.addWidget(self.cancel)
        row.addStretch(1)
        column.addLayout(row)
        column.addWidget(self.line)
        column.addWidget(self.state)
        column.addWidget(self._nightly_card())
        column.addWidget(label(self.tr("Adapters"), "strong"))
        self.cards.setSpacing(8)
        column.addLayout(self.cards)
        column.addWidget(self.plain)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setAccessibleName(self.tr("Training"))
        area.setWidget(inner)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)

    def _nightly_card(self) -> Card:
        card = Card(padding_px=10, spacing_px=6)
        row = QHBoxLayout()
        row.addWidget(self.nightly)
        row.addStretch(1)
        row.addWidget(label(self.tr("at"), "small"))
        row.addWidget(self.hour)
        card.body.addLayout(row)
        under = QHBoxLayout()
        under.addWidget(label(self.tr("when so many recordings are new"), "small"))
        under.addStretch(1)
        under.addWidget(self.least)
        card.body.addLayout(under)
        card.body.addWidget(self.next_run)
        return card
