"""Puts networks that a test made into a store, as if they were those of the catalogue."""

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from models.catalogue import Catalogue, ModelFile, load_catalogue
from models.digests import read_json, write_json
from models.fetch import sha256_of
from models.packs import RECORD
from models.store import ModelStore


def install(root: Path, model_id: str, *files: Path, names: Mapping[str, Path] | None = None) -> ModelStore:
    """A store where the files are the model's: of the names of the catalogue, else of the hub; or of ``names``."""
    entry = load_catalogue().get(model_id)
    members = entry.sources[0].members
    wanted = [one.name for one in entry.files] or [Path(one).name for one in members]
    chosen = dict(names) if names else dict(zip(wanted, files, strict=True))
    folder = root / model_id
    folder.mkdir(parents=True, exist_ok=True)
    for name, path in chosen.items():
        shutil.copyfile(path, folder / name)
    sums = {name: sha256_of(folder / name) for name in chosen}
    if not entry.files:
        write_json(folder / RECORD, {"sha256": sums[wanted[0]], "files": sums})
    return ModelStore(root, known(root))


def known(root: Path) -> Catalogue:
    """The shipped catalogue, in which what is installed has the checksums that it has."""
    entries = dict(load_catalogue().models)
    for entry in list(entries.values()):
        folder = root / entry.id
        if entry.files and all((folder / one.name).is_file() for one in entry.files):
            files = tuple(
                ModelFile(one.name, (folder / one.name).stat().st_size, sha256_of(folder / one.name))
                for one in entry.files
            )
            entries[entry.id] = replace(entry, files=files)
    return Catalogue(entries)


def recorded(root: Path, model_id: str) -> dict[str, object]:
    """What was written down when the model was installed."""
    values: dict[str, object] = read_json(root / model_id / RECORD)
    return values
