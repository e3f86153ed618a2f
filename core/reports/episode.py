"""The report of an episode as a PDF."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from core.audit.notes import note_export
from core.export.write import check_target, replacing
from core.library.library import Library
from core.reports.document import build
from core.reports.source import read_report
from core.storage import storage_error

FOLDER = "reports"


def write_episode_report(
    library: Library,
    ep_id: str,
    path: Path,
    *,
    gap_s: float = 0.0,
    padding_s: float = 0.0,
    check: Callable[[], None] = lambda: None,
    actor: str = "",
) -> Path:
    """Write the report of the episode as it is now; an existing file is replaced only by a whole new one.

    ``check`` is called several times a page and raises to stop; nothing is left behind then. The folder
    ``reports`` of the library is made when it is not there. Raises NotFound, InvalidRequest (never analysed,
    parameters out of bounds, a folder as target), StorageFull, StorageUnwritable and what ``check`` raises.
    """
    prepare_folder(library, path)
    check_target(path)
    source = read_report(library, ep_id, gap_s=gap_s, padding_s=padding_s, check=check)
    with replacing(path, partial(note_export, library.store, "report", ep_id, path, actor=actor)) as file:
        build(source, file)
    return path


def reports_folder(library: Library) -> Path:
    """Where reports lie that nobody wanted elsewhere."""
    return library.path / FOLDER


def prepare_folder(library: Library, path: Path) -> None:
    """Make the library's folder of reports when ``path`` lies in it. Raises StorageFull, StorageUnwritable."""
    folder = reports_folder(library)
    if path.parent != folder:
        return
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise storage_error(error, folder) from error
