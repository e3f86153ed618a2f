"""The sample: a short video with people, cuts and sound, built on this machine from pictures of installed packages."""

import importlib.util
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import numpy as np
import numpy.typing as npt

from core.errors import Canceled, NotFound
from core.storage import storage_error
from models.faces import ImageArray
from models.opencv import cv2

WIDTH_PX, HEIGHT_PX = 960, 540
RATE = 25
AUDIO_RATE_HZ = 48_000
SAMPLE_NAME = "Rushes sample.mp4"

GROUP = ("insightface", "data/images/t1.jpg")
ASTRONAUT = ("skimage", "data/astronaut.png")
COFFEE = ("skimage", "data/coffee.png")


@dataclass(frozen=True, slots=True)
class _Shot:
    """A move over a still: the visible part as (centre x, centre y, width) in picture pixels, at its two ends."""

    picture: tuple[str, str]
    seconds: float
    begin: tuple[float, float, float]
    end: tuple[float, float, float]


_SHOTS = (
    _Shot(GROUP, 4.0, (640, 390, 1240), (640, 370, 1080)),
    _Shot(GROUP, 2.6, (560, 330, 520), (560, 325, 470)),
    _Shot(ASTRONAUT, 2.8, (236, 150, 420), (230, 135, 340)),
    _Shot(GROUP, 2.6, (830, 390, 480), (815, 385, 430)),
    _Shot(GROUP, 3.0, (235, 280, 460), (255, 270, 430)),
    _Shot(COFFEE, 2.0, (300, 200, 520), (300, 200, 430)),
    _Shot(GROUP, 2.8, (1020, 170, 500), (1020, 165, 450)),
    _Shot(GROUP, 2.6, (1040, 330, 470), (1050, 330, 440)),
    _Shot(ASTRONAUT, 2.4, (225, 135, 330), (230, 140, 400)),
    _Shot(GROUP, 3.0, (665, 360, 620), (685, 360, 580)),
    _Shot(GROUP, 3.2, (640, 370, 1060), (640, 390, 1240)),
)


def build_sample(
    folder: Path,
    *,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    canceled: Callable[[], bool] = lambda: False,
) -> Path:
    """Encode the sample into ``folder`` and return its path; an existing one is kept.

    ``progress`` is given frames done and total. Raises NotFound when a picture is missing, Canceled, StorageFull,
    StorageUnwritable; nothing half written stays behind.
    """
    target = folder / SAMPLE_NAME
    if target.exists():
        return target
    temp = folder / f".{SAMPLE_NAME}.tmp.mp4"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            _encode(temp, progress, canceled)
            temp.replace(target)
        finally:
            temp.unlink(missing_ok=True)
    except OSError as error:
        raise storage_error(error, target) from error
    return target


def _encode(path: Path, progress: Callable[[int, int], None], canceled: Callable[[], bool]) -> None:
    counts = [round(shot.seconds * RATE) for shot in _SHOTS]
    total = sum(counts)
    with av.open(str(path), "w", options={"movflags": "+faststart"}) as container:
        video = container.add_stream("libx264", rate=RATE, options={"crf": "20", "preset": "veryfast"})
        video.width, video.height, video.pix_fmt = WIDTH_PX, HEIGHT_PX, "yuv420p"
        sound = container.add_stream("aac", rate=AUDIO_RATE_HZ, layout="mono")
        for done, picture in enumerate(_pictures(counts)):
            if canceled():
                raise Canceled("The sample was not finished.")
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = done, Fraction(1, RATE)
            container.mux(video.encode(frame))
            progress(done + 1, total)
        container.mux(video.encode(None))
        for chunk in _sound(total / RATE):
            container.mux(sound.encode(chunk))
        container.mux(sound.encode(None))


def _pictures(counts: list[int]) -> Iterator[ImageArray]:
    for shot, count in zip(_SHOTS, counts, strict=True):
        still = _still(*shot.picture)
        begin, end = np.array(shot.begin), np.array(shot.end)
        for index in range(count):
            part = index / max(1, count - 1)
            ease = part * part * (3 - 2 * part)
            yield _view(still, begin + (end - begin) * ease)


def _view(still: ImageArray, part: npt.NDArray[np.float64]) -> ImageArray:
    """The part (centre x, centre y, width) of a still at the sample's size, placed to a fraction of a pixel."""
    height_px, width_px = still.shape[:2]
    width = min(part[2], width_px, height_px * WIDTH_PX / HEIGHT_PX)
    height = width * HEIGHT_PX / WIDTH_PX
    left = min(max(part[0] - width / 2, 0.0), width_px - width)
    top = min(max(part[1] - height / 2, 0.0), height_px - height)
    scale = WIDTH_PX / width
    matrix = np.array([[scale, 0, -left * scale], [0, scale, -top * scale]])
    view = cv2.warpAffine(still, matrix, (WIDTH_PX, HEIGHT_PX), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return cast("ImageArray", view)


def _still(package: str, name: str) -> ImageArray:
    """A picture shipped by an installed package, which is not imported for it."""
    spec = importlib.util.find_spec(package)
    path = (
        Path(next(iter(spec.submodule_search_locations))) / name if spec and spec.submodule_search_locations else None
    )
    if path is None or not path.is_file():
        raise NotFound(
            f"The picture {name} of the package {package} is missing.", action="Install Rushes again: python3 run.py"
        )
    bgr = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_COLOR)
    if bgr is None:
        raise NotFound(f"The picture {path} is damaged.", action="Install Rushes again: python3 run.py")
    return cast("ImageArray", np.ascontiguousarray(bgr[:, :, ::-1]))


def _sound(duration_s: float) -> Iterator[av.AudioFrame]:
    """A quiet chord that swells with each shot, so that the waveform and the sound have something to show."""
    t_s = np.arange(round(duration_s * AUDIO_RATE_HZ)) / AUDIO_RATE_HZ
    cuts_s = np.cumsum([0.0, *(shot.seconds for shot in _SHOTS)])
    index = np.clip(np.searchsorted(cuts_s, t_s, side="right") - 1, 0, len(_SHOTS) - 1)
    since_cut_s = t_s - cuts_s[index]
    roots_hz = 110.0 * 2 ** (np.array([0, 5, 7, 3, 8, 10, 5, 0, 7, 3, 0]) / 12)
    root = roots_hz[index]
    chord = sum(np.sin(2 * np.pi * root * ratio * since_cut_s) for ratio in (1.0, 1.5, 2.0)) / 3
    samples = (chord * 0.25 * np.exp(-1.1 * since_cut_s) * np.minimum(1.0, since_cut_s * 40)).astype(np.float32)
    size = 1024
    for start in range(0, len(samples), size):
        frame = av.AudioFrame.from_ndarray(samples[None, start : start + size], format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = AUDIO_RATE_HZ, start, Fraction(1, AUDIO_RATE_HZ)
        yield frame
