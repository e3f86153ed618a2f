"""Screen time as markers for editing programs: OpenTimelineIO and CMX 3600 edit decision lists.

Editing programs count from the first picture of a file, so times are told from there. Positions come from PTS; a frame
rate is only the notation that these formats demand, and for a variable rate it is the container's average.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from opentimelineio import opentime, schema
from opentimelineio.adapters import write_to_string

from core.library.types import Episode
from core.screen_time.clock import PtsClock
from core.screen_time.types import PersonTime, ProvenInterval, ScreenTime

STANDARD_RATES = (24000 / 1001, 24.0, 25.0, 30000 / 1001, 30.0, 48.0, 50.0, 60000 / 1001, 60.0)
"""Rates that timecode is written in (SMPTE ST 12-1)."""

_MARKER_COLOURS = (
    schema.MarkerColor.CYAN,
    schema.MarkerColor.ORANGE,
    schema.MarkerColor.GREEN,
    schema.MarkerColor.PINK,
    schema.MarkerColor.YELLOW,
    schema.MarkerColor.RED,
    schema.MarkerColor.PURPLE,
    schema.MarkerColor.BLUE,
    schema.MarkerColor.MAGENTA,
    schema.MarkerColor.WHITE,
    schema.MarkerColor.BLACK,
)
"""The colours that the format knows, in the order of the identities' own colours that they are nearest to."""


@dataclass(frozen=True, slots=True)
class MarkerSource:
    """What both formats are made from."""

    episode: Episode
    account: ScreenTime
    clock: PtsClock

    @property
    def rate(self) -> float:
        """The nominal rate of the video stream: the standard one when it is one."""
        found = self.episode.info.average_fps or STANDARD_RATES[2]
        nearest = min(STANDARD_RATES, key=lambda rate: abs(rate - found))
        return nearest if abs(nearest - found) <= 0.001 * nearest else found

    @property
    def timecode_rate(self) -> float:
        """The standard rate next to :attr:`rate`: timecode has no other."""
        return min(STANDARD_RATES, key=lambda rate: abs(rate - self.rate))

    def from_first_picture_s(self, pts: int) -> float:
        """Seconds since the first picture."""
        return float((pts - self.clock.start_pts) * self.clock.time_base)

    def markers(self) -> Iterator[tuple[PersonTime, ProvenInterval]]:
        """Every interval of every person in order of time."""
        pairs = [(one, interval) for one in self.account.people for interval in one.intervals]
        yield from sorted(pairs, key=lambda pair: (pair[1].start_pts, pair[0].key))


def otio_document(source: MarkerSource) -> bytes:
    """A timeline of one clip, the whole episode, with a coloured marker for each interval of each person.

    Values keep the exact moment of their PTS: they are no whole frames where the video's rate varies.
    """
    rate, episode, account = source.rate, source.episode, source.account
    whole = opentime.TimeRange(
        opentime.RationalTime(0, rate), _time(source.from_first_picture_s(source.clock.end_pts), rate)
    )
    reference = schema.ExternalReference(target_url=_url(episode.media_path), available_range=whole)
    clip = schema.Clip(name=episode.media_path.name, media_reference=reference, source_range=whole)
    clip.markers.extend(_otio_marker(source, person, interval) for person, interval in source.markers())
    timeline = schema.Timeline(name=episode.title)
    timeline.metadata["rushes"] = {
        "ep_id": episode.ep_id,
        "gap_s": account.gap_s,
        "padding_s": account.padding_s,
        "time_base": str(source.clock.time_base),
        "first_pts": source.clock.start_pts,
        "variable_rate": episode.info.variable_rate,
        "times": "from PTS, counted from the first picture; the rate is only their notation",
    }
    track = schema.Track(name="Screen time", kind=schema.TrackKind.Video)
    track.append(clip)
    timeline.tracks.append(track)
    return str(write_to_string(timeline, "otio_json")).encode()


def edl_document(source: MarkerSource) -> bytes:
    """CMX 3600: the whole episode as one event, with a locator (``* LOC:``) where each interval begins.

    Timecode is non-drop and counts the frames of :attr:`MarkerSource.timecode_rate`; a moment is written as the frame
    nearest to its PTS. UTF-8: names stay as they are.
    """
    rate = source.timecode_rate
    last = max(1, round(source.from_first_picture_s(source.clock.end_pts) * rate))
    whole = f"{_timecode(0, rate)} {_timecode(last, rate)}"
    lines = [
        f"TITLE: {_one_line(source.episode.title)}",
        "FCM: NON-DROP FRAME",
        "",
        f"001  AX       V     C        {whole} {whole}",
        f"* FROM CLIP NAME:  {_one_line(source.episode.media_path.name)}",
        *(_locator(source, person, interval, rate) for person, interval in source.markers()),
        f"* TIMECODE COUNTS {_rate_words(rate)} FRAMES A SECOND FROM THE FIRST PICTURE; MOMENTS ARE FROM PTS",
    ]
    if source.episode.info.variable_rate or abs(source.rate - rate) > 0.001 * rate:
        lines.append(f"* THE VIDEO HAS ANOTHER OR A VARIABLE RATE, ON AVERAGE {_rate_words(source.rate)}")
    return ("\r\n".join(lines) + "\r\n").encode()


def _otio_marker(source: MarkerSource, person: PersonTime, interval: ProvenInterval) -> schema.Marker:
    start_s = source.from_first_picture_s(interval.start_pts)
    end_s = source.from_first_picture_s(interval.end_pts)
    return schema.Marker(
        name=person.label,
        marked_range=opentime.TimeRange(_time(start_s, source.rate), _time(end_s - start_s, source.rate)),
        color=_colour(person),
        metadata={
            "rushes": {
                "person": person.key,
                "identity_ids": list(person.identity_ids),
                "start_s": interval.start_s,
                "end_s": interval.end_s,
                "start_pts": interval.start_pts,
                "end_pts": interval.end_pts,
                "start_frame": interval.start_frame,
                "end_frame": interval.end_frame,
                "track_ids": list(interval.track_ids),
            }
        },
    )


def _locator(source: MarkerSource, person: PersonTime, interval: ProvenInterval, rate: float) -> str:
    start = round(source.from_first_picture_s(interval.start_pts) * rate)
    end = round(source.from_first_picture_s(interval.end_pts) * rate)
    return f"* LOC: {_timecode(start, rate)} {_colour(person):7} {_one_line(person.label)} (to {_timecode(end, rate)})"


def _time(t_s: float, rate: float) -> opentime.RationalTime:
    return opentime.RationalTime(round(t_s * rate, 6), rate)


def _timecode(frame: int, rate: float) -> str:
    """``hh:mm:ss:ff``; 29.97 counts to 30 as non-drop timecode does."""
    a_second = round(rate)
    seconds, rest = divmod(frame, a_second)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}:{rest:02d}"


def _rate_words(rate: float) -> str:
    return f"{rate:.3f}".rstrip("0").rstrip(".")


def _colour(person: PersonTime) -> str:
    return str(_MARKER_COLOURS[person.colour_index % len(_MARKER_COLOURS)])


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _url(path: Path) -> str:
    """A file URL; a path of another system, which is none here, stays as it is."""
    return path.as_uri() if path.is_absolute() else str(path)
