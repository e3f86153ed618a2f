"""The index of a task's clips: a folder that never changes, and a row that says which folder counts.

``vectors.npy`` float32 (n, d), rows of length 1, memory-mapped by whoever searches; ``clips.npy`` int64 (n, 2) video
and clip; ``times.npy`` float64 (n, 2) seconds; ``index.json`` what it was made of; above ``GRAPH_FROM_CLIPS`` clips
``graph.usearch``, a graph of near neighbours (Y. Malkov and D. Yashunin, "Efficient and robust approximate nearest
neighbor search using Hierarchical Navigable Small World graphs", IEEE TPAMI 42, 2020).
"""

import json
import logging
import secrets
import sqlite3
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import NotFound, RushesError
from core.jobs.events import ProcedureChanged
from core.library.clock import now_text
from core.library.durable import remove_tree, sync_folders, sync_tree
from core.procedures.embedding_files import read_clip_features, read_clips
from core.procedures.linear_map import LinearMap
from core.procedures.nearest import Ints, unit_rows
from core.procedures.records import Embedding
from core.procedures.types import EncoderId, Floats, ProcedureVideo, Role
from core.storage import storage_error

if TYPE_CHECKING:
    from core.library.library import Library

log = logging.getLogger(__name__)

GRAPH_FROM_CLIPS = 100_000
"""Up to here reading every vector takes less than a tenth of a second, and is exact."""
FOLDER = "search"
_TEMP = ".tmp-"
_CLIPS_OF_A_VIDEO = 1 << 20
_TRIES = 3

_building: dict[tuple[Path, str], threading.Lock] = {}
_building_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class IndexVersion:
    """An index of a task. ``version`` 0 and ``clips`` 0: nothing of the task is measured, so that there is none."""

    version: int
    task_id: str
    encoder: EncoderId
    folder: Path
    clips: int
    videos: int = 0
    adapter_version: int | None = None

    @property
    def label(self) -> str:
        """As people and the API call it."""
        return f"v{self.version}"


@dataclass(frozen=True, slots=True)
class _Source:
    """A measured video whose clips are to be indexed."""

    video: ProcedureVideo
    embedding: Embedding


def build(library: "Library", task_id: str, *, check: Callable[[], None] = lambda: None) -> IndexVersion:
    """Index all clips of a task anew and let that index count from now on; searches go on meanwhile in the old one.

    Vectors of unlike encoders are never mixed: the encoder of the newest measured gold video counts (of the newest
    video where no gold one is measured). The task's adapter maps them when it was learned from that encoder. ``check``
    raises to stop. Raises StorageFull, StorageUnwritable; the old index counts then.
    """
    with _lock_of(library.path, task_id):
        index = _made(library, task_id, check)
    if index.version:
        library.events.publish(ProcedureChanged("index", task_id, str(index.version)))
    return index


def current(library: "Library", task_id: str) -> IndexVersion | None:
    """The index of a task that counts now; None = none was made yet."""
    row = library.store.read().execute(_CURRENT, (task_id,)).fetchone()
    return None if row is None else _version(library.path, row)


def remove_leftovers(library: "Library") -> None:
    """At opening: take folders away that no row speaks of any more. Nothing may be at work."""
    rows = library.store.read().execute("SELECT folder FROM procedure_indexes WHERE current = 1").fetchall()
    kept = {row["folder"] for row in rows}
    root = library.path / FOLDER
    for folder in root.iterdir() if root.is_dir() else ():
        if folder.name not in kept:
            remove_tree(folder)


def key_of(video_id: int, clip: int) -> int:
    """The key of a clip in the graph; the same in all versions of an index."""
    return video_id * _CLIPS_OF_A_VIDEO + clip


def _made(library: "Library", task_id: str, check: Callable[[], None]) -> IndexVersion:
    """One try after the other: files of a video that is deleted meanwhile are gone, and it counts no more."""
    for left in reversed(range(_TRIES)):
        sources = _sources(library, task_id)
        if not sources:
            return _none(library, task_id)
        temp = library.path / FOLDER / f"{_TEMP}{secrets.token_hex(6)}"
        try:
            return _make(library, task_id, temp, sources, check)
        except NotFound:
            if not left:
                raise
        except OSError as error:
            raise storage_error(error, temp) from error
        finally:
            remove_tree(temp)
    raise AssertionError("the last try returns or raises")


