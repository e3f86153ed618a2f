"""Screen time as rows that can be painted and searched fast."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from core.screen_time.types import ProvenInterval, ScreenTime
from widgets.moderation_mime import tracks_words
from widgets.time_text import format_span, format_time
from widgets.timeline.lanes import UNASSIGNED, Lane

_PROOFS_SHOWN = 8


class SortBy(StrEnum):
    """The order of the people."""

    TIME = "time"
    FIRST = "first"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class TimeRow:
    """A person's row. ``proofs`` are in the order of the lane's intervals."""

    lane: Lane
    total_s: float
    share: float
    first_s: float
    tracks: int
    picture: Path | None
    proofs: tuple[ProvenInterval, ...]

    @property
    def named(self) -> bool:
        """False for the row of tracks that belong to nobody."""
        return self.lane.lane_id != UNASSIGNED


def rows_of(found: ScreenTime, unassigned_label: str, sort_by: SortBy = SortBy.TIME) -> list[TimeRow]:
    """The people in an order; those tracks that belong to nobody come last."""
    rows = [
        _row(person.key, person.label, person.colour_index, person.intervals, person.total_s, person.share,
             person.first_s, person.tracks, person.best_crop)
        for person in found.people
    ]  # fmt: skip
    keys = {
        SortBy.TIME: lambda row: (-row.total_s, row.lane.label.casefold()),
        SortBy.FIRST: lambda row: (row.first_s, row.lane.label.casefold()),
        SortBy.NAME: lambda row: (row.lane.label.casefold(), row.first_s),
    }
    rows.sort(key=keys[sort_by])
    if found.unassigned:
        share = found.unassigned_s / found.duration_s if found.duration_s > 0 else 0.0
        tracks = len({track_id for one in found.unassigned for track_id in one.track_ids})
        first_s = min(one.start_s for one in found.unassigned)
        rows.append(
            _row(UNASSIGNED, unassigned_label, None, found.unassigned, found.unassigned_s, share, first_s, tracks, None)
        )
    return rows


def words_of_bar(row: TimeRow, bar: int) -> str:
    """Who, when, how long, and the tracks that prove it."""
    proof = row.proofs[bar]
    tracks = ", ".join(proof.track_ids[:_PROOFS_SHOWN])
    more = len(proof.track_ids) - _PROOFS_SHOWN
    if more > 0:
        tracks = _tr("{tracks} and {count} more").format(tracks=tracks, count=more)
    length = format_span(proof.end_s - proof.start_s)
    lines = (
        row.lane.label,
        f"{format_time(proof.start_s)} – {format_time(proof.end_s)}  ·  {length}",
        _tr("frames {first} – {last}").format(first=proof.start_frame, last=proof.end_frame),
        _tr("proved by {tracks}").format(tracks=tracks),
    )
    return "\n".join(lines)


def words_of_row(row: TimeRow) -> str:
    """Who, how long, in how many stretches."""
    count = len(row.proofs)
    stretches = _tr("1 stretch") if count == 1 else _tr("{count} stretches").format(count=f"{count:,}")
    return _tr("{name}: {span}, {share} of the episode, {stretches}, {tracks}").format(
        name=row.lane.label,
        span=format_span(row.total_s),
        share=f"{row.share:.0%}",
        stretches=stretches,
        tracks=tracks_words(row.tracks),
    )


def _tr(text: str) -> str:
    return QCoreApplication.translate("screen_time", text)


def _row(
    key: str,
    label: str,
    colour_index: int | None,
    intervals: tuple[ProvenInterval, ...],
    total_s: float,
    share: float,
    first_s: float,
    tracks: int,
    picture: Path | None,
) -> TimeRow:
    proofs = tuple(sorted(intervals, key=lambda one: one.start_s))
    lane = Lane(key, label, colour_index, [(one.start_s, one.end_s) for one in proofs])
    return TimeRow(lane, total_s, share, first_s, tracks, picture, proofs)
