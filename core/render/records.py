"""What is known of renders, uploaded files and finished cuts, as plain data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from core.render.types import Archetype, Phase, RenderRequest


@dataclass(frozen=True, slots=True)
class Render:
    """A row of ``renders``. Paths are absolute, "" until the file is there; times are ISO 8601 UTC.

    ``progress_pct`` never falls. ``failure``: a short word for metrics and scripts (``canceled``, ``no_remote_engine``,
    ``missing_file``, ``storage_full``, ``ffmpeg``, ``remote``, ``bad_media``, ``error``); ``error`` is a sentence.
    """

    job_id: str
    title: str
    request: RenderRequest
    archetype: Archetype
    preset_id: str
    phase: Phase
    progress_pct: float
    segment_count: int
    created_at: str
    updated_at: str
    folder: str
    output: str = ""
    thumbnail: str = ""
    metadata: str = ""
    fallback_used: bool = False
    fallback_reason: str = ""
    failure: str = ""
    error: str = ""
    error_action: str = ""
    took_s: float | None = None
    requested_by: str = ""


class AssetCategory(StrEnum):
    """What an uploaded file is for."""

    IMAGE = "image"
    MASK = "mask"
    AUDIO = "audio"


@dataclass(frozen=True, slots=True)
class Asset:
    """A row of ``render_assets``. ``key`` is ``uploads/<uuid>/<file name>`` below the library's folder."""

    key: str
    category: AssetCategory
    path: str
    size_bytes: int
    created_at: str
    facts: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class SoundReport:
    """What a mix came out as; None where there was nothing to measure."""

    integrated_lufs: float | None
    true_peak_dbtp: float | None
    gain_db: float
    music_loops: int
    ducked_s: float
    limited: bool


@dataclass(frozen=True, slots=True)
class OutputFacts:
    """What a finished file really is, read back from it.

    ``encoded_again``: indices of segments that came from another encoder than the others and were made to fit.
    """

    width_px: int
    height_px: int
    fps: Fraction
    frame_count: int
    duration_s: float
    size_bytes: int
    video_codec: str
    pixel_format: str
    audio_codec: str = ""
    audio_rate_hz: int = 0
    encoded_again: tuple[int, ...] = ()