def _make(
    library: "Library", task_id: str, temp: Path, sources: Sequence[_Source], check: Callable[[], None]
) -> IndexVersion:
    encoder = sources[0].embedding.encoder
    adapter_version, adapter = usable_adapter(library, task_id, encoder)
    temp.mkdir(parents=True)
    clips = _write(temp, task_id, sources, adapter, adapter_version, check)
    if clips > GRAPH_FROM_CLIPS:
        _write_graph(temp, _previous(library, task_id, sources, adapter_version), check)
    folder = temp.with_name(f"index-{temp.name.removeprefix(_TEMP)}")
    version = _publish(library, task_id, temp, folder, encoder, clips)
    return IndexVersion(version, task_id, encoder, folder, clips, len(sources), adapter_version)


# ---------------------------------------------------------------------- what goes into it


def _sources(library: "Library", task_id: str) -> list[_Source]:
    """Measured videos of the encoder that counts, by id."""
    videos = [video for video in library.procedures.videos(task_id=task_id) if video.embedding_id is not None]
    if not videos:
        return []
    golds = [video for video in videos if video.role is Role.GOLD]
    first = max(golds or videos, key=lambda video: video.video_id)
    encoder = (first.embedding_model, first.embedding_version)
    same = [video for video in videos if (video.embedding_model, video.embedding_version) == encoder]
    found = []
    for video in sorted(same, key=lambda video: video.video_id):
        try:
            embedding = library.procedures.embedding_of(video.video_id)
            read_clip_features(embedding.folder)
        except NotFound as error:  # deleted since the list was read, or damaged
            log.warning("the video %s is left out of the index of %s: %s", video.video_id, task_id, error)
            continue
        if embedding.num_clips > 0 and embedding.encoder == EncoderId(*encoder):
            found.append(_Source(video, embedding))
    return found


def usable_adapter(library: "Library", task_id: str, encoder: EncoderId) -> tuple[int | None, LinearMap | None]:
    """The version and the map of a task's current adapter; None where none was learned for vectors of ``encoder``."""
    adapter = library.procedures.current_adapter(task_id)
    if adapter is None or EncoderId(adapter.model, adapter.model_version) != encoder:
        return None, None
    try:
        return adapter.version, LinearMap.load(adapter.path)
    except RushesError as error:
        log.warning("the task %s goes without its adapter %s: %s", task_id, adapter.version, error)
        return None, None


def _write(
    temp: Path,
    task_id: str,
    sources: Sequence[_Source],
    adapter: LinearMap | None,
    adapter_version: int | None,
    check: Callable[[], None],
) -> int:
    """Video by video, so that the memory does not grow with the task. Returns the number of clips."""
    total = sum(source.embedding.num_clips for source in sources)
    dim = adapter.matrix.shape[1] if adapter else read_clip_features(sources[0].embedding.folder).shape[1]
    vectors = np.lib.format.open_memmap(temp / "vectors.npy", mode="w+", dtype=np.float32, shape=(total, dim))
    clips, times = np.empty((total, 2), np.int64), np.empty((total, 2), np.float64)
    at = 0
    for source in sources:
        check()
        features = np.asarray(read_clip_features(source.embedding.folder), np.float32)
        ends = slice(at, at + len(features))
        vectors[ends] = unit_rows(features if adapter is None else adapter.apply(features))
        clips[ends] = [(source.video.video_id, index) for index in range(len(features))]
        times[ends] = [(clip.start_s, clip.end_s) for clip in read_clips(source.embedding.folder)]
        at = ends.stop
    vectors.flush()
    del vectors
    np.save(temp / "clips.npy", clips)
    np.save(temp / "times.npy", times)
    encoder = sources[0].embedding.encoder
    facts: dict[str, Any] = {
        "task_id": task_id,
        "model": encoder.model,
        "model_version": encoder.version,
        "adapter_version": adapter_version,
        "videos": {str(source.video.video_id): source.embedding.embedding_id for source in sources},
    }
    (temp / "index.json").write_text(json.dumps(facts, sort_keys=True), encoding="utf-8")
    return at


# ---------------------------------------------------------------------- the graph


def _previous(
    library: "Library", task_id: str, sources: Sequence[_Source], adapter_version: int | None
) -> IndexVersion | None:
    """The index that counts, when vectors of videos in both are the same in it."""
    index = current(library, task_id)
    if index is None or index.encoder != sources[0].embedding.encoder or index.adapter_version != adapter_version:
        return None
    return index if (index.folder / "graph.usearch").is_file() else None


