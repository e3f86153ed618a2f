"""Stills of an episode: sharp frames with large frontal faces, spread over time and over people."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import simplejpeg

from core.errors import InvalidRequest, NotFound
from core.library.durable import write_atomically
from core.library.library import Library
from core.library.types import Episode
from core.media.seek import FrameReader
from core.render.from_episode.candidates import Candidate, even_candidates, face_candidates, shortlist
from core.render.from_episode.looking import (
    LOOKED_AT_PX,
    Bars,
    Look,
    bars_of,
    focus_inside,
    look_at,
    without_bars,
)
from core.render.from_episode.types import EpisodeStill

__all__ = ["MOST_STILLS", "EpisodeStill", "stills_of_episode"]

MOST_STILLS = 60
_LARGEST_PX = (4096, 4096)
_QUALITY = 95
_SAME_PERSON = 0.8
_EDGE_S = 0.5
"""Titles fade in and out at an episode's very ends."""


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    candidate: Candidate
    look: Look

    @property
    def worth(self) -> float:
        return self.candidate.score * (0.25 + 0.75 * self.look.sharpness) * (0.1 + 0.9 * self.look.light)


def stills_of_episode(
    library: Library,
    ep_id: str,
    *,
    identity_ids: Sequence[str] = (),
    cast_ids: Sequence[str] = (),
    count: int,
    start_s: float | None = None,
    end_s: float | None = None,
    target_folder: Path,
    check: Callable[[], None] | None = None,
) -> tuple[EpisodeStill, ...]:
    """Up to ``count`` stills of some people (none named: of all that is there), by time, written into a folder.

    Without an analysis they are the sharpest frames, spread evenly. Black bars are cut off. ``check`` is called for
    each frame; what it raises ends the work, and files written so far are taken away.
    Raises NotFound (episode, people, nobody of them in that part), InvalidRequest (count, part), MediaMissing,
    UnsupportedMedia, StorageFull, StorageUnwritable.
    """
    episode = library.episodes.get(ep_id)
    _check_count(count)
    part = part_of(episode, start_s, end_s)
    candidates = face_candidates(
        library, ep_id, identity_ids=identity_ids, cast_ids=cast_ids, start_s=part[0], end_s=part[1]
    )
    if not candidates:
        if identity_ids or cast_ids:
            raise NotFound(
                f"Nobody of those chosen can be seen well in that part of “{episode.title}”.",
                action="Choose a longer part, or other people.",
            )
        candidates = even_candidates(count, *_without_ends(part, episode))
    go_on = check or _never
    with FrameReader(episode.media_path, info=episode.info, max_size=LOOKED_AT_PX) as reader:
        seen = _seen(reader, shortlist(candidates, count, *part), go_on)
        bars = bars_of([one.look for one in seen])
        chosen = sorted(_chosen(seen, count, part[1] - part[0]), key=lambda one: one.candidate.t_s)
        reader.set_max_size(_LARGEST_PX)
        return _written(reader, chosen, bars, target_folder, go_on)


def part_of(episode: Episode, start_s: float | None, end_s: float | None) -> tuple[float, float]:
    """The part of an episode, clamped to it. Raises InvalidRequest for one that is empty."""
    duration_s = episode.info.duration_s
    start, end = max(0.0, start_s or 0.0), duration_s if end_s is None else min(end_s, duration_s)
    if not start < end:
        raise InvalidRequest(
            f"The part from {start_s or 0:g} s to {end:g} s of “{episode.title}” ({duration_s:g} s) is empty.",
            action="Choose a part that lies in the episode.",
        )
    return start, end


def _check_count(count: int) -> None:
    if not 1 <= count <= MOST_STILLS:
        raise InvalidRequest(f"{count} stills cannot be made.", action=f"Ask for 1 to {MOST_STILLS}.")


def _never() -> None:
    """Nobody cancels."""


def _without_ends(part: tuple[float, float], episode: Episode) -> tuple[float, float]:
    start, end = max(part[0], _EDGE_S), min(part[1], episode.info.duration_s - _EDGE_S)
    return (start, end) if start < end else part


def _seen(reader: FrameReader, candidates: Sequence[Candidate], check: Callable[[], None]) -> list[_Seen]:
    seen = []
    for one in candidates:
        check()
        seen.append(_Seen(one, look_at(reader.at(one.t_s).rgb)))
    return seen


def _chosen(seen: Sequence[_Seen], count: int, span_s: float) -> list[_Seen]:
    """One after the other the best of what is left, where nearness to one that is chosen counts against it."""
    left, chosen = list(seen), list[_Seen]()
    apart_s = max(1e-6, span_s / (count + 1))

    def value(one: _Seen) -> float:
        worth = one.worth
        for other in chosen:
            worth *= min(1.0, 0.05 + 0.95 * abs(one.candidate.t_s - other.candidate.t_s) / apart_s)
            if one.candidate.who and one.candidate.who == other.candidate.who:
                worth *= _SAME_PERSON
        return worth

    while left and len(chosen) < count:
        best = max(left, key=value)
        left.remove(best)
        chosen.append(best)
    return chosen


def _written(
    reader: FrameReader, chosen: Sequence[_Seen], bars: Bars, folder: Path, check: Callable[[], None]
) -> tuple[EpisodeStill, ...]:
    written: list[EpisodeStill] = []
    try:
        for number, one in enumerate(chosen, 1):
            check()
            written.append(_write(reader, one, bars, folder / f"still_{number:02d}_{one.candidate.t_s:.3f}s.jpg"))
    except BaseException:
        for still in written:
            Path(still.path).unlink(missing_ok=True)
        raise
    return tuple(written)


def _write(reader: FrameReader, one: _Seen, bars: Bars, path: Path) -> EpisodeStill:
    picture = reader.at(one.candidate.t_s)
    bars = bars.with_(one.look.bars)
    rgb = without_bars(picture.rgb, bars)
    write_atomically(path, simplejpeg.encode_jpeg(rgb, quality=_QUALITY, colorspace="RGB", colorsubsampling="444"))
    box = one.candidate.box
    focus = focus_inside(box, bars) if box is not None else None
    return EpisodeStill(str(path), picture.t_s, focus, round(one.look.sharpness, 4), _reason(one))


def _reason(one: _Seen) -> str:
    candidate = one.candidate
    if candidate.box is None:
        return f"a sharp picture ({one.look.sharpness:.2f})"
    share = round(100 * (candidate.box[3] - candidate.box[1]))
    return f"{candidate.who or 'a face'}: quality {candidate.quality:.2f}, {share} % of the height"
