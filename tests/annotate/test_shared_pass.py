"""The shared pass: one decode for all looks, whatever the cut, the workers, and what fails in one of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from core.annotate import shared_pass
from core.annotate.look_unit import rows_path
from core.annotate.media_rows import facts_of
from core.annotate.pipeline import FrameLook, Looked, SeenFrame, Video
from core.annotate.shared_pass import SharedPass
from core.annotate.types import Ints
from core.errors import Canceled, UnsupportedMedia
from core.jobs.executors import UnitPool, inline_pool, local_pool
from core.media.decode import decode_range
from core.media.probe import probe
from core.media.types import FrameTable, MediaInfo
from models.store import ModelStore
from tests.annotate.made_pipelines import BrightnessLook
from tests.jobs.still_context import StillContext

COLOURS = [(20, 20, 20), (200, 40, 40), (40, 200, 40), (250, 250, 250)]


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Video:
    """Four seconds of four colours with something that moves, a key frame every half second, B-frames in between."""
    from tests.made_video import write_video

    segments = [{"seconds": 1, "colour": colour, "moving": True} for colour in COLOURS]
    path = write_video(tmp_path_factory.mktemp("media") / "colours.mp4", segments=segments, size=(160, 96), start_s=1.5)
    info = probe(path)
    return Video(path, info, facts_of(info, path.name))


@pytest.fixture
def passing(video: Video, tmp_path: Path) -> Callable[..., SharedPass]:
    """``passing(folder="work", stamp="1", pool=None)``."""

    def make(folder: str = "work", stamp: str = "1", pool: UnitPool | None = None) -> SharedPass:
        return SharedPass(
            video,
            models=ModelStore(tmp_path / "models"),
            pool=pool or inline_pool(),
            context=StillContext(),
            work_dir=tmp_path / folder,
            stamp=stamp,
        )

    return make


def _told(_done: int, _total: int) -> None:
    """Nobody listens."""


def _found(one: SharedPass, looks: Sequence[FrameLook]) -> list[Looked]:
    one.run(looks, _told)
    return [one.looked(look) for look in looks]


def _same(first: Looked, second: Looked) -> bool:
    return (
        first.arrays.keys() == second.arrays.keys()
        and all(np.array_equal(first.arrays[name], second.arrays[name]) for name in first.arrays)
        and np.array_equal(first.wanted_pts, second.wanted_pts)
    )


@pytest.mark.parametrize("step", [1, 7, 60])
def test_that_what_a_look_finds_does_not_depend_on_how_the_video_is_cut(
    passing: Callable[..., SharedPass], monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    found = []
    for folder, target_s in (("whole", 100.0), ("halves", 0.4), ("seconds", 1.2)):
        monkeypatch.setattr(shared_pass, "UNIT_TARGET_S", target_s)
        found.append(_found(passing(folder), [BrightnessLook(step)])[0])
    assert _same(found[0], found[1])
    assert _same(found[0], found[2])
    assert found[0].arrays["index"].tolist() == list(range(0, 100, step))
    # each change is noted once, over the bounds of ranges too, against the frame that was shown before
    assert len(found[0].arrays["next_change"]) == len(found[0].arrays["index"]) - 1
    assert np.allclose(np.diff(found[0].arrays["luma"]), found[0].arrays["next_change"])


def test_that_frames_come_with_their_own_times(passing: Callable[..., SharedPass], video: Video) -> None:
    found = _found(passing(), [BrightnessLook()])[0]
    pts = [decoded.pts for decoded in decode_range(video.path, start_pts=0)]
    assert found.wanted_pts.tolist() == pts
    assert np.allclose(found.arrays["t_s"], np.arange(100) / 25.0, atol=1e-4)


def test_that_equal_looks_and_different_ones_are_shown_one_decode(passing: Callable[..., SharedPass]) -> None:
    one = passing()
    count = one.run([BrightnessLook(), BrightnessLook(), BrightnessLook(5), BrightnessLook(25)], _told)
    assert count.looks == 3
    assert count.frames == 100
    assert count.decoded == 100
    assert count.asked == 300


def test_that_frames_after_the_last_wanted_one_are_not_decoded(passing: Callable[..., SharedPass]) -> None:
    assert passing().run([BrightnessLook(60)], _told).decoded == 61


@dataclass(frozen=True, slots=True)
class InsideLook(BrightnessLook):
    """Wants nothing of the frames beyond its range."""

    sees_beyond: ClassVar[bool] = False


def test_that_a_look_without_use_for_them_is_not_shown_frames_beyond_its_range(
    passing: Callable[..., SharedPass], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_pass, "UNIT_TARGET_S", 1.0)
    usual, inside = _found(passing(), [BrightnessLook(), InsideLook()])
    assert np.array_equal(usual.arrays["luma"], inside.arrays["luma"])
    assert len(usual.arrays["next_change"]) == 99
    assert len(inside.arrays["next_change"]) == 97, "three ranges have two bounds"


def test_that_a_look_that_fails_spoils_no_other_one(
    passing: Callable[..., SharedPass], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_pass, "UNIT_TARGET_S", 1.0)
    one, broken, good = passing(), BrightnessLook(fails=True), BrightnessLook()
    one.run([broken, good], _told)
    assert len(one.looked(good).arrays["index"]) == 100
    with pytest.raises(UnsupportedMedia, match="fails on purpose"):
        one.looked(broken)


def test_that_a_look_whose_wish_fails_spoils_no_other_one(passing: Callable[..., SharedPass]) -> None:
    one, broken, good = passing(), BrightnessLook(0), BrightnessLook()
    one.run([broken, good], _told)
    assert len(one.looked(good).arrays["index"]) == 100
    with pytest.raises(ValueError, match="step"):
        one.looked(broken)


def test_that_a_look_that_was_not_announced_is_shown_the_video_when_it_is_asked_for(
    passing: Callable[..., SharedPass],
) -> None:
    one = passing()
    one.run([BrightnessLook()], _told)
    assert one.looked(BrightnessLook(10)).arrays["index"].tolist() == list(range(0, 100, 10))


def test_that_finished_units_are_not_done_again(
    passing: Callable[..., SharedPass], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_pass, "UNIT_TARGET_S", 0.9)
    whole = _found(passing(), [BrightnessLook()])[0]
    rows = sorted((tmp_path / "work" / "looks").glob("*/*.npz"))
    assert len(rows) == 5
    rows[2].unlink()
    again = passing()
    assert again.run([BrightnessLook()], _told).decoded == 24
    assert _same(again.looked(BrightnessLook()), whole)
    # another look is shown everything up to its last frame, the finished one nothing
    assert passing().run([BrightnessLook(), BrightnessLook(2)], _told).decoded == 99


def test_that_what_was_found_in_another_content_of_the_file_does_not_count(
    passing: Callable[..., SharedPass],
) -> None:
    passing().run([BrightnessLook()], _told)
    assert passing(stamp="2").run([BrightnessLook()], _told).decoded == 100


def test_that_what_another_version_of_a_model_found_does_not_count(passing: Callable[..., SharedPass]) -> None:
    for version, decoded in (("1", 100), ("1", 0), ("2", 100)):
        one = passing()
        one.announce(BrightnessLook(), version)
        assert one.run([BrightnessLook()], _told).decoded == decoded


def test_that_progress_rises_to_all_frames(passing: Callable[..., SharedPass], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_pass, "UNIT_TARGET_S", 0.9)
    told: list[int] = []
    passing().run([BrightnessLook()], lambda done, _total: told.append(done))
    assert told == sorted(told)
    assert told[0] == 0
    assert told[-1] == 100


def test_that_a_canceled_pass_stops_and_keeps_what_is_finished(
    video: Video, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_pass, "UNIT_TARGET_S", 0.9)
    context = StillContext()
    one = SharedPass(
        video,
        models=ModelStore(tmp_path / "models"),
        pool=inline_pool(),
        context=context,
        work_dir=tmp_path / "work",
        stamp="1",
    )

    def told(done: int, _total: int) -> None:
        if done:
            context.asked.set()

    with pytest.raises(Canceled):
        one.run([BrightnessLook()], told)
    folder = next((tmp_path / "work" / "looks").iterdir())
    assert rows_path(folder, 0).exists()
    assert not rows_path(folder, 4).exists()


@pytest.mark.slow
def test_that_worker_processes_find_the_same_bytes_as_one_thread(
    passing: Callable[..., SharedPass], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_pass, "UNIT_TARGET_S", 0.9)
    looks = [BrightnessLook(), BrightnessLook(7), BrightnessLook(fails=True)]
    passing("inline").run(looks, _told)
    pool = local_pool(2)
    try:
        spread = passing("spread", pool=pool)
        spread.run(looks, _told)
        with pytest.raises(UnsupportedMedia, match="fails on purpose"):
            spread.looked(looks[2])
    finally:
        pool.close()

    def contents(folder: str) -> dict[str, bytes]:
        root = tmp_path / folder / "looks"
        return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.glob("*/*.npz"))}

    assert contents("spread") == contents("inline")
    assert len(contents("inline")) == 10


@dataclass(frozen=True, slots=True)
class DeviceLook:
    """Notes the device that it is to use."""

    def wanted(self, table: FrameTable) -> Ints:
        """See FrameLook."""
        return table.pts[:1]

    def open(self, media: MediaInfo, model_root: Path, device: str) -> "DeviceLooker":  # noqa: ARG002
        """See FrameLook."""
        return DeviceLooker(device)


class DeviceLooker:
    """Its one row is the device."""

    def __init__(self, device: str) -> None:
        self._device = device

    def see(self, seen: SeenFrame) -> None:
        """See Looker."""

    def rows(self) -> dict[str, Any]:
        """See Looker."""
        return {"device": np.array([self._device])}


@pytest.mark.parametrize(("asked", "used"), [("cpu", "cpu"), ("auto", "auto"), ("cuda:0", "cuda")])
def test_that_looks_use_the_device_that_the_job_asks_for(video: Video, tmp_path: Path, asked: str, used: str) -> None:
    one = SharedPass(
        video,
        models=ModelStore(tmp_path / "models"),
        pool=inline_pool(),
        context=StillContext(),
        work_dir=tmp_path / "work",
        stamp="1",
        device=asked,
    )
    [found] = _found(one, [DeviceLook()])
    assert set(found.arrays["device"].tolist()) == {used}
