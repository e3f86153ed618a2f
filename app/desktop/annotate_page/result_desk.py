"""What a run gave: shown in the lanes, or exported."""

from typing import TYPE_CHECKING

from app.desktop.annotate_page.book import Entry, LaneBook, Shelf
from core.annotate.types import PipelineResult, ResultState

if TYPE_CHECKING:
    from app.desktop.annotate_page.page import AnnotatePage


class ResultDesk:
    """Knows which results are shown; what needs their lanes waits until these were read."""

    def __init__(self, page: "AnnotatePage") -> None:
        self._page = page
        self._pinned: dict[int, str] = {}
        self._shown: int | None = None
        self._exported: tuple[int, ...] = ()

    def pin(self, media_id: int, job_id: str) -> None:
        """From now on a video shows what this job gave, not the newest."""
        self._pinned[media_id] = job_id

    def show_newest(self, media_id: int) -> None:
        """From now on the newest results of a video, also those to come."""
        self._pinned.pop(media_id, None)

    def of(self, entry: Entry) -> tuple[PipelineResult, ...]:
        """What is shown of a video, in the order of the pipelines."""
        shelf = self._page.shelf
        pinned = self._pinned.get(entry.media_id) if entry.media_id is not None else None
        found = results_of(shelf, pinned, "") if pinned is not None else []
        names = list(self._page.body.run.catalogue.titles())
        return tuple(
            sorted(
                found or shelf.newest(entry.media_id),
                key=lambda one: names.index(one.pipeline) if one.pipeline in names else len(names),
            )
        )

    def are_others(self, book: LaneBook | None, entry: Entry) -> bool:
        """Whether other results are to be shown than those of the book. Marks tell of themselves, and what is being
        drawn must not be disturbed.
        """
        if book is None or book.media_id != entry.media_id:
            return True
        return set(book.documents) != {one.result_id for one in self.of(entry)}

    def open(self, job_id: str, pipeline: str) -> None:
        """Show what a job found; ``pipeline`` "" = all of it."""
        results = results_of(self._page.shelf, job_id, pipeline)
        entry = self._page.shelf.of_media(results[0].media_id) if results else None
        if entry is not None:
            self._shown = results[0].result_id if pipeline else None
            self._page.open_video(entry.key, job_id=job_id)

    def export(self, job_id: str, pipeline: str) -> None:
        """Ask how to export what a job found."""
        self.open(job_id, pipeline)
        self._exported = tuple(one.result_id for one in results_of(self._page.shelf, job_id, pipeline))

    def show_book(self, book: LaneBook) -> None:
        """Lanes were read: do what waited for them."""
        shown, self._shown = self._shown, None
        lane = next((one for one in book.lanes if one.result is not None and one.result.result_id == shown), None)
        if lane is not None:
            self._page.body.lanes.set_active(lane.lane_id)
        exported, self._exported = set(self._exported), ()
        lanes = [one for one in book.lanes if one.result is not None and one.result.result_id in exported]
        if lanes:
            self._page.commands.export_lanes(lanes)


def results_of(shelf: Shelf, job_id: str, pipeline: str) -> list[PipelineResult]:
    """Results of a job that can be shown."""
    return [
        one
        for one in shelf.results
        if one.job_id == job_id and pipeline in {"", one.pipeline} and one.state is ResultState.SUCCEEDED
    ]
