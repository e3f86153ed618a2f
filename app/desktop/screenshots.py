"""Pictures of every page in every state, of the real window with real data:

``python -m app.desktop.screenshots --out docs/images [--video PATH] [--films FOLDER]``.
The default models must be on this machine.
"""

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QWidget

from app.desktop.picture_file import save_small_png
from app.desktop.screenshots_annotate import annotate_empty_state, annotate_states
from app.desktop.screenshots_automation import automation_empty_states, automation_states
from app.desktop.screenshots_people import cast_states, identities_states, new_analysis_states
from app.desktop.screenshots_procedures import procedures_states
from app.desktop.screenshots_render import render_empty_state, render_states
from app.desktop.screenshots_speech import transcript_states
from app.desktop.stage import Stage

SIZES = ((1280, 800), (1920, 1080))
THEMES = ("dark", "light")
ANALYSIS_WAIT_S = 900.0
PAINT_S = 0.15
SETTINGS_SECTIONS = ("models", "devices", "server", "audit", "storage", "appearance", "shortcuts")


class Camera:
    """Takes the same state in every theme and size."""

    def __init__(self, stage: Stage, out: Path, sizes: Sequence[tuple[int, int]], themes: Sequence[str]) -> None:
        self._stage = stage
        self._out = out
        self._sizes = sizes
        self._themes = themes
        self.taken: list[tuple[Path, int]] = []

    def take(self, name: str, over: QWidget | None = None, *, settle_s: float = 0.4) -> None:
        """Save the window as ``name-theme-width.png``; ``over`` is a dialog that lies over its middle."""
        window = self._stage.window
        for theme in self._themes:
            window.set_theme(theme)
            for width, height in self._sizes:
                window.resize(width, height)
                self._stage.settle(settle_s)
                window.grab()  # begins what a busy machine has not painted yet; large pictures take some frames
                self._stage.settle(PAINT_S)
                image = window.grab().toImage()
                if over is not None:
                    _lay_over(image, over)
                target = self._out / f"{name}-{theme}-{width}.png"
                self.taken.append((target, save_small_png(image, target)))
        window.set_theme(self._themes[0])


def _lay_over(image: QImage, dialog: QWidget) -> None:
    """A dialog is a window of its own: paint it over a dimmed picture of the main window."""
    from widgets.theme import current_theme

    painter = QPainter(image)
    painter.fillRect(image.rect(), current_theme().colour("scrim"))
    picture = dialog.grab()
    at = image.rect().center() - picture.rect().center()
    painter.drawPixmap(at, picture)
    painter.end()


def walk(stage: Stage, camera: Camera, video: Path | None, films: Path | None) -> None:
    """Bring the window into every state, one after the other, and take it."""
    _closed_states(stage, camera)
    stage.open_library()
    _empty_states(stage, camera)
    annotate_empty_state(stage, camera)
    render_empty_state(stage, camera)
    automation_empty_states(stage, camera)
    film = _library_states(stage, camera, video)
    _analysis_states(stage, camera, film)
    _review_states(stage, camera, film)
    identities_states(stage, camera, film)
    cast_states(stage, camera, film)
    transcript_states(stage, camera, film, ANALYSIS_WAIT_S)
    new_analysis_states(stage, camera, film, ANALYSIS_WAIT_S)
    procedures_states(stage, camera, ANALYSIS_WAIT_S)
    annotate_states(stage, camera, films, ANALYSIS_WAIT_S)
    render_states(stage, camera, ANALYSIS_WAIT_S)
    automation_states(stage, camera)
    _settings_states(stage, camera)
    _overlay_states(stage, camera)


def _closed_states(stage: Stage, camera: Camera) -> None:
    from core.library.library import Library

    taken = stage.folder / "held library"
    with Library.open(taken, create=True, holder="desktop (pid 4711 on studio)"):
        stage.open_library(taken)
        camera.take("opening-locked")
    in_the_way = stage.folder / "a file, no folder"
    in_the_way.write_text("x", encoding="utf-8")
    stage.open_library(in_the_way)
    camera.take("opening-unwritable")


def _empty_states(stage: Stage, camera: Camera) -> None:
    for page_id in ("library", "jobs", "review", "identities", "cast", "transcript", "procedures"):
        stage.window.go(page_id)
        stage.settle(0.3)
        camera.take(f"{page_id}-empty")


def _library_states(stage: Stage, camera: Camera, video: Path | None) -> str:
    """Add the film and files that are refused; returns the film's id."""
    window, page = stage.window, _page(stage, "library")
    window.go("library")
    film = video or _sample(stage)
    (stage.folder / "empty.mp4").write_bytes(b"")
    (stage.folder / "notes.mp4").write_text("not a video", encoding="utf-8")
    page.add_paths([film])
    stage.wait_until(lambda: bool(page.episodes), "the film in the library")
    stage.settle(1.5)
    camera.take("library-full")
    page.add_paths([stage.folder / "empty.mp4", stage.folder / "notes.mp4"])
    stage.wait_until(lambda: len(window.notices.kept) > 2, "the refused files")
    camera.take("library-refused")
    window.toggle_notices()
    camera.take("notices")
    window.toggle_notices()
    return str(page.episodes[0].ep_id)


