"""``rushes annotate``: annotation pipelines over videos; their files in the formats that researchers load."""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.exit_codes import ExitCode, exit_code_of
from app.output import Output

if TYPE_CHECKING:
    from rich.console import Console

    from app.annotation_run import AnnotationRunner
    from core.annotate.configuring import Checked
    from core.annotate.types import PipelineResult
    from core.errors import RushesError
    from core.jobs.types import Job
    from models.store import ModelStore

HELP = "run annotation pipelines over videos and write what they find"


def add_arguments(parser: argparse.ArgumentParser, _shared: argparse.ArgumentParser) -> None:
    """Videos, pipelines, their config, and where the files go."""
    parser.add_argument("videos", nargs="+", type=Path, metavar="VIDEO", help="video files or folders of them")
    parser.add_argument("--pipelines", metavar="A,B", help="names as `rushes pipelines` lists them (else the usual)")
    parser.add_argument("--config", type=Path, metavar="FILE", help="parameters by pipeline, as a JSON object")
    parser.add_argument(
        "--set", action="append", default=[], metavar="PIPELINE.PARAMETER=VALUE", help="one parameter; may be repeated"
    )
    parser.add_argument("--device", default="auto", help="auto (default), cpu, cuda, directml or coreml")
    parser.add_argument(
        "-o", "--output", type=Path, metavar="DIR", help="copy the files there, a folder for each video"
    )


def run(arguments: argparse.Namespace, output: Output) -> int:
    """Annotate all videos; one that fails does not stop the others. The exit code is that of the first failure.

    Raises InvalidRequest (all faults of pipelines and config, before anything runs), Canceled, what a library raises.
    """
    from app.analysis_run import open_library
    from app.annotation_run import annotation_runner, read_config
    from app.commands.analyse import find_videos
    from app.model_fetching import fetch_announced
    from app.places import default_library
    from core.annotate.configuring import check
    from models.store import ModelStore

    config = read_config(arguments.config, arguments.set)
    names = None if arguments.pipelines is None else [one.strip() for one in arguments.pipelines.split(",")]
    videos = find_videos(arguments.videos)
    store = ModelStore()
    checked = check(config, names, models=store)
    _refuse(checked.errors)
    for warning in checked.warnings:
        output.note(f"Note: {warning.message}")
    with (
        open_library(arguments.library or default_library(), create=True) as library,
        annotation_runner(library, store) as runner,
    ):
        fetch_announced(store, _models(checked.resolved, store), output)
        work = _Work(runner, output, arguments.output)
        work.submit(videos, checked, arguments.device)
        work.finish()
    output.results({"videos": work.reports}, work.failures, lambda report: _show(report, output), named="video")
    return exit_code_of(work.failures[0][1]) if work.failures else ExitCode.OK


def _refuse(faults: Sequence[Any]) -> None:
    from core.errors import InvalidRequest

    if faults:
        words = " ".join(fault.message for fault in faults)
        raise InvalidRequest(words, action=next((fault.hint for fault in faults if fault.hint), ""))


def _models(resolved: Mapping[str, dict[str, Any]], store: "ModelStore") -> list[str]:
    from core.annotate.registry import registry

    needed: dict[str, None] = {}
    for name, config in resolved.items():
        try:
            needed |= dict.fromkeys(registry().get(name).models_needed(config))
        except Exception:  # noqa: BLE001, S112  code of third parties: its job says what is wrong, and the others run
            continue
    return [one for one in needed if one in store.catalogue.models]


class _Work:
    """All videos of one command."""

    def __init__(self, runner: "AnnotationRunner", output: Output, target: Path | None) -> None:
        self.reports: list[dict[str, Any]] = []
        self.failures: list[tuple[str, RushesError]] = []
        self._runner = runner
        self._output = output
        self._target = target
        self._jobs: list[tuple[Path, Job]] = []

    def submit(self, videos: Sequence[Path], checked: "Checked", device: str) -> None:
        """Put all into the queue; a file that is no video is told at the end."""
        from core.errors import RushesError

        for path in videos:
            try:
                self._jobs.append((path, self._runner.submit(path.absolute(), checked, device)))
            except RushesError as error:
                self.failures.append((str(path), error))

    def finish(self) -> None:
        """Wait for each in turn and report it. Ctrl+C stops them all."""
        from app.annotation_run import folders_for
        from core.errors import Canceled, RushesError

        folders = folders_for([path for path, _ in self._jobs], self._target) if self._target else None
        for index, (path, job) in enumerate(self._jobs):
            self._output.note(f"Annotating {path}")
            try:
                self._runner.follow(job.job_id, f"The annotation of {path}")
            except Canceled:
                self._runner.cancel([other.job_id for _, other in self._jobs[index + 1 :]])
                raise
            except RushesError as error:
                self.failures.append((str(path), error))
            self._report(path, job, folders[index] if folders else None)

    def _report(self, path: Path, job: "Job", folder: Path | None) -> None:
        from core.annotate.failures import told_together
        from core.annotate.types import ResultState
        from core.errors import RushesError

        results = self._runner.results(job.job_id)
        failed = [one for one in results if one.state == ResultState.FAILED]
        if failed and len(failed) < len(results):
            self.failures.append((str(path), RushesError(told_together(failed), action=failed[0].error_action)))
        self.reports.append(
            {
                "video": str(path),
                "media_id": int(job.params["media_id"]),
                "job_id": job.job_id,
                "pipelines": {one.pipeline: self._result(one, folder) for one in results},
            }
        )

    def _result(self, result: "PipelineResult", folder: Path | None) -> dict[str, Any]:
        from app.annotation_run import deliver

        files = list(self._runner.files(result))
        if folder is not None and files:
            files = deliver(files, folder)
        return {
            "state": str(result.state),
            "annotation_count": result.annotation_count,
            "took_s": result.took_s,
            "files": [str(one) for one in files],
            "error": result.error,
        }


def _show(report: dict[str, Any], output: Output) -> None:
    def show(console: "Console") -> None:
        lines = [report["video"]]
        for name, one in report["pipelines"].items():
            took = "" if one["took_s"] is None else f" in {one['took_s']:.1f} s"
            counted = "" if one["annotation_count"] is None else f", {one['annotation_count']} annotations"
            lines.append(f"  {name}: {one['state']}{counted}{took}{': ' + one['error'] if one['error'] else ''}")
            lines += [f"    {path}" for path in one["files"]]
        for line in lines:
            console.print(line, markup=False, soft_wrap=True)

    output.result(report, show)
