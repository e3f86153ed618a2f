"""A film in a library with a published transcript: three lines, two speakers."""

from pathlib import Path

import numpy as np

from core.library.library import Library
from core.speech.types import Diarization, Dropped, LanguageGuess, Segment, Transcript, Turn, Word
from core.transcript.publish import publish_speakers, publish_transcript
from tests.gui.review_support import make_film

TEXTS = ("ask not for the torque", "the engine rises", "we measured it twice")
FILM_MS = [number * 40 for number in range(200)]


def transcript_of(texts: tuple[str, ...] = TEXTS) -> Transcript:
    """A line every two seconds, its words 0.3 s each."""
    segments = tuple(_segment(text, at * 2.0) for at, text in enumerate(texts))
    return Transcript(
        segments=segments,
        dropped=(Dropped(7.0, 7.8, "Thanks for watching!", "a stock line where nobody speaks"),),
        speech=tuple((one.start_s, one.end_s) for one in segments),
        language=LanguageGuess("en", "English", 0.97),
        task="transcribe",
        model="whisper-base",
        device="cpu",
        stream_index=1,
        duration_s=8.0,
        took_s=0.5,
    )


def two_speakers() -> Diarization:
    """The second line is said by the other one."""
    turns = (Turn(0.0, 1.9, 0), Turn(2.0, 3.9, 1), Turn(4.0, 6.0, 0))
    return Diarization(turns, 2, np.eye(2, 256, dtype=np.float32))


def add_film(library: Library, path: Path, *, sound_s: float = 8.0, number: int = 0) -> str:
    """An episode that nobody listened to yet; returns its id. Films of another ``number`` are other files."""
    return library.episodes.add(make_film(path, FILM_MS, sound_s=sound_s, gop=12 + number)).ep_id


def add_spoken(library: Library, path: Path, texts: tuple[str, ...] = TEXTS, *, number: int = 0) -> str:
    """An episode with a transcript and speakers; returns its id."""
    ep_id = add_film(library, path, number=number)
    publish_transcript(library, ep_id, transcript_of(texts), params={})
    if texts:
        publish_speakers(library, ep_id, two_speakers(), [], params={})
    return ep_id


def _segment(text: str, start_s: float) -> Segment:
    words = tuple(
        Word(start_s + at * 0.3, start_s + at * 0.3 + 0.25, f" {word}", 0.9) for at, word in enumerate(text.split())
    )
    return Segment(start_s, words[-1].end_s, text, words, "en", -0.2, 0.01, 1.1)
