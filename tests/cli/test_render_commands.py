"""Vertical cuts on the command line: a real cut is rendered, and what is wrong is named before anything is."""

import json
import shutil
import wave
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.library.library import Library
from core.render.output_check import read_facts
from core.render.presets import BUILT_IN
from core.render.types import Captions, RenderRequest
from tests.cli.conftest import Rushes


@pytest.fixture
def still(tmp_path: Path) -> Path:
    """A picture of a coloured field with a disc."""
    folder = tmp_path / "Ünï 你好"
    folder.mkdir()
    rows, columns = np.mgrid[:480, :640]
    picture = np.full((480, 640, 3), (40, 90, 160), np.uint8)
    picture[(rows - 240) ** 2 + (columns - 320) ** 2 < 120**2] = (230, 180, 60)
    Image.fromarray(picture).save(folder / "still one.png")
    return folder / "still one.png"


@pytest.fixture
def tone(tmp_path: Path) -> Path:
    """Half a second of a tone."""
    samples = (np.sin(np.arange(24_000) * 0.05) * 12_000).astype("<i2")
    with wave.open(str(tmp_path / "tone.wav"), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(48_000)
        sound.writeframes(samples.tobytes())
    return tmp_path / "tone.wav"


def test_that_a_cut_with_its_thumbnail_and_metadata_is_written_where_it_was_wanted(
    rushes: Callable, still: Path, tone: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out" / "promo.mp4"
    answer = rushes(
        "render", "--preset", "overlay_classic", "--image", still, "--music", tone, "--duration", "1",
        "--hook", "50% off: it's C:\\new", "--cta", "今すぐ", "-o", out,
        "--thumbnail", tmp_path / "t.jpg", "--metadata", tmp_path / "m.json", "--json",
    )  # fmt: skip
    assert answer.code == 0, answer.err
    assert answer.data["output"] == str(out)
    assert answer.data["fallback_used"] is False
    facts = read_facts(out)
    assert (facts.width_px, facts.height_px, facts.fps, facts.frame_count) == (1080, 1920, Fraction(30), 30)
    assert (facts.video_codec, facts.pixel_format, facts.audio_codec) == ("h264", "yuv420p", "aac")
    with Image.open(tmp_path / "t.jpg") as thumbnail:
        assert thumbnail.size[0] * 16 == thumbnail.size[1] * 9
    metadata = json.loads((tmp_path / "m.json").read_text(encoding="utf-8"))
    assert metadata["preset_id"] == "overlay_classic"
    assert [one["engine"] for one in metadata["segments"]] == ["local_ffmpeg"]
    assert [path.name for path in out.parent.iterdir()] == ["promo.mp4"], "nothing else was left there"


def test_that_the_render_that_a_killed_command_left_goes_on(rushes: Rushes, still: Path, tmp_path: Path) -> None:
    request = RenderRequest("meme_fast", target_duration_s=1, images=(str(still),), captions=Captions("Two words"))
    with Library.open(rushes.library) as library:
        left = library.renders.request(request, requested_by="command line").job_id
    copy = Path(shutil.copy(still, tmp_path / "copy.png"))
    answer = rushes(
        "render", "--preset", "meme_fast", "--image", copy, "--duration", "1", "--hook", "Two words",
        "-o", tmp_path / "cut.mp4", "--json",
    )  # fmt: skip
    assert answer.code == 0, answer.err
    assert answer.data["job_id"] == left
    assert read_facts(tmp_path / "cut.mp4").frame_count == 30


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--preset", "nope"), ("nope", "overlay_classic")),
        (("--preset", "meme_fast", "--duration", "0"), ("1", "60")),
        (("--preset", "meme_fast", "--duration", "61"), ("1", "60")),
        (("--preset", "meme_fast", "--image", "gone.png"), ("gone.png",)),
        (("--preset", "meme_fast", "--music", "gone.mp3"), ("gone.mp3",)),
        (("--preset", "meme_fast", "--episode", "ep-none"), ("ep-none",)),
    ],
)
def test_that_bad_input_is_named_and_nothing_is_written(
    rushes: Rushes, tmp_path: Path, arguments: tuple[str, ...], words: tuple[str, ...]
) -> None:
    out = tmp_path / "cut.mp4"
    answer = rushes("render", *arguments, "-o", out, "--json")
    assert answer.code == 3, answer.err
    error = answer.data["error"]
    assert all(word in f"{error['message']} {error['action']}" for word in words), error
    assert not out.exists()


def test_that_a_cut_is_not_written_under_another_kind_of_name(rushes: Rushes, tmp_path: Path) -> None:
    answer = rushes("render", "--preset", "meme_fast", "-o", tmp_path / "cut.webm", "--json")
    assert answer.code == 3
    assert "cut.webm" in answer.data["error"]["message"]
    assert not rushes.library.exists()


def test_that_presets_are_listed_and_a_printed_one_is_the_start_of_an_own_one(rushes: Rushes) -> None:
    assert [one["id"] for one in rushes("presets", "--json").data["presets"]] == list(BUILT_IN)
    text = rushes("presets", "overlay_glow").out
    own = rushes.library / "presets"
    own.mkdir(parents=True)
    (own / "mine.toml").write_text(text.replace('"overlay_glow"', '"mine"'), encoding="utf-8")
    (own / "bad.toml").write_text("id = 1", encoding="utf-8")
    data = rushes("presets", "--json").data
    assert [one["id"] for one in data["presets"] if one["own"]] == ["mine"]
    assert [Path(one["path"]).name for one in data["broken"]] == ["bad.toml"]
    assert rushes("presets", "none", "--json").code == 3
