"""What the person is making, as plain data: every edit gives a new draft. Knows neither Qt nor the library."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from core.render.types import (
    LONGEST_S,
    SHORTEST_S,
    Archetype,
    Captions,
    EnginePolicy,
    RenderRequest,
)

USUAL_DURATION_S = 15
MOST_STILLS = 60
Focus = tuple[float, float]


@dataclass(frozen=True, slots=True)
class DraftStill:
    """A picture of the cut. ``focus``: where its subject is, x and y in [0, 1]."""

    path: str
    focus: Focus | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A cut that is being made. None = the preset's own.

    ``mask`` belongs to the first still. ``captions`` None = they are made from ``prompt``.
    """

    preset_id: str = ""
    stills: tuple[DraftStill, ...] = ()
    mask: str = ""
    music: str = ""
    voice: str = ""
    duration_s: int = USUAL_DURATION_S
    brand_safe: bool | None = None
    archetype: Archetype | None = None
    engine_policy: EnginePolicy | None = None
    remote_allowed: bool = False
    captions: Captions | None = None
    prompt: str = ""
    title: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing of the person's in it yet."""
        material = self.stills or self.mask or self.music or self.voice
        return not material and self.captions in {None, Captions()} and not self.prompt.strip()

    def files(self) -> tuple[str, ...]:
        """Every file that it names, each once."""
        named = (*(still.path for still in self.stills), self.mask, self.music, self.voice)
        return tuple(dict.fromkeys(path for path in named if path))


def with_stills(draft: Draft, paths: Sequence[str]) -> Draft:
    """More pictures at the end; the same file may be there twice. What is over MOST_STILLS is left out."""
    added = tuple(DraftStill(path) for path in paths)
    return replace(draft, stills=(*draft.stills, *added)[:MOST_STILLS])


def without_stills(draft: Draft, indices: Collection[int]) -> Draft:
    """Fewer pictures. The mask was for the first one: it goes with it."""
    left = tuple(still for at, still in enumerate(draft.stills) if at not in indices)
    return replace(draft, stills=left, mask="" if 0 in indices else draft.mask)


def without_file(draft: Draft, path: str) -> Draft:
    """A file that is gone is named nowhere any more."""
    at = [number for number, still in enumerate(draft.stills) if still.path == path]
    draft = without_stills(draft, at)
    return replace(
        draft,
        mask="" if draft.mask == path else draft.mask,
        music="" if draft.music == path else draft.music,
        voice="" if draft.voice == path else draft.voice,
    )


def in_order(draft: Draft, order: Sequence[int]) -> Draft:
    """The pictures in another order, given by their present places. ValueError when it is none of all of them."""
    if sorted(order) != list(range(len(draft.stills))):
        raise ValueError(f"{list(order)} is no order of {len(draft.stills)} stills")
    return replace(draft, stills=tuple(draft.stills[index] for index in order))


def with_focus(draft: Draft, index: int, focus: Focus | None) -> Draft:
    """Where the subject of a picture is, None = the middle."""
    stills = list(draft.stills)
    stills[index] = replace(stills[index], focus=None if focus is None else (_within(focus[0]), _within(focus[1])))
    return replace(draft, stills=tuple(stills))


def with_duration(draft: Draft, duration_s: int) -> Draft:
    """Another length, within what a cut may have."""
    return replace(draft, duration_s=min(max(duration_s, SHORTEST_S), LONGEST_S))


def request_of(draft: Draft) -> RenderRequest:
    """What is asked of the renderer. ``remote_allowed`` counts only where a policy can use another machine."""
    captions = draft.captions
    if captions is not None:
        beats = tuple(beat.strip() for beat in captions.beats if beat.strip())
        captions = Captions(captions.hook.strip(), beats, captions.cta.strip())
    return RenderRequest(
        preset_id=draft.preset_id,
        prompt=draft.prompt.strip(),
        target_duration_s=draft.duration_s,
        brand_safe=draft.brand_safe,
        engine_policy=draft.engine_policy,
        archetype=draft.archetype,
        images=tuple(still.path for still in draft.stills),
        mask=draft.mask or None,
        music=draft.music or None,
        voice=draft.voice or None,
        captions=captions,
        focus=tuple(still.focus for still in draft.stills),
        title=draft.title.strip(),
        remote_allowed=draft.remote_allowed and draft.engine_policy is not EnginePolicy.LOCAL_ONLY,
    )


def draft_of(request: RenderRequest) -> Draft:
    """The draft that asks for the same again; its title is made from its texts anew."""
    focus = (*request.focus, *([None] * (len(request.images) - len(request.focus))))
    return Draft(
        preset_id=request.preset_id,
        stills=tuple(DraftStill(path, at) for path, at in zip(request.images, focus, strict=False)),
        mask=request.mask or "",
        music=request.music or "",
        voice=request.voice or "",
        duration_s=request.target_duration_s,
        brand_safe=request.brand_safe,
        archetype=request.archetype,
        engine_policy=request.engine_policy,
        remote_allowed=request.remote_allowed,
        captions=request.captions,
        prompt=request.prompt,
    )


def _within(share: float) -> float:
    return min(max(float(share), 0.0), 1.0)
