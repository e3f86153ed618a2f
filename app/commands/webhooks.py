"""``rushes webhooks``: addresses that a server tells what happens. Works while the library is open elsewhere."""

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from app.exit_codes import ExitCode
from app.output import Output

if TYPE_CHECKING:
    from rich.console import Console

    from core.library.store import Store
    from core.webhooks.hooks import Webhook

HELP = "addresses that are told when jobs end and identities change: add, list, remove"


def add_arguments(parser: argparse.ArgumentParser, shared: argparse.ArgumentParser) -> None:
    """One sub-command for each action."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    add = actions.add_parser("add", help="tell an address; the secret that signs is printed once", parents=[shared])
    add.add_argument("url", metavar="URL")
    add.add_argument("--event", action="append", metavar="EVENT", help="only this event; may be given several times")
    actions.add_parser("list", help="every address", parents=[shared])
    remove = actions.add_parser("remove", help="forget an address", parents=[shared])
    remove.add_argument("webhook_id", metavar="ID", help="its id (rushes webhooks list)")


def run(arguments: argparse.Namespace, output: Output) -> int:
    """Do the action. Raises NotFound, InvalidRequest and what opening a library raises."""
    from app.analysis_run import holding
    from app.places import default_library
    from core.access.door import access_tables

    actions: dict[str, Callable[[Store, argparse.Namespace, Output], int]] = {
        "add": _add,
        "list": _list,
        "remove": _remove,
    }
    with access_tables(arguments.library or default_library(), holder=holding("the command line")) as store:
        return actions[arguments.action](store, arguments, output)


def _add(store: "Store", arguments: argparse.Namespace, output: Output) -> int:
    from core.webhooks.hooks import EVENTS, add_hook

    hook = add_hook(store, arguments.url, arguments.event or EVENTS)
    output.note(
        f"{hook.webhook_id} is told of {', '.join(hook.events)} while a server runs. "
        "This secret signs every body (X-Rushes-Signature) and is shown once."
    )
    data = _row(hook) | {"secret": hook.secret}
    output.result(data, lambda console: console.print(hook.secret, markup=False, soft_wrap=True))
    return ExitCode.OK


def _list(store: "Store", _arguments: argparse.Namespace, output: Output) -> int:
    from core.webhooks.hooks import list_hooks

    found = list_hooks(store.read())

    def show(console: "Console") -> None:
        if not found:
            console.print("No webhooks. Add one with: rushes webhooks add URL")
        for hook in found:
            console.print(f"{hook.webhook_id}  {hook.url}  {', '.join(hook.events)}", markup=False, soft_wrap=True)

    output.result({"webhooks": [_row(hook) for hook in found]}, show)
    return ExitCode.OK


def _remove(store: "Store", arguments: argparse.Namespace, output: Output) -> int:
    from core.webhooks.hooks import remove_hook

    remove_hook(store, arguments.webhook_id)
    data = {"webhook_id": arguments.webhook_id, "removed": True}
    output.result(data, lambda console: console.print(f"Removed {arguments.webhook_id}", markup=False))
    return ExitCode.OK


def _row(hook: "Webhook") -> dict[str, Any]:
    return {
        "webhook_id": hook.webhook_id,
        "url": hook.url,
        "events": list(hook.events),
        "active": hook.active,
        "created_at": hook.created_at,
    }
