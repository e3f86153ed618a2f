"""From a file to a transcript with a loaded model, in the process that calls it; memory does not grow with the length.

The sound goes by once: it is decoded onto the disk while Silero tells where somebody speaks. Then the language is
asked for, and the voiced stretches go to the model in pieces of some minutes, whose times are mapped back.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from core.speech import language as languages
from core.speech.guards import Evidence, Guard
from core.speech.pieces import Piece, PieceClock, Stretch, pieces_of, samples_of
from core.speech.presets import Choice
from core.speech.sound import RATE_HZ, Recording, choose_stream, is_bare_pcm, progress_total_s, sound_tracks
from core.speech.types import Dropped, LanguageGuess, Segment, SpeechParams, SpeechSource, Transcript, Word
from core.speech.voice import Probabilities, Span, VoiceDetector, mean_probability, merged, share_covered, spans_of

TEMPERATURES = (0.0, 0.2, 0.4, 0.6)
"""Tried in turn where the text is unlikely or repeats itself; hotter ones only cost time over music."""
_SPLIT_AT_S = 1.5
_TOKENS_PER_S, _OWN_BOUND = 20, 200
_MISSED_S, _MISSED_VOICE = 2.5, 0.75


class Listener(Protocol):
    """Who is told how the work goes, and may stop it."""

    def progress(self, stage: str, done_s: float, total_s: float) -> None:
        """``stage`` is ``listening`` or ``transcribing``; seconds of sound, ``total_s`` 0 when unknown."""

    def segment(self, segment: Segment) -> None:
        """A segment that stays in the transcript."""

    def check(self) -> None:
        """Raise Canceled to stop."""


@dataclass(frozen=True, slots=True)
class Heard:
    """The sound after it went by once. ``spans`` are voiced, in samples."""

    recording: Recording
    spans: tuple[Span, ...]
    probabilities: Probabilities
    stream_index: int | None
    notes: tuple[str, ...]

    @property
    def voiced_s(self) -> float:
        """How long somebody speaks."""
        return sum(end - start for start, end in self.spans) / RATE_HZ


def transcribe(
    source: SpeechSource,
    params: SpeechParams,
    model: Any,
    *,
    choice: Choice,
    listener: Listener,
    device: str = "cpu",
    english_only: bool = False,
    work_folder: Path | None = None,
    notes: Sequence[str] = (),
) -> Transcript:
    """What is said in ``source``; ``model`` is a loaded ``faster_whisper.WhisperModel``.

    Raises MediaMissing, UnsupportedMedia, InvalidRequest (no such stream), StorageFull, and what ``listener.check``
    raises.
    """
    began_s = time.monotonic()
    stream_index, stream_notes = _stream(source, params)
    with Recording(source, stream_index, work_folder=work_folder) as recording:
        heard = _listen(recording, source, stream_index, stream_notes, listener)
        stretches, guess = _languages(heard, params, model, english_only=english_only, listener=listener)
        writer = _Writer(params, model, choice, guess, listener)
        pieces = list(pieces_of(stretches, heard.probabilities, recording.samples))
        segments, dropped = writer.write(heard, pieces)
        return Transcript(
            segments=tuple(segments),
            dropped=tuple(dropped),
            speech=tuple((start / RATE_HZ, end / RATE_HZ) for start, end in heard.spans),
            language=guess,
            task=params.task,
            model=choice.model_id,
            device=device,
            stream_index=stream_index,
            duration_s=recording.duration_s,
            took_s=time.monotonic() - began_s,
            notes=(*notes, *heard.notes),
        )


def detect_language(
    source: SpeechSource, params: SpeechParams, model: Any, *, listener: Listener, work_folder: Path | None = None
) -> LanguageGuess:
    """What language is spoken in ``source``; code "" where nobody speaks. Raises as ``transcribe``."""
    stream_index, notes = _stream(source, params)
    with Recording(source, stream_index, work_folder=work_folder) as recording:
        heard = _listen(recording, source, stream_index, notes, listener)
        ask = languages.asker(model)
        return languages.guess_and_divide(
            recording, heard.spans, heard.probabilities, ask, model.feature_extractor, check=listener.check
        )[1]


def _stream(source: SpeechSource, params: SpeechParams) -> tuple[int | None, tuple[str, ...]]:
    if is_bare_pcm(source):
        return None, ()
    index, note = choose_stream(sound_tracks(source.path), params, source.path)
    return index, (note,) if note else ()


def _listen(
    recording: Recording, source: SpeechSource, stream_index: int | None, notes: tuple[str, ...], listener: Listener
) -> Heard:
    total_s = progress_total_s(source)
    detector = VoiceDetector()
    listener.progress("listening", 0.0, total_s)
    for block in recording.fill():
        listener.check()
        detector.feed(block)
        listener.progress("listening", recording.duration_s, max(total_s, recording.duration_s))
    probabilities = detector.finish()
    spans = tuple(spans_of(probabilities, recording.samples))
    return Heard(recording, spans, probabilities, stream_index, notes)


def _languages(
    heard: Heard, params: SpeechParams, model: Any, *, english_only: bool, listener: Listener
) -> tuple[list[Stretch], LanguageGuess]:
    """The stretches to transcribe, each in its language."""
    whole: tuple[Span, ...] = ((0, heard.recording.samples),) if heard.recording.samples else ()
    spans = heard.spans if params.voice_activity else whole
    if params.language or english_only:
        code = params.language or "en"
        return ([Stretch(spans, code)] if spans else []), languages.forced(code)
    ask = languages.asker(model)
    if params.voice_activity:
        return languages.guess_and_divide(
            heard.recording, spans, heard.probabilities, ask, model.feature_extractor, check=listener.check
        )
    guess = languages.guess(heard.recording, heard.spans or spans, ask, check=listener.check)
    return ([Stretch(spans, guess.code)] if spans else []), guess


class _Writer:
    """Puts pieces to the model and keeps what stands up to the guards."""

    def __init__(
        self, params: SpeechParams, model: Any, choice: Choice, guess: LanguageGuess, listener: Listener
    ) -> None:
        self._params = params
        self._model = model
        self._choice = choice
        self._guess = guess
        self._listener = listener
        self._guard = Guard()

    def write(self, heard: Heard, pieces: Sequence[Piece]) -> tuple[list[Segment], list[Dropped]]:
        """All pieces in their order; progress counts the sound that the model hears."""
        total_s = sum(piece.voiced_s for piece in pieces)
        done_s = 0.0
        kept: list[Segment] = []
        dropped: list[Dropped] = []
        speech = tuple((start / RATE_HZ, end / RATE_HZ) for start, end in heard.spans)
        self._listener.progress("transcribing", 0.0, total_s)
        for piece in pieces:
            self._listener.check()
            for segment, at_s in self._all_segments(heard, piece):
                reason = self._guard.reason(segment, self._evidence(segment, heard.probabilities, speech))
                if reason:
                    dropped.append(Dropped(segment.start_s, segment.end_s, segment.text, reason))
                else:
                    kept.append(segment)
                    self._listener.segment(segment)
                self._listener.progress("transcribing", min(total_s, done_s + at_s), total_s)
                self._listener.check()
            done_s += piece.voiced_s
            self._listener.progress("transcribing", done_s, total_s)
        return _in_order(kept), dropped

    def _evidence(
        self, segment: Segment, probabilities: Probabilities, speech: Sequence[tuple[float, float]]
    ) -> Evidence:
        return Evidence(
            covered=share_covered(speech, segment.start_s, segment.end_s),
            voice=mean_probability(probabilities, segment.start_s, segment.end_s),
            language=self._guess.confidence,
            checked=self._params.voice_activity,
        )

    def _all_segments(self, heard: Heard, piece: Piece) -> Iterator[tuple[Segment, float]]:
        """Segments of a piece; clear speech over which the model passed is put to it once more, by itself."""
        written: list[tuple[float, float]] = []
        for segment, at_s in self._segments(heard.recording, piece):
            written.append((segment.start_s, segment.end_s))
            yield segment, at_s
        for missed in missed_speech(heard, piece, written) if self._params.voice_activity else ():
            self._listener.check()
            for segment, _ in self._segments(heard.recording, missed):
                yield segment, piece.voiced_s

    def _segments(self, recording: Recording, piece: Piece) -> Iterator[tuple[Segment, float]]:
        """Segments in the file's time, each with how much of the piece the model has heard."""
        clock = PieceClock(piece)
        found, info = self._model.transcribe(
            samples_of(recording, piece),
            language=piece.language,
            task=self._params.task,
            beam_size=self._choice.beam_size,
            temperature=list(TEMPERATURES),
            condition_on_previous_text=False,  # one window that goes astray would lead the next ones astray
            initial_prompt=self._params.initial_prompt or None,
            word_timestamps=self._params.word_times,
            max_new_tokens=_most_tokens(piece.voiced_s),
        )
        for one in found:
            for segment in _mapped(one, clock, str(info.language)):
                yield segment, float(one.end)


