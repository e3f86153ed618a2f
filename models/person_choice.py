"""Which person detectors are on this machine. Loads no runtime."""

from pathlib import Path

from models.errors import ModelMissing, UnknownModel
from models.store import ModelStore, own_model

OWN_FOLDER = "person_detector"
"""ONNX files in this folder of the models' folder count as installed, each with the .toml that says its layout."""
FETCH_ONE = "Install one in Settings > Models, or: rushes models fetch rtmo-s"


def person_detectors(store: ModelStore) -> tuple[str, ...]:
    """Ids of the catalogue's person detectors, the best choice first."""
    return tuple(one.id for one in store.catalogue.models.values() if one.purpose == "person_detector")


def installed_person_detector(store: ModelStore) -> str:
    """The id of the first one that is ready, else the path of the first own file; "" when there is none."""
    for model_id in person_detectors(store):
        if store.ready(model_id):
            return model_id
    return next((str(path) for path in own_person_detectors(store)), "")


def chosen_person_detector(store: ModelStore, name: str) -> str:
    """The id, or the path of the own file, for what somebody wrote: an id, the name of a file in the folder of own
    ones, or "" for the first one that is installed. Other places are not looked into: the wish may come from outside.

    Raises UnknownModel, ModelMissing.
    """
    if not name:
        installed = installed_person_detector(store)
        if not installed:
            raise ModelMissing("No model that finds people is installed.", action=FETCH_ONE)
        return installed
    if not own_model(name):
        return store.entry(name).id
    found = next((path for path in own_person_detectors(store) if path.name == name), None)
    if found is None:
        folder = store.root / OWN_FOLDER
        raise UnknownModel(
            f"There is no model {name!r} in {folder}.",
            action=f"Copy the ONNX file and its .toml into {folder}, and give its name without the folder.",
        )
    return str(found)


def own_person_detectors(store: ModelStore) -> tuple[Path, ...]:
    """Own files in their folder, by name."""
    return tuple(sorted((store.root / OWN_FOLDER).glob("*.onnx")))
