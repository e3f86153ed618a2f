"""``rushes cast``: who belongs to a show, their reference photos, and who the people of an episode may be."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.exit_codes import ExitCode
from app.output import Output, clock_words

if TYPE_CHECKING:
    from rich.console import Console

    from core.cast.types import CastMember
    from core.library.library import Library

HELP = "the cast: members, reference photos, and matches with an episode"


def add_arguments(parser: argparse.ArgumentParser, shared: argparse.ArgumentParser) -> None:
    """One sub-command for each action."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="every member", parents=[shared])
    listing.add_argument("--show", metavar="SHOW", help="of one show alone")
    add = actions.add_parser("add", help="a new member", parents=[shared])
    add.add_argument("name", metavar="NAME")
    add.add_argument("--id", dest="cast_id", metavar="ID", help="else one is made of the name")
    add.add_argument("--show", metavar="SHOW", help="the show it belongs to (else to all)")
    photo = actions.add_parser("photo", help="make photos references of a member", parents=[shared])
    photo.add_argument("member", metavar="MEMBER", help="the member's id (rushes cast list)")
    photo.add_argument("photos", nargs="+", type=Path, metavar="PHOTO")
    match = actions.add_parser("match", help="who the people of an episode may be; changes nothing", parents=[shared])
    match.add_argument("episode", metavar="EP", help="the episode's id (rushes episodes list)")


def run(arguments: argparse.Namespace, output: Output) -> int:
    """Do the action. Raises NotFound, Conflict, InvalidRequest, ModelMissing and what opening a library raises."""
    from app.analysis_run import open_library
    from app.places import default_library

    actions: dict[str, Callable[[Library, argparse.Namespace, Output], int]] = {
        "list": _list,
        "add": _add,
        "photo": _photo,
        "match": _match,
    }
    with open_library(arguments.library or default_library(), create=False) as library:
        return actions[arguments.action](library, arguments, output)


def _list(library: "Library", arguments: argparse.Namespace, output: Output) -> int:
    rows = [_row(one) for one in library.cast.members(arguments.show)]

    def show(console: "Console") -> None:
        if not rows:
            console.print("No cast members. Add one with: rushes cast add NAME")
            return
        _table(
            console,
            ("id", "name", "show", "photos", "episodes", "on screen"),
            [
                (
                    *(row["cast_id"], row["name"], row["show_slug"] or "", str(row["photos"]), str(row["episodes"])),
                    clock_words(row["screen_time_s"]),
                )
                for row in rows
            ],
        )

    output.result({"cast": rows}, show)
    return ExitCode.OK


def _add(library: "Library", arguments: argparse.Namespace, output: Output) -> int:
    member = library.cast.add(arguments.name, cast_id=arguments.cast_id, show_slug=arguments.show)
    output.result(_row(member), lambda console: console.print(f"Added {member.name} as {member.cast_id}", markup=False))
    return ExitCode.OK


def _photo(library: "Library", arguments: argparse.Namespace, output: Output) -> int:
    """Every photo is tried; those that are refused are told one by one."""
    from core.errors import InvalidRequest, NotFound, UnsupportedMedia
    from models.store import ModelStore

    library.cast.get(arguments.member)
    models = ModelStore()
    added: list[dict[str, Any]] = []
    refused: list[dict[str, str]] = []
    for path in arguments.photos:
        try:
            seed = library.cast.add_seed(arguments.member, path, models=models, source=path.name)
        except (InvalidRequest, NotFound, UnsupportedMedia) as error:
            refused.append({"photo": str(path), "reason": error.message, "action": error.action})
            output.note(f"rushes: {error.message} {error.action}".rstrip())
        else:
            added.append(
                {
                    "seed_id": seed.seed_id,
                    "photo": str(path),
                    "quality": round(seed.quality, 4),
                    "face_px": round(seed.size_px),
                    "faces": seed.faces,
                }
            )

    def show(console: "Console") -> None:
        for one in added:
            several = f", the largest of {one['faces']} faces" if one["faces"] > 1 else ""
            text = f"{one['photo']}: {one['face_px']} px wide, quality {one['quality']:.2f}{several}"
            console.print(text, markup=False, soft_wrap=True)

    output.result({"cast_id": arguments.member, "added": added, "refused": refused}, show)
    return ExitCode.BAD_INPUT if refused else ExitCode.OK


def _match(library: "Library", arguments: argparse.Namespace, output: Output) -> int:
    from core.cast.matching import match_cast

    found = match_cast(library, arguments.episode)
    if found.left_out and _renew(library, arguments.episode):
        found = match_cast(library, arguments.episode)
    rows = [
        {
            "identity_id": one.identity_id,
            "cast_id": one.cast_id,
            "name": one.name,
            "likeness": round(one.likeness, 4),
            "margin": None if one.margin is None else round(one.margin, 4),
            "runner_up": one.runner_up,
            "sure": one.sure,
        }
        for one in found.matches
    ]

    def show(console: "Console") -> None:
        if not rows:
            console.print("Nobody looks like a member of the cast.")
            return
        _table(
            console,
            ("identity", "may be", "likeness", "margin", "runner-up", ""),
            [
                (
                    *(str(row["identity_id"]), str(row["name"]), f"{row['likeness']:.2f}"),
                    *("" if row["margin"] is None else f"{row['margin']:.2f}", str(row["runner_up"] or "")),
                    "sure" if row["sure"] else "",
                )
                for row in rows
            ],
        )

    output.result({"ep_id": arguments.episode, "matches": rows, "photos_left_out": list(found.left_out)}, show)
    return ExitCode.OK


def _renew(library: "Library", ep_id: str) -> int:
    """Photos of another embedder than the episode's become comparable."""
    from models.store import ModelStore

    run = library.runs.current(ep_id, "faces_embed")
    made_by = run.summary.get("embedder") if run is not None else None
    return library.cast.renew(ModelStore(), str(made_by["id"])) if made_by else 0


def _table(console: "Console", headings: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False)
    table.add_column(headings[0], no_wrap=True)
    for heading in headings[1:]:
        table.add_column(heading)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    console.print(table)


def _row(member: "CastMember") -> dict[str, Any]:
    return {
        "cast_id": member.cast_id,
        "name": member.name,
        "show_slug": member.show_slug,
        "photos": len(member.seeds),
        "episodes": member.episodes,
        "screen_time_s": member.screen_time_s,
    }
