"""Real people: no detector finds the faces that are covered, and what is said is heard as before."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from core.anonymise.anonymise import anonymise
from core.anonymise.faces_left import faces_left, in_words
from core.anonymise.types import STYLES, Cover, Disguise, Style
from core.faces.parameters import DEFAULT_DETECTOR
from core.media.decode import decode_range
from core.media.frames import scan_frames
from core.media.pictures import PictureMaker
from core.media.probe import probe
from models.face_models import open_detector
from models.store import ModelStore

YUNET = "yunet-2023mar"
EVERY_FRAMES = 5
LENGTH_S = 9.0


@pytest.fixture(scope="module")
def scene(shared_testdata: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The montage's first seconds: two people, a cut between them."""
    target = tmp_path_factory.mktemp("scene") / "scene.mp4"
    montage = str(shared_testdata / "videos" / "montage_5people_13shots.mp4")
    with av.open(montage) as given, av.open(str(target), "w") as output:
        stream = output.add_stream_from_template(given.streams.video[0])
        for packet in given.demux(video=0):
            if packet.dts is None or packet.pts is None or packet.pts * (packet.time_base or Fraction()) > LENGTH_S:
                continue
            packet.stream = stream
            output.mux(packet)
    return target


@pytest.fixture(scope="module")
def covers(scene: Path, default_models: ModelStore) -> list[Cover]:
    """What a detector finds in every fifth frame, each box by itself."""
    finder, info, table = open_detector(DEFAULT_DETECTOR, store=default_models), probe(scene), scan_frames(scene)
    maker, size = PictureMaker(info), finder.preferred_size(info.width_px, info.height_px)
    found = []
    for number, decoded in enumerate(decode_range(scene, start_pts=int(table.pts[0]))):
        if number % EVERY_FRAMES:
            continue
        t_s = table.seconds(decoded.pts)
        boxes = finder.detect(maker.rgb(decoded.frame, size)).boxes
        found += [Cover(f"{t_s:.2f}", np.array([t_s]), box[None], EVERY_FRAMES / 25) for box in boxes]
    return found


def found_in(path: Path, models: ModelStore, detector: str, *, threshold: float | None = None) -> int:
    left = faces_left(
        path,
        models,
        detector,
        threshold=threshold,
        every_s=0.2,
        check=lambda: None,
        progress=lambda _done, _total: None,
    )
    return len(left)


@pytest.mark.parametrize("style", STYLES)
def test_that_no_detector_finds_a_covered_face(
    scene: Path, covers: list[Cover], default_models: ModelStore, tmp_path: Path, style: Style
) -> None:
    copy = tmp_path / "copy.mp4"
    done = anonymise(scene, copy, covers, Disguise(style=style))
    assert done.covered_frames == done.frames
    assert found_in(scene, default_models, DEFAULT_DETECTOR, threshold=0.8) > 30
    # it guesses where shoulders end, even below a black box, but is not sure of it
    assert found_in(copy, default_models, DEFAULT_DETECTOR, threshold=0.8) == 0
    if default_models.ready(YUNET):
        assert found_in(scene, default_models, YUNET) > 30
        assert found_in(copy, default_models, YUNET) == 0


def test_that_a_face_that_was_left_open_is_found_and_told(
    scene: Path, covers: list[Cover], default_models: ModelStore, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.mp4"
    first = [one for one in covers if one.t_s[0] < 5.0]
    later = [one for one in covers if one.t_s[0] >= 5.0]
    disguise = Disguise(hold_s=0.0)
    anonymise(scene, copy, first, disguise)

    def look(left_open: list[Cover]) -> list[float]:
        found = faces_left(
            copy,
            default_models,
            DEFAULT_DETECTOR,
            covers=first,
            disguise=disguise,
            left_open=left_open,
            threshold=0.8,
            check=lambda: None,
            progress=lambda _done, _total: None,
        )
        return [one.t_s for one in found] + ([-1.0] if bool(found) != bool(in_words(found)) else [])

    assert len(look([])) >= 6
    assert min(look([])) >= 5.0
    assert look(later) == []
