"""Fingerprints and strips of thumbnails."""

import errno
from pathlib import Path

import numpy as np
import pytest
import simplejpeg

from core.errors import MediaMissing, NotFound, StorageFull, StorageUnwritable, UnsupportedMedia
from core.media.fingerprint import fingerprint
from core.media.thumbnails import INDEX_NAME, PACK_NAME, ThumbStrip, ThumbWriter
from tests.media.clips import numbered_picture


def test_that_a_copy_has_the_same_fingerprint_and_another_content_has_not(tmp_path: Path) -> None:
    content = np.random.default_rng(1).integers(0, 256, 7 << 20, np.uint8)
    for name in ("one", "copy"):
        (tmp_path / name).write_bytes(content.tobytes())
    seen = {fingerprint(tmp_path / "one")}
    assert fingerprint(tmp_path / "copy") in seen
    for place in (0, len(content) // 2, len(content) - 1):
        changed = content.copy()
        changed[place] ^= 1
        (tmp_path / "other").write_bytes(changed.tobytes())
        seen.add(fingerprint(tmp_path / "other"))
    (tmp_path / "other").write_bytes(content.tobytes()[:-1])
    seen.add(fingerprint(tmp_path / "other"))
    assert len(seen) == 5


def test_that_a_fingerprint_of_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MediaMissing):
        fingerprint(tmp_path / "gone")
    (tmp_path / "empty").touch()
    with pytest.raises(UnsupportedMedia, match="empty"):
        fingerprint(tmp_path / "empty")


def test_that_a_strip_gives_back_its_thumbnails(tmp_path: Path) -> None:
    with ThumbWriter(tmp_path) as writer:
        for number in range(5):
            writer.add_picture(number * 2.0, numbered_picture(number, (80, 48)))
    strip = ThumbStrip(tmp_path)
    assert strip.times_s.tolist() == [0, 2, 4, 6, 8]
    assert simplejpeg.decode_jpeg(strip.jpeg(3)).shape == (48, 80, 3)
    assert [strip.index_at(t_s) for t_s in (-1, 0, 0.9, 1.1, 7.4, 90)] == [0, 0, 0, 1, 4, 4]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([INDEX_NAME, PACK_NAME])


def test_that_an_empty_strip_is_one(tmp_path: Path) -> None:
    with ThumbWriter(tmp_path):
        pass
    strip = ThumbStrip(tmp_path)
    assert (len(strip), strip.index_at(1.0)) == (0, -1)


def test_that_a_strip_that_was_broken_off_leaves_the_old_one(tmp_path: Path) -> None:
    with ThumbWriter(tmp_path) as writer:
        writer.add(0.0, b"old")
    with pytest.raises(ValueError, match="after"):
        _write_out_of_order(tmp_path)
    assert ThumbStrip(tmp_path).jpeg(0) == b"old"
    assert len(list(tmp_path.iterdir())) == 2


def test_that_thumbnails_come_in_order(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="after"):
        _write_out_of_order(tmp_path)
    assert list(tmp_path.iterdir()) == []


def _write_out_of_order(folder: Path) -> None:
    with ThumbWriter(folder) as writer:
        writer.add(2.0, b"x")
        writer.add(1.0, b"x")


def test_that_a_missing_or_damaged_strip_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no thumbnails"):
        ThumbStrip(tmp_path)
    with ThumbWriter(tmp_path) as writer:
        writer.add(0.0, b"0123456789")
    (tmp_path / PACK_NAME).write_bytes(b"0123")
    with pytest.raises(NotFound, match="damaged"):
        ThumbStrip(tmp_path)


def test_that_a_full_disk_and_a_missing_folder_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(StorageUnwritable, match="nowhere"):
        ThumbWriter(tmp_path / "nowhere")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(StorageFull, match="No space"), ThumbWriter(tmp_path) as writer:
        writer.add(0.0, b"x")
    assert list(tmp_path.iterdir()) == []
