"""Episodes and runs as plain data."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.media.types import MediaInfo
from core.review.types import StageState

STAGES = ("detect_track", "faces_embed", "cluster")
"""The analysis of an episode, each stage after those that it builds on."""
SPEECH_STAGES = ("transcribe", "speakers")
"""What is said, and by whom: beside the analysis, in ``Episode.stages`` once they were run."""
SUPPLEMENTS = frozenset({"cleanup"})
"""Runs that only add to the stages that they were made from: with newer ones they fall silent, never out of date."""


@dataclass(frozen=True, slots=True)
class Episode:
    """A video in the library. ``folder`` holds what was computed about it; the video itself stays where it is.

    ``info`` is what the probe found; ``stages`` holds every stage of STAGES, also those that are missing, and
    of SPEECH_STAGES those that were run.
    ``poster`` is a picture of the current analysis; its path changes with each analysis.
    ``already_there`` is True only on what ``add`` returns for a video that the library knew.
    """

    ep_id: str
    title: str
    show_slug: str | None
    season: int | None
    episode: int | None
    air_date: str | None
    created_at: str
    media_path: Path
    media_missing: bool
    info: MediaInfo
    fingerprint: str
    last_position_s: float
    stages: dict[str, StageState]
    poster: Path | None
    folder: Path
    already_there: bool = False


@dataclass(frozen=True, slots=True)
class Relinked:
    """A video that was found again."""

    ep_id: str
    title: str
    old_path: Path
    new_path: Path


@dataclass(frozen=True, slots=True)
class Run:
    """A published run of a stage: ``path`` never changes again. ``inputs`` are run ids by stage."""

    run_id: int
    ep_id: str
    stage: str
    created_at: str
    params: dict[str, Any]
    inputs: dict[str, int]
    summary: dict[str, Any]
    path: Path
    current: bool


@dataclass(frozen=True, slots=True)
class RunFolder:
    """A run that is being written: put files into ``path``, then publish or discard it."""

    run_id: int
    ep_id: str
    stage: str
    path: Path
    params: dict[str, Any] = field(default_factory=dict)
    inputs: dict[str, int] = field(default_factory=dict)
