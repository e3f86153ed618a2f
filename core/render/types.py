"""A vertical cut as plain data. Frame n of a cut is shown at n / FPS seconds: the cut is ours, so is its rate."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

RENDER = "render"
"""The job type. Its ``params``: ``title``, ``preset_id``, ``archetype``, ``requested_by``; the rest is in its row."""
WIDTH_PX, HEIGHT_PX = 1080, 1920
FPS = 30
SEGMENT_S = 3
SHORTEST_S, LONGEST_S = 1, 60
LOCAL_ENGINE = "local_ffmpeg"
LOUDNESS_LUFS = -14.0
TRUE_PEAK_DBTP = -1.5
SAMPLE_RATE_HZ = 48_000

Rgb: TypeAlias = npt.NDArray[np.uint8]
"""A picture, uint8 (height, width, 3), red first."""
Rgba: TypeAlias = npt.NDArray[np.uint8]
"""A picture with straight (not premultiplied) alpha, uint8 (height, width, 4)."""


class Archetype(StrEnum):
    """How a cut is built up."""

    PRODUCT_HERO = "PRODUCT_HERO"
    OVERLAY = "OVERLAY"
    MEME_TEXT = "MEME_TEXT"


class EnginePolicy(StrEnum):
    """Which engines may draw segments, and in which order they are asked."""

    LOCAL_ONLY = "local_only"
    LOCAL_PREFERRED = "local_preferred"
    API_PREFERRED = "api_preferred"
    API_ONLY = "api_only"


class MotionProfile(StrEnum):
    """How lively the camera is, the calmest first."""

    MINIMAL = "minimal"
    SUBTLE = "subtle"
    SMOOTH = "smooth"
    PUNCHY = "punchy"
    CHAOTIC = "chaotic"


class SizeRule(StrEnum):
    """The size of captions before they are made to fit."""

    SMALL = "small"
    AUTO = "auto"
    LARGE = "large"


SIZE_PX: Mapping[SizeRule, int] = MappingProxyType({SizeRule.SMALL: 40, SizeRule.AUTO: 56, SizeRule.LARGE: 72})


class CaptionPosition(StrEnum):
    """Where captions stand."""

    UPPER_THIRD = "upper_third"
    CENTER = "center"
    LOWER_THIRD = "lower_third"


class Backing(StrEnum):
    """What lies under the letters: nothing, a soft darkening, a rounded plate, a band over the whole width."""

    NONE = "none"
    SOFT = "soft"
    PLATE = "plate"
    BAND = "band"


class CaptionRole(StrEnum):
    """What a caption is for."""

    HOOK = "hook"
    BEAT = "beat"
    CTA = "cta"


@dataclass(frozen=True, slots=True)
class CaptionStyle:
    """Of a preset. Colours are ``#rrggbb``; ``accent`` is the plate of a call to action and the colour of marked words.

    ``stroke_px`` and ``safe_margin_px`` are for the full size of 1080 x 1920.
    """

    font: str
    size_rules: SizeRule
    position: CaptionPosition
    safe_margin_px: int
    colour: str = "#ffffff"
    accent: str = "#ffd54a"
    uppercase: bool = False
    shadow: bool = True
    glow: bool = False
    stroke_px: float = 0.0
    backing: Backing = Backing.SOFT


@dataclass(frozen=True, slots=True)
class Transition:
    """Between two segments: ``type`` is crossfade or cut."""

    type: str
    duration_ms: int


@dataclass(frozen=True, slots=True)
class AudioLevels:
    """Relative to full scale, before the mix is brought to LOUDNESS_LUFS."""

    music_level_db: float
    voice_level_db: float


@dataclass(frozen=True, slots=True)
class Look:
    """What is drawn around the picture. Colours are ``#rrggbb``.

    ``background``: a gradient from top to bottom, for cuts without pictures and behind cutouts; ``subject_width``: of
    the picture's part of the frame's width (OVERLAY); ``backdrop_light``: how much light the blurred copy keeps;
    ``backdrop_tint``: how much of the background's colours lies over that copy, in [0, 1];
    ``corner_px``, ``shadow``, ``glow`` of the product (OVERLAY); ``band``: the colour of a meme's bands;
    ``vignette``: strength in [0, 1]; ``grade``: contrast and saturation factors.
    """

    background: tuple[str, ...] = ("#1c2230", "#0b0e14")
    subject_width: float = 0.6
    backdrop_light: float = 0.5
    backdrop_tint: float = 0.0
    corner_px: int = 28
    shadow: bool = True
    glow: str = ""
    band: str = "#000000"
    vignette: float = 0.0
    grade_contrast: float = 1.0
    grade_saturation: float = 1.0


@dataclass(frozen=True, slots=True)
class Preset:
    """A look as a file of ``resources/presets`` or of a person's own folder. ``own``: it is a person's."""

    id: str
    name: str
    archetype: Archetype
    brand_safe: bool
    engine_policy: EnginePolicy
    caption_style: CaptionStyle
    motion_profile: MotionProfile
    transitions: Transition
    audio: AudioLevels
    look: Look = field(default_factory=Look)
    description: str = ""
    own: bool = False


@dataclass(frozen=True, slots=True)
class BrokenPreset:
    """A preset file that was skipped."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Captions:
    """What the cut says; empty texts are left out."""

    hook: str = ""
    beats: tuple[str, ...] = ()
    cta: str = ""


