"""The one frame of a cut that stands for it in lists."""

import io
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from core.library.durable import write_atomically
from core.render.compose.composer import Composer
from core.render.timing import caption_opacity, weights
from core.render.types import HEIGHT_PX, WIDTH_PX, CaptionRole, RenderPlan, Rgb

_JPEG_QUALITY = 92
_WITHOUT_WORDS_AT = 0.35


def thumbnail(plan: RenderPlan, *, width_px: int = WIDTH_PX, height_px: int = HEIGHT_PX) -> Rgb:
    """The frame that sells it: its hook can be read, and no crossfade mixes two pictures. uint8 (height, width, 3)."""
    composer = Composer(plan, width_px=width_px, height_px=height_px)
    try:
        return composer.frame(best_frame(plan))
    finally:
        composer.close()


def best_frame(plan: RenderPlan) -> int:
    """The frame nearest to the middle of the hook (else of the first caption) with all its words and one picture."""
    hooks = [slot for slot in plan.captions if slot.role is CaptionRole.HOOK] or list(plan.captions)
    candidates: Sequence[int] = range(plan.frame_count)
    if not hooks:
        wanted = plan.frame_count * _WITHOUT_WORDS_AT
    else:
        slot = hooks[0]
        wanted = (slot.start_frame + slot.end_frame - 1) / 2
        strongest = max(caption_opacity(slot, frame) for frame in range(slot.start_frame, slot.end_frame))
        candidates = [
            frame for frame in range(slot.start_frame, slot.end_frame) if caption_opacity(slot, frame) >= strongest
        ]
    calm = [frame for frame in candidates if len(weights(plan, frame)) == 1] or candidates
    return min(calm, key=lambda frame: (abs(frame - wanted), frame))


def write_jpeg(picture: Rgb, path: Path) -> None:
    """Write a picture as JPEG, whole or not at all. Raises StorageFull, StorageUnwritable."""
    encoded = io.BytesIO()
    Image.fromarray(picture).save(encoded, "JPEG", quality=_JPEG_QUALITY, subsampling=0, optimize=True)
    write_atomically(path, encoded.getvalue())
