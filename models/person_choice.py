"""Which person detectors are on this machine. Loads no runtime."""

from pathlib import Path

from models.store import ModelStore

OWN_FOLDER = "person_detector"
"""ONNX files in this folder of the models' folder count as installed, each with the .toml that says its layout."""


def person_detectors(store: ModelStore) -> tuple[str, ...]:
    """Ids of the catalogue's person detectors, the best choice first."""
    return tuple(one.id for one in store.catalogue.models.values() if one.purpose == "person_detector")


def installed_person_detector(store: ModelStore) -> str:
    """The id of the first one that is ready, else the path of the first own file; "" when there is none."""
    for model_id in person_detectors(store):
        if store.ready(model_id):
            return model_id
    return next((str(path) for path in own_person_detectors(store)), "")


def own_person_detectors(store: ModelStore) -> tuple[Path, ...]:
    """Own files in their folder, by name."""
    return tuple(sorted((store.root / OWN_FOLDER).glob("*.onnx")))
