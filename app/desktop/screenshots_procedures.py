"""The pictures of the Procedures page: nothing yet, measuring, a scored attempt in every tab, what is missing."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.desktop.screenshots import Camera
    from app.desktop.stage import Stage

READ_S = 1.0
TASK, TITLE = "pump", "Put the pump together"
LANES = ("map", "steps", "search")
SIDES = ("findings", "history", "training")


def procedures_states(stage: "Stage", camera: "Camera", wait_s: float) -> None:
    """From a gold recording and an attempt to a score with findings. TimeoutError names what did not come, RuntimeError
    the job that failed.
    """
    from app.desktop.screenshots_film import attempt_film, gold_film
    from core.procedures.types import Role

    window, page = stage.window, _page(stage)
    gold = gold_film(stage.folder / "How it is done.mp4")
    attempt = attempt_film(stage.folder / "Anna, first attempt.mp4")
    window.go("procedures")
    library = _library(stage)
    library.procedures.ensure_task(TASK, actor="desktop")
    library.procedures.set_task(TASK, title=TITLE, actor="desktop")
    stage.wait_until(lambda: page.view is not None and page.view.book is not None, "the task")
    camera.take("procedures-gold-wanted")
    page.commands.adding.add(TASK, Role.GOLD, [gold])
    stage.wait_until(lambda: page.pair.gold is not None, "the gold recording")
    camera.take("procedures-attempt-wanted", settle_s=0.1)
    page.commands.adding.add(TASK, Role.TRAINEE, [attempt])
    stage.wait_until(lambda: page.pair.trainee is not None and bool(page.work.measuring), "the measuring", wait_s)
    camera.take("procedures-busy", settle_s=0.1)
    _wait(stage, page, lambda: page.pair.measured and not page.work.measuring, "both to be measured", wait_s)
    _name_steps(stage, page)
    camera.take("procedures-measured")
    page.commands.score()
    _wait(stage, page, lambda: page.pair.score is not None, "the score", wait_s)
    stage.settle(READ_S)
    _show_score(stage, camera, page)
    _show_dialogs(stage, camera, page)
    _show_stale(stage, camera, page, wait_s)
    _show_error(stage, camera, page)
    _show_missing(stage, camera, page, attempt)


def _wait(stage: "Stage", page: Any, met: Any, what: str, wait_s: float) -> None:
    """A job that failed ends the run at once, with its reason."""

    def met_or_failed() -> bool:
        failed = [*page.work.not_measured.values(), *page.work.not_scored.values()]
        if failed:
            raise RuntimeError(f"{what}: the job {failed[0].job_id} failed: {failed[0].error}")
        return bool(met())

    stage.wait_until(met_or_failed, what, wait_s)


def _name_steps(stage: "Stage", page: Any) -> None:
    """What a trainer does with the proposed steps: name them, and say which one is critical."""
    from app.desktop.screenshots_film import CRITICAL, gold_steps
    from core.procedures.types import Step

    steps = [Step(start_s, end_s, name, critical=name == CRITICAL) for start_s, end_s, name in gold_steps()]
    procedures = _library(stage).procedures
    procedures.set_steps(page.pair.gold.video_id, steps, name="names", actor="desktop")
    stage.wait_until(lambda: page.pair.steps is not None and page.pair.steps.name == "names", "the names of the steps")


def _show_score(stage: "Stage", camera: "Camera", page: Any) -> None:
    stage.window.actions_table.run("procedures.next_finding")
    stage.settle(READ_S)
    camera.take("procedures-full", settle_s=0.6)
    for name in LANES:
        page.show_section(name)
        if name == "steps":
            page.body.steps.select(1)
        if name == "search":
            page.find_similar()
            stage.wait_until(lambda: page.body.search.found is not None, "what looks alike")
        stage.settle(READ_S)
        camera.take(f"procedures-{name}", settle_s=0.6)
    page.show_section("alignment")
    for name in SIDES:
        page.show_section(name)
        stage.settle(READ_S)
        camera.take(f"procedures-{name}", settle_s=0.6)
    page.show_section("score")


def _show_dialogs(stage: "Stage", camera: "Camera", page: Any) -> None:
    """The task's settings, and what is hidden of a recording."""
    from core.procedures.types import Masks

    page.commands.edit_settings()
    stage.settle(READ_S)
    camera.take("procedures-settings", page.commands.dialog)
    page.commands.close()
    page.commands.edit_masks(page.pair.trainee)
    form = page.commands.dialog.form
    form.editor.set_regions(((0.02, 0.04, 0.22, 0.62),))
    stage.settle(READ_S)
    camera.take("procedures-masks", page.commands.dialog)
    page.commands.close()
    procedures, trainee = _library(stage).procedures, page.pair.trainee
    procedures.set_masks(trainee.video_id, Masks(((0.02, 0.04, 0.22, 0.62),)), "desktop")
    stage.wait_until(lambda: page.pair.trainee.masks.hides, "the masks")
    camera.take("procedures-masked", settle_s=0.6)
    procedures.set_masks(trainee.video_id, Masks(), "desktop")
    stage.wait_until(lambda: not page.pair.trainee.masks.hides, "no masks")


def _show_stale(stage: "Stage", camera: "Camera", page: Any, wait_s: float) -> None:
    """Other settings: the score stays and is marked; then it is made again."""
    from dataclasses import replace

    task = page.view.book.task
    page.commands.doing.set_settings(task.task_id, replace(task.settings, pass_mark=80.0))
    stage.wait_until(lambda: bool(page.pair.stale), "the score to be out of date")
    camera.take("procedures-stale")
    page.commands.score()
    _wait(stage, page, lambda: page.pair.score is not None and page.pair.score.version > 1, "the new score", wait_s)


def _show_error(stage: "Stage", camera: "Camera", page: Any) -> None:
    from core.errors import StorageUnwritable

    page.show_failure(
        StorageUnwritable("The library cannot be read.", action="Check that its disk is there, then try again.")
    )
    camera.take("procedures-error")
    page.reload()
    stage.wait_until(lambda: page.view is not None, "the page")


def _show_missing(stage: "Stage", camera: "Camera", page: Any, attempt: Path) -> None:
    """The attempt's file lies on a drive that is not there."""
    away = attempt.with_name("away.mp4")
    attempt.rename(away)
    page.reload()
    stage.wait_until(lambda: page.pair.trainee is not None and page.pair.trainee.media_missing, "the missing file")
    camera.take("procedures-missing")
    away.rename(attempt)
    page.reload()
    stage.wait_until(lambda: not page.pair.trainee.media_missing, "the file")


def _library(stage: "Stage") -> Any:
    assert stage.window.session is not None
    return stage.window.session.services.library


def _page(stage: "Stage") -> Any:
    return stage.window.session.pages["procedures"] if stage.window.session is not None else None
