"""``metadata.json``: what a finished cut really is, and how it came to be."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson

from core.annotate.provenance import rushes_version
from core.library.clock import now_text, zulu
from core.library.durable import write_atomically
from core.render.records import OutputFacts, Render, SoundReport
from core.render.types import FPS, CaptionSlot, RenderedSegment, RenderPlan

MIXED_ENGINES = "mixed"


def write_metadata(
    path: Path,
    *,
    render: Render,
    plan: RenderPlan,
    segments: Sequence[RenderedSegment],
    facts: OutputFacts,
    sound: SoundReport | None,
) -> None:
    """Write the document's keys, then ours. Raises StorageFull, StorageUnwritable."""
    document = metadata_of(render=render, plan=plan, segments=segments, facts=facts, sound=sound)
    write_atomically(path, orjson.dumps(document, option=orjson.OPT_INDENT_2))


def metadata_of(
    *,
    render: Render,
    plan: RenderPlan,
    segments: Sequence[RenderedSegment],
    facts: OutputFacts,
    sound: SoundReport | None,
) -> dict[str, Any]:
    """Plain data; durations and times of captions in seconds. ``engine_used``: of all segments, MIXED_ENGINES where
    they differ.
    """
    engines = {one.engine for one in segments}
    return {
        "job_id": render.job_id,
        "preset_id": plan.preset.id,
        "archetype": plan.archetype.value,
        "engine_used": engines.pop() if len(engines) == 1 else MIXED_ENGINES,
        "brand_safe": plan.brand_safe,
        "target_duration_seconds": plan.target_duration_s,
        "segments": [_segment(one) for one in segments],
        "fallback_used": render.fallback_used,
        "fallback_reason": render.fallback_reason or None,
        "seeds": [one.seed for one in segments],
        "created_at": zulu(render.created_at),
        "completed_at": zulu(now_text()),
        "duration_seconds": round(facts.duration_s, 3),
        "width": facts.width_px,
        "height": facts.height_px,
        "fps": float(facts.fps),
        "frame_count": facts.frame_count,
        "size_bytes": facts.size_bytes,
        "segments_encoded_again": list(facts.encoded_again),
        "video": {"codec": facts.video_codec, "pixel_format": facts.pixel_format},
        "audio": _audio(facts, sound),
        "motion_profile": plan.motion_profile.value,
        "engine_policy": plan.engine_policy.value,
        "seed": plan.seed,
        "prompt": render.request.prompt,
        "title": render.title,
        "captions": [_caption(slot) for slot in plan.captions],
        "notes": list(plan.notes),
        "rushes_version": rushes_version(),
    }


def _segment(one: RenderedSegment) -> dict[str, Any]:
    return {
        "index": one.index,
        "engine": one.engine,
        "uri": Path(one.file).as_uri(),
        "seed": one.seed,
        "duration": round(one.duration_s, 6),
        "fallback_reason": one.fallback or None,
    }


def _audio(facts: OutputFacts, sound: SoundReport | None) -> dict[str, Any] | None:
    if not facts.audio_codec or sound is None:
        return None
    return {
        "codec": facts.audio_codec,
        "sample_rate_hz": facts.audio_rate_hz,
        "integrated_lufs": _rounded(sound.integrated_lufs),
        "true_peak_dbtp": _rounded(sound.true_peak_dbtp),
        "gain_db": _rounded(sound.gain_db),
        "limited": sound.limited,
        "music_loops": sound.music_loops,
        "ducked_seconds": _rounded(sound.ducked_s),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def _caption(slot: CaptionSlot) -> dict[str, Any]:
    return {
        "role": slot.role.value,
        "text": slot.text,
        "start_seconds": round(slot.start_frame / FPS, 3),
        "end_seconds": round(slot.end_frame / FPS, 3),
    }
