"""Music and voice become the sound of a cut."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.errors import InvalidRequest
from core.render.records import SoundReport
from core.render.sound.aac import Stereo
from core.render.sound.decoding import read_sound
from core.render.sound.ducking import ducked, ducked_s, gain_db_under
from core.render.sound.looping import fit
from core.render.sound.loudness import integrated_lufs
from core.render.sound.mastering import master
from core.render.sound.wav import write_wav
from core.render.types import LOUDNESS_LUFS, SAMPLE_RATE_HZ, SoundPlan

FADE_IN_S, FADE_OUT_S = 0.02, 1.0
_FADE_OUT_SHARE = 0.25
"""Of a short cut at most so much is fading."""
_VOICE_EDGE_S, _VOICE_CUT_OFF_S = 0.005, 0.15
_MOST_EVENING_DB = 30.0
"""A recording that is quieter than this allows is hiss, which nobody wants to hear as loud as music."""

_READ, _MIXED, _MASTERED = 0.3, 0.4, 0.95


def mix(
    sound: SoundPlan,
    target: Path,
    *,
    check: Callable[[], None] = lambda: None,
    progress: Callable[[float], None] = lambda _done: None,
) -> SoundReport:
    """Write ``sound.duration_s`` seconds of sound to ``target``: WAV, float32, 48 kHz, stereo, whole or not at all.

    Music and voice are first made equally loud (LOUDNESS_LUFS each), so that a preset's levels mean the same for every
    recording; then come the levels, the ducking, and the whole at LOUDNESS_LUFS below TRUE_PEAK_DBTP. ``progress`` is
    told fractions. The report's figures are those of the decoded AAC. Raises InvalidRequest (neither music nor voice),
    MediaMissing, UnsupportedMedia, StorageFull, StorageUnwritable and what ``check`` raises.
    """
    if sound.music is None and sound.voice is None:
        raise InvalidRequest("There is neither music nor a voice to mix.")
    count = round(sound.duration_s * SAMPLE_RATE_HZ)
    voice = _voice(sound, count, check)
    music = _music(sound, count, check)
    progress(_READ)
    check()
    gains_db = gain_db_under(voice.samples, voice.lufs)
    under = ducked(music.samples, gains_db) if sound.voice is not None else music.samples
    whole = _with_level(under, sound.music_level_db) + _with_level(voice.samples, sound.voice_level_db)
    progress(_MIXED)
    mastered = master(whole, check)
    progress(_MASTERED)
    write_wav(target, mastered.samples)
    progress(1.0)
    return SoundReport(
        integrated_lufs=mastered.integrated_lufs,
        true_peak_dbtp=mastered.true_peak_dbtp,
        gain_db=mastered.gain_db,
        music_loops=music.loops,
        ducked_s=ducked_s(gains_db) if sound.music is not None else 0.0,
        limited=mastered.limited,
    )


@dataclass(frozen=True, slots=True)
class _Part:
    """Music or voice in the cut's length; ``lufs``: how loud it is, None = silent."""

    samples: Stereo
    lufs: float | None
    loops: int = 0


def _voice(sound: SoundPlan, count: int, check: Callable[[], None]) -> _Part:
    if sound.voice is None:
        return _Part(np.zeros((count, 2), np.float32), None)
    spoken = read_sound(Path(sound.voice), most_s=sound.duration_s + 1, check=check)
    cut_off = len(spoken) > count
    samples = np.zeros((count, 2), np.float32)
    samples[: min(count, len(spoken))] = spoken[:count]
    spoken_count = min(count, len(spoken))
    _fade(samples[:spoken_count], _VOICE_EDGE_S, _VOICE_CUT_OFF_S if cut_off else _VOICE_EDGE_S)
    return _evened(samples, 0)


def _music(sound: SoundPlan, count: int, check: Callable[[], None]) -> _Part:
    if sound.music is None:
        return _Part(np.zeros((count, 2), np.float32), None)
    fitted = fit(read_sound(Path(sound.music), most_s=sound.duration_s, check=check), count)
    samples = fitted.samples.copy()
    _fade(samples, FADE_IN_S, min(FADE_OUT_S, _FADE_OUT_SHARE * sound.duration_s))
    return _evened(samples, fitted.loops)


def _evened(samples: Stereo, loops: int) -> _Part:
    lufs = integrated_lufs(samples)
    if lufs is None:
        return _Part(samples, None, loops)
    gain_db = min(LOUDNESS_LUFS - lufs, _MOST_EVENING_DB)
    return _Part(_with_level(samples, gain_db), lufs + gain_db, loops)


def _with_level(samples: Stereo, level_db: float) -> Stereo:
    return samples * np.float32(10 ** (level_db / 20))


def _fade(samples: Stereo, in_s: float, out_s: float) -> None:
    """Fade both ends in place, along half a wave."""
    for seconds, end in ((in_s, 1), (out_s, -1)):
        length = min(round(seconds * SAMPLE_RATE_HZ), len(samples))
        ramp = (0.5 - 0.5 * np.cos(np.linspace(0, np.pi, length))).astype(np.float32)[:, None]
        samples[::end][:length] *= ramp
