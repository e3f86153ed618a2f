"""Everything that a report of an episode tells, read before the first page is set."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from core.identities.edit_log import Edit
from core.library.library import Library
from core.library.types import STAGES, Episode, Run
from core.media.thumbnails import ThumbStrip
from core.review.read import load_review, read_metrics, thumbs
from core.review.types import EpisodeReview
from core.screen_time.account import screen_time
from core.screen_time.types import ScreenTime
from models.catalogue import ModelEntry, load_catalogue

MOST_EDITS = 2_000
_PAGE_OF_EDITS = 500


@dataclass(frozen=True, slots=True)
class ReportSource:
    """An episode as it is now. ``edits``: the newest, oldest first; ``runs`` by stage; ``check`` raises to stop."""

    episode: Episode
    review: EpisodeReview
    account: ScreenTime
    metrics: dict[str, Any]
    edits: list[Edit]
    runs: dict[str, Run]
    links: int
    thumbs: ThumbStrip | None
    models: dict[str, ModelEntry]
    made_at: datetime
    check: Callable[[], None]
    version: str

    @property
    def program(self) -> str:
        """Rushes with its version; a checkout that was never installed knows none."""
        return _named(self.version)

    @property
    def labels(self) -> dict[str, str]:
        """Names of people by key."""
        return {one.key: one.label for one in self.account.people}


def read_report(
    library: Library, ep_id: str, *, gap_s: float, padding_s: float, check: Callable[[], None]
) -> ReportSource:
    """Raises NotFound, InvalidRequest (never analysed, parameters out of bounds) and what ``check`` raises."""
    account = screen_time(library, ep_id, gap_s=gap_s, padding_s=padding_s)
    check()
    runs = {stage: run for stage in STAGES if (run := library.runs.current(ep_id, stage)) is not None}
    return ReportSource(
        episode=library.episodes.get(ep_id),
        review=load_review(library, ep_id),
        account=account,
        metrics=read_metrics(library, ep_id),
        edits=_edits(library, ep_id),
        runs=runs,
        links=len(library.moderation.links(ep_id)),
        thumbs=_thumbs(library, ep_id, runs),
        models=dict(load_catalogue().models),
        made_at=datetime.now(UTC),
        check=check,
        version=_version(),
    )


def _edits(library: Library, ep_id: str) -> list[Edit]:
    found: list[Edit] = []
    before: int | None = None
    while len(found) < MOST_EDITS:
        page = library.moderation.history(ep_id, limit=_PAGE_OF_EDITS, before=before)
        if not page:
            break
        found = page + found
        before = page[0].edit_id
    return found[-MOST_EDITS:]


def _thumbs(library: Library, ep_id: str, runs: dict[str, Run]) -> ThumbStrip | None:
    run = runs.get("detect_track")
    return thumbs(library, ep_id) if run is not None and (run.path / "thumbs.npy").is_file() else None


def program_name() -> str:
    """Rushes with the version that is installed."""
    return _named(_version())


def _named(version_text: str) -> str:
    return f"Rushes {version_text}" if version_text else "Rushes"


def _version() -> str:
    try:
        return version("rushes")
    except PackageNotFoundError:
        return ""
