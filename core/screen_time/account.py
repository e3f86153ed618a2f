"""Screen time of an analysed episode: who is on screen, when, for how long, and which tracks prove it."""

import math
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import orjson

from core.errors import InvalidRequest
from core.library.library import Library
from core.library.types import Episode
from core.review.rows import Rows
from core.review.types import IdentityRow, TrackRow
from core.screen_time.clock import PtsClock, read_clock
from core.screen_time.intervals import Stretch, joined, length_pts
from core.screen_time.overlaps import ticks_together
from core.screen_time.people import Person, best_crop_of, people_of
from core.screen_time.types import Overlap, PersonTime, ProvenInterval, ScreenTime

LONGEST_GAP_S = 3600.0
LONGEST_PADDING_S = 60.0


@dataclass(frozen=True, slots=True)
class _Read:
    """What the account is made from, all of one moment."""

    episode: Episode
    clock: PtsClock
    tracks: dict[str, TrackRow]
    identities: tuple[IdentityRow, ...]
    spans: dict[str, list[Stretch]]


def screen_time(library: Library, ep_id: str, *, gap_s: float = 0.0, padding_s: float = 0.0) -> ScreenTime:
    """The account of the current runs' live tracks; people with the most time first.

    Gaps of a person up to ``gap_s`` (0 to 3600) are closed; ``padding_s`` (0 to 60) is added at both ends of every
    interval, never beyond the episode's. Raises NotFound, InvalidRequest (out of bounds, never analysed).
    """
    gap_s = _within("gap_s", gap_s, LONGEST_GAP_S)
    padding_s = _within("padding_s", padding_s, LONGEST_PADDING_S)
    read = _read(library, ep_id)
    clock = read.clock
    people = people_of(read.identities)
    held = [_stretches(read, person.track_ids, gap_s, padding_s) for person in people]
    nobodys = [track_id for track_id, track in read.tracks.items() if track.identity_id is None]
    unassigned = _stretches(read, nobodys, gap_s, padding_s)
    seen = length_pts((one.start_pts, one.end_pts) for stretches in (*held, unassigned) for one in stretches)
    rows = [_person(read, person, stretches) for person, stretches in zip(people, held, strict=True)]
    return ScreenTime(
        ep_id=ep_id,
        title=read.episode.title,
        duration_s=_duration_s(read.episode, clock),
        gap_s=gap_s,
        padding_s=padding_s,
        people=tuple(
            sorted((one for one in rows if one.intervals), key=lambda one: (-one.total_s, one.first_s, one.key))
        ),
        overlaps=_overlaps(clock, people, held),
        unassigned_s=_length_s(clock, length_pts((one.start_pts, one.end_pts) for one in unassigned)),
        unassigned=tuple(_proven(clock, one) for one in unassigned),
        nobody_s=_length_s(clock, max(0, clock.end_pts - clock.start_pts - seen)),
    )


def episode_clock(library: Library, ep_id: str) -> PtsClock:
    """The time line that the intervals are on. Raises NotFound, InvalidRequest (never analysed)."""
    episode = library.episodes.get(ep_id)
    run = library.runs.current(ep_id, "detect_track")
    if run is None:
        raise _not_analysed(episode)
    return read_clock(library, episode, run)


def _within(name: str, value: float, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise InvalidRequest(f"{name} is {value!r}, which is no number of seconds.", action=f"Give 0 to {most:g}.")
    if not 0 <= value <= most:
        raise InvalidRequest(f"{name} is {value:g} s.", action=f"Give a value from 0 to {most:g} seconds.")
    return float(value)


def _read(library: Library, ep_id: str) -> _Read:
    with library.store.snapshot() as connection:
        episode = library.episodes.get(ep_id)
        rows = Rows.of(library, connection, ep_id)
        if rows is None:
            raise _not_analysed(episode)
        clock = read_clock(library, episode, rows.run)
        live = tuple(track for track in rows.tracks() if track.state == "live")
        spans = _read_spans(connection, rows.run.run_id, clock)
        return _Read(episode, clock, {track.track_id: track for track in live}, rows.identities(live), spans)


def _not_analysed(episode: Episode) -> InvalidRequest:
    return InvalidRequest(
        f"“{episode.title}” has not been analysed yet.", action=f"Run: rushes analyse {episode.media_path}"
    )


def _read_spans(connection: sqlite3.Connection, run_id: int, clock: PtsClock) -> dict[str, list[Stretch]]:
    """When each live track is on screen; their seconds came from PTS and become PTS again."""
    rows = connection.execute("SELECT track_id, spans FROM tracks WHERE run_id = ? AND state = 'live'", (run_id,))
    spans = [(track_id, pair) for track_id, text in rows for pair in orjson.loads(text)]
    edges = np.array([pair for _, pair in spans], dtype=np.float64).reshape(-1, 2)
    found: dict[str, list[Stretch]] = {}
    for (track_id, _), (start, end) in zip(spans, clock.pts_at(edges).tolist(), strict=True):
        found.setdefault(track_id, []).append(Stretch(start, end, (track_id,)))
    return found


def _stretches(read: _Read, track_ids: Iterable[str], gap_s: float, padding_s: float) -> list[Stretch]:
    clock = read.clock
    return joined(
        (span for track_id in track_ids for span in read.spans.get(track_id, ())),
        gap_pts=clock.ticks(gap_s),
        padding_pts=clock.ticks(padding_s),
        start_pts=clock.start_pts,
        end_pts=clock.end_pts,
    )


def _person(read: _Read, person: Person, stretches: list[Stretch]) -> PersonTime:
    clock = read.clock
    intervals = tuple(_proven(clock, one) for one in stretches)
    total_s = _length_s(clock, sum(one.end_pts - one.start_pts for one in stretches))
    duration_s = _duration_s(read.episode, clock)
    tracks = [read.tracks[track_id] for track_id in person.track_ids]
    return PersonTime(
        key=person.key,
        label=person.label,
        person_id=person.person_id,
        identity_ids=tuple(one.identity_id for one in person.identities),
        intervals=intervals,
        total_s=total_s,
        first_s=intervals[0].start_s if intervals else 0.0,
        last_s=intervals[-1].end_s if intervals else 0.0,
        share=min(1.0, total_s / duration_s) if duration_s > 0 else 0.0,
        tracks=len(tracks),
        colour_index=person.colour_index,
        best_crop=best_crop_of(tracks),
    )


def _proven(clock: PtsClock, one: Stretch) -> ProvenInterval:
    return ProvenInterval(
        start_s=clock.seconds(one.start_pts),
        end_s=clock.seconds(one.end_pts),
        start_pts=one.start_pts,
        end_pts=one.end_pts,
        start_frame=clock.frame_at(one.start_pts),
        end_frame=clock.frame_after(one.end_pts),
        track_ids=one.track_ids,
    )


def _overlaps(clock: PtsClock, people: list[Person], held: list[list[Stretch]]) -> tuple[Overlap, ...]:
    pairs = ticks_together([[(one.start_pts, one.end_pts) for one in stretches] for stretches in held])
    return tuple(
        Overlap(people[first].key, people[second].key, _length_s(clock, ticks)) for first, second, ticks in pairs
    )


def _length_s(clock: PtsClock, ticks: int) -> float:
    return round(float(ticks * clock.time_base), 6)


def _duration_s(episode: Episode, clock: PtsClock) -> float:
    """The container's length, or the end of its last picture where it says less."""
    return max(episode.info.duration_s, clock.seconds(clock.end_pts))
