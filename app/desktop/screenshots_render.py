"""The pictures of the Render page: nothing yet, a cut in hand, looks, options, at work, done, a file gone, dialogs."""

import importlib.util
import math
import shutil
import wave
from array import array
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.render.types import Captions

if TYPE_CHECKING:
    from app.desktop.screenshots import Camera
    from app.desktop.stage import Stage

SETTLE_S = 1.2
RATE_HZ = 48_000
STILLS = ("coffee.png", "chelsea.png", "astronaut.png")
"""Pictures that scikit-image ships."""
TEXTS = Captions(
    "Coffee that waits for you",
    ("Roasted on Monday, at your door on Wednesday", "Three beans. No bitterness."),
    "Order your first bag today",
)
SHOWN_FRAME, BUSY_PCT = 45, 30.0
LOOK = "overlay_classic"


def render_empty_state(stage: "Stage", camera: "Camera") -> None:
    """The first use."""
    page = _open(stage)
    stage.wait_until(lambda: page.preset is not None, "the presets")
    stage.settle(SETTLE_S)
    camera.take("render-empty")


def render_states(stage: "Stage", camera: "Camera", wait_s: float) -> None:
    """From dropped files to a finished cut and one that cannot be drawn."""
    page = _open(stage)
    stills = _fill(stage, page)
    camera.take("render-full", settle_s=0.8)
    page.show_section("look")
    stage.settle(SETTLE_S)
    camera.take("render-looks", settle_s=0.8)
    page.show_section("options")
    camera.take("render-options")
    page.show_section("materials")
    _show_run(stage, camera, page, wait_s)
    _show_dialogs(stage, camera, page)
    stills[1].unlink()
    page.show_section("captions")
    page.show_section("preview")
    page.body.looks.duration.setValue(12)
    stage.wait_until(lambda: bool(page.binding.problems) and page.preview.error is not None, "the file that is gone")
    stage.settle(SETTLE_S)
    camera.take("render-error")
    page.desk.undo()
    page.binding.leave_out_missing()


def _fill(stage: "Stage", page: Any) -> list[Path]:
    stills = [_shipped(name, stage.folder) for name in STILLS]
    page.take_files(stills)
    page.commands.take_sound("music", _sound(stage.folder / "Summer loop.wav", 8.0, (220.0, 277.2, 329.6)))
    page.commands.take_sound("voice", _sound(stage.folder / "Anna, take 2.wav", 5.0, (180.0,)))
    stage.wait_until(lambda: len(page.desk.draft.stills) == len(stills), "the stills")
    stage.wait_until(lambda: bool(page.desk.draft.music and page.desk.draft.voice), "the sounds")
    page.desk.apply("captions", replace(page.desk.draft, captions=TEXTS, preset_id=LOOK))
    stage.wait_until(lambda: page.preview.is_current and page.preview.plan is not None, "the preview")
    page.preview.clock.go(SHOWN_FRAME)
    stage.wait_until(lambda: page.preview.drawn.frame == SHOWN_FRAME, "the moment to be shown")
    stage.settle(SETTLE_S)
    return stills


def _show_run(stage: "Stage", camera: "Camera", page: Any, wait_s: float) -> None:
    page.commands.render()
    stage.wait_until(lambda: _progress(page) >= BUSY_PCT, "the render to begin", wait_s)
    camera.take("render-busy", settle_s=0.1)
    stage.wait_until(lambda: page.result is not None, "the cut", wait_s)
    page.body.preview.player.seek(SHOWN_FRAME / 30)
    page.show_section("renders")
    stage.settle(SETTLE_S)
    camera.take("render-result", settle_s=0.6)


def _progress(page: Any) -> float:
    return max((one.progress_pct for one in page.shelf.renders), default=0.0)


def _show_dialogs(stage: "Stage", camera: "Camera", page: Any) -> None:
    page.from_episode.ask()
    asking = page.commands.asking
    stage.wait_until(lambda: asking.dialog is not None and asking.dialog.episode is not None, "the episodes")
    stage.settle(SETTLE_S)
    camera.take("render-episode", asking.dialog)
    asking.dialog.reject()
    page.commands.ask_remote()
    stage.wait_until(lambda: asking.dialog is not None, "the remote engine")
    camera.take("render-remote", asking.dialog)
    asking.dialog.reject()


def _shipped(name: str, folder: Path) -> Path:
    """A copy, so that the shown path says nothing of this machine."""
    spec = importlib.util.find_spec("skimage")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("scikit-image is not installed: install the development requirements")
    return Path(shutil.copyfile(Path(spec.origin).parent / "data" / name, folder / name))


def _sound(path: Path, seconds: float, hertz: tuple[float, ...]) -> Path:
    """Tones that swell and fade, as speech and music do."""

    def sample(number: int) -> int:
        t_s = number / RATE_HZ
        swell = abs(math.sin(1.9 * t_s)) * (0.55 + 0.45 * math.sin(7.3 * t_s))
        return round(9_000 * swell * sum(math.sin(2 * math.pi * one * t_s) for one in hertz) / len(hertz))

    samples = array("h", (sample(number) for number in range(round(seconds * RATE_HZ))))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(samples.tobytes())
    return path


def _open(stage: "Stage") -> Any:
    stage.window.go("render")
    return stage.window.session.pages["render"] if stage.window.session is not None else None
