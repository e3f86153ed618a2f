"""``rushes analyse``: add videos to the library and find out who is in them."""

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.exit_codes import ExitCode, exit_code_of
from app.output import Output

if TYPE_CHECKING:
    from core.library.library import Library

HELP = "find shots, faces and identities in videos"
VIDEO_SUFFIXES = frozenset(
    {".3gp", ".asf", ".avi", ".flv", ".m2ts", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".mts", ".mxf", ".ogv"}
    | {".ts", ".vob", ".webm", ".wmv"}
)


def add_arguments(parser: argparse.ArgumentParser, _shared: argparse.ArgumentParser) -> None:
    """Videos, and the parameters of the three stages that people change most."""
    parser.add_argument("videos", nargs="+", type=Path, metavar="VIDEO", help="video files or folders of them")
    parser.add_argument("--title", help="title of the episode (with one video)")
    add_parameters(parser)


def add_parameters(parser: argparse.ArgumentParser) -> None:
    """Parameters by their documented names; what is not given comes from the profile."""
    group = parser.add_argument_group("parameters", "values that are not given come from the profile")
    group.add_argument("--profile", help="low_power, balanced (default) or high_accuracy")
    group.add_argument("--detector", metavar="MODEL", help="id of a face detector, or an ONNX file")
    group.add_argument("--embedder", metavar="MODEL", help="id of a face embedder, or an ONNX file")
    group.add_argument("--device", help="auto (default), cpu, cuda, directml or coreml")
    group.add_argument("--stride", type=int, metavar="N", help="detect faces in every N-th frame")
    group.add_argument("--fps", type=float, metavar="N", help="detect at most N times a second")
    group.add_argument("--min-face-px", type=float, metavar="PX", help="smallest face that counts, at 1080 lines")
    group.add_argument("--det-thresh", type=float, metavar="X", help="smallest detection score")
    group.add_argument("--scene-detector", metavar="NAME", help="pyscenedetect (default), internal or off")
    group.add_argument("--cluster-thresh", type=float, metavar="X", help="similarity from which tracks are one person")
    group.add_argument("--min-cluster-size", type=int, metavar="N", help="tracks that an identity needs at least")


PARAMETERS = (
    "profile",
    "detector",
    "embedder",
    "device",
    "stride",
    "fps",
    "min_face_px",
    "det_thresh",
    "scene_detector",
    "cluster_thresh",
    "min_cluster_size",
)


def run(arguments: argparse.Namespace, output: Output) -> int:
    """Analyse all videos; one that fails does not stop the others. The exit code is that of the first failure."""
    from core.errors import InvalidRequest

    videos = find_videos(arguments.videos)
    if arguments.title and len(videos) > 1:
        raise InvalidRequest("One title cannot name several videos.", action="Leave --title out.")
    return analyse_videos([(video, arguments.title) for video in videos], arguments, output)


def find_videos(paths: Iterable[Path]) -> list[Path]:
    """Files as given and the videos below folders, in order. Raises MediaMissing, InvalidRequest (nothing found)."""
    from core.errors import InvalidRequest, MediaMissing

    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(one for one in path.rglob("*") if one.suffix.lower() in VIDEO_SUFFIXES and one.is_file())
            if not inside:
                raise InvalidRequest(f"No video lies in {path}.", action="Name a video file, or another folder.")
            found += inside
        elif path.exists():
            found.append(path)
        else:
            raise MediaMissing(f"There is no file {path}.", action="Check the path.")
    return list(dict.fromkeys(found))


def analyse_videos(videos: list[tuple[Path, str | None]], arguments: argparse.Namespace, output: Output) -> int:
    """Add and analyse (path, title) pairs, and report them."""
    from app.analysis_run import analysis_runner, open_library
    from app.model_fetching import fetch_announced
    from app.places import default_library
    from core.analysis.jobs import check_parameters, models_needed
    from core.errors import Canceled, RushesError
    from models.sessions import resolve_device
    from models.store import ModelStore

    params = {name: value for name in PARAMETERS if (value := getattr(arguments, name)) is not None}
    check_parameters(params)
    device = resolve_device(params.get("device", "auto"))
    store = ModelStore()
    reports: list[dict[str, Any]] = []
    failures: list[tuple[Path, RushesError]] = []
    with open_library(arguments.library or default_library(), create=True) as library:
        added = _add(library, videos, failures)
        if added:
            fetch_announced(store, models_needed(params), output)
            output.note(f"Inference on {device.reason}")
            with analysis_runner(library, store) as runner:
                for path, ep_id in added:
                    output.note(f"Analysing {path}")
                    try:
                        runner.analyse(ep_id, params)
                        reports.append(_report(library, ep_id))
                    except Canceled:
                        raise
                    except RushesError as error:
                        failures.append((path, error))
    told = [(str(path), error) for path, error in failures]
    more = {"schema_version": 1, "library": str(library.path)}
    output.results({"episodes": reports}, told, lambda report: _show(report, output), named="path", more=more)
    return exit_code_of(failures[0][1]) if failures else ExitCode.OK


def _add(
    library: "Library", videos: list[tuple[Path, str | None]], failures: list[tuple[Path, Any]]
) -> list[tuple[Path, str]]:
    from core.errors import RushesError

    added: dict[str, Path] = {}
    for path, title in videos:
        try:
            added.setdefault(library.episodes.add(path, title=title).ep_id, path)
        except RushesError as error:
            failures.append((path, error))
    return [(path, ep_id) for ep_id, path in added.items()]


def _report(library: "Library", ep_id: str) -> dict[str, Any]:
    from core.review.read import load_review

    review = load_review(library, ep_id)
    return {
        "ep_id": review.ep_id,
        "title": review.title,
        "media_path": str(review.media_path),
        "duration_s": round(review.duration_s, 3),
        "shots": len(review.shots),
        "tracks": len(review.tracks),
        "unassigned_tracks": sum(track.identity_id is None for track in review.tracks),
        "identities": [
            {
                "identity_id": identity.identity_id,
                "name": identity.name,
                "label": identity.label,
                "track_ids": list(identity.track_ids),
                "screen_time_s": round(identity.screen_time_s, 3),
            }
            for identity in review.identities
        ],
    }


def _show(report: dict[str, Any], output: Output) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    def show(console: Console) -> None:
        console.print(
            Text(
                f"{report['title']}  ({report['ep_id']}): {report['duration_s']:.1f} s, {report['shots']} shots, "
                f"{report['tracks']} tracks, {len(report['identities'])} identities"
            ),
            soft_wrap=True,
        )
        table = Table(box=None, pad_edge=False)
        table.add_column("identity")
        table.add_column("name")
        for heading in ("tracks", "seconds on screen", "share"):
            table.add_column(heading, justify="right")
        for row in report["identities"]:
            share = row["screen_time_s"] / report["duration_s"] if report["duration_s"] else 0.0
            table.add_row(
                row["identity_id"],
                Text(row["label"]),
                str(len(row["track_ids"])),
                f"{row['screen_time_s']:.2f}",
                f"{share:.0%}",
            )
        if report["identities"]:
            console.print(table)
        else:
            console.print("Nobody was found.")

    output.result(report, show)
