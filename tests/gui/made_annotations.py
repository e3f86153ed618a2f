"""A small library with annotations: what pipelines found and what two people marked, all made without a model."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.annotate.layout import result_folder
from core.annotate.publishing import place, write_result
from core.annotate.result_rows import insert_results, set_published
from core.annotate.types import (
    ANNOTATE,
    Boxes,
    Document,
    Mark,
    ModelUsed,
    Provenance,
    Series,
    Tier,
    TierKind,
)
from core.jobs.types import Job
from core.library.library import Library
from tests.gui.review_support import make_film

LENGTH_S = 20.0
GAZE = ("partner", "screen", "away")
ANNA, BEN = "Anna", "Ben"


@dataclass(frozen=True, slots=True)
class Made:
    """What is in the library: two videos, the first one annotated, the second not."""

    ep_id: str
    other_ep_id: str
    media_id: int
    gaze_of_anna: int
    gaze_of_ben: int


def made_film(path: Path, *, gop: int = 12) -> Path:
    """A little over twenty seconds with sound whose frame n carries n; films of another ``gop`` are other files."""
    return make_film(path, [number * 100 for number in range(int(LENGTH_S * 10) + 2)], sound_s=LENGTH_S, gop=gop)


def made_library(folder: Path, films: Path) -> Made:
    """Two films; one has results of five pipelines, two codings and points."""
    with Library.open(folder, create=True) as library:
        ep_id = library.episodes.add(made_film(films / "Session Ünï 1.mp4")).ep_id
        other = library.episodes.add(made_film(films / "Session 2.mp4", gop=11)).ep_id
        return annotate_made(library, ep_id, other)


def annotate_made(library: Library, ep_id: str, other: str) -> Made:
    """Results and codings of an episode of about ``LENGTH_S`` seconds."""
    media_id = library.annotations.video_of_episode(ep_id, actor="test").media_id
    store_job(
        library,
        media_id,
        {
            "scene_detection": (made_shots(),),
            "face_recognition": (made_faces(),),
            "speaker_diarization": (made_speakers(),),
            "speech_recognition": (made_utterances(),),
            "motion_energy": (made_motion(),),
        },
    )
    coding = library.coding
    anna = coding.add_tier(media_id, "Gaze", TierKind.INTERVALS, coder=ANNA, vocabulary=GAZE)
    for start_s, end_s, label in (
        (0.5, 4.0, "partner"),
        (4.0, 7.5, "screen"),
        (9.0, 13.0, "partner"),
        (15, 18, "away"),
    ):
        coding.add_mark(anna.tier_id, start_s, end_s, label)
    ben = coding.add_tier(media_id, "Gaze", TierKind.INTERVALS, coder=BEN, vocabulary=GAZE)
    for start_s, end_s, label in (
        (0.7, 4.2, "partner"),
        (4.2, 8.0, "away"),
        (9.1, 13.0, "partner"),
        (15, 17.5, "away"),
    ):
        coding.add_mark(ben.tier_id, start_s, end_s, label)
    events = coding.add_tier(media_id, "Nods", TierKind.POINTS, coder=ANNA, vocabulary=("nod", "shake"))
    for t_s, label in ((2.0, "nod"), (6.4, "shake"), (11.2, "nod"), (16.0, "nod")):
        coding.add_mark(events.tier_id, t_s, t_s, label)
    return Made(ep_id, other, media_id, anna.tier_id, ben.tier_id)


def store_job(
    library: Library, media_id: int, found: dict[str, tuple[Tier, ...]], *, formats: Sequence[str] = ()
) -> str:
    """A job that succeeded, with these results; returns its id."""
    params = {"media_id": media_id, "pipelines": list(found), "config": {}, "requested_by": "test", "batch": ""}
    job = library.jobs.submit(ANNOTATE, params=params, also=_end)
    library.store.write(
        lambda connection: insert_results(connection, job.job_id, media_id, {name: {} for name in found})
    )
    for pipeline, tiers in found.items():
        _publish(library, media_id, job.job_id, pipeline, tiers, formats)
    return job.job_id


def _end(connection: sqlite3.Connection, job: Job) -> None:
    """In the transaction that makes it: no runner may take it."""
    connection.execute(
        "UPDATE jobs SET state = 'succeeded', started_at = created_at, ended_at = created_at, overall = 1 "
        "WHERE job_id = ?",
        (job.job_id,),
    )


def _publish(
    library: Library, media_id: int, job_id: str, pipeline: str, tiers: tuple[Tier, ...], formats: Sequence[str]
) -> None:
    video = library.annotations.video(media_id)
    provenance = Provenance(
        pipeline,
        "1.0.0",
        "1.0",
        {"threshold": 0.5},
        "0" * 64,
        (ModelUsed("made", "0123456789ab", "MIT"),),
        started_at="2024-05-01T10:00:00.000000Z",
        ended_at="2024-05-01T10:00:02.000000Z",
    )
    work = library.path / "made-work" / pipeline
    work.mkdir(parents=True)
    published = write_result(work, Document(video.facts, tiers, (provenance,)), formats or ("json",), {}, took_s=2.0)
    place(work, result_folder(library.path, job_id, pipeline))
    library.store.write(
        lambda connection: set_published(
            connection,
            job_id,
            pipeline,
            files=published.files,
            annotation_count=published.annotation_count,
            started_at=published.started_at,
            ended_at=published.ended_at,
            took_s=published.took_s,
        )
    )


def made_shots() -> Tier:
    """Five shots of four seconds."""
    marks = tuple(Mark(at * 4.0, at * 4.0 + 4.0, f"shot {at + 1}", 0.9) for at in range(5))
    return Tier("shots", TierKind.INTERVALS, marks)


def made_speakers() -> Tier:
    """Two speakers in turn, with a moment of both."""
    turns = ((0.4, 3.1, "SPEAKER_00"), (3.4, 7.0, "SPEAKER_01"), (6.8, 10.5, "SPEAKER_00"), (11.0, 18.2, "SPEAKER_01"))
    return Tier("speakers", TierKind.INTERVALS, tuple(Mark(*turn, 0.8) for turn in turns))


def made_utterances() -> Tier:
    """What was said."""
    said = (
        (0.4, 3.1, "Shall we begin?"),
        (3.4, 7.0, "Yes, I have looked at the pictures."),
        (6.8, 10.5, "Which of them did you like?"),
        (11.0, 18.2, "The one with the lake, and the two of the harbour."),
    )
    return Tier("utterances", TierKind.INTERVALS, tuple(Mark(*one, 0.9) for one in said))


def made_motion() -> Tier:
    """A wave of movement, ten values a second, with a hole."""
    times_s = np.arange(0, LENGTH_S, 0.1)
    values = (0.5 + 0.4 * np.sin(times_s) * np.cos(times_s / 3)).astype(np.float32)
    values[60:70] = np.nan
    return Tier("motion", TierKind.SERIES, series=Series(times_s, values), unit="")


def made_faces() -> Tier:
    """Two faces that drift, five sights a second; the second one is away for a while."""
    times_s = np.arange(0, LENGTH_S, 0.2)
    there = (times_s < 8) | (times_s > 12)
    t_s = np.concatenate([times_s, times_s[there]])
    track = np.concatenate([np.zeros(len(times_s)), np.ones(int(there.sum()))]).astype(np.int64)
    left = np.where(track == 0, 0.12, 0.6) + 0.03 * np.sin(t_s)
    bbox = np.stack([left, np.full_like(left, 0.2), left + 0.22, np.full_like(left, 0.7)], axis=1).astype(np.float32)
    order = np.argsort(t_s, kind="stable")
    return Tier(
        "faces",
        TierKind.BOXES,
        boxes=Boxes(
            frame=np.round(t_s[order] * 10).astype(np.int64),
            t_s=t_s[order],
            bbox=bbox[order],
            score=np.full(len(order), 0.9, np.float32),
            track=track[order],
            category=np.zeros(len(order), np.int64),
            categories=("face",),
            track_names={0: "Lisa", 1: "Tom"},
        ),
    )
