"""A transcript on the screen: lines in step with the film, sound with their boundaries, finding and replacing."""

from widgets.transcript.looks import SpeakerLook, looks_of
from widgets.transcript.matching import FindQuery, Match, find_matches
from widgets.transcript.transcript_list import TranscriptList

__all__ = ["FindQuery", "Match", "SpeakerLook", "TranscriptList", "find_matches", "looks_of"]
