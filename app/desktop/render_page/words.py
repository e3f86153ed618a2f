"""The page's words for presets, renders, files and errors."""

from PySide6.QtCore import QCoreApplication, QLocale

from core.render.records import Render
from core.render.types import Archetype, CaptionRole, EnginePolicy, MotionProfile, Preset, RenderPlan
from models.errors import RushesError
from widgets.poster_grid import BadgeSpec
from widgets.render import PresetCard


def _tr(text: str) -> str:
    return QCoreApplication.translate("render", text)


def error_words(error: Exception) -> tuple[str, str]:
    """Message and action for any exception."""
    if isinstance(error, RushesError):
        return error.message, error.action
    return _tr("Something went wrong inside Rushes: {error}").format(error=error), _tr("Details are in the log file.")


def archetype_words(archetype: Archetype) -> str:
    """How a cut is built up."""
    return {
        Archetype.PRODUCT_HERO: _tr("Full picture"),
        Archetype.OVERLAY: _tr("Picture on its blur"),
        Archetype.MEME_TEXT: _tr("Big text"),
    }[archetype]


def motion_words(motion: MotionProfile) -> str:
    """How lively the camera is."""
    return {
        MotionProfile.MINIMAL: _tr("still"),
        MotionProfile.SUBTLE: _tr("calm"),
        MotionProfile.SMOOTH: _tr("smooth"),
        MotionProfile.PUNCHY: _tr("punchy"),
        MotionProfile.CHAOTIC: _tr("wild"),
    }[motion]


def policy_words(policy: EnginePolicy) -> str:
    """Where a cut is drawn."""
    return {
        EnginePolicy.LOCAL_ONLY: _tr("This machine only"),
        EnginePolicy.LOCAL_PREFERRED: _tr("This machine first"),
        EnginePolicy.API_PREFERRED: _tr("Remote engine first"),
        EnginePolicy.API_ONLY: _tr("Remote engine only"),
    }[policy]


def role_words(role: CaptionRole) -> str:
    """What a caption is for."""
    return {
        CaptionRole.HOOK: _tr("Hook"),
        CaptionRole.BEAT: _tr("Beat"),
        CaptionRole.CTA: _tr("Call to action"),
    }[role]


def card_of(preset: Preset) -> PresetCard:
    """A preset as a card."""
    badges = [BadgeSpec(motion_words(preset.motion_profile), "plain")]
    if preset.brand_safe:
        badges.insert(0, BadgeSpec(_tr("brand safe"), "success"))
    hint = "\n".join(
        part for part in (preset.description, _tr("Font: {name}").format(name=preset.caption_style.font)) if part
    )
    kind = archetype_words(preset.archetype)
    return PresetCard(preset.id, preset.name, kind, tuple(badges), hint, own=preset.own)


def plan_words(plan: RenderPlan) -> str:
    """``15 s · 5 segments · 3 stills · Inter``: what will be made."""
    segments = _tr("1 segment") if len(plan.segments) == 1 else _tr("{count} segments")
    stills = _tr("1 still") if len(plan.stills) == 1 else _tr("{count} stills")
    parts = (
        _tr("{seconds} s").format(seconds=plan.target_duration_s),
        segments.format(count=len(plan.segments)),
        stills.format(count=len(plan.stills)) if plan.stills else _tr("no stills"),
        sound_words(plan),
    )
    return "  ·  ".join(parts)


def sound_words(plan: RenderPlan) -> str:
    """What is heard."""
    music, voice = plan.sound.music is not None, plan.sound.voice is not None
    if music and voice:
        return _tr("music under the voice")
    if music:
        return _tr("music")
    return _tr("voice") if voice else _tr("silent")


def size_words(size_bytes: int) -> str:
    """``8.2 MB``."""
    return QLocale().formattedDataSize(size_bytes, 1, QLocale.DataSizeFormat.DataSizeSIFormat)


def dropped_words(pictures: int, sounds: int, first: str) -> str:
    """What letting go of files does."""
    if sounds and not pictures:
        if sounds == 1:
            return _tr("Use “{name}” as music or voice").format(name=first)
        return _tr("Use {count} sounds as music and voice").format(count=sounds)
    if not pictures:
        return _tr("Add “{name}” to the cut").format(name=first)
    stills = _tr("Add 1 still") if pictures == 1 else _tr("Add {count} stills").format(count=pictures)
    return _tr("{stills} and a sound").format(stills=stills) if sounds else stills


def made_words(render: Render) -> str:
    """How long a render took and by which rules it was drawn."""
    took = _tr("made in {seconds} s").format(seconds=f"{render.took_s:.0f}") if render.took_s is not None else ""
    fallback = _tr("with a fallback: {reason}").format(reason=render.fallback_reason) if render.fallback_used else ""
    return "  ·  ".join(part for part in (took, fallback) if part)
