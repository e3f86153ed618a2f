"""``rushes presets``: the looks of vertical cuts, and a file to start one of your own from."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from app.exit_codes import ExitCode
from app.output import Output

if TYPE_CHECKING:
    from rich.console import Console

    from core.render.presets import PresetShelf

HELP = "list the looks of vertical cuts, or print one as a file to start your own from"


def add_arguments(parser: argparse.ArgumentParser, _shared: argparse.ArgumentParser) -> None:
    """Nothing, or the preset to print."""
    parser.add_argument("id", nargs="?", metavar="ID", help="print the file of this one")


def run(arguments: argparse.Namespace, output: Output) -> int:
    """List them, or print one. Raises NotFound."""
    from app.places import default_library
    from core.render.preset_record import preset_record
    from core.render.presets import load_presets, preset_text

    folder = Path(arguments.library or default_library()) / "presets"
    shelf = load_presets(folder)
    if arguments.id is not None:
        preset = shelf.get(arguments.id)
        text = preset_text(preset)
        output.result(
            preset_record(preset) | {"file": text},
            lambda console: console.print(text, markup=False, highlight=False, end=""),
        )
        return ExitCode.OK
    data = {
        "presets": [preset_record(one) for one in shelf.presets],
        "broken": [{"path": one.path, "reason": one.reason} for one in shelf.broken],
        "own_folder": str(folder),
    }
    output.result(data, lambda console: _list(console, shelf, folder))
    return ExitCode.OK


def _list(console: "Console", shelf: "PresetShelf", folder: Path) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False)
    for heading in ("preset", "kind", "motion", "brand safe", "what it is"):
        table.add_column(heading, no_wrap=heading in {"preset", "kind"})
    for one in shelf.presets:
        safe = "yes" if one.brand_safe else "no"
        cells = (one.id, str(one.archetype), str(one.motion_profile), safe, one.description)
        table.add_row(*(Text(cell) for cell in cells))
    console.print(table)
    for broken in shelf.broken:
        console.print(f"{broken.path} was skipped: {broken.reason}", markup=False, soft_wrap=True)
    console.print(f"Presets of your own are read from {folder}.", markup=False, soft_wrap=True)
