"""A person's own presets: files in the library that they can change with any editor. Runs away from the Qt thread."""

import re
from dataclasses import replace
from pathlib import Path

from core.errors import InvalidRequest, NotFound
from core.library.durable import write_atomically
from core.render.layout import presets_folder
from core.render.types import Preset

_NOT_IN_IDS = re.compile(r"[^a-z0-9]+")
MOST_ID_LETTERS = 48


def add_own_preset(library_folder: Path, preset: Preset, name: str) -> Path:
    """Write a preset of another name that is ``preset`` for the rest; returns its file. An older one is kept."""
    from core.render.presets import load_presets, preset_text

    folder = presets_folder(library_folder)
    name = name.strip()
    if not name:
        raise InvalidRequest("The preset has no name.", action="Give it a name.")
    stem = _NOT_IN_IDS.sub("_", name.casefold()).strip("_")[:MOST_ID_LETTERS] or "own"
    taken = {one.id for one in load_presets(folder).presets}
    new_id, number = stem, 2
    while new_id in taken or (folder / f"{new_id}.toml").exists():
        new_id, number = f"{stem}_{number}", number + 1
    path = folder / f"{new_id}.toml"
    write_atomically(path, preset_text(replace(preset, id=new_id, name=name, own=True)).encode())
    return path


def own_preset_file(library_folder: Path, preset_id: str) -> Path:
    """The file of an own preset. Raises NotFound."""
    from core.render.preset_file import parse_preset

    for path in sorted(presets_folder(library_folder).glob("*.toml")):
        try:
            if parse_preset(path.read_text("utf-8-sig"), own=True).id == preset_id:
                return path
        except (InvalidRequest, OSError, UnicodeDecodeError):
            continue  # the shelf names it as broken
    raise NotFound(f"The file of the preset {preset_id} is gone.", action="Read the presets again.")


def delete_own_preset(library_folder: Path, preset_id: str) -> None:
    """Forget the file of an own preset. Raises NotFound, StorageUnwritable."""
    from core.storage import storage_error

    path = own_preset_file(library_folder, preset_id)
    try:
        path.unlink()
    except OSError as error:
        raise storage_error(error, path) from error
