"""Models that a config needs, that are not here, and that no job fetches: a job would only fail for want of them.

Windows and commands offer to fetch them first; whoever cannot, refuses.
"""

import logging
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from core.annotate.configuring import Checked, Fault
from core.annotate.registry import RegisteredPipeline, Registry
from core.errors import RushesError

if TYPE_CHECKING:
    from models.store import ModelStore

MISSING_MODEL = "missing_model"

log = logging.getLogger(__name__)
_NO_NAMES: Mapping[str, str] = MappingProxyType({})


def missing_models(
    checked: Checked, *, models: "ModelStore", known: Registry, written: Mapping[str, str] = _NO_NAMES
) -> tuple[Fault, ...]:
    """A fault for each model that is wanting; ``written``: names under which pipelines were asked for, by their own.

    Pipelines that are not available at all have their fault already. Cheap: loads no model.
    """
    faults: list[Fault] = []
    for name, config in checked.resolved.items():
        pipeline = known.find(name)
        if pipeline is not None and pipeline.availability(models).available:
            faults += _of_one(pipeline, written.get(name, name), config, models)
    return tuple(faults)


def _of_one(
    pipeline: RegisteredPipeline, written: str, config: Mapping[str, Any], models: "ModelStore"
) -> Iterator[Fault]:
    try:
        needed = dict.fromkeys(pipeline.models_needed(config))
    except Exception:  # code of third parties; the job tells what is wrong with it
        log.exception("pipeline %s could not say which models it needs", pipeline.spec.name)
        return
    for model_id in needed:
        if (wanting := _wanting(model_id, models)) is not None:
            field = next((key for key, value in config.items() if value == model_id), "")
            yield Fault(written, field, MISSING_MODEL, f"{written}: {wanting[0]}", wanting[1], model_id)


def _wanting(model_id: str, models: "ModelStore") -> tuple[str, str] | None:
    """Why a model cannot be had and what to do; None = it is here, or is one that jobs fetch."""
    from models.store import own_model  # noqa: PLC0415  listing pipelines needs it not

    if own_model(model_id):
        here = models.ready(model_id)
        return None if here else (f"There is no model file {model_id}.", "Check the path.")
    try:
        entry = models.entry(model_id)
        if entry.default or models.ready(model_id):
            return None
    except RushesError as error:
        return error.message, error.action
    return f"The model {entry.title} is not on this machine.", f"Fetch it: rushes models fetch {model_id}"
