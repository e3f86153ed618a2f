"""How much each frame differs from the one before it, measured inside the decoding pass."""

from dataclasses import dataclass
from typing import Protocol, cast

import numpy as np
import numpy.typing as npt
from scenedetect import FrameTimecode
from scenedetect.detectors import ContentDetector

from models.opencv import cv2

ImageArray = npt.NDArray[np.uint8]

_FLASH_FRAMES = 8
# A flash begins with a change of at least this much that is twice the one before it...
_LEAST_CHANGE = 9.0
_SUDDEN = 2.0
# ...and is over when the picture is this much nearer to the one before the flash than the flash was.
_BACK_AGAIN = 0.35
# What a picture of wholly new colours counts, in units of the content value.
_ALL_NEW_COLOURS = 80.0


class ContentScorer(Protocol):
    """Scores frames one after another, flashes too."""

    def score(self, small_bgr: ImageArray) -> float:
        """How much this picture differs from the one before it; 0.0 for the first one."""


def content_scorer(detector: str = "pyscenedetect") -> ContentScorer:
    """``detector`` as in ``find_shots``; both kinds share the meaning of the threshold 27."""
    return _ChangeScore() if detector == "internal" else _ContentScore()


class ShotScorer:
    """Scores frames one after another on small BGR pictures (``PictureMaker.small_bgr``), all of one size."""

    def __init__(self, detector: str = "pyscenedetect") -> None:
        self._content = content_scorer(detector)
        self._flashes = FlashWatch()

    def score(self, small_bgr: ImageArray) -> float:
        """How much this frame differs from the one before it; 0.0 for the first frame of this scorer.

        A negative -k says that the picture is again that of k frames ago: a flash or a glitch is over, no cut.
        """
        return self._flashes.judged(small_bgr, self._content.score(small_bgr))


class FlashWatch:
    """Tells flashes from cuts; is shown every frame in order, as pictures of one size, however small."""

    def __init__(self) -> None:
        self._last: ImageArray | None = None
        self._last_score = 0.0
        self._jump: _Jump | None = None

    def judged(self, picture: ImageArray, score: float) -> float:
        """``score``, or -k where a flash that began k frames ago is over."""
        flash_frames = self._flash_over(picture)
        if not flash_frames and self._last is not None and score >= max(_LEAST_CHANGE, _SUDDEN * self._last_score):
            self._jump = _Jump(self._last, _distance(picture, self._last))
        self._last, self._last_score = picture, score
        return -float(flash_frames) if flash_frames else score

    def _flash_over(self, picture: ImageArray) -> int:
        """How many frames ago the picture was as now, before a flash; 0 when no flash is just over."""
        jump = self._jump
        if jump is None:
            return 0
        jump.frames_ago += 1
        over = _distance(picture, jump.before) < _BACK_AGAIN * jump.change
        if over or jump.frames_ago > _FLASH_FRAMES:
            self._jump = None
        return jump.frames_ago if over else 0


@dataclass(slots=True)
class _Jump:
    """A sudden change: the picture before it, how far the next one was from that, and how long ago that picture is."""

    before: ImageArray
    change: float
    frames_ago: int = 1


class _ContentScore(ContentDetector):  # type: ignore[misc]  # scenedetect is untyped
    """scenedetect's content detector, read out frame by frame.

    Its value is the mean difference of hue, saturation and luma. All three lie in one picture, so one sum over that
    picture gives it, at a third of the time that three whole-number differences take.
    """

    def __init__(self) -> None:
        super().__init__(min_scene_len=0)
        self._any_time = FrameTimecode(0, 25.0)
        self._last_hsv: ImageArray | None = None

    def score(self, small_bgr: ImageArray) -> float:
        self.process_frame(self._any_time, small_bgr)
        return float(self._frame_score or 0.0)

    def _calculate_frame_score(self, _timecode: FrameTimecode, frame_img: ImageArray) -> float:
        hsv = cast("ImageArray", cv2.cvtColor(frame_img, cv2.COLOR_BGR2HSV))
        last, self._last_hsv = self._last_hsv, hsv
        return 0.0 if last is None else _distance(hsv, last)


class _ChangeScore:
    """Our own: how much the pixels and the colours changed, on about the scale of scenedetect's content value."""

    def __init__(self) -> None:
        self._last: ImageArray | None = None
        self._last_colours: npt.NDArray[np.float32] | None = None

    def score(self, small_bgr: ImageArray) -> float:
        """Mean of the pixels' difference and of the share of pixels that are of a new colour."""
        colours = _colours(small_bgr)
        last, last_colours = self._last, self._last_colours
        self._last, self._last_colours = small_bgr, colours
        if last is None or last_colours is None:
            return 0.0
        new_colours = float(cv2.norm(colours, last_colours, cv2.NORM_L1)) / 2
        return 0.5 * _distance(small_bgr, last) + 0.5 * _ALL_NEW_COLOURS * new_colours


def _colours(small_bgr: ImageArray) -> npt.NDArray[np.float32]:
    """Share of pixels in each of 8 x 8 x 8 colours: float32 (512,)."""
    counts = cv2.calcHist([small_bgr], [0, 1, 2], None, [8, 8, 8], [0, 256] * 3)
    return cast("npt.NDArray[np.float32]", counts.ravel() / (small_bgr.size / 3))


def _distance(one: ImageArray, other: ImageArray) -> float:
    return float(cv2.norm(one, other, cv2.NORM_L1)) / one.size
