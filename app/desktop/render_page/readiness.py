"""Whether the draft can be rendered now, and if not, what is missing. Pure."""

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from app.desktop.render_page.draft import Draft
from core.render.types import EnginePolicy, Preset


@dataclass(frozen=True, slots=True)
class Readiness:
    """``why_not`` is for the person, "" = it needs no words; ``button`` is what the button says."""

    ready: bool
    why_not: str = ""
    button: str = ""


def readiness_of(draft: Draft, preset: Preset | None, error: str, *, asking: bool, at_work: bool) -> Readiness:
    """``error``: why the draft cannot be drawn, "" = it can. ``asking``, ``at_work``: this very draft."""
    if preset is None:
        return Readiness(False)
    why_not = _missing(draft, preset) or error
    if why_not:
        return Readiness(False, why_not)
    if asking:
        return Readiness(False, button=_tr("Checking…"))
    if at_work:
        return Readiness(False, button=_tr("Rendering…"))
    return Readiness(True, button=_tr("Render {seconds} s").format(seconds=draft.duration_s))


def _missing(draft: Draft, preset: Preset) -> str:
    if draft.is_empty:
        return _tr("Add a still, a text or a sound first.")
    policy = draft.engine_policy or preset.engine_policy
    if policy is EnginePolicy.API_ONLY and not draft.remote_allowed:
        return _tr("Only the remote engine may draw it: tick that pictures and texts may leave this machine.")
    return ""


def _tr(text: str) -> str:
    return QCoreApplication.translate("render", text)
