"""Motion energy: how much moves in parts of the picture, and when.

Motion energy analysis by frame differences: K. Grammer, M. Honda, A. Juette and A. Schmitt, "Fuzziness of nonverbal
courtship communication unblurred by motion energy detection" (J. Pers. Soc. Psychol. 77, 1999); F. Ramseyer and
W. Tschacher, "Nonverbal synchrony in psychotherapy" (J. Consult. Clin. Psychol. 79, 2011).
"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from core.annotate.looks.motion_look import MotionLook, Movement, movement_of
from core.annotate.looks.shot_look import ShotLook, changes_of
from core.annotate.pipeline import Found, PipelineContext
from core.annotate.regions import WHOLE, regions_of
from core.annotate.types import Floats, Mark, Series, Tier, TierKind
from core.annotate.vision.shots import shots_in
from core.annotate.vision.smoothing import smoothed

SHOT_LOOK = ShotLook()


def motion_look_of(config: Mapping[str, Any]) -> MotionLook:
    """What is wanted of the frames. Raises InvalidRequest for regions that are none."""
    places = tuple(one.place for one in regions_of(config["regions"]))
    return MotionLook(places, float(config["pictures_per_second"]), float(config["noise_threshold"]))


def measure_motion(config: Mapping[str, Any], context: PipelineContext) -> Found:
    """A series and intervals of movement for each region. Raises InvalidRequest, UnsupportedMedia, Canceled."""
    regions, look = regions_of(config["regions"]), motion_look_of(config)
    looked = context.looked(look)
    for warning in looked.warnings:
        context.warn(warning)
    context.check()
    movement = movement_of(looked, look)
    over_cut = _over_cuts(movement, context) if config["ignore_cuts"] else np.zeros(len(movement.times_s), np.bool_)
    energies = movement.changed if config["measure"] == "changed_pixels" else movement.difference
    tiers: list[Tier] = []
    for number, region in enumerate(regions):
        raw = np.where(over_cut, np.nan, energies[:, number]).astype(np.float32)
        energy = smoothed(movement.times_s, raw, float(config["smoothing_s"]))
        end = "" if region.name == WHOLE else f" {region.name}"
        tiers.append(
            Tier(f"motion_energy{end}", TierKind.SERIES, series=Series(movement.times_s, energy), unit="share")
        )
        tiers.append(
            Tier(f"movement{end}", TierKind.INTERVALS, marks=_marks(movement, energy, config), vocabulary=("movement",))
        )
    return Found(tuple(tiers))


def _over_cuts(movement: Movement, context: PipelineContext) -> npt.NDArray[np.bool_]:
    """bool (n,): pairs of frames with a cut in between, which differ without any movement."""
    shots = shots_in(changes_of(context.looked(SHOT_LOOK), SHOT_LOOK))
    cuts_s = np.array([one.start_s for one in shots[1:]])
    before = np.searchsorted(cuts_s, movement.before_s + 1e-6)
    return np.asarray(np.searchsorted(cuts_s, movement.times_s + 1e-6) > before)


def _marks(movement: Movement, energy: Floats, config: Mapping[str, Any]) -> tuple[Mark, ...]:
    """Stretches above the threshold; short pauses are bridged first, then short stretches are left out.

    A value stands for the time from the frame before to its own. Where there is none, as at a cut, a stretch ends.
    """
    runs: list[tuple[int, int]] = []
    joinable = False
    for row, value in enumerate(energy.tolist()):
        if math.isnan(value):
            joinable = False
        elif value > config["movement_threshold"]:
            pause_s = movement.before_s[row] - movement.times_s[runs[-1][1]] if runs else math.inf
            if joinable and pause_s <= config["max_pause_s"] + 1e-6:
                runs[-1] = (runs[-1][0], row)
            else:
                runs.append((row, row))
            joinable = True
    marks = []
    for first, last in runs:
        start_s, end_s = float(movement.before_s[first]), float(movement.times_s[last])
        if end_s - start_s >= config["min_movement_s"] - 1e-6:
            part = energy[first : last + 1].astype(np.float64)
            peaks = {"mean": round(float(part.mean()), 6), "peak": round(float(part.max()), 6)}
            marks.append(Mark(start_s, end_s, "movement", attributes=peaks))
    return tuple(marks)
