"""From a request and a preset to everything that decides the cut. Pure: the same request gives the same plan."""

import math
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from core.errors import InvalidRequest
from core.render import materials_cache
from core.render.caption_slots import caption_slots
from core.render.framing import NO_PICTURE, Subject, subject_of
from core.render.in_force import InForce, in_force
from core.render.motion import moves
from core.render.plan_json import canonical_preset, canonical_request
from core.render.prompt_texts import captions_from_prompt
from core.render.request_check import check_request
from core.render.seeding import derived, seed_of
from core.render.types import (
    FPS,
    SEGMENT_S,
    Captions,
    Preset,
    RenderPlan,
    RenderRequest,
    SegmentPlan,
    SoundPlan,
    Still,
)

_MASK_ASPECT_TOLERANCE = 0.02
_TRANSPARENT, _OPAQUE = 5, 250
_MOST_NAMED = 4


def segment_count(duration_s: int) -> int:
    """How many segments a cut of that many seconds has."""
    return math.ceil(duration_s / SEGMENT_S)


def make_plan(request: RenderRequest, preset: Preset, *, check_files: bool = True) -> RenderPlan:
    """The plan of a request with the preset that it names.

    Files are read: their content, not their path, goes into the seed. What was read of a file is kept until the file
    changes, so planning again costs little. ``check_files`` False takes pictures by their header and sounds unseen,
    for a preview of what was checked before.
    Raises InvalidRequest, UnsupportedMedia, MediaMissing, naming the input.
    """
    check_request(request, preset)
    rules = in_force(request, preset)
    notes = list(rules.notes)
    stills = _stills(request, notes.append, check_files=check_files)
    sound = _sound(request, rules.preset, notes.append, check_files=check_files)
    seed = _seed(request, preset)
    segments = _segments(request, rules, stills, seed, notes.append)
    frame_count = request.target_duration_s * FPS
    captions, left_out = caption_slots(
        _captions(request), frame_count, [segment.start_frame for segment in segments[1:]]
    )
    return RenderPlan(
        preset=rules.preset,
        archetype=rules.archetype,
        brand_safe=rules.brand_safe,
        engine_policy=rules.engine_policy,
        motion_profile=rules.motion_profile,
        target_duration_s=request.target_duration_s,
        frame_count=frame_count,
        stills=stills,
        segments=segments,
        captions=captions,
        sound=sound,
        seed=seed,
        notes=(*notes, *left_out),
    )


def _seed(request: RenderRequest, preset: Preset) -> int:
    return seed_of(canonical_request(request, materials_cache.content_of), canonical_preset(preset))


def _captions(request: RenderRequest) -> Captions:
    return request.captions if request.captions is not None else captions_from_prompt(request.prompt)


def _stills(request: RenderRequest, note: Callable[[str], None], *, check_files: bool) -> tuple[Still, ...]:
    focus = (*request.focus, *([None] * len(request.images)))
    stills = [_still(path, focus[index], check_files=check_files) for index, path in enumerate(request.images)]
    if not stills:
        note("There is no picture: the preset's background carries the words.")
    if request.mask is not None:
        stills = _masked(stills, request.mask, note)
    return tuple(stills)


def _still(path: str, focus: tuple[float, float] | None, *, check_files: bool) -> Still:
    facts = materials_cache.image(Path(path), whole=check_files)
    return Still(path, facts.width_px, facts.height_px, focus=focus)


