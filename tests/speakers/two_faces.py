"""Two people beside each other in one picture, with a sound track of each."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from core.media.seek import FrameReader
from core.speech.sound import RATE_HZ, pcm_blocks
from core.speech.types import SpeechSource

SIDE_PX = 360


def write_two_faces(path: Path, film: Path, starts_s: tuple[float, float], length_s: float) -> None:
    """Write two stretches of ``film`` side by side; stream 1 is the sound of the left one, stream 2 of the right."""
    pictures = [_squares(film, start_s, length_s) for start_s in starts_s]
    sound = (np.concatenate(list(pcm_blocks(SpeechSource(film)))) * 32767).astype(np.int16)
    with av.open(str(path), "w") as container:
        video = container.add_stream("mpeg4", rate=25, options={"qscale": "3"})
        video.width, video.height, video.pix_fmt = 2 * SIDE_PX, SIDE_PX, "yuv420p"
        voices = [container.add_stream("aac", rate=RATE_HZ, layout="mono") for _ in starts_s]
        for left, right in zip(*pictures, strict=False):
            container.mux(video.encode(av.VideoFrame.from_ndarray(np.hstack([left, right]), format="rgb24")))
        container.mux(video.encode())
        for voice, start_s in zip(voices, starts_s, strict=True):
            samples = sound[round(start_s * RATE_HZ) : round((start_s + length_s) * RATE_HZ)]
            for begin in range(0, len(samples), 1024):
                frame = av.AudioFrame.from_ndarray(samples[None, begin : begin + 1024], format="s16", layout="mono")
                frame.sample_rate, frame.pts, frame.time_base = RATE_HZ, begin, Fraction(1, RATE_HZ)
                container.mux(voice.encode(frame))
            container.mux(voice.encode())


def _squares(film: Path, start_s: float, length_s: float) -> list[np.ndarray]:
    found = []
    with FrameReader(film) as reader:
        for picture in reader.play_from(start_s):
            if picture.t_s > start_s + length_s - 0.001:
                break
            height, width = picture.rgb.shape[:2]
            left = (width - height) // 2
            found.append(picture.rgb[:SIDE_PX, left : left + SIDE_PX].copy())
    return found
