"""Music and voice become the sound of a cut: length, seams, ducking, loudness and peaks as a player hears them."""

from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from core.errors import Canceled, InvalidRequest, MediaMissing, StorageFull, UnsupportedMedia
from core.library import durable
from core.render.records import SoundReport
from core.render.sound import mix as mix_module
from core.render.sound.aac import add_track, encoded
from core.render.sound.ducking import DEPTH_DB, ducked, ducked_s, gain_db_under
from core.render.sound.limiter import limited
from core.render.sound.looping import fit
from core.render.sound.loudness import integrated_lufs, peak_levels, true_peak_dbtp
from core.render.sound.mix import mix
from core.render.sound.wav import read_wav, write_wav
from core.render.types import LOUDNESS_LUFS, TRUE_PEAK_DBTP, SoundPlan
from tests.made_speech import speech
from tests.render.ebur128 import measure_loudness
from tests.render.small_cuts import RATE_HZ, Samples, babble, stop_after, tune, write_sound


def sine(hz: float, seconds: float, amplitude: float = 0.5) -> Samples:
    """A stereo tone."""
    t_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    one = amplitude * np.sin(2 * np.pi * hz * t_s)
    return np.stack((one, one), axis=1).astype(np.float32)


def mixed(folder: Path, sound: SoundPlan) -> tuple[Samples, SoundReport]:
    """What a mix wrote and told."""
    report = mix(sound, folder / "mix.wav")
    return read_wav(folder / "mix.wav"), report


def in_file(folder: Path, samples: Samples) -> Path:
    """The samples as the track of a cut."""
    path = folder / "track.mp4"
    with av.open(str(path), "w") as output:
        picture = output.add_stream("libx264", rate=30, options={"preset": "ultrafast"})
        picture.width, picture.height, picture.pix_fmt = 32, 32, "yuv420p"
        track = add_track(output)
        for _ in range(3):
            output.mux(picture.encode(av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8), format="rgb24")))
        output.mux(picture.encode(None))
        for packet in encoded(samples, track, lambda: None):
            output.mux(packet)
    return path


def level_db(samples: Samples) -> float:
    """Mean power in dB of full scale."""
    return float(10 * np.log10(np.mean(np.square(samples.astype(np.float64))) + 1e-20))


# ---------------------------------------------------------------------- loudness, after FFmpeg


@pytest.mark.parametrize("cut", ["music", "music and voice", "speech", "noise", "drums"])
def test_that_ffmpeg_finds_the_finished_track_at_the_target_and_below_the_peak(cut: str, tmp_path: Path) -> None:
    drums = tune(4) * np.where(np.arange(4 * RATE_HZ) % 24_000 < 6000, 1, 0.15)[:, None].astype(np.float32)
    material = {
        "music": (tune(4), None),
        "music and voice": (tune(4), babble(3)),
        "speech": (None, babble(4)),
        "noise": (np.random.default_rng(0).normal(0, 0.2, (4 * RATE_HZ, 2)).clip(-1, 1).astype(np.float32), None),
        "drums": (drums, None),
    }
    music, voice = material[cut]
    plan = SoundPlan(
        None if music is None else write_sound(tmp_path / "music.wav", music),
        None if voice is None else write_sound(tmp_path / "voice.wav", voice),
        -18,
        -6,
        4,
    )
    samples, report = mixed(tmp_path, plan)
    loudness, peak = measure_loudness(in_file(tmp_path, samples))
    assert loudness == pytest.approx(LOUDNESS_LUFS, abs=0.5)
    assert peak is not None
    assert peak < TRUE_PEAK_DBTP
    assert report.integrated_lufs == pytest.approx(loudness, abs=0.15)
    assert report.true_peak_dbtp == pytest.approx(peak, abs=0.3)


