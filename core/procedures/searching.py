"""Clips of a task that look like a given one."""

from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import Conflict, InvalidRequest, NotFound
from core.procedures import search_index
from core.procedures.embedding_files import read_clip_features
from core.procedures.linear_map import LinearMap
from core.procedures.nearest import Ints, nearest, unit_rows
from core.procedures.search_index import IndexVersion
from core.procedures.types import EncoderId, Floats, ProcedureVideo, SearchHit

if TYPE_CHECKING:
    from core.library.library import Library

MOST_HITS = 50
_TRIES = 4
"""An index may be swapped for the next one between reading its row and opening its files."""
_GRAPH_WIDTH = 8
"""So many times more neighbours are taken from the graph than are wanted; exact products decide among them."""


def search(library: "Library", task_id: str, video_id: int, clip_idx: int, k: int = 5) -> list[SearchHit]:
    """The ``k`` clips of a task most like clip ``clip_idx`` of one of its videos, best first; that clip is not among
    them. Similarity is the cosine, at most 1. Exact up to ``search_index.GRAPH_FROM_CLIPS`` clips.

    Works while the index is made anew: until then the old one answers. Raises NotFound for an unknown task or video,
    InvalidRequest for a video of another task or not measured, a clip that is not there, or ``k`` outside 1 to 50,
    Conflict for a video that another encoder measured.
    """
    if not 1 <= k <= MOST_HITS:
        raise InvalidRequest(f"k is {k}; it must be from 1 to {MOST_HITS}.", action="Ask for fewer clips.")
    library.procedures.task(task_id)
    video = _checked(library.procedures.video(video_id), task_id, clip_idx)
    for _ in range(_TRIES):
        index = search_index.current(library, task_id) or search_index.build(library, task_id)
        try:
            return _search(library, index, video, clip_idx, k)
        except FileNotFoundError:
            if search_index.current(library, task_id) == index:  # its folder was taken away by hand
                search_index.build(library, task_id)
    raise Conflict(f"The index of the task {task_id} keeps changing.", action="Search again in a moment.")


def _checked(video: ProcedureVideo, task_id: str, clip_idx: int) -> ProcedureVideo:
    if video.task_id != task_id:
        raise InvalidRequest(
            f"The video {video.video_id} belongs to the task {video.task_id}, not to {task_id}.",
            action="Search in the task of the video.",
        )
    if video.embedding_id is None:
        raise InvalidRequest(
            f"The video {video.video_id} is not measured yet.", action="Wait for its ingest job, or start it again."
        )
    if not 0 <= clip_idx < video.num_clips:
        raise InvalidRequest(
            f"The video {video.video_id} has no clip {clip_idx}; its clips are 0 to {video.num_clips - 1}.",
            action="Choose one of these.",
        )
    return video


def _search(library: "Library", index: IndexVersion, video: ProcedureVideo, clip_idx: int, k: int) -> list[SearchHit]:
    encoder = EncoderId(video.embedding_model, video.embedding_version)
    if index.clips and index.encoder != encoder:
        raise Conflict(
            f"The video {video.video_id} was measured with {encoder.model} {encoder.version}, the index of the task"
            f" {video.task_id} holds {index.encoder.model} {index.encoder.version}.",
            action="Measure the video again, then search.",
        )
    if index.clips == 0:
        return []
    vectors: Floats = np.load(index.folder / "vectors.npy", mmap_mode="r")
    clips: Ints = np.load(index.folder / "clips.npy", mmap_mode="r")
    times = np.load(index.folder / "times.npy", mmap_mode="r")
    query = _query(library, index, vectors, clips, video, clip_idx)
    there = {one.video_id: one.role for one in library.procedures.videos(task_id=video.task_id)}
    own = (video.video_id, clip_idx)
    wanted = k + 1
    while True:
        rows, products = _rows(index, vectors, clips, query, wanted)
        found = [(int(row), float(product)) for row, product in zip(rows, products, strict=True)]
        kept = [(row, product) for row, product in found if _shown(clips[row], own, there)]
        if len(kept) >= k or len(rows) < wanted:
            break
        wanted *= 4  # clips of videos that were deleted a moment ago stand in the way
    return [
        SearchHit(
            similarity=min(1.0, max(-1.0, product)),
            video_id=int(clips[row, 0]),
            clip_idx=int(clips[row, 1]),
            start_s=float(times[row, 0]),
            end_s=float(times[row, 1]),
            role=there[int(clips[row, 0])],
        )
        for row, product in kept[:k]
    ]


def _shown(clip: Ints, own: tuple[int, int], there: dict[int, Any]) -> bool:
    return (int(clip[0]), int(clip[1])) != own and int(clip[0]) in there


def _query(
    library: "Library", index: IndexVersion, vectors: Floats, clips: Ints, video: ProcedureVideo, clip_idx: int
) -> Floats:
    """The clip's vector as the index has it; of a video measured a moment ago it is made in the same way."""
    row = np.flatnonzero((clips[:, 0] == video.video_id) & (clips[:, 1] == clip_idx))
    if len(row):
        return np.array(vectors[row[0]])
    folder = library.procedures.embedding_of(video.video_id).folder
    features = np.array(read_clip_features(folder)[clip_idx : clip_idx + 1], np.float32)
    if index.adapter_version is not None:
        features = _adapter(library, index).apply(features)
    return np.asarray(unit_rows(features)[0], np.float32)


def _adapter(library: "Library", index: IndexVersion) -> LinearMap:
    for adapter in library.procedures.adapters(index.task_id):
        if adapter.version == index.adapter_version:
            return LinearMap.load(adapter.path)
    raise NotFound(f"The adapter {index.adapter_version} of the task {index.task_id} is not there any more.")


def _rows(index: IndexVersion, vectors: Floats, clips: Ints, query: Floats, wanted: int) -> tuple[Ints, Floats]:
    """Rows of the index nearest to the query with their cosines, best first; all of them when fewer than wanted."""
    graph = index.folder / "graph.usearch"
    if index.clips <= search_index.GRAPH_FROM_CLIPS or not graph.is_file():
        return nearest(vectors, query, wanted)
    from usearch.index import Index  # noqa: PLC0415  not needed by the many small tasks

    opened: Any = Index.restore(str(graph), view=True)
    width = min(index.clips, wanted * _GRAPH_WIDTH)
    found = np.sort(np.asarray(opened.search(query, width).keys, np.uint64).astype(np.int64))
    keys = search_index.keys_of(clips)
    rows = np.searchsorted(keys, found)
    rows = rows[keys[np.minimum(rows, len(keys) - 1)] == found]
    among, products = nearest(np.asarray(vectors[rows]), query, wanted)
    return rows[among], products