def _write_graph(temp: Path, previous: IndexVersion | None, check: Callable[[], None]) -> None:
    """Add to the graph before what is new and take out what is gone: making all of it anew takes minutes."""
    from usearch.index import Index  # noqa: PLC0415  not needed by the many small tasks

    vectors: Floats = np.load(temp / "vectors.npy", mmap_mode="r")
    keys = keys_of(np.load(temp / "clips.npy"))
    graph: Any = Index(ndim=vectors.shape[1], metric="ip", dtype="f16")
    old = np.empty(0, np.int64)
    if previous is not None:
        graph.load(str(previous.folder / "graph.usearch"))
        changed = _changed_videos(previous.folder, temp)
        old = keys_of(np.load(previous.folder / "clips.npy"))
        gone = old[~np.isin(old, keys) | np.isin(old // _CLIPS_OF_A_VIDEO, changed)]
        if len(gone):
            graph.remove(gone.astype(np.uint64))
        old = np.setdiff1d(old, gone)
    fresh = np.flatnonzero(~np.isin(keys, old))
    for first in range(0, len(fresh), 4096):
        check()
        rows = fresh[first : first + 4096]
        graph.add(keys[rows].astype(np.uint64), np.ascontiguousarray(vectors[rows]))
    graph.save(str(temp / "graph.usearch"))


def keys_of(clips: Ints) -> Ints:
    """The keys of rows (video, clip) in the graph; they rise as the rows do."""
    return np.asarray(clips[:, 0] * _CLIPS_OF_A_VIDEO + clips[:, 1], np.int64)


def _changed_videos(before: Path, after: Path) -> list[int]:
    """Videos that were measured again since."""
    old, new = (json.loads((folder / "index.json").read_text(encoding="utf-8"))["videos"] for folder in (before, after))
    return [int(video) for video, embedding in old.items() if video in new and new[video] != embedding]


# ---------------------------------------------------------------------- the swap

_CURRENT = "SELECT * FROM procedure_indexes WHERE task_id = ? AND current = 1"


def _publish(library: "Library", task_id: str, temp: Path, final: Path, encoder: EncoderId, clips: int) -> int:
    """Files to the disk, one rename, one transaction; then the folder that nobody needs any more goes."""
    sync_tree(temp)
    temp.rename(final)
    sync_folders(final.parent)

    def swap(connection: sqlite3.Connection) -> tuple[int, list[str]]:
        old = _let_go(connection, task_id)
        made = connection.execute(
            "INSERT INTO procedure_indexes (task_id, model, model_version, folder, clips, created_at, current)"
            " VALUES (?, ?, ?, ?, ?, ?, 1)",
            (task_id, encoder.model, encoder.version, final.name, clips, now_text()),
        )
        return int(made.lastrowid or 0), old

    try:
        version, old = library.store.write(swap)
    except BaseException:
        remove_tree(final)
        raise
    _remove(library, old)
    return version


def _none(library: "Library", task_id: str) -> IndexVersion:
    """Nothing is left to search."""
    if current(library, task_id) is not None:
        _remove(library, library.store.write(lambda connection: _let_go(connection, task_id)))
        library.events.publish(ProcedureChanged("index", task_id, "0", deleted=True))
    return IndexVersion(0, task_id, EncoderId("", ""), library.path / FOLDER, 0)


def _let_go(connection: sqlite3.Connection, task_id: str) -> list[str]:
    rows = connection.execute(_CURRENT, (task_id,)).fetchall()
    connection.execute("UPDATE procedure_indexes SET current = 0 WHERE task_id = ?", (task_id,))
    return [row["folder"] for row in rows]


def _remove(library: "Library", folders: Sequence[str]) -> None:
    for name in folders:
        try:
            remove_tree(library.path / FOLDER / name)
        except RushesError as error:  # Windows keeps a file that a search has open; the next opening takes it away
            log.info("an old index stays for now: %s", error)


def _version(root: Path, row: sqlite3.Row) -> IndexVersion:
    folder = root / FOLDER / row["folder"]
    facts = _facts(folder)
    return IndexVersion(
        version=row["version"],
        task_id=row["task_id"],
        encoder=EncoderId(row["model"], row["model_version"]),
        folder=folder,
        clips=row["clips"],
        videos=len(facts.get("videos", {})),
        adapter_version=facts.get("adapter_version"),
    )


def _facts(folder: Path) -> dict[str, Any]:
    try:
        facts: dict[str, Any] = json.loads((folder / "index.json").read_text(encoding="utf-8"))
    except FileNotFoundError:  # swapped since the row was read
        return {}
    return facts


def _lock_of(root: Path, task_id: str) -> threading.Lock:
    with _building_lock:
        return _building.setdefault((root, task_id), threading.Lock())