@dataclass(frozen=True, slots=True)
class RenderRequest:
    """What somebody wants. None = the preset's own. Paths are absolute paths of files of this machine.

    ``captions`` None = made from ``prompt``. ``focus``: for each image, where its subject is,
    x and y in [0, 1], or None.
    ``title``: for lists; "" = from the texts. ``remote_allowed``: the person lets pictures and texts leave the machine.
    """

    preset_id: str
    prompt: str = ""
    target_duration_s: int = 15
    brand_safe: bool | None = None
    engine_policy: EnginePolicy | None = None
    archetype: Archetype | None = None
    images: tuple[str, ...] = ()
    mask: str | None = None
    music: str | None = None
    voice: str | None = None
    captions: Captions | None = None
    focus: tuple[tuple[float, float] | None, ...] = ()
    title: str = ""
    remote_allowed: bool = False


@dataclass(frozen=True, slots=True)
class CameraKey:
    """Where the camera is at ``at`` in [0, 1] of a segment's time on screen (its crossfades included).

    ``x``, ``y``: the picture's point in the middle of the frame, each from 0 to 1 over what crop-to-fill allows
    (0.5, 0.5 = the middle); ``zoom`` 1 = the picture just fills the frame (or its place in an overlay), never below 1;
    ``angle_deg`` turns it, counter-clockwise.
    """

    at: float
    x: float
    y: float
    zoom: float
    angle_deg: float = 0.0


@dataclass(frozen=True, slots=True)
class SegmentPlan:
    """Frames [start_frame, start_frame + frame_count) of the cut, which this segment's file holds, each once.

    ``picture`` is an index of the plan's pictures, -1 = the background alone. ``fade_frames``: the length of the
    crossfade to the next segment, centred on the border; 0 = cut. ``easing``: linear, ease_in_out, ease_out, or pulse.
    """

    index: int
    start_frame: int
    frame_count: int
    picture: int
    keys: tuple[CameraKey, ...]
    easing: str
    fade_frames: int
    seed: int

    @property
    def duration_s(self) -> float:
        """How long its file lasts."""
        return self.frame_count / FPS


@dataclass(frozen=True, slots=True)
class CaptionSlot:
    """A text on frames [start_frame, end_frame)."""

    role: CaptionRole
    text: str
    start_frame: int
    end_frame: int


@dataclass(frozen=True, slots=True)
class Still:
    """A picture of a plan. ``mask``: a PNG whose alpha cuts the subject out; the size is after the orientation tag."""

    path: str
    width_px: int
    height_px: int
    mask: str | None = None
    focus: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class SoundPlan:
    """What is heard; both None = the cut has no sound."""

    music: str | None
    voice: str | None
    music_level_db: float
    voice_level_db: float
    duration_s: float


@dataclass(frozen=True, slots=True)
class RenderPlan:
    """Everything that decides each pixel and sample of a cut. The same request gives the same plan.

    ``archetype``, ``brand_safe``, ``engine_policy`` and ``motion_profile`` are those in force, after the request and
    the rules of brand safety; ``notes`` says where they differ from what was asked.
    """

    preset: Preset
    archetype: Archetype
    brand_safe: bool
    engine_policy: EnginePolicy
    motion_profile: MotionProfile
    target_duration_s: int
    frame_count: int
    stills: tuple[Still, ...]
    segments: tuple[SegmentPlan, ...]
    captions: tuple[CaptionSlot, ...]
    sound: SoundPlan
    seed: int
    notes: tuple[str, ...] = ()


class Phase(StrEnum):
    """Where a render is, in the words of the API's document; a canceled one is FAILED with the reason ``canceled``."""

    QUEUED = "QUEUED"
    PLANNING = "PLANNING"
    RENDERING_SEGMENTS = "RENDERING_SEGMENTS"
    ASSEMBLING = "ASSEMBLING"
    DONE = "DONE"
    FAILED = "FAILED"

    @property
    def ended(self) -> bool:
        """Whether nothing will happen any more."""
        return self in {Phase.DONE, Phase.FAILED}


class SegmentState(StrEnum):
    """Where a segment is."""

    QUEUED = "QUEUED"
    RENDERING = "RENDERING"
    DONE = "DONE"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class RenderedSegment:
    """A row of ``render_segments``. ``file``: an absolute path, "" until it is there; ``progress`` in [0, 1].

    ``fallback``: why another engine drew it than the policy names first; "" when none did.
    """

    index: int
    state: SegmentState
    duration_s: float
    seed: int
    engine: str = ""
    file: str = ""
    took_s: float | None = None
    progress: float = 0.0
    error: str = ""
    fallback: str = ""
