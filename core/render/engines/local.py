"""The engine of this machine: draws a segment's frames and encodes each of them once, as a unit of work."""

import contextlib
import time
from collections.abc import Callable
from pathlib import Path

from core.errors import Canceled
from core.jobs.unit_signals import report_unit, unit_canceled
from core.render.engines.engine import SegmentResult, SegmentSpec
from core.render.ffmpeg import FfmpegFailed
from core.render.frame_sink import FrameSink
from core.render.output_check import read_facts
from core.render.types import LOCAL_ENGINE

_ASK_EVERY_S = 0.2


def render_segment(spec: SegmentSpec) -> SegmentResult:
    """Draw segment ``spec.index`` of the plan and encode it into ``spec.target``.

    A pure function of its spec, picklable; tells the frames done with ``report_unit`` in the spec's work folder. The
    target appears whole or not at all. Raises Canceled, FfmpegMissing, FfmpegFailed, StorageFull, StorageUnwritable,
    and MediaMissing or UnsupportedMedia for a picture that is gone or damaged.
    """
    from core.render.compose.composer import Composer  # noqa: PLC0415  loads OpenCV, which only a worker needs

    began_s = time.monotonic()
    target = Path(spec.target)
    segment = spec.plan.segments[spec.index]
    check = _asking(spec)
    _remove_left_by_dead_worker(target)
    composer = Composer(spec.plan)
    try:
        with FrameSink(target, check=check) as sink:
            for frame in range(segment.start_frame, segment.start_frame + segment.frame_count):
                sink.write(composer.frame(frame))
                if spec.work_dir:
                    report_unit(spec.work_dir, spec.index, sink.frames)
    finally:
        composer.close()
    _require_frames(target, segment.frame_count)
    return SegmentResult(spec.index, LOCAL_ENGINE, str(target), segment.frame_count, time.monotonic() - began_s)


def _asking(spec: SegmentSpec) -> Callable[[], None]:
    """Looks for the signal of cancellation, at most a few times a second, for it is a file."""
    asked_at_s = float("-inf")

    def check() -> None:
        nonlocal asked_at_s
        now_s = time.monotonic()
        if now_s - asked_at_s < _ASK_EVERY_S:
            return
        asked_at_s = now_s
        if spec.work_dir and unit_canceled(spec.work_dir):
            raise Canceled(f"Stopped while drawing segment {spec.index + 1}.")

    return check


def _remove_left_by_dead_worker(target: Path) -> None:
    for left in target.parent.glob(f".{target.name}.*.tmp"):
        with contextlib.suppress(OSError):  # its program may still be closing it: the folder's sweep takes it later
            left.unlink(missing_ok=True)


def _require_frames(target: Path, wanted: int) -> None:
    found = read_facts(target).frame_count
    if found != wanted:
        target.unlink(missing_ok=True)
        raise FfmpegFailed(
            f"{target} came out with {found} frames in place of {wanted}.", action="Try again; look at the log first."
        )
