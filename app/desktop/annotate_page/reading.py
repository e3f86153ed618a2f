"""Reading for the page, away from the Qt thread: the shelf of videos, and the lanes of one of them."""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.desktop.annotate_page.book import (
    Entry,
    Lane,
    LaneBook,
    Shelf,
    found_lane_id,
    labels_of,
    newest_successes,
    own_lane_id,
)
from app.desktop.annotate_page.boxes_now import TierBoxes
from app.desktop.library_page.posters import POSTER_AT_FRACTION, FrameKey
from app.desktop.services import Services
from core.annotate.types import AnnotatedVideo, Document, OwnMark, PipelineResult
from core.errors import NotFound
from core.library.types import Episode
from widgets.annotate.lane_data import CanvasMark, LaneRow, lane_of

if TYPE_CHECKING:
    from core.library.library import Library

MOST_RESULTS = 24
"""So many results are kept in memory: the lanes of a video are shown again without reading them again."""


@dataclass(frozen=True, slots=True)
class FoundLanes:
    """What a result holds, ready to be shown."""

    document: Document
    lanes: tuple[Lane, ...]
    rows: tuple[LaneRow, ...]
    boxes: tuple[TierBoxes, ...]


class ResultShelf:
    """Results that were read last; a result never changes. Any thread may ask."""

    def __init__(self, library: "Library") -> None:
        self._library = library
        self._lock = threading.Lock()
        self._kept: OrderedDict[int, FoundLanes] = OrderedDict()

    def of(self, result: PipelineResult) -> FoundLanes:
        """The lanes of a result. Raises NotFound when it was deleted. Slow."""
        with self._lock:
            kept = self._kept.get(result.result_id)
            if kept is not None:
                self._kept.move_to_end(result.result_id)
                return kept
        found = _found_lanes(result, self._library.annotations.document(result.result_id))
        with self._lock:
            self._kept[result.result_id] = found
            while len(self._kept) > MOST_RESULTS:
                self._kept.popitem(last=False)
        return found


class AnnotateReader(QObject):
    """What is shown together is read together."""

    shelf_read = Signal(object)
    """Shelf."""
    lanes_read = Signal(object)
    """LaneBook."""
    failed = Signal(object)
    """The exception that kept the videos from being read."""
    lanes_failed = Signal(object)
    """The exception that kept the lanes from being read."""

    def __init__(self, services: Services, parent: QObject) -> None:
        super().__init__(parent)
        self._library = services.library
        self._background = services.background
        self.kept = ResultShelf(services.library)

    def read_shelf(self) -> None:
        """Read the videos and the results."""
        library = self._library
        self._background.run_query(
            lambda: read_shelf(library),
            self.shelf_read.emit,
            latest_key="annotate-shelf",
            failed=self.failed.emit,
            owner=self,
        )

    def read_lanes(self, entry: Entry, results: tuple[PipelineResult, ...]) -> None:
        """Read the lanes of a video: what people marked, and these results."""
        library, kept = self._library, self.kept
        self._background.run_query(
            lambda: read_lanes(library, kept, entry, results),
            self.lanes_read.emit,
            latest_key="annotate-lanes",
            failed=self.lanes_failed.emit,
            owner=self,
        )


def read_shelf(library: "Library") -> Shelf:
    """Episodes of the library, then videos that are annotated without being one. Slow."""
    videos = list(library.annotations.videos())
    by_episode = {one.ep_id: one for one in videos if one.ep_id is not None}
    results = tuple(sorted(library.annotations.results(), key=lambda one: one.result_id, reverse=True))
    newest = newest_successes(results)
    counts = {media_id: len(of_video) for media_id, of_video in newest.items()}
    own = {one.media_id: len(library.coding.tiers(one.media_id)) for one in videos}
    episodes = library.episodes.list()
    entries = [_of_episode(one, by_episode.get(one.ep_id), counts, own) for one in episodes]
    known = {one.ep_id for one in episodes}
    entries += [_of_video(one, counts, own) for one in videos if one.ep_id not in known]
    return Shelf(tuple(entries), results, newest)


