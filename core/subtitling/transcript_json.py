"""Transcripts as files, and back: every field of ``core.speech.types.Transcript`` under its own name."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import orjson

from core.errors import RushesError
from core.speech.types import Dropped, LanguageGuess, Segment, Transcript, Word


class TranscriptDamaged(RushesError):
    """A file of ours that is no transcript any more."""


def transcript_bytes(transcript: Transcript) -> bytes:
    """The whole transcript as JSON."""
    return orjson.dumps(transcript, default=plain)


def transcript_of(content: bytes, name: str) -> Transcript:
    """Back from :func:`transcript_bytes`; ``name`` is for the message. Raises TranscriptDamaged."""
    try:
        return _transcript(orjson.loads(content))
    except (ValueError, KeyError, TypeError) as error:
        raise TranscriptDamaged(f"{name} is no transcript: {error}.", action="Transcribe the file again.") from error


def plain(value: object) -> object:
    """For orjson: what it does not know by itself."""
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(type(value).__name__)


def _transcript(data: dict[str, Any]) -> Transcript:
    parts = {
        "segments": tuple(segment_of(one) for one in data["segments"]),
        "dropped": tuple(Dropped(**one) for one in data["dropped"]),
        "speech": tuple((float(start), float(end)) for start, end in data["speech"]),
        "language": guess_of(data["language"]),
        "notes": tuple(data["notes"]),
    }
    return Transcript(**{**data, **parts})


def segment_of(data: dict[str, Any]) -> Segment:
    """A segment from JSON. Raises KeyError, TypeError."""
    return Segment(**{**data, "words": tuple(Word(**word) for word in data["words"])})


def guess_of(data: dict[str, Any]) -> LanguageGuess:
    """A language from JSON. Raises KeyError, TypeError, ValueError."""
    samples = tuple((float(start), str(code), float(share)) for start, code, share in data["samples"])
    return LanguageGuess(**{**data, "shares": MappingProxyType(data["shares"]), "samples": samples})
