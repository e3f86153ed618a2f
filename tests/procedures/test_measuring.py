"""Measuring: the same bytes whatever does it, and what is hidden is hidden before."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from core.errors import Canceled, InvalidRequest, UnsupportedMedia
from core.jobs.executors import UnitPool, inline_pool, local_pool
from core.media.probe import probe
from core.procedures import measuring
from core.procedures.clips import clip_times
from core.procedures.embedding_files import read_clip_features, read_clips, read_moments, write_embedding
from core.procedures.measure_unit import unit_path
from core.procedures.measuring import Asked, MeasuredVideo, measure_video
from core.procedures.sampling import plan_units
from core.procedures.types import Masks, Moments
from models.store import ModelStore
from tests.jobs.still_context import StillContext
from tests.made_video import Segment, write_video
from tests.procedures.tiny_encoder import FRAMES, write_tiny, write_tiny_clips

NOTHING = Masks()


@pytest.fixture
def encoder(tmp_path: Path) -> str:
    return str(write_tiny(tmp_path / "tiny.onnx"))


@pytest.fixture
def video(tmp_path: Path) -> Path:
    colours = [(200, 30, 30), (20, 160, 60), (40, 60, 220), (210, 200, 40), (120, 120, 120), (20, 20, 20)]
    segments = [Segment(seconds=2.1, colour=colour, moving=True) for colour in colours]
    return write_video(tmp_path / "work.mp4", segments=segments, fps=15, size=(160, 96), gop=30)


def measured(path: Path, encoder: str, folder: Path, *, pool: UnitPool | None = None, **asked: object) -> MeasuredVideo:
    wanted = dataclasses.replace(Asked(path, probe(path), NOTHING, encoder=encoder), **asked)  # type: ignore[arg-type]
    store = ModelStore(folder.parent / "models")
    return measure_video(wanted, models=store, pool=pool or inline_pool(), context=StillContext(), work_dir=folder)


def written(moments: Moments, folder: Path) -> dict[str, bytes]:
    write_embedding(folder, moments, clip_times(moments, clip_s=4.0, overlap=0.0))
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_that_any_number_of_workers_writes_the_same_bytes(video: Path, encoder: str, tmp_path: Path) -> None:
    files = [written(measured(video, encoder, tmp_path / "w1", mirrored=True).moments, tmp_path / "1")]
    for workers in (2, 3):
        pool = local_pool(workers)
        try:
            found = measured(video, encoder, tmp_path / f"w{workers}", pool=pool, mirrored=True)
        finally:
            pool.close()
        files.append(written(found.moments, tmp_path / str(workers)))
    assert sorted(files[0]) == ["clips.json", "clips.npy", "moments.npz"]
    assert all(one == files[0] for one in files)


@pytest.mark.parametrize("clips", [False, True])
def test_that_the_bounds_of_units_cannot_be_seen_in_the_result(
    video: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clips: bool
) -> None:
    encoder = str((write_tiny_clips if clips else write_tiny)(tmp_path / "own.onnx"))
    results = []
    for target_s in (0.5, 2.0, 1000.0):
        monkeypatch.setattr(
            measuring, "plan_units", lambda table, samples, s=target_s: plan_units(table, samples, target_s=s)
        )
        results.append(measured(video, encoder, tmp_path / str(target_s), mirrored=True).moments)
    assert len(list(unit_path(tmp_path / "0.5", 0).parent.glob("*.npz"))) > FRAMES
    assert len(list(unit_path(tmp_path / "1000.0", 0).parent.glob("*.npz"))) == 1
    for one in results[:2]:
        assert np.allclose(one.features, results[2].features, atol=1e-5)
        assert one.mirrored is not None
        assert results[2].mirrored is not None
        assert np.allclose(one.mirrored, results[2].mirrored, atol=1e-5)
        assert np.array_equal(one.change, results[2].change)
        assert np.array_equal(one.times_s, results[2].times_s)


def test_that_a_mirrored_recording_is_what_was_measured_as_mirrored(encoder: str, tmp_path: Path) -> None:
    picture = np.random.default_rng(0).integers(0, 256, (96, 160, 3), np.uint8)
    picture[:, :60] = (230, 40, 40)
    sides = []
    for name, shown in (("plain", picture), ("turned", picture[:, ::-1])):
        path = write_video(
            tmp_path / f"{name}.mp4", segments=[Segment(seconds=2, picture=np.ascontiguousarray(shown))], size=(160, 96)
        )
        sides.append(measured(path, encoder, tmp_path / name, mirrored=True).moments)
    plain, turned = sides
    assert plain.mirrored is not None
    apart = np.linalg.norm(plain.features - turned.features, axis=1)
    alike = np.linalg.norm(plain.mirrored - turned.features, axis=1)
    assert (alike < 0.25 * apart).all()


@pytest.mark.parametrize("rotation_deg", [90, 180, 270])
def test_that_a_turned_recording_is_measured_upright(encoder: str, tmp_path: Path, rotation_deg: int) -> None:
    picture = np.zeros((96, 160, 3), np.uint8)
    picture[:40], picture[40:, :50] = (220, 60, 40), (40, 90, 230)
    stored = np.ascontiguousarray(np.rot90(picture, rotation_deg // 90))
    upright = write_video(tmp_path / "upright.mp4", segments=[Segment(seconds=2, picture=picture)], size=(160, 96))
    turned = write_video(
        tmp_path / "turned.mp4",
        segments=[Segment(seconds=2, picture=stored)],
        size=(stored.shape[1], stored.shape[0]),
        rotation_deg=rotation_deg,
    )
    assert (probe(turned).width_px, probe(turned).height_px) == (160, 96)
    lying = write_video(tmp_path / "lying.mp4", segments=[Segment(seconds=2, picture=stored)], size=(160, 96))
    one, two, three = (measured(path, encoder, tmp_path / path.stem).moments for path in (upright, turned, lying))
    difference = np.linalg.norm(one.features - two.features, axis=1).max()
    assert difference < 0.1 * np.linalg.norm(one.features - three.features, axis=1).min()


def test_that_the_rate_and_the_first_time_stamp_hardly_change_what_is_measured(encoder: str, tmp_path: Path) -> None:
    segments = [Segment(seconds=4, colour=(60, 90, 140), moving=True)]
    plain = write_video(tmp_path / "plain.mp4", segments=segments, fps=30, size=(160, 96))
    slow = write_video(tmp_path / "slow.mkv", segments=segments, fps=12, size=(160, 96), start_s=7.3)
    one, two = (measured(path, encoder, tmp_path / path.stem).moments for path in (plain, slow))
    assert len(one) == len(two) == 16
    assert np.abs(one.times_s - two.times_s).max() < 0.06
    assert np.linalg.norm(one.features - two.features, axis=1).max() < 0.5 * np.ptp(one.features, axis=0).max() + 0.3


def test_that_what_a_mask_hides_changes_nothing(encoder: str, tmp_path: Path) -> None:
    moments = []
    for seed in range(2):
        hidden = np.random.default_rng(seed).integers(0, 256, (48, 80, 3), np.uint8)
        path = write_video(
            tmp_path / f"{seed}.mp4",
            segments=[Segment(seconds=2, colour=(20, 120, 90), picture=hidden, place=(0.5, 0.5, 1.0, 1.0))],
            size=(160, 96),
        )
        for mode in ("black", "pixelate", "blur"):
            masks = Masks(regions=((0.45, 0.45, 0.55, 0.55),), mode=mode)
            moments.append(measured(path, encoder, tmp_path / f"{seed}-{mode}", masks=masks).moments)
    assert np.abs(moments[0].features - moments[3].features).max() < 0.02
    assert np.abs(moments[0].features - moments[1].features).max() > 0.02, "the modes are not the same"


def test_that_an_interrupted_measuring_goes_on_where_it_was(video: Path, encoder: str, tmp_path: Path) -> None:
    whole = measured(video, encoder, tmp_path / "w").moments
    path = unit_path(tmp_path / "w", 1)
    kept = unit_path(tmp_path / "w", 0).stat().st_mtime_ns
    path.unlink()
    again = measured(video, encoder, tmp_path / "w").moments
    assert unit_path(tmp_path / "w", 0).stat().st_mtime_ns == kept
    assert np.array_equal(again.features, whole.features)
    measured(video, encoder, tmp_path / "w", mirrored=True)
    assert unit_path(tmp_path / "w", 0).stat().st_mtime_ns > kept, "made for something else, so it is made anew"


def test_that_what_is_damaged_is_left_out_and_told(video: Path, encoder: str, tmp_path: Path) -> None:
    whole = measured(video, encoder, tmp_path / "whole").moments
    content = bytearray(video.read_bytes())
    middle = slice(len(content) * 4 // 10, len(content) * 5 // 10)
    content[middle] = bytes(len(content[middle]))
    (tmp_path / "damaged.mp4").write_bytes(content)
    found = measured(tmp_path / "damaged.mp4", encoder, tmp_path / "damaged")
    assert 0 < len(found.moments) <= len(whole)
    assert np.isfinite(found.moments.features).all()
    assert np.array_equal(found.moments.features[:8], whole.features[:8])


def test_that_measuring_refuses_what_it_cannot_do(video: Path, encoder: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="vanish"):
        measured(video, encoder, tmp_path / "a", masks=Masks(mode="vanish"))
    with pytest.raises(InvalidRequest, match="inside the picture"):
        measured(video, encoder, tmp_path / "b", masks=Masks(regions=((0.5, 0.5, 0.7, 0.1),)))
    text = tmp_path / "text.mp4"
    text.write_text("no video")
    with pytest.raises(UnsupportedMedia, match=r"text\.mp4"):
        measured(text, encoder, tmp_path / "c")


def test_that_a_canceled_measuring_ends(video: Path, encoder: str, tmp_path: Path) -> None:
    context = StillContext()
    context.asked.set()
    asked = Asked(video, probe(video), NOTHING, encoder=encoder)
    with pytest.raises(Canceled):
        measure_video(
            asked, models=ModelStore(tmp_path / "m"), pool=inline_pool(), context=context, work_dir=tmp_path / "w"
        )


def test_that_the_files_of_a_measurement_are_read_as_they_were_written(
    video: Path, encoder: str, tmp_path: Path
) -> None:
    moments = measured(video, encoder, tmp_path / "w", mirrored=True).moments
    clips = clip_times(moments, clip_s=4.0, overlap=0.5)
    write_embedding(tmp_path / "e", moments, clips)
    again = read_moments(tmp_path / "e")
    assert (again.encoder, again.duration_s) == (moments.encoder, moments.duration_s)
    assert moments.encoder.model == "tiny.onnx"
    for name in ("times_s", "features", "mirrored", "brightness", "sharpness", "change"):
        assert np.array_equal(getattr(again, name), getattr(moments, name))
    assert read_clips(tmp_path / "e") == clips
    vectors = read_clip_features(tmp_path / "e")
    assert isinstance(vectors, np.memmap)
    assert vectors.shape == (len(clips), moments.features.shape[1])
