"""Subtitle files: SRT, WebVTT and ASS through pysubs2; text, table and JSON in the shapes of Whisper's own writers.

The three latter are what whisper-asr-webservice gives for ``output=txt|tsv|json`` (openai/whisper, ``utils.py``).
"""

from collections.abc import Callable, Sequence
from typing import Any

import orjson
import pysubs2

from core.speech.types import Cue

CUE_FORMATS = ("srt", "vtt", "ass")
SEGMENT_FORMATS = ("txt", "tsv", "json")
# pysubs2 takes these as markup: they pass through it as private characters
_MARKUP = "\\{}<>&"
_HIDDEN = {ord(character): 0xE000 + at for at, character in enumerate(_MARKUP)}
_SHOWN: dict[str, dict[int, str]] = {
    "srt": {0xE000 + at: character for at, character in enumerate(_MARKUP)},
    "vtt": {0xE000 + at: {"<": "&lt;", ">": "&gt;", "&": "&amp;"}.get(one, one) for at, one in enumerate(_MARKUP)},
    # a backslash before N would break the line: a division slash looks like it and means nothing
    "ass": {0xE000 + at: {"\\": "⧵", "{": "\\{", "}": "\\}"}.get(one, one) for at, one in enumerate(_MARKUP)},
}


def write_cues(cues: Sequence[Cue], format: str) -> str:  # noqa: A002  as pysubs2 calls it
    """Cues as one of CUE_FORMATS."""
    subs = pysubs2.SSAFile()
    for cue in cues:
        event = pysubs2.SSAEvent(start=round(cue.start_s * 1000), end=round(cue.end_s * 1000))
        lines = [line for line in cue.lines if line.strip()]
        event.text = r"\N".join(line.translate(_HIDDEN) for line in lines)
        event.name = cue.speaker.replace(",", " ")
        subs.append(event)
    return subs.to_string(format).translate(_SHOWN[format])


def write_segments(items: Sequence[Any], format: str, language: str, speakers: Sequence[str] = ()) -> str:  # noqa: A002
    """Cues, segments or lines as one of SEGMENT_FORMATS."""
    writers: dict[str, Callable[[], str]] = {
        "txt": lambda: "".join(f"{text_of(item)}\n" for item in items),
        "tsv": lambda: _tsv(items),
        "json": lambda: orjson.dumps(document_of(items, language, speakers)).decode(),
    }
    return writers[format]()


def document_of(items: Sequence[Any], language: str, speakers: Sequence[str] = ()) -> dict[str, Any]:
    """``{"text", "segments", "language"}`` as Whisper writes it."""
    segments = [_segment(at, item) for at, item in enumerate(items)]
    for segment, speaker in zip(segments, speakers, strict=False):
        if speaker:
            segment["speaker"] = speaker
    spoken = language or next((str(getattr(item, "language", "")) for item in items), "")
    return {"text": "".join(segment["text"] for segment in segments), "segments": segments, "language": spoken}


def text_of(item: Any) -> str:
    """What a cue, a segment or a line says, on one line."""
    text = " ".join(item.lines) if isinstance(item, Cue) else str(item.text)
    return " ".join(text.split())


def _tsv(items: Sequence[Any]) -> str:
    rows = [f"{round(1000 * item.start_s)}\t{round(1000 * item.end_s)}\t{text_of(item)}\n" for item in items]
    return "".join(["start\tend\ttext\n", *rows])


def _segment(at: int, item: Any) -> dict[str, Any]:
    """A segment; what a line of the library does not know stands as Whisper's neutral value."""
    segment: dict[str, Any] = {
        "id": at,
        "seek": 0,
        "start": round(item.start_s, 3),
        "end": round(item.end_s, 3),
        "text": f" {text_of(item)}",
        "tokens": [],
        "temperature": 0.0,
        "avg_logprob": float(getattr(item, "avg_logprob", 0.0)),
        "compression_ratio": float(getattr(item, "compression_ratio", 1.0)),
        "no_speech_prob": float(getattr(item, "no_speech_prob", 0.0)),
    }
    if words := getattr(item, "words", ()):
        segment["words"] = [
            {
                "word": word.text,
                "start": round(word.start_s, 3),
                "end": round(word.end_s, 3),
                "probability": round(word.probability, 4),
            }
            for word in words
        ]
    return segment
