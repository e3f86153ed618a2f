"""``rushes transcribe``: what is said in a file or an episode, as a subtitle or as text."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.exit_codes import ExitCode, exit_code_of
from app.output import Output

if TYPE_CHECKING:
    from app.speech_run import SpeechRunner
    from core.jobs.types import Job
    from core.library.library import Library

HELP = "write down what is said in media files or episodes"


def add_arguments(parser: argparse.ArgumentParser, _shared: argparse.ArgumentParser) -> None:
    """What to listen to, how, and where the text goes."""
    parser.add_argument(
        "media", nargs="+", metavar="FILE|EP", help="media files (each gets a subtitle beside it), or ids of episodes"
    )
    parser.add_argument(
        "-o", "--output", type=Path, metavar="PATH", help="write there instead (of one file or episode)"
    )
    parser.add_argument("--format", help="srt, vtt, ass, txt, tsv or json (else by the ending of -o)")
    parser.add_argument("--overwrite", action="store_true", help="replace a file that is there already")
    how = parser.add_argument_group("how")
    how.add_argument("--language", metavar="LANG", help="what is spoken (else it is recognised)")
    how.add_argument("--translate", action="store_true", help="write English, whatever is spoken")
    how.add_argument("--preset", help="fast, balanced or best (else as the settings say)")
    how.add_argument("--model", metavar="MODEL", help="a speech model's id (rushes models list)")
    how.add_argument("--prompt", metavar="TEXT", default="", help="names and words that occur")
    how.add_argument("--no-speakers", action="store_true", help="of episodes: leave the speakers out")


def run(arguments: argparse.Namespace, output: Output) -> int:
    """Transcribe all; one that fails does not stop the others. The exit code is that of the first failure.

    Raises InvalidRequest, Canceled and what opening a library raises.
    """
    from app.analysis_run import open_library
    from app.model_fetching import fetch_announced
    from app.places import default_library
    from app.speech_run import speech_runner
    from core.errors import Canceled, InvalidRequest, RushesError
    from models.store import ModelStore

    if arguments.output is not None and len(arguments.media) > 1:
        raise InvalidRequest("One output cannot hold several transcripts.", action="Leave -o out.")
    if arguments.format and arguments.output is None:
        raise InvalidRequest("A format needs a file to write to.", action="Add -o FILE.")
    store = ModelStore()
    fetch_announced(store, _models_wanted(store, arguments), output)
    reports: list[dict[str, Any]] = []
    failures: list[tuple[str, RushesError]] = []
    with (
        open_library(arguments.library or default_library(), create=True) as library,
        speech_runner(library, store) as runner,
    ):
        for name in arguments.media:
            output.note(f"Transcribing {name}")
            try:
                reports.append(_transcribe(library, runner, name, arguments))
            except Canceled:
                raise
            except RushesError as error:
                failures.append((name, error))
    output.results({"transcripts": reports}, failures, lambda report: _show(report, output), named="media")
    return exit_code_of(failures[0][1]) if failures else ExitCode.OK


def _models_wanted(store: Any, arguments: argparse.Namespace) -> list[str]:
    """The default models, unless another one was named: that has to be fetched on purpose."""
    purposes = {"speech", "speaker"} if arguments.model is None else {"speaker"}
    return [one for one in store.catalogue.defaults() if store.entry(one).purpose in purposes]


def _transcribe(library: "Library", runner: "SpeechRunner", name: str, arguments: argparse.Namespace) -> dict[str, Any]:
    path = Path(name).expanduser().absolute()
    if path.exists() or not _is_episode(library, name):
        return _transcribe_file(library, runner, path, arguments)
    return _transcribe_episode(library, runner, name, arguments)


def _is_episode(library: "Library", name: str) -> bool:
    found = library.store.read().execute("SELECT 1 FROM episodes WHERE ep_id = ?", (name,)).fetchone()
    return found is not None


def _transcribe_file(
    library: "Library", runner: "SpeechRunner", path: Path, arguments: argparse.Namespace
) -> dict[str, Any]:
    from core.subtitling.jobs import submit_file
    from core.subtitling.kept import read_kept

    job = submit_file(
        library,
        path,
        source_lang=arguments.language,
        preset=arguments.preset,
        task="translate" if arguments.translate else "transcribe",
        overwrite=arguments.overwrite,
        model=arguments.model,
        initial_prompt=arguments.prompt,
        beside=arguments.output is None,
    )
    job = runner.follow(job, f"The transcription of {path}")
    written = job.result.get("output_path")
    if arguments.output is not None:
        from core.speech.subtitle_export import write_transcript

        transcript = read_kept(library, int(job.result["transcript_id"]))
        written = str(write_transcript(transcript, arguments.output, arguments.format, overwrite=arguments.overwrite))
    return _report(job, {"path": str(path)}, written)


def _transcribe_episode(
    library: "Library", runner: "SpeechRunner", ep_id: str, arguments: argparse.Namespace
) -> dict[str, Any]:
    from core.subtitling.jobs import submit_episode
    from core.transcript.export import export_transcript

    params = {
        "language": arguments.language,
        "task": "translate" if arguments.translate else "transcribe",
        "preset": arguments.preset,
        "model": arguments.model,
        "initial_prompt": arguments.prompt,
        "speakers": not arguments.no_speakers,
    }
    job = runner.follow(submit_episode(library, ep_id, params), f"The transcription of {ep_id}")
    written = None
    if arguments.output is not None:
        path = arguments.output.absolute()
        format_name = arguments.format or path.suffix.lstrip(".").lower()
        export_transcript(library, ep_id, path, format_name, overwrite=arguments.overwrite)
        written = str(path)
    return _report(job, {"ep_id": ep_id}, written)


def _report(job: "Job", named: dict[str, Any], written: str | None) -> dict[str, Any]:
    result = job.result
    names = ("language", "segments", "model", "device", "took_s", "message")
    return {**named, "output_path": written, **{name: result.get(name) for name in names}}


def _show(report: dict[str, Any], output: Output) -> None:
    text = _words(report)
    output.result(report, lambda console: console.print(text, markup=False, soft_wrap=True))


def _words(report: dict[str, Any]) -> str:
    who = report.get("path") or report.get("ep_id")
    if not report["segments"]:
        return f"{who}: nobody speaks."
    where = f" Wrote {report['output_path']}." if report["output_path"] else ""
    more = f" {report['message']}" if report.get("message") else ""
    return f"{who}: {report['segments']} lines, {report['language']}, {report['model']}.{where}{more}"
