"""The pictures of the Procedures page: nothing yet, measuring, a scored attempt in every tab, what is missing."""

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.desktop.screenshots import Camera
    from app.desktop.stage import Stage

READ_S = 1.5
LEFT_OUT = (0.35, 0.5)
"""The attempt is the gold recording without this share of it."""
LANES = ("map", "steps", "search")
SIDES = ("findings", "history", "training")


def procedures_states(stage: "Stage", camera: "Camera", wait_s: float) -> None:
    """From a gold recording and an attempt to a score with findings."""
    from core.errors import StorageUnwritable
    from core.procedures.types import Role

    window, page = stage.window, _page(stage)
    gold = _gold(stage)
    attempt = attempt_of(gold, stage.folder / "Attempt of Anna.mp4")
    window.go("procedures")
    library = window.session.services.library if window.session is not None else None
    assert library is not None
    library.procedures.ensure_task("posing", actor="desktop")
    library.procedures.set_task("posing", title="Take a group picture", actor="desktop")
    stage.wait_until(lambda: page.view is not None and page.view.book is not None, "the task")
    camera.take("procedures-gold-wanted")
    page.commands.adding.add("posing", Role.GOLD, [gold])
    page.commands.adding.add("posing", Role.TRAINEE, [attempt])
    stage.wait_until(lambda: bool(page.work.measuring), "the measuring to begin", wait_s)
    camera.take("procedures-busy", settle_s=0.1)
    stage.wait_until(lambda: page.pair.measured and not page.work.measuring, "both to be measured", wait_s)
    camera.take("procedures-measured")
    page.commands.score()
    stage.wait_until(lambda: page.pair.score is not None, "the score", wait_s)
    stage.settle(READ_S)
    _show_score(stage, camera, page)
    page._reader.failed.emit(  # noqa: SLF001 - the one way to see it without a broken disk
        StorageUnwritable("The library cannot be read.", action="Check that its disk is there, then try again.")
    )
    camera.take("procedures-error")
    page.reload()
    stage.settle(READ_S)
    _show_missing(stage, camera, page, attempt)


def attempt_of(gold: Path, target: Path) -> Path:
    """The film without a piece in its middle."""
    import av

    with av.open(str(gold)) as source, av.open(str(target), "w") as container:
        film = source.streams.video[0]
        length_s = float((source.duration or 0) / av.time_base)
        made = container.add_stream("libx264", rate=25, options={"preset": "ultrafast", "crf": "24"})
        made.width, made.height, made.pix_fmt = film.width, film.height, "yuv420p"
        made.time_base = made.codec_context.time_base = Fraction(1, 1000)
        shift_s = 0.0
        for frame in source.decode(film):
            t_s = frame.time or 0.0
            if LEFT_OUT[0] * length_s <= t_s < LEFT_OUT[1] * length_s:
                shift_s = (LEFT_OUT[1] - LEFT_OUT[0]) * length_s
                continue
            picture = frame.reformat(format="yuv420p")
            picture.pts, picture.time_base = round((t_s - shift_s) * 1000), Fraction(1, 1000)
            picture.pict_type = av.video.frame.PictureType.NONE
            container.mux(made.encode(picture))
        container.mux(made.encode(None))
    return target


def _show_score(stage: "Stage", camera: "Camera", page: Any) -> None:
    window = stage.window
    window.actions_table.run("procedures.next_finding")
    stage.settle(READ_S)
    camera.take("procedures-full", settle_s=0.8)
    for name in LANES:
        page.show_section(name)
        if name == "steps":
            page.body.steps.select(1)
        if name == "search":
            page.find_similar()
        stage.settle(READ_S)
        camera.take(f"procedures-{name}", settle_s=0.8)
    page.show_section("alignment")
    for name in SIDES:
        page.show_section(name)
        stage.settle(READ_S)
        camera.take(f"procedures-{name}", settle_s=0.8)
    page.show_section("score")
    page.commands.edit_settings()
    stage.settle(READ_S)
    camera.take("procedures-settings", page.commands.dialog)
    page.commands.close()


def _show_missing(stage: "Stage", camera: "Camera", page: Any, attempt: Path) -> None:
    """The attempt's file lies on a drive that is not there."""
    away = attempt.with_name("away.mp4")
    attempt.rename(away)
    page.reload()
    stage.settle(READ_S)
    camera.take("procedures-missing")
    away.rename(attempt)
    page.reload()
    stage.settle(READ_S)


def _gold(stage: "Stage") -> Path:
    from app.commands.sample import SAMPLE_FOLDER
    from core.sample import build_sample

    return build_sample(stage.library / SAMPLE_FOLDER)


def _page(stage: "Stage") -> Any:
    return stage.window.session.pages["procedures"] if stage.window.session is not None else None
