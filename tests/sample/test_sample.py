"""The sample is built on this machine and shows what an analysis finds."""

import errno
import os
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core import sample as sample_module
from core.errors import Canceled, NotFound, StorageFull, StorageUnwritable
from core.jobs.executors import UnitPool
from core.library.library import Library
from core.media.probe import probe
from core.review.read import load_review
from core.sample import SAMPLE_NAME, build_sample
from models.store import ModelStore
from tests.analysis.running import analyse

CUTS_S = (4.0, 6.6, 9.4, 12.0, 15.0, 17.0, 19.8, 22.4, 24.8, 27.8)
COFFEE_S = (15.0, 17.0)
ASTRONAUT_S = ((6.6, 9.4), (22.4, 24.8))
PEOPLE = 7


@pytest.mark.slow
def test_that_the_sample_is_a_short_video_with_sound(sample: Path) -> None:
    info = probe(sample)
    assert sample.name == SAMPLE_NAME
    assert (info.width_px, info.height_px) == (960, 540)
    assert info.duration_s == pytest.approx(31.0, abs=0.1)
    assert len(info.audio) == 1
    assert info.warnings == ()
    assert [path.name for path in sample.parent.iterdir()] == [SAMPLE_NAME]


@pytest.mark.slow
def test_that_its_cuts_and_its_six_and_one_people_are_found(
    sample: Path, library: Library, default_models: ModelStore, pool: UnitPool
) -> None:
    review = load_review(library, analyse(library, default_models, pool, sample))
    assert [shot.start_s for shot in review.shots[1:]] == pytest.approx(CUTS_S, abs=0.081)
    assert len(review.identities) == PEOPLE
    assert all(len(one.track_ids) >= 2 for one in review.identities)
    astronaut = Counter(
        track.identity_id
        for track in review.tracks
        for start_s, end_s in ASTRONAUT_S
        if start_s <= (track.start_s + track.end_s) / 2 < end_s
    )
    [(identity_id, count)] = astronaut.items()
    assert count == len(ASTRONAUT_S)
    person = next(one for one in review.identities if one.identity_id == identity_id)
    assert person.screen_time_s == pytest.approx(sum(end - start for start, end in ASTRONAUT_S), abs=0.4)
    in_the_cup = [track for track in review.tracks if COFFEE_S[0] <= track.start_s < COFFEE_S[1]]
    assert all(track.identity_id is None for track in in_the_cup), "a cup of coffee is nobody"
    seen_together = [set(), *({*one.track_ids} for one in review.identities)]
    assert sum(len(tracks) for tracks in seen_together) == sum(track.identity_id is not None for track in review.tracks)


@pytest.mark.slow
def test_that_a_sample_that_is_there_is_kept(sample: Path) -> None:
    before = sample.stat()
    told: list[int] = []
    assert build_sample(sample.parent, progress=lambda done, _total: told.append(done)) == sample
    assert sample.stat().st_mtime_ns == before.st_mtime_ns
    assert told == []


def test_that_progress_is_told_and_a_cancel_leaves_nothing(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    with pytest.raises(Canceled):
        build_sample(
            tmp_path / "Ünïcödé 你好",
            progress=lambda done, total: told.append((done, total)),
            canceled=lambda: len(told) >= 12,
        )
    assert [done for done, _ in told] == list(range(1, 13))
    assert {total for _, total in told} == {775}
    assert list((tmp_path / "Ünïcödé 你好").iterdir()) == []


def test_that_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = sample_module._pictures

    def full(counts: list[int]) -> Any:
        for number, picture in enumerate(real(counts)):
            if number == 10:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            yield picture

    monkeypatch.setattr(sample_module, "_pictures", full)
    with pytest.raises(StorageFull) as caught:
        build_sample(tmp_path)
    assert SAMPLE_NAME in caught.value.message
    assert caught.value.action
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
def test_that_the_encoder_on_a_full_disk_says_so(tmp_path: Path) -> None:
    (tmp_path / f".{SAMPLE_NAME}.tmp.mp4").symlink_to("/dev/full")
    with pytest.raises(StorageFull):
        build_sample(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_that_a_missing_picture_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sample_module.importlib.util, "find_spec", lambda _package: None)
    with pytest.raises(NotFound, match="insightface") as caught:
        build_sample(tmp_path)
    assert caught.value.action
    assert list(tmp_path.iterdir()) == []


def test_that_a_file_in_the_place_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "here").write_text("", encoding="utf-8")
    with pytest.raises(StorageUnwritable) as caught:
        build_sample(tmp_path / "here")
    assert "here" in caught.value.message


def test_that_neighbouring_pictures_of_a_shot_differ_little() -> None:
    pictures = sample_module._pictures([30, *([1] * 10)])
    first, second = next(pictures), next(pictures)
    assert np.abs(first.astype(int) - second.astype(int)).mean() < 2