def read_lanes(library: "Library", kept: ResultShelf, entry: Entry, results: tuple[PipelineResult, ...]) -> LaneBook:
    """What people marked in a video and what these results hold. Slow."""
    if entry.media_id is None:
        return LaneBook(entry.key, None)
    own, marks = _read_own(library, entry.media_id)
    undo_name, redo_name = library.coding.undo_names(entry.media_id)
    lanes, rows = [*own], [_own_row(lane, marks[lane.tier_id]) for lane in own if lane.tier_id is not None]
    boxes: list[TierBoxes] = []
    documents: dict[int, Document] = {}
    for result in results:
        try:
            found = kept.of(result)
        except NotFound:  # deleted since the list was read: the list is read again at once
            continue
        documents[result.result_id] = found.document
        lanes += found.lanes
        rows += found.rows
        boxes += found.boxes
    facts = library.annotations.video(entry.media_id).facts
    return LaneBook(
        entry.key,
        entry.media_id,
        tuple(lanes),
        marks,
        undo_name,
        redo_name,
        facts,
        documents,
        tuple(rows),
        tuple(boxes),
    )


def _found_lanes(result: PipelineResult, document: Document) -> FoundLanes:
    origin = pipeline_title(result.pipeline)
    lanes = tuple(
        Lane(found_lane_id(result.result_id, tier.name), tier.name, origin, tier, result=result)
        for tier in document.tiers
    )
    rows = tuple(lane_of(lane.tier, lane.lane_id, title=lane.title, subtitle=origin) for lane in lanes)
    boxes = tuple(TierBoxes(lane.tier.boxes, lane.lane_id) for lane in lanes if lane.tier.boxes is not None)
    return FoundLanes(document, lanes, rows, boxes)


def _read_own(library: "Library", media_id: int) -> tuple[list[Lane], dict[int, tuple[OwnMark, ...]]]:
    lanes: list[Lane] = []
    marks: dict[int, tuple[OwnMark, ...]] = {}
    for own in library.coding.tiers(media_id):
        marks[own.tier_id] = tuple(library.coding.marks(own.tier_id))
        tier = library.coding.document(media_id, [own.tier_id]).tiers[0]
        lanes.append(Lane(own_lane_id(own.tier_id), own.name, own.coder, tier, tier_id=own.tier_id, own=own))
    return lanes, marks


def _own_row(lane: Lane, marks: tuple[OwnMark, ...]) -> LaneRow:
    return LaneRow(
        lane.lane_id,
        lane.title,
        lane.origin,
        lane.kind,
        tuple(CanvasMark(one.mark_id, one.start_s, one.end_s, one.label, hint=one.comment) for one in marks),
        editable=True,
        vocabulary=labels_of(lane.tier),
    )


def pipeline_title(name: str) -> str:
    """A pipeline as people know it; the name of one that is not there any more."""
    from core.annotate.registry import registry

    pipeline = registry().find(name)
    return pipeline.spec.display_name if pipeline is not None else name


def _of_episode(
    episode: Episode, video: AnnotatedVideo | None, counts: Mapping[int, int], own: Mapping[int, int]
) -> Entry:
    media_id = video.media_id if video is not None else None
    picture: object = episode.poster
    if picture is None and not episode.media_missing:
        picture = FrameKey(episode.media_path, episode.info.duration_s * POSTER_AT_FRACTION)
    return Entry(
        f"ep:{episode.ep_id}",
        episode.title,
        episode.media_path,
        episode.info.duration_s,
        ep_id=episode.ep_id,
        media_id=media_id,
        missing=episode.media_missing,
        picture=picture,
        info=episode.info,
        results=counts.get(media_id, 0) if media_id is not None else 0,
        own_tiers=own.get(media_id, 0) if media_id is not None else 0,
    )


def _of_video(video: AnnotatedVideo, counts: Mapping[int, int], own: Mapping[int, int]) -> Entry:
    path = Path(video.path)
    missing = not path.is_file()
    return Entry(
        f"media:{video.media_id}",
        video.file_name,
        path,
        video.facts.duration_s,
        ep_id=video.ep_id,
        media_id=video.media_id,
        missing=missing,
        picture=None if missing else FrameKey(path, video.facts.duration_s * POSTER_AT_FRACTION),
        results=counts.get(video.media_id, 0),
        own_tiers=own.get(video.media_id, 0),
    )
