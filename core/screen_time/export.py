"""Screen time as a file that other programs read."""

from collections.abc import Callable
from pathlib import Path

from core.audit.notes import note_export
from core.errors import InvalidRequest
from core.export.write import check_target, replacing
from core.library.library import Library
from core.screen_time.account import episode_clock, screen_time
from core.screen_time.markers import MarkerSource, edl_document, otio_document
from core.screen_time.tables import account_json, intervals_csv, totals_csv

_MADE: dict[str, Callable[[MarkerSource], bytes]] = {
    "csv": lambda source: intervals_csv(source.account),
    "json": lambda source: account_json(source.account),
    "edl": edl_document,
    "otio": otio_document,
}
FORMATS = tuple(_MADE)


def write_screen_time(
    library: Library, ep_id: str, format_name: str, path: Path, *, gap_s: float = 0.0, padding_s: float = 0.0
) -> list[Path]:
    """Write the account to ``path`` as csv, json, edl or otio; returns the files written, ``path`` first.

    csv writes a second file beside it, ``<stem>-totals.csv``: two plain tables open in a spreadsheet where two tables
    in one file do not. Files are replaced only by whole new ones. Raises InvalidRequest (format, bounds, a folder as
    target, never analysed), NotFound, StorageFull, StorageUnwritable.
    """
    make = _MADE.get(format_name)
    if make is None:
        raise InvalidRequest(
            f"There is no format {format_name!r} for screen time.", action=f"Choose {', '.join(FORMATS)}."
        )
    check_target(path)
    account = screen_time(library, ep_id, gap_s=gap_s, padding_s=padding_s)
    source = MarkerSource(library.episodes.get(ep_id), account, episode_clock(library, ep_id))
    contents = {path: make(source)}
    if format_name == "csv":
        contents[totals_path(path)] = totals_csv(account)
    for target in contents:
        check_target(target)
    for target, content in contents.items():
        with replacing(target) as file:
            file.write(content)
    note_export(library.store, f"screen time as {format_name}", ep_id, path)
    return list(contents)


def totals_path(path: Path) -> Path:
    """Where the totals of a table lie: ``film.csv`` has ``film-totals.csv`` beside it."""
    return path.with_name(f"{path.stem}-totals{path.suffix or '.csv'}")
