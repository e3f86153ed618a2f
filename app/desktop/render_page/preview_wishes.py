"""What the page asks the drawing thread for, and what comes back; the newest wish alone waits."""

import threading
from collections import OrderedDict
from dataclasses import dataclass

from PySide6.QtGui import QImage

from core.render.types import CaptionRole, Preset, RenderPlan, RenderRequest


@dataclass(frozen=True, slots=True)
class FrameWish:
    """A frame of the cut, drawn at a size in pixels. ``ticket`` grows with each draft that is asked for."""

    request: RenderRequest
    preset: Preset
    frame: int
    width_px: int
    height_px: int
    ticket: int


@dataclass(frozen=True, slots=True)
class CardWish:
    """A small picture that shows what a preset makes of the draft."""

    request: RenderRequest
    preset: Preset
    width_px: int
    height_px: int


Wish = FrameWish | CardWish


@dataclass(frozen=True, slots=True)
class DrawnFrame:
    """A frame on its way to the screen."""

    ticket: int
    frame: int
    image: QImage


@dataclass(frozen=True, slots=True)
class Planned:
    """What a draft comes out as."""

    ticket: int
    plan: RenderPlan


@dataclass(frozen=True, slots=True)
class CaptionCheck:
    """How a caption of the plan came out. ``contrast``: of its letters against what is around them."""

    role: CaptionRole
    text: str
    lines: int
    shortened: bool
    contrast: float


@dataclass(frozen=True, slots=True)
class Checked:
    """All captions of a plan."""

    ticket: int
    captions: tuple[CaptionCheck, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a draft cannot be drawn."""

    ticket: int
    error: Exception


class WishDesk:
    """Shared by the Qt thread and the drawing thread. A frame goes before cards; a newer wish replaces an older one."""

    def __init__(self) -> None:
        self._ready = threading.Condition()
        self._frame: FrameWish | None = None
        self._cards: OrderedDict[str, CardWish] = OrderedDict()
        self._closed = False

    def put_frame(self, wish: FrameWish) -> None:
        """Ask for a frame in place of the one that waits."""
        with self._ready:
            self._frame = wish
            self._ready.notify()

    def drop_frame(self) -> None:
        """No frame is wanted any more."""
        with self._ready:
            self._frame = None

    def put_cards(self, wishes: dict[str, CardWish]) -> None:
        """Ask for the pictures of cards in place of those that wait."""
        with self._ready:
            self._cards = OrderedDict(wishes)
            self._ready.notify()

    def close(self) -> None:
        """End: whoever waits gets None."""
        with self._ready:
            self._closed = True
            self._frame = None
            self._cards.clear()
            self._ready.notify_all()

    @property
    def closed(self) -> bool:
        """Whether the end was asked for."""
        return self._closed

    @property
    def has_frame(self) -> bool:
        """Whether a frame waits, so that everything less pressing should pause."""
        with self._ready:
            return self._frame is not None

    def take(self, *, wait: bool = True) -> Wish | None:
        """The most pressing wish. ``wait`` False: None at once when there is none."""
        with self._ready:
            while wait and self._frame is None and not self._cards and not self._closed:
                self._ready.wait()
            if self._closed:
                return None
            if self._frame is not None:
                wish, self._frame = self._frame, None
                return wish
            return self._cards.popitem(last=False)[1] if self._cards else None
