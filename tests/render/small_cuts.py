"""Plans, frames and sounds for tests of what is encoded, mixed and joined."""

import stat
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pytest
from scipy.io import wavfile

from core.render.frame_sink import FrameSink
from core.render.types import (
    FPS,
    HEIGHT_PX,
    WIDTH_PX,
    Archetype,
    AudioLevels,
    CameraKey,
    CaptionPosition,
    CaptionStyle,
    EnginePolicy,
    MotionProfile,
    Preset,
    RenderPlan,
    Rgb,
    SegmentPlan,
    SizeRule,
    SoundPlan,
    Still,
    Transition,
)

RATE_HZ = 48_000
Samples = npt.NDArray[np.float32]

PRESET = Preset(
    id="plain",
    name="Plain",
    archetype=Archetype.PRODUCT_HERO,
    brand_safe=True,
    engine_policy=EnginePolicy.LOCAL_ONLY,
    caption_style=CaptionStyle("Inter", SizeRule.AUTO, CaptionPosition.LOWER_THIRD, 120),
    motion_profile=MotionProfile.SUBTLE,
    transitions=Transition("cut", 0),
    audio=AudioLevels(-18, -6),
)


def plan_of(*frame_counts: int, stills: tuple[Still, ...] = (), sound: SoundPlan | None = None) -> RenderPlan:
    """A plan whose segments have these lengths, each with the first picture (or the background alone)."""
    keys = (CameraKey(0.0, 0.5, 0.5, 1.0), CameraKey(1.0, 0.5, 0.5, 1.1))
    starts = [sum(frame_counts[:index]) for index in range(len(frame_counts))]
    segments = tuple(
        SegmentPlan(index, start, count, 0 if stills else -1, keys, "linear", 0, index)
        for index, (start, count) in enumerate(zip(starts, frame_counts, strict=True))
    )
    seconds = sum(frame_counts) // FPS
    return RenderPlan(
        preset=PRESET,
        archetype=PRESET.archetype,
        brand_safe=True,
        engine_policy=PRESET.engine_policy,
        motion_profile=PRESET.motion_profile,
        target_duration_s=seconds,
        frame_count=sum(frame_counts),
        stills=stills,
        segments=segments,
        captions=(),
        sound=sound or SoundPlan(None, None, -18, -6, seconds),
        seed=1,
    )


def shade_of(frame: int) -> int:
    """The grey of frame ``frame``: each frame of a short cut has its own."""
    return 40 + 3 * (frame % 60)


def shaded(frame: int, *, width_px: int = WIDTH_PX, height_px: int = HEIGHT_PX) -> Rgb:
    """A grey picture that says which frame it is."""
    return np.full((height_px, width_px, 3), shade_of(frame), np.uint8)


def write_segments(folder: Path, *frame_counts: int) -> list[Path]:
    """Files of segments with these lengths, frames numbered through by their grey."""
    files, frame = [], 0
    for index, count in enumerate(frame_counts):
        path = folder / f"seg_{index:03d}.mp4"
        with FrameSink(path) as sink:
            for _ in range(count):
                sink.write(shaded(frame))
                frame += 1
        files.append(path)
    return files


def write_sound(path: Path, samples: Samples, rate_hz: int = RATE_HZ) -> str:
    """A WAV file; its path as a plan has it."""
    wavfile.write(path, rate_hz, samples)
    return str(path)


def tune(seconds: float) -> Samples:
    """Chords and a drum, stereo."""
    t_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    chord = sum(np.sin(2 * np.pi * hz * t_s) / nth for nth, hz in enumerate((110, 220, 277, 330, 440, 660), start=1))
    drum = np.sin(2 * np.pi * 60 * t_s) * np.exp(-(t_s % 0.5) * 30)
    both = 0.12 * chord + 0.5 * drum
    return np.stack((both, 0.9 * both), axis=1).astype(np.float32)


def babble(seconds: float) -> Samples:
    """Something with the rhythm of speech, mono: syllables, with a pause of more than a second in every four."""
    t_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    breath = np.random.default_rng(1).normal(0, 0.05, len(t_s))
    syllables = np.clip(np.sin(2 * np.pi * 3 * t_s) + 0.3, 0, 1) * (t_s % 4 < 2.5)
    return ((np.sign(np.sin(2 * np.pi * 130 * t_s)) * 0.2 + breath) * syllables * 0.3).astype(np.float32)


def program_script(path: Path, body: str) -> Path:
    """A program that stands in for FFmpeg: a shell script that may go on to the real one, which is ``$FFMPEG``."""
    import imageio_ffmpeg

    if sys.platform == "win32":
        pytest.skip("a shell script stands in for FFmpeg")
    path.write_text(f"#!/bin/bash\nFFMPEG='{imageio_ffmpeg.get_ffmpeg_exe()}'\n{body}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def stop_after(calls: int, error: Exception) -> Callable[[], None]:
    """A check that raises ``error`` when it is asked for the ``calls``-th time."""
    asked = 0

    def check() -> None:
        nonlocal asked
        asked += 1
        if asked >= calls:
            raise error

    return check


def write_foreign(path: Path, first: int, count: int, *, size_px: tuple[int, int] = (1080, 1920)) -> Path:
    """A segment as another encoder may make it: other parameter sets, and frames that are not in the file's order."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=30, options={"preset": "ultrafast", "bf": "2", "crf": "20"})
        stream.width, stream.height, stream.pix_fmt = *size_px, "yuv420p"
        for number in range(count):
            picture = shaded(first + number, width_px=size_px[0], height_px=size_px[1])
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, 30)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path