def test_that_real_speech_over_music_meets_target_and_peak(tmp_path: Path) -> None:
    plan = SoundPlan(
        write_sound(tmp_path / "music.wav", tune(4)),
        write_sound(tmp_path / "voice.wav", speech() * np.float32(0.05), 16_000),
        -14,
        -5,
        8,
    )
    samples, report = mixed(tmp_path, plan)
    loudness, peak = measure_loudness(in_file(tmp_path, samples))
    assert loudness == pytest.approx(LOUDNESS_LUFS, abs=0.5)
    assert peak is not None
    assert peak < TRUE_PEAK_DBTP
    assert report.ducked_s > 4
    assert report.music_loops == 2


@pytest.mark.parametrize("make", [tune, lambda seconds: sine(1000, seconds), lambda seconds: sine(40, seconds)])
def test_that_our_meter_says_what_ffmpeg_says(make: object, tmp_path: Path) -> None:
    samples = make(4)  # type: ignore[operator]
    path = in_file(tmp_path, samples)
    with av.open(str(path)) as container:
        heard = np.concatenate([frame.to_ndarray().T for frame in container.decode(audio=0)])
    loudness, peak = measure_loudness(path)
    assert integrated_lufs(heard) == pytest.approx(loudness, abs=0.11)
    assert true_peak_dbtp(heard) == pytest.approx(peak, abs=0.2)


def test_that_a_full_scale_tone_of_1_khz_has_the_loudness_of_the_standard() -> None:
    left_only = sine(997, 5, 1.0)
    left_only[:, 1] = 0
    assert integrated_lufs(left_only) == pytest.approx(-3.01, abs=0.02)


def test_that_the_true_peak_lies_between_the_samples() -> None:
    t = np.arange(RATE_HZ)
    one = np.sin(2 * np.pi * t / 4 + np.pi / 4)
    both = np.stack((one, one), axis=1).astype(np.float32)
    assert np.abs(both).max() == pytest.approx(np.sqrt(0.5), abs=1e-5)
    assert true_peak_dbtp(both) == pytest.approx(0, abs=0.3)


def test_that_silence_gets_no_gain_and_no_figures(tmp_path: Path) -> None:
    plan = SoundPlan(write_sound(tmp_path / "music.wav", np.zeros((RATE_HZ, 2), np.float32)), None, -18, -6, 3)
    samples, report = mixed(tmp_path, plan)
    assert not samples.any()
    assert report == SoundReport(None, None, 0.0, 3, 0.0, limited=False)


def test_that_a_few_clicks_are_not_pressed_to_the_loudness_of_music(tmp_path: Path) -> None:
    clicks = np.zeros((4 * RATE_HZ, 2), np.float32)
    clicks[RATE_HZ::RATE_HZ] = 0.9
    samples, report = mixed(tmp_path, SoundPlan(write_sound(tmp_path / "music.wav", clicks), None, -18, -6, 4))
    assert report.limited
    assert report.integrated_lufs is not None
    assert report.integrated_lufs < -30
    assert np.abs(samples).max() <= 10 ** (TRUE_PEAK_DBTP / 20)


# ---------------------------------------------------------------------- length


@hypothesis_settings(max_examples=15)
@given(length=st.integers(1, 3 * RATE_HZ), wanted=st.integers(1, 4 * RATE_HZ))
def test_that_music_of_any_length_becomes_exactly_as_long_as_wanted(length: int, wanted: int) -> None:
    fitted = fit(sine(220, length / RATE_HZ)[:length], wanted)
    assert fitted.samples.shape == (wanted, 2)
    assert (fitted.loops > 0) == (length < wanted)
    assert np.abs(fitted.samples).max() <= 0.75


