"""Speech as plain data. Times are seconds from the container's start; the stream's own offset is already in them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

Task = Literal["transcribe", "translate"]
Preset = Literal["fast", "balanced", "best"]


@dataclass(frozen=True, slots=True)
class SpeechSource:
    """Where the sound comes from: a media file, or (``raw_pcm``) a file of nothing but s16le samples, mono, 16 kHz."""

    path: Path
    raw_pcm: bool = False


@dataclass(frozen=True, slots=True)
class SpeechParams:
    """How sound is transcribed.

    - ``preset`` chooses model and beam where ``model`` (an id of the catalogue) and ``beam_size`` are None.
    - ``language``: what is spoken, as a code of Whisper (``core.speech.languages``); None = detect.
    - ``stream_index`` (``AudioStream.index``) wins over ``audio_languages``, ISO 639-2/T codes in order of preference.
    - ``device``: ``auto``, ``cpu`` or ``cuda:0``; ``compute_type``: ``auto`` or one of CTranslate2's.
    - ``voice_activity``: False transcribes everything, also where nobody speaks (clients may ask for it).
    - ``most_s_per_audio_s``: give up when the work takes longer than this many seconds for each second of sound.
    """

    preset: Preset = "balanced"
    model: str | None = None
    language: str | None = None
    task: Task = "transcribe"
    stream_index: int | None = None
    audio_languages: tuple[str, ...] = ()
    beam_size: int | None = None
    device: str = "auto"
    compute_type: str = "auto"
    initial_prompt: str = ""
    word_times: bool = True
    voice_activity: bool = True
    most_s_per_audio_s: float = 10.0


@dataclass(frozen=True, slots=True)
class Word:
    """``text`` as the model wrote it, with the space before it where the language has one."""

    start_s: float
    end_s: float
    text: str
    probability: float


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of speech as the model cut it; ``text`` without space around it; ``words`` empty without word times."""

    start_s: float
    end_s: float
    text: str
    words: tuple[Word, ...]
    language: str
    avg_logprob: float
    no_speech_prob: float
    compression_ratio: float


@dataclass(frozen=True, slots=True)
class Dropped:
    """Text that the model invented in all likelihood; ``reason`` for people."""

    start_s: float
    end_s: float
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class LanguageGuess:
    """What is spoken: ``code`` of Whisper (``en``; "" when nobody speaks), English ``name``, ``confidence`` in [0, 1].

    ``mixed``: several languages are really spoken. ``shares``: part of the votes by code. ``samples``: of each sampled
    window its start in seconds, its code, and that code's probability.
    """

    code: str
    name: str
    confidence: float
    mixed: bool = False
    shares: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    samples: tuple[tuple[float, str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was said. ``speech`` are the voiced stretches (start_s, end_s); ``took_s`` is the time of the work.

    ``model`` is the catalogue's id, ``device`` ``cpu`` or ``cuda:0``; ``notes`` are for people (the model was changed
    because it cannot translate, a stream was chosen …).
    """

    segments: tuple[Segment, ...]
    dropped: tuple[Dropped, ...]
    speech: tuple[tuple[float, float], ...]
    language: LanguageGuess
    task: Task
    model: str
    device: str
    stream_index: int | None
    duration_s: float
    took_s: float
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """Somebody speaks; ``speaker`` counts from 0 in the order in which they are first heard."""

    start_s: float
    end_s: float
    speaker: int


@dataclass(frozen=True, slots=True)
class Diarization:
    """Who speaks when: turns by start, those of different speakers may overlap; ``vectors`` float32 (speakers, 256)."""

    turns: tuple[Turn, ...]
    speakers: int
    vectors: "npt.NDArray[np.float32]"
    overlap_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Cue:
    """A subtitle: one or two lines of text, never empty, no blank line inside."""

    start_s: float
    end_s: float
    lines: tuple[str, ...]
    speaker: str = ""


JsonDict = dict[str, Any]
