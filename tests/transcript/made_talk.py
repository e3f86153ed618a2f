"""Transcripts and speakers as the engine would give them."""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from core.library.library import Library
from core.library.media_json import media_to_json
from core.media.types import MediaInfo
from core.speech.types import Diarization, Dropped, LanguageGuess, Segment, Transcript, Turn, Word
from core.transcript.publish import publish_transcript
from core.transcript.reading import load_transcript
from core.transcript.types import LineRow, TranscriptView

EP_ID = "talk"


def make_episode(library: Library, ep_id: str = EP_ID, *, title: str = "Talk", duration_s: float = 60.0) -> str:
    """An episode without any analysis."""
    library.store.write(
        lambda connection: connection.execute(
            "INSERT INTO episodes (ep_id, title, created_at, media_path, info, fingerprint) VALUES (?, ?, ?, ?, ?, ?)",
            (ep_id, title, "2026-01-01T00:00:00+00:00", "/nowhere/talk.mp4", media_to_json(_info(duration_s)), ep_id),
        )
    )
    return ep_id


def _info(duration_s: float) -> MediaInfo:
    return MediaInfo(
        path="/nowhere/talk.mp4",
        size_bytes=1,
        container="mp4",
        video_index=0,
        codec="h264",
        width_px=320,
        height_px=180,
        coded_width_px=320,
        coded_height_px=180,
        rotation_deg=0,
        sample_aspect=1.0,
        time_base=Fraction(1, 1000),
        start_s=0.0,
        duration_s=duration_s,
        average_fps=25.0,
        variable_rate=False,
    )


def segment(start_s: float, text: str, *, word_s: float = 0.5, language: str = "en") -> Segment:
    """Each word takes ``word_s``, four fifths of it spoken."""
    words = tuple(
        Word(start_s + at * word_s, start_s + (at + 0.8) * word_s, f" {word}", 0.9)
        for at, word in enumerate(text.split())
    )
    return Segment(start_s, words[-1].end_s, text, words, language, -0.2, 0.01, 1.1)


def transcript(segments: Sequence[Segment], *, duration_s: float = 60.0) -> Transcript:
    """English, with one text that was left out."""
    return Transcript(
        segments=tuple(segments),
        dropped=(Dropped(50.0, 52.0, "Thanks for watching!", "a stock line"),),
        speech=tuple((one.start_s, one.end_s) for one in segments),
        language=LanguageGuess("en", "English", 0.98),
        task="transcribe",
        model="whisper-base",
        device="cpu",
        stream_index=1,
        duration_s=duration_s,
        took_s=1.5,
    )


def diarization(*turns: tuple[float, float, int]) -> Diarization:
    """Turns as (start_s, end_s, speaker)."""
    count = max(turn[2] for turn in turns) + 1
    return Diarization(tuple(Turn(*turn) for turn in turns), count, np.eye(count, 256, dtype=np.float32))


def publish(library: Library, *segments: Segment, ep_id: str = EP_ID) -> TranscriptView:
    """Publish a transcript and read it."""
    publish_transcript(library, ep_id, transcript(segments), params={"preset": "balanced"})
    return load_transcript(library, ep_id)


def texts(library: Library, ep_id: str = EP_ID) -> list[str]:
    """What the lines say, by time."""
    return [line.text for line in load_transcript(library, ep_id).lines]


def said(library: Library, ep_id: str = EP_ID) -> list[tuple[str, str]]:
    """(label of the speaker, text) by time."""
    view = load_transcript(library, ep_id)
    labels = {one.speaker_id: one.label for one in view.speakers}
    return [(labels.get(line.speaker_id or "", ""), line.text) for line in view.lines]


def plain(view: TranscriptView) -> tuple[tuple[LineRow, ...], tuple[tuple[str, str | None], ...]]:
    """What edits of a transcript change, to be compared."""
    return view.lines, tuple((one.label, one.identity_id) for one in view.speakers)
