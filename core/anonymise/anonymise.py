"""A copy of a video in which faces are covered and, if wanted, voices disguised; every frame keeps its time.

Nothing of the original goes into the copy but the pictures, the sound and its languages: titles, places, subtitles and
attachments may name people.
"""

import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import av.error

from core.anonymise.blurring import Brush, frame_of, upright_planes
from core.anonymise.checks import check_covers, check_disguise, check_files
from core.anonymise.covering import CoverPaths, gap_notes
from core.anonymise.types import Anonymised, Cover, Disguise
from core.anonymise.voice import Track, add_tracks, sound_notes
from core.errors import RushesError
from core.media.decode import DecodedFrame, decode_range
from core.media.frames import scan_frames
from core.media.probe import probe
from core.media.types import FrameTable, MediaInfo
from core.storage import storage_error

_PLAIN = frozenset({"yuv420p", "yuvj420p"})
_FULL_RANGE = 2
_COLOURS = ("colorspace", "color_range", "color_primaries", "color_trc")
_THREADS = 4  # always as many: the encoder's result depends on it
_QUALITY = {"preset": "veryfast", "crf": "18"}
_LEAST_TICKS_HZ, _MOST_TICKS_HZ = 10_000, 1_000_000
_MOST_NOTES = 20
_USUAL_DISGUISE = Disguise()


def _nothing() -> None:
    """Nobody stops it."""


def _untold(_done_s: float, _total_s: float) -> None:
    """Nobody watches."""


def _placed(_whole: Path) -> None:
    """Nobody wants to know."""


def anonymise(
    source: Path,
    target: Path,
    covers: Sequence[Cover],
    disguise: Disguise = _USUAL_DISGUISE,
    *,
    check: Callable[[], None] = _nothing,
    progress: Callable[[float, float], None] = _untold,
    before_placing: Callable[[Path], None] = _placed,
    work_name: str = "",
) -> Anonymised:
    """Write an anonymised copy of ``source`` to ``target``, upright, as H.264 in MP4.

    Seconds from the container's start stay those of the source for every frame, variable rate too. ``check`` is called
    for every frame and raises to stop; ``progress`` gets seconds of video done and in all. The copy is written beside
    the target, under a name with ``work_name`` (a run with the same one takes its place), and renamed when it is whole;
    before that ``before_placing`` gets it and may refuse it by raising. What fails or is stopped leaves nothing.

    Raises InvalidRequest (a value out of bounds, boxes that cannot be covered, nothing to anonymise, the target is the
    source), MediaMissing, UnsupportedMedia, StorageFull, StorageUnwritable, RushesError, and what ``check`` raises.
    """
    check_disguise(disguise)
    check_files(source, target)
    check_covers(covers, disguise)
    notes: list[str] = [*gap_notes(covers, disguise)]
    info = probe(source)
    table = scan_frames(source, on_warning=notes.append, check=check)
    temp = target.with_name(f".{target.name}.{work_name or secrets.token_hex(4)}.tmp")
    film = _Film(info, table, covers, disguise, check=check, progress=progress, warn=notes.append)
    try:
        frames = _write(temp, target, film)
        _require_whole(temp, frames, target, check)
        before_placing(temp)
        _place(temp, target)
    finally:
        temp.unlink(missing_ok=True)
    notes += sound_notes(info, disguise)
    return Anonymised(
        path=target,
        frames=frames,
        covered_frames=film.covered_frames,
        tracks=tuple(dict.fromkeys(cover.track for cover in covers)),
        notes=_shortened(notes),
    )


class _Film:
    """The frames of a video with their covers on."""

    def __init__(
        self,
        info: MediaInfo,
        table: FrameTable,
        covers: Sequence[Cover],
        disguise: Disguise,
        *,
        check: Callable[[], None],
        progress: Callable[[float, float], None],
        warn: Callable[[str], None],
    ) -> None:
        self.info = info
        self.table = table
        self.disguise = disguise
        self.covered_frames = 0
        self._paths = CoverPaths(covers, disguise)
        self.check = check
        self._progress = progress
        self.warn = warn
        self._size: tuple[int, int] | None = None
        self._converted = False

    def frames(self) -> Iterator[tuple[float, av.VideoFrame]]:
        """Each frame with its second from the container's start; its PTS counts from there."""
        total_s = self.table.seconds(self.table.end_pts)
        brush: Brush | None = None
        for decoded in self._decoded():
            self.check()
            t_s = self.table.seconds(decoded.pts)
            plain = self._plain(decoded.frame)
            if brush is None:
                full = plain.format.name == "yuvj420p" or int(plain.color_range) == _FULL_RANGE
                brush = Brush(self.disguise.style, self.disguise.strength, full_range=full)
            planes = upright_planes(plain, self.info.rotation_deg)
            rects = self._paths.at(t_s)
            brush.cover(planes, rects)
            self.covered_frames += bool(rects)
            covered = frame_of(planes, plain.format.name)
            covered.pts, covered.time_base = decoded.pts - self.table.origin_pts, self.table.time_base
            for name in _COLOURS:
                setattr(covered, name, getattr(plain, name))
            yield t_s, covered
            self._progress(max(0.0, t_s), total_s)

    def _decoded(self) -> Iterator[DecodedFrame]:
        first = int(self.table.pts[0])
        return decode_range(self.info.path, start_pts=first, threads=0, thread_type="AUTO", on_warning=self.warn)

    def _plain(self, frame: av.VideoFrame) -> av.VideoFrame:
        """8-bit 4:2:0 of one size throughout."""
        size = (frame.width, frame.height)
        self._size = self._size or size
        if frame.format.name in _PLAIN and size == self._size:
            return frame
        if size == self._size and not self._converted:
            self._converted = True
            self.warn(f"The colours of the video ({frame.format.name}) were brought to 8 bits, 4:2:0.")
        return frame.reformat(width=self._size[0], height=self._size[1], format="yuv420p")


