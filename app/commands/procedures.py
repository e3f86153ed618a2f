"""``rushes procedures``: tasks and their videos, steps, scores, training."""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.exit_codes import ExitCode
from app.output import Output

if TYPE_CHECKING:
    from core.library.library import Library
    from core.procedures.records import Adapter
    from core.procedures.types import ProcedureVideo, ScoreSummary, StepList, Task

HELP = "tasks, their videos and steps, scores, training"
ACTOR = "command line"


def add_arguments(parser: argparse.ArgumentParser, shared: argparse.ArgumentParser) -> None:
    """One sub-command for each action."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    actions.add_parser("tasks", help="all tasks", parents=[shared])
    setting = actions.add_parser("set", help="change settings of a task", parents=[shared])
    setting.add_argument("task", metavar="TASK")
    setting.add_argument("settings", nargs="+", metavar="NAME=VALUE", help="such as pass_mark=80 clip_s=2")
    videos = actions.add_parser("videos", help="the videos of a task, or of all", parents=[shared])
    videos.add_argument("task", nargs="?", metavar="TASK")
    steps = actions.add_parser("steps", help="the steps of a gold video", parents=[shared])
    steps.add_argument("video", type=int, metavar="ID")
    steps.add_argument("--set", type=Path, metavar="FILE", help="make these its steps (JSON, as --json prints them)")
    scores = actions.add_parser("scores", help="the scores of a task, or of all", parents=[shared])
    scores.add_argument("task", nargs="?", metavar="TASK")
    accept = actions.add_parser("accept", help="let training learn from a video", parents=[shared])
    accept.add_argument("video", type=int, metavar="ID")
    accept.add_argument("--no", action="store_true", help="not any more")
    delete = actions.add_parser("delete", help="forget a video and what was measured of it", parents=[shared])
    delete.add_argument("video", type=int, metavar="ID")
    train = actions.add_parser("train", help="learn from gold and accepted videos", parents=[shared])
    train.add_argument("task", nargs="?", metavar="TASK", help="(all)")
    use = actions.add_parser("use", help="choose what was learned, or nothing", parents=[shared])
    use.add_argument("task", metavar="TASK")
    use.add_argument("version", nargs="?", metavar="VERSION|none", help="without it: list what was learned")


def run(arguments: argparse.Namespace, output: Output) -> int:
    """Do the action. Raises NotFound, InvalidRequest, Conflict and what opening a library raises."""
    from app.analysis_run import open_library
    from app.places import default_library

    actions: dict[str, Callable[[Library, argparse.Namespace, Output], None]] = {
        "tasks": _tasks,
        "set": _set,
        "videos": _videos,
        "steps": _steps,
        "scores": _scores,
        "accept": _accept,
        "delete": _delete,
        "train": _train,
        "use": _use,
    }
    with open_library(arguments.library or default_library(), create=False) as library:
        actions[arguments.action](library, arguments, output)
    return ExitCode.OK


def _tasks(library: "Library", _arguments: argparse.Namespace, output: Output) -> None:
    found = library.procedures.tasks()
    rows = [(one.task_id, str(one.golds), str(one.trainees), f"{one.settings.pass_mark:g}") for one in found]
    _table(
        output, {"tasks": [_task(one) for one in found]}, ("task", "gold", "trainees", "pass mark"), rows, "No tasks."
    )


def _set(library: "Library", arguments: argparse.Namespace, output: Output) -> None:
    from core.errors import InvalidRequest

    settings: dict[str, Any] = {}
    for text in arguments.settings:
        name, sign, value = text.partition("=")
        if not sign:
            raise InvalidRequest(f"“{text}” is no setting.", action="Write NAME=VALUE.")
        settings[name] = _value(value)
    task = library.procedures.set_task(arguments.task, settings=settings, actor=ACTOR)
    changed = ", ".join(f"{name} {getattr(task.settings, name)}" for name in settings)
    output.result(_task(task), lambda console: console.print(f"{task.task_id}: {changed}", markup=False))


def _value(text: str) -> Any:
    """A number, or JSON, or plain text."""
    import json

    try:
        return json.loads(text)
    except ValueError:
        return text


def _videos(library: "Library", arguments: argparse.Namespace, output: Output) -> None:
    if arguments.task is not None:
        library.procedures.task(arguments.task)
    found = library.procedures.videos(task_id=arguments.task)
    rows = [
        (str(one.video_id), one.task_id, str(one.role), _state(one), "accepted" if one.accepted else "", one.title)
        for one in found
    ]
    headings = ("id", "task", "role", "state", "training", "title")
    _table(output, {"videos": [_video(one) for one in found]}, headings, rows, "No videos.")


def _steps(library: "Library", arguments: argparse.Namespace, output: Output) -> None:
    from app.step_file import read_steps

    if arguments.set is None:
        steps = library.procedures.steps(arguments.video)
    else:
        wanted = read_steps(arguments.set)
        steps = library.procedures.set_steps(arguments.video, wanted, name="Steps from a file", actor=ACTOR)
    rows = [
        (str(number), f"{one.start_s:.2f}", f"{one.end_s:.2f}", _kind(one), one.name)
        for number, one in enumerate(steps.steps, 1)
    ]
    _table(output, _step_list(steps), ("no.", "from (s)", "to (s)", "kind", "name"), rows, "No steps yet.")


def _kind(step: Any) -> str:
    marks = (("critical", step.critical), ("optional", step.optional), ("any order", step.any_order))
    return ", ".join(word for word, true in marks if true)


def _scores(library: "Library", arguments: argparse.Namespace, output: Output) -> None:
    if arguments.task is not None:
        library.procedures.task(arguments.task)
    found = library.procedures.scores(task_id=arguments.task)
    rows = [
        (
            str(one.score_id),
            one.task_id,
            f"{one.gold_video_id} → {one.trainee_video_id}",
            str(one.version),
            f"{one.score:.1f}",
            "passed" if one.passed else "not passed",
            one.created_at[:16].replace("T", " "),
        )
        for one in found
    ]
    headings = ("id", "task", "gold → trainee", "version", "score", "outcome", "at (UTC)")
    _table(output, {"scores": [_score(one) for one in found]}, headings, rows, "No scores.")


def _accept(library: "Library", arguments: argparse.Namespace, output: Output) -> None:
    video = library.procedures.set_accepted(arguments.video, not arguments.no, ACTOR)
    words = "is accepted for training" if video.accepted else "is left out of training"
    output.result(_video(video), lambda console: console.print(f"Video {video.video_id} {words}.", markup=False))


def _delete(library: "Library", arguments: argparse.Namespace, output: Output) -> None:
    gone = library.procedures.delete_video(arguments.video, ACTOR)
    data = {
        "video_id": gone.video_id,
        "task_id": gone.task_id,
        "removed_files": [str(path) for path in gone.removed_files],
        "reindexed_clips": gone.reindexed_clips,
    }
    words = f"Deleted video {gone.video_id}, {len(gone.removed_files)} files."
    output.result(data, lambda console: console.print(words, markup=False))


def _train(library: "Library", arguments: argparse.Namespace, output: Output) -> None:
    from app.procedure_run import procedure_runner
    from models.store import ModelStore

    with procedure_runner(library, ModelStore()) as runner:
        job = runner.train(arguments.task)
    words = str(job.result.get("reason") or job.message or job.result.get("status", ""))
    output.result(dict(job.result), lambda console: console.print(words, markup=False, soft_wrap=True))


def _use(library: "Library", arguments: argparse.Namespace, output: Output) -> None:
    from core.errors import InvalidRequest

    if arguments.version is not None:
        if arguments.version != "none" and not arguments.version.isdecimal():
            raise InvalidRequest(f"“{arguments.version}” is no version.", action="Give its number, or none.")
        version = None if arguments.version == "none" else int(arguments.version)
        library.procedures.use_adapter(arguments.task, version, ACTOR)
    found = library.procedures.adapters(arguments.task)
    rows = [
        (str(one.version), "in use" if one.current else "", str(one.videos_used), one.created_at[:16], one.reason)
        for one in found
    ]
    data = {"adapters": [_adapter(one) for one in found]}
    _table(output, data, ("version", "state", "videos", "at (UTC)", "why"), rows, "Nothing was learned yet.")


def _state(video: "ProcedureVideo") -> str:
    if video.media_missing:
        return "file missing"
    return f"{video.num_clips} clips" if video.embedding_id is not None else "not measured"


def _task(task: "Task") -> dict[str, Any]:
    from core.procedures.json_forms import settings_to_plain

    return {
        "task_id": task.task_id,
        "title": task.title,
        "golds": task.golds,
        "trainees": task.trainees,
        "settings": settings_to_plain(task.settings),
    }


def _video(video: "ProcedureVideo") -> dict[str, Any]:
    return {
        "video_id": video.video_id,
        "task_id": video.task_id,
        "role": str(video.role),
        "title": video.title,
        "path": str(video.media_path),
        "missing": video.media_missing,
        "num_clips": video.num_clips,
        "embedding_model": video.embedding_model,
        "accepted": video.accepted,
        "flagged": dict(video.flagged),
        "created_at": video.created_at,
    }


def _step_list(steps: "StepList") -> dict[str, Any]:
    from app.step_file import step_data

    return {
        "video_id": steps.video_id,
        "version": steps.version,
        "steps": [step_data(one) for one in steps.steps],
    }


def _score(score: "ScoreSummary") -> dict[str, Any]:
    import dataclasses

    return dataclasses.asdict(score)


def _adapter(adapter: "Adapter") -> dict[str, Any]:
    import dataclasses

    return dataclasses.asdict(adapter) | {"path": str(adapter.path)}


def _table(
    output: Output, data: dict[str, Any], headings: Sequence[str], rows: Sequence[Sequence[str]], empty: str
) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False)
    for heading in headings:
        table.add_column(heading, no_wrap=heading not in {"title", "name", "why"})
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    output.result(data, lambda console: console.print(table if rows else empty))
