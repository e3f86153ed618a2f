"""Stills: the right moment, masked as the video says now, kept, and never shown unmasked."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import simplejpeg

from core.errors import MediaMissing, ModelMissing, NotFound
from core.library.library import Library
from core.procedures import face_masks
from core.procedures import stills as stills_module
from core.procedures.stills import Stills
from core.procedures.types import Masks, ProcedureVideo
from models.store import ModelStore
from tests.made_video import Segment, write_video


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library") as opened:
        yield opened


@pytest.fixture
def video(library: Library, tmp_path: Path) -> ProcedureVideo:
    segments = [Segment(seconds=1, colour=colour) for colour in ((220, 30, 30), (30, 200, 30), (30, 30, 220))]
    path = write_video(tmp_path / "film.mp4", segments=segments, fps=10, size=(320, 180), start_s=1.5)
    return library.procedures.add_video("t", "gold", path, actor="test")


def kept(library: Library, video: ProcedureVideo) -> list[Path]:
    return sorted((library.path / "procedures" / str(video.video_id) / "stills").glob("*"))


def test_that_the_picture_on_the_screen_is_given_at_the_size_asked_for(library: Library, video: ProcedureVideo) -> None:
    stills = Stills(library)
    for t_s, channel in ((0.95, 0), (1.05, 1), (99.0, 2), (-1.0, 0)):
        picture = stills.rgb(video, t_s, (160, 160))
        assert picture.shape == (90, 160, 3)
        assert int(picture.mean(axis=(0, 1)).argmax()) == channel
    assert stills.rgb(video, 0.0).shape == (180, 320, 3)


def test_that_a_jpeg_is_made_once_and_kept(library: Library, video: ProcedureVideo) -> None:
    stills = Stills(library)
    jpeg = stills.jpeg(video, 1.5, 100)
    assert simplejpeg.decode_jpeg(jpeg).shape == (56, 100, 3)
    (file,) = kept(library, video)
    file.write_bytes(b"kept")
    assert stills.jpeg(video, 1.5, 100) == b"kept"
    assert stills.jpeg(video, 1.5, 200) != b"kept"
    assert len(kept(library, video)) == 2


def test_that_what_is_masked_is_hidden_in_every_picture_from_then_on(library: Library, video: ProcedureVideo) -> None:
    stills = Stills(library)
    before = simplejpeg.decode_jpeg(stills.jpeg(video, 0.5, 320))
    masks = Masks(regions=((0.0, 0.0, 0.5, 1.0),), mode="black")
    library.procedures.set_masks(video.video_id, masks, "test")
    stale = video  # as a page may still hold it
    for picture in (stills.rgb(stale, 0.5), simplejpeg.decode_jpeg(stills.jpeg(stale, 0.5, 320))):
        assert picture[:, :150].max() < 12
        assert picture[:, 170:, 0].min() > 150
    assert before[:, :150, 0].min() > 150
    assert len(kept(library, video)) == 1, "those made before are gone"


def test_that_faces_are_hidden_and_without_the_detector_nothing_is_shown(
    library: Library, default_models: ModelStore, tmp_path: Path
) -> None:
    picture = np.ascontiguousarray(pytest.importorskip("skimage.data").astronaut())
    path = write_video(tmp_path / "face.mp4", segments=[Segment(seconds=1, picture=picture)], size=(256, 256), fps=8)
    masks = Masks(faces=True, mode="black")
    video = library.procedures.add_video("t", "trainee", path, masks=masks, actor="test")
    shown = Stills(library, default_models).rgb(video, 0.5, (256, 256))
    assert shown.shape == (256, 256, 3)
    assert not shown[40:70, 95:125].any(), "the face"
    assert shown[200:, :].mean() > 60
    face_masks.open_detector_once.cache_clear()
    with pytest.raises(ModelMissing):
        Stills(library, ModelStore(tmp_path / "none")).rgb(video, 0.5)
    with pytest.raises(ModelMissing):
        Stills(library, ModelStore(tmp_path / "none")).jpeg(video, 0.5, 100)
    assert kept(library, video) == []


def test_that_a_video_that_is_gone_gives_no_picture(library: Library, video: ProcedureVideo) -> None:
    stills = Stills(library)
    video.media_path.unlink()
    with pytest.raises(MediaMissing, match=r"film\.mp4"):
        stills.rgb(video, 0.5)
    library.procedures.delete_video(video.video_id, "test")
    with pytest.raises(NotFound):
        stills.jpeg(video, 0.5, 100)


def test_that_only_so_many_pictures_are_kept(
    library: Library, video: ProcedureVideo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stills_module, "MOST_KEPT", 4)
    stills = Stills(library)
    for index in range(6):
        stills.jpeg(video, index / 10, 64)
        assert 1 <= len(kept(library, video)) <= 4