def test_that_a_seam_of_repeated_music_is_neither_a_gap_nor_a_click() -> None:
    rng = np.random.default_rng(5)
    music = rng.normal(0, 0.1, (3 * RATE_HZ, 2)).astype(np.float32)
    silence = np.zeros((RATE_HZ // 2, 2), np.float32)
    fitted = fit(np.concatenate((silence, music, silence)), 10 * RATE_HZ)
    assert fitted.loops == 3
    levels = [level_db(part) for part in np.split(fitted.samples, 100)]
    assert max(levels) - min(levels) < 1.0


def test_that_sound_lasts_exactly_as_long_as_the_cut(tmp_path: Path) -> None:
    long_music, short_voice = write_sound(tmp_path / "m.wav", tune(5)), write_sound(tmp_path / "v.wav", babble(1.2))
    for seconds in (1, 3):
        samples, _ = mixed(tmp_path, SoundPlan(long_music, short_voice, -18, -6, seconds))
        assert samples.shape == (seconds * RATE_HZ, 2)
        assert samples.dtype == np.float32


def test_that_music_comes_in_and_goes_out_softly(tmp_path: Path) -> None:
    samples, _ = mixed(tmp_path, SoundPlan(write_sound(tmp_path / "m.wav", sine(440, 9)), None, -18, -6, 6))
    steady = level_db(samples[2 * RATE_HZ : 3 * RATE_HZ])
    assert level_db(samples[:48]) < steady - 20
    assert level_db(samples[round(0.02 * RATE_HZ) : round(0.2 * RATE_HZ)]) == pytest.approx(steady, abs=0.2)
    assert level_db(samples[round(4.7 * RATE_HZ) : round(4.9 * RATE_HZ)]) == pytest.approx(steady, abs=0.2)
    assert level_db(samples[round(5.45 * RATE_HZ) : round(5.55 * RATE_HZ)]) == pytest.approx(steady - 6, abs=0.5)
    assert level_db(samples[-480:]) < steady - 45


def test_that_a_cut_of_one_second_fades_for_a_quarter_of_it(tmp_path: Path) -> None:
    samples, _ = mixed(tmp_path, SoundPlan(write_sound(tmp_path / "m.wav", sine(440, 9)), None, -18, -6, 1))
    steady = level_db(samples[round(0.2 * RATE_HZ) : round(0.4 * RATE_HZ)])
    assert level_db(samples[round(0.6 * RATE_HZ) : round(0.74 * RATE_HZ)]) == pytest.approx(steady, abs=0.2)
    assert level_db(samples[round(0.85 * RATE_HZ) : round(0.9 * RATE_HZ)]) < steady - 3


def test_that_a_short_voice_is_followed_by_silence_and_a_long_one_is_faded(tmp_path: Path) -> None:
    short = write_sound(tmp_path / "short.wav", sine(300, 2)[:, 0])
    samples, _ = mixed(tmp_path, SoundPlan(None, short, -18, -6, 4))
    assert level_db(samples[: 2 * RATE_HZ - 4800]) > -20
    assert not samples[2 * RATE_HZ + 4800 :].any()
    long = write_sound(tmp_path / "long.wav", sine(300, 9)[:, 0])
    samples, _ = mixed(tmp_path, SoundPlan(None, long, -18, -6, 4))
    assert level_db(samples[-24_000:-9600]) > level_db(samples[-480:]) + 30


# ---------------------------------------------------------------------- ducking


def test_that_music_steps_back_by_ten_decibels_while_somebody_speaks() -> None:
    voice = np.zeros((6 * RATE_HZ, 2), np.float32)
    voice[2 * RATE_HZ : 4 * RATE_HZ] = sine(200, 2)
    music = sine(1000, 6)
    gains_db = gain_db_under(voice, integrated_lufs(voice))
    lower = ducked(music, gains_db)

    def at(t_s: float) -> float:
        first = round(t_s * RATE_HZ)
        return level_db(lower[first : first + 960]) - level_db(music[first : first + 960])

    assert at(1.5) == pytest.approx(0, abs=0.1)
    assert at(2.05) == pytest.approx(-DEPTH_DB, abs=0.5)
    assert at(3.0) == pytest.approx(-DEPTH_DB, abs=0.1)
    assert at(4.2) == pytest.approx(-DEPTH_DB, abs=0.1)
    assert -9 < at(4.5) < -1
    assert at(5.0) == pytest.approx(0, abs=0.1)
    assert ducked_s(gains_db) == pytest.approx(2.6, abs=0.3)


def test_that_music_does_not_swell_between_words_but_does_in_a_long_pause() -> None:
    spoken = np.repeat(babble(8)[:, None], 2, axis=1)
    gains_db = gain_db_under(spoken, integrated_lufs(spoken))
    assert gains_db[40:240].max() < -DEPTH_DB + 1
    assert gains_db[250:400].max() > -1


def test_that_room_noise_between_words_is_no_voice() -> None:
    noise = np.random.default_rng(3).normal(0, 0.001, (6 * RATE_HZ, 2)).astype(np.float32)
    noise[RATE_HZ : 2 * RATE_HZ] += sine(200, 1, 0.3)
    gains_db = gain_db_under(noise, integrated_lufs(noise))
    assert gains_db[300:].max() == gains_db[300:].min() == 0


def test_that_the_voice_stays_clear_of_the_music_whatever_both_were_recorded_at(tmp_path: Path) -> None:
    """A whispered recording under loud music: after the mix the voice's tone is well above the music's."""
    music = write_sound(tmp_path / "m.wav", sine(2000, 4, 0.9))
    voice = write_sound(tmp_path / "v.wav", sine(500, 4, 0.02)[:, 0])
    samples, report = mixed(tmp_path, SoundPlan(music, voice, -18, -6, 4))
    middle = samples[RATE_HZ : 3 * RATE_HZ, 0]
    tones = np.abs(np.fft.rfft(middle)) / len(middle)
    assert 20 * np.log10(tones[2 * 500] / tones[2 * 2000]) > 12
    assert report.ducked_s == pytest.approx(4, abs=0.2)


# ---------------------------------------------------------------------- limiter


def test_that_the_limiter_keeps_true_peaks_below_its_ceiling_and_leaves_quiet_sound_alone() -> None:
    loud = tune(3) * np.float32(4)
    lower, was_limited = limited(loud, peak_levels(loud), 0.0, -2.0)
    assert was_limited
    assert true_peak_dbtp(lower) == pytest.approx(-2.0, abs=0.15)
    quiet = tune(3) * np.float32(0.1)
    same, was_limited = limited(quiet, peak_levels(quiet), 0.0, -2.0)
    assert not was_limited
    assert np.array_equal(same, quiet)


# ---------------------------------------------------------------------- files


def test_that_mp3_of_44_khz_and_mono_is_read_as_well(tmp_path: Path) -> None:
    path = tmp_path / "music.mp3"
    with av.open(str(path), "w") as output:
        track = output.add_stream("libmp3lame" if "libmp3lame" in av.codecs_available else "mp3", rate=44_100)
        track.layout = "mono"
        samples = (np.sin(np.arange(44_100 * 3) * 2 * np.pi * 440 / 44_100) * 12_000).astype(np.int16)
        for first in range(0, len(samples), 1152):
            frame = av.AudioFrame.from_ndarray(samples[None, first : first + 1152], format="s16p", layout="mono")
            frame.sample_rate, frame.pts = 44_100, first
            output.mux(track.encode(frame))
        output.mux(track.encode(None))
    mixed_samples, report = mixed(tmp_path, SoundPlan(str(path), None, -18, -6, 2))
    tones = np.abs(np.fft.rfft(mixed_samples[:RATE_HZ, 0]))
    assert np.argmax(tones) == 440
    assert report.music_loops == 0
    assert np.array_equal(mixed_samples[:, 0], mixed_samples[:, 1])


def test_that_samples_that_are_no_numbers_do_not_spread(tmp_path: Path) -> None:
    broken = tune(2)
    broken[100:200] = np.nan
    broken[300] = np.inf
    samples, report = mixed(tmp_path, SoundPlan(write_sound(tmp_path / "m.wav", broken), None, -18, -6, 2))
    assert np.isfinite(samples).all()
    assert report.integrated_lufs == pytest.approx(LOUDNESS_LUFS, abs=0.5)


def test_that_the_same_plan_gives_the_same_sound(tmp_path: Path) -> None:
    plan = SoundPlan(write_sound(tmp_path / "m.wav", tune(1)), write_sound(tmp_path / "v.wav", babble(1)), -18, -6, 2)
    first, _ = mixed(tmp_path, plan)
    second, _ = mixed(tmp_path, plan)
    assert np.array_equal(first, second)


@pytest.mark.parametrize(
    ("content", "kind"), [(None, MediaMissing), (b"", UnsupportedMedia), (b"RIFF no sound", UnsupportedMedia)]
)
def test_that_a_sound_that_cannot_be_read_is_named(
    content: bytes | None, kind: type[Exception], tmp_path: Path
) -> None:
    path = tmp_path / "music.wav"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(kind) as caught:
        mix(SoundPlan(str(path), None, -18, -6, 2), tmp_path / "mix.wav")
    assert str(path) in str(caught.value)
    assert "video" not in str(caught.value).lower()
    assert not (tmp_path / "mix.wav").exists()


def test_that_music_of_no_length_is_named(tmp_path: Path) -> None:
    path = write_sound(tmp_path / "music.wav", np.zeros((0, 2), np.float32))
    with pytest.raises(UnsupportedMedia) as caught:
        mix(SoundPlan(path, None, -18, -6, 2), tmp_path / "mix.wav")
    assert path in caught.value.message


def test_that_neither_music_nor_voice_is_no_mix(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest):
        mix(SoundPlan(None, None, -18, -6, 2), tmp_path / "mix.wav")


@pytest.mark.parametrize("calls", [1, 5, 60])
def test_that_canceling_leaves_nothing(calls: int, tmp_path: Path) -> None:
    plan = SoundPlan(write_sound(tmp_path / "m.wav", tune(2)), None, -18, -6, 2)
    out = tmp_path / "out"
    with pytest.raises(Canceled):
        mix(plan, out / "mix.wav", check=stop_after(calls, Canceled("stopped")))
    assert not out.exists()


def test_that_progress_goes_from_the_begin_to_the_end(tmp_path: Path) -> None:
    told: list[float] = []
    plan = SoundPlan(write_sound(tmp_path / "m.wav", tune(2)), None, -18, -6, 2)
    mix(plan, tmp_path / "mix.wav", progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert len(told) > 2


def test_that_a_full_disk_is_told_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("a device of Linux")
    monkeypatch.setattr(durable.secrets, "token_hex", lambda _bytes: "known")
    out = tmp_path / "out"
    out.mkdir()
    (out / ".mix.wav.known.tmp").symlink_to("/dev/full")
    with pytest.raises(StorageFull):
        mix(SoundPlan(write_sound(tmp_path / "m.wav", tune(1)), None, -18, -6, 1), out / "mix.wav")
    assert list(out.iterdir()) == []


def test_that_a_mix_is_read_as_it_was_written_and_other_files_are_refused(tmp_path: Path) -> None:
    samples = tune(0.5) * np.float32(3)
    write_wav(tmp_path / "mix.wav", samples)
    assert np.array_equal(read_wav(tmp_path / "mix.wav"), samples)
    write_sound(tmp_path / "other.wav", babble(0.5))
    with pytest.raises(UnsupportedMedia):
        read_wav(tmp_path / "other.wav")
    with pytest.raises(MediaMissing):
        read_wav(tmp_path / "none.wav")


def test_that_the_fades_are_those_that_are_documented() -> None:
    assert (mix_module.FADE_IN_S, mix_module.FADE_OUT_S) == (0.02, 1.0)
