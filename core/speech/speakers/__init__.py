"""Who speaks when: speaker diarization of a recording."""

from core.speech.speakers.find import find_speakers

__all__ = ["find_speakers"]
