"""A small media library for pictures and tests: short videos as series and films, their languages tagged."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

RATE_HZ = 16_000
SUBTITLE = "1\n00:00:00,000 --> 00:00:01,000\nHello.\n"
SERIES = (("Kaze no Machi", "jpn", 2, 6), ("The Long Shift", "eng", 2, 6), ("La Casa Azul", "spa", 1, 8))
"""Title, language, seasons, episodes of a season."""
FILMS = (
    ("Northern Light (2019)", "nor"),
    ("Der Zug (2021)", "deu"),
    ("Parkour (2016)", "fra"),
    ("Seoul (2020)", "kor"),
)


def make_media(folder: Path, *, series: tuple[tuple[str, str, int, int], ...] = SERIES) -> list[Path]:
    """Write the files under ``folder``; every third English episode has a subtitle beside it. Returns their paths."""
    made = []
    for number, (path, language) in enumerate(_wanted(folder, series)):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_media(path, [language])
        if language == "eng" and number % 3 == 0:
            path.with_suffix(".en.srt").write_text(SUBTITLE, encoding="utf-8")
        made.append(path)
    return made


def write_media(path: Path, languages: list[str], seconds: float = 0.3) -> Path:
    """A grey video of near silence with an audio track for each language (ISO 639-2, "" = not tagged)."""
    samples = np.random.default_rng(len(path.name)).normal(0, 0.001, (1, round(seconds * RATE_HZ)))
    with av.open(str(path), "w") as container:
        video = container.add_stream("mpeg4", rate=10)
        video.width, video.height, video.pix_fmt = 64, 36, "yuv420p"
        sounds = [container.add_stream("aac", rate=RATE_HZ, layout="mono") for _ in languages]
        for sound, language in zip(sounds, languages, strict=True):
            if language:
                sound.metadata["language"] = language
        for _ in range(max(1, round(seconds * 10))):
            picture = av.VideoFrame.from_ndarray(np.full((36, 64, 3), 96, np.uint8), format="rgb24")
            container.mux(video.encode(picture))
        container.mux(video.encode(None))
        for sound in sounds:
            frame = av.AudioFrame.from_ndarray(samples.astype(np.float32), format="fltp", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = RATE_HZ, 0, Fraction(1, RATE_HZ)
            container.mux([*sound.encode(frame), *sound.encode(None)])
    return path


def _wanted(folder: Path, series: tuple[tuple[str, str, int, int], ...]) -> Iterator[tuple[Path, str]]:
    for title, language, seasons, episodes in series:
        for season in range(1, seasons + 1):
            for episode in range(1, episodes + 1):
                name = f"{title} - S{season:02}E{episode:02}.mkv"
                yield folder / "series" / title / f"Season {season}" / name, language
    for title, language in FILMS:
        yield folder / "films" / title / f"{title}.mp4", language
