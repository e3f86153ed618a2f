"""What every format is made from, read once."""

from dataclasses import dataclass

from core.errors import InvalidRequest
from core.library.library import Library
from core.library.types import STAGES, Episode
from core.review.boxes import TrackBoxes, track_boxes
from core.review.read import load_review, read_metrics
from core.review.types import EpisodeReview


@dataclass(frozen=True, slots=True)
class ExportSource:
    """An episode with its review and every track's boxes."""

    episode: Episode
    review: EpisodeReview
    boxes: tuple[TrackBoxes, ...]
    metrics: dict[str, object]

    def identity_names(self) -> dict[str, str]:
        """Label of each identity by id."""
        return {one.identity_id: one.label for one in self.review.identities}


def read_source(library: Library, ep_id: str) -> ExportSource:
    """Raises NotFound for an unknown episode and InvalidRequest for one that was not analysed."""
    episode = library.episodes.get(ep_id)
    review = load_review(library, ep_id)
    if all(stage.state == "missing" for stage in review.stages if stage.stage in STAGES):
        raise InvalidRequest(
            f"“{episode.title}” has not been analysed yet.", action=f"Run: rushes analyse {episode.media_path}"
        )
    # by name: a track that an edit deletes in between stays in this export as the review shows it
    boxes = track_boxes(library, ep_id, [row.track_id for row in review.tracks])
    return ExportSource(episode, review, tuple(boxes), read_metrics(library, ep_id))
