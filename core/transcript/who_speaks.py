"""Which faces on screen speak: who is in the picture while a speaker talks, and whose mouth moves as the voice sounds.

Votes are for pairs of a speaker and a track, so that they outlive every merge and split of identities. The work is
bounded: at most ``MOST_PAIR_S`` of video for a pair and ``DECODE_S_PER_HOUR`` for an hour of episode.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.errors import UnsupportedMedia
from core.jobs.types import JobContext
from core.library.library import Library
from core.library.types import Episode
from core.media.audio import AudioReader
from core.media.seek import FrameReader
from core.review.boxes import TrackBoxes, track_boxes
from core.speech.types import Diarization, Turn
from core.transcript.mouth_motion import LEAST_S, MOST_EVIDENCE, FaceFrame, evidence, face_frame, smoothed

STAGE = "faces that speak"
MOST_PAIR_S = 8.0
LEAST_OVERLAP_S = 0.4
DECODE_S_PER_HOUR = 60.0
LEAST_DECODE_S = 60.0
LEAST_PAIR_S = 3.0  # less shows too little to be worth it
LONE_FACE_TALKS = 0.7  # how often a face alone on screen is the voice, before its mouth is looked at
PICTURE_PX = (1280, 1280)
_SOUND_HZ = 16_000
_LOUDNESS_HZ = 50
_MOMENT_S = 0.2
_BOX_HZ = 25
_BOX_SMOOTH_S = 0.15

Vote = tuple[int, str, float, float]
Stretch = tuple[float, float]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Pair:
    """A speaker who talks while a track is on screen: when (``stretches``), how long, and how much alone in [0, 1]."""

    speaker: int
    track: TrackBoxes
    stretches: tuple[Stretch, ...]
    seconds: float
    alone: float


@dataclass(frozen=True, slots=True)
class _Scene:
    """What is watched and listened to."""

    episode: Episode
    stream_index: int | None
    context: JobContext


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of video that is watched for the pair at ``place``."""

    place: int
    start_s: float
    end_s: float


def speaker_votes(
    library: Library, ep_id: str, diarization: Diarization, context: JobContext, *, stream_index: int | None = None
) -> list[Vote]:
    """Votes (speaker, track_id, score in [0, 1], seconds both are there), empty without faces.

    The score is how likely the face is the voice and neither another face on screen nor somebody out of the picture:
    at first all faces are alike, then what each mouth's motion says for or against it counts. A video that cannot be
    read any more gives votes by presence alone. ``stream_index``
    is the sound that was listened to (``AudioStream.index``), None: the default one. Raises Canceled, NotFound.
    """
    episode = library.episodes.get(ep_id)
    tracks = [track for track in track_boxes(library, ep_id) if len(track.t_s)]
    pairs = _pairs(tracks, diarization.turns, context)
    if not pairs:
        return []
    seen = _looked_at(_Scene(episode, stream_index, context), pairs)
    scores = _scores(pairs, [seen.get(place, 0.0) for place in range(len(pairs))])
    return [
        (pair.speaker, pair.track.track_id, round(score, 4), round(pair.seconds, 3))
        for pair, score in zip(pairs, scores, strict=True)
    ]


def _pairs(tracks: Sequence[TrackBoxes], turns: Sequence[Turn], context: JobContext) -> list[_Pair]:
    """The pairs that share time, the longest first."""
    on_screen = sorted((span.start_s, span.end_s) for track in tracks for span in track.spans)
    starts = np.array([one[0] for one in on_screen])
    ends = np.sort([one[1] for one in on_screen])
    begins = np.array([turn.start_s for turn in turns])
    longest_s = max((turn.end_s - turn.start_s for turn in turns), default=0.0)
    found = []
    for track in tracks:
        context.check()
        shared: dict[int, list[Stretch]] = {}
        for span in track.spans:
            first = int(np.searchsorted(begins, span.start_s - longest_s))
            last = int(np.searchsorted(begins, span.end_s))
            for turn in turns[first:last]:
                stretch = max(span.start_s, turn.start_s), min(span.end_s, turn.end_s)
                if stretch[1] > stretch[0]:
                    shared.setdefault(turn.speaker, []).append(stretch)
        for speaker, stretches in shared.items():
            seconds = sum(end_s - start_s for start_s, end_s in stretches)
            if seconds >= LEAST_OVERLAP_S:
                found.append(_Pair(speaker, track, tuple(stretches), seconds, _alone(stretches, starts, ends)))
    return sorted(found, key=lambda pair: (-pair.seconds, pair.speaker, pair.track.track_id))


