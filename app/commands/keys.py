"""``rushes keys``: keys of the HTTP APIs. Works while a server or the desktop has the library open."""

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING

from app.exit_codes import ExitCode
from app.output import Output

if TYPE_CHECKING:
    from rich.console import Console

    from core.access.keys import Key, Keys

HELP = "keys of the HTTP APIs: create, list, revoke"
ROLES = ("admin", "operator", "viewer")


def add_arguments(parser: argparse.ArgumentParser, shared: argparse.ArgumentParser) -> None:
    """One sub-command for each action."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    create = actions.add_parser("create", help="make a key; it is printed once, as the last line", parents=[shared])
    create.add_argument("--role", required=True, choices=ROLES, help="viewers read, operators edit and run jobs")
    create.add_argument("--note", default="", help="what it is for")
    actions.add_parser("list", help="every key, without its secret", parents=[shared])
    revoke = actions.add_parser("revoke", help="make a key open nothing any more, at once", parents=[shared])
    revoke.add_argument("key_id", metavar="ID", help="the key's id (rushes keys list)")


def run(arguments: argparse.Namespace, output: Output) -> int:
    """Do the action. Raises NotFound, InvalidRequest and what opening a library raises."""
    from app.analysis_run import holding
    from app.places import default_library
    from core.access.door import access_tables
    from core.access.keys import Keys

    actions: dict[str, Callable[[Keys, argparse.Namespace, Output], int]] = {
        "create": _create,
        "list": _list,
        "revoke": _revoke,
    }
    folder = arguments.library or default_library()
    create = arguments.action == "create"
    with access_tables(folder, create=create, holder=holding("the command line")) as store:
        return actions[arguments.action](Keys(store), arguments, output)


def _create(keys: "Keys", arguments: argparse.Namespace, output: Output) -> int:
    key_id, plain = keys.create(arguments.role, arguments.note, actor="command line")
    output.note(f"{key_id}, role {arguments.role}. This key is shown once; only its hash is kept.")
    data = {"key_id": key_id, "role": arguments.role, "note": arguments.note, "key": plain}
    output.result(data, lambda console: console.print(plain, markup=False, soft_wrap=True))
    return ExitCode.OK


def _list(keys: "Keys", _arguments: argparse.Namespace, output: Output) -> int:
    found = keys.list()

    def show(console: "Console") -> None:
        if not found:
            console.print("No keys. Make one with: rushes keys create --role viewer")
            return
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, pad_edge=False)
        for heading in ("id", "role", "created", "last used", "state", "note"):
            table.add_column(heading, no_wrap=heading != "note")
        for key in found:
            cells = (key.key_id, str(key.role), _short(key.created_at), _short(key.last_used_at), _state(key), key.note)
            table.add_row(*(Text(cell) for cell in cells))
        console.print(table)

    output.result({"keys": [_row(key) for key in found]}, show)
    return ExitCode.OK


def _revoke(keys: "Keys", arguments: argparse.Namespace, output: Output) -> int:
    key = keys.revoke(arguments.key_id, actor="command line")
    output.result(_row(key), lambda console: console.print(f"Revoked {key.key_id}", markup=False))
    return ExitCode.OK


def _row(key: "Key") -> dict[str, str | None]:
    return {
        "key_id": key.key_id,
        "role": str(key.role),
        "note": key.note,
        "created_at": key.created_at,
        "last_used_at": key.last_used_at,
        "revoked_at": key.revoked_at,
    }


def _state(key: "Key") -> str:
    return f"revoked {_short(key.revoked_at)}" if key.revoked_at else "works"


def _short(at: str | None) -> str:
    """To the minute, in UTC."""
    return at[:16].replace("T", " ") if at else "never"
