"""Opens face detectors and embedders by their id in the catalogue, or an own ONNX file by its path."""

from models.blazeface import BlazeFace
from models.embedders import DLIB, IMAGENET_112, SFACE, OnnxEmbedder
from models.errors import UnknownModel
from models.faces import FaceDetector, FaceEmbedder
from models.grid_detectors import open_yunet
from models.insightface_pack import PackDetector, PackEmbedder
from models.onnx_custom import open_own_detector, open_own_embedder
from models.store import ModelStore, own_model

CHIPS = {"dlib_resnet": DLIB, "mobilefacenet": IMAGENET_112, "sface": SFACE}


def open_detector(
    model: str, *, store: ModelStore, device: str = "auto", threads: int = 1, tiled: bool = False
) -> FaceDetector:
    """A detector ready to run. An own file must have YuNet's or SCRFD's outputs; ``tiled`` is BlazeFace's alone.

    Raises UnknownModel, ModelMissing, ModelCorrupt, LicenceNotAccepted, DeviceUnavailable.
    """
    path, version = store.path(model), store.version(model)
    if own_model(model):
        return open_own_detector(path, name=model, version=version, device=device, threads=threads)
    entry = store.entry(model)
    if entry.family == "blazeface":
        return BlazeFace(path, name=model, version=version, device=device, threads=threads, tiled=tiled)
    if entry.family == "yunet":
        return open_yunet(path, name=model, version=version, device=device, threads=threads)
    if entry.family == "insightface_pack":
        return PackDetector(path, name=model, version=version, device=device, threads=threads)
    raise UnknownModel(f"{entry.title} finds no faces.", action="Choose a model whose purpose is face_detector.")


def open_embedder(model: str, *, store: ModelStore, device: str = "auto", threads: int = 1) -> FaceEmbedder:
    """An embedder ready to run. An own file takes 112 px ArcFace chips.

    Raises UnknownModel, ModelMissing, ModelCorrupt, LicenceNotAccepted, DeviceUnavailable.
    """
    path, version, calibration = store.path(model), store.version(model), store.calibration(model)
    if own_model(model):
        return open_own_embedder(
            path, name=model, version=version, device=device, threads=threads, calibration=calibration
        )
    entry = store.entry(model)
    if entry.family == "insightface_pack":
        return PackEmbedder(path, name=model, version=version, device=device, threads=threads, calibration=calibration)
    chips = CHIPS.get(entry.family)
    if chips is None:
        raise UnknownModel(f"{entry.title} embeds no faces.", action="Choose a model whose purpose is face_embedder.")
    return OnnxEmbedder(
        path, name=model, version=version, chips=chips, calibration=calibration, device=device, threads=threads
    )
