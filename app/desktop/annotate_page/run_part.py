"""Run: which pipelines with which parameters over the chosen videos, and what became of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QInputDialog, QSplitter, QVBoxLayout, QWidget

from app.desktop.annotate_page.book import Entry
from app.desktop.annotate_page.catalogue import Catalogue, Faults, find_faults, read_catalogue
from app.desktop.annotate_page.choices import Choices
from app.desktop.annotate_page.words import chosen_words
from app.desktop.services import Services
from core.annotate.spec import Availability
from widgets.annotate import JobResults, ParameterForm, PipelineList, PipelineRow, ResultList
from widgets.flow import ElidedLabel, label, push_button, separator

CHECK_AFTER_MS = 150
LIST_SHARE = 0.46


class RunPart(QWidget):
    """Knows the choice; the page knows the videos and does the running."""

    run_requested = Signal()
    changed = Signal()
    """Whether it can run may be another."""

    def __init__(self, services: Services, choices: Choices, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._choices = choices
        self._entries: tuple[Entry, ...] = ()
        self.catalogue = Catalogue()
        self.faults = Faults()
        self.pipelines = PipelineList()
        self.form = ParameterForm()
        self.results = ResultList()
        self.words = ElidedLabel("", "heading")
        self.detail = ElidedLabel("", "small")
        self.run = push_button(self.tr("Run"), "play", "primary")
        self.broken = label("", "warning", wrap=True)
        self.dialog: QInputDialog | None = None
        self._check_soon = QTimer(self)
        self._check_soon.setSingleShot(True)
        self._check_soon.setInterval(CHECK_AFTER_MS)
        self._check_soon.timeout.connect(self._check)
        self._build()
        self._connect()

    # ---- what the page says

    def read(self) -> None:
        """Read the pipelines: models come and go."""
        store = self._services.model_store
        self._services.background.run_query(
            lambda: read_catalogue(store), self._show_catalogue, latest_key="annotate-catalogue", owner=self
        )

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """The videos to run over."""
        self._entries = tuple(entries)
        self._show_words()

    def show_jobs(self, jobs: Sequence[JobResults]) -> None:
        """What ran and runs."""
        self.results.set_jobs(jobs)

    def chosen(self) -> tuple[str, ...]:
        """Pipelines to run."""
        return self.pipelines.chosen()

    def config(self) -> dict[str, dict[str, Any]]:
        """Their parameters where they are not the defaults."""
        return self._choices.configs(self.chosen())

    def can_run(self) -> bool:
        """Whether there is something to run on something."""
        there = any(not one.missing for one in self._entries)
        return there and bool(self.chosen()) and not self.faults.any

    def close_part(self) -> None:
        """The library is being closed."""
        self._check_soon.stop()
        if self.dialog is not None:
            self.dialog.close()

    # ---- inside

    def _show_catalogue(self, catalogue: Catalogue) -> None:
        first = not self.catalogue.specs
        self.catalogue = catalogue
        if first:
            wanted = self._choices.pipelines if self._choices.chosen_before else catalogue.defaults
            self._show_rows()
            with QSignalBlocker(self.pipelines):
                self.pipelines.set_chosen([name for name in wanted if catalogue.can_run(name)])
            self._show_current(self._current() or next((one.name for one in catalogue.specs), ""))
        else:
            self._show_rows()
        self.results.set_pipeline_titles(catalogue.titles())
        broken = "\n".join(self.tr("{name}: {reason}").format(name=name, reason=why) for name, why in catalogue.broken)
        self.broken.setText(self.tr("Not loaded: {plugins}").format(plugins=broken) if broken else "")
        self.broken.setVisible(bool(broken))
        self._check()
        self._show_words()

    def _current(self) -> str:
        """The pipeline whose parameters are shown, "" = none."""
        return self.pipelines.current() or ""

    def _show_rows(self) -> None:
        rows = [
            PipelineRow(
                spec,
                self.catalogue.availability.get(spec.name, Availability(False)),
                self.faults.pipelines.get(spec.name, "") if spec.name in self.chosen() else "",
            )
            for spec in self.catalogue.specs
        ]
        self.pipelines.set_pipelines(rows)

    def _show_current(self, name: str) -> None:
        spec = self.catalogue.spec(name)
        with QSignalBlocker(self.form):
            self.form.set_spec(spec)
            if spec is not None:
                self.form.set_own_presets(self._choices.presets(name))
                self.form.set_values(self._choices.config(name))
                self.form.set_faults(self.faults.fields.get(name, {}))
        if self._current() != name:
            with QSignalBlocker(self.pipelines):
                self.pipelines.set_current(name)

    def _on_chosen(self, _names: object) -> None:
        self._choices.set_pipelines(self.chosen())
        self._show_words()
        self._check_soon.start()

    def _on_form(self) -> None:
        name = self._current()
        if name:
            self._choices.set_config(name, self.form.values())
            self._check_soon.start()

    def _check(self) -> None:
        """What would be refused is said before it is asked for."""
        store, names = self._services.model_store, self.chosen()
        current = self._current()
        looked_at = dict.fromkeys([*names, *([current] if self.catalogue.can_run(current) else [])])
        config = self._choices.configs(tuple(looked_at))
        self._services.background.run_query(
            lambda: find_faults(store, tuple(looked_at), config),
            self._show_faults,
            latest_key="annotate-check",
            owner=self,
        )

    def _show_faults(self, faults: Faults) -> None:
        chosen = self.chosen()
        self.faults = Faults(
            {name: words for name, words in faults.pipelines.items() if name in chosen or not name}, faults.fields
        )
        self._show_rows()
        self.form.set_faults(faults.fields.get(self._current(), {}))
        self._show_words()

    def _show_words(self) -> None:
        names = self.chosen()
        self.words.set_text(chosen_words(self._entries, len(names)))
        titles = self.catalogue.titles()
        fault = next(iter(self.faults.pipelines.values()), "")
        if fault:
            self.detail.set_text(fault)
        elif not names:
            self.detail.set_text(self.tr("Choose at least one pipeline."))
        else:
            self.detail.set_text(", ".join(titles.get(name, name) for name in names))
        self.detail.setProperty("role", "error" if fault else "small")
        self.detail.style().unpolish(self.detail)
        self.detail.style().polish(self.detail)
        self.run.setText(
            self.tr("Run on {count} videos").format(count=len(self._entries))
            if len(self._entries) > 1
            else self.tr("Run")
        )
        self.run.setEnabled(self.can_run())
        self.changed.emit()

    # ---- presets

    def _ask_preset_name(self, values: Mapping[str, Any]) -> None:
        pipeline, kept = self._current(), dict(values)
        if not pipeline:
            return
        dialog = QInputDialog(self)
        dialog.setWindowTitle(self.tr("Keep these parameters"))
        dialog.setLabelText(self.tr("Name of the preset"))
        dialog.textValueSelected.connect(
            lambda name: self._keep_preset(pipeline, name.strip(), kept) if name.strip() else None
        )
        dialog.finished.connect(lambda _code: self._forget(dialog))
        self.dialog = dialog
        dialog.open()

    def _keep_preset(self, pipeline: str, name: str, values: Mapping[str, Any]) -> None:
        self._choices.keep_preset(pipeline, name, values)
        if self._current() == pipeline:
            self.form.set_own_presets(self._choices.presets(pipeline))

    def _delete_preset(self, name: str) -> None:
        pipeline = self._current()
        self._choices.delete_preset(pipeline, name)
        self.form.set_own_presets(self._choices.presets(pipeline))

    def _forget(self, dialog: QInputDialog) -> None:
        if self.dialog is dialog:
            self.dialog = None
        dialog.deleteLater()

    # ---- assembly

    def _build(self) -> None:
        head = QFrame()
        head.setProperty("role", "bar")
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.words)
        words.addWidget(self.detail)
        row = QHBoxLayout(head)
        row.setContentsMargins(16, 8, 16, 8)
        row.setSpacing(12)
        row.addLayout(words, 1)
        row.addWidget(self.run)
        self.broken.setContentsMargins(16, 6, 16, 6)
        self.broken.hide()
        across = QSplitter(Qt.Orientation.Horizontal)
        across.setChildrenCollapsible(False)
        across.addWidget(self.pipelines)
        across.addWidget(self.form)
        across.setStretchFactor(0, 9)
        across.setStretchFactor(1, 11)
        across.setSizes([450, 550])
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(across)
        split.addWidget(self.results)
        split.setStretchFactor(0, 5)
        split.setStretchFactor(1, 3)
        split.setSizes([500, 280])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(separator())
        column.addWidget(self.broken)
        column.addWidget(split, 1)

    def _connect(self) -> None:
        self.run.clicked.connect(self.run_requested)
        self.pipelines.chosen_changed.connect(self._on_chosen)
        self.pipelines.current_changed.connect(self._show_current)
        self.form.changed.connect(self._on_form)
        self.form.preset_save_requested.connect(self._ask_preset_name)
        self.form.preset_delete_requested.connect(self._delete_preset)
