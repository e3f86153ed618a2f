"""``rushes rules``: which files of the media library get subtitles."""

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from app.output import Output

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from core.scanning.types import Rule

HELP = "list, add, remove and switch the rules for subtitles"


def add_arguments(parser: argparse.ArgumentParser, shared: argparse.ArgumentParser) -> None:
    """One sub-command for each action."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    actions.add_parser("list", help="every rule, the most important first", parents=[shared])
    _add_adding(actions.add_parser("add", help="a new rule", parents=[shared]))
    for name, text in (("remove", "take a rule away"), ("toggle", "switch a rule on or off")):
        one = actions.add_parser(name, help=text, parents=[shared])
        one.add_argument("rule", type=int, metavar="ID")


def _add_adding(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME")
    conditions = parser.add_argument_group("conditions", "at least one; several languages are separated by commas")
    conditions.add_argument("--audio", metavar="LANG", help="a track has this language")
    conditions.add_argument("--audio-not", metavar="LANG", help="no track has this language")
    conditions.add_argument("--audio-tracks", type=int, metavar="N", help="at least so many audio tracks")
    conditions.add_argument("--has-inside", metavar="LANG", help="a subtitle of this language is in the file")
    conditions.add_argument("--missing-inside", metavar="LANG", help="no subtitle of this language is in the file")
    conditions.add_argument("--missing-beside", metavar="LANG", help="no subtitle of this language lies beside it")
    conditions.add_argument("--missing", metavar="LANG", help="neither in the file nor beside it")
    conditions.add_argument("--extension", metavar="LIST", help="such as mkv,mp4")
    parser.add_argument("--translate", action="store_true", help="into English (else the spoken language)")
    parser.add_argument("--target", metavar="LANG", help="language of the subtitle (eng with --translate)")
    parser.add_argument("--preset", default="fast", help="fast (default), balanced or best")
    parser.add_argument("--priority", type=int, default=0, metavar="N", help="of rules that match the highest counts")
    parser.add_argument("--job-priority", type=int, default=0, metavar="N", help="jobs with higher numbers run first")


def run(arguments: argparse.Namespace, output: Output) -> int:
    """Do the action. Raises InvalidRequest, Conflict, NotFound and what opening a library raises."""
    from app.analysis_run import open_library
    from app.exit_codes import ExitCode
    from app.places import default_library
    from core.scanning.rules import Rules

    with open_library(arguments.library or default_library(), create=True) as library:
        rules = Rules(library)
        if arguments.action == "add":
            _add(rules, arguments)
        elif arguments.action == "remove":
            rules.delete(arguments.rule)
        elif arguments.action == "toggle":
            rules.toggle(arguments.rule)
        present = rules.list()
    output.result({"rules": [asdict(one) for one in present]}, lambda console: _show(present, console))
    return ExitCode.OK


def _add(rules: Any, arguments: argparse.Namespace) -> None:
    from core.errors import InvalidRequest
    from core.scanning.types import Conditions, RuleAction

    target = arguments.target or ("eng" if arguments.translate else arguments.audio)
    if not target:
        raise InvalidRequest(
            "The rule does not say in which language the subtitle is.",
            action="Add --target LANG, or --translate for English.",
        )
    conditions = Conditions(
        audio_language_is=arguments.audio,
        audio_language_not=arguments.audio_not,
        audio_track_count_min=arguments.audio_tracks,
        has_embedded_subtitle_lang=arguments.has_inside,
        missing_embedded_subtitle_lang=arguments.missing_inside or arguments.missing,
        missing_external_subtitle_lang=arguments.missing_beside or arguments.missing,
        file_extension=arguments.extension,
    )
    action = RuleAction(
        action_type="translate" if arguments.translate else "transcribe",
        target_language=target,
        quality_preset=arguments.preset,
        job_priority=arguments.job_priority,
    )
    rules.create(name=arguments.name, priority=arguments.priority, conditions=conditions, action=action)


def _show(rules: "Sequence[Rule]", console: "Console") -> None:
    from rich.table import Table
    from rich.text import Text

    if not rules:
        console.print('There are no rules. Add one: rushes rules add "English" --missing eng --translate', markup=False)
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("id", "priority", "on", "name", "when", "then"):
        table.add_column(heading)
    for rule in rules:
        set_ones = {key: value for key, value in asdict(rule.conditions).items() if value is not None}
        when = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in set_ones.items())
        then = f"{rule.action.action_type} to {rule.action.target_language}, {rule.action.quality_preset}"
        on = "yes" if rule.enabled else "no"
        table.add_row(str(rule.id), str(rule.priority), on, Text(rule.name), Text(when), then)
    console.print(table)
