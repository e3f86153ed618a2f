"""``rushes models``: what is here, what it costs, getting it and giving it back."""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.exit_codes import ExitCode
from app.output import Output, size_words

if TYPE_CHECKING:
    from rich.console import Console

    from models.store import ModelStore

HELP = "list, fetch, check and remove model files"
DEFAULT = "default"


def add_arguments(parser: argparse.ArgumentParser, shared: argparse.ArgumentParser) -> None:
    """One sub-command for each action."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    actions.add_parser("list", help="every model of the catalogue and its state", parents=[shared])
    fetch = actions.add_parser("fetch", help="download models", parents=[shared])
    fetch.add_argument("models", nargs="*", metavar="MODEL", default=[DEFAULT], help="ids, or: default")
    accept = actions.add_parser("accept", help="accept a model's licence, once", parents=[shared])
    accept.add_argument("models", nargs=1, metavar="MODEL")
    remove = actions.add_parser("remove", help="delete a model's files", parents=[shared])
    remove.add_argument("models", nargs="+", metavar="MODEL")
    folder = actions.add_parser("use-folder", help="copy a model out of a folder of yours", parents=[shared])
    folder.add_argument("models", nargs=1, metavar="MODEL")
    folder.add_argument("folder", type=Path, metavar="DIR")
    verify = actions.add_parser("verify", help="check files against the catalogue's checksums", parents=[shared])
    verify.add_argument("models", nargs="*", metavar="MODEL", help="ids (else all that are here)")


def run(arguments: argparse.Namespace, output: Output) -> int:
    """Do the action. Raises UnknownModel, FetchFailed, FetchCanceled, LicenceNotAccepted, ModelMissing."""
    from models.store import ModelStore

    store = ModelStore()
    actions: dict[str, Callable[[ModelStore, argparse.Namespace, Output], int]] = {
        "list": _list,
        "fetch": _fetch,
        "accept": _accept,
        "remove": _remove,
        "use-folder": _use_folder,
        "verify": _verify,
    }
    return actions[arguments.action](store, arguments, output)


def _list(store: "ModelStore", _arguments: argparse.Namespace, output: Output) -> int:
    _report(store, list(store.catalogue.models), output)
    return ExitCode.OK


def _fetch(store: "ModelStore", arguments: argparse.Namespace, output: Output) -> int:
    from app.model_fetching import fetch_announced

    wanted = [one for name in arguments.models for one in (store.catalogue.defaults() if name == DEFAULT else (name,))]
    for model_id in wanted:
        store.entry(model_id)
    fetch_announced(store, wanted, output)
    _report(store, wanted, output)
    return ExitCode.OK


def _accept(store: "ModelStore", arguments: argparse.Namespace, output: Output) -> int:
    entry = store.entry(arguments.models[0])
    output.note(f"{entry.title}: {entry.licence}. {entry.consequence}")
    store.accept_licence(entry.id)
    _report(store, arguments.models, output)
    return ExitCode.OK


def _remove(store: "ModelStore", arguments: argparse.Namespace, output: Output) -> int:
    for model_id in arguments.models:
        store.entry(model_id)
    for model_id in arguments.models:
        store.remove(model_id)
    _report(store, arguments.models, output)
    return ExitCode.OK


def _use_folder(store: "ModelStore", arguments: argparse.Namespace, output: Output) -> int:
    store.use_local_folder(arguments.models[0], arguments.folder)
    _report(store, arguments.models, output)
    return ExitCode.OK


def _verify(store: "ModelStore", arguments: argparse.Namespace, output: Output) -> int:
    wanted = arguments.models or [one for one in store.catalogue.models if store.status(one).size_bytes]
    _report(store, wanted, output)
    bad = [one for one in wanted if store.status(one).state in {"corrupt", "missing"}]
    for model_id in bad:
        output.note(
            f"rushes: {model_id} is {store.status(model_id).state}. Get it with: rushes models fetch {model_id}"
        )
    return ExitCode.MODEL if bad else ExitCode.OK


def _report(store: "ModelStore", model_ids: Sequence[str], output: Output) -> None:
    rows = [_row(store, model_id) for model_id in model_ids]

    def show(console: "Console") -> None:
        from rich.table import Table

        table = Table(box=None, pad_edge=False)
        table.add_column("model", no_wrap=True)
        for heading in ("purpose", "state", "download", "licence"):
            table.add_column(heading)
        for row in rows:
            table.add_row(
                row["model_id"] + (" *" if row["default"] else ""),
                row["purpose"].removeprefix("face_").replace("_", " "),
                row["state"].replace("_", " "),
                size_words(row["download_bytes"]) if row["download_bytes"] else "?",
                row["licence"],
            )
        console.print(table)
        if any(row["default"] for row in rows):
            console.print("* fetched by itself at the first analysis")
        for consequence in dict.fromkeys(row["consequence"] for row in rows if row["state"] == "needs_acceptance"):
            console.print(f"{consequence} Accept once with: rushes models accept MODEL", markup=False)

    output.result({"folder": str(store.root), "models": rows}, show)


def _row(store: "ModelStore", model_id: str) -> dict[str, Any]:
    entry, status = store.entry(model_id), store.status(model_id)
    return {
        "model_id": entry.id,
        "purpose": entry.purpose,
        "title": entry.title,
        "state": str(status.state),
        "default": entry.default,
        "download_bytes": entry.download_bytes,
        "size_bytes": status.size_bytes,
        "licence": entry.licence,
        "consequence": entry.consequence,
        "path": str(status.path),
    }
