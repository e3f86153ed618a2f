"""Which new track shows the face of which old one: by time and box overlap."""

from collections import Counter
from dataclasses import dataclass

from core.library.library import Library
from core.review.boxes import BoxIndex, TrackBoxes, track_boxes

COVERED = 0.5  # share of a new track's boxes that must lie on the old track
SAME_FACE_IOU = 0.4
BOXES_ASKED = 40  # of each new track, spread evenly: enough to vote

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class TrackMap:
    """``old_of``: the old track of a new one, where there is one; ``new_of``: the new ones of an old, longest first."""

    old_of: dict[str, str]
    new_of: dict[str, tuple[str, ...]]
    same_detection: bool = False

    def first(self, old: str) -> str | None:
        """The longest successor."""
        found = self.new_of.get(old)
        return found[0] if found else None


def map_tracks(library: Library, ep_id: str, old_run: int, new_run: int) -> TrackMap:
    """Successors of the live and deleted tracks of an older detection; the same tracks when it is the same."""
    if old_run == new_run:
        ids = [
            row["track_id"]
            for row in library.store.read().execute(
                "SELECT track_id FROM tracks WHERE run_id = ? AND state IN ('live', 'deleted')", (new_run,)
            )
        ]
        return TrackMap({one: one for one in ids}, {one: (one,) for one in ids}, same_detection=True)
    old = [
        row["track_id"]
        for row in library.store.read().execute(
            "SELECT track_id FROM tracks WHERE run_id = ? AND state IN ('live', 'deleted')", (old_run,)
        )
    ]
    index = BoxIndex(track_boxes(library, ep_id, old, run_id=old_run), {})
    old_of: dict[str, str] = {}
    lengths: dict[str, int] = {}
    for track in track_boxes(library, ep_id, run_id=new_run):
        lengths[track.track_id] = len(track.t_s)
        found = _predecessor(track, index)
        if found is not None:
            old_of[track.track_id] = found
    new_of: dict[str, list[str]] = {}
    for new, one in old_of.items():
        new_of.setdefault(one, []).append(new)
    ordered = {one: tuple(sorted(news, key=lambda new: (-lengths[new], new))) for one, news in new_of.items()}
    return TrackMap(old_of, ordered)


def _predecessor(track: TrackBoxes, index: BoxIndex) -> str | None:
    """The old track that most of a new track's boxes lie on."""
    votes: Counter[str] = Counter()
    asked = 0
    for row in range(0, len(track.t_s), max(1, len(track.t_s) // BOXES_ASKED)):
        asked += 1
        x0, y0, x1, y1 = (float(value) for value in track.bbox[row])
        for box in index.at(float(track.t_s[row])):
            if _iou((x0, y0, x1, y1), box.bbox) >= SAME_FACE_IOU:
                votes[box.track_id] += 1
    if not votes:
        return None
    best, count = min(votes.items(), key=lambda item: (-item[1], item[0]))
    return best if count >= COVERED * asked else None


def _iou(first: Box, second: Box) -> float:
    width = min(first[2], second[2]) - max(first[0], second[0])
    height = min(first[3], second[3]) - max(first[1], second[1])
    if width <= 0 or height <= 0:
        return 0.0
    areas = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (first, second))
    return width * height / (areas - width * height)
