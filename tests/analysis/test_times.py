"""Times in the export are the times at which pictures are shown, whatever the file does with its time stamps."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import orjson
import pytest

from core.export import write_export
from core.jobs.executors import UnitPool
from core.library.library import Library
from models.store import ModelStore
from tests.analysis.films import FPS, SIZE, WOMAN, faces_film, segments
from tests.analysis.running import analyse, rows
from tests.made_video import Segment, write_video

BEFORE, SHOWN, AFTER = 30, 40, 25  # frames; the face is shown in the middle ones
PLAN = ((None, BEFORE / FPS), (WOMAN, SHOWN / FPS), (None, AFTER / FPS))


def shown_s(path: Path) -> list[float]:
    """When each frame is shown, from the packets: seconds from the container's start."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        base, start = stream.time_base, Fraction(container.start_time or 0, 1_000_000)
        assert base is not None
        pts = sorted(packet.pts for packet in container.demux(stream) if packet.size and packet.pts is not None)
    return [float(one * base - start) for one in pts]


def exported(library: Library, models: ModelStore, pool: UnitPool, video: Path) -> Any:
    ep_id = analyse(library, models, pool, video)
    target = library.path.parent / "export.json"
    write_export(library, ep_id, "json", target)
    return orjson.loads(target.read_bytes())


def assert_shown_when_it_is(document: Any, times_s: Sequence[float]) -> None:
    """The one face is there from the first to the last of its pictures, and every box is at a picture's time."""
    [track] = document["tracks"]
    assert track["start_s"] == pytest.approx(times_s[BEFORE], abs=1e-3)
    assert track["end_s"] == pytest.approx(times_s[BEFORE + SHOWN], abs=1e-3)
    [identity] = document["identities"]
    assert identity["screen_time_s"] == pytest.approx(times_s[BEFORE + SHOWN] - times_s[BEFORE], abs=1e-3)
    shown = np.array(times_s)
    for box in track["boxes"]:
        assert np.abs(shown - box["t_s"]).min() < 1e-3, box
        assert shown[box["frame"]] == pytest.approx(box["t_s"], abs=1e-3)
    assert [shot["start_s"] for shot in document["shots"]] == pytest.approx(
        [times_s[0], times_s[BEFORE], times_s[BEFORE + SHOWN]], abs=1e-3
    )


def test_that_a_variable_rate_is_followed(
    library: Library, default_models: ModelStore, inline: UnitPool, tmp_path: Path
) -> None:
    steps = np.where(np.arange(BEFORE + SHOWN + AFTER) % 3 == 0, 0.09, 0.03)
    times_s = np.concatenate([[0.0], np.cumsum(steps)[:-1]])
    video = faces_film(tmp_path / "vfr.mp4", plan=PLAN, times_s=times_s.tolist())
    truth = shown_s(video)
    assert truth == pytest.approx(times_s.tolist(), abs=1e-4)
    assert_shown_when_it_is(exported(library, default_models, inline, video), truth)


@pytest.mark.parametrize("name", ["late.ts", "late.mkv"])
def test_that_second_zero_is_the_containers_start(
    name: str, library: Library, default_models: ModelStore, inline: UnitPool, tmp_path: Path
) -> None:
    video = faces_film(tmp_path / name, plan=PLAN, start_s=5.0, tone=False)
    truth = shown_s(video)
    assert truth[BEFORE] == pytest.approx(BEFORE / FPS, abs=2e-3)
    assert_shown_when_it_is(exported(library, default_models, inline, video), truth)


def test_that_reordered_frames_are_told_by_when_they_are_shown(
    library: Library, default_models: ModelStore, inline: UnitPool, tmp_path: Path
) -> None:
    video = tmp_path / "reordered.mp4"
    with av.open(str(video), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"bf": "3", "g": "48", "preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        number = 0
        for segment in segments(PLAN):
            count = segment.frame_count(FPS)
            for index in range(count):
                frame = av.VideoFrame.from_ndarray(segment.draw(index, count, SIZE), format="rgb24")
                frame.pts, frame.time_base = number, Fraction(1, 25)
                container.mux(stream.encode(frame))
                number += 1
        container.mux(stream.encode(None))
    with av.open(str(video)) as container:
        in_file = [packet.pts for packet in container.demux(container.streams.video[0]) if packet.size]
    assert in_file != sorted(in_file)
    assert_shown_when_it_is(exported(library, default_models, inline, video), shown_s(video))


@pytest.mark.parametrize("rotation_deg", [90, 180, 270])
def test_that_boxes_are_those_of_the_upright_picture(
    rotation_deg: int, library: Library, default_models: ModelStore, inline: UnitPool, tmp_path: Path
) -> None:
    portrait = rotation_deg % 180 != 0
    upright_size = (360, 480) if portrait else (480, 360)
    upright = WOMAN.rgb((480, 270))[:, 60:420] if portrait else WOMAN.rgb((480, 360))
    if portrait:
        upright = np.vstack([upright, np.full((210, 360, 3), 90, np.uint8)])
    turned = np.ascontiguousarray(np.rot90(upright, rotation_deg // 90))
    size = (480, 360)
    video = write_video(
        tmp_path / "turned.mp4",
        segments=[Segment(seconds=0.4, picture=turned)],
        size=size,
        rotation_deg=rotation_deg,
    )
    plain = write_video(tmp_path / "plain.mp4", segments=[Segment(seconds=0.4, picture=upright)], size=upright_size)
    folder = library.episodes.get(analyse(library, default_models, inline, video)).folder
    wanted = library.episodes.get(analyse(library, default_models, inline, plain)).folder
    [found, *_], [true, *_] = rows(folder / "detections.jsonl"), rows(wanted / "detections.jsonl")
    assert found["bbox"] == pytest.approx(true["bbox"], abs=0.02)
    eyes_y, mouth_y = (found["landmarks"][0][1] + found["landmarks"][1][1]) / 2, found["landmarks"][3][1]
    assert found["bbox"][1] < eyes_y < mouth_y < found["bbox"][3]
    episode = library.episodes.get("turned")
    assert (episode.info.width_px, episode.info.height_px) == upright_size
