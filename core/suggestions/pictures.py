"""The crops that are shown for a suggestion: two strips side by side, best first."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import orjson

from core.library.library import Library
from core.suggestions.people import People
from core.suggestions.types import Suggestion, SuggestionKind

STRIP = 6
"""Crops in a strip."""

_CROPS = (
    "SELECT track_id, frame, path FROM crops WHERE run_id = ? AND excluded = '' "
    "AND track_id IN (SELECT value FROM json_each(?)) ORDER BY overall DESC, path"
)
_PHOTOS = "SELECT cast_id, display_path FROM seeds ORDER BY cast_id, created_at, seed_id"


def with_pictures(library: Library, people: People, suggestions: Sequence[Suggestion]) -> list[Suggestion]:
    """The same suggestions with their strips. Paths are absolute."""
    strips = _Strips(library, people, suggestions)
    return [replace(one, left=strips.left(one), right=strips.right(one)) for one in suggestions]


class _Strips:
    def __init__(self, library: Library, people: People, suggestions: Sequence[Suggestion]) -> None:
        self._people = people
        sides = [side for one in suggestions for side in (self._left_tracks(one), self._right_tracks(one))]
        self._crops = _crops(library, people.ep_id, {track_id for side in sides for track_id in side})
        self._photos = _photos(library) if any(one.kind == SuggestionKind.CAST for one in suggestions) else {}

    def left(self, one: Suggestion) -> tuple[Path, ...]:
        """Of what is asked about; of a mixed track the part before the split."""
        if one.kind == SuggestionKind.MIXED and one.at_frame is not None:
            return self._part(one.track_ids[0], before=one.at_frame)
        return self._strip(self._left_tracks(one))

    def right(self, one: Suggestion) -> tuple[Path, ...]:
        """Of what it is compared with; of a mixed track the part from the split on."""
        if one.kind == SuggestionKind.MIXED and one.at_frame is not None:
            return self._part(one.track_ids[0], start=one.at_frame)
        if one.kind == SuggestionKind.CAST:
            return tuple(self._photos.get(one.target_id or "", ())[:STRIP])
        return self._strip(self._right_tracks(one))

    def _left_tracks(self, one: Suggestion) -> list[str]:
        return self._best(one.track_ids)

    def _right_tracks(self, one: Suggestion) -> list[str]:
        """The target's tracks; of an outlier without one the rest of its identity."""
        if one.kind in {SuggestionKind.CAST, SuggestionKind.MIXED}:
            return []
        shown = one.target_id or one.identity_id
        person = self._people.people[self._people.person_row[shown]]
        return self._best(
            track_id for row in person.tracks if (track_id := self._people.tracks[row].track_id) not in one.track_ids
        )

    def _best(self, track_ids: Iterable[str]) -> list[str]:
        """The clearest tracks: one crop of each says more than many crops of one."""
        rows = [self._people.track_row[track_id] for track_id in track_ids]
        rows.sort(key=lambda row: (-self._people.tracks[row].quality, row))
        return [self._people.tracks[row].track_id for row in rows[:STRIP]]

    def _strip(self, track_ids: Sequence[str]) -> tuple[Path, ...]:
        """The best crop of each track, then the second ones, and so on."""
        queues = [[path for _, path in self._crops.get(track_id, ())] for track_id in track_ids]
        turns = max((len(queue) for queue in queues), default=0)
        mixed = [queue[turn] for turn in range(turns) for queue in queues if turn < len(queue)]
        return tuple(mixed[:STRIP])

    def _part(self, track_id: str, *, start: int | None = None, before: int | None = None) -> tuple[Path, ...]:
        """The best crops of a stretch of a track."""
        crops = self._crops.get(track_id, ())
        chosen = [
            path for frame, path in crops if (start is None or frame >= start) and (before is None or frame < before)
        ]
        return tuple(chosen[:STRIP])


def _crops(library: Library, ep_id: str, track_ids: set[str]) -> dict[str, list[tuple[int, Path]]]:
    """(frame, path) of the crops of each track, best first."""
    run = library.runs.current(ep_id, "detect_track")
    if run is None or not track_ids:
        return {}
    found: dict[str, list[tuple[int, Path]]] = defaultdict(list)
    listed = orjson.dumps(sorted(track_ids)).decode()
    for track_id, frame, path in library.store.read().execute(_CROPS, (run.run_id, listed)):
        found[track_id].append((frame, run.path / path))
    return found


def _photos(library: Library) -> dict[str, list[Path]]:
    found: dict[str, list[Path]] = defaultdict(list)
    for cast_id, path in library.store.read().execute(_PHOTOS):
        found[cast_id].append(library.path / path)
    return found