def _most_tokens(seconds: float) -> int | None:
    """More than anybody says in so short a time: what goes on is a loop. None: the model's own bound."""
    most = 30 + round(_TOKENS_PER_S * seconds)
    return most if most < _OWN_BOUND else None


def missed_speech(heard: Heard, piece: Piece, written: Sequence[tuple[float, float]]) -> list[Piece]:
    """Parts of a piece where somebody surely speaks and nothing was written."""
    found = []
    covered = merged([(round(start * RATE_HZ), round(end * RATE_HZ)) for start, end in sorted(written)], 0)
    edges = [0, *(edge for span in covered for edge in span), heard.recording.samples]
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        for start, end in piece.spans:
            gap = (max(start, first), min(end, last))
            if (gap[1] - gap[0]) / RATE_HZ < _MISSED_S:
                continue
            voice = mean_probability(heard.probabilities, gap[0] / RATE_HZ, gap[1] / RATE_HZ)
            if voice >= _MISSED_VOICE:
                found.append(Piece((gap,), piece.language))
    return found


def _mapped(found: Any, clock: PieceClock, language: str) -> Iterator[Segment]:
    """A segment of the model in the file's time, in parts where it goes on after a pause."""
    if not found.words:
        span = clock.span_at((found.start + found.end) / 2)
        start_s, end_s = clock.file_s(found.start, clock.span_at(found.start)), clock.file_s(found.end, span)
        yield _segment(found, (), found.text.strip(), max(0.0, start_s), max(start_s, end_s), language)
        return
    group: list[Word] = []
    for word in (_word(one, clock) for one in found.words):
        if group and word.start_s - group[-1].end_s > _SPLIT_AT_S:
            yield _of_words(found, group, language)
            group = []
        group.append(word)
    yield _of_words(found, group, language)


def _of_words(found: Any, words: Sequence[Word], language: str) -> Segment:
    text = "".join(word.text for word in words).strip()
    return _segment(found, tuple(words), text, words[0].start_s, words[-1].end_s, language)


def _word(found: Any, clock: PieceClock) -> Word:
    span = clock.span_at((found.start + found.end) / 2)  # both ends in the same voiced stretch
    start_s = clock.file_s(float(found.start), span)
    return Word(start_s, max(start_s, clock.file_s(float(found.end), span)), str(found.word), float(found.probability))


def _segment(found: Any, words: tuple[Word, ...], text: str, start_s: float, end_s: float, language: str) -> Segment:
    return Segment(
        start_s=round(start_s, 3),
        end_s=round(end_s, 3),
        text=text,
        words=words,
        language=language,
        avg_logprob=float(found.avg_logprob),
        no_speech_prob=float(found.no_speech_prob),
        compression_ratio=float(found.compression_ratio),
    )


def _in_order(segments: Sequence[Segment]) -> list[Segment]:
    return sorted((one for one in segments if one.text), key=lambda one: (one.start_s, one.end_s))
