"""``rushes agreement``: how well two codings of a video agree, of two people or of a person and a pipeline."""

import argparse
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.exit_codes import ExitCode
from app.output import Output

if TYPE_CHECKING:
    from rich.console import Console

HELP = "compare two codings: Cohen's kappa, Krippendorff's alpha, diarization error rate"


def add_arguments(parser: argparse.ArgumentParser, _shared: argparse.ArgumentParser) -> None:
    """Two files, a tier of each, and what counts as the same time."""
    parser.add_argument("first", type=Path, metavar="FIRST", help="an annotation file; the reference for DER")
    parser.add_argument("second", type=Path, metavar="SECOND", help="another one, or the same with another tier")
    parser.add_argument("--tier", metavar="NAME", help="tier of FIRST (else its only one)")
    parser.add_argument(
        "--other-tier", metavar="NAME", help="tier of SECOND (else the one called alike, or its only one)"
    )
    parser.add_argument("--tolerance", type=float, default=0.5, metavar="S", help="starts this far apart are one event")
    parser.add_argument("--step", type=float, default=0.1, metavar="S", help="length of a time unit")
    parser.add_argument("--collar", type=float, default=0.5, metavar="S", help="not judged around a boundary, for DER")
    parser.add_argument("--duration", type=float, metavar="S", help="length of the video (else up to the last mark)")
    parser.add_argument("--video", type=Path, metavar="VIDEO", help="the video, for its length")


def run(arguments: argparse.Namespace, output: Output) -> int:
    """Compare. Raises InvalidRequest (a tier that is not there, a file with a bad line)."""
    from app.coded_files import chosen_tier, read_document
    from core.annotate.agreement.alpha import alpha_by_time
    from core.annotate.agreement.der import der
    from core.annotate.agreement.kappa import kappa_by_events, kappa_by_time
    from core.annotate.types import TierKind

    documents = [read_document(path, video=arguments.video)[0] for path in (arguments.first, arguments.second)]
    first = chosen_tier(documents[0], arguments.tier, str(arguments.first))
    alike = documents[1].tier(first.name) is not None
    wanted = arguments.other_tier or (first.name if alike else None)
    second = chosen_tier(documents[1], wanted, str(arguments.second))
    duration_s = arguments.duration or max(document.media.duration_s for document in documents)
    events = kappa_by_events(first, second, tolerance_s=arguments.tolerance)
    data: dict[str, Any] = {
        "tiers": [first.name, second.name],
        "duration_s": duration_s,
        "kappa_by_events": _number(events.kappa),
        "observed_by_events": _number(events.observed),
        "events": events.count,
        "labels": list(events.labels),
        "matrix": [list(row) for row in events.matrix],
    }
    if first.kind == second.kind == TierKind.INTERVALS:
        times = kappa_by_time(first, second, duration_s=duration_s, step_s=arguments.step)
        errors = der(first, second, collar_s=arguments.collar)
        data |= {
            "kappa_by_time": _number(times.kappa),
            "observed_by_time": _number(times.observed),
            "alpha_by_time": _number(alpha_by_time((first, second), duration_s=duration_s, step_s=arguments.step)),
            "der": _number(errors.rate),
            "missed_s": errors.missed_s,
            "false_alarm_s": errors.false_alarm_s,
            "confusion_s": errors.confusion_s,
        }
    output.result(data, lambda console: _show(console, data, arguments))
    return ExitCode.OK


def _number(value: float) -> float | None:
    """None where it is not defined: JSON has no NaN."""
    return None if math.isnan(value) else round(value, 6)


def _show(console: "Console", data: dict[str, Any], arguments: argparse.Namespace) -> None:
    first, second = data["tiers"]
    lines = [f"“{first}” of {arguments.first} against “{second}” of {arguments.second}, {data['duration_s']:.1f} s"]
    named = (
        ("kappa_by_time", f"Cohen's kappa by {arguments.step:g} s of time"),
        ("alpha_by_time", "Krippendorff's alpha by time, nominal"),
        ("kappa_by_events", f"Cohen's kappa by events, starts within {arguments.tolerance:g} s"),
        ("observed_by_events", f"agreement of {data['events']} events"),
        ("der", f"diarization error rate, collar {arguments.collar:g} s"),
    )
    for key, words in named:
        if key in data:
            value = "not defined" if data[key] is None else f"{data[key]:.3f}"
            lines.append(f"  {value:>12}  {words}")
    for line in lines:
        console.print(line, markup=False, soft_wrap=True)
