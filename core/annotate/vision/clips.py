"""Clips of a recording with what makes them hard to judge, and its steps as they are proposed."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from core.annotate.looks.moment_look import MomentLook, moments_of
from core.annotate.pipeline import Found, PipelineContext
from core.annotate.types import Floats, Mark, Series, Tier, TierKind
from core.procedures.clips import clip_times
from core.procedures.measuring import encoder_id
from core.procedures.proposing import propose_steps
from core.procedures.types import ClipTimes, EncoderId, Moments, QualityFlag
from core.procedures.words import QUALITY_WORDS
from models.frame_encoder import DEFAULT_FRAME_ENCODER

CLEAR = "clear"


def moment_look_of(config: Mapping[str, Any]) -> MomentLook:
    """Vectors of what is seen only when steps are to be proposed."""
    return MomentLook(DEFAULT_FRAME_ENCODER if config["steps"] else "")


def cut_clips(config: Mapping[str, Any], context: PipelineContext) -> Found:
    """Tiers ``clips``, ``steps`` and three series. Raises ModelMissing, UnsupportedMedia, Canceled."""
    look = moment_look_of(config)
    looked = context.looked(look)
    for warning in looked.warnings:
        context.warn(warning)
    made_by = EncoderId("", "")
    if look.encoder:
        made_by = encoder_id(context.models, look.encoder)
        context.used(look.encoder)
    context.check()
    moments = moments_of(looked, made_by)
    clips = clip_times(moments, clip_s=float(config["clip_s"]), overlap=float(config["overlap"]))
    if not clips:
        context.warn(f"The video is too short for a clip of {config['clip_s']:g} s: it has {moments.duration_s:.1f} s.")
    tiers = [_clip_tier(clips, moments)]
    if config["steps"]:
        context.progress("steps", 0)
        marks = tuple(Mark(one.start_s, one.end_s, one.name) for one in propose_steps(moments, context.check))
        tiers.append(Tier("steps", TierKind.INTERVALS, marks=marks))
    if config["quality_series"]:
        tiers += [_series(moments, name, getattr(moments, name)) for name in ("brightness", "sharpness", "change")]
    return Found(tuple(tiers))


def _clip_tier(clips: tuple[ClipTimes, ...], moments: Moments) -> Tier:
    marks = tuple(
        Mark(
            clip.start_s,
            clip.end_s,
            ", ".join(QUALITY_WORDS[flag] for flag in clip.flags) or CLEAR,
            attributes={
                name: round(float(np.mean(getattr(moments, name)[clip.first_sample : clip.last_sample])), 4)
                for name in ("brightness", "sharpness", "change")
            },
        )
        for clip in clips
    )
    vocabulary = (CLEAR, *(QUALITY_WORDS[flag] for flag in QualityFlag))
    return Tier("clips", TierKind.INTERVALS, marks=marks, vocabulary=vocabulary)


def _series(moments: Moments, name: str, values: Floats) -> Tier:
    return Tier(name, TierKind.SERIES, series=Series(moments.times_s, values), unit="share")
