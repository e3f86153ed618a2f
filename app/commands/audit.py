"""``rushes audit``: the library's trail of what was done: list it, check it, export it signed, verify an export."""

import argparse
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from app.exit_codes import ExitCode
from app.output import Output

if TYPE_CHECKING:
    from rich.console import Console

    from core.audit.types import Entry, Verified
    from core.library.library import Library

HELP = "the trail of what was done: list, check, export, verify"


def add_arguments(parser: argparse.ArgumentParser, shared: argparse.ArgumentParser) -> None:
    """One sub-command for each action."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    entries = actions.add_parser("list", help="the newest entries", parents=[shared])
    entries.add_argument("--limit", type=int, default=50, metavar="N", help="how many (50)")
    actions.add_parser("check", help="whether the library's own trail is whole", parents=[shared])
    export = actions.add_parser("export", help="write a signed copy", parents=[shared])
    export.add_argument("--limit", type=int, default=500, metavar="N", help="how many entries, the newest (500)")
    export.add_argument("-o", "--output", type=Path, metavar="PATH", help="copy the file there, too")
    verify = actions.add_parser("verify", help="check a signed copy", parents=[shared])
    verify.add_argument("file", type=Path, metavar="FILE", help="the export")
    verify.add_argument(
        "--key-file", type=Path, metavar="PATH", help="the signing key (else SOPILOT_AUDIT_SIGNING_KEY, else unsigned)"
    )


def run(arguments: argparse.Namespace, output: Output) -> int:
    """Do the action. Raises NotFound, InvalidRequest and what opening a library raises."""
    if arguments.action == "verify":
        return _verify(arguments, output)
    from app.analysis_run import open_library
    from app.places import default_library

    actions: dict[str, Callable[[Library, argparse.Namespace, Output], int]] = {
        "list": _list,
        "check": _check,
        "export": _export,
    }
    with open_library(arguments.library or default_library(), create=False) as library:
        return actions[arguments.action](library, arguments, output)


def _list(library: "Library", arguments: argparse.Namespace, output: Output) -> int:
    from core.audit.log import fields_of, read
    from core.errors import InvalidRequest

    if not 1 <= arguments.limit <= 100_000:
        raise InvalidRequest(f"{arguments.limit} entries cannot be listed.", action="Ask for 1 to 100000.")
    found = read(library.store, limit=arguments.limit)
    output.result({"entries": [fields_of(entry) for entry in found]}, lambda console: _table(console, found))
    return ExitCode.OK


def _table(console: "Console", entries: "list[Entry]") -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False)
    for heading in ("no.", "at (UTC)", "kind", "who", "what"):
        table.add_column(heading, no_wrap=heading != "what")
    for entry in entries:
        cells = (str(entry.entry_id), entry.at[:19].replace("T", " "), entry.kind, entry.actor, entry.subject)
        table.add_row(*(Text(cell) for cell in cells))
    console.print(table)


def _check(library: "Library", _arguments: argparse.Namespace, output: Output) -> int:
    from core.audit.log import count
    from core.audit.verifying import verify_chain

    problems = verify_chain(library.store)
    entries = count(library.store)
    data = {"entries": entries, "whole": not problems, "problems": list(problems)}
    output.result(data, lambda console: _print_check(console, f"{entries} entries", problems))
    return ExitCode.FAILED if problems else ExitCode.OK


def _export(library: "Library", arguments: argparse.Namespace, output: Output) -> int:
    from core.audit.exporting import export, signing_key
    from core.library.durable import write_atomically

    signing = signing_key(os.environ)
    made = export(library, limit=arguments.limit, key=signing.key, key_id=signing.key_id, actor="command line")
    path = Path(made.file_path)
    if arguments.output is not None:
        write_atomically(arguments.output.absolute(), path.read_bytes())
        path = arguments.output.absolute()
    data = {
        "export_id": made.export_id,
        "generated_at": made.generated_at,
        "item_count": made.item_count,
        "file_path": str(path),
        "signature": made.signature,
    }
    words = f"Wrote {made.item_count} entries to {path}"
    output.result(data, lambda console: console.print(words, markup=False, soft_wrap=True))
    return ExitCode.OK


def _verify(arguments: argparse.Namespace, output: Output) -> int:
    from core.audit.verifying import verify

    found = verify(arguments.file, _key(arguments.key_file))
    data = {
        "items": found.items,
        "payload_ok": found.payload_ok,
        "chain_ok": found.chain_ok,
        "signature_ok": found.signed,
        "problems": list(found.problems),
    }
    output.result(data, lambda console: _print_check(console, _verified_words(found), found.problems))
    return ExitCode.FAILED if found.problems else ExitCode.OK


def _key(path: Path | None) -> bytes | None:
    """A file with the key, as an editor leaves it; else what the server signs with; None = nothing to check with."""
    from core.audit.exporting import KEY_VARIABLE
    from core.errors import InvalidRequest

    if path is None:
        return os.environ.get(KEY_VARIABLE, "").strip().encode() or None
    key = path.read_bytes().strip()
    if not key:
        raise InvalidRequest(f"{path} is empty.", action="Name the file that holds the signing key.")
    return key


def _verified_words(found: "Verified") -> str:
    signature = "the signature was not checked (no key)" if found.signed is None else "signed with this key"
    return f"{found.items} entries, {signature}"


def _print_check(console: "Console", what: str, problems: "tuple[str, ...]") -> None:
    if not problems:
        console.print(f"Whole: {what}.", markup=False, soft_wrap=True)
        return
    console.print(f"NOT whole: {what}.", markup=False, soft_wrap=True)
    for problem in problems:
        console.print(f"  {problem}", markup=False, soft_wrap=True)
