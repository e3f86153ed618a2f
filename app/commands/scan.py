"""``rushes scan``: look for files that want subtitles, and make them."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.output import Output

if TYPE_CHECKING:
    from app.speech_run import SpeechRunner
    from core.jobs.types import Job
    from core.library.library import Library
    from core.scanning.types import ScanResult
    from core.subtitling.automation import Automation

HELP = "look in folders for files that want subtitles by the rules"


def add_arguments(parser: argparse.ArgumentParser, _shared: argparse.ArgumentParser) -> None:
    """Folders, and whether to make the subtitles at once."""
    parser.add_argument(
        "folders", nargs="*", type=Path, metavar="FOLDER", help="none named: the library's own (Automation, Folders)"
    )
    parser.add_argument("--flat", action="store_true", help="leave folders inside the folders out")
    parser.add_argument("--wait", action="store_true", help="also make the subtitles, and wait for them")


def run(arguments: argparse.Namespace, output: Output) -> int:
    """Scan; with ``--wait`` the exit code is FAILED when a subtitle could not be made.

    Raises InvalidRequest (no folder), Canceled and what opening a library raises.
    """
    from app.analysis_run import open_library
    from app.exit_codes import ExitCode
    from app.places import default_library
    from app.speech_run import speech_runner
    from core.subtitling.automation import Automation
    from models.store import ModelStore

    store = ModelStore()
    made: list[Job] = []
    failed: list[str] = []
    with open_library(arguments.library or default_library(), create=True) as library:
        if arguments.wait:
            with speech_runner(library, store) as runner:
                result = _scan(runner.automation, arguments, output)
                _make(library, runner, output, made, failed)
        else:
            result = _scan(Automation(library, store), arguments, output)
    paths = [str(job.result.get("output_path")) for job in made]
    data = _data(result) | {"written": paths, "failed": failed}
    output.result(data, lambda console: console.print(_words(result, paths), markup=False, soft_wrap=True))
    return ExitCode.FAILED if failed else ExitCode.OK


def _scan(automation: "Automation", arguments: argparse.Namespace, output: Output) -> "ScanResult":
    from app.model_fetching import ctrl_c_noted
    from app.progress import shown_progress
    from core.errors import Canceled
    from core.scanning.types import ScanProgress

    with ctrl_c_noted() as stopped, shown_progress() as show:

        def check() -> None:
            if stopped():
                raise Canceled("The scan was stopped.", action="What it queued before stays queued.")

        def progress(told: ScanProgress) -> None:
            show(told.phase, told.done, told.total, told.folder)

        result = automation.scanner.scan(arguments.folders or None, not arguments.flat, check=check, progress=progress)
    for path, why in result.unreadable:
        output.note(f"rushes: {path}: {why}")
    return result


def _make(library: "Library", runner: "SpeechRunner", output: Output, made: "list[Job]", failed: list[str]) -> None:
    """Everything that waits, one after the other; one that fails does not stop the others."""
    from core.errors import Canceled, RushesError
    from core.jobs.types import JobState
    from core.subtitling.types import TRANSCRIPTION

    waiting = library.jobs.list(states=[JobState.QUEUED, JobState.RUNNING], limit=1_000_000)
    for job in reversed(waiting):
        if job.type != TRANSCRIPTION or "file_path" not in job.params:
            continue
        path = str(job.params["file_path"])
        output.note(f"Transcribing {path}")
        try:
            made.append(runner.follow(job, f"The transcription of {path}"))
        except Canceled:
            raise
        except RushesError as error:
            failed.append(path)
            output.note(f"rushes: {error}")


def _data(result: "ScanResult") -> dict[str, Any]:
    return {
        "scanned_files": result.scanned,
        "matched_files": result.matched,
        "jobs_created": result.jobs_created,
        "skipped_files": result.skipped,
        "paths_scanned": list(result.paths),
        "unreadable": [{"path": path, "reason": why} for path, why in result.unreadable],
    }


def _words(result: "ScanResult", written: list[str]) -> str:
    counts = f"{result.scanned} files, {result.matched} match a rule, {result.jobs_created} jobs made."
    return "\n".join([counts, *(f"Wrote {path}" for path in written)])
