"""A drawn caption and how it gets into a frame."""

from dataclasses import dataclass, field

import numpy as np

from core.render.types import HEIGHT_PX, WIDTH_PX, CaptionStyle, Rgb, Rgba
from models.opencv import cv2


@dataclass(frozen=True, slots=True, eq=False)
class CaptionLayer:
    """A caption's rectangle of the frame, with its upper left corner at (``left_px``, ``top_px``).

    ``rgba``: uint8 (height, width, 4), straight alpha; ``lines``: what stands on each line; ``font_px``: the size that
    was used; ``shortened``: an ellipsis stands for text that found no room; ``contrast``: the measured contrast ratio
    (WCAG 2.2, 1 to 21) between letters and what lies around them, the weakest of the pictures under it.
    """

    rgba: Rgba
    left_px: int
    top_px: int
    lines: tuple[str, ...]
    font_px: float
    shortened: bool
    contrast: float
    _ready: list[tuple[Rgb, np.ndarray]] = field(default_factory=list, repr=False)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is drawn."""
        return self.rgba.size == 0

    def parts(self) -> tuple[Rgb, np.ndarray]:
        """Its colours, uint8 (height, width, 3), and its alpha, float32 in [0, 1]; made once."""
        if not self._ready:
            alpha = self.rgba[..., 3].astype(np.float32) / 255
            self._ready.append((np.ascontiguousarray(self.rgba[..., :3]), alpha))
        return self._ready[0]


def safe_zone(style: CaptionStyle, width_px: int, height_px: int) -> tuple[int, int, int, int]:
    """Left, top, right and bottom (the last two exclusive) of what a caption may use.

    The style's margin is for the full size; a smaller frame has a smaller one.
    """
    margin = round(style.safe_margin_px * width_px / WIDTH_PX)
    across = max(0, min(margin, (width_px - 1) // 2))
    down = max(0, min(round(style.safe_margin_px * height_px / HEIGHT_PX), (height_px - 1) // 2))
    return across, down, width_px - across, height_px - down


def blend(frame: Rgb, layer: CaptionLayer, opacity: float) -> None:
    """Draw a layer into a frame, in place; ``opacity`` in [0, 1]. What lies outside the frame is left out."""
    if opacity <= 0 or layer.is_empty:
        return
    colours, alpha = layer.parts()
    top, left = max(0, layer.top_px), max(0, layer.left_px)
    bottom = min(frame.shape[0], layer.top_px + alpha.shape[0])
    right = min(frame.shape[1], layer.left_px + alpha.shape[1])
    if bottom <= top or right <= left:
        return
    rows = slice(top - layer.top_px, bottom - layer.top_px)
    columns = slice(left - layer.left_px, right - layer.left_px)
    over = alpha[rows, columns] if opacity >= 1 else alpha[rows, columns] * np.float32(opacity)
    under = frame[top:bottom, left:right]
    under[...] = cv2.blendLinear(
        np.ascontiguousarray(under), np.ascontiguousarray(colours[rows, columns]), 1 - over, np.ascontiguousarray(over)
    )
