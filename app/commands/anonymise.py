"""``rushes anonymise``: a copy of a video in which nobody is recognised: faces covered, other voices or none."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.exit_codes import ExitCode
from app.output import Output

if TYPE_CHECKING:
    from rich.console import Console

    from core.jobs.types import Job
    from core.library.library import Library

HELP = "write a copy of a video with faces covered and, if wanted, other voices"
FINDERS = ("face_detection", "face_recognition", "person_tracking")


def add_arguments(parser: argparse.ArgumentParser, _shared: argparse.ArgumentParser) -> None:
    """The video, whom to cover, and how."""
    parser.add_argument("video", type=Path, metavar="VIDEO", help="the video file")
    parser.add_argument("-o", "--output", type=Path, metavar="PATH", required=True, help="the copy: .mp4, .m4v or .mov")
    parser.add_argument("--find", choices=FINDERS, default=FINDERS[0], help="what finds whom to cover (face_detection)")
    who = parser.add_mutually_exclusive_group()
    who.add_argument("--only", metavar="A,B", help="cover these tracks or names alone")
    who.add_argument("--keep", metavar="A,B", help="cover all but these tracks or names")
    parser.add_argument("--style", choices=("blur", "pixelate", "box"), default="blur", help="how (blur)")
    parser.add_argument("--strength", type=float, default=0.7, metavar="X", help="0 weak to 1 strong (0.7)")
    parser.add_argument("--margin", type=float, default=0.25, metavar="X", help="added around a face, part of its size")
    parser.add_argument(
        "--hold", type=float, default=0.5, metavar="S", help="covered before and after it is seen (0.5)"
    )
    parser.add_argument("--voice", choices=("keep", "pitch", "mute"), default="keep", help="the sound (keep)")
    parser.add_argument("--semitones", type=float, default=-4.0, metavar="N", help="pitch voices by (-4)")


def run(arguments: argparse.Namespace, output: Output) -> int:
    """Find, cover, write, and look at the copy again. Raises what the jobs fail with."""
    from app.analysis_run import open_library
    from app.annotation_run import ACTOR, annotation_runner
    from app.model_fetching import fetch_announced
    from app.places import default_library
    from core.annotate.registry import registry
    from core.annotate.requesting import checked_request
    from core.anonymise.types import ANONYMISE
    from models.store import ModelStore

    store = ModelStore()
    with (
        open_library(arguments.library or default_library(), create=True) as library,
        annotation_runner(library, store) as runner,
    ):
        checked = checked_request([arguments.find], {}, store, None)
        needed = [
            one for name, config in checked.resolved.items() for one in registry().get(name).models_needed(config)
        ]
        fetch_announced(store, [one for one in needed if one in store.catalogue.models], output)
        output.note(f"Looking for whom to cover in {arguments.video}")
        found = runner.submit(arguments.video.absolute(), checked, "auto")
        runner.follow(found.job_id, f"The search in {arguments.video}")
        output.note(f"Writing {arguments.output}")
        params = _params(arguments) | {"requested_by": ACTOR, **_source(library, found)}
        job = library.jobs.submit(ANONYMISE, params=params)
        runner.follow(job.job_id, f"The anonymised copy of {arguments.video}")
        result = library.jobs.get(job.job_id).result
    output.result(result, lambda console: _show(console, arguments.output, result))
    return ExitCode.OK


def _source(library: "Library", found: "Job") -> dict[str, int]:
    result = library.annotations.results(job_id=found.job_id)[0]
    return {"media_id": result.media_id, "result_id": result.result_id}


def _params(arguments: argparse.Namespace) -> dict[str, Any]:
    return {
        "path": str(arguments.output.absolute()),
        "tracks": None if arguments.only is None else arguments.only.split(","),
        "except_tracks": None if arguments.keep is None else arguments.keep.split(","),
        "style": arguments.style,
        "strength": arguments.strength,
        "margin": arguments.margin,
        "hold_s": arguments.hold,
        "voice": arguments.voice,
        "semitones": arguments.semitones,
    }


def _show(console: "Console", path: Path, result: dict[str, Any]) -> None:
    lines = [f"Wrote {path}: {result.get('covered_frames')} of {result.get('frames')} frames have covers."]
    for line in [*lines, *result.get("notes", ())]:
        console.print(line, markup=False, soft_wrap=True)
