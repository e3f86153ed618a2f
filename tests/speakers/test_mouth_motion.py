"""Whose mouth fits a voice: drawn faces, and two real people on screen at once of whom only one is heard."""

from pathlib import Path

import numpy as np
import pytest

from core.jobs.executors import inline_pool
from core.library.library import Library
from core.review.boxes import track_boxes
from core.speech.types import Diarization, Turn
from core.transcript.mouth_motion import (
    SIDE_PX,
    STILL_EVIDENCE,
    FaceFrame,
    evidence,
    face_frame,
    smoothed,
)
from core.transcript.who_speaks import speaker_votes
from models.opencv import cv2
from models.store import ModelStore
from tests.analysis.running import analyse
from tests.jobs.still_context import StillContext
from tests.speakers.two_faces import write_two_faces

FPS, LENGTH_S = 25, 8.0


def words(seed: int) -> np.ndarray:
    """Loudness 25 times a second: stretches of some syllables with pauses between them."""
    random = np.random.default_rng(seed)
    loud = np.zeros(round(LENGTH_S * FPS))
    place = 0
    while place < len(loud):
        spoken = int(random.integers(8, 25))
        loud[place : place + spoken] = 1.0
        place += spoken + int(random.integers(6, 20))
    return smoothed(loud, 2.0)


def drawn(loudness: np.ndarray, *, nod_px: float = 2.0, talks: bool = True) -> list[FaceFrame]:
    """A face that nods, and whose mouth opens and shuts five times a second while it speaks."""
    skin = cv2.GaussianBlur(np.random.default_rng(0).normal(150, 60, (SIDE_PX, SIDE_PX)).astype(np.float32), (0, 0), 2)
    faces = []
    for frame, loud in enumerate(loudness):
        opened = 2.0 + (6.0 * loud * (1 + np.sin(2 * np.pi * 5 * frame / FPS)) if talks else 0.0)
        face = skin.copy()
        cv2.ellipse(face, (48, 72), (16, max(1, round(opened))), 0, 0, 360, 20.0, -1)
        nod = np.array([[1, 0, nod_px * np.sin(frame / 9)], [0, 1, nod_px * np.sin(frame / 7)]], np.float32)
        moved = cv2.warpAffine(face, nod, (SIDE_PX, SIDE_PX), borderMode=cv2.BORDER_REPLICATE)
        faces.append(FaceFrame(frame / FPS, np.clip(moved, 0, 255).astype(np.uint8)))
    return faces


def test_that_a_mouth_fits_the_words_it_says_and_no_others() -> None:
    faces = drawn(words(1))
    own = evidence(faces, words(1), FPS, 0.0)
    others = [evidence(faces, words(seed), FPS, 0.0) for seed in range(2, 8)]
    assert own is not None
    assert own > 1.5
    assert all(other is not None and other < own - 0.5 for other in others)
    assert np.mean([other for other in others if other is not None]) < own - 1.5


def test_that_a_face_that_only_nods_does_not_talk() -> None:
    assert evidence(drawn(words(1), talks=False), words(1), FPS, 0.0) == STILL_EVIDENCE


def test_that_nothing_is_said_without_sound_and_of_what_is_too_short_or_too_slow() -> None:
    faces = drawn(words(1))
    assert evidence(faces, np.zeros(0), FPS, 0.0) == 0.0
    assert evidence(faces, np.ones(200), FPS, 0.0) == 0.0
    assert evidence(faces[:20], words(1), FPS, 0.0) is None
    assert evidence(faces[::5], words(1), FPS, 0.0) is None
    assert evidence([], words(1), FPS, 0.0) is None


def test_that_a_tiny_face_and_one_outside_are_left_out() -> None:
    picture = np.zeros((100, 100, 3), np.uint8)
    assert face_frame(0.0, picture, (0.1, 0.1, 0.2, 0.2)) is None
    assert face_frame(0.0, picture, (1.1, 0.1, 1.6, 0.6)) is None
    whole = face_frame(0.0, picture, (-0.2, 0.1, 0.5, 0.8))
    assert whole is not None
    assert whole.grey.shape == (SIDE_PX, SIDE_PX)


@pytest.mark.slow
def test_that_of_two_talking_people_on_screen_the_one_who_is_heard_is_chosen(
    shared_testdata: Path, default_models: ModelStore, tmp_path: Path
) -> None:
    film = shared_testdata / "videos" / "montage_5people_13shots.mp4"
    write_two_faces(tmp_path / "two.mp4", film, (27.4, 40.2), 7.0)
    with Library.open(tmp_path / "library", holder="test") as library:
        ep_id = analyse(library, default_models, inline_pool(), tmp_path / "two.mp4", profile="balanced")
        on_the_right = {track.track_id: bool(track.bbox[:, 0].mean() > 0.5) for track in track_boxes(library, ep_id)}
        assert sorted(on_the_right.values()) == [False, True]
        one_voice = Diarization((Turn(0.0, 7.0, 0),), 1, np.zeros((1, 256), np.float32))
        for stream_index, heard_on_the_right in ((1, False), (2, True)):
            votes = speaker_votes(library, ep_id, one_voice, StillContext(), stream_index=stream_index)
            scores = {on_the_right[track_id]: score for _, track_id, score, _ in votes}
            assert scores[heard_on_the_right] > 0.6
            assert scores[not heard_on_the_right] < 0.25
            assert sum(scores.values()) <= 1
