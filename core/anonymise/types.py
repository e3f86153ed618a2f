"""What is covered, and how, as plain data."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

ANONYMISE = "anonymise"
"""The job type; :mod:`core.anonymise.jobs` says which params it takes."""
SUFFIXES = (".mp4", ".m4v", ".mov")
"""What an anonymised video may be called: containers that keep times of any rate exactly."""

Style = Literal["blur", "pixelate", "box"]
VoiceChoice = Literal["keep", "pitch", "mute"]
STYLES: tuple[Style, ...] = ("blur", "pixelate", "box")
VOICES: tuple[VoiceChoice, ...] = ("keep", "pitch", "mute")
LEAST_SEMITONES, MOST_SEMITONES = 1.0, 12.0
MOST_MARGIN, MOST_HOLD_S, MOST_BRIDGE_S = 3.0, 10.0, 60.0

Times = npt.NDArray[np.float64]
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Cover:
    """A face, or a whole person, to cover wherever it was seen.

    ``track``: its id, for people; ``t_s`` float64 (n,) seconds from the container's start, rising; ``bbox`` float32
    (n, 4) left, top, right, bottom of the upright picture in [0, 1]. ``step_s``: how far apart the frames lie that were
    searched; so much earlier it may have been there unseen.
    """

    track: str
    t_s: Times
    bbox: Floats
    step_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Disguise:
    """How faces are covered and what becomes of the voices.

    - ``style``: ``blur`` and ``pixelate`` leave 8 (``strength`` 0) to 2 (``strength`` 1) cells across a cover, ``box``
      is black whatever the strength.
    - ``margin``: added on each side of a box, as a part of its width and height.
    - ``hold_s``: covered so long before it is first seen and after it is last seen. Between two sightings at most
      ``bridge_s`` apart the cover moves from one to the other; further apart it is held around both.
    - ``voice``: ``keep``, ``pitch`` (by ``semitones``, down when below zero) or ``mute`` (silence).
    """

    style: Style = "blur"
    strength: float = 0.7
    margin: float = 0.25
    hold_s: float = 0.5
    bridge_s: float = 2.0
    voice: VoiceChoice = "keep"
    semitones: float = -4.0


@dataclass(frozen=True, slots=True)
class Anonymised:
    """What was written. ``covered_frames``: frames with at least one cover. ``notes``: what a person should know."""

    path: Path
    frames: int
    covered_frames: int
    tracks: tuple[str, ...]
    notes: tuple[str, ...] = ()
