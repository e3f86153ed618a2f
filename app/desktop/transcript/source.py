"""Reads the transcript of one episode away from the Qt thread, and follows everybody's edits of it."""

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.desktop.services import Services
from app.desktop.transcript.book import Book, EpisodeFacts
from core.jobs.events import EditApplied, EpisodeChanged
from core.speech.types import Dropped
from core.transcript.types import LineRow

if TYPE_CHECKING:
    from core.library.library import Library

WAVEFORM_PER_SECOND = 50
SOUND_LANE = "waveform"
"""Reading the sound of a long film takes seconds: it holds up nothing else."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FreshLines:
    """Lines that an edit touched, as they are now; those asked for and not there are gone."""

    ep_id: str
    lines: tuple[LineRow, ...]
    gone: frozenset[str]


class TranscriptSource(QObject):
    """``book`` is what is known now. One read at a time, so that an older answer never overtakes a newer one."""

    loaded = Signal()
    """Another transcript, or newer speakers: ``book`` is new."""
    lines_changed = Signal()
    """Some lines of ``book`` are new."""
    waveform_loaded = Signal(object)
    """float32 (n, 2) in [-1, 1], 50 a second, or None."""
    failed = Signal(object)
    """The exception that kept it from being read."""
    episode_gone = Signal()

    def __init__(self, services: Services, parent: QObject, name: str, *, with_sound: bool = False) -> None:
        super().__init__(parent)
        self._with_sound = with_sound
        self._services = services
        self._name = name
        self.ep_id: str | None = None
        self.book: Book | None = None
        self._touched: set[str] = set()
        self._loading = self._reading = False
        services.bridge.edit_applied.connect(self._on_edit)
        services.bridge.episode_changed.connect(self._on_episode_changed)

    def open(self, ep_id: str | None) -> None:
        """Read the transcript of an episode, None = of none."""
        self.ep_id, self.book = ep_id, None
        self._touched, self._reading, self._loading = set(), False, False
        for part in ("book", "lines", "wave"):
            self._services.background.drop(self._key(part))
        if ep_id is not None:
            self.reload()
            self._load_waveform(ep_id)

    def reload(self) -> None:
        """Read everything again."""
        ep_id, library = self.ep_id, self._services.library
        if ep_id is None:
            return
        # lines on their way are older than what is asked for now
        self._services.background.drop(self._key("lines"))
        self._touched, self._reading, self._loading = set(), False, True
        self._services.background.run_query(
            lambda: read_book(library, ep_id),
            lambda book: self._take_book(ep_id, book),
            latest_key=self._key("book"),
            failed=lambda error: self._fail(ep_id, error),
            owner=self,
        )

    def _key(self, part: str) -> str:
        return f"transcript-{part}-{self._name}"

    def _load_waveform(self, ep_id: str) -> None:
        """As the analysis kept it, else from the sound itself."""
        services = self._services
        if not self._with_sound:
            return

        def read() -> object:
            from core.media.audio import waveform as read_sound
            from core.review.read import waveform as kept

            def left() -> bool:
                return services.background.stopping.is_set() or self.ep_id != ep_id

            found = kept(services.library, ep_id)
            if found is not None:
                return found
            path = services.library.episodes.get(ep_id).media_path
            return read_sound(path, per_second=WAVEFORM_PER_SECOND, canceled=left) if path.is_file() else None

        services.background.run_query(
            read,
            self.waveform_loaded.emit,
            latest_key=self._key("wave"),
            failed=lambda error: log.info("no waveform of %s: %s", ep_id, error),
            owner=self,
            lane=SOUND_LANE,
        )

    def _take_book(self, ep_id: str, book: Book) -> None:
        if ep_id == self.ep_id:
            self.book, self._loading = book, False
            self.loaded.emit()
            self._read_lines()

    def _fail(self, ep_id: str, error: Exception) -> None:
        if ep_id == self.ep_id:
            self._loading = False
            self.failed.emit(error)

    # ---- edits of anybody

    def _on_edit(self, event: EditApplied) -> None:
        if event.ep_id != self.ep_id:
            return
        change = event.change.get("transcript")
        if change is None:
            if self._names_linked(event):
                self.reload()
            return
        if change.get("runs") or change.get("speakers") or self.book is None:
            self.reload()
            return
        self._touched |= {*change.get("lines", ()), *change.get("gone", ())}
        self._read_lines()

    def _names_linked(self, event: EditApplied) -> bool:
        """Whether an edit of identities touched one whose name stands in the transcript."""
        if self.book is None or not self.book.exists:
            return False
        named = {*event.change.get("identities", ()), *event.change.get("removed", ()), *event.change.get("names", {})}
        shown = {speaker.identity_id for speaker in self.book.view.speakers}
        shown |= {link.identity_id for link in self.book.view.links}
        return bool(event.change.get("runs")) or bool(named & shown)

    def _on_episode_changed(self, event: EpisodeChanged) -> None:
        if event.ep_id != self.ep_id:
            return
        if event.deleted:
            self.open(None)
            self.episode_gone.emit()
        else:
            self.reload()

    def _read_lines(self) -> None:
        ep_id, library = self.ep_id, self._services.library
        if self._reading or self._loading or ep_id is None or self.book is None or not self._touched:
            return
        wanted, self._touched, self._reading = self._touched, set(), True

        def read() -> FreshLines:
            from core.transcript.reading import read_lines

            found = tuple(read_lines(library, ep_id, sorted(wanted)))
            return FreshLines(ep_id, found, frozenset(wanted - {line.line_id for line in found}))

        self._services.background.run_query(
            read,
            self._take_lines,
            latest_key=self._key("lines"),
            failed=lambda _error: self._read_all_instead(ep_id),
            owner=self,
        )

    def _take_lines(self, fresh: FreshLines) -> None:
        self._reading = False
        if fresh.ep_id == self.ep_id and self.book is not None:
            self.book.merge(fresh.lines, fresh.gone)
            self.lines_changed.emit()
        self._read_lines()

    def _read_all_instead(self, ep_id: str) -> None:
        """What could not be read line by line is read as a whole, which also says why."""
        self._reading = False
        if ep_id == self.ep_id:
            self.reload()


def read_book(library: "Library", ep_id: str) -> Book:
    """The transcript with the looks of its speakers. Raises NotFound for an episode that is gone."""
    from core.review.read import read_identities
    from core.transcript.reading import load_transcript

    episode = library.episodes.get(ep_id)
    view = load_transcript(library, ep_id)
    linked = {speaker.identity_id for speaker in view.speakers if speaker.identity_id}
    identities = read_identities(library, ep_id, linked) if linked else []
    facts = EpisodeFacts(
        episode.title, episode.media_path, episode.media_missing, episode.info, episode.last_position_s or 0.0
    )
    return Book(view, facts, {one.identity_id: one.colour_index for one in identities})


def read_dropped(library: "Library", ep_id: str) -> list[Dropped]:
    """What was left out of the current transcript."""
    import orjson

    run = library.runs.current(ep_id, "transcribe")
    file = run.path / "dropped.json" if run is not None else None
    if file is None or not file.is_file():
        return []
    rows = orjson.loads(file.read_bytes())
    return [Dropped(row["start_s"], row["end_s"], row["text"], row["reason"]) for row in rows]