def _sample(stage: Stage) -> Path:
    from app.commands.sample import SAMPLE_FOLDER
    from core.sample import build_sample

    return build_sample(stage.library / SAMPLE_FOLDER)


def _analysis_states(stage: Stage, camera: Camera, film: str) -> None:
    window = stage.window
    session = _session(stage)
    window.navigator.analyse((film,))
    stage.wait_until(lambda: session.analysing.dialog is not None, "the analysis dialog")
    camera.take("analysis", session.analysing.dialog)
    session.analysing.dialog.reject()
    window.go("jobs")
    window.navigator.start_analysis((film,), {})
    stage.wait_until(lambda: any(job.done for job in session.jobs.running()), "the analysis to begin")
    camera.take("jobs-busy", settle_s=0.1)
    window.go("library")
    camera.take("library-analysing", settle_s=0.1)
    window.open_episode(film)
    camera.take("review-analysing", settle_s=0.1)
    stage.wait_until(lambda: _ended(session, film), "the analysis to end", ANALYSIS_WAIT_S)
    _lost_film(stage)
    window.go("jobs")
    camera.take("jobs-full")
    _page(stage, "jobs").show_log(session.jobs.jobs[-1].job_id)
    camera.take("jobs-log")
    window.go("library")
    camera.take("library-missing")


def _lost_film(stage: Stage) -> None:
    """A video that is gone: its card, its failed job."""
    from core.sample import build_sample

    session = _session(stage)
    library = session.services.library
    video = build_sample(stage.folder / "unplugged drive")
    copy = video.with_name("Interview, second day.mp4")
    video.rename(copy)
    with copy.open("ab") as file:
        file.write(b"\0" * 64)  # other content than the sample's, so that it is a video of its own
    episode = library.episodes.add(copy)
    copy.unlink()
    library.jobs.submit("analyse", ep_id=episode.ep_id, params={})
    stage.wait_until(lambda: _ended(session, episode.ep_id), "the job of the lost film")


def _review_states(stage: Stage, camera: Camera, film: str) -> None:
    window, page = stage.window, _page(stage, "review")
    window.open_episode(film, 2.0)
    stage.wait_until(page.is_analysed, "the review")
    stage.settle(2.0)
    camera.take("review-full", settle_s=0.8)
    lost = next(one for one in _page(stage, "library").episodes if one.media_missing)
    window.open_episode(lost.ep_id)
    stage.settle(1.0)
    camera.take("review-missing")


def _settings_states(stage: Stage, camera: Camera) -> None:
    for section in SETTINGS_SECTIONS:
        stage.window.go(f"settings/{section}")
        stage.settle(1.0)
        camera.take(f"settings-{section}")


def _overlay_states(stage: Stage, camera: Camera) -> None:
    from widgets.command_palette import CommandPalette
    from widgets.shortcut_sheet import ShortcutSheet

    window = stage.window
    window.go("library")
    for name, show, kind in (
        ("palette", window.open_palette, CommandPalette),
        ("shortcuts", window.open_shortcuts, ShortcutSheet),
    ):
        show()
        dialog = window.findChild(kind)
        camera.take(name, dialog)
        if dialog is not None:
            dialog.close()


def _session(stage: Stage) -> Any:
    return stage.window.session


def _page(stage: Stage, page_id: str) -> Any:
    return _session(stage).pages[page_id]


def _ended(session: Any, ep_id: str) -> bool:
    mine = [job for job in session.jobs.jobs if job.ep_id == ep_id]
    return bool(mine) and all(job.state.ended for job in mine)


def _summary(taken: Iterable[tuple[Path, int]]) -> str:
    sizes = [size for _, size in taken]
    return f"{len(sizes)} pictures, {sum(sizes) / 1e6:.1f} MB"


def main(arguments: Sequence[str] | None = None) -> int:
    """Take all pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("docs") / "images")
    parser.add_argument("--video", type=Path, help="a video with people, instead of the sample")
    parser.add_argument("--films", type=Path, help="a folder with films for the Annotate page, instead of made ones")
    parser.add_argument("--themes", nargs="+", default=list(THEMES), choices=THEMES)
    parser.add_argument("--widths", nargs="+", type=int, default=[width for width, _ in SIZES])
    options = parser.parse_args(arguments)
    sizes = [size for size in SIZES if size[0] in options.widths]
    with Stage() as stage:
        stage.window.resize(QSize(*sizes[0]))
        stage.window.show()
        camera = Camera(stage, options.out, sizes, options.themes)
        walk(stage, camera, options.video, options.films)
    sys.stdout.write(_summary(camera.taken) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