def _alone(stretches: Sequence[Stretch], starts: Floats, ends: Floats) -> float:
    """Mean of 1 / the number of faces on screen."""
    moments_s = _moments(stretches)
    faces = np.searchsorted(starts, moments_s, side="right") - np.searchsorted(ends, moments_s, side="right")
    return float((1.0 / np.maximum(1, faces)).mean())


def _moments(stretches: Sequence[Stretch]) -> Floats:
    """Times spread evenly over some stretches."""
    return np.concatenate(
        [
            start_s + (np.arange(pieces) + 0.5) * (end_s - start_s) / pieces
            for start_s, end_s in stretches
            for pieces in [max(1, round((end_s - start_s) / _MOMENT_S))]
        ]
    )


def _scores(pairs: Sequence[_Pair], found: Sequence[float]) -> list[float]:
    """Bayes' rule over the faces on screen at each moment, and nobody of them; ``found`` are logarithms of odds."""
    weights = [LONE_FACE_TALKS * pair.alone * float(np.exp(odds)) for pair, odds in zip(pairs, found, strict=True)]
    changes: dict[int, list[tuple[float, float]]] = {}
    for pair, weight in zip(pairs, weights, strict=True):
        for start_s, end_s in pair.stretches:
            changes.setdefault(pair.speaker, []).extend([(start_s, weight), (end_s, -weight)])
    together = {speaker: np.array(sorted(rows)).T for speaker, rows in changes.items()}
    sums = {speaker: np.concatenate([[0.0], np.cumsum(rows[1])]) for speaker, rows in together.items()}
    scores = []
    for pair, weight in zip(pairs, weights, strict=True):
        places = np.searchsorted(together[pair.speaker][0], _moments(pair.stretches), side="right")
        everybody = np.maximum(weight, sums[pair.speaker][places])
        scores.append(float((weight / (everybody + 1.0 - LONE_FACE_TALKS)).mean()))
    return scores


def _looked_at(scene: _Scene, pairs: Sequence[_Pair]) -> dict[int, float]:
    """What the mouth of each pair says, by the pair's place; those that could not be looked at are left out."""
    episode, context = scene.episode, scene.context
    if episode.media_missing:
        context.log("The video is not where it was: who speaks is judged by who is on screen.", level="warning")
        return {}
    pieces = _pieces(pairs, max(LEAST_DECODE_S, DECODE_S_PER_HOUR * episode.info.duration_s / 3600))
    measured: dict[int, float] = {}
    try:
        with FrameReader(episode.media_path, info=episode.info, max_size=PICTURE_PX) as reader:
            done = 0
            for together in _overlapping(pieces):
                context.progress(STAGE, done, len(pieces))
                done += len(together)
                for place, found in _watched(scene, reader, together, pairs):
                    measured[place] = measured.get(place, 0.0) + found
    except UnsupportedMedia as error:
        context.log(f"Mouths were not looked at: {error.message}", level="warning")
    return {place: float(np.clip(found, -MOST_EVIDENCE, MOST_EVIDENCE)) for place, found in measured.items()}


