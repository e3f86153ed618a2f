"""Records of the store of procedures that no widget needs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypedDict

from core.procedures.types import Comparison, EncoderId, Masks, Role, ScoreVersions


@dataclass(frozen=True, slots=True)
class NewVideo:
    """A video to be added. ``owned``: the file moves into the library, otherwise it stays in its place.

    ``title`` "" = the file's name; ``masks`` None = those of the task's settings.
    """

    task_id: str
    role: Role | str
    media_path: Path
    owned: bool = False
    title: str = ""
    site_id: str | None = None
    camera_id: str | None = None
    operator_id_hash: str | None = None
    masks: Masks | None = None


@dataclass(frozen=True, slots=True)
class AddedVideo:
    """What the transaction of an addition gave. ``made_task``: the task was made for it."""

    video_id: int
    task_id: str
    made_task: bool


@dataclass(frozen=True, slots=True)
class Embedding:
    """What was measured of a video. ``folder`` holds its files and never changes; ``params`` say how it was made.

    ``summary`` is what the measuring noted, ``flagged`` (number of clips by quality flag) among it.
    """

    embedding_id: int
    video_id: int
    encoder: EncoderId
    params: dict[str, Any]
    folder: Path
    num_clips: int
    source_fps: float
    sampled_fps: float
    summary: dict[str, Any]
    created_at: str


@dataclass(frozen=True, slots=True)
class PendingEmbedding:
    """An embedding that is being made: write its files into ``folder``, then publish or discard it."""

    embedding_id: int
    video_id: int
    folder: Path


@dataclass(frozen=True, slots=True)
class DeletedVideo:
    """What a deletion did. ``removed_files``: absolute paths; ``reindexed_clips``: those left to search in the task."""

    video_id: int
    task_id: str
    removed_files: tuple[Path, ...] = field(default_factory=tuple)
    reindexed_clips: int = 0


class EmbeddingFacts(TypedDict):
    """What is noted of every embedding."""

    model: str
    model_version: str
    params: Mapping[str, Any]
    num_clips: int
    source_fps: float
    sampled_fps: float


class NewScore(TypedDict):
    """What a job found."""

    job_id: str
    task_id: str
    gold_video_id: int
    trainee_video_id: int
    comparison: Comparison
    versions: ScoreVersions


class NewAdapter(TypedDict):
    """A learned map whose file lies at ``path`` in the library; ``activate`` makes it current."""

    job_id: str
    task_id: str
    path: Path
    model: str
    model_version: str
    videos_used: int
    clips_used: int
    dim: int
    evaluation: Mapping[str, Any]
    reason: str
    activate: bool


@dataclass(frozen=True, slots=True)
class Adapter:
    """A learned map of vectors of a task. ``reason`` says why it is or is not current."""

    version: int
    job_id: str
    task_id: str
    path: Path
    model: str
    model_version: str
    videos_used: int
    clips_used: int
    dim: int
    evaluation: dict[str, Any]
    reason: str
    current: bool
    created_at: str