def _write(temp: Path, target: Path, film: _Film) -> int:
    """Write the whole film; how many frames it has."""
    # when a track begins is noted in units of the whole file: in those of the pictures, so that it is exact
    options = {"movie_timescale": str(_ticks_hz(film.table.time_base))}
    container = "mov" if target.suffix.lower() == ".mov" else "mp4"
    try:
        with av.open(str(temp), "w", format=container, options=options) as output:
            return _mux(output, film)
    except av.error.FFmpegError as error:
        raise _in_words(error, target) from error
    except OSError as error:
        raise storage_error(error, target) from error


def _ticks_hz(time_base: Fraction) -> int:
    """A unit that holds those of the pictures and is fine enough for the sound."""
    ticks_hz = time_base.denominator
    return min(_MOST_TICKS_HZ, ticks_hz * -(-_LEAST_TICKS_HZ // ticks_hz))


def _mux(output: "av.container.OutputContainer", film: _Film) -> int:
    stream: Any = None
    tracks: list[Track] = []
    frames = 0
    try:
        for t_s, frame in film.frames():
            if stream is None:
                stream = _video_stream(output, frame, film.info)
                tracks = add_tracks(output, film.info, film.disguise, film.warn)
            for track in tracks:
                for packet in track.until(t_s):
                    output.mux(packet)
            output.mux(stream.encode(frame))
            frames += 1
        if stream is None:
            raise RushesError(f"{film.info.path} gave no frames.", action="Copy or record the video again.")
        output.mux(stream.encode(None))
        for track in tracks:
            for number, packet in enumerate(track.until(float("inf"))):
                if number % 64 == 0:
                    film.check()
                output.mux(packet)
    finally:
        for track in tracks:
            track.close()
    return frames


def _video_stream(output: "av.container.OutputContainer", frame: av.VideoFrame, info: MediaInfo) -> Any:
    stream = output.add_stream("libx264", rate=_rate(info), options=_QUALITY)
    stream.width, stream.height, stream.pix_fmt = frame.width, frame.height, frame.format.name
    context = stream.codec_context
    stream.time_base = context.time_base = info.time_base
    context.thread_count = _THREADS
    for name in _COLOURS:
        setattr(context, name, getattr(frame, name))
    aspect = Fraction(info.sample_aspect).limit_denominator(1000)
    if aspect != 1:
        context.sample_aspect_ratio = 1 / aspect if info.rotation_deg in {90, 270} else aspect
    return stream


def _rate(info: MediaInfo) -> Fraction:
    """For the encoder's planning alone; times are those of the frames."""
    return Fraction(info.average_fps).limit_denominator(1001) if 1 <= info.average_fps <= 1000 else Fraction(25)


def _require_whole(temp: Path, frames: int, target: Path, check: Callable[[], None]) -> None:
    """What was written is read again: a disk that fills up is not always told."""
    found = len(scan_frames(temp, check=check))
    if found != frames:
        raise RushesError(
            f"{target} could not be written whole: {found} of {frames} frames arrived.",
            action="Check that there is enough space, then try again.",
        )


def _place(temp: Path, target: Path) -> None:
    try:
        with temp.open("rb+") as file:
            os.fsync(file.fileno())
        temp.replace(target)
    except OSError as error:
        raise storage_error(error, target) from error


def _in_words(error: av.error.FFmpegError, target: Path) -> RushesError:
    if isinstance(error, OSError):
        return storage_error(OSError(error.errno, error.strerror), target)
    return RushesError(f"{target} could not be encoded: {error.strerror or type(error).__name__}.", action="Try again.")


def _shortened(notes: Sequence[str]) -> tuple[str, ...]:
    unique = list(dict.fromkeys(notes))
    if len(unique) <= _MOST_NOTES:
        return tuple(unique)
    return (*unique[:_MOST_NOTES], f"{len(unique) - _MOST_NOTES} more notes of this kind.")
