"""Which faces on screen speak: who is in the picture while a speaker talks, and whose mouth moves then.

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
from core.transcript.mouth_motion import FaceFrame, face_frame, talking

STAGE = "faces that speak"
MOST_PAIR_S = 8.0
LEAST_OVERLAP_S = 0.4
DECODE_S_PER_HOUR = 60.0
LEAST_DECODE_S = 24.0
LEAST_PIECE_S = 1.0
UNSEEN = 0.5  # for a mouth that was not looked at
PICTURE_PX = (1280, 1280)
_SOUND_HZ = 16_000
_LOUDNESS_HZ = 50

Vote = tuple[int, str, float, float]
Stretch = tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Pair:
    """A speaker who talks while a track is on screen: when (``stretches``), how long, and how much alone in [0, 1]."""

    speaker: int
    track: TrackBoxes
    stretches: tuple[Stretch, ...]
    seconds: float
    alone: float


def speaker_votes(library: Library, ep_id: str, diarization: Diarization, context: JobContext) -> list[Vote]:
    """Votes (speaker, track_id, score in [0, 1], seconds both are there), empty without faces.

    The score is how surely the face is the voice: its share of the faces on screen times how much its mouth moves. A
    video that cannot be read any more gives votes by presence alone. Raises Canceled, NotFound.
    """
    episode = library.episodes.get(ep_id)
    tracks = [track for track in track_boxes(library, ep_id) if len(track.t_s)]
    pairs = _pairs(tracks, diarization.turns, context)
    if not pairs:
        return []
    seen = _looked_at(episode, pairs, context)
    votes = []
    for place, pair in enumerate(pairs):
        found = seen.get(place)
        score = pair.alone * (UNSEEN if found is None else found)
        votes.append((pair.speaker, pair.track.track_id, round(score, 4), round(pair.seconds, 3)))
    return votes


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


def _alone(stretches: Sequence[Stretch], starts: npt.NDArray[np.float64], ends: npt.NDArray[np.float64]) -> float:
    """Mean of 1 / the number of faces on screen, weighted by time, taken in the middle of each second."""
    total = weight = 0.0
    for start_s, end_s in stretches:
        pieces = max(1, round(end_s - start_s))
        middles = start_s + (np.arange(pieces) + 0.5) * (end_s - start_s) / pieces
        faces = np.searchsorted(starts, middles, side="right") - np.searchsorted(ends, middles, side="right")
        total += float((1.0 / np.maximum(1, faces)).mean()) * (end_s - start_s)
        weight += end_s - start_s
    return total / weight


def _looked_at(episode: Episode, pairs: Sequence[_Pair], context: JobContext) -> dict[int, float]:
    """How likely the face of each pair talks, by the pair's place; those that could not be looked at are left out."""
    if episode.media_missing:
        context.log("The video is not where it was: who speaks is judged by who is on screen.", level="warning")
        return {}
    pieces = _pieces(pairs, max(LEAST_DECODE_S, DECODE_S_PER_HOUR * episode.info.duration_s / 3600))
    measured: dict[int, list[tuple[float, float]]] = {}
    try:
        with FrameReader(episode.media_path, info=episode.info, max_size=PICTURE_PX) as reader:
            for done, (place, stretch) in enumerate(pieces):
                context.progress(STAGE, done, len(pieces))
                found = _talks(episode, reader, pairs[place].track, stretch, context)
                if found is not None:
                    measured.setdefault(place, []).append((found, stretch[1] - stretch[0]))
    except UnsupportedMedia as error:
        context.log(f"Mouths were not looked at: {error.message}", level="warning")
    return {place: sum(v * s for v, s in rows) / sum(s for _, s in rows) for place, rows in measured.items()}


def _pieces(pairs: Sequence[_Pair], budget_s: float) -> list[tuple[int, Stretch]]:
    """What is decoded, in order of time: the longest stretch of every pair, each as long as the budget allows."""
    share_s = min(MOST_PAIR_S, max(LEAST_PIECE_S, budget_s / len(pairs)))
    pieces, left_s = [], budget_s
    for place, pair in enumerate(pairs):
        start_s, end_s = max(pair.stretches, key=lambda one: one[1] - one[0])
        length_s = min(share_s, end_s - start_s, left_s)
        if length_s < LEAST_OVERLAP_S / 2:
            continue
        middle_s = (start_s + end_s) / 2
        pieces.append((place, (middle_s - length_s / 2, middle_s + length_s / 2)))
        left_s -= length_s
    return sorted(pieces, key=lambda piece: piece[1])


def _talks(
    episode: Episode, reader: FrameReader, track: TrackBoxes, stretch: Stretch, context: JobContext
) -> float | None:
    faces = list(_faces(reader, track, stretch, context))
    loudness = _loudness(episode, stretch) if episode.info.audio else np.zeros(0)
    return talking(faces, loudness, _LOUDNESS_HZ, stretch[0])


def _faces(reader: FrameReader, track: TrackBoxes, stretch: Stretch, context: JobContext) -> Iterator[FaceFrame]:
    """The track's face in every frame of the stretch; the box moves evenly, for one that trembles looks like motion."""
    inside = (track.t_s >= stretch[0] - 0.5) & (track.t_s <= stretch[1] + 0.5)
    if not inside.any():
        return
    times_s, boxes = track.t_s[inside], track.bbox[inside].astype(np.float64)
    drift = np.polyfit(times_s - stretch[0], boxes, 1) if len(times_s) > 2 else np.stack([0 * boxes[0], boxes[0]])
    for picture in reader.play_from(stretch[0]):
        context.check()
        if picture.t_s > stretch[1]:
            return
        found = face_frame(picture.t_s, picture.rgb, (drift[0] * (picture.t_s - stretch[0]) + drift[1]).tolist())
        if found is not None:
            yield found


def _loudness(episode: Episode, stretch: Stretch) -> npt.NDArray[np.float64]:
    """Logarithm of the loudness of the default sound track, ``_LOUDNESS_HZ`` values a second."""
    step = _SOUND_HZ // _LOUDNESS_HZ
    wanted = round((stretch[1] - stretch[0]) * _SOUND_HZ)
    taken: list[npt.NDArray[np.int16]] = []
    with AudioReader(episode.media_path) as sound:
        for chunk in sound.chunks(stretch[0], rate_hz=_SOUND_HZ, channels=1):
            taken.append(chunk.samples[:, 0])
            if sum(map(len, taken)) >= wanted:
                break
    samples = np.concatenate([*taken, np.zeros(0, np.int16)])[:wanted].astype(np.float64)
    rows = samples[: len(samples) // step * step].reshape(-1, step)
    return np.log10(np.sqrt((rows**2).mean(axis=1)) + 10.0) if len(rows) else np.zeros(0)
