"""What the analysis dialog knows about models and devices, read away from the Qt thread."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.faces.parameters import DEFAULT_DETECTOR, DEFAULT_EMBEDDER

if TYPE_CHECKING:
    from models.store import ModelStore

PURPOSES = ("face_detector", "face_embedder")
PACK = "face_pack"
"""A purpose of models that find and compare."""
DEFAULT_MARK = " (default)"


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """A model in the list of the dialog; ``size_bytes`` have to travel.

    ``state`` is ready, missing, corrupt or needs_acceptance.
    """

    model_id: str
    purpose: str
    title: str
    size_bytes: int
    licence: str
    consequence: str
    state: str
    default: bool


@dataclass(frozen=True, slots=True)
class DeviceOffer:
    """A device with whether it works here, and why or why not."""

    name: str
    available: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Offers:
    """Everything that can be chosen on this machine."""

    models: tuple[ModelChoice, ...]
    devices: tuple[DeviceOffer, ...]

    def of(self, purpose: str) -> tuple[ModelChoice, ...]:
        """The models of a purpose, the default first, packs last."""
        fitting = (one for one in self.models if one.purpose in {purpose, PACK})
        return tuple(sorted(fitting, key=lambda one: (not one.default, one.purpose == PACK)))

    def find(self, model_id: str) -> ModelChoice | None:
        """A model by its id; None for a file of the person's own."""
        return next((one for one in self.models if one.model_id == model_id), None)


def read_offers(store: "ModelStore") -> Offers:
    """Ask the catalogue, the store and the inference runtime. Slow: reads files and loads the runtime."""
    from models.sessions import describe_devices

    models = tuple(
        ModelChoice(
            model_id=entry.id,
            purpose=entry.purpose,
            title=entry.title.removesuffix(DEFAULT_MARK),
            size_bytes=entry.download_bytes,
            licence=entry.licence,
            consequence=entry.consequence,
            state=str(store.status(entry.id).state),
            default=entry.id in {DEFAULT_DETECTOR, DEFAULT_EMBEDDER},
        )
        for entry in store.catalogue.models.values()
        if entry.purpose in {*PURPOSES, PACK}
    )
    devices = tuple(DeviceOffer(str(one.name), one.available, one.reason) for one in describe_devices())
    return Offers(models, devices)