def _masked(stills: list[Still], mask: str, note: Callable[[str], None]) -> list[Still]:
    """The mask cuts out the first picture and every other one of its very size."""
    facts = materials_cache.mask(Path(mask))
    name = Path(mask).name
    if not stills:
        note(f"The mask {name} is not used: there is no picture.")
        return stills
    first = stills[0]
    aspect = (facts.width_px / facts.height_px) / (first.width_px / first.height_px)
    if abs(math.log(aspect)) > _MASK_ASPECT_TOLERANCE:
        raise InvalidRequest(
            f"The mask {mask} ({facts.width_px} x {facts.height_px}) has another shape than the picture {first.path} "
            f"({first.width_px} x {first.height_px}).",
            action="Use a mask of the picture's own size.",
        )
    if facts.lowest_alpha >= _OPAQUE or facts.highest_alpha <= _TRANSPARENT:
        whole = "opaque" if facts.lowest_alpha >= _OPAQUE else "transparent"
        note(f"The mask {name} is wholly {whole}: the picture is shown as it is.")
        return stills
    size = first.width_px, first.height_px
    return [
        replace(still, mask=mask) if index == 0 or (still.width_px, still.height_px) == size else still
        for index, still in enumerate(stills)
    ]


def _sound(request: RenderRequest, preset: Preset, note: Callable[[str], None], *, check_files: bool) -> SoundPlan:
    duration_s = float(request.target_duration_s)
    if check_files:
        if request.music is not None:
            materials_cache.sound(Path(request.music))
        if request.voice is not None:
            voice_s = materials_cache.sound(Path(request.voice)).duration_s
            if voice_s > duration_s + 0.05:
                note(f"The voice lasts {voice_s:.1f} s: it is faded out at the end of the {duration_s:g} s.")
    levels = preset.audio
    return SoundPlan(request.music, request.voice, levels.music_level_db, levels.voice_level_db, duration_s)


def _segments(
    request: RenderRequest, rules: InForce, stills: tuple[Still, ...], seed: int, note: Callable[[str], None]
) -> tuple[SegmentPlan, ...]:
    lengths = _lengths(request.target_duration_s)
    pictures = _pictures(stills, len(lengths), note)
    fades = [min(rules.fade_frames, here, after) for here, after in pairwise(lengths)] + [0]
    spans_s = [
        (length + (fades[index - 1] if index else 0) / 2 + fades[index] / 2) / FPS
        for index, length in enumerate(lengths)
    ]
    planned = moves(rules.motion_profile, pictures, _subjects(stills, rules), spans_s, seed)
    starts = [sum(lengths[:index]) for index in range(len(lengths))]
    return tuple(
        SegmentPlan(
            index=index,
            start_frame=starts[index],
            frame_count=lengths[index],
            picture=pictures[index],
            keys=move.keys,
            easing=move.easing,
            fade_frames=fades[index],
            seed=derived(seed, "segment", index),
        )
        for index, move in enumerate(planned)
    )


def _lengths(duration_s: int) -> list[int]:
    """Frames of each segment; the last takes the remainder."""
    count = segment_count(duration_s)
    full = SEGMENT_S * FPS
    return [full] * (count - 1) + [duration_s * FPS - full * (count - 1)]


def _pictures(stills: tuple[Still, ...], count: int, note: Callable[[str], None]) -> list[int]:
    """Pictures in their order, over and over; of more pictures than segments, some, from the first to the last."""
    if not stills:
        return [-1] * count
    if len(stills) <= count:
        return [index % len(stills) for index in range(count)]
    chosen = [round(index * (len(stills) - 1) / max(1, count - 1)) for index in range(count)]
    unused = [Path(still.path).name for index, still in enumerate(stills) if index not in chosen]
    more = f" and {len(unused) - _MOST_NAMED} more" if len(unused) > _MOST_NAMED else ""
    note(
        f"{len(stills)} pictures for {count} segment{'s' if count > 1 else ''}: "
        f"{', '.join(unused[:_MOST_NAMED])}{more} not shown. A longer cut shows more."
    )
    return chosen


def _subjects(stills: tuple[Still, ...], rules: InForce) -> dict[int, Subject]:
    subjects = {-1: NO_PICTURE}
    for index, still in enumerate(stills):
        subjects[index] = subject_of(
            rules.archetype,
            still.width_px,
            still.height_px,
            focus=still.focus,
            cut_out=still.mask is not None,
            place_width=rules.preset.look.subject_width,
        )
    return subjects
