"""Where annotations come from: versions, hashes, the whole config, the checksum of the video."""

import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from core.annotate.spec import PipelineSpec
from core.annotate.types import ModelUsed, Provenance
from core.errors import MediaMissing, RushesError
from models.store import ModelStore, own_model

log = logging.getLogger(__name__)

_PIECE_BYTES = 1 << 20


def rushes_version() -> str:
    """The installed version; ``unknown`` in a checkout that was never installed."""
    try:
        return version("rushes")
    except PackageNotFoundError:
        return "unknown"


def checksum(path: Path, check: Callable[[], None]) -> str:
    """SHA-256 of a file, in hexadecimal; ``check`` raises to stop. Raises MediaMissing."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE_BYTES):
                check()
                digest.update(piece)
    except OSError as error:
        raise MediaMissing(
            f"{path} cannot be read: {error.strerror or error}.", action="Check the file and its drive."
        ) from error
    return digest.hexdigest()


def stamp_of(path: Path) -> str:
    """Size and time of change: while they stay, the content is taken to be the same. Raises MediaMissing."""
    try:
        state = path.stat()
    except OSError as error:
        raise MediaMissing(
            f"{path} cannot be read: {error.strerror or error}.", action="Check the file and its drive."
        ) from error
    return f"{state.st_size}-{state.st_mtime_ns}"


def models_used(models: ModelStore, model_ids: Sequence[str]) -> tuple[ModelUsed, ...]:
    """The models with their versions, in the order in which they were used first."""
    return tuple(_model_used(models, model_id) for model_id in dict.fromkeys(model_ids))


def model_version(models: ModelStore, model_id: str) -> str:
    """First digits of the SHA-256 of a model's file; "" when that cannot be told."""
    try:
        return models.version(model_id)
    except (RushesError, OSError) as error:
        log.warning("the version of the model %s cannot be told: %s", model_id, error)
        return ""


def device_used(asked: str, model_ids: Sequence[str]) -> str:
    """What the models ran on; ``asked`` may be auto. What needs no model runs on the processor."""
    if not model_ids:
        return "cpu"
    from models.sessions import resolve_device  # noqa: PLC0415  loads onnxruntime, which the models did already

    name, colon, number = asked.partition(":")
    try:
        return f"{resolve_device(name).device.value}{colon}{number}"
    except RushesError:
        return asked


def made_by(
    spec: PipelineSpec,
    *,
    config: Mapping[str, Any],
    input_sha256: str,
    models: tuple[ModelUsed, ...],
    device: str,
    started_at: str,
    ended_at: str,
    warnings: Sequence[str],
) -> Provenance:
    """The provenance of one pipeline's tiers."""
    return Provenance(
        pipeline=spec.name,
        pipeline_version=spec.version,
        rushes_version=rushes_version(),
        config=config,
        input_sha256=input_sha256,
        models=models,
        device=device,
        started_at=started_at,
        ended_at=ended_at,
        warnings=tuple(dict.fromkeys(warnings)),
    )


def _model_used(models: ModelStore, model_id: str) -> ModelUsed:
    licence = "" if own_model(model_id) else _licence(models, model_id)
    return ModelUsed(model_id, model_version(models, model_id), licence)


def _licence(models: ModelStore, model_id: str) -> str:
    try:
        return models.entry(model_id).licence
    except RushesError:
        return ""  # a model that is no entry of the catalogue, as those that come with Rushes
