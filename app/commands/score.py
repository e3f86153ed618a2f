"""``rushes score``: was the procedure followed? Trainees' videos against a gold recording, step by step."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.exit_codes import ExitCode, exit_code_of
from app.output import Output

if TYPE_CHECKING:
    from rich.console import Console

    from core.library.library import Library
    from core.procedures.types import Finding, ProcedureVideo, Score

HELP = "compare trainees' videos of a procedure with the gold recording"


def add_arguments(parser: argparse.ArgumentParser, _shared: argparse.ArgumentParser) -> None:
    """Gold, trainees, and where the outcome goes."""
    parser.add_argument("gold", metavar="GOLD", help="the gold recording: a video file, or the id of a gold video")
    parser.add_argument("trainees", nargs="+", metavar="TRAINEE", help="videos to compare with it: files or ids")
    parser.add_argument("--task", metavar="ID", help="the task that they belong to (else one called like the gold)")
    parser.add_argument(
        "--steps", type=Path, metavar="FILE", help="the gold's steps: JSON, a list of name, start_s, end_s, …"
    )
    parser.add_argument("--pdf", type=Path, metavar="PATH", help="also write the report (of one trainee)")
    parser.add_argument(
        "--again", action="store_true", help="measure the videos again, with the task's settings of now"
    )


def run(arguments: argparse.Namespace, output: Output) -> int:
    """Compare all; one that fails does not stop the others. The exit code is that of the first failure.

    Raises InvalidRequest, Canceled and what opening a library raises.
    """
    from app.analysis_run import open_library
    from app.model_fetching import fetch_announced
    from app.places import default_library
    from app.procedure_run import procedure_runner, task_named
    from app.step_file import read_steps
    from core.errors import Canceled, InvalidRequest, RushesError
    from core.procedures.types import Role
    from models.store import ModelStore

    if arguments.pdf is not None and len(arguments.trainees) > 1:
        raise InvalidRequest("One PDF cannot hold several reports.", action="Name one trainee, or leave --pdf out.")
    steps = None if arguments.steps is None else read_steps(arguments.steps)
    store = ModelStore()
    reports: list[dict[str, Any]] = []
    failures: list[tuple[str, RushesError]] = []
    with (
        open_library(arguments.library or default_library(), create=True) as library,
        procedure_runner(library, store) as runner,
    ):
        fetch_announced(store, [one for one in store.catalogue.defaults() if _measures(store, one)], output)
        task_id = task_named(library, arguments.task, arguments.gold)
        gold = runner.video(task_id, Role.GOLD, arguments.gold, again=arguments.again)
        if steps is not None:
            runner.set_steps(gold.video_id, steps)
        for named in arguments.trainees:
            output.note(f"Comparing {named}")
            try:
                trainee = runner.video(task_id, Role.TRAINEE, named, again=arguments.again)
                score = runner.score(gold, trainee)
                reports.append(_report(library, gold, trainee, score, arguments.pdf))
            except Canceled:
                raise
            except RushesError as error:
                failures.append((named, error))
    output.results({"scores": reports}, failures, lambda report: _show(report, output), named="trainee")
    return exit_code_of(failures[0][1]) if failures else ExitCode.OK


def _measures(store: Any, model_id: str) -> bool:
    return bool(store.entry(model_id).purpose == "frame_encoder")


def _report(
    library: "Library", gold: "ProcedureVideo", trainee: "ProcedureVideo", score: "Score", pdf: Path | None
) -> dict[str, Any]:
    written = None
    if pdf is not None:
        from core.reports.procedure import write_score_report

        written = pdf.absolute()
        write_score_report(library, score.score_id, written)
    found = score.comparison
    names = [step.name for step in found.steps]
    return {
        "task_id": score.task_id,
        "gold_video_id": gold.video_id,
        "trainee_video_id": trainee.video_id,
        "trainee": str(trainee.media_path),
        "score_id": score.score_id,
        "version": score.version,
        "score": score.score,
        "passed": score.passed,
        "findings": [
            {
                "type": str(one.type),
                "gold_step": one.gold_step,
                "step": names[one.gold_step] if one.gold_step is not None else None,
                "trainee_start_s": one.trainee.start_s if one.trainee else None,
                "trainee_end_s": one.trainee.end_s if one.trainee else None,
                "confidence": one.confidence,
                "lost": one.lost,
                "words": _words(one, names),
            }
            for one in found.findings
        ],
        "notes": list(found.notes),
        "why_zero": found.why_zero,
        "embedding_model": trainee.embedding_model,
        "pdf": str(written) if written else None,
    }


def _words(finding: "Finding", names: list[str]) -> str:
    kind = f"{str(finding.type).replace('_', ' ')}: {finding.reason}"
    if finding.gold_step is None:
        return kind
    name, counted = names[finding.gold_step], f"Step {finding.gold_step + 1}"
    return f"{counted}: {kind}" if name == counted else f"{counted} “{name}”: {kind}"


def _show(report: dict[str, Any], output: Output) -> None:
    def show(console: "Console") -> None:
        verdict = "passed" if report["passed"] else "not passed"
        lines = [f"{report['trainee']}: {report['score']:.1f} of 100, {verdict}."]
        lines += [f"  -{one['lost']:.1f}  {one['words']}" for one in report["findings"]]
        lines += [f"  {text}" for text in (report["why_zero"], *report["notes"]) if text]
        if report["pdf"]:
            lines.append(f"  Wrote {report['pdf']}")
        for line in lines:
            console.print(line, markup=False, soft_wrap=True)

    output.result(report, show)
