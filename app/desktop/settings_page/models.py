"""Every model of the catalogue: what it is for, what it costs, whether it is here, and getting it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QWidget

from app.desktop.library_page.model_choices import DEFAULT_MARK
from app.desktop.services import Services
from app.desktop.settings_page.model_card import ModelCard
from app.desktop.settings_page.section import Section
from core.jobs.events import ModelProgress
from models.errors import FetchCanceled, ModelCorrupt, ModelMissing, RushesError
from widgets.flow import label

if TYPE_CHECKING:
    from models.store import ModelStore


@dataclass(frozen=True, slots=True)
class ModelLine:
    """A model as the section shows it. ``state`` is ready, missing, corrupt or needs_acceptance."""

    model_id: str
    purpose: str
    title: str
    size_bytes: int
    download_bytes: int
    licence: str
    consequence: str
    needs_acceptance: bool
    state: str
    path: Path | None
    default: bool


def read_models(store: "ModelStore") -> tuple[ModelLine, ...]:
    """Catalogue and store as lines, by purpose, the default first. Slow: checks files."""
    lines = []
    for entry in store.catalogue.models.values():
        status = store.status(entry.id)
        lines.append(
            ModelLine(
                entry.id,
                entry.purpose,
                entry.title.removesuffix(DEFAULT_MARK),
                entry.size_bytes,
                entry.download_bytes,
                entry.licence,
                entry.consequence,
                entry.needs_acceptance,
                str(status.state),
                status.path,
                entry.default,
            )
        )
    return tuple(lines)


def verify_files(store: "ModelStore", model_id: str) -> None:
    """Read all files of a model anew and compare them with the catalogue. Raises ModelCorrupt, ModelMissing. Slow."""
    from models.fetch import sha256_of

    entry, status = store.entry(model_id), store.status(model_id)
    for file in entry.files:
        path = status.path / file.name
        if not path.is_file():
            raise ModelMissing(f"{path} is not there any more.", action="Download the model again.")
        if sha256_of(path) != file.sha256:
            raise ModelCorrupt(
                f"{path} is damaged: its checksum is not the catalogue's.", action="Download the model again."
            )
    store.path(model_id)


class ModelsSection(Section):
    """A card for each model, under the headings of their purposes."""

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self.cards: dict[str, ModelCard] = {}
        self._headings: list[QWidget] = []
        self._note = label(self.tr("Reading the catalogue…"), "muted", wrap=True)
        self.column.addWidget(self._note)
        fetch = services.fetch
        fetch.started.connect(lambda _ids: self._show_fetching())
        fetch.progressed.connect(self._on_progress)
        fetch.ended.connect(self._on_end)

    def entered(self) -> None:
        """Read catalogue and store again."""
        store = self.services.model_store
        self.services.background.run_query(
            lambda: read_models(store), self._take, latest_key="model-lines", owner=self, lane="model-checks"
        )

    # ------------------------------------------------------------------ what a person asks

    def fetch(self, line: ModelLine) -> None:
        """Download a model."""
        self.services.fetch.fetch([line.model_id])
        self._show_fetching()

    def accept(self, line: ModelLine) -> None:
        """Accept a licence."""
        store = self.services.model_store
        self._change(lambda: store.accept_licence(line.model_id))

    def remove(self, line: ModelLine) -> None:
        """Delete a model's files; they can be fetched again."""
        store = self.services.model_store
        self._change(lambda: store.remove(line.model_id))

    def verify(self, line: ModelLine) -> None:
        """Compare the files with the catalogue's checksums."""
        store = self.services.model_store

        def done(_none: None) -> None:
            self.services.notices.info(self.tr("{model} is as the catalogue says.").format(model=line.title))
            self.entered()

        self.services.background.run_edit(
            lambda: verify_files(store, line.model_id), done, failed=self._on_failed, owner=self, lane="models"
        )

    def use_folder(self, line: ModelLine) -> None:
        """Take a model's files from a folder instead of downloading them."""
        chosen = QFileDialog.getExistingDirectory(
            self, self.tr("Folder with the files of {model}").format(model=line.title)
        )
        if chosen:
            store, folder = self.services.model_store, Path(chosen)
            self._change(lambda: store.use_local_folder(line.model_id, folder))

    def _change(self, call: Callable[[], object]) -> None:
        self.services.background.run_edit(
            call, lambda _none: self.entered(), failed=self._on_failed, owner=self, lane="models"
        )

    # ------------------------------------------------------------------ showing

    def _take(self, lines: tuple[ModelLine, ...]) -> None:
        self._note.setText(
            self.tr(
                "Models do the seeing. The default pack comes from the package index; larger ones are a download away. "
                "Every file is checked before it is used."
            )
        )
        if list(self.cards) == [line.model_id for line in self._in_order(lines)]:
            for line in lines:
                self.cards[line.model_id].show_line(line)
        else:
            self._rebuild(self._in_order(lines))
        self._show_fetching()

    def _in_order(self, lines: tuple[ModelLine, ...]) -> list[ModelLine]:
        purposes = list(dict.fromkeys(line.purpose for line in lines))
        return sorted(lines, key=lambda line: (purposes.index(line.purpose), not line.default))

    def _rebuild(self, lines: list[ModelLine]) -> None:
        for old in (*self._headings, *self.cards.values()):
            self.column.removeWidget(old)
            old.hide()
            old.deleteLater()
        self.cards, self._headings = {}, []
        purpose = ""
        for line in lines:
            if line.purpose != purpose:
                purpose = line.purpose
                heading = label(self._purpose_title(purpose), "strong")
                heading.setContentsMargins(0, 12, 0, 0)
                self._headings.append(heading)
                self.column.addWidget(heading)
            card = ModelCard(line)
            card.fetch_requested.connect(self.fetch)
            card.cancel_requested.connect(self.services.fetch.cancel)
            card.accept_requested.connect(self.accept)
            card.remove_requested.connect(self.remove)
            card.verify_requested.connect(self.verify)
            card.folder_requested.connect(self.use_folder)
            self.cards[line.model_id] = card
            self.column.addWidget(card)

    def _purpose_title(self, purpose: str) -> str:
        titles = {
            "face_detector": self.tr("Finding faces"),
            "face_embedder": self.tr("Comparing faces"),
            "face_pack": self.tr("Finding and comparing faces"),
            "face_mesh": self.tr("Points all over faces"),
            "face_emotion": self.tr("Telling what faces show"),
            "person_detector": self.tr("Finding people and their pose"),
            "image_text": self.tr("Comparing pictures with words"),
            "speech": self.tr("Writing down speech"),
            "speaker": self.tr("Telling voices apart"),
            "frame_encoder": self.tr("Comparing procedures"),
        }
        return titles.get(purpose, purpose.replace("_", " ").capitalize())

    def _show_fetching(self) -> None:
        fetch = self.services.fetch
        for model_id, card in self.cards.items():
            card.show_fetching(model_id in fetch.ids, waiting=fetch.is_waiting(model_id))

    def _on_progress(self, event: ModelProgress) -> None:
        if event.model_id in self.cards:
            self.cards[event.model_id].show_progress(event)

    def _on_end(self, ids: tuple[str, ...], error: Exception | None) -> None:
        if isinstance(error, RushesError) and not isinstance(error, FetchCanceled):
            self._show_problem(ids, error)
        self._show_fetching()
        self.entered()

    def _show_problem(self, ids: tuple[str, ...], error: RushesError) -> None:
        for model_id in ids:
            if model_id in self.cards:
                self.cards[model_id].show_problem(f"{error.message} {error.action}".strip())

    def _on_failed(self, error: Exception) -> None:
        self.services.notices.error(error)
        self.entered()