def _pieces(pairs: Sequence[_Pair], budget_s: float) -> list[_Piece]:
    """What is decoded, in order of time: the longest stretches of every pair, as long as the budget lasts."""
    share_s = min(MOST_PAIR_S, max(LEAST_PAIR_S, budget_s / len(pairs)))
    pieces, left_s = [], budget_s
    for place, pair in enumerate(pairs):
        pair_left_s = min(share_s, left_s)
        for start_s, end_s in sorted(pair.stretches, key=lambda one: one[0] - one[1]):
            length_s = min(end_s - start_s, pair_left_s)
            if length_s < LEAST_S:
                break
            middle_s = (start_s + end_s) / 2
            pieces.append(_Piece(place, middle_s - length_s / 2, middle_s + length_s / 2))
            pair_left_s -= length_s
            left_s -= length_s
    return sorted(pieces, key=lambda piece: (piece.start_s, piece.end_s, piece.place))


def _overlapping(pieces: Sequence[_Piece]) -> Iterator[list[_Piece]]:
    """Pieces in order of time, those together that share pictures, so that each is decoded once."""
    together: list[_Piece] = []
    for piece in pieces:
        if together and piece.start_s >= max(one.end_s for one in together):
            yield together
            together = []
        together.append(piece)
    if together:
        yield together


def _watched(
    scene: _Scene, reader: FrameReader, together: Sequence[_Piece], pairs: Sequence[_Pair]
) -> Iterator[tuple[int, float]]:
    """The place of a pair and what was seen of it, for every piece that shows enough."""
    begin_s, end_s = together[0].start_s, max(piece.end_s for piece in together)
    paths = [_path(pairs[piece.place].track, piece) for piece in together]
    faces: list[list[FaceFrame]] = [[] for _ in together]
    for picture in reader.play_from(begin_s):
        scene.context.check()
        if picture.t_s > end_s:
            break
        for piece, (times_s, boxes), seen in zip(together, paths, faces, strict=True):
            if len(times_s) and piece.start_s <= picture.t_s <= piece.end_s:
                bbox = [float(np.interp(picture.t_s, times_s, side)) for side in boxes]
                face = face_frame(picture.t_s, picture.rgb, bbox)
                seen.extend([face] if face is not None else [])
    loudness = _loudness(scene, begin_s, end_s)
    for piece, seen in zip(together, faces, strict=True):
        found = evidence(seen, loudness, _LOUDNESS_HZ, begin_s)
        if found is not None:
            yield piece.place, found


def _path(track: TrackBoxes, piece: _Piece) -> tuple[Floats, list[Floats]]:
    """Where the face is: times and the four sides of its box, smooth, for one that trembles looks like motion."""
    inside = (track.t_s >= piece.start_s - 1.0) & (track.t_s <= piece.end_s + 1.0)
    if not inside.any():
        return np.zeros(0), []
    times_s = np.arange(piece.start_s, piece.end_s + 1 / _BOX_HZ, 1 / _BOX_HZ)
    sides = [np.interp(times_s, track.t_s[inside], side) for side in track.bbox[inside].astype(np.float64).T]
    return times_s, [smoothed(side, _BOX_SMOOTH_S * _BOX_HZ) for side in sides]


def _loudness(scene: _Scene, start_s: float, end_s: float) -> Floats:
    """Logarithm of the loudness of the sound, ``_LOUDNESS_HZ`` values a second; empty without sound."""
    if not scene.episode.info.audio:
        return np.zeros(0)
    step = _SOUND_HZ // _LOUDNESS_HZ
    wanted = round((end_s - start_s) * _SOUND_HZ)
    taken: list[npt.NDArray[np.int16]] = []
    with AudioReader(scene.episode.media_path, scene.stream_index) as sound:
        for chunk in sound.chunks(start_s, rate_hz=_SOUND_HZ, channels=1):
            taken.append(chunk.samples[:, 0])
            if sum(map(len, taken)) >= wanted:
                break
    samples = np.concatenate([*taken, np.zeros(0, np.int16)])[:wanted].astype(np.float64)
    rows = samples[: len(samples) // step * step].reshape(-1, step)
    return np.log10(np.sqrt((rows**2).mean(axis=1)) + 10.0) if len(rows) else np.zeros(0)
