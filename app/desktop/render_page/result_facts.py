"""What the metadata beside a finished cut says, in words."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication

from app.desktop.render_page.words import size_words


def read_facts(path: str) -> dict[str, Any]:
    """The metadata of a render; empty when it cannot be read."""
    try:
        found = json.loads(Path(path).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def facts_words(metadata: Mapping[str, Any], made: str) -> str:
    """``1080 × 1920  ·  30 fps  ·  15.0 s  ·  8.2 MB  ·  −14.0 LUFS``, and below it how it was made."""
    parts = [
        _sized(metadata),
        _tr("{fps} fps").format(fps=f"{metadata['fps']:g}") if _number(metadata, "fps") else "",
        _tr("{seconds} s").format(seconds=f"{metadata['duration_seconds']:.1f}")
        if _number(metadata, "duration_seconds")
        else "",
        size_words(int(metadata["size_bytes"])) if _number(metadata, "size_bytes") else "",
        _loudness(metadata),
    ]
    return "\n".join(part for part in ("  ·  ".join(part for part in parts if part), made) if part)


def _sized(metadata: Mapping[str, Any]) -> str:
    if not _number(metadata, "width") or not _number(metadata, "height"):
        return ""
    return f"{metadata['width']} × {metadata['height']}"


def _loudness(metadata: Mapping[str, Any]) -> str:
    if "audio" not in metadata:
        return ""
    audio = metadata["audio"]
    if not isinstance(audio, Mapping):
        return _tr("silent")
    lufs = audio.get("integrated_lufs")
    return _tr("{lufs} LUFS").format(lufs=f"{lufs:.1f}".replace("-", "−")) if _number(audio, "integrated_lufs") else ""


def _number(metadata: Mapping[str, Any], key: str) -> bool:
    value = metadata.get(key)
    return isinstance(value, int | float) and not isinstance(value, bool)


def _tr(text: str) -> str:
    return QCoreApplication.translate("render", text)
