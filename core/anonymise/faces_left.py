"""Looks at a finished copy for faces that can still be found in it, so that nobody trusts a cover that has a hole."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from core.anonymise.covering import CoverPaths, Rect
from core.anonymise.types import Cover, Disguise

if TYPE_CHECKING:
    from models.store import ModelStore

EVERY_S = 0.5
THRESHOLD = 0.7
"""Detectors guess a face where shoulders end, and take hands for one; a face that is really open scores higher."""
HIDDEN = 0.6
"""So much of a found face lies under one cover: nothing of it can be known again."""
_ON_PURPOSE = Disguise(margin=0.5, hold_s=1.0)


@dataclass(frozen=True, slots=True)
class FaceLeft:
    """A face in the copy: when, where (left, top, right, bottom in [0, 1]) and how sure the detector is."""

    t_s: float
    bbox: Rect
    score: float


def faces_left(
    copy: Path,
    models: "ModelStore",
    detector: str,
    *,
    covers: Sequence[Cover] = (),
    disguise: Disguise = _ON_PURPOSE,
    left_open: Sequence[Cover] = (),
    threshold: float | None = THRESHOLD,
    every_s: float = EVERY_S,
    check: Callable[[], None],
    progress: Callable[[float, float], None],
) -> list[FaceLeft]:
    """Faces found in a frame of each ``every_s`` seconds, without those that lie under ``covers`` (as ``disguise`` lays
    them) and those that were left open on purpose.

    ``threshold`` None: the detector's own. Raises ModelMissing, ModelCorrupt, what ``check`` raises.
    """
    from core.media.decode import decode_range  # noqa: PLC0415  loads av
    from core.media.frames import scan_frames  # noqa: PLC0415  as above
    from core.media.pictures import PictureMaker  # noqa: PLC0415  as above
    from core.media.probe import probe  # noqa: PLC0415  as above
    from models.face_models import open_detector  # noqa: PLC0415  loads onnxruntime

    finder = open_detector(detector, store=models)
    info, table = probe(copy), scan_frames(copy, check=check)
    maker, size = PictureMaker(info), finder.preferred_size(info.width_px, info.height_px)
    hidden, open_paths = CoverPaths(covers, disguise), CoverPaths(left_open, _ON_PURPOSE)
    total_s = table.seconds(table.end_pts)
    found: list[FaceLeft] = []
    next_s = 0.0
    for decoded in decode_range(copy, start_pts=int(table.pts[0]), threads=0, thread_type="AUTO"):
        check()
        t_s = table.seconds(decoded.pts)
        if t_s < next_s:
            continue
        next_s = t_s + every_s
        faces = finder.detect(maker.rgb(decoded.frame, size, quick=True), threshold=threshold)
        fine = [*hidden.at(t_s), *open_paths.at(t_s)]
        for box, score in zip(faces.boxes, faces.scores, strict=True):
            x0, y0, x1, y1 = (float(value) for value in box)
            if all(_share_inside((x0, y0, x1, y1), rect) < HIDDEN for rect in fine):
                found.append(FaceLeft(t_s, (x0, y0, x1, y1), float(score)))
        progress(t_s, total_s)
    return found


def in_words(left: Sequence[FaceLeft]) -> str:
    """What to tell a person; "" when nothing was found."""
    if not left:
        return ""
    times = list(dict.fromkeys(one.t_s for one in left))
    shown = ", ".join(_clock(t_s) for t_s in times[:8]) + (" …" if len(times) > 8 else "")
    return (
        f"A face may still be seen in {len(times)} of the frames that were looked at: {shown}. Look there, and cover "
        "more if need be."
    )


def _share_inside(box: Rect, rect: Rect) -> float:
    """Part of the box that the rectangle holds."""
    area = max(1e-9, (box[2] - box[0]) * (box[3] - box[1]))
    wide = min(box[2], rect[2]) - max(box[0], rect[0])
    high = min(box[3], rect[3]) - max(box[1], rect[1])
    return max(0.0, wide) * max(0.0, high) / area


def _clock(t_s: float) -> str:
    minutes, seconds = divmod(np.floor(t_s * 10) / 10, 60)
    return f"{int(minutes)}:{seconds:04.1f}"
