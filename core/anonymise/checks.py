"""What is refused before any work."""

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from core.anonymise.types import (
    LEAST_SEMITONES,
    MOST_BRIDGE_S,
    MOST_HOLD_S,
    MOST_MARGIN,
    MOST_SEMITONES,
    STYLES,
    SUFFIXES,
    VOICES,
    Cover,
    Disguise,
)
from core.errors import InvalidRequest, StorageUnwritable

_CORRECT = "Correct the boxes, or leave this track out on purpose."


def check_disguise(disguise: Disguise) -> None:
    """Raise InvalidRequest for a value that is none of the choices or out of its bounds."""
    _one_of("style", disguise.style, STYLES)
    _one_of("voice", disguise.voice, VOICES)
    _within("strength", disguise.strength, 0.0, 1.0)
    _within("margin", disguise.margin, 0.0, MOST_MARGIN)
    _within("hold_s", disguise.hold_s, 0.0, MOST_HOLD_S)
    _within("bridge_s", disguise.bridge_s, 0.0, MOST_BRIDGE_S)
    _within("semitones", disguise.semitones, -MOST_SEMITONES, MOST_SEMITONES)
    if disguise.voice == "pitch" and abs(disguise.semitones) < LEAST_SEMITONES:
        raise InvalidRequest(
            f"{disguise.semitones:g} semitones do not disguise a voice.",
            action="Choose at least 1 semitone up or down, or keep the voice on purpose.",
        )


def check_files(source: Path, target: Path) -> None:
    """Raise InvalidRequest (the target is the source, a folder, another container), StorageUnwritable (no folder)."""
    if target.is_dir():
        raise InvalidRequest(f"{target} is a folder.", action="Name a file to write to.")
    if target.suffix.lower() not in SUFFIXES:
        raise InvalidRequest(
            f"{target.name} cannot be written: an anonymised video is an MP4.",
            action=f"Choose a name that ends with one of {', '.join(SUFFIXES)}.",
        )
    if not target.parent.is_dir():
        raise StorageUnwritable(
            f"The folder {target.parent} does not exist.", action="Make it first or choose another."
        )
    if target.exists() and source.exists() and target.samefile(source):
        raise InvalidRequest(f"{target} is the video itself.", action="Choose another name: the original stays.")


def check_covers(covers: Sequence[Cover], disguise: Disguise) -> None:
    """Raise InvalidRequest for what cannot be covered, so that nothing is left open silently."""
    if not covers and disguise.voice == "keep":
        raise InvalidRequest(
            "There is nothing to cover, and the voice is to be kept: the copy would not be anonymous.",
            action="Find the faces first, choose tracks, or disguise the voice.",
        )
    for cover in covers:
        _check_cover(cover)


def _check_cover(cover: Cover) -> None:
    if len(cover.t_s) == 0 or cover.bbox.shape != (len(cover.t_s), 4):
        raise InvalidRequest(f"Track {cover.track} has no boxes, so it cannot be covered.", action=_CORRECT)
    if not np.isfinite(cover.t_s).all() or (np.diff(cover.t_s) < 0).any():
        raise InvalidRequest(f"The times of track {cover.track} are not in order.", action=_CORRECT)
    width, height = cover.bbox[:, 2] - cover.bbox[:, 0], cover.bbox[:, 3] - cover.bbox[:, 1]
    bad = ~np.isfinite(cover.bbox).all(axis=1) | ~(width > 0) | ~(height > 0)
    if bad.any():
        first_s = float(cover.t_s[int(np.argmax(bad))])
        raise InvalidRequest(
            f"{int(bad.sum())} of {len(bad)} boxes of track {cover.track} have no area, the first at {first_s:.3f} s: "
            "what is there cannot be covered.",
            action=_CORRECT,
        )


def _one_of(name: str, value: object, choices: Sequence[str]) -> None:
    if value not in choices:
        raise InvalidRequest(f"{name} cannot be {value!r}.", action=f"Choose one of: {', '.join(choices)}.")


def _within(name: str, value: object, least: float, most: float) -> None:
    number = math.nan if isinstance(value, bool) or not isinstance(value, int | float) else float(value)
    if not least <= number <= most:  # nor is NaN
        raise InvalidRequest(f"{name} cannot be {value!r}.", action=f"Choose a number from {least:g} to {most:g}.")
