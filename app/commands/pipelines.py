"""``rushes pipelines``: which annotation pipelines there are, and the parameters of each."""

import argparse
from typing import TYPE_CHECKING, Any

from app.exit_codes import ExitCode
from app.output import Output

if TYPE_CHECKING:
    from rich.console import Console

    from core.annotate.pipeline import Pipeline
    from core.annotate.registry import BrokenPlugin
    from models.store import ModelStore

HELP = "list annotation pipelines and their parameters"


def add_arguments(parser: argparse.ArgumentParser, _shared: argparse.ArgumentParser) -> None:
    """Nothing, or the pipeline to describe."""
    parser.add_argument("name", nargs="?", metavar="NAME", help="show the parameters of this one")


def run(arguments: argparse.Namespace, output: Output) -> int:
    """List them, or describe one. Raises NotFound."""
    from core.annotate.registry import registry
    from models.store import ModelStore

    store = ModelStore()
    if arguments.name is None:
        pipelines = registry().pipelines()
        data = {
            "pipelines": [_data(one, store) for one in pipelines],
            "broken": [{"name": one.name, "reason": one.reason} for one in registry().broken()],
        }
        output.result(data, lambda console: _list(console, data["pipelines"], registry().broken()))
        return ExitCode.OK
    one = _data(registry().get(arguments.name), store)
    output.result(one, lambda console: _describe(console, one))
    return ExitCode.OK


def _data(pipeline: "Pipeline", store: "ModelStore") -> dict[str, Any]:
    from core.annotate.configuring import schema_of

    spec, state = pipeline.spec, pipeline.availability(store)
    return {
        "name": spec.name,
        "display_name": spec.display_name,
        "description": spec.description,
        "version": spec.version,
        "aliases": list(spec.aliases),
        "tasks": list(spec.tasks),
        "outputs": [{"format": one.format, "types": list(one.types)} for one in spec.outputs],
        "available": state.available,
        "reason": state.reason,
        "hint": state.hint,
        "config_schema": schema_of(spec),
        "examples": list(spec.examples),
    }


def _list(console: "Console", pipelines: list[dict[str, Any]], broken: "tuple[BrokenPlugin, ...]") -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False)
    for heading in ("pipeline", "writes", "what it finds"):
        table.add_column(heading, no_wrap=heading == "pipeline")
    for one in pipelines:
        what = one["description"] if one["available"] else f"NOT AVAILABLE: {one['reason']} {one['hint']}"
        table.add_row(Text(one["name"]), Text(", ".join(out["format"] for out in one["outputs"])), Text(what))
    console.print(table)
    for plugin in broken:
        console.print(f"The plug-in {plugin.name} is broken: {plugin.reason}", markup=False, soft_wrap=True)


def _describe(console: "Console", one: dict[str, Any]) -> None:
    from rich.table import Table
    from rich.text import Text

    console.print(f"{one['display_name']}: {one['description']}", markup=False, soft_wrap=True)
    if not one["available"]:
        console.print(f"Not available: {one['reason']} {one['hint']}", markup=False, soft_wrap=True)
    table = Table(box=None, pad_edge=False)
    for heading in ("parameter", "default", "values", "what it does"):
        table.add_column(heading, no_wrap=heading == "parameter")
    for name, field in one["config_schema"].items():
        table.add_row(*(Text(cell) for cell in (name, str(field["default"]), _values(field), field["description"])))
    console.print(table)


def _values(field: dict[str, Any]) -> str:
    if field.get("choices"):
        return ", ".join(map(str, field["choices"]))
    bounds = [str(field[key]) for key in ("minimum", "maximum") if field.get(key) is not None]
    unit = f" {field['unit']}" if field.get("unit") else ""
    return f"{field['type']}{' ' + ' to '.join(bounds) if bounds else ''}{unit}"
