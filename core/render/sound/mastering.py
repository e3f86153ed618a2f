"""Brings a mix to the loudness of social video, with its peaks where AAC cannot push them over the limit."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from core.render.sound.aac import Stereo, round_trip
from core.render.sound.limiter import limited
from core.render.sound.loudness import Levels, integrated_lufs, peak_levels, true_peak_dbtp
from core.render.types import LOUDNESS_LUFS, TRUE_PEAK_DBTP

_FIRST_CEILING_DBTP = TRUE_PEAK_DBTP - 0.7
"""AAC at 192 kbit/s moves peaks by a few tenths of a decibel, sounds of many overtones by more."""
_MARGIN_DB = 0.1
_CLOSE_ENOUGH_LU, _CLOSE_ENOUGH_HEARD_LU = 0.05, 0.2
_MOST_GAIN_DB = 30.0
_MOST_LIMITING_DB = 12.0
"""More would be heard as distortion: sound that is nothing but a few clicks stays quieter than the target."""
_LEAST_SLOPE = 0.1
"""Loudness won for a decibel of gain; where it is less, the limiter takes all away again."""
_LOUDNESS_ROUNDS, _TRIALS = 4, 4


@dataclass(frozen=True, slots=True)
class Mastered:
    """Sound to be encoded; the figures are those of what a player hears of it."""

    samples: Stereo
    integrated_lufs: float | None
    true_peak_dbtp: float | None
    gain_db: float
    limited: bool


def master(mix: Stereo, check: Callable[[], None]) -> Mastered:
    """``mix`` at LOUDNESS_LUFS, its true peaks below TRUE_PEAK_DBTP after AAC. Silence stays as it is, without gain.

    The codec moves peaks and takes some loudness away, how much depends on the sound: so it is tried, and what is heard
    corrects ceiling and gain.
    """
    loudness = integrated_lufs(mix)
    if loudness is None:
        return Mastered(mix, None, None, 0.0, limited=False)
    check()
    press = _Press(mix, peak_levels(mix))
    ceiling_dbtp, lost_lu, gain_db = _FIRST_CEILING_DBTP, 0.0, LOUDNESS_LUFS - loudness
    for _ in range(_TRIALS):
        gain_db = press.gain_for(LOUDNESS_LUFS + lost_lu, gain_db, ceiling_dbtp, check)
        loud, was_limited = press.pressed(gain_db, ceiling_dbtp)
        heard = round_trip(loud, check)
        check()
        heard_lufs, heard_peak_dbtp = integrated_lufs(heard), true_peak_dbtp(heard)
        over_db = (heard_peak_dbtp or -math.inf) - (TRUE_PEAK_DBTP - _MARGIN_DB)
        lost_before_lu, lost_lu = lost_lu, _difference_lu(integrated_lufs(loud), heard_lufs)
        if over_db <= 0 and abs(lost_lu - lost_before_lu) <= _CLOSE_ENOUGH_HEARD_LU:
            break
        if over_db > 0:
            ceiling_dbtp -= over_db + _MARGIN_DB
    return Mastered(loud, heard_lufs, heard_peak_dbtp, gain_db, limited=was_limited)


def _difference_lu(before: float | None, after: float | None) -> float:
    """What the codec took away; a sound that it silenced altogether is not made up for."""
    return 0.0 if before is None or after is None else before - after


@dataclass(frozen=True, slots=True)
class _Press:
    """A mix and its peak levels, which are looked for once."""

    mix: Stereo
    levels: Levels

    def pressed(self, gain_db: float, ceiling_dbtp: float) -> tuple[Stereo, bool]:
        return limited(self.mix, self.levels, gain_db, ceiling_dbtp)

    def most_gain_db(self, ceiling_dbtp: float) -> float:
        peak_dbtp = 20 * math.log10(max(float(self.levels.max()), 1e-9))
        return min(_MOST_GAIN_DB, ceiling_dbtp - peak_dbtp + _MOST_LIMITING_DB)

    def gain_for(self, target_lufs: float, first_db: float, ceiling_dbtp: float, check: Callable[[], None]) -> float:
        """The gain that gives the loudness; limiting takes some away, which more gain brings back."""
        most_db = self.most_gain_db(ceiling_dbtp)
        gain_db, slope = min(first_db, most_db), 1.0
        before: tuple[float, float] | None = None
        for _ in range(_LOUDNESS_ROUNDS):
            check()
            lufs = integrated_lufs(self.pressed(gain_db, ceiling_dbtp)[0])
            missing_lu = target_lufs - (target_lufs if lufs is None else lufs)
            if abs(missing_lu) <= _CLOSE_ENOUGH_LU or (gain_db >= most_db and missing_lu > 0):
                break
            if before is not None and before[0] != gain_db:
                slope = min(1.0, (before[1] - missing_lu) / (gain_db - before[0]))
                if slope < _LEAST_SLOPE:
                    return before[0]
            before = (gain_db, missing_lu)
            gain_db = min(gain_db + missing_lu / slope, most_db)
        return gain_db
