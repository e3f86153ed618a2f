"""Joins segments to the finished cut: packets are copied, the sound is encoded once, and the file is read back."""

import secrets
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from core.errors import InvalidRequest, RushesError
from core.render.fitting import fit_together
from core.render.output_check import read_facts, video_times
from core.render.records import OutputFacts
from core.render.sound.aac import add_track, encoded
from core.render.sound.wav import read_wav
from core.render.types import FPS, HEIGHT_PX, WIDTH_PX, RenderPlan
from core.storage import storage_error

if TYPE_CHECKING:
    import av.container

DURATION_WITHIN_S = 0.1
_FRAME = Fraction(1, FPS)


class OutputWrong(RushesError):
    """A finished file is not what was asked for."""


def assemble(
    segments: Sequence[Path],
    mixed: Path | None,
    target: Path,
    *,
    plan: RenderPlan,
    check: Callable[[], None] = lambda: None,
) -> OutputFacts:
    """Write ``target`` from the files of the plan's segments, in order, and the mixed sound (None = no track).

    Frame n is shown at exactly n / 30 s; the index stands before the data (faststart). Segments of another encoder than
    the others are encoded again first; the facts name them. The target appears whole, checked, or not at all. Raises
    OutputWrong, MediaMissing, UnsupportedMedia (a segment is damaged or of another size), StorageFull,
    StorageUnwritable, and what ``check`` raises.
    """
    import av.error  # noqa: PLC0415  loads for long

    if not segments:
        raise InvalidRequest("A cut needs at least one segment.")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _remove_left_by_killed_process(target)
    except OSError as error:
        raise storage_error(error, target) from error
    temp = target.with_name(f".{target.name}.{secrets.token_hex(4)}.tmp")
    try:
        with TemporaryDirectory(prefix=f".{target.name}.", suffix=".tmp", dir=target.parent) as scratch:
            fitted = fit_together(segments, Path(scratch), check)
            _write(fitted.files, mixed, temp, check)
        facts = _checked(temp, target, plan, with_sound=mixed is not None)
        temp.replace(target)
    except av.error.FFmpegError as error:
        raise storage_error(OSError(error.errno, error.strerror), target) from error
    except OSError as error:
        raise storage_error(error, target) from error
    finally:
        with suppress(OSError):
            temp.unlink(missing_ok=True)
    return replace(facts, encoded_again=fitted.encoded_again)


def _remove_left_by_killed_process(target: Path) -> None:
    for left in target.parent.glob(f".{target.name}.*.tmp"):
        if left.is_dir() and not left.is_symlink():
            shutil.rmtree(left)
        else:
            left.unlink(missing_ok=True)


def _write(segments: Sequence[Path], mixed: Path | None, temp: Path, check: Callable[[], None]) -> None:
    """Both tracks, each packet where its time belongs."""
    import av  # noqa: PLC0415  as above

    from core.media.container import pick_video_stream  # noqa: PLC0415  as above

    samples = None if mixed is None else read_wav(mixed)
    with ExitStack() as opened:
        first = opened.enter_context(_opened(segments[0]))
        output = opened.enter_context(av.open(str(temp), "w", format="mp4", options={"movflags": "+faststart"}))
        picture = output.add_stream_from_template(pick_video_stream(first, segments[0]))
        picture.time_base = _FRAME
        sound = iter(()) if samples is None else encoded(samples, add_track(output), check)
        ahead: Any = next(sound, None)
        for packet in _joined(segments, picture, check):
            while ahead is not None and ahead.pts * ahead.time_base <= packet.pts * _FRAME:
                output.mux(ahead)
                ahead = next(sound, None)
            output.mux(packet)
        while ahead is not None:
            output.mux(ahead)
            ahead = next(sound, None)


def _joined(segments: Sequence[Path], picture: Any, check: Callable[[], None]) -> Iterator[Any]:
    """All packets, numbered through."""
    from core.media.container import pick_video_stream  # noqa: PLC0415  as above

    number = 0
    for path in segments:
        with _opened(path) as source:
            for packet in source.demux(pick_video_stream(source, path)):
                check()
                if not packet.size:
                    continue
                packet.pts = packet.dts = number
                packet.duration = 1
                packet.time_base = _FRAME
                packet.stream = picture
                yield packet
                number += 1


def _opened(path: Path) -> "av.container.InputContainer":
    import av  # noqa: PLC0415  as above

    return av.open(str(path), options={"protocol_whitelist": "file"})


def _checked(temp: Path, target: Path, plan: RenderPlan, *, with_sound: bool) -> OutputFacts:
    from core.media.container import open_media  # noqa: PLC0415  loads av

    facts = read_facts(temp)
    with open_media(temp) as container:
        times = video_times(container, temp)
    shown_s = [pts * times.time_base for pts in times.pts]
    wrong = [
        said
        for fits, said in (
            (facts.frame_count == plan.frame_count, f"{facts.frame_count} frames in place of {plan.frame_count}"),
            (shown_s == [n * _FRAME for n in range(len(shown_s))], "frames that are not 1/30 s apart"),
            ((facts.width_px, facts.height_px) == (WIDTH_PX, HEIGHT_PX), f"{facts.width_px} x {facts.height_px} px"),
            (abs(facts.duration_s - plan.target_duration_s) <= DURATION_WITHIN_S, f"{facts.duration_s:.3f} s"),
            (bool(facts.audio_codec) == with_sound, "no sound" if with_sound else "sound that nobody asked for"),
        )
        if not fits
    ]
    if wrong:
        raise OutputWrong(f"{target} came out with {', '.join(wrong)}.", action="Try again; look at the log first.")
    return facts
